// Graded prompts to plan for: checks of everything that comes from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "routing/selection.h"
#include "status.h"

namespace signalbox {

/// Limits of a plan. They bound its memory and its time.
inline constexpr std::size_t kLeastPlanRows = 30;
inline constexpr std::size_t kLeastPlanGroups = 10;
inline constexpr std::size_t kMostPlanRows = 100000;
inline constexpr std::size_t kMostPlanModels = 64;
inline constexpr std::size_t kMostPlanLabels = 128;
/// Limit for rows times dimensions: 256 MiB of float32.
inline constexpr std::size_t kMostPlanValues = std::size_t{1} << 26;
/// Limit for a cost, in US dollars per answer.
inline constexpr float kMostAnswerUsd = 1e6F;

/// Graded prompts as they come from outside. Borrows everything. Rows are drawn at random from the traffic, or chosen
/// for what they teach: chosen rows train the predictor, and have no part in estimates, as they are not like the
/// traffic.
struct PlanInput {
  std::size_t dim = 0;
  std::size_t models = 0;
  std::size_t labels = 0;                     ///< Number of families that the rows name; 0: they are to be found.
  std::span<const float> embeddings;          ///< [rows, dim], finite; need not have unit norm.
  std::span<const float> outcomes;            ///< [rows, models] in 0..1, NaN if missing.
  std::span<const float> costs;               ///< [rows, models] US dollars per answer, NaN if unknown; or empty.
  std::span<const std::uint32_t> groups;      ///< [rows]; rows of equal numbers are never told apart.
  std::span<const std::uint16_t> row_labels;  ///< [rows] below `labels`; empty without labels.
  std::span<const float> prior;               ///< [rows, models] outcomes that an index predicts, NaN if it does not
                                              ///< know the model; or empty.
  std::span<const std::uint8_t> chosen;       ///< [rows] 1 for chosen rows, 0 for random ones; empty: all are random.
};

/// Graded prompts, checked. Owns everything.
struct PlanData {
  std::size_t rows = 0;
  std::size_t dim = 0;
  std::size_t models = 0;
  std::size_t groups = 0;
  std::size_t labels = 0;
  std::vector<float> vectors;         ///< [rows, dim], of unit norm or zero.
  std::vector<float> right;           ///< [rows, models], NaN if missing.
  std::vector<float> usd;             ///< [rows, models], NaN if unknown.
  std::vector<std::uint32_t> group;   ///< [rows] below `groups`, in the order of their first rows.
  std::vector<std::uint16_t> label;   ///< [rows] below `labels`, or empty.
  std::vector<float> prior;           ///< [rows, models], or empty.
  bool has_costs = false;             ///< At least two models have costs.
  std::vector<Exclusion> exclusions;  ///< [models] kNone: to choose from. Those with costs, or all.
  std::vector<std::uint8_t> chosen;   ///< [rows], or empty.

  [[nodiscard]] bool may_pick(std::size_t model) const { return exclusions[model] == Exclusion::kNone; }
  [[nodiscard]] bool is_random(std::size_t row) const { return chosen.empty() || chosen[row] == 0; }
  [[nodiscard]] std::span<const float> vector(std::size_t row) const { return {vectors.data() + row * dim, dim}; }
};

/// Checks graded prompts and copies them. Errors:
/// - invalid_argument: fewer than two models; of the random rows, fewer than kLeastPlanRows with an outcome or
///   kLeastPlanGroups groups, or a model without outcomes; an outcome, cost, prior, label or mark outside its range;
/// - dimension_mismatch: an array of another size; non_finite: an embedding that is not finite;
/// - size_overflow: more than the limits.
[[nodiscard]] Result<PlanData> read_plan_data(const PlanInput& input);

/// Returns these rows, with the candidates of the data. Groups are numbered anew, in the order of their first rows
/// here.
[[nodiscard]] PlanData select_rows(const PlanData& data, std::span<const std::size_t> rows);

}  // namespace signalbox
