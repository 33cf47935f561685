#include "index/totals.h"

#include <cmath>

namespace signalbox {

TaskTotals total_outcomes(const OutcomeView& outcomes, std::span<const std::uint16_t> row_tasks, std::size_t tasks,
                          std::span<const std::uint8_t> left_out) {
  const std::size_t models = outcomes.models;
  TaskTotals out{models, std::vector<double>(tasks * models, 0), std::vector<std::size_t>(tasks * models, 0),
                 std::vector<std::size_t>(tasks, 0)};
  for (std::size_t row = 0; row < row_tasks.size(); ++row) {
    if (!left_out.empty() && left_out[row] != 0) continue;
    const std::size_t task = row_tasks[row];
    ++out.rows[task];
    for (std::size_t m = 0; m < models; ++m) {
      if (!outcomes.is_measured(row, m)) continue;
      out.sums[task * models + m] += static_cast<double>(outcomes.at(row, m));
      ++out.counts[task * models + m];
    }
  }
  return out;
}

RowSums sum_rows(const OutcomeView& outcomes, std::span<const std::uint16_t> row_tasks, const TaskTotals& totals,
                 std::span<const std::uint8_t> left_out) {
  const std::size_t models = totals.models;
  const std::vector<double> zeros(totals.sums.size(), 0);
  RowSums out{zeros, zeros, zeros, std::vector<std::size_t>(totals.tasks(), 0)};
  std::vector<double> of_row(models);
  for (std::size_t row = 0; row < row_tasks.size(); ++row) {
    if (!left_out.empty() && left_out[row] != 0) continue;
    const std::size_t first = row_tasks[row] * models;
    double count = 0;
    double sum = 0;
    double square = 0;
    for (std::size_t m = 0; m < models; ++m) {
      of_row[m] = outcomes.is_measured(row, m) ? static_cast<double>(outcomes.at(row, m)) : std::nan("");
      if (std::isnan(of_row[m])) continue;
      out.squares[first + m] += of_row[m] * of_row[m];
      square += of_row[m] * of_row[m];
      sum += of_row[m];
      ++count;
    }
    if (!(count > 0)) continue;
    ++out.rows;
    out.mean += sum / count;
    out.square += square / count;
    if (!(count > 1)) continue;
    ++out.compared[row_tasks[row]];
    const double scale = std::sqrt(count / (count - 1));
    for (std::size_t m = 0; m < models; ++m) {
      if (std::isnan(of_row[m])) continue;
      const double off = scale * (of_row[m] - sum / count);
      out.off[first + m] += off;
      out.off_squares[first + m] += off * off;
    }
  }
  return out;
}

}  // namespace signalbox
