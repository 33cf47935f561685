// The tasks of a benchmark as an input sees them: all means moved by its difficulty, and their posterior with them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "index/index.h"
#include "routing/task_votes.h"

namespace signalbox {

/// Means p of the tasks that have any, moved to p' = logistic(logit p + offset). NaN stays NaN.
class MovedMeans {
 public:
  /// offset: in logits; 0 moves nothing, and the means are then borrowed.
  MovedMeans(const TaskProfiles& profiles, const TaskMeanFacts& facts, double offset);
  MovedMeans(const MovedMeans&) = delete;  // Rows point into the object.
  MovedMeans& operator=(const MovedMeans&) = delete;

  /// Returns the tasks, in ascending order.
  [[nodiscard]] std::span<const std::size_t> tasks() const { return tasks_; }
  /// Returns the means of each of these tasks, [models].
  [[nodiscard]] std::span<const double* const> rows() const { return rows_; }

 private:
  std::vector<std::size_t> tasks_;
  std::vector<const double*> rows_;
  std::vector<double> moved_;
};

/// The posterior of tasks that have a mean, moved with the means: its variances by the square of the slope
/// p' (1 - p') / (p (1 - p)), its deviations to those of the moved correctness. A decision reads few of these numbers,
/// so they are calculated where they are read. Borrows what the profiles borrow, which must have a posterior.
class MovedPosterior {
 public:
  MovedPosterior(const TaskProfiles& profiles, const TaskMeanFacts& facts, double offset);

  /// Writes the correctness of a task's models, [models].
  void correctness(std::size_t task, double* out) const;
  /// Writes its variances.
  void correctness_variance(std::size_t task, double* out) const;

  /// Returns the deviation of a model in a task, less a number that all models of the task share.
  [[nodiscard]] double deviation(std::size_t task, std::size_t model) const;
  /// Returns its variance.
  [[nodiscard]] double deviation_variance(std::size_t task, std::size_t model) const;

 private:
  [[nodiscard]] double compared(std::size_t task, std::size_t model) const;

  std::size_t models_;
  const TaskPosterior* posterior_;
  bool moves_;
  double odds_;
  std::vector<double> centres_;  ///< [tasks] of the means, see TaskMeanFacts.
};

}  // namespace signalbox
