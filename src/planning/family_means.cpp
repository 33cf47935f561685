#include "planning/family_means.h"

#include <cmath>

namespace signalbox {

void FamilySums::add(std::span<const double> memberships, std::span<const float> values) {
  for (std::size_t f = 0; f < memberships.size(); ++f) {
    double* sum = sums.data() + f * models;
    double* weight = weights.data() + f * models;
    for (std::size_t m = 0; m < models; ++m) {
      if (std::isnan(values[m])) continue;
      sum[m] += memberships[f] * static_cast<double>(values[m]);
      weight[m] += memberships[f];
    }
  }
}

FamilySums FamilySums::without(const FamilySums& other) const {
  FamilySums out = *this;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    out.sums[i] -= other.sums[i];
    out.weights[i] -= other.weights[i];
  }
  return out;
}

std::vector<double> FamilySums::overall() const {
  std::vector<double> total(models, 0);
  std::vector<double> weight(models, 0);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    total[i % models] += sums[i];
    weight[i % models] += weights[i];
  }
  // Differences of sums may leave a rest near 0 where no value is left.
  for (std::size_t m = 0; m < models; ++m) total[m] = weight[m] > 1e-6 ? total[m] / weight[m] : std::nan("");
  return total;
}

std::vector<double> FamilySums::shrunk(std::span<const double> targets, double pseudo_rows) const {
  std::vector<double> out(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    out[i] = (sums[i] + pseudo_rows * targets[i]) / (weights[i] + pseudo_rows);
  }
  return out;
}

}  // namespace signalbox
