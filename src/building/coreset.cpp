#include "building/coreset.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "planning/vector_math.h"

namespace signalbox {
namespace {

/// Returns the mean [models] of the known outcomes; 0 without any.
std::vector<double> mean_outcomes(std::span<const float> outcomes, std::size_t models) {
  std::vector<double> sums(models, 0);
  std::vector<std::size_t> counts(models, 0);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (std::isnan(outcomes[i])) continue;
    sums[i % models] += static_cast<double>(outcomes[i]);
    ++counts[i % models];
  }
  for (std::size_t m = 0; m < models; ++m) sums[m] /= static_cast<double>(std::max<std::size_t>(counts[m], 1));
  return sums;
}

/// Row-major features [rows, size].
struct Features {
  std::size_t rows = 0;
  std::size_t size = 0;
  std::vector<float> values;

  [[nodiscard]] const float* row(std::size_t i) const { return values.data() + i * size; }
  [[nodiscard]] float* row(std::size_t i) { return values.data() + i * size; }
};

Features features_of(std::span<const float> embeddings, std::span<const float> outcomes, std::size_t dim,
                     std::size_t models) {
  Features out{embeddings.size() / dim, dim + models, {}};
  out.values.assign(out.rows * out.size, 0);
  const std::vector<double> means = mean_outcomes(outcomes, models);
  double units = 0;
  double deviations = 0;
  for (std::size_t i = 0; i < out.rows; ++i) {
    const float* vector = embeddings.data() + i * dim;
    const float* outcome = outcomes.data() + i * models;
    float* feature = out.row(i);
    const double squared = dot_lanes(vector, vector, dim);
    const double inverse = squared > 0 ? 1 / std::sqrt(squared) : 0;
    for (std::size_t d = 0; d < dim; ++d) feature[d] = static_cast<float>(vector[d] * inverse);
    for (std::size_t m = 0; m < models; ++m) {
      if (!std::isnan(outcome[m])) feature[dim + m] = static_cast<float>(static_cast<double>(outcome[m]) - means[m]);
    }
    units += dot_lanes(feature, feature, dim);
    deviations += dot_lanes(feature + dim, feature + dim, models);
  }
  // If one part is zero everywhere, the other decides alone.
  if (!(units > 0 && deviations > 0)) return out;
  const auto scale = static_cast<float>(std::sqrt(units / deviations));
  for (std::size_t i = 0; i < out.rows; ++i) {
    for (std::size_t m = dim; m < out.size; ++m) out.row(i)[m] *= scale;
  }
  return out;
}

/// Returns the dot product [rows] of each feature with the mean of all features.
std::vector<double> dots_with_mean(const Features& features) {
  std::vector<double> mean(features.size, 0);
  for (std::size_t i = 0; i < features.rows; ++i) {
    for (std::size_t j = 0; j < features.size; ++j) mean[j] += static_cast<double>(features.row(i)[j]);
  }
  for (double& x : mean) x /= static_cast<double>(features.rows);
  std::vector<double> out(features.rows);
  for (std::size_t i = 0; i < features.rows; ++i) out[i] = dot_lanes(features.row(i), mean.data(), features.size);
  return out;
}

std::vector<std::uint32_t> herd(const Features& features, std::size_t keep) {
  const std::vector<double> with_mean = dots_with_mean(features);
  std::vector<double> with_taken(features.rows, 0);
  std::vector<std::uint32_t> left(features.rows);
  std::iota(left.begin(), left.end(), 0U);
  std::vector<std::uint32_t> taken;
  for (std::size_t t = 1; t <= keep; ++t) {
    const auto score = [&](std::uint32_t i) { return static_cast<double>(t) * with_mean[i] - with_taken[i]; };
    // max_element returns the first of equals, and `left` stays in order: ties go to the lower row.
    const auto best = std::max_element(left.begin(), left.end(),
                                       [&](std::uint32_t a, std::uint32_t b) { return score(a) < score(b); });
    const std::uint32_t pick = *best;
    left.erase(best);
    taken.push_back(pick);
    for (const std::uint32_t i : left) with_taken[i] += dot_lanes(features.row(i), features.row(pick), features.size);
  }
  std::sort(taken.begin(), taken.end());
  return taken;
}

}  // namespace

std::vector<std::uint32_t> choose_rows(std::span<const float> embeddings, std::span<const float> outcomes,
                                       std::size_t dim, std::size_t models, std::size_t keep) {
  const std::size_t rows = embeddings.size() / dim;
  if (keep < rows) return herd(features_of(embeddings, outcomes, dim, models), keep);
  std::vector<std::uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

}  // namespace signalbox
