// The policy `signalbox`: inputs vote for benchmark tasks, labels re-weight the tasks, and a model is expected to do as
// well as it did on them. docs/policy.md says where the rule and its constants come from, and what they measure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "index/index.h"
#include "routing/moved_tasks.h"
#include "routing/scores.h"
#include "routing/selection.h"
#include "routing/task_scores.h"
#include "routing/task_votes.h"

namespace signalbox {

/// Means of the labels, by model.
struct LabelMeans {
  std::vector<double> means;     ///< [models] mean outcome on its labels, unused without a label.
  std::vector<double> relative;  ///< [models] mean of outcome - difficulty of the label; 0 on average over outcomes.
  std::vector<double> counts;    ///< [models]
  bool tells_difficulty =
      true;  ///< False: labels that were chosen (next_labels.h), whose inputs are not like the rest.
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
                                      ///< one, less a number that all models of the task share; see `posterior`.
  std::vector<double> task_variance;  ///< [tasks, models] its sampling variance; empty: none.
  std::optional<MovedPosterior> posterior;  ///< Without labels, both in place of these matrices, which are empty.
  std::vector<double> evidence;             ///< [models] prior labels and labels.
  double difference_variance = 0;           ///< See MixtureConstants.
};

/// Mixes the tasks by their votes, [tasks]; if all votes are 0, tasks count alike. Every model that is not excluded
/// must have an outcome somewhere. The means of an index are complete: see complete_tasks. Where one is missing all the
/// same, difficulty of the task + strength of the model stands in, by least squares.
/// The sampling error of the means is part of `intervals` and of probability_better, not of the expectations.
/// offset: by which all means move, in logits; see difficulty_offset. The result borrows what the profiles borrow.
/// Complexity: O(tasks * models) for the tasks with a mean.
[[nodiscard]] TaskMixture mix_tasks(const TaskProfiles& profiles, std::span<const double> votes,
                                    const LabelMeans& labels, std::span<const Exclusion> exclusions,
                                    const MixtureConstants& constants, double offset = 0);

/// Returns P(the first model is right more often than the second one on the new task): the mixture over tasks of normal
/// distributions of their difference, to which `ahead` is added. The variance is that of a new task around a benchmark
/// task and that of the sample behind the task's means.
[[nodiscard]] double probability_better(const TaskMixture& mixture, std::size_t first, std::size_t second,
                                        double ahead = 0);

}  // namespace signalbox
