// A cascade: models to ask one after the other, cheap ones first, until a judge accepts an answer.
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

/// Limits of the exhaustive search for a plan: its steps, and the models to choose from.
inline constexpr std::size_t kMostCascadeSteps = 4;
inline constexpr std::size_t kMostCascadeModels = 12;

/// Value of a plan with a judge that tells right answers from wrong ones, if the first right answer is kept.
struct CascadeValue {
  double quality = 0;             ///< P(one of its answers is right), 0..1.
  double usd_per_mtok = 0;        ///< Expected: later steps are paid only if the earlier ones were wrong.
  double worst_usd_per_mtok = 0;  ///< If every step is asked: the sum of the prices.
};

struct CascadeStep {
  std::size_t model = 0;
  double usd_per_mtok = 0;
  double p_correct = 0;     ///< P(its answer is right), unconditionally.
  double p_if_reached = 0;  ///< P(its answer is right | those of all steps before it are wrong).
  double reach = 1;         ///< P(the answers of all steps before it are wrong).
  double neighbours = 0;    ///< Number of the input's neighbours on which p_if_reached was counted.
  /// Ask the next step while P(one of the answers so far is right) is below this, 0..1. 0: stop here, whatever the
  /// judge says.
  double threshold = 0;
  CascadeValue so_far;  ///< Value of the plan up to and including this step.
};

/// Limits of a plan.
struct CascadeRules {
  double cost_weight = 0;        ///< Correctness given up per US dollar per million tokens.
  double max_usd_per_mtok = -1;  ///< Most that all steps together may cost; negative: no limit.
  std::size_t max_steps = kMostCascadeSteps;
};

/// Returns the plan with the largest quality - cost_weight * expected price within the limits. Ties go to the cheaper
/// plan, then to the one found first. Empty if no model may be asked. prices: [models] of the tree; negative: may not
/// be asked. chances: see conditional_chances.
[[nodiscard]] std::vector<std::size_t> best_path(const FailureTree& tree, std::span<const double> chances,
                                                 std::span<const double> prices, const CascadeRules& rules);

/// Returns the steps of a path, whose models are the tree's. Thresholds are values of information: with s = P(an answer
/// so far is right), asking on to a later step gains (1 - s) Q, where Q is the chance that one of these steps is right
/// if none before was. It costs at most C, their expected price in that case (if an answer was right already, the next
/// ones are right more often, too, and the judge stops earlier). Asking on pays if (1 - s) Q > cost_weight C for one of
/// the later steps, which is s < 1 - cost_weight C / Q.
[[nodiscard]] std::vector<CascadeStep> steps_of(std::span<const std::size_t> path, const FailureTree& tree,
                                                std::span<const double> chances, std::span<const double> prices,
                                                double cost_weight);

/// Returns the models that have a price, in order of price; ties go to the better prediction, then to the lower model.
/// More than kMostCascadeModels are reduced one by one: drops the model with the worst prediction among those that are
/// no better than a cheaper one or, without such models, among all but the cheapest; ties: the most expensive. prices:
/// [models], negative: unknown.
[[nodiscard]] std::vector<std::size_t> cascade_models(std::span<const double> predicted,
                                                      std::span<const double> prices);

/// Returns the weight of one row of each task, [tasks]: the task's share of the input's vote, spread over its rows.
/// Without a vector every task has the same share. task_rows: [tasks]
[[nodiscard]] std::vector<double> row_weights(const TaskProfiles& profiles, std::span<const std::size_t> task_rows,
                                              std::span<const float> vector, const MixtureConstants& constants);

/// Appends the outcomes of one row of a benchmark to a matrix, [models of the order]; NaN if missing.
void append_outcomes(const OutcomeView& outcomes, std::size_t row, std::span<const std::size_t> order,
                     std::vector<float>& matrix);

struct CascadeOptions {
  RouteOptions route;  ///< Policy, eta, neighbours and price rules are ignored.
  CascadeRules rules;
  std::vector<std::size_t> models;  ///< Ask these, in this order, as far as the limit allows; empty: choose.
};

struct CascadePlan {
  std::vector<CascadeStep> steps;  ///< At least one.
  double cost_weight = 0;
  Fallback fallback = Fallback::kNone;  ///< Out of coverage, or unread: chances are means over tasks.
  double mean_distance = 1;
  double percentile = 100;
  bool out_of_coverage = false;
  std::vector<Exclusion> exclusions;  ///< [models] reasons why a model could not be part of it.
};

/// Returns the plan for one input. vector: float32 [dim], zero if no token is known. Chances are conditional_chances of
/// kSignalbox's prediction, with the benchmark's rows weighted by the input's resemblance to their task, and the k
/// nearest rows. Out of coverage, or without a known token, every task weighs the same and no neighbour counts. Models
/// without a price are left out. Errors: those of route_input; invalid_argument for more than kMostCascadeModels
/// models, or one that occurs twice; no_candidate if no model has a price within the limit.
[[nodiscard]] Result<CascadePlan> plan_cascade(const Index& index, std::span<const float> vector,
                                               const CascadeOptions& options);

}  // namespace signalbox
