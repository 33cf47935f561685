// Cascades on every held-out row: their cost and their value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluation/benchmark.h"
#include "evaluation/held_out_rows.h"
#include "evaluation/neighbour_lists.h"
#include "routing/cascade.h"
#include "status.h"

namespace signalbox {

/// Error rates of a judge: it accepts this share of right answers and rejects that share of wrong ones.
struct Judge {
  double sensitivity = 1;
  double specificity = 1;
};

struct CascadeEvaluationOptions : RowOptions {
  std::uint64_t judge_seed = 1;
  std::size_t max_steps = kMostCascadeSteps;
  std::vector<Judge> judges;
};

/// Means over the rows, for one judge and one cost weight.
struct CascadePoint {
  double cost_weight = 0;
  double quality = 0;           ///< Outcome of the answer that is kept.
  double cost = 0;              ///< Cost of all calls, over the rows with known costs; NaN if there are none.
  double asked = 0;             ///< Number of models.
  double expected_quality = 0;  ///< By the plans, which count on a perfect judge.
  double expected_cost = 0;
};

struct CascadeEvaluation {
  std::size_t duplicates_dropped = 0;
  std::size_t rows = 0;                           ///< Rows that had a plan.
  std::vector<std::vector<CascadePoint>> curves;  ///< [judges, cost_weights]
};

/// Follows the plans of plan_cascade on one held-out row at a time, as evaluate_instances does, with two differences:
/// the models that a plan may have, if there are more than kMostCascadeModels, are chosen once for all rows held out
/// together, by their means over tasks; and there is no rule of coverage. Expected costs are the prices of plans.
/// Models without an outcome on a row, or of unknown cost, are not asked.
///
/// The judge says of each answer whether it is right (its outcome exceeds the benchmark's threshold) and errs at
/// random, by row, model and seed: the same errors at every cost weight. Verdicts become chances by Bayes' rule, from
/// the chance that the plan gave the answer. The answer with the best chance is kept; ties go to the model that is
/// predicted to be better. Judging is free. Errors: invalid_argument.
[[nodiscard]] Result<CascadeEvaluation> evaluate_cascades(const Benchmark& benchmark, const NeighbourLists& lists,
                                                          const CascadeEvaluationOptions& options);

/// Knowledge that grows while a plan is followed; the package's `next` does the same.
class Verdicts {
 public:
  /// Returns P(the answer to this step is right), before the verdict.
  [[nodiscard]] double chance(const CascadeStep& step) const;
  /// Returns P(the answer is right | the verdict).
  [[nodiscard]] double confidence(const CascadeStep& step, bool accepted, const Judge& judge) const;
  /// Records that the answer to this step is right with this chance. Returns whether to go on.
  bool add(const CascadeStep& step, double confidence);

 private:
  double all_wrong_ = 1;  ///< P(no answer so far is right | the verdicts).
};

}  // namespace signalbox
