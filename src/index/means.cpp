#include "index/means.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/rows.h"

namespace signalbox {
namespace {

double ratio_or_nan(double sum, double count) {
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

/// Takes one turn of least squares for mean = difficulty of the task + strength of the model: the difficulties for
/// given strengths, then the strengths, which sum to 0. A model without a mean has none. Returns the largest change of
/// a strength.
double take_turn(std::span<const double* const> rows, std::vector<double>& difficulty, std::vector<double>& strength) {
  const std::size_t models = strength.size();
  const std::vector<double> before = strength;
  std::vector<double> sums(models, 0);
  std::vector<double> counts(models, 0);
  for (std::size_t s = 0; s < difficulty.size(); ++s) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t m = 0; m < models; ++m) {
      if (std::isnan(rows[s][m])) continue;
      sum += rows[s][m] - strength[m];
      ++count;
    }
    difficulty[s] = count > 0 ? sum / static_cast<double>(count) : std::nan("");
  }
  for (std::size_t s = 0; s < difficulty.size(); ++s) {
    for (std::size_t m = 0; m < models; ++m) {
      if (std::isnan(rows[s][m])) continue;
      sums[m] += rows[s][m] - difficulty[s];
      ++counts[m];
    }
  }
  double total = 0;
  std::size_t measured = 0;
  for (std::size_t m = 0; m < models; ++m) {
    strength[m] = counts[m] > 0 ? sums[m] / counts[m] : std::nan("");
    total += counts[m] > 0 ? strength[m] : 0;
    measured += counts[m] > 0 ? 1 : 0;
  }
  double moved = 0;
  for (std::size_t m = 0; m < models; ++m) {
    const double next = std::isnan(strength[m]) ? 0 : strength[m] - total / static_cast<double>(measured);
    moved = std::max(moved, std::abs(next - before[m]));
    strength[m] = next;
  }
  return moved;
}

/// Does what `take_turn` does, with the same bits, for the complete rows of means. difficulty: [rows]; the others have
/// none.
double take_complete_turn(std::span<const double* const> rows, std::vector<double>& difficulty,
                          std::vector<double>& strength) {
  const std::size_t models = strength.size();
  std::vector<double> sums(models, 0);
  sum_rows_less(rows.data(), rows.size(), strength.data(), models, difficulty.data());
  for (std::size_t s = 0; s < rows.size(); ++s) {
    difficulty[s] /= static_cast<double>(models);
    add_less(rows[s], difficulty[s], models, sums.data());
  }
  double total = 0;
  for (double& sum : sums) {
    sum /= static_cast<double>(rows.size());
    total += sum;
  }
  double moved = 0;
  for (std::size_t m = 0; m < models; ++m) {
    const double next = sums[m] - total / static_cast<double>(models);
    moved = std::max(moved, std::abs(next - strength[m]));
    strength[m] = next;
  }
  return moved;
}

constexpr int kMostTurns = 50;  // Two if no mean is missing, some ten if half are.
constexpr double kLeastMove = 1e-12;

MeanSplit split_complete(std::span<const double* const> rows, std::size_t models) {
  std::vector<const double*> measured(rows.begin(), rows.end());
  measured.erase(std::remove_if(measured.begin(), measured.end(), [](const double* row) { return std::isnan(row[0]); }),
                 measured.end());
  MeanSplit out{std::vector<double>(measured.size()), std::vector<double>(models, 0)};
  for (int turn = 0; turn < kMostTurns && take_complete_turn(measured, out.difficulty, out.strength) > kLeastMove;
       ++turn) {
  }
  // From the last row on, so that every difficulty moves to a place that is free.
  std::size_t left = measured.size();
  out.difficulty.resize(rows.size());
  for (std::size_t s = rows.size(); s-- > 0;) {
    out.difficulty[s] = std::isnan(rows[s][0]) ? std::nan("") : out.difficulty[--left];
  }
  return out;
}

}  // namespace

std::vector<double> task_means(const TaskTotals& totals) {
  std::vector<double> out(totals.sums.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = ratio_or_nan(totals.sums[i], totals.counts[i]);
  return out;
}

std::vector<double> pool_means(const TaskTotals& totals, std::size_t excluded_task) {
  std::vector<double> out(totals.models);
  for (std::size_t m = 0; m < totals.models; ++m) {
    double sum = 0;
    double count = 0;
    for (std::size_t task = 0; task < totals.tasks(); ++task) {
      if (task == excluded_task) continue;
      sum += totals.sums[task * totals.models + m];
      count += totals.counts[task * totals.models + m];
    }
    out[m] = ratio_or_nan(sum, count);
  }
  return out;
}

std::vector<double> mean_over_tasks(std::span<const double> task_means, std::size_t models, std::size_t excluded_task,
                                    std::span<const double> weights) {
  std::vector<double> out(models, 0);
  std::vector<double> counts(models, 0);
  for (std::size_t task = 0; task * models < task_means.size(); ++task) {
    if (task == excluded_task) continue;
    const double weight = weights.empty() ? 1 : weights[task];
    for (std::size_t m = 0; m < models; ++m) {
      const double mean = task_means[task * models + m];
      if (std::isnan(mean)) continue;
      out[m] += weight * mean;
      counts[m] += weight;
    }
  }
  for (std::size_t m = 0; m < models; ++m) out[m] = ratio_or_nan(out[m], counts[m]);
  return out;
}

bool are_complete(std::span<const double* const> rows, std::size_t models) {
  bool out = false;
  for (const double* row : rows) {
    const std::size_t measured = count_known(row, models);
    if (measured != 0 && measured != models) return false;
    if (measured == models) out = true;
  }
  return out;
}

MeanSplit split_means(std::span<const double* const> rows, std::size_t models, bool complete) {
  if (complete) return split_complete(rows, models);
  MeanSplit out{std::vector<double>(rows.size(), 0), std::vector<double>(models, 0)};
  for (int turn = 0; turn < kMostTurns && take_turn(rows, out.difficulty, out.strength) > kLeastMove; ++turn) {
  }
  return out;
}

std::vector<double> mean_offsets(std::span<const std::int8_t> offsets, std::span<const std::uint16_t> row_tasks,
                                 std::size_t tasks, std::span<const std::uint8_t> left_out) {
  if (std::all_of(offsets.begin(), offsets.end(), [](std::int8_t x) { return x == kNoOffset; })) return {};
  std::vector<double> out(tasks, 0);
  std::vector<double> rows(tasks, 0);
  for (std::size_t row = 0; row < offsets.size(); ++row) {
    if (offsets[row] == kNoOffset || (!left_out.empty() && left_out[row] != 0)) continue;
    out[row_tasks[row]] += logits_of(offsets[row]);
    ++rows[row_tasks[row]];
  }
  for (std::size_t s = 0; s < tasks; ++s) out[s] /= std::max(1.0, rows[s]);
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
