#include "planning/change.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "kernels/exponential.h"
#include "routing/family_forecast.h"
#include "routing/random.h"

namespace signalbox {
namespace {

constexpr std::size_t kPermutations = 999;
constexpr std::size_t kMeaningPermutations = 199;
/// Quantiles of the normal distribution: 1 - kChangeLevel / 3 for a rise, 1 - kChangeLevel / 6 for a change, and 80%.
constexpr double kZRise = 2.128045234184983;
constexpr double kZChange = 2.3939797998185104;
constexpr double kZ80 = .8416212335729143;

/// Unit vectors of some prompts.
struct Prompts {
  std::size_t count = 0;
  std::vector<float> vectors;  ///< [count, dim]
};

/// Draws at most kMostCompared prompts, and scales them to unit norm.
Result<Prompts> draw_prompts(std::span<const float> vectors, std::size_t dim, std::uint64_t seed) {
  if (vectors.size() % dim != 0) {
    return Error{ErrorCode::kDimensionMismatch,
                 "got " + std::to_string(vectors.size()) + " values, expected a multiple of " + std::to_string(dim)};
  }
  const std::size_t rows = vectors.size() / dim;
  if (rows < kFewestNewPrompts) {
    return Error{
        ErrorCode::kInvalidArgument,
        "got " + std::to_string(rows) + " prompts to compare, expected at least " + std::to_string(kFewestNewPrompts)};
  }
  Random random(seed);
  Prompts out;
  for (const std::size_t row : draw(random, rows, std::min(rows, kMostCompared))) {
    const auto vector = vectors.subspan(row * dim, dim);
    double squares = 0;
    for (const float x : vector) squares += static_cast<double>(x) * static_cast<double>(x);
    if (!std::isfinite(squares) || squares == 0) {
      return Error{ErrorCode::kNonFinite, "an embedding is zero, or holds NaN or infinity"};
    }
    for (const float x : vector) out.vectors.push_back(static_cast<float>(static_cast<double>(x) / std::sqrt(squares)));
    ++out.count;
  }
  return out;
}

/// Cosine distances between all prompts, the old ones first.
class Distances {
 public:
  Distances(const Prompts& before, const Prompts& now, std::size_t dim)
      : count_(before.count + now.count), values_(count_ * count_, 0) {
    std::vector<float> all = before.vectors;
    all.insert(all.end(), now.vectors.begin(), now.vectors.end());
    for (std::size_t a = 0; a < count_; ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        double product = 0;
        for (std::size_t i = 0; i < dim; ++i) {
          product += static_cast<double>(all[a * dim + i]) * static_cast<double>(all[b * dim + i]);
        }
        values_[a * count_ + b] = values_[b * count_ + a] = static_cast<float>(std::clamp(1 - product, 0.0, 2.0));
      }
    }
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] float at(std::size_t a, std::size_t b) const { return values_[a * count_ + b]; }
  [[nodiscard]] std::span<const float> row(std::size_t a) const { return {values_.data() + a * count_, count_}; }

 private:
  std::size_t count_;
  std::vector<float> values_;
};

/// Returns the mean distance of a prompt to the kappa nearest old ones but itself.
double mean_nearest(const Distances& distances, std::size_t prompt, std::size_t before, std::size_t kappa) {
  std::vector<float> near;
  for (std::size_t other = 0; other < before; ++other) {
    if (other != prompt) near.push_back(distances.at(prompt, other));
  }
  const std::size_t count = std::min(kappa, near.size());
  std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(count), near.end());
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>(near[i]);
  return sum / static_cast<double>(count);
}

/// Returns the chance of `hits` or more in a sample of `drawn` from `total` of which `marked` are hits.
double fisher(std::size_t hits, std::size_t drawn, std::size_t marked, std::size_t total) {
  const auto log_choose = [](std::size_t n, std::size_t k) {
    double out = 0;
    for (std::size_t i = 1; i <= k; ++i) {
      out += std::log(static_cast<double>(n - k + i)) - std::log(static_cast<double>(i));
    }
    return out;
  };
  const double all = log_choose(total, drawn);
  double sum = 0;
  for (std::size_t k = hits; k <= std::min(drawn, marked); ++k) {
    if (drawn - k > total - marked) continue;
    sum += std::exp(log_choose(marked, k) + log_choose(total - marked, drawn - k) - all);
  }
  return std::min(sum, 1.0);
}

