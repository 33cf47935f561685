// An index that lacks some of its tasks and rows, for measuring the policy on what it has not seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "index/index.h"
#include "status.h"

namespace signalbox {

/// An index without the outcomes, scores, centroids and links of the tasks that are held out, and without the outcomes
/// and offsets of held-out rows. Everything that is derived when an index is opened is derived anew. Borrows from the
/// index that it was made of, which must outlive it. The rows stay in place without outcomes, so that their numbers are
/// those of the whole index.
class HeldOutIndex {
 public:
  /// Holds out tasks and rows, and the rows that have the same codes as a held-out row: their outcomes would give those
  /// of the held-out one away. Errors: invalid_argument for a task or row that does not exist, or if no outcome is
  /// left; those of mixture_constants.
  [[nodiscard]] static Result<HeldOutIndex> make(const Index& whole, std::span<const std::size_t> tasks,
                                                 std::span<const std::size_t> rows,
                                                 const std::optional<std::vector<double>>& mixture = {});

  [[nodiscard]] const Index& index() const { return index_; }

 private:
  void forget_scores(const Index& whole, std::span<const std::uint8_t> left_out);
  void forget_links(const Index& whole, std::span<const std::uint8_t> without_results);
  void forget_outcomes(const Index& whole, std::span<const std::uint8_t> left_out);

  Index index_;
  std::vector<std::uint8_t> measured_;
  std::vector<float> added_means_;  ///< Unknown: the estimates of added models rest on results that are held out.
  std::vector<std::int8_t> row_offsets_;
  std::vector<std::uint32_t> score_offsets_;
  std::vector<std::uint16_t> score_models_;
  std::vector<float> scores_;
  std::vector<float> score_evidence_;
  std::vector<std::uint32_t> link_offsets_;
  std::vector<std::uint16_t> link_tasks_;
  std::vector<float> link_weights_;
};

/// Returns the vectors of rows, float32 [rows, dim], as their codes represent them.
[[nodiscard]] std::vector<float> vectors_of_rows(const Index& index, std::span<const std::size_t> rows);

/// Returns the predicted correctness [models] of every model by the policy kSignalbox for a task with these inputs, or
/// for one input alone, whatever its coverage; NaN for a model without any outcome. vectors: float32 [inputs, dim].
/// Errors: those of route_task.
[[nodiscard]] Result<std::vector<double>> expected_correctness(const Index& index, std::span<const float> vectors);

/// Parts to hold out, and what to forecast without them.
struct StudyRequest {
  std::vector<std::size_t> tasks;
  std::vector<std::size_t> rows;
  std::optional<std::vector<double>> mixture;    ///< Constants of the policy; without them, those of the index.
  std::vector<std::vector<std::size_t>> inputs;  ///< Rows of the whole index; several are the inputs of one task.
  std::vector<std::size_t> centroids;            ///< Tasks whose centroid is an input.
};

/// Expectations of every model, [models] each.
struct StudyForecast {
  std::vector<double> mean_outcome;  ///< Over the tasks that are left: the best single model is its argmax.
  std::vector<std::vector<double>> of_inputs;
  std::vector<std::vector<double>> of_centroids;
};

/// Forecasts without the parts that are held out. Errors: those of HeldOutIndex::make and route_task.
[[nodiscard]] Result<StudyForecast> forecast_held_out(const Index& whole, const StudyRequest& request);

}  // namespace signalbox
