// A cascade: models to ask one after the other, cheap ones first, until an answer is judged good enough.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "index/index.h"
#include "routing/joint_failures.h"
#include "routing/router.h"
#include "routing/task_mixture.h"
#include "status.h"

namespace signalbox {

/// Plans are searched exhaustively: of so many steps, among so many models.
inline constexpr std::size_t kMostCascadeSteps = 4;
inline constexpr std::size_t kMostCascadeModels = 12;

/// What a plan is worth where a judge tells right answers from wrong ones, and the first right one is kept.
struct CascadeValue {
  double quality = 0;             ///< P(one of its answers is right), 0..1.
  double usd_per_mtok = 0;        ///< Expected: later steps are paid only where the earlier ones were wrong.
  double worst_usd_per_mtok = 0;  ///< Where every step is asked: the sum of the prices.
};

struct CascadeStep {
  std::size_t model = 0;
  double usd_per_mtok = 0;
  double p_correct = 0;     ///< Without conditions.
  double p_if_reached = 0;  ///< P(its answer is right | those of all steps before it are wrong).
  double reach = 1;         ///< P(the answers of all steps before it are wrong).
  double neighbours = 0;    ///< Of the input's neighbours, those on which p_if_reached was counted.
  /// Go on while P(one of the answers so far is right) is below this, 0..1; 0: stop here whatever the judge says.
  double threshold = 0;
  CascadeValue so_far;  ///< Of the plan up to and with this step.
};

/// What limits a plan.
struct CascadeRules {
  double cost_weight = 0;        ///< Correctness given up per US dollar per million tokens.
  double max_usd_per_mtok = -1;  ///< The most that all steps together may cost, in the worst case; negative: no limit.
  std::size_t max_steps = kMostCascadeSteps;
};

/// The plan with the largest quality - cost_weight * expected price among those that keep to the limits; of equal ones
/// the cheaper one, then the one that is found first. Prices: [models] of the tree, negative: not to be asked. chances:
/// see conditional_chances. Empty where no model may be asked.
[[nodiscard]] std::vector<std::size_t> best_path(const FailureTree& tree, std::span<const double> chances,
                                                 std::span<const double> prices, const CascadeRules& rules);

/// The steps of a path, whose models are the tree's. Thresholds are values of information: with s = P(an answer so far
/// is right), asking on to a later step gains (1 - s) Q, where Q is the chance that one of these steps is right if none
/// before was, and costs at most C, their expected price in that case (where an answer was right already, the next ones
/// are more often right, too, and the judge stops earlier). One goes on where (1 - s) Q > cost_weight C for one of the
/// ends, which is s < 1 - cost_weight C / Q.
[[nodiscard]] std::vector<CascadeStep> steps_of(std::span<const std::size_t> path, const FailureTree& tree,
                                                std::span<const double> chances, std::span<const double> prices,
                                                double cost_weight);

/// The models that have a price, in its order; ties to the better prediction, then the lower model. While they are more
/// than kMostCascadeModels, one is left out: that with the worst prediction among those that are no better than a
/// cheaper one or, where there are none, among all but the cheapest; ties: the dearest. prices: [models] negative:
/// none.
[[nodiscard]] std::vector<std::size_t> cascade_models(std::span<const double> predicted,
                                                      std::span<const double> prices);

/// [tasks] the weight of one row of each task: the task's share of the input's vote, spread over its rows. Without a
/// vector every task has the same share. task_rows: [tasks]
[[nodiscard]] std::vector<double> row_weights(const TaskProfiles& profiles, std::span<const std::size_t> task_rows,
                                              std::span<const float> vector, const MixtureConstants& constants);

/// [models of the order] outcomes of one row of a benchmark, added to a matrix; NaN missing.
void append_outcomes(const OutcomeView& outcomes, std::size_t row, std::span<const std::size_t> order,
                     std::vector<float>& matrix);

struct CascadeOptions {
  RouteOptions route;  ///< Policy, confidence, neighbours and price rules do not count.
  CascadeRules rules;
  std::vector<std::size_t> models;  ///< Ask these, in this order, as far as the limit allows; empty: choose.
};

struct CascadePlan {
  std::vector<CascadeStep> steps;  ///< At least one.
  double cost_weight = 0;
  Fallback fallback = Fallback::kNone;  ///< Out of coverage, or no known token: chances are means over tasks.
  double mean_distance = 1;
  double percentile = 100;
  bool out_of_coverage = false;
  std::vector<Exclusion> exclusions;  ///< [models] who could not be part of it, and why.
};

/// The plan for one input; vector: float32 [dim], zero where no token was known. Chances: conditional_chances of the
/// policy kSignalbox's prediction, with the benchmark's rows weighted by how much the input resembles their task, and
/// the k nearest rows. Out of coverage, or without a known token, every task weighs the same and no neighbour counts.
/// Models without a price are left out. Errors: those of route_input; invalid_argument for more than kMostCascadeModels
/// models, or one that occurs twice; no_candidate where none has a price within the limit.
[[nodiscard]] Result<CascadePlan> plan_cascade(const Index& index, std::span<const float> vector,
                                               const CascadeOptions& options);

}  // namespace signalbox
