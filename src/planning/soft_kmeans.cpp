#include "planning/soft_kmeans.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "kernels/dot.h"
#include "kernels/exponential.h"
#include "routing/random.h"
#include "routing/task_scores.h"

namespace signalbox {
namespace {

/// Candidates for each starting centroid.
constexpr std::size_t kCandidates = 4;
/// Rows that are added to a centroid at a time.
constexpr std::size_t kBlock = 4;
/// A block of rows whose memberships sum to less does not move a centroid.
constexpr double kLeastMembership = 1e-3;

/// Returns a number in 0..1, below 1.
double uniform(Random& random) { return static_cast<double>(random.next() >> 11) * 0x1p-53; }

/// Draws a place in proportion to the weights; any place if all are zero.
std::size_t draw_weighted(Random& random, std::span<const double> weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  if (!(total > 0)) return random.below(weights.size());
  const double target = uniform(random) * total;
  double sum = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!(weights[i] > 0)) continue;
    last = i;
    sum += weights[i];
    if (sum > target) return i;
  }
  return last;
}

/// Draws the starting centroids, row by row.
std::vector<float> start(const KMeansRows& rows, std::size_t families, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> centroids;
  std::vector<double> distances(rows.rows(), 1);
  while (centroids.size() < families * rows.dim()) {
    const std::size_t count = centroids.empty() ? 1 : kCandidates;
    std::vector<float> candidates;
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = rows.row(draw_weighted(random, distances));
      candidates.insert(candidates.end(), row.begin(), row.end());
    }
    const std::vector<double> dots = rows.dots(candidates);
    std::vector<double> totals(count, 0);
    const auto distance = [&](std::size_t row, std::size_t i) {
      const double own = std::max(1 - dots[row * count + i], 0.0);
      return centroids.empty() ? own : std::min(distances[row], own);
    };
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      for (std::size_t i = 0; i < count; ++i) totals[i] += distance(row, i);
    }
    const auto best = static_cast<std::size_t>(std::min_element(totals.begin(), totals.end()) - totals.begin());
    for (std::size_t row = 0; row < rows.rows(); ++row) distances[row] = distance(row, best);
    const auto chosen = std::span(candidates).subspan(best * rows.dim(), rows.dim());
    centroids.insert(centroids.end(), chosen.begin(), chosen.end());
  }
  return centroids;
}

}  // namespace

KMeansRows::KMeansRows(std::span<const float> vectors, std::size_t dim, std::span<const std::uint32_t> rows,
                       std::uint64_t seed)
    : rows_(std::min(rows.size(), kMostKMeansRows)),
      dim_(dim),
      width_(row_stride(CodeType::kFloat32, dim) / sizeof(float)),
      values_(rows_ * width_, 0),
      scales_(rows_, 1) {
  Random random(seed);
  const std::vector<std::size_t> drawn = draw(random, rows.size(), rows_);
  for (std::size_t i = 0; i < rows_; ++i) {
    const auto row = vectors.subspan(rows[drawn[i]] * dim, dim);
    std::copy(row.begin(), row.end(), values_.begin() + static_cast<std::ptrdiff_t>(i * width_));
  }
}

std::vector<double> KMeansRows::dots(std::span<const float> queries) const {
  const CodeView view = {
      CodeType::kFloat32, rows_, dim_, width_ * sizeof(float), reinterpret_cast<const std::uint8_t*>(values_.data()),
      scales_.data()};
  const QueryBlock block = prepare_queries(CodeType::kFloat32, queries, dim_);
  std::vector<double> out(rows_ * block.count);
  score_tile(view, 0, rows_, block, 0, block.count, out.data());
  return out;
}

SoftKMeans::SoftKMeans(const KMeansRows& rows, std::size_t families, double temperature, std::uint64_t seed)
    : rows_(rows), families_(families), temperature_(temperature), centroids_(start(rows, families, seed)) {
  normalize_rows(centroids_, rows.dim());
}

void SoftKMeans::round() {
  std::vector<double> memberships = rows_.dots(centroids_);
  const std::vector<float> before = std::move(centroids_);
  centroids_.assign(before.size(), 0);
  // The sum of the logarithms, as one of a product that is kept within the range of a double: log is not the same on
  // every platform, and the exponents of products are.
  double most = 0;
  double product = 1;
  std::int64_t exponent = 0;
  for (std::size_t i = 0; i < rows_.rows(); ++i) {
    const auto of_row = std::span(memberships).subspan(i * families_, families_);
    for (double& x : of_row) x /= temperature_;
    const SoftmaxSum sum = softmax(of_row);
    most += sum.most;
    int shift = 0;
    product = std::frexp(product * sum.sum, &shift);
    exponent += shift;
  }
  // Linear between the powers of 2, which orders the starts just as well.
  fit_ = most + .6931471805599453 * (static_cast<double>(exponent) + 2 * (product - 1));
  for (std::size_t i = 0; i < rows_.rows(); i += kBlock) add_rows(memberships, i, std::min(i + kBlock, rows_.rows()));
  normalize_rows(centroids_, rows_.dim());
  // A family without rows keeps its place.
  for (std::size_t f = 0; f < families_; ++f) {
    const auto centroid = std::span(centroids_).subspan(f * rows_.dim(), rows_.dim());
    if (!is_zero(centroid)) continue;
    std::copy_n(before.begin() + static_cast<std::ptrdiff_t>(f * rows_.dim()), rows_.dim(), centroid.begin());
  }
}

/// Adds a block of rows to the centroids, weighted by their memberships [rows, families]. Rows beyond the last weigh
/// nothing.
void SoftKMeans::add_rows(std::span<const double> memberships, std::size_t first, std::size_t last) {
  std::array<const float*, kBlock> rows{};
  for (std::size_t j = 0; j < kBlock; ++j) rows[j] = rows_.row(std::min(first + j, last - 1)).data();
  for (std::size_t f = 0; f < families_; ++f) {
    std::array<float, kBlock> weights{};
    double total = 0;
    for (std::size_t i = first; i < last; ++i) {
      weights[i - first] = static_cast<float>(memberships[i * families_ + f]);
      total += memberships[i * families_ + f];
    }
    if (total < kLeastMembership) continue;
    float* centroid = centroids_.data() + f * rows_.dim();
    for (std::size_t d = 0; d < rows_.dim(); ++d) {
      centroid[d] +=
          (weights[0] * rows[0][d] + weights[1] * rows[1][d]) + (weights[2] * rows[2][d] + weights[3] * rows[3][d]);
    }
  }
}

SoftmaxSum softmax(std::span<double> logits) {
  const double most = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (double& x : logits) {
    x = exact_exp(x - most);
    sum += x;
  }
  for (double& x : logits) x /= sum;
  return {most, sum};
}

void normalize_rows(std::span<float> vectors, std::size_t dim) {
  for (std::size_t at = 0; at < vectors.size(); at += dim) {
    const auto row = vectors.subspan(at, dim);
    double squares = 0;
    for (const float x : row) squares += static_cast<double>(x) * static_cast<double>(x);
    const double inverse = squares > 0 ? 1 / std::sqrt(squares) : 0;
    for (float& x : row) x = static_cast<float>(static_cast<double>(x) * inverse);
  }
}

}  // namespace signalbox
