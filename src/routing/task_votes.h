// Votes of inputs for the tasks of a benchmark that they resemble, and the difficulty that their nearest rows tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/index.h"
#include "kernels/nearest.h"

namespace signalbox {

/// Position of each benchmark task, and mean outcomes of the models there. Borrowed.
struct TaskProfiles {
  std::size_t dim = 0;
  std::size_t models = 0;
  std::span<const float> centroids;               ///< [tasks, dim] see task_centroids.
  std::span<const double> means;                  ///< [tasks, models] mean outcome; NaN without an outcome.
  const TaskPosterior* posterior = nullptr;       ///< The true means; null: `means` has no sampling error.
  std::span<const float> bias = {};               ///< [tasks] logits that join the vote for a task; empty: 0.
  TaskLinkView links = {};                        ///< Links of kinds, without means, to tasks.
  std::span<const double> weights = {};           ///< [tasks] see TaskEstimates; empty: 1 for tasks that have a vote.
  std::span<const std::size_t> measured = {};     ///< [models] tasks with an outcome; empty: those with a mean.
  std::span<const double> levels = {};            ///< [tasks] see TaskEstimates; needed with offsets.
  std::span<const double> offsets = {};           ///< [tasks] see mean_offsets; empty: no offsets.
  std::span<const std::int8_t> row_offsets = {};  ///< [rows] see Index; needed with offsets.
  std::span<const std::uint16_t> row_tasks = {};  ///< [rows] likewise.
  std::size_t added = 0;                          ///< The last models, which were added later: see AddedMeansView.
  const TaskMeanFacts* facts = nullptr;           ///< Facts about `means`; null: found where they are needed.

  [[nodiscard]] std::size_t tasks() const { return means.size() / models; }
  /// Returns the effective number of tasks in means over tasks.
  [[nodiscard]] double effective_tasks() const;
  /// Returns whether a task has a mean.
  [[nodiscard]] bool knows(std::size_t task) const;
};

/// Returns the tasks of an index as the policies see them.
[[nodiscard]] TaskProfiles profiles_of(const Index& index);

/// Returns the shares of an input's vote, before kinds hand theirs on: the softmax over tasks and kinds of
///
///   cosine to the centroid / temperature + bias
///
/// where a centroid may be longer than a unit vector. 0 for a task without a centroid or means, and for a kind without
/// a link to a task with means. vector: float32 [dim], not zero. The shares sum to 1, or are all 0.
[[nodiscard]] std::vector<double> vote_for_all(const TaskProfiles& profiles, std::span<const float> vector,
                                               const MixtureConstants& constants);

/// Returns votes, [tasks], after each kind handed its own on to the linked tasks with means, in proportion to the
/// links. votes: those of vote_for_all, or a mean of them.
[[nodiscard]] std::vector<double> follow_links(const TaskProfiles& profiles, std::vector<double> votes);

/// Returns each task's share of an input's vote, after links. They sum to 1, or are 0 if no task has rows.
[[nodiscard]] std::vector<double> vote_for_tasks(const TaskProfiles& profiles, std::span<const float> vector,
                                                 const MixtureConstants& constants);

/// Shrinks votes toward those that tasks get by their weights alone: few effective tasks, 1 / sum of squares, are weak
/// evidence. prior_tasks: the weight of these, in effective tasks.
[[nodiscard]] std::vector<double> join_uniform_votes(const TaskProfiles& profiles, std::vector<double> votes,
                                                     double prior_tasks);

/// Returns the votes of inputs, row-major float32 [n, dim], before kinds hand theirs on: [n, tasks] of vote_for_all.
[[nodiscard]] std::vector<double> vote_for_each(const TaskProfiles& profiles, std::span<const float> vectors,
                                                const MixtureConstants& constants);

/// Returns the mean of votes, [inputs, tasks]; zeros without an input.
[[nodiscard]] std::vector<double> mean_votes(std::span<const double> votes, std::size_t tasks);

/// Returns the mean vote of a task's inputs, row-major float32 [n, dim], after links, joined by `prior_tasks` uniform
/// votes, whatever the number of inputs.
[[nodiscard]] std::vector<double> vote_of_inputs(const TaskProfiles& profiles, std::span<const float> vectors,
                                                 const MixtureConstants& constants);

/// Averages votes of inputs, [n, tasks] of vote_for_all, as `vote_of_inputs` does. They may have been taken in blocks.
[[nodiscard]] std::vector<double> average_votes(const TaskProfiles& profiles, std::span<const double> votes_of_inputs,
                                                const MixtureConstants& constants);

/// Returns the probability of each kind, [tasks], given that the input is of some kind: its share of the kinds' votes.
/// All are 0 without a vote for a kind. votes: of vote_for_all.
[[nodiscard]] std::vector<double> kind_probabilities(const TaskProfiles& profiles, std::span<const double> votes);

/// Returns how many of the nearest rows difficulty_offset looks at. The offsets of some may be unknown.
[[nodiscard]] std::size_t rows_for_offset(const MixtureConstants& constants);

/// Returns how much easier an input is than the tasks it resembles, in logits, at most 4 either way; 0 for a benchmark
/// without offsets. With the votes q of vote_for_all and w after links, the mean offsets O of the rows of kinds, the
/// levels A of tasks (of a kind: of its links, by weight), and the nearest rows r whose offsets o_r are known (at most
/// offset_rows, of cosine c_r) by the weights h_r = exp((c_r - 1) / offset_temperature):
///
///   sum q O + sum h_r (A + o_r - L) / (sum h_r + offset_prior), L = sum w A + sum q O
///
/// neighbours: rows_for_offset of them, nearest first; rows beyond those of the index are left out.
[[nodiscard]] double difficulty_offset(const TaskProfiles& profiles, std::span<const double> votes,
                                       std::span<const Neighbour> neighbours, const MixtureConstants& constants);

/// Returns the mean of difficulty_offset over inputs. votes: [inputs, tasks]; neighbours: [inputs].
[[nodiscard]] double mean_offset(const TaskProfiles& profiles, std::span<const double> votes,
                                 std::span<const std::vector<Neighbour>> neighbours, const MixtureConstants& constants);

}  // namespace signalbox
