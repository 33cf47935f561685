#include "index/index.h"

#include <cstdlib>
#include <limits>

namespace signalbox {

void Index::Release::operator()(std::uint8_t* pointer) const { std::free(pointer); }  // NOLINT: pairs with malloc

std::vector<double> mean_over_tasks(const Index& index, std::size_t excluded_task) {
  const std::size_t models = index.models();
  std::vector<double> sums(models, 0);
  std::vector<std::size_t> counts(models, 0);
  for (std::size_t task = 0; task < index.tasks(); ++task) {
    if (task == excluded_task) continue;
    for (std::size_t m = 0; m < models; ++m) {
      const double mean = index.task_means[task * models + m];
      if (mean != mean) continue;
      sums[m] += mean;
      ++counts[m];
    }
  }
  for (std::size_t m = 0; m < models; ++m) {
    sums[m] = counts[m] > 0 ? sums[m] / static_cast<double>(counts[m]) : std::numeric_limits<double>::quiet_NaN();
  }
  return sums;
}

void derive_means(Index& index) {
  const std::size_t models = index.models();
  std::vector<double> sums(index.tasks() * models, 0);
  std::vector<std::size_t> counts(index.tasks() * models, 0);
  index.task_rows.assign(index.tasks(), 0);
  for (std::size_t row = 0; row < index.rows(); ++row) {
    const std::size_t task = index.row_tasks[row];
    ++index.task_rows[task];
    for (std::size_t m = 0; m < models; ++m) {
      if (!index.outcomes.is_measured(row, m)) continue;
      sums[task * models + m] += static_cast<double>(index.outcomes.at(row, m));
      ++counts[task * models + m];
    }
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  index.pool_means.assign(models, nan);
  index.task_means.assign(sums.size(), nan);
  for (std::size_t m = 0; m < models; ++m) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t task = 0; task < index.tasks(); ++task) {
      const std::size_t i = task * models + m;
      if (counts[i] > 0) index.task_means[i] = sums[i] / static_cast<double>(counts[i]);
      sum += sums[i];
      count += counts[i];
    }
    if (count > 0) index.pool_means[m] = sum / static_cast<double>(count);
  }
}

}  // namespace signalbox
