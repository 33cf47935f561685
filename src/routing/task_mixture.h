// The policy `signalbox`: inputs vote for benchmark tasks, labels re-weight the tasks, and a model is expected to do as
// well as it did on them. docs/policy.md says where the rule and its constants come from, and what they measure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/index.h"
#include "routing/scores.h"
#include "routing/selection.h"
#include "routing/task_scores.h"

namespace signalbox {

/// Constants of the rule.
struct MixtureConstants {
  double temperature = .1;            ///< Temperature of the softmax over cosines to the tasks' centroids.
  double prior_tasks = 2;             ///< Uniform votes, in effective tasks, that join those of a whole task's inputs.
  double prior_labels = 40;           ///< Labels that a benchmark task is worth as a forecast of a new one.
  double independent_models = 4;      ///< Models of a pool are alike: together they count as this many.
  double deviation_variance = .2;     ///< Variance of one label of a model, less the mean of all models.
  double difference_variance = .15;   ///< Variance of one label of a model, less that of another model.
  double difficulty_variance = .003;  ///< Variance of the mean correctness on a new task around that of similar tasks.
  double difficulty_noise = .15;      ///< Variance of the mean correctness on one label.
  double difficulty_outcomes = 2;     ///< Outcomes at the mean of all labels that join those of one label.
  double eta = .55;  ///< Confidence required to leave the best single model for a whole task. An input requires none.
  double model_variance = .04;  ///< Variance of one label of a model around its mean, for intervals.
};

/// Position of each benchmark task, and mean outcomes of the models there. Borrowed.
struct TaskProfiles {
  std::size_t dim = 0;
  std::size_t models = 0;
  std::span<const float> centroids;          ///< [tasks, dim] see task_centroids.
  std::span<const double> means;             ///< [tasks, models] mean outcome; NaN without an outcome.
  const TaskPosterior* posterior = nullptr;  ///< The true means; null: `means` has no sampling error.

  [[nodiscard]] std::size_t tasks() const { return means.size() / models; }
};

/// Returns each task's share of an input's vote: the softmax of its cosines to the centroids over the temperature; 0
/// for a task without rows. vector: float32 [dim], not zero. The shares sum to 1, or are 0 if no task has rows.
[[nodiscard]] std::vector<double> vote_for_tasks(const TaskProfiles& profiles, std::span<const float> vector,
                                                 const MixtureConstants& constants);

/// Returns the mean vote of a task's inputs, row-major float32 [n, dim], shrunk toward the uniform vote: few effective
/// tasks, 1 / sum of squares, are weak evidence, whatever the number of inputs.
[[nodiscard]] std::vector<double> vote_of_inputs(const TaskProfiles& profiles, std::span<const float> vectors,
                                                 const MixtureConstants& constants);

/// Averages the votes of inputs, [n, task_count], for `vote_of_inputs`. They may have been taken in blocks.
[[nodiscard]] std::vector<double> average_votes(std::span<const double> votes_of_inputs, std::size_t task_count,
                                                const MixtureConstants& constants);

/// Means of the labels, by model.
struct LabelMeans {
  std::vector<double> means;     ///< [models] mean outcome on its labels, unused without a label.
  std::vector<double> relative;  ///< [models] mean of outcome - difficulty of the label; 0 on average over outcomes.
  std::vector<double> counts;    ///< [models]
};

/// Averages labels. outcomes: [labels, models], NaN if missing. Only models that are not excluded count. The difficulty
/// of a label is the mean of its outcomes and of `difficulty_outcomes` more at the mean of all. With every model on
/// every label, models are therefore compared on the same inputs, and with one model per label, on their means.
[[nodiscard]] LabelMeans label_means(std::span<const float> outcomes, std::span<const Exclusion> exclusions,
                                     const MixtureConstants& constants);

/// Expectations of the candidates.
struct TaskMixture {
  std::vector<double> weights;  ///< [tasks] votes, re-weighted by the labels.
  double effective_tasks = 1;
  std::vector<double> relative;  ///< [models] expected correctness, less the mean of the candidates; the pick is the
                                 ///< argmax. 0 for excluded models.
  std::vector<double>
      correctness;  ///< [models] expected correctness, 0..1; ordered as `relative`, except for ties at 0.
  std::vector<Interval> intervals;    ///< [models] 95%, with the sampling error of the task means.
  std::vector<double> task_relative;  ///< [tasks, models] posterior mean of the correctness on a new task like this
                                      ///< one, less a number that all models of the task share.
  std::vector<double> task_variance;  ///< [tasks, models] its sampling variance; empty: none.
  std::vector<double> evidence;       ///< [models] prior labels and labels.
  double difference_variance = 0;     ///< See MixtureConstants.
};

/// Mixes the tasks by their votes, [tasks]; if all votes are 0, tasks count alike. Every model that is not excluded
/// must have an outcome somewhere. If a task lacks one, the strength of the model stands in: means are fitted by
/// difficulty of the task + strength of the model, so that neither depends on which models were measured where.
/// The sampling error of the means is part of `intervals` and of probability_better, not of the expectations.
/// Complexity: O(tasks * models).
[[nodiscard]] TaskMixture mix_tasks(const TaskProfiles& profiles, std::span<const double> votes,
                                    const LabelMeans& labels, std::span<const Exclusion> exclusions,
                                    const MixtureConstants& constants);

/// Returns P(the first model is right more often than the second one on the new task): the mixture over tasks of normal
/// distributions of their difference, to which `ahead` is added. The variance is that of a new task around a benchmark
/// task and that of the sample behind the task's means.
[[nodiscard]] double probability_better(const TaskMixture& mixture, std::size_t first, std::size_t second,
                                        double ahead = 0);

}  // namespace signalbox
