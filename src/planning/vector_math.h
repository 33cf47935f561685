// Inner loops of the fits and of the choice of rows. Their sums run in four lanes of a fixed order, which compilers may
// vectorise.
#pragma once

#include <array>
#include <cstddef>

namespace signalbox {

/// Returns the dot product in double.
template <typename A, typename B>
double dot_lanes(const A* a, const B* b, std::size_t size) {
  std::array<double, 4> lanes = {};
  std::size_t i = 0;
  for (; i + 4 <= size; i += 4) {
    for (std::size_t j = 0; j < 4; ++j) lanes[j] += static_cast<double>(a[i + j]) * static_cast<double>(b[i + j]);
  }
  for (; i < size; ++i) lanes[0] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

/// Adds scale * values to sum, in the type of the sum.
template <typename Sum, typename Value>
void add_scaled(Sum* sum, const Value* values, Sum scale, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) sum[i] += scale * static_cast<Sum>(values[i]);
}

}  // namespace signalbox
