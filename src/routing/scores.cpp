#include "routing/scores.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include <unsupported/Eigen/SpecialFunctions>

namespace signalbox {
namespace {

constexpr double kNegligible = 1e-18;

/// Returns P(Bin(n, p) = i) without negligible tails. Grown from the mode by the ratio of neighbours, so that nothing
/// underflows and no factorial is formed.
CountDistribution binomial(std::size_t n, double p) {
  if (n == 0 || p <= 0) return {0, {1.0}};
  if (p >= 1) return {n, {1.0}};
  const double odds = p / (1 - p);
  const auto mode = std::min(n, static_cast<std::size_t>(std::floor(static_cast<double>(n + 1) * p)));
  std::vector<double> below;
  double mass = 1;
  for (std::size_t i = mode; i > 0; --i) {
    mass *= static_cast<double>(i) / (static_cast<double>(n - i + 1) * odds);
    if (mass < kNegligible) break;
    below.push_back(mass);
  }
  CountDistribution out{mode - below.size(), {below.rbegin(), below.rend()}};
  out.mass.push_back(1);
  mass = 1;
  for (std::size_t i = mode; i < n; ++i) {
    mass *= static_cast<double>(n - i) * odds / static_cast<double>(i + 1);
    if (mass < kNegligible) break;
    out.mass.push_back(mass);
  }
  Eigen::Map<Eigen::ArrayXd> all(out.mass.data(), static_cast<Eigen::Index>(out.mass.size()));
  all /= all.sum();
  return out;
}

}  // namespace

std::vector<double> smooth_accuracy(const PairView& pairs, std::size_t models, double u, double sigma) {
  std::vector<double> out(models, .5);
  const std::size_t count = pairs.u.size();
  std::vector<double> exponents(count);
  for (std::size_t z = 0; z < count; ++z) {
    const double d = (u - static_cast<double>(pairs.u[z])) / sigma;
    exponents[z] = -.5 * d * d;
  }
  for (std::size_t m = 0; m < models; ++m) {
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t z = 0; z < count; ++z) {
      if (pairs.p[z * models + m] >= 0) largest = std::max(largest, exponents[z]);
    }
    double sum = 0;
    double weights = 0;
    for (std::size_t z = 0; z < count; ++z) {
      const auto p = static_cast<double>(pairs.p[z * models + m]);
      if (p < 0) continue;
      const double weight = std::exp(exponents[z] - largest);
      sum += weight * p;
      weights += weight;
    }
    if (weights > 0) out[m] = sum / weights;
  }
  return out;
}

double calibrated_score(double s2, double p) { return s2 * p + (1 - s2) * (1 - p); }

CountDistribution correct_counts(std::size_t positive, std::size_t negative, double p) {
  const CountDistribution a = binomial(positive, p);
  const CountDistribution b = binomial(negative, 1 - p);
  CountDistribution out{a.first + b.first, std::vector<double>(a.mass.size() + b.mass.size() - 1, 0)};
  for (std::size_t i = 0; i < a.mass.size(); ++i) {
    for (std::size_t j = 0; j < b.mass.size(); ++j) out.mass[i + j] += a.mass[i] * b.mass[j];
  }
  return out;
}

double probability_greater(const CountDistribution& a, const CountDistribution& b) {
  double total = 0;
  double below = 0;  // P(b < count)
  std::size_t j = 0;
  for (std::size_t i = 0; i < a.mass.size(); ++i) {
    const std::size_t count = a.first + i;
    while (j < b.mass.size() && b.first + j < count) below += b.mass[j++];
    total += a.mass[i] * below;
  }
  return std::min(1.0, total);
}

double probability_at_least(const CountDistribution& a, const CountDistribution& b, std::size_t given_up) {
  // b <= a + given_up is b < a + given_up + 1.
  return probability_greater({a.first + given_up + 1, a.mass}, b);
}

std::size_t count_quantile(const CountDistribution& counts, double q) {
  double sum = 0;
  for (std::size_t i = 0; i < counts.mass.size(); ++i) {
    sum += counts.mass[i];
    if (sum >= q) return counts.first + i;
  }
  return counts.first + counts.mass.size() - 1;
}

Interval wilson_interval(double mean, double trials) {
  if (!(trials > 0)) return {};
  constexpr double kZ = 1.959963984540054;  // 97.5% quantile of the normal distribution
  const double z2 = kZ * kZ / trials;
  const double centre = (mean + z2 / 2) / (1 + z2);
  const double half = kZ / (1 + z2) * std::sqrt(mean * (1 - mean) / trials + z2 / (4 * trials));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

double probability_better(const PairedOutcomes& pairs, double given_up) {
  const double decided = pairs.wins + pairs.losses;
  double least = .5;
  if (given_up > 0) least -= given_up / 2 * (pairs.count > 0 ? pairs.count / decided : 1);
  if (least <= 0) return 1;
  // I_x(a, b) = P(Beta(a, b) <= x), and P(theta >= least) = I_{1 - least}(1 + losses, 1 + wins).
  using One = Eigen::Array<double, 1, 1>;
  const One a = One::Constant(1 + pairs.losses);
  const One b = One::Constant(1 + pairs.wins);
  return Eigen::betainc(a, b, One::Constant(1 - least))(0);
}

}  // namespace signalbox
