// The part of a scan that runs once per query, which is compiled small.
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/scan.h"

namespace signalbox {
namespace {

constexpr std::size_t kChunk = 32;  ///< Stops are at multiples of this many bytes.
constexpr std::size_t kMostStops = 3;

/// More than float32 arithmetic may err in comparing a key with a bar, by the magnitudes of both.
constexpr double kSlack = 1e-6;

}  // namespace

Scan::Scan(const CodeView& rows, const QueryBlock& queries, std::size_t first, std::size_t count)
    : rows_(rows),
      queries_(&queries),
      first_(first),
      count_(count),
      bars_(count, -std::numeric_limits<float>::max()),
      norms_(count) {
  stops_ = stops_of(rows.type, rows.stride);
  if (rows.rests == nullptr) stops_ = {0, rows.stride};
  rests_.resize(stops_.count * count);
  const auto value = [&](std::size_t i) {
    return rows.type == CodeType::kFloat32 ? static_cast<double>(queries.values[i])
                                           : static_cast<double>(queries.levels[i]);
  };
  for (std::size_t q = 0; q < count; ++q) {
    const std::size_t offset = (first + q) * queries.padded_dim;
    std::size_t end = queries.padded_dim;
    double squared = 0;
    for (std::size_t stop = stops_.count + 1; stop-- > 0;) {
      const std::size_t begin = stop == 0 ? 0 : stop * stops_.step * queries.padded_dim / rows.stride;
      for (std::size_t i = begin; i < end; ++i) squared += value(offset + i) * value(offset + i);
      end = begin;
      // A little more, for the rounding of norms that are a little above 1.
      if (stop > 0) rests_[(stop - 1) * count + q] = static_cast<float>(std::sqrt(squared) * 1.002 / kRestSteps);
    }
    norms_[q] = std::sqrt(squared);
  }
}

void Scan::raise(std::size_t q, double bar) {
  bars_[q] = static_cast<float>(bar - kSlack * (std::fabs(bar) + norms_[q]));
}

Stops stops_of(CodeType type, std::size_t stride) {
  if (type == CodeType::kFloat32 || type == CodeType::kBinary || stride < 2 * kChunk) return {0, stride};
  const std::size_t parts = 1 + std::min(kMostStops, stride / (2 * kChunk));
  const std::size_t step = (stride + parts * kChunk - 1) / (parts * kChunk) * kChunk;
  return {(stride - 1) / step, step};
}

}  // namespace signalbox
