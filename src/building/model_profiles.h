// The models of an index as a basis for a model that is new: what they got right, row by row and task by task.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "index/index.h"

namespace signalbox {

/// A linear model of the outcomes of a model that is new. On row r of task t it expects
///
///   level_r + sum_k u_k x_rk + b + d_t,   x_rk = y_rk - level_r
///
/// where y_rk is the outcome of model k of the pool, and level_r their mean on the row. Weights u, intercept b and the
/// offset d of each task are independent and normal around 0. With the variance v of x within a row, over all rows and
/// models, their variances are kProfileVariance / pool, kInterceptVariance v and kOffsetVariance v, and that of an
/// outcome around its expectation is kNoiseVariance v. An outcome that the pool lacks has the mean of its task.
///
/// The constants were chosen on openllm_v2 by hiding 19 of its models, one after the other; routerbench and now_18 had
/// no part in that (docs/results.md).
inline constexpr double kProfileVariance = 1.5;
inline constexpr double kInterceptVariance = .07;
inline constexpr double kOffsetVariance = .02;
inline constexpr double kNoiseVariance = 2;

/// Models whose outcomes may enter: those with the most, ties to the lower one.
inline constexpr std::size_t kMostProfiles = 128;

class ModelProfiles {
 public:
  /// Needs an index in which a model that was built with it has an outcome. Complexity: O(rows * models).
  explicit ModelProfiles(const Index& index);

  /// Returns the number of models in the pool; 0 if no model has an outcome.
  [[nodiscard]] std::size_t size() const { return pool_.size(); }
  /// Returns the models of the pool, ascending.
  [[nodiscard]] std::span<const std::size_t> pool() const { return pool_; }
  /// Returns v; at least 1e-4.
  [[nodiscard]] double variance() const { return variance_; }
  /// Returns whether the pool has means on a task.
  [[nodiscard]] bool knows(std::size_t task) const { return levels_[task] >= 0; }
  /// Returns the mean of the pool on a task, 0..1.
  [[nodiscard]] double level(std::size_t task) const { return levels_[task]; }
  /// Returns the means of the pool on a task less its level, [size()].
  [[nodiscard]] std::span<const double> profile(std::size_t task) const {
    return std::span(profiles_).subspan(task * size(), size());
  }

  /// Reads x of a row whose task the pool knows, [size()], and returns the level of the row.
  double read_row(std::size_t row, std::span<double> profile);
  /// Returns how many models of the pool have an outcome on a row.
  [[nodiscard]] std::size_t measured(std::size_t row) const;

 private:
  void choose_pool();
  void split_tasks();
  void measure_variance();

  const Index& index_;
  std::vector<std::size_t> pool_;
  std::vector<double> levels_;    ///< [tasks]; negative: unknown.
  std::vector<double> profiles_;  ///< [tasks, pool]
  double variance_ = 0;
  std::vector<float> outcomes_;  ///< [models] of the row that is read.
};

}  // namespace signalbox
