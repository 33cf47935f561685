#include "kernels/scan.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "kernels/lanes.h"

namespace signalbox {
namespace {

using lanes::BinaryKernel;
using lanes::Float32Kernel;
using lanes::Floats;
using lanes::Int4Kernel;
using lanes::Int8Kernel;

constexpr std::size_t kLine = 64;       ///< Bytes of a cache line.
constexpr std::size_t kSmallRow = 128;  ///< 4-bit rows up to this size are multiplied four at a time.

/// Adds the products of some bytes of kRows rows with kQueries queries.
template <typename Kernel, int kRows, int kQueries>
void multiply(typename Kernel::Sum (&sums)[kRows][kQueries], const std::uint8_t* row, std::size_t stride,
              const typename Kernel::Value* query, std::size_t padded_dim, std::size_t first, std::size_t last) {
  const auto* q = query + first / Kernel::kBytes * Kernel::kValues;
  for (std::size_t byte = first; byte < last; byte += Kernel::kBytes, q += Kernel::kValues) {
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto part = Kernel::load(row + r * stride + byte);
      for (std::size_t i = 0; i < kQueries; ++i) sums[r][i] = Kernel::add(sums[r][i], part, q + i * padded_dim);
    }
  }
}

template <typename Kernel>
double key_of(const typename Kernel::Sum& sum, float scale) {
  return static_cast<double>(lanes::sum_lanes(sum)) * static_cast<double>(scale);
}

/// Scores one row to its end. Not inlined: it would take the space of a second kernel.
template <typename Kernel>
[[gnu::noinline]] double score_row(const CodeView& rows, std::size_t row, const typename Kernel::Value* query) {
  typename Kernel::Sum sum[1][1] = {{Kernel::zero()}};
  multiply<Kernel, 1, 1>(sum, rows.codes + row * rows.stride, 0, query, 0, 0, rows.stride);
  return key_of<Kernel>(sum[0][0], rows.scales[row]);
}

/// Reads a byte of each cache line, so that the processor fetches them in order.
unsigned touch(const std::uint8_t* first, const std::uint8_t* last) {
  unsigned sum = 0;
  for (; first < last; first += kLine) sum += *first;
  return sum;
}

template <typename Kernel>
void add_rests(const CodeView& rows, const Stops& stops, std::vector<std::uint8_t>& rests) {
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const std::uint8_t* codes = rows.codes + row * rows.stride;
    double squared = 0;
    for (std::size_t stop = stops.count + 1; stop-- > 0;) {
      auto sum = Kernel::zero();
      const std::size_t last = std::min(rows.stride, (stop + 1) * stops.step);
      for (std::size_t byte = stop * stops.step; byte < last; byte += Kernel::kBytes) {
        sum = Kernel::add_squares(sum, Kernel::load(codes + byte));
      }
      squared += lanes::sum_lanes(sum);
      const double norm = std::sqrt(squared) * static_cast<double>(rows.scales[row]);
      if (norm > 1.001) return rests.clear();
      if (stop == 0) break;
      rests[(stop - 1) * rows.rows + row] =
          static_cast<std::uint8_t>(std::min(kRestSteps, std::ceil(norm * kRestSteps)));
    }
  }
}

}  // namespace

template <typename Kernel, bool kTogether>
void Scan::scan_one(const typename Kernel::Value* query, std::size_t q, std::size_t first, std::size_t last,
                    std::vector<Hit>& hits) {
  const Floats bar = lanes::splat(bars_[q]);
  const auto number = static_cast<std::uint32_t>(first_ + q);
  unsigned touched = 0;
  std::size_t row = first;
  for (; row + 4 <= last; row += 4) {
    typename Kernel::Sum sums[4][1];
    for (auto& sum : sums) sum[0] = Kernel::zero();
    const std::uint8_t* base = rows_.codes + row * rows_.stride;
    const Floats scales = lanes::load_floats(rows_.scales + row);
    std::size_t byte = 0;
    int above = 0;
    for (std::size_t stop = 0;; ++stop) {
      const bool is_end = stop == stops_.count;
      const std::size_t next = is_end ? rows_.stride : byte + stops_.step;
      if constexpr (kTogether) {
        multiply<Kernel, 4, 1>(sums, base, rows_.stride, query, 0, byte, next);
      } else {
        for (std::size_t r = 0; r < 4; ++r) {
          typename Kernel::Sum one[1][1] = {{sums[r][0]}};
          const std::uint8_t* codes = base + r * rows_.stride;
          multiply<Kernel, 1, 1>(one, codes, 0, query, 0, byte, next);
          if (stop == 0) touched += touch(codes + next, codes + rows_.stride);
          sums[r][0] = one[0][0];
        }
      }
      byte = next;
      Floats keys = lanes::multiply(lanes::to_floats(lanes::sum_each(&sums[0][0])), scales);
      if (!is_end) {
        const Floats rests = lanes::load_bytes(rows_.rests + stop * rows_.rows + row);
        keys = lanes::add(keys, lanes::multiply(rests, lanes::splat(rests_[stop * count_ + q])));
      }
      above = lanes::above(keys, bar);
      if (above == 0 || is_end) break;
    }
    bytes_ += 4 * byte;
    for (std::size_t r = 0; above != 0; ++r, above >>= 1) {
      if ((above & 1) == 0) continue;
      hits.push_back({static_cast<std::uint32_t>(row + r), number, key_of<Kernel>(sums[r][0], rows_.scales[row + r])});
    }
  }
  touched_ = touched;
  for (; row < last; ++row) {
    bytes_ += rows_.stride;
    hits.push_back({static_cast<std::uint32_t>(row), number, score_row<Kernel>(rows_, row, query)});
  }
}