void shuffle(std::vector<std::size_t>& values, Random& random) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

/// Returns how far the new counts are from what the shares of all would make them: the chi-squared of the new ones.
double chi_squared(const std::vector<std::size_t>& now, const std::vector<std::size_t>& all, double share) {
  double out = 0;
  for (std::size_t f = 0; f < all.size(); ++f) {
    if (all[f] == 0) continue;
    const double expected = share * static_cast<double>(all[f]);
    const double off = static_cast<double>(now[f]) - expected;
    out += off * off / expected;
  }
  return out;
}

double permute_families(const std::vector<std::size_t>& family, std::size_t before, std::size_t families,
                        std::uint64_t seed) {
  const std::size_t now = family.size() - before;
  const double share = static_cast<double>(now) / static_cast<double>(family.size());
  std::vector<std::size_t> all(families, 0);
  for (const std::size_t f : family) ++all[f];
  const auto statistic = [&](const std::vector<std::size_t>& order) {
    std::vector<std::size_t> counts(families, 0);
    for (std::size_t i = 0; i < now; ++i) ++counts[order[i]];
    return chi_squared(counts, all, share);
  };
  std::vector<std::size_t> order(family.rbegin(), family.rend());  // The new ones first.
  const double observed = statistic(order);
  Random random(seed);
  std::size_t as_large = 1;
  for (std::size_t i = 0; i < kPermutations; ++i) {
    shuffle(order, random);
    as_large += statistic(order) >= observed - 1e-9 ? 1 : 0;
  }
  return static_cast<double>(as_large) / (kPermutations + 1);
}

/// The kernel of the discrepancy: exp(-distance / median distance), with the median over drawn pairs.
std::vector<float> kernel_of(const Distances& distances) {
  std::vector<float> sample;
  const std::size_t count = distances.count();
  Random random(count);
  for (std::size_t a = 1; a < count; ++a) sample.push_back(distances.at(a, random.below(a)));
  std::nth_element(sample.begin(), sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 2), sample.end());
  const double scale = std::max(static_cast<double>(sample[sample.size() / 2]), 1e-6);
  std::vector<float> out;
  out.reserve(count * count);
  for (std::size_t a = 0; a < count; ++a) {
    for (const float distance : distances.row(a)) {
      out.push_back(static_cast<float>(exact_exp(-static_cast<double>(distance) / scale)));
    }
  }
  return out;
}

/// Tests the discrepancy; `smallest` follows from the largest one that chance brings.
ChangeTest permute_meaning(const Distances& distances, std::size_t before, std::uint64_t seed) {
  const std::size_t count = distances.count();
  const std::vector<float> kernel = kernel_of(distances);
  const double of_before = 1 / static_cast<double>(before);
  const double of_now = 1 / static_cast<double>(count - before);
  const auto statistic = [&](const std::vector<double>& weights) {
    double sum = 0;
    for (std::size_t a = 0; a < count; ++a) {
      const float* row = kernel.data() + a * count;
      double inner = 0;
      for (std::size_t b = 0; b < a; ++b) inner += weights[b] * static_cast<double>(row[b]);
      sum += 2 * weights[a] * inner + weights[a] * weights[a];
    }
    return sum;
  };
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto weigh = [&] {
    std::vector<double> weights(count, of_now);
    for (std::size_t i = 0; i < before; ++i) weights[order[i]] = -of_before;
    return weights;
  };
  const double observed = statistic(weigh());
  Random random(seed);
  std::vector<double> drawn;
  std::size_t as_large = 1;
  for (std::size_t i = 0; i < kMeaningPermutations; ++i) {
    shuffle(order, random);
    drawn.push_back(statistic(weigh()));
    as_large += drawn.back() >= observed ? 1 : 0;
  }
  std::sort(drawn.begin(), drawn.end());
  const double critical = drawn[static_cast<std::size_t>(.98 * kMeaningPermutations)];
  double own = 0;
  for (std::size_t a = 0; a < before; ++a) {
    for (std::size_t b = 0; b < before; ++b) own += static_cast<double>(kernel[a * count + b]);
  }
  own *= of_before * of_before;
  ChangeTest out;
  out.p = static_cast<double>(as_large) / (kMeaningPermutations + 1);
  // A share s of prompts that are alike and unlike the old ones moves the mean by s (their mean - the old mean), whose
  // squared length is about 1 + own.
  out.smallest = std::min(std::sqrt(2 * critical / (1 + own)), 1.0);
  return out;
}

