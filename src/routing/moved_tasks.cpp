#include "routing/moved_tasks.h"

#include <algorithm>
#include <cmath>

#include "kernels/rows.h"

namespace signalbox {

MovedMeans::MovedMeans(const TaskProfiles& profiles, const TaskMeanFacts& facts, double offset) {
  const std::size_t models = profiles.models;
  for (std::size_t s = 0; s < facts.counts.size(); ++s) {
    if (facts.counts[s] > 0) tasks_.push_back(s);
  }
  if (offset != 0) moved_.resize(tasks_.size() * models);
  for (std::size_t k = 0; k < tasks_.size(); ++k) {
    const double* row = profiles.means.data() + tasks_[k] * models;
    if (offset != 0) {
      double* moved = moved_.data() + k * models;
      move_by_odds(row, std::exp(offset), models, moved);
      row = moved;
    }
    rows_.push_back(row);
  }
}

MovedPosterior::MovedPosterior(const TaskProfiles& profiles, const TaskMeanFacts& facts, double offset)
    : models_(profiles.models),
      posterior_(profiles.posterior),
      moves_(offset != 0),
      odds_(std::exp(offset)),
      centres_(facts.centres) {}

void MovedPosterior::correctness(std::size_t task, double* out) const {
  const double* row = posterior_->correctness.data() + task * models_;
  if (moves_) move_by_odds(row, odds_, models_, out);
  else std::copy_n(row, models_, out);
}

void MovedPosterior::correctness_variance(std::size_t task, double* out) const {
  const double* row = posterior_->correctness_variance.data() + task * models_;
  if (moves_) spread_by_odds(posterior_->correctness.data() + task * models_, row, odds_, models_, out);
  else std::copy_n(row, models_, out);
}

/// Returns the correctness whose deviations are compared: around the mean of the means.
double MovedPosterior::compared(std::size_t task, std::size_t model) const {
  return std::clamp(posterior_->deviation[task * models_ + model] + centres_[task], 0.0, 1.0);
}

double MovedPosterior::deviation(std::size_t task, std::size_t model) const {
  if (!moves_) return posterior_->deviation[task * models_ + model];
  const double p = compared(task, model);
  return p * odds_ / (1 - p + p * odds_);
}

double MovedPosterior::deviation_variance(std::size_t task, std::size_t model) const {
  const double variance = posterior_->deviation_variance[task * models_ + model];
  if (!moves_) return variance;
  const double p = compared(task, model);
  const double scale = 1 - p + p * odds_;
  const double slope = odds_ / (scale * scale);
  return variance * (slope * slope);
}

}  // namespace signalbox
