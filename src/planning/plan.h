// A plan for graded prompts: fits the predictor, estimates what the rule earns on other rows, and proposes a setting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "planning/estimates.h"
#include "planning/family_table.h"
#include "planning/ledger.h"
#include "planning/linear_space.h"
#include "planning/mixtures.h"
#include "planning/predictor_fit.h"
#include "planning/promise.h"
#include "planning/settings.h"
#include "status.h"

namespace signalbox {

struct PlanSpec {
  PlanInput input;
  PlanTarget target;
  std::optional<std::size_t> baseline;  ///< Model; by default the file's best single one.
  std::uint64_t seed = 1;
};

/// Share of rows that goes to a model.
struct PickShare {
  std::size_t model = 0;
  double share = 0;
};
/// Returns the shares of models with counts [models] above 0, largest first, ties the lower model.
[[nodiscard]] std::vector<PickShare> shares_of(std::span<const std::size_t> counts);

/// A setting of the rule.
struct PlanPoint {
  double answer_value = 0;  ///< See settings_of.
  BoundedEstimate estimate;
  std::vector<PickShare> picks;  ///< Shares of the rows that the shipped rule sends to each model.
};

enum class PredictorKind : std::uint8_t { kConstant, kFamilies, kFamiliesAndLinear };
/// Returns the kind of a predictor.
[[nodiscard]] PredictorKind kind_of(const FittedPredictor& fitted);

struct PlanNumbers {
  std::size_t rows = 0;         ///< Random rows: all numbers are of these.
  std::size_t groups = 0;       ///< Groups of random rows.
  std::size_t chosen_rows = 0;  ///< Rows that only trained the predictor.
  bool graded = false;          ///< An outcome is neither 0 nor 1.
  bool has_costs = false;
  std::vector<std::size_t> measured;  ///< [models] rows with an outcome.
  Chosen chosen;                      ///< Without a setting: the plan is to answer with the baseline.
  PredictorKind predictor = PredictorKind::kConstant;
  PlanPoint proposed;
  std::vector<PlanPoint> curve;          ///< In descending order of the answer value.
  std::vector<BoundedEstimate> singles;  ///< [models]
  std::vector<Mixture> mixtures;
  std::vector<FamilyRow> families;  ///< In the order of the predictor.
};

/// A plan in the making. It is made step by step, so that the caller stays responsive; equal input and seed
/// give the same numbers, however the steps are grouped.
///
/// The predictor that ships is fitted to all rows. Rows are folded by group, and for each fold everything is chosen and
/// fitted in the same way on the rows of the others; CorrectedScores says how the estimates come from these rules. They
/// are scored on random rows only: the mean over rows that were chosen where models disagree is not that of the
/// traffic, and the baseline, gaps, shares and families would be biased likewise.
class Plan {
 public:
  struct Progress {
    std::size_t done = 0;
    std::size_t total = 0;
  };

  /// Checks and copies everything. Errors: those of read_plan_data; invalid_argument: a constant outside its range.
  [[nodiscard]] static Result<std::unique_ptr<Plan>> open(const PlanSpec& spec);

  /// Works on `work` more steps; each takes some milliseconds with a few thousand rows.
  Progress step(std::size_t work);

  /// Returns the numbers. Errors: invalid_argument if steps are left.
  [[nodiscard]] Result<PlanNumbers> finish();

  /// Tests the settings on other rows, see test_promise; the order is that of settings_of, quality first, and the
  /// baseline is that of the plan. The predictor that ships is then the tested one at the promised setting, which is
  /// also the chosen one of the numbers that `finish` returns from then on; without a promise it answers everything
  /// with the baseline. Errors: those of test_promise; invalid_argument before `finish`.
  [[nodiscard]] Result<PromiseNumbers> promise(const PlanInput& test, std::span<const std::uint8_t> answered_by,
                                               const PromiseRules& rules);
  /// Returns the answer values that `promise` tests, in its order.
  [[nodiscard]] const std::vector<double>& settings() const { return settings_; }

  /// Returns the predictor that ships, with its answer value, or null before `finish`. If no rule is better than the
  /// baseline, all its families have the same means, and the rule answers everything with the baseline.
  [[nodiscard]] const FamilyPredictor* predictor() const { return is_finished_ ? &shipped_.predictor : nullptr; }
  /// Returns the family of each random row: its label, or the one with the largest membership; empty before `finish`.
  [[nodiscard]] const std::vector<std::uint16_t>& row_families() const { return row_families_; }
  [[nodiscard]] std::size_t dim() const { return data_.dim; }
  [[nodiscard]] std::size_t models() const { return data_.models; }

 private:
  Plan(PlanData data, const PlanSpec& spec);

  void fold_rows();
  [[nodiscard]] const PlanData& scored() const { return random_ ? *random_ : data_; }
  [[nodiscard]] std::size_t steps_a_fit() const;
  void step_once();
  void step_fit(std::size_t step);
  void start_fit();
  void finish_fit();
  void answer(std::size_t first, std::size_t last);
  void prepare_estimates();
  void answer_shipped();
  void add_curve(const std::vector<BoundedEstimate>& columns, PlanNumbers& out) const;
  void add_proposed(PlanNumbers& out) const;
  void add_families(PlanNumbers& out) const;

  PlanData data_;
  std::optional<PlanData> random_;  ///< The random rows, if there are others.
  PlanRules rules_;
  std::uint64_t seed_;
  LinearSpace space_;
  std::size_t folds_ = 0;
  std::vector<std::uint8_t> fold_of_row_;     ///< [rows]
  std::vector<std::uint8_t> fold_of_scored_;  ///< [random rows]
  std::size_t done_ = 0;
  std::size_t fit_ = 0;  ///< 0: of all rows; then those of the folds.
  std::optional<PredictorFit> fitting_;
  FittedPredictor fitted_;
  FittedPredictor shipped_;
  FamilyPredictor found_;  ///< The shipped predictor before it was made constant.
  Completed values_;
  std::vector<double> settings_;
  CorrectedScores scores_;
  Ledger ledger_;
  Chosen chosen_;
  std::vector<std::uint8_t> shipped_picks_;  ///< [settings, random rows]
  std::vector<std::uint16_t> row_families_;
  bool is_finished_ = false;
};

/// A predictor alone, for an index without a plan.
struct FamilyFit {
  FittedPredictor fitted;
  std::vector<std::uint16_t> row_families;  ///< [rows]
};
/// Fits a predictor to all rows. Errors: those of read_plan_data.
[[nodiscard]] Result<FamilyFit> fit_families(const PlanInput& input, std::uint64_t seed);

}  // namespace signalbox
