// Vectors of four lanes, and how each type of code is multiplied with a query in them. Only for the kernels' own files,
// which CMakeLists.txt compiles with SSE4.1: Emscripten maps these intrinsics onto wasm SIMD (_mm_madd_epi16 is
// i32x4.dot_i16x8). Elsewhere scalar loops with the same lanes compute the same bits.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/codes.h"

#if defined(__SSE4_1__)
#include <smmintrin.h>
#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif
#define SIGNALBOX_SIMD 1
#else
#define SIGNALBOX_SIMD 0
#endif

namespace signalbox::lanes {

#if SIGNALBOX_SIMD

inline std::int32_t sum_lanes(__m128i v) {
  v = _mm_add_epi32(v, _mm_shuffle_epi32(v, _MM_SHUFFLE(1, 0, 3, 2)));
  v = _mm_add_epi32(v, _mm_shuffle_epi32(v, _MM_SHUFFLE(2, 3, 0, 1)));
  return _mm_cvtsi128_si32(v);
}

inline float sum_lanes(__m128 v) {
  alignas(16) float lane[4];
  _mm_store_ps(lane, v);
  return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/// Sums the lanes of four vectors: lane i of the result is that of sums[i].
inline __m128i sum_each(const __m128i* sums) {
  const __m128i a = _mm_add_epi32(_mm_unpacklo_epi32(sums[0], sums[1]), _mm_unpackhi_epi32(sums[0], sums[1]));
  const __m128i b = _mm_add_epi32(_mm_unpacklo_epi32(sums[2], sums[3]), _mm_unpackhi_epi32(sums[2], sums[3]));
  return _mm_add_epi32(_mm_unpacklo_epi64(a, b), _mm_unpackhi_epi64(a, b));
}

inline __m128 sum_each(const __m128* sums) {
  __m128 a = sums[0];
  __m128 b = sums[1];
  __m128 c = sums[2];
  __m128 d = sums[3];
  _MM_TRANSPOSE4_PS(a, b, c, d);
  return _mm_add_ps(_mm_add_ps(a, b), _mm_add_ps(c, d));
}

/// Four float32 numbers.
using Floats = __m128;
inline Floats to_floats(__m128i v) { return _mm_cvtepi32_ps(v); }
inline Floats to_floats(__m128 v) { return v; }
inline Floats load_floats(const float* p) { return _mm_loadu_ps(p); }
inline Floats splat(float x) { return _mm_set1_ps(x); }
inline Floats load_bytes(const std::uint8_t* p) {
  std::int32_t four = 0;
  std::memcpy(&four, p, sizeof(four));
  return _mm_cvtepi32_ps(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(four)));
}
inline Floats load_words(const std::uint16_t* p) {
  return _mm_cvtepi32_ps(_mm_cvtepu16_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
}
inline Floats multiply(Floats a, Floats b) { return _mm_mul_ps(a, b); }
inline Floats add(Floats a, Floats b) { return _mm_add_ps(a, b); }
/// Returns square roots, 0 for what is below 0.
inline Floats square_root(Floats a) { return _mm_sqrt_ps(_mm_max_ps(a, _mm_setzero_ps())); }
/// Returns a bit for each lane in which a > b.
inline int above(Floats a, Floats b) { return _mm_movemask_ps(_mm_cmpgt_ps(a, b)); }

/// Returns byte index[i] of a table of 16 for each i; indexes are below 16.
inline __m128i look_up(__m128i table, __m128i index) {
#if defined(__wasm_simd128__)
  return wasm_i8x16_swizzle(table, index);  // _mm_shuffle_epi8 would mask the indexes first.
#else
  return _mm_shuffle_epi8(table, index);
#endif
}

/// Multiplies rows with queries of int16. Each kernel loads some bytes of a row into kParts vectors of eight codes.
template <int kParts>
struct IntegerKernel {
  using Value = std::int16_t;
  using Sum = __m128i;
  static constexpr std::size_t kBytes = 16;           // bytes per load
  static constexpr std::size_t kValues = 8 * kParts;  // codes in those bytes
  struct Part {
    __m128i v[kParts];
  };
  static Sum zero() { return _mm_setzero_si128(); }
  static Sum add_squares(Sum sum, const Part& row) {
    for (const __m128i v : row.v) sum = _mm_add_epi32(sum, _mm_madd_epi16(v, v));
    return sum;
  }
  static Sum add(Sum sum, const Part& row, const Value* query) {
    return _mm_add_epi32(sum, products<0, kParts>(row, query));
  }

 private:
  /// Sums the products by halves, so that few additions wait for each other.
  template <int kFirst, int kCount>
  static Sum products(const Part& row, const Value* query) {
    if constexpr (kCount == 1) {
      return _mm_madd_epi16(row.v[kFirst], _mm_loadu_si128(reinterpret_cast<const __m128i*>(query + 8 * kFirst)));
    } else {
      constexpr int kHalf = kCount / 2;
      return _mm_add_epi32(products<kFirst, kHalf>(row, query), products<kFirst + kHalf, kHalf>(row, query));
    }
  }
};

struct Int8Kernel : IntegerKernel<2> {
  static Part load(const std::uint8_t* p) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return {{_mm_cvtepi8_epi16(bytes), _mm_cvtepi8_epi16(_mm_srli_si128(bytes, 8))}};
  }
};

struct Int4Kernel : IntegerKernel<4> {
  static Part load(const std::uint8_t* p) {
    const __m128i w = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return {{_mm_srai_epi16(_mm_slli_epi16(w, 12), 12), _mm_srai_epi16(_mm_slli_epi16(w, 8), 12),
             _mm_srai_epi16(_mm_slli_epi16(w, 4), 12), _mm_srai_epi16(w, 12)}};
  }
};

/// Expands two bytes at a time into two vectors of eight lanes, one bit per lane, in the order of the components.
struct BinaryKernel : IntegerKernel<2> {
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

template <typename T>
Lanes<T> sum_each(const Lanes<T>* sums) {
  return {{sum_lanes(sums[0]), sum_lanes(sums[1]), sum_lanes(sums[2]), sum_lanes(sums[3])}};
}

using Floats = Lanes<float>;
template <typename T>
Floats to_floats(const Lanes<T>& v) {
  Floats out;
  for (int i = 0; i < 4; ++i) out.lane[i] = static_cast<float>(v.lane[i]);
  return out;
}
inline Floats load_floats(const float* p) { return {{p[0], p[1], p[2], p[3]}}; }
inline Floats splat(float x) { return {{x, x, x, x}}; }
inline Floats load_bytes(const std::uint8_t* p) {
  return {{static_cast<float>(p[0]), static_cast<float>(p[1]), static_cast<float>(p[2]), static_cast<float>(p[3])}};
}
inline Floats load_words(const std::uint16_t* p) {
  return {{static_cast<float>(p[0]), static_cast<float>(p[1]), static_cast<float>(p[2]), static_cast<float>(p[3])}};
}
inline Floats square_root(const Floats& a) {
  Floats out;
  for (int i = 0; i < 4; ++i) out.lane[i] = a.lane[i] > 0 ? std::sqrt(a.lane[i]) : 0;
  return out;
}
inline Floats multiply(const Floats& a, const Floats& b) {
  return {{a.lane[0] * b.lane[0], a.lane[1] * b.lane[1], a.lane[2] * b.lane[2], a.lane[3] * b.lane[3]}};
}
inline Floats add(const Floats& a, const Floats& b) {
  return {{a.lane[0] + b.lane[0], a.lane[1] + b.lane[1], a.lane[2] + b.lane[2], a.lane[3] + b.lane[3]}};
}
inline int above(const Floats& a, const Floats& b) {
  int out = 0;
  for (int i = 0; i < 4; ++i) out |= (a.lane[i] > b.lane[i] ? 1 : 0) << i;
  return out;
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
  static Sum add_squares(Sum sum, const Part& row) { return add(sum, row, row.v); }
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

}  // namespace signalbox::lanes
