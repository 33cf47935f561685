#include "routing/family_forecast.h"

#include <algorithm>
#include <cmath>

#include "kernels/exponential.h"

namespace signalbox {
namespace {

/// Sums one by one: native and wasm round alike.
double dot(const float* a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < b.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

std::size_t models_of(const FamilyPredictor& p) { return p.right.size() / p.families; }

}  // namespace

void family_memberships(const FamilyPredictor& predictor, std::span<const float> vector, std::span<double> out) {
  const double scale = 1 / (std::sqrt(dot(vector.data(), vector)) * predictor.temperature);
  double largest = -HUGE_VAL;
  for (std::size_t f = 0; f < predictor.families; ++f) {
    out[f] =
        dot(predictor.centroids.data() + f * vector.size(), vector) * scale + static_cast<double>(predictor.bias[f]);
    largest = std::max(largest, out[f]);
  }
  double sum = 0;
  for (double& w : out) {
    w = exact_exp(w - largest);
    sum += w;
  }
  for (double& w : out) w /= sum;
}

void family_linear_part(const FamilyPredictor& predictor, std::span<const float> vector, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  if (predictor.weights.empty()) return;
  const double norm = std::sqrt(dot(vector.data(), vector));
  for (std::size_t m = 0; m < out.size(); ++m) {
    out[m] =
        static_cast<double>(predictor.intercept[m]) + dot(predictor.weights.data() + m * vector.size(), vector) / norm;
  }
}

void family_correctness(const FamilyPredictor& predictor, std::span<const double> memberships,
                        std::span<const double> linear, std::span<double> out) {
  std::copy(linear.begin(), linear.end(), out.begin());
  const float* right = predictor.right.data();
  for (const double w : memberships) {
    for (double& q : out) q += w * static_cast<double>(*right++);
  }
  for (double& q : out) q = std::clamp(q, 0.0, 1.0);
}

void family_costs(const FamilyPredictor& predictor, std::span<const double> memberships, std::span<double> out) {
  for (std::size_t m = 0; m < out.size(); ++m) {
    double sum = 0;
    double known = 0;
    for (std::size_t f = 0; f < memberships.size(); ++f) {
      const auto usd = static_cast<double>(predictor.usd[f * out.size() + m]);
      if (usd < 0) continue;
      sum += memberships[f] * usd;
      known += memberships[f];
    }
    out[m] = known > 0 ? sum / known : -1;
  }
}

FamilyForecast forecast_families(const FamilyPredictor& predictor, std::span<const float> vectors, std::size_t dim) {
  const std::size_t models = models_of(predictor);
  const std::size_t count = vectors.size() / dim;
  FamilyForecast out;
  out.memberships.assign(predictor.families, 0);
  out.correctness.assign(models, 0);
  std::vector<double> linear(models, 0);
  std::vector<double> w(predictor.families);
  std::vector<double> l(models);
  std::vector<double> q(models);
  const auto add = [&](const std::vector<double>& of_input, std::vector<double>& mean) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += of_input[i] / static_cast<double>(count);
  };
  for (std::size_t i = 0; i < count; ++i) {
    const auto vector = vectors.subspan(i * dim, dim);
    family_memberships(predictor, vector, w);
    family_linear_part(predictor, vector, l);
    family_correctness(predictor, w, l, q);
    add(w, out.memberships);
    add(l, linear);
    add(q, out.correctness);
  }
  out.usd.resize(models);
  family_costs(predictor, out.memberships, out.usd);

  out.evidence.assign(models, 0);
  std::vector<double> squares(models, 0);
  std::vector<double> means(models, 0);
  TaskMixture& as_tasks = out.comparison;
  as_tasks.weights = out.memberships;
  as_tasks.relative.assign(models, 0);
  as_tasks.evidence.assign(models, 1);
  as_tasks.difference_variance = 1e-9;  // Means without a sampling error can be compared, too.
  for (std::size_t i = 0; i < predictor.right.size(); ++i) {
    const std::size_t m = i % models;
    const double weight = out.memberships[i / models];
    const auto right = static_cast<double>(predictor.right[i]);
    const auto outcomes = static_cast<double>(predictor.evidence[i]);
    const double variance = right * (1 - right) / (outcomes + 1);  // of a Beta distribution with that mean.
    out.evidence[m] += weight * outcomes;
    means[m] += weight * right;
    squares[m] += weight * (right * right + variance);
    as_tasks.task_relative.push_back(right + linear[m]);
    as_tasks.task_variance.push_back(variance);
  }
  constexpr double kZ = 1.959963984540054;  // 97.5% quantile of the normal distribution
  for (std::size_t m = 0; m < models; ++m) {
    const double half = kZ * std::sqrt(std::max(0.0, squares[m] - means[m] * means[m]));
    const double centre = out.correctness[m];
    out.intervals.push_back({std::max(centre - half, 0.0), std::min(centre + half, 1.0)});
  }
  return out;
}

std::vector<double> overall_costs(const FamilyPredictor& predictor) {
  std::vector<double> out(models_of(predictor));
  const std::vector<double> share(predictor.share.begin(), predictor.share.end());
  family_costs(predictor, share, out);
  return out;
}

double family_reach(const FamilyPredictor& predictor, std::span<const double> memberships) {
  double out = 0;
  for (std::size_t f = 0; f < memberships.size(); ++f) out += memberships[f] * static_cast<double>(predictor.reach[f]);
  return out;
}

}  // namespace signalbox
