// Mean outcomes, by task and over tasks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/index.h"

namespace signalbox {

/// Sums of the outcomes of each task.
struct TaskTotals {
  std::size_t models = 0;
  std::vector<double> sums;         ///< [tasks, models]
  std::vector<std::size_t> counts;  ///< [tasks, models] measured outcomes.
  std::vector<std::size_t> rows;    ///< [tasks]

  [[nodiscard]] std::size_t tasks() const { return rows.size(); }
};

/// Over all rows, or over those that `left_out` [rows] does not mark.
[[nodiscard]] TaskTotals total_outcomes(const OutcomeView& outcomes, std::span<const std::uint16_t> row_tasks,
                                        std::size_t tasks, std::span<const std::uint8_t> left_out = {});

/// [tasks, models] mean outcome in the task; NaN without any.
[[nodiscard]] std::vector<double> task_means(const TaskTotals& totals);

/// [models] mean outcome over all rows but those of `excluded_task`, where it is a task; NaN without any.
[[nodiscard]] std::vector<double> pool_means(const TaskTotals& totals, std::size_t excluded_task);

/// [models] unweighted mean over the tasks of task_means; see the function of the same name for an index.
[[nodiscard]] std::vector<double> mean_over_tasks(std::span<const double> task_means, std::size_t models,
                                                  std::size_t excluded_task);

/// [tasks, dim] unit mean vector of each task's rows, or of those that `left_out` [rows] does not mark; zero where
/// there are none, or where they cancel out.
[[nodiscard]] std::vector<float> task_centroids(const CodeView& codes, std::span<const std::uint16_t> row_tasks,
                                                std::size_t tasks, std::span<const std::uint8_t> left_out = {});

}  // namespace signalbox
