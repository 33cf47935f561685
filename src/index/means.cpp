#include "index/means.h"

#include <cmath>
#include <limits>

namespace signalbox {
namespace {

double ratio_or_nan(double sum, std::size_t count) {
  return count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

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

std::vector<double> task_means(const TaskTotals& totals) {
  std::vector<double> out(totals.sums.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = ratio_or_nan(totals.sums[i], totals.counts[i]);
  return out;
}

std::vector<double> pool_means(const TaskTotals& totals, std::size_t excluded_task) {
  std::vector<double> out(totals.models);
  for (std::size_t m = 0; m < totals.models; ++m) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t task = 0; task < totals.tasks(); ++task) {
      if (task == excluded_task) continue;
      sum += totals.sums[task * totals.models + m];
      count += totals.counts[task * totals.models + m];
    }
    out[m] = ratio_or_nan(sum, count);
  }
  return out;
}

std::vector<double> mean_over_tasks(std::span<const double> task_means, std::size_t models, std::size_t excluded_task) {
  std::vector<double> out(models);
  for (std::size_t m = 0; m < models; ++m) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t task = 0; task * models < task_means.size(); ++task) {
      const double mean = task_means[task * models + m];
      if (task == excluded_task || mean != mean) continue;
      sum += mean;
      ++count;
    }
    out[m] = ratio_or_nan(sum, count);
  }
  return out;
}

std::vector<float> task_centroids(const CodeView& codes, std::span<const std::uint16_t> row_tasks, std::size_t tasks,
                                  std::span<const std::uint8_t> left_out) {
  std::vector<std::vector<std::uint32_t>> rows(tasks);
  for (std::size_t row = 0; row < codes.rows; ++row) {
    if (left_out.empty() || left_out[row] == 0) rows[row_tasks[row]].push_back(static_cast<std::uint32_t>(row));
  }
  std::vector<float> out;
  out.reserve(tasks * codes.dim);
  for (const auto& of_task : rows) {
    std::vector<double> sum(codes.dim, 0);
    for (const std::uint32_t row : of_task) add_row(codes, row, sum);
    double squared = 0;
    for (const double x : sum) squared += x * x;
    const double inverse = squared > 0 ? 1 / std::sqrt(squared) : 0;
    for (const double x : sum) out.push_back(static_cast<float>(x * inverse));
  }
  return out;
}

}  // namespace signalbox
