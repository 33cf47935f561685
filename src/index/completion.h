// What is known of the tasks of a benchmark: the mean outcome of every model on each, measured or not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/index.h"
#include "index/mixture_constants.h"
#include "index/totals.h"

namespace signalbox {

/// Mean outcomes of the models on each task. If each model that has an outcome was measured on every task with
/// outcomes, they are the plain means, and the posterior is that of fit_posterior. Otherwise cells are missing, and all
/// of them are completed by complete_tasks.
struct TaskEstimates {
  std::vector<double> means;          ///< [tasks, models] NaN on tasks without outcomes, and for models without any.
  TaskPosterior posterior;            ///< The same with its sampling error.
  std::vector<std::size_t> measured;  ///< [models] tasks with an outcome of the model.
  std::vector<double> weights;  ///< [tasks] in means over tasks: 0 without outcomes; 1 on average over the others.
  std::vector<double> levels;   ///< [tasks] mean of the models' logits; NaN without outcomes.
};

/// Estimates the means of all rows, or of those not marked in `left_out` [rows]. totals: those of the same rows, and of
/// the scores. weights: [tasks]; if all tasks with outcomes have the weight 0, they count alike.
[[nodiscard]] TaskEstimates estimate_tasks(const OutcomeView& outcomes, std::span<const std::uint16_t> row_tasks,
                                           const TaskTotals& totals, const TaskScoreView& scores,
                                           std::span<const double> weights, const MixtureConstants& constants,
                                           std::span<const std::uint8_t> left_out = {});

/// Completes missing cells by a logistic model of rank 1, with the weights W of tasks, 1 on average:
///
///   logit of the mean of model m on task s = level a_s + slope b_s * strength t_m
///
/// A cell of n outcomes with the mean x has the evidence e = n / (n + cell_prior) and the logit z of (n x + .5) /
/// (n + 1), within .01 to .99. Strengths and tasks are fitted in turns, from t = 0, until no strength moves:
///
///   t_m = sum W e b (z - a) / (sum W e b^2 + strength_prior), less its mean over the models
///   b_s = (S_tz + slope_prior v) / (S_tt + slope_prior v), S: sums weighted by e around their means, v: variance of t
///   a_s = mean of z - b_s times the mean of t, both weighted by e
///
/// Every cell is then F + e (z - F), F = a_s + b_s t_m: a measured one is shrunk toward the fit by its evidence. With
/// the variance r of the residuals z - F, weighted by W e, and u_m = r / (sum W e b^2 + strength_prior), a mean p has
/// the variance (p (1 - p))^2 (r (1 - e) + (b_s (1 - e))^2 u_m), whose 1 - e is 1 for a missing cell.
///
/// Models without any outcome take no part. Complexity: O(measured cells) for each of at most 60 turns.
[[nodiscard]] TaskEstimates complete_tasks(const TaskTotals& totals, std::span<const double> weights,
                                           const MixtureConstants& constants);

}  // namespace signalbox
