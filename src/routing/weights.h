// Weights of tasks, as the policy `signalbox` votes and mixes by them.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace signalbox {

/// Scales weights to a sum of 1, unless all are 0.
inline void scale_to_sum_one(std::vector<double>& weights) {
  double sum = 0;
  for (const double w : weights) sum += w;
  for (double& w : weights) w /= sum > 0 ? sum : 1;
}

/// Multiplies weights by exp(exponents), safe against underflow of all of them; they sum to 1 again.
inline void reweight(std::vector<double>& weights, const std::vector<double>& exponents) {
  double largest = -HUGE_VAL;
  for (std::size_t s = 0; s < weights.size(); ++s) {
    if (weights[s] > 0) largest = std::max(largest, exponents[s]);
  }
  for (std::size_t s = 0; s < weights.size(); ++s) {
    weights[s] = weights[s] > 0 ? weights[s] * std::exp(exponents[s] - largest) : 0;
  }
  scale_to_sum_one(weights);
}

/// Returns the effective number of weights that sum to 1.
inline double effective_count(const std::vector<double>& weights) {
  double squared = 0;
  for (const double w : weights) squared += w * w;
  return 1 / squared;
}

}  // namespace signalbox
