#include "index/totals.h"

#include <cmath>
#include <utility>

namespace signalbox {

TaskTotals total_outcomes(const OutcomeView& outcomes, std::span<const std::uint16_t> row_tasks, std::size_t tasks,
                          std::span<const std::uint8_t> left_out) {
  const std::size_t models = outcomes.models;
  TaskTotals out{models, std::vector<double>(tasks * models, 0), std::vector<double>(tasks * models, 0),
                 std::vector<std::size_t>(tasks, 0)};
  for (std::size_t row = 0; row < row_tasks.size(); ++row) {
    if (!left_out.empty() && left_out[row] != 0) continue;
    const std::size_t task = row_tasks[row];
    ++out.rows[task];
    double* const sums = out.sums.data() + task * models;
    double* const counts = out.counts.data() + task * models;
    outcomes.for_each(row, [&](std::size_t m, float y) {
      if (std::isnan(y)) return;  // Only a file is sure to have a mask.
      sums[m] += static_cast<double>(y);
      ++counts[m];
    });
  }
  return out;
}

TaskTotals first_models(const TaskTotals& totals, std::size_t models) {
  TaskTotals out{models, {}, {}, totals.rows};
  for (std::size_t task = 0; task < totals.tasks(); ++task) {
    const auto first = static_cast<std::ptrdiff_t>(task * totals.models);
    const auto end = first + static_cast<std::ptrdiff_t>(models);
    out.sums.insert(out.sums.end(), totals.sums.begin() + first, totals.sums.begin() + end);
    out.counts.insert(out.counts.end(), totals.counts.begin() + first, totals.counts.begin() + end);
  }
  return out;
}

void add_scores(const TaskScoreView& scores, TaskTotals& totals) {
  for (std::size_t task = 0; task + 1 < scores.offsets.size(); ++task) {
    for (std::size_t i = scores.offsets[task]; i < scores.offsets[task + 1]; ++i) {
      const std::size_t cell = task * totals.models + scores.models[i];
      totals.sums[cell] += static_cast<double>(scores.evidence[i]) * static_cast<double>(scores.scores[i]);
      totals.counts[cell] += static_cast<double>(scores.evidence[i]);
    }
  }
}

RowSums sum_rows(const OutcomeView& outcomes, std::span<const std::uint16_t> row_tasks, const TaskTotals& totals,
                 std::span<const std::uint8_t> left_out) {
  const std::size_t models = totals.models;
  const std::vector<double> zeros(totals.sums.size(), 0);
  RowSums out{zeros, zeros, zeros, std::vector<std::size_t>(totals.tasks(), 0)};
  std::vector<std::pair<std::size_t, double>> of_row;  // Most outcomes of most rows are missing.
  for (std::size_t row = 0; row < row_tasks.size(); ++row) {
    if (!left_out.empty() && left_out[row] != 0) continue;
    const std::size_t first = row_tasks[row] * models;
    double count = 0;
    double sum = 0;
    double square = 0;
    of_row.clear();
    outcomes.for_each(row, [&](std::size_t m, float outcome) {
      const auto y = static_cast<double>(outcome);
      if (m >= models || std::isnan(y)) return;  // Models may have been added to those of the totals.
      of_row.emplace_back(m, y);
      out.squares[first + m] += y * y;
      square += y * y;
      sum += y;
      ++count;
    });
    if (!(count > 0)) continue;
    ++out.rows;
    out.mean += sum / count;
    out.square += square / count;
    if (!(count > 1)) continue;
    ++out.compared[row_tasks[row]];
    const double scale = std::sqrt(count / (count - 1));
    for (const auto& [m, y] : of_row) {
      const double off = scale * (y - sum / count);
      out.off[first + m] += off;
      out.off_squares[first + m] += off * off;
    }
  }
  return out;
}

void add_scores(const TaskScoreView& scores, RowSums& sums) {
  const std::size_t models = sums.compared.empty() ? 0 : sums.squares.size() / sums.compared.size();
  for (std::size_t task = 0; task + 1 < scores.offsets.size(); ++task) {
    if (!scores.has(task)) continue;
    double right = 0;
    double worth = 0;
    for (std::size_t i = scores.offsets[task]; i < scores.offsets[task + 1]; ++i) {
      const auto evidence = static_cast<double>(scores.evidence[i]);
      const double of_model = evidence * static_cast<double>(scores.scores[i]);
      sums.squares[task * models + scores.models[i]] += of_model;
      right += of_model;
      worth += evidence;
    }
    const auto count = static_cast<double>(scores.offsets[task + 1] - scores.offsets[task]);
    sums.rows += worth / count;
    sums.mean += right / count;
    sums.square += right / count;
  }
}

}  // namespace signalbox
