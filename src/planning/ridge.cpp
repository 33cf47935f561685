#include "planning/ridge.h"

#include <cmath>

#include "planning/vector_math.h"

namespace signalbox {

void Moments::add(std::span<const float> row) {
  rows += 1;
  const std::size_t width = sum.size();
  add_scaled(sum.data(), row.data(), 1.0, width);
  for (std::size_t i = 0; i < width; ++i) {
    add_scaled(products.data() + i * width, row.data(), static_cast<double>(row[i]), i + 1);
  }
}

void Moments::add(const Moments& other) {
  rows += other.rows;
  add_scaled(sum.data(), other.sum.data(), 1.0, sum.size());
  add_scaled(products.data(), other.products.data(), 1.0, products.size());
}

double LinearPart::at(std::span<const float> row, std::size_t column) const {
  return intercept[column] + dot_lanes(weights.data() + column * row.size(), row.data(), row.size());
}

Ridge::Ridge(const Moments& moments, double penalty)
    : width_(moments.sum.size()), rows_(moments.rows), mean_(moments.sum), factor_(moments.products) {
  for (double& x : mean_) x /= rows_;
  for (std::size_t i = 0; i < width_; ++i) {
    double* row = factor_.data() + i * width_;
    for (std::size_t j = 0; j <= i; ++j) row[j] -= rows_ * mean_[i] * mean_[j];
    row[i] += penalty;
    for (std::size_t j = 0; j < i; ++j) {
      const double* other = factor_.data() + j * width_;
      row[j] = (row[j] - dot_lanes(row, other, j)) / other[j];
    }
    // Rounding may leave less than the penalty, which every pivot exceeds in exact numbers.
    row[i] = std::sqrt(std::fmax(row[i] - dot_lanes(row, row, i), penalty));
  }
}

LinearPart Ridge::solve(std::span<const double> cross, std::span<const double> sums) const {
  LinearPart out;
  out.weights.assign(cross.begin(), cross.end());
  for (std::size_t column = 0; column < sums.size(); ++column) {
    double* x = out.weights.data() + column * width_;
    for (std::size_t i = 0; i < width_; ++i) x[i] -= mean_[i] * sums[column];
    for (std::size_t i = 0; i < width_; ++i) {
      const double* row = factor_.data() + i * width_;
      x[i] = (x[i] - dot_lanes(row, x, i)) / row[i];
    }
    for (std::size_t i = width_; i-- > 0;) {
      const double* row = factor_.data() + i * width_;
      x[i] /= row[i];
      add_scaled(x, row, -x[i], i);
    }
    out.intercept.push_back(sums[column] / rows_ - dot_lanes(x, mean_.data(), width_));
  }
  return out;
}

}  // namespace signalbox
