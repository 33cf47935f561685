// The training pairs (u_z, p_z) of the distance estimator, by leave-one-task-out (eqs. 12-14).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "index/index.h"
#include "kernels/nearest.h"
#include "routing/random.h"

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

/// A task that is held out of the pool, with those of its rows that are judged: all, or a sample of them.
struct HeldOutTask {
  std::vector<std::uint32_t> rows;              ///< Ascending.
  std::size_t pool_rows = 0;                    ///< Rows that are left.
  std::vector<std::vector<Neighbour>> outside;  ///< [rows] the nearest max(k, kappa) rows of the pool.
  std::vector<double> pool_means;               ///< [models] mean outcome of the pool; NaN without any.
};
using HoldOut = std::function<HeldOutTask(std::size_t task)>;

/// The same from tasks that someone else held out: an evaluation finds the neighbours of every row only once.
[[nodiscard]] TrainingPairs training_pairs(const PairSource& source, const PairPlan& plan, const HoldOut& hold_out);

/// What a task's pairs are computed from besides the task itself, for those who have no matrix of all embeddings.
struct PairPool {
  OutcomeView outcomes;
  CodeType codes = CodeType::kInt8;
  std::size_t rows = 0;
  std::size_t dim = 0;
  RoutingConstants constants;
};

/// Standard errors of pairs that rest on a sample of their task: of the mean distance u, s / sqrt(n), and of the share
/// p, sqrt(p (1 - p) / n), both times sqrt((N - n) / (N - 1)) for n of N rows. The largest over pairs, and models.
struct PairErrors {
  double u = 0;
  double p = 0;
};

/// Adds the pairs of one task, which had `task_rows` rows before a sample was drawn; none where it has no row or no
/// pool. vectors: [task.rows, dim], the embeddings of its rows; only looked at where samples move (alpha > 0): then it
/// costs O(rows^2 dim), and the moved samples are drawn among the rows that are judged, min(alpha rows, 50) of them.
void add_task_pairs(const PairPool& pool, const PairPlan& plan, HeldOutTask task, std::size_t task_rows,
                    std::span<const float> vectors, Random& random, TrainingPairs& out, PairErrors& errors);

/// Whether any sample of a plan moves.
[[nodiscard]] bool moves_samples(const PairPlan& plan);

}  // namespace signalbox