template <typename Kernel>
void Scan::scan_four(const typename Kernel::Value* query, std::size_t q, std::size_t first, std::size_t last,
                     std::vector<Hit>& hits) {
  const Floats bars = lanes::load_floats(bars_.data() + q);
  for (std::size_t row = first; row + 2 <= last; row += 2) {
    typename Kernel::Sum sums[2][4];
    for (auto& of_row : sums)
      for (auto& sum : of_row) sum = Kernel::zero();
    const std::uint8_t* base = rows_.codes + row * rows_.stride;
    std::size_t byte = 0;
    int above[2] = {};
    for (std::size_t stop = 0;; ++stop) {
      const bool is_end = stop == stops_.count;
      const std::size_t next = is_end ? rows_.stride : byte + stops_.step;
      multiply<Kernel, 2, 4>(sums, base, rows_.stride, query, queries_->padded_dim, byte, next);
      byte = next;
      for (std::size_t r = 0; r < 2; ++r) {
        Floats keys = lanes::multiply(lanes::to_floats(lanes::sum_each(sums[r])), lanes::splat(rows_.scales[row + r]));
        if (!is_end) {
          const auto rest = static_cast<float>(rows_.rests[stop * rows_.rows + row + r]);
          const Floats rests = lanes::load_floats(rests_.data() + stop * count_ + q);
          keys = lanes::add(keys, lanes::multiply(lanes::splat(rest), rests));
        }
        above[r] = lanes::above(keys, bars);
      }
      if ((above[0] | above[1]) == 0 || is_end) break;
    }
    bytes_ += 8 * byte;
    for (std::size_t r = 0; r < 2; ++r) {
      for (std::size_t i = 0; above[r] != 0; ++i, above[r] >>= 1) {
        if ((above[r] & 1) == 0) continue;
        hits.push_back({static_cast<std::uint32_t>(row + r), static_cast<std::uint32_t>(first_ + q + i),
                        key_of<Kernel>(sums[r][i], rows_.scales[row + r])});
      }
    }
  }
}

template <typename Kernel, bool kTogether>
void Scan::scan_with(const typename Kernel::Value* query, std::size_t first, std::size_t last, std::vector<Hit>& hits) {
  const std::size_t dim = queries_->padded_dim;
  const std::size_t even = first + (last - first) / 2 * 2;
  std::size_t q = 0;
  // Sign bits are seldom searched for many queries, and would take as much space as the others.
  constexpr bool kHasFour = !std::is_same_v<Kernel, BinaryKernel>;
  if constexpr (kHasFour) {
    for (; q + 4 <= count_; q += 4) scan_four<Kernel>(query + q * dim, q, first, even, hits);
  }
  for (std::size_t i = 0; i < q; ++i) scan_one<Kernel, kTogether>(query + i * dim, i, even, last, hits);
  for (; q < count_; ++q) scan_one<Kernel, kTogether>(query + q * dim, q, first, last, hits);
}

void Scan::scan(std::size_t first, std::size_t last, std::vector<Hit>& hits) {
  const std::size_t offset = first_ * queries_->padded_dim;
  const auto* levels = queries_->levels.empty() ? nullptr : queries_->levels.data() + offset;
  const bool is_small = rows_.stride <= kSmallRow;
  switch (rows_.type) {
    case CodeType::kFloat32:
      return scan_with<Float32Kernel, false>(queries_->values.data() + offset, first, last, hits);
    case CodeType::kInt8: return scan_with<Int8Kernel, false>(levels, first, last, hits);
    case CodeType::kInt4:
      return is_small ? scan_with<Int4Kernel, true>(levels, first, last, hits)
                      : scan_with<Int4Kernel, false>(levels, first, last, hits);
    case CodeType::kBinary: return scan_with<BinaryKernel, false>(levels, first, last, hits);
  }
}

std::vector<std::uint8_t> rest_bounds(const CodeView& rows) {
  const Stops stops = stops_of(rows.type, rows.stride);
  std::vector<std::uint8_t> out(stops.count * rows.rows);
  if (out.empty()) return out;
  if (rows.type == CodeType::kInt8) add_rests<Int8Kernel>(rows, stops, out);
  else add_rests<Int4Kernel>(rows, stops, out);
  return out;
}

}  // namespace signalbox
