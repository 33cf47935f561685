// Ridge regression of several columns at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "planning/linear_space.h"

namespace signalbox {

/// Second moments of some rows.
struct Moments {
  explicit Moments(std::size_t width) : sum(width, 0), products(width * width, 0) {}

  void add(std::span<const float> row);
  void add(const Moments& other);

  double rows = 0;
  std::vector<double> sum;       ///< [width]
  std::vector<double> products;  ///< [width, width]; the lower triangle is used.
};

/// Weights and intercepts of a linear part.
struct LinearPart {
  std::vector<double> weights;    ///< [columns, width]
  std::vector<double> intercept;  ///< [columns]

  /// Returns intercept + weights . row.
  [[nodiscard]] double at(std::span<const float> row, std::size_t column) const;
};

/// Solves (Z'Z + penalty I) weights = Z'(R - mean R) for centred rows Z, by the Cholesky decomposition.
class Ridge {
 public:
  /// penalty: above 0, so that the matrix is positive definite.
  Ridge(const Moments& moments, double penalty);

  /// cross: [columns, width] sum over the rows of x R; sums: [columns] sum of R.
  [[nodiscard]] LinearPart solve(std::span<const double> cross, std::span<const double> sums) const;

 private:
  std::size_t width_;
  double rows_;
  std::vector<double> mean_;    ///< [width]
  std::vector<double> factor_;  ///< [width, width] lower triangle.
};

}  // namespace signalbox
