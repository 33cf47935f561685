// One source for x86 and wasm: Emscripten maps these SSE intrinsics onto wasm SIMD (_mm_madd_epi16 is i32x4.dot_i16x8).
// Elsewhere a scalar loop with the same lanes computes the same bits.
#include "kernels/dot.h"

#include <cstdint>
#include <cstring>

#if defined(__SSE4_1__)
#include <smmintrin.h>
#define SIGNALBOX_SIMD 1
#else
#define SIGNALBOX_SIMD 0
#endif

namespace signalbox {
namespace {

#if SIGNALBOX_SIMD

std::int32_t sum_lanes(__m128i v) {
  v = _mm_add_epi32(v, _mm_shuffle_epi32(v, _MM_SHUFFLE(1, 0, 3, 2)));
  v = _mm_add_epi32(v, _mm_shuffle_epi32(v, _MM_SHUFFLE(2, 3, 0, 1)));
  return _mm_cvtsi128_si32(v);
}

float sum_lanes(__m128 v) {
  alignas(16) float lane[4];
  _mm_store_ps(lane, v);
  return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/// Each kernel loads some bytes of a row into vectors and adds their products with a query.
struct Int8Kernel {
  using Value = std::int16_t;
  using Sum = __m128i;
  static constexpr std::size_t kBytes = 16;   // bytes per load
  static constexpr std::size_t kValues = 16;  // codes in those bytes
  static constexpr int kParts = 2;
  struct Part {
    __m128i v[kParts];
  };
  static Sum zero() { return _mm_setzero_si128(); }
  static Part load(const std::uint8_t* p) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return {{_mm_cvtepi8_epi16(bytes), _mm_cvtepi8_epi16(_mm_srli_si128(bytes, 8))}};
  }
  static Sum add(Sum sum, const Part& row, const Value* query) {
    for (int i = 0; i < kParts; ++i) {
      const __m128i q = _mm_loadu_si128(reinterpret_cast<const __m128i*>(query + 8 * i));
      sum = _mm_add_epi32(sum, _mm_madd_epi16(row.v[i], q));
    }
    return sum;
  }
};

struct Int4Kernel {
  using Value = std::int16_t;
  using Sum = __m128i;
  static constexpr std::size_t kBytes = 16;
  static constexpr std::size_t kValues = 32;
  static constexpr int kParts = 4;
  struct Part {
    __m128i v[kParts];
  };
  static Sum zero() { return _mm_setzero_si128(); }
  static Part load(const std::uint8_t* p) {
    const __m128i w = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return {{_mm_srai_epi16(_mm_slli_epi16(w, 12), 12), _mm_srai_epi16(_mm_slli_epi16(w, 8), 12),
             _mm_srai_epi16(_mm_slli_epi16(w, 4), 12), _mm_srai_epi16(w, 12)}};
  }
  static Sum add(Sum sum, const Part& row, const Value* query) {
    for (int i = 0; i < kParts; ++i) {
      const __m128i q = _mm_loadu_si128(reinterpret_cast<const __m128i*>(query + 8 * i));
      sum = _mm_add_epi32(sum, _mm_madd_epi16(row.v[i], q));
    }
    return sum;
  }
};

/// Expands two bytes at a time into two vectors of eight lanes, one bit per lane, in the order of the components.
struct BinaryKernel : Int8Kernel {
  static constexpr std::size_t kBytes = 2;
  static Part load(const std::uint8_t* p) {
    const __m128i bit = _mm_setr_epi16(1, 2, 4, 8, 16, 32, 64, 128);
    return {{signs(p[0], bit), signs(p[1], bit)}};
  }

 private:
  /// Returns -1 for each bit that is 0, and 1 for each bit that is 1.
  static __m128i signs(std::uint8_t byte, __m128i bit) {
    const __m128i is_unset = _mm_cmpeq_epi16(_mm_and_si128(_mm_set1_epi16(byte), bit), _mm_setzero_si128());
    return _mm_or_si128(is_unset, _mm_set1_epi16(1));
  }
};

struct Float32Kernel {
  using Value = float;
  using Sum = __m128;
  static constexpr std::size_t kBytes = 16;
  static constexpr std::size_t kValues = 4;
  struct Part {
    __m128 v;
  };
  static Sum zero() { return _mm_setzero_ps(); }
  static Part load(const std::uint8_t* p) { return {_mm_loadu_ps(reinterpret_cast<const float*>(p))}; }
  static Sum add(Sum sum, const Part& row, const Value* query) {
    return _mm_add_ps(sum, _mm_mul_ps(row.v, _mm_loadu_ps(query)));
  }
};

#else

/// Four lanes, like the vector kernels. Integer sums do not depend on the order; float32 sums keep the kernels' order.
template <typename T>
struct Lanes {
  T lane[4] = {};
};

template <typename T>
T sum_lanes(const Lanes<T>& v) {
  return (v.lane[0] + v.lane[1]) + (v.lane[2] + v.lane[3]);
}

template <CodeType kType>
struct IntegerKernel {
  using Value = std::int16_t;
  using Sum = Lanes<std::int32_t>;
  static constexpr std::size_t kBytes = kType == CodeType::kBinary ? 2 : 16;
  static constexpr std::size_t kValues = kType == CodeType::kInt4 ? 32 : 16;
  struct Part {
    std::int16_t v[kValues];
  };
  static Sum zero() { return {}; }
  static Part load(const std::uint8_t* p) {
    Part part{};
    for (std::size_t i = 0; i < kValues; ++i) {
      if constexpr (kType == CodeType::kInt8) {
        part.v[i] = static_cast<std::int8_t>(p[i]);
      } else if constexpr (kType == CodeType::kBinary) {
        part.v[i] = ((p[i / 8] >> (i % 8)) & 1) != 0 ? 1 : -1;
      } else {  // The layout of prepare_queries: lane j of part b holds code 4 j + b.
        const std::size_t code = (i % 8) * 4 + i / 8;
        const int nibble = (p[code / 2] >> (code % 2 * 4)) & 0xF;
        part.v[i] = static_cast<std::int16_t>(nibble >= 8 ? nibble - 16 : nibble);
      }
    }
    return part;
  }
  static Sum add(Sum sum, const Part& row, const Value* query) {
    for (std::size_t i = 0; i < kValues; ++i) sum.lane[i % 4] += row.v[i] * query[i];
    return sum;
  }
};
using Int8Kernel = IntegerKernel<CodeType::kInt8>;
using Int4Kernel = IntegerKernel<CodeType::kInt4>;
using BinaryKernel = IntegerKernel<CodeType::kBinary>;

struct Float32Kernel {
  using Value = float;
  using Sum = Lanes<float>;
  static constexpr std::size_t kBytes = 16;
  static constexpr std::size_t kValues = 4;
  struct Part {
    float v[4];
  };
  static Sum zero() { return {}; }
  static Part load(const std::uint8_t* p) {
    Part part;
    std::memcpy(part.v, p, sizeof(part.v));
    return part;
  }
  static Sum add(Sum sum, const Part& row, const Value* query) {
    for (int i = 0; i < 4; ++i) sum.lane[i] += row.v[i] * query[i];
    return sum;
  }
};

#endif

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
