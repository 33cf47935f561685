#include "planning/linear_space.h"

#include <algorithm>
#include <cmath>

#include "planning/vector_math.h"
#include "routing/random.h"

namespace signalbox {
namespace {

constexpr std::size_t kRounds = 6;
/// Values of the sample that the axes are found on: 1,024 rows of 1,024 dimensions.
constexpr std::size_t kSampleValues = std::size_t{1} << 20;
/// Rows that one step projects.
constexpr std::size_t kBlock = 1024;

std::size_t sample_rows(const PlanData& data) {
  return std::min(data.rows, std::max(kSampleValues / data.dim, kMostLinearWidth));
}

/// Makes the axes [count, dim] orthonormal, one after the other; an axis without a rest becomes zero.
void orthonormalize(std::vector<float>& axes, std::size_t dim) {
  for (std::size_t at = 0; at < axes.size(); at += dim) {
    float* axis = axes.data() + at;
    for (std::size_t before = 0; before < at; before += dim) {
      const double along = dot_lanes(axis, axes.data() + before, dim);
      add_scaled(axis, axes.data() + before, static_cast<float>(-along), dim);
    }
    const double squares = dot_lanes(axis, axis, dim);
    const double inverse = squares > 1e-12 ? 1 / std::sqrt(squares) : 0;
    for (std::size_t d = 0; d < dim; ++d) axis[d] = static_cast<float>(static_cast<double>(axis[d]) * inverse);
  }
}

}  // namespace

LinearSpace::LinearSpace(const PlanData& data) : data_(data), width_(std::min(data.dim, kMostLinearWidth)) {
  if (data.dim <= kMostLinearWidth) return;
  Random random(1);
  axes_.reserve(width_ * data.dim);
  for (std::size_t i = 0; i < width_ * data.dim; ++i) axes_.push_back((random.next() >> 63) == 0 ? 1.0F : -1.0F);
  orthonormalize(axes_, data.dim);
  values_.assign(data.rows * width_, 0);
}

std::size_t LinearSpace::count_steps(const PlanData& data) {
  return data.dim <= kMostLinearWidth ? 0 : kRounds + (data.rows + kBlock - 1) / kBlock;
}

void LinearSpace::step() {
  const std::size_t step = done_++;
  if (step < kRounds) return turn_axes();
  const std::size_t first = (step - kRounds) * kBlock;
  project(first, std::min(first + kBlock, data_.rows));
}

/// Multiplies the axes with the second moments of the sample.
void LinearSpace::turn_axes() {
  const std::size_t sample = sample_rows(data_);
  std::vector<float> next(axes_.size(), 0);
  for (std::size_t i = 0; i < sample; ++i) {
    const float* row = data_.vector(i * data_.rows / sample).data();
    for (std::size_t a = 0; a < width_; ++a) {
      const double along = dot_lanes(row, axes_.data() + a * data_.dim, data_.dim);
      add_scaled(next.data() + a * data_.dim, row, static_cast<float>(along), data_.dim);
    }
  }
  axes_ = std::move(next);
  orthonormalize(axes_, data_.dim);
}

void LinearSpace::project(std::size_t first, std::size_t last) {
  for (std::size_t row = first; row < last; ++row) {
    for (std::size_t a = 0; a < width_; ++a) {
      const double along = dot_lanes(data_.vector(row).data(), axes_.data() + a * data_.dim, data_.dim);
      values_[row * width_ + a] = static_cast<float>(along);
    }
  }
}

std::span<const float> LinearSpace::row(std::size_t row) const {
  if (axes_.empty()) return data_.vector(row);
  return {values_.data() + row * width_, width_};
}

std::vector<float> LinearSpace::widen(std::span<const double> weights) const {
  if (axes_.empty()) return {weights.begin(), weights.end()};
  std::vector<float> out;
  for (std::size_t at = 0; at < weights.size(); at += width_) {
    std::vector<double> of_model(data_.dim, 0);
    for (std::size_t a = 0; a < width_; ++a) {
      const float* axis = axes_.data() + a * data_.dim;
      for (std::size_t d = 0; d < data_.dim; ++d) of_model[d] += weights[at + a] * static_cast<double>(axis[d]);
    }
    out.insert(out.end(), of_model.begin(), of_model.end());
  }
  return out;
}

}  // namespace signalbox
