#include "kernels/dot.h"

#include <cstdint>

#include "kernels/lanes.h"

namespace signalbox {
namespace {

using lanes::BinaryKernel;
using lanes::Float32Kernel;
using lanes::Int4Kernel;
using lanes::Int8Kernel;
using lanes::sum_lanes;

/// Computes kRows x kQueries dot products at once: each loaded row serves several queries, each query several rows.
template <typename Kernel, int kRows, int kQueries>
void score_block(const CodeView& rows, std::size_t row, const typename Kernel::Value* query, std::size_t padded_dim,
                 std::size_t query_count, double* keys) {
  typename Kernel::Sum sums[kRows][kQueries];
  for (auto& of_row : sums)
    for (auto& sum : of_row) sum = Kernel::zero();
  const std::uint8_t* base = rows.codes + row * rows.stride;
  for (std::size_t byte = 0, i = 0; byte < rows.stride; byte += Kernel::kBytes, i += Kernel::kValues) {
    for (int r = 0; r < kRows; ++r) {
      const auto part = Kernel::load(base + static_cast<std::size_t>(r) * rows.stride + byte);
      for (int q = 0; q < kQueries; ++q) {
        sums[r][q] = Kernel::add(sums[r][q], part, query + static_cast<std::size_t>(q) * padded_dim + i);
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    const double scale = rows.scales[row + static_cast<std::size_t>(r)];
    for (int q = 0; q < kQueries; ++q) {
      keys[static_cast<std::size_t>(r) * query_count + static_cast<std::size_t>(q)] =
          static_cast<double>(sum_lanes(sums[r][q])) * scale;
    }
  }
}

/// Takes two rows at a time for several queries, but one row at a time for a single query: two streams through the same
/// pages defeat the processor's prefetching, and a matrix that is not in cache then takes three times as long.
template <typename Kernel, int kQueries>
void score_rows(const CodeView& rows, std::size_t first, std::size_t last, const typename Kernel::Value* query,
                std::size_t padded_dim, std::size_t query_count, double* keys) {
  std::size_t row = first;
  if constexpr (kQueries > 1) {
    for (; row + 2 <= last; row += 2) {
      score_block<Kernel, 2, kQueries>(rows, row, query, padded_dim, query_count, keys + (row - first) * query_count);
    }
  }
  for (; row < last; ++row) {
    score_block<Kernel, 1, kQueries>(rows, row, query, padded_dim, query_count, keys + (row - first) * query_count);
  }
}

template <typename Kernel>
void score(const CodeView& rows, std::size_t first, std::size_t last, const typename Kernel::Value* query,
           std::size_t padded_dim, std::size_t query_count, double* keys) {
  std::size_t q = 0;
  for (; q + 4 <= query_count; q += 4) {
    score_rows<Kernel, 4>(rows, first, last, query + q * padded_dim, padded_dim, query_count, keys + q);
  }
  for (; q < query_count; ++q) {
    score_rows<Kernel, 1>(rows, first, last, query + q * padded_dim, padded_dim, query_count, keys + q);
  }
}

}  // namespace

void score_tile(const CodeView& rows, std::size_t first, std::size_t last, const QueryBlock& queries,
                std::size_t first_query, std::size_t query_count, double* keys) {
  const std::size_t offset = first_query * queries.padded_dim;
  switch (rows.type) {
    case CodeType::kFloat32:
      return score<Float32Kernel>(rows, first, last, queries.values.data() + offset, queries.padded_dim, query_count,
                                  keys);
    case CodeType::kInt8:
      return score<Int8Kernel>(rows, first, last, queries.levels.data() + offset, queries.padded_dim, query_count,
                               keys);
    case CodeType::kInt4:
      return score<Int4Kernel>(rows, first, last, queries.levels.data() + offset, queries.padded_dim, query_count,
                               keys);
    case CodeType::kBinary:
      return score<BinaryKernel>(rows, first, last, queries.levels.data() + offset, queries.padded_dim, query_count,
                                 keys);
  }
}

}  // namespace signalbox