void adjust(std::array<ChangeTest*, 3> tests) {
  std::sort(tests.begin(), tests.end(), [](const ChangeTest* a, const ChangeTest* b) { return a->p < b->p; });
  double least = 0;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    least = std::max(least, std::min(static_cast<double>(tests.size() - i) * tests[i]->p, 1.0));
    tests[i]->adjusted = least;
  }
}

}  // namespace

Result<ChangeNumbers> compare_prompts(std::span<const float> before, std::span<const float> now, std::size_t dim,
                                      const FamilyPredictor& predictor, std::size_t kappa, std::uint64_t seed) {
  if (predictor.reach.empty()) {
    return Error{ErrorCode::kInvalidArgument, "the families have no reach, expected an index that a plan has written"};
  }
  const Result<Prompts> old_prompts = draw_prompts(before, dim, seed);
  if (!old_prompts.ok()) return old_prompts.error();
  const Result<Prompts> new_prompts = draw_prompts(now, dim, seed + 1);
  if (!new_prompts.ok()) return new_prompts.error();
  const Distances distances(old_prompts.value(), new_prompts.value(), dim);
  ChangeNumbers out;
  out.before = old_prompts.value().count;
  out.now = new_prompts.value().count;
  out.families_before.assign(predictor.families, 0);
  out.families_now.assign(predictor.families, 0);

  std::vector<std::size_t> family;
  std::vector<double> memberships(predictor.families);
  std::size_t far_before = 0;
  std::size_t far_now = 0;
  for (std::size_t i = 0; i < distances.count(); ++i) {
    const bool is_old = i < out.before;
    const Prompts& prompts = is_old ? old_prompts.value() : new_prompts.value();
    const std::size_t row = is_old ? i : i - out.before;
    family_memberships(predictor, std::span(prompts.vectors).subspan(row * dim, dim), memberships);
    const auto best = std::max_element(memberships.begin(), memberships.end()) - memberships.begin();
    family.push_back(static_cast<std::size_t>(best));
    ++(is_old ? out.families_before : out.families_now)[family.back()];
    const bool is_far = mean_nearest(distances, i, out.before, kappa) > family_reach(predictor, memberships);
    (is_old ? far_before : far_now) += is_far ? 1 : 0;
  }
  out.uncovered_before = static_cast<double>(far_before) / static_cast<double>(out.before);
  out.uncovered_now = static_cast<double>(far_now) / static_cast<double>(out.now);

  const double error = 1 / static_cast<double>(out.before) + 1 / static_cast<double>(out.now);
  const auto shift = [&](double share, double z) { return (z + kZ80) * std::sqrt(share * (1 - share) * error); };
  out.coverage.p = fisher(far_now, out.now, far_before + far_now, distances.count());
  const double least_share = 1 / static_cast<double>(std::min(out.before, out.now));
  out.coverage.smallest = std::min(1.0, shift(std::clamp(out.uncovered_before, least_share, .5), kZRise));
  out.families.p = permute_families(family, out.before, predictor.families, seed + 2);
  out.families.smallest =
      std::min(1.0, shift(1 / static_cast<double>(std::max<std::size_t>(predictor.families, 2)), kZChange));
  out.meaning = permute_meaning(distances, out.before, seed + 3);
  adjust({&out.coverage, &out.families, &out.meaning});
  return out;
}

}  // namespace signalbox
