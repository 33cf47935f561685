// Sums over the outcomes of a benchmark, row by row: everything that means and posterior are made of.
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
  std::vector<double> sums;       ///< [tasks, models]
  std::vector<double> counts;     ///< [tasks, models] measured outcomes, or the outcomes that a score is worth.
  std::vector<std::size_t> rows;  ///< [tasks]

  [[nodiscard]] std::size_t tasks() const { return rows.size(); }
};

/// Sums the outcomes of all rows, or of those not marked in `left_out` [rows].
[[nodiscard]] TaskTotals total_outcomes(const OutcomeView& outcomes, std::span<const std::uint16_t> row_tasks,
                                        std::size_t tasks, std::span<const std::uint8_t> left_out = {});

/// Adds the scores of tasks without outcomes, as if the outcomes that they are worth had been measured.
void add_scores(const TaskScoreView& scores, TaskTotals& totals);

/// Sums for the sampling error of the means.
struct RowSums {
  std::vector<double> squares;        ///< [tasks, models] of squared outcomes.
  std::vector<double> off;            ///< [tasks, models] of outcomes less the mean of the row's models, scaled so that
                                      ///< two models differ by the variances of both.
  std::vector<double> off_squares;    ///< [tasks, models]
  std::vector<std::size_t> compared;  ///< [tasks] rows with two models or more.
  // Over rows, two more included, one all right and one all wrong:
  double rows = 2;
  double mean = 1;    ///< Sum of the rows' mean outcomes.
  double square = 1;  ///< Sum of the rows' mean squared outcomes.
};

/// Returns the sums of the first `models` models.
[[nodiscard]] TaskTotals first_models(const TaskTotals& totals, std::size_t models);

/// Sums all rows, or those not marked in `left_out` [rows]. totals: those of the same rows, of all models or the first
/// ones; other models do not count, and neither do missing outcomes.
[[nodiscard]] RowSums sum_rows(const OutcomeView& outcomes, std::span<const std::uint16_t> row_tasks,
                               const TaskTotals& totals, std::span<const std::uint8_t> left_out = {});

/// Adds scores: right and wrong outcomes with that mean, of models that were not compared. To the sums over rows a task
/// adds as many rows as its scores are worth on average.
void add_scores(const TaskScoreView& scores, RowSums& sums);

}  // namespace signalbox
