#include "building/model_profiles.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace signalbox {

ModelProfiles::ModelProfiles(const Index& index) : index_(index), outcomes_(index.models()) {
  choose_pool();
  split_tasks();
  measure_variance();
}

void ModelProfiles::choose_pool() {
  std::vector<std::uint64_t> counts(index_.models(), 0);
  for (std::size_t row = 0; row < index_.rows(); ++row) {
    for (std::size_t m = 0; m < counts.size(); ++m) counts[m] += index_.outcomes.is_measured(row, m) ? 1 : 0;
  }
  for (std::size_t m = 0; m < index_.built_models(); ++m) {
    if (counts[m] > 0) pool_.push_back(m);
  }
  std::stable_sort(pool_.begin(), pool_.end(), [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  pool_.resize(std::min(pool_.size(), kMostProfiles));
  std::sort(pool_.begin(), pool_.end());
}

void ModelProfiles::split_tasks() {
  levels_.assign(index_.tasks(), -1);
  profiles_.assign(index_.tasks() * size(), 0);
  for (std::size_t task = 0; task < index_.tasks(); ++task) {
    const double* means = index_.task_means.data() + task * index_.models();
    if (std::any_of(pool_.begin(), pool_.end(), [&](std::size_t m) { return std::isnan(means[m]); })) continue;
    double sum = 0;
    for (const std::size_t m : pool_) sum += means[m];
    levels_[task] = size() > 0 ? sum / static_cast<double>(size()) : -1;
    for (std::size_t k = 0; k < size(); ++k) profiles_[task * size() + k] = means[pool_[k]] - levels_[task];
  }
}

void ModelProfiles::measure_variance() {
  std::vector<double> profile(size());
  double squares = 0;
  double count = 0;
  for (std::size_t row = 0; row < index_.rows(); ++row) {
    if (!knows(index_.row_tasks[row]) || measured(row) == 0) continue;
    read_row(row, profile);
    for (const double x : profile) squares += x * x;
    count += static_cast<double>(size());
  }
  variance_ = std::max(1e-4, count > 0 ? squares / count : 0);
}

double ModelProfiles::read_row(std::size_t row, std::span<double> profile) {
  const std::size_t task = index_.row_tasks[row];
  index_.outcomes.read_row(row, outcomes_);
  double sum = 0;
  for (std::size_t k = 0; k < size(); ++k) {
    const auto y = static_cast<double>(outcomes_[pool_[k]]);
    profile[k] = std::isnan(y) ? levels_[task] + profiles_[task * size() + k] : y;
    sum += profile[k];
  }
  const double level = sum / static_cast<double>(size());
  for (double& x : profile) x -= level;
  return level;
}

std::size_t ModelProfiles::measured(std::size_t row) const {
  if (index_.outcomes.measured == nullptr) return size();
  return static_cast<std::size_t>(
      std::count_if(pool_.begin(), pool_.end(), [&](std::size_t m) { return index_.outcomes.is_measured(row, m); }));
}

}  // namespace signalbox
