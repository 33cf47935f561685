// Strict leave-one-task-out: decisions for a task of the benchmark that nothing else has seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "evaluation/benchmark.h"
#include "evaluation/neighbour_lists.h"
#include "routing/choice.h"
#include "routing/policy.h"
#include "status.h"

namespace signalbox {

/// Number of labelled samples of the held-out task, and number of draws.
struct LabelPlan {
  std::optional<std::size_t> count;  ///< Number of samples of every task; without it
  double alpha = 0;                  ///< min(alpha n_d, 50) (eq. 13). At least one sample is left to score.
  std::uint32_t repeats = 1;
  std::uint64_t seed = 1;
};

struct HeldOutOptions {
  std::vector<std::vector<std::size_t>> pools;  ///< Candidates; decisions are made for each pool.
  std::vector<Policy> policies;
  std::optional<LabelPlan> labels;
};

/// One evaluation of the task, with or without labels.
struct TaskEvaluation {
  std::vector<std::size_t> labelled;  ///< Positions among the rows of the task, ascending.
  std::size_t scored = 0;             ///< Rows that are not labelled.
  double u = 1;
  std::vector<double> accuracy;  ///< [models] on the scored rows, or the scores of the task; NaN without an outcome.
  // Empty if no input has a known token:
  std::vector<double>
      predictor_accuracy;  ///< [models] the true p: how often gbar is right on the scored rows; NaN likewise.
  std::vector<double> p;   ///< [models] its estimate.
  std::vector<std::vector<double>> scores;  ///< [policies][models] forecasts among all models; NaN: none.

  std::vector<std::vector<Choice>> decisions;  ///< [pools][policies]
};

struct HeldOutEvaluation {
  std::size_t rows = 0;
  std::size_t duplicates_dropped = 0;
  std::vector<double> mean_elsewhere;  ///< [models] mean over the other tasks; NaN without an outcome.
  TaskEvaluation unlabelled;
  std::vector<TaskEvaluation> draws;  ///< One for each repeat of the labels.
};

/// Evaluates a held-out task, which is in no pool, no mean and no pair (u_z, p_z): the pairs come from holding out each
/// other task z from a pool that lacks this one, too. Decisions equal those of route_task on an index built without the
/// task (and without the duplicates of its prompts), except for coverage, which the evaluation leaves out. A candidate
/// is a model of the pool with an outcome on the task: no other pick could be scored. The lists must be complete.
/// Errors: invalid_argument. Complexity: O(rows * k * models) for the pairs. Thread-safe.
[[nodiscard]] Result<HeldOutEvaluation> evaluate_held_out_task(const Benchmark& benchmark, const NeighbourLists& lists,
                                                               std::size_t task, const HeldOutOptions& options);

}  // namespace signalbox
