// Families of prompts without labels: soft k-means on the sphere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/codes.h"

namespace signalbox {

/// Rows that families are found on: at most this many are drawn, so that a round has a bounded time.
inline constexpr std::size_t kMostKMeansRows = 2048;

/// Vectors in the layout of the kernels.
class KMeansRows {
 public:
  /// Copies rows of a matrix of width `dim`, of unit norm or zero; draws kMostKMeansRows if there are more.
  KMeansRows(std::span<const float> vectors, std::size_t dim, std::span<const std::uint32_t> rows, std::uint64_t seed);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t dim() const { return dim_; }
  [[nodiscard]] std::span<const float> row(std::size_t i) const { return {values_.data() + i * width_, dim_}; }
  /// Returns the dot products [rows, queries] with `queries`, [queries, dim] of unit norm or zero.
  [[nodiscard]] std::vector<double> dots(std::span<const float> queries) const;

 private:
  std::size_t rows_ = 0;
  std::size_t dim_ = 0;
  std::size_t width_ = 0;  ///< dim, padded as the kernels need it.
  std::vector<float> values_;
  std::vector<float> scales_;
};

/// Finds centroids so that each is the direction of the mean of the rows, weighted by their memberships: the softmax of
/// (cosine / temperature). Starts from rows that are drawn far apart (k-means++, Arthur and Vassilvitskii 2007, the
/// best of four candidates at each place). Equal input and seed give the same bits natively and in wasm.
class SoftKMeans {
 public:
  static constexpr std::size_t kRounds = 10;

  /// families: 1 to the number of rows. Borrows the rows.
  SoftKMeans(const KMeansRows& rows, std::size_t families, double temperature, std::uint64_t seed);

  /// Moves the centroids once. Complexity: O(rows families dim).
  void round();

  /// Returns how well the centroids before the last round fitted the rows: larger is better.
  [[nodiscard]] double fit() const { return fit_; }

  /// Returns the centroids [families, dim], of unit norm; one without rows is zero.
  [[nodiscard]] const std::vector<float>& centroids() const { return centroids_; }

 private:
  void add_rows(std::span<const double> memberships, std::size_t first, std::size_t last);

  const KMeansRows& rows_;
  std::size_t families_;
  double temperature_;
  std::vector<float> centroids_;
  double fit_ = 0;
};

/// Replaces logits by their softmax. Returns their largest one, and the sum of their exponentials relative to it.
struct SoftmaxSum {
  double most = 0;
  double sum = 0;
};
SoftmaxSum softmax(std::span<double> logits);

/// Scales [count, dim] vectors to unit norm; zero stays zero.
void normalize_rows(std::span<float> vectors, std::size_t dim);

}  // namespace signalbox
