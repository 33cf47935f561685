// Mean outcomes, by task and over tasks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/index.h"
#include "index/totals.h"

namespace signalbox {

/// Returns mean outcomes [tasks, models]; NaN if the model has no outcome in the task.
[[nodiscard]] std::vector<double> task_means(const TaskTotals& totals);

/// Returns mean outcomes [models] over all rows but those of `excluded_task` (kNoTask excludes none); NaN
/// without an outcome.
[[nodiscard]] std::vector<double> pool_means(const TaskTotals& totals, std::size_t excluded_task);

/// Returns means [models] over the tasks of `task_means`, by the weights of tasks or, if these are empty, unweighted;
/// see the overload for an index.
[[nodiscard]] std::vector<double> mean_over_tasks(std::span<const double> task_means, std::size_t models,
                                                  std::size_t excluded_task, std::span<const double> weights = {});

/// Returns a row's offset in logits.
[[nodiscard]] inline double logits_of(std::int8_t offset) { return offset / 16.0; }

/// Mean outcomes of tasks, split into the difficulty of the task and each model's deviation from it, which is the mean
/// less the difficulty.
struct MeanSplit {
  std::vector<double> difficulty;  ///< [tasks] expected mean of all models; NaN if none was measured.
  std::vector<double> strength;    ///< [models] stands in for a missing deviation; sums to 0.
};

/// Splits means, a row [models] for each task, NaN if missing. If none is missing, difficulty is the plain mean.
/// Otherwise a task must not look easy or hard, nor a model strong, because of which models were measured: difficulties
/// and strengths are found together by least squares. complete: see are_complete.
[[nodiscard]] MeanSplit split_means(std::span<const double* const> rows, std::size_t models, bool complete);

/// Returns whether each row has means of all models or of none, and one has them.
[[nodiscard]] bool are_complete(std::span<const double* const> rows, std::size_t models);

/// Returns the mean offset [tasks] of each task's rows, in logits, or of those not marked in `left_out` [rows]; 0
/// without a known offset. offsets: see Index. Empty if no offset is known.
[[nodiscard]] std::vector<double> mean_offsets(std::span<const std::int8_t> offsets,
                                               std::span<const std::uint16_t> row_tasks, std::size_t tasks,
                                               std::span<const std::uint8_t> left_out = {});

/// Returns the unit mean vectors [tasks, dim] of each task's rows, or of those not marked in `left_out` [rows]; zero
/// without rows, or if they cancel out.
[[nodiscard]] std::vector<float> task_centroids(const CodeView& codes, std::span<const std::uint16_t> row_tasks,
                                                std::size_t tasks, std::span<const std::uint8_t> left_out = {});

}  // namespace signalbox
