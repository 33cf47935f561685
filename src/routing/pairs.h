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

/// Recipe of the training pairs (u_z, p_z) (eqs. 12-14): for every share alpha and repeat, min(alpha n_d, 50) samples
/// of the held-out task, drawn with `seed`, move back into the pool. One repeat of alpha = 0 makes one pair per task.
struct PairPlan {
  std::vector<double> alphas = {0};
  std::uint32_t repeats = 1;
  std::uint64_t seed = 1;
};

/// Input of training_pairs. Queries are the embeddings themselves and the pool is their codes, as at run time.
struct PairSource {
  CodeView codes;
  std::span<const float> embeddings;         ///< [rows, dim]
  std::span<const std::uint16_t> row_tasks;  ///< [rows]
  std::span<const float> outcomes;           ///< [rows, models], NaN if missing.
  std::size_t models = 0;
  std::size_t tasks = 0;
  RoutingConstants constants;
};

struct TrainingPairs {
  std::vector<float> u;  ///< [pairs]
  std::vector<float> p;  ///< [pairs, models]; -1 if a model has no outcome in the task.
};

/// Returns one pair for every task, alpha and repeat that leaves a pool and at least one sample to score; in that
/// order.
///
/// The neighbours of the held-out task's samples are rows of the other tasks and, with alpha > 0, the samples of their
/// own task that moved back: u falls as the pool comes nearer, which is the purpose of the share. A model without an
/// outcome among a sample's neighbours predicts by its mean over the pool or, without one, counts as wrong.
[[nodiscard]] TrainingPairs training_pairs(const PairSource& source, const PairPlan& plan);

/// A task that is held out of the pool, and its scored rows: all, or a sample of them.
struct HeldOutTask {
  std::vector<std::uint32_t> rows;              ///< Ascending.
  std::size_t pool_rows = 0;                    ///< Rows that are left.
  std::vector<std::vector<Neighbour>> outside;  ///< [rows] the nearest max(k, kappa) rows of the pool.
  std::vector<double> pool_means;               ///< [models] mean outcome of the pool; NaN without an outcome.
};
using HoldOut = std::function<HeldOutTask(std::size_t task)>;

/// Returns the same pairs from tasks that the caller held out: an evaluation finds the neighbours of every row only
/// once.
[[nodiscard]] TrainingPairs training_pairs(const PairSource& source, const PairPlan& plan, const HoldOut& hold_out);

/// Input of a task's pairs beside the task itself, for callers without a matrix of all embeddings.
struct PairPool {
  OutcomeView outcomes;
  CodeType codes = CodeType::kInt8;
  std::size_t rows = 0;
  std::size_t dim = 0;
  RoutingConstants constants;
};

/// Standard errors of pairs that rest on a sample of their task: of the mean distance u, s / sqrt(n), and of the share
/// p, sqrt(p (1 - p) / n), both times sqrt((N - n) / (N - 1)) for n of N rows. Maxima over pairs and models.
struct PairErrors {
  double u = 0;
  double p = 0;
};

/// Adds the pairs of one task, which had `task_rows` rows before a sample was drawn; none if it has no row or no pool.
/// vectors: [task.rows, dim], the embeddings of its rows, which are used only if samples move (alpha > 0). Moving costs
/// O(rows^2 dim); the moved samples are drawn among the scored rows, min(alpha rows, 50) of them.
void add_task_pairs(const PairPool& pool, const PairPlan& plan, HeldOutTask task, std::size_t task_rows,
                    std::span<const float> vectors, Random& random, TrainingPairs& out, PairErrors& errors);

/// Returns whether any sample of a plan moves.
[[nodiscard]] bool moves_samples(const PairPlan& plan);

}  // namespace signalbox
