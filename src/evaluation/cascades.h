// Asking models one after the other on every held-out row: what cascades would have cost, and what they were worth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "evaluation/benchmark.h"
#include "evaluation/neighbour_lists.h"
#include "routing/cascade.h"
#include "status.h"

namespace signalbox {

/// How often a judge is right: of right answers, it accepts this share; of wrong ones, it rejects that share.
struct Judge {
  double sensitivity = 1;
  double specificity = 1;
};

struct CascadeEvaluationOptions {
  std::optional<double> share;  ///< Held out: see InstanceOptions.
  std::uint64_t seed = 1;       ///< Of the share.
  std::uint64_t judge_seed = 1;
  std::uint32_t k = 10;
  std::size_t max_steps = kMostCascadeSteps;
  std::vector<std::size_t> pool;
  std::vector<double> cost_weights;  ///< Correctness given up per US dollar.
  std::vector<Judge> judges;
};

/// Means over the rows, for one judge and one cost weight.
struct CascadePoint {
  double cost_weight = 0;
  double quality = 0;           ///< Outcome of the answer that is kept.
  double cost = 0;              ///< Of all calls, where all of them are known; NaN: nowhere.
  double asked = 0;             ///< Models.
  double expected_quality = 0;  ///< What the plans said, which count on a perfect judge.
  double expected_cost = 0;
};

struct CascadeEvaluation {
  std::size_t duplicates_dropped = 0;
  std::size_t rows = 0;                           ///< Rows that had a plan.
  std::vector<std::vector<CascadePoint>> curves;  ///< [judges, cost_weights]
};

/// One held-out row at a time, like evaluate_instances, with plan_cascade's plans; but which models a plan may have,
/// where they are more than kMostCascadeModels, is decided once for all rows that are held out together, by their means
/// over tasks, and there is no rule of coverage. Expected costs are the prices of plans; models that were not measured
/// on a row, or whose cost is not known, are not asked.
///
/// The judge says of each answer whether it is right (its outcome exceeds the benchmark's threshold) and errs at
/// random, by row, model and seed: the same errors at every cost weight. Verdicts become chances by Bayes' rule, from
/// the chance that the plan gave the answer; the answer with the best one is kept, of equal ones that of the model that
/// is predicted to be better. Judging is free. Errors: invalid_argument.
[[nodiscard]] Result<CascadeEvaluation> evaluate_cascades(const Benchmark& benchmark, const NeighbourLists& lists,
                                                          const CascadeEvaluationOptions& options);

/// What is known while a plan is followed; the package's `next` does the same.
class Verdicts {
 public:
  /// P(the answer to this step is right), before it is judged.
  [[nodiscard]] double chance(const CascadeStep& step) const;
  /// P(it is right | the verdict).
  [[nodiscard]] double confidence(const CascadeStep& step, bool accepted, const Judge& judge) const;
  /// Takes note that the answer to this step is right with this chance; says whether to go on.
  bool add(const CascadeStep& step, double confidence);

 private:
  double all_wrong_ = 1;  ///< P(no answer so far is right | the verdicts).
};

}  // namespace signalbox
