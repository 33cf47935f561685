// The training pairs (u_z, p_z) of the distance estimator, by leave-one-task-out (eqs. 12-14).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "index/index.h"
#include "kernels/nearest.h"

namespace signalbox {

/// Largest number of samples moved back into the pool for a pair.
inline constexpr std::size_t kMostMoved = 50;

/// How the training pairs (u_z, p_z) are made (eqs. 12-14): for every share alpha and repeat, min(alpha n_d, 50)
/// samples of the held-out task, drawn with `seed`, move back into the pool. One repeat of alpha = 0 gives one pair a
/// task.
struct PairPlan {
  std::vector<double> alphas = {0};
  std::uint32_t repeats = 1;
  std::uint64_t seed = 1;
};

/// What the pairs are computed from. Queries are the embeddings themselves, the pool is their codes: as at run time.
struct PairSource {
  CodeView codes;
  std::span<const float> embeddings;         ///< [rows, dim]
  std::span<const std::uint16_t> row_tasks;  ///< [rows]
  std::span<const float> outcomes;           ///< [rows, models], NaN missing.
  std::size_t models = 0;
  std::size_t tasks = 0;
  RoutingConstants constants;
};

struct TrainingPairs {
  std::vector<float> u;  ///< [pairs]
  std::vector<float> p;  ///< [pairs, models]; -1 where a model has no outcome in the task.
};

/// One pair for every task, alpha and repeat that leaves a pool and at least one sample to judge; in that order.
///
/// The held-out task's samples see the other tasks' rows and, with alpha > 0, those of their own task that moved back:
/// u falls as the pool comes nearer, which is what the share is for. A model without an outcome in the pool predicts by
/// its mean there, or, without one, is taken to be wrong.
[[nodiscard]] TrainingPairs training_pairs(const PairSource& source, const PairPlan& plan);

/// A task that is held out of the pool.
struct HeldOutTask {
  std::vector<std::uint32_t> rows;
  std::size_t pool_rows = 0;                    ///< Rows that are left.
  std::vector<std::vector<Neighbour>> outside;  ///< [rows] the nearest max(k, kappa) rows of the pool.
  std::vector<double> pool_means;               ///< [models] mean outcome of the pool; NaN without any.
};
using HoldOut = std::function<HeldOutTask(std::size_t task)>;

/// The same from tasks that someone else held out: an evaluation finds the neighbours of every row only once.
[[nodiscard]] TrainingPairs training_pairs(const PairSource& source, const PairPlan& plan, const HoldOut& hold_out);

/// For every row, the mean distance to its kappa nearest other rows, of any task: the distribution behind coverage.
[[nodiscard]] std::vector<float> mean_distances_within(const PairSource& source);

}  // namespace signalbox
