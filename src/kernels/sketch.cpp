#include "kernels/sketch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "kernels/lanes.h"

namespace signalbox {
namespace {

/// Deviations of the estimate's error that a search allows for: of the rows right at the bar, one in 200 is missed.
constexpr double kDeviations = 2.6;

constexpr std::size_t kGroup = 4;
constexpr std::size_t kPatterns = 16;
constexpr std::size_t kRounds = 2;
constexpr std::uint64_t kSeed = 0x5369676E616C626F;

/// The random numbers of splitmix64.
std::uint64_t next(std::uint64_t& state) {
  std::uint64_t z = state += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

/// Multiplies by a Hadamard matrix of unit columns, in place; the size is a power of two.
void transform(std::span<float> v) {
  for (std::size_t half = 1; half < v.size(); half *= 2) {
    for (std::size_t first = 0; first < v.size(); first += 2 * half) {
      float* low = v.data() + first;
      float* high = low + half;
      for (std::size_t i = 0; i < half; ++i) {
        const float a = low[i];
        const float b = high[i];
        low[i] = a + b;
        high[i] = a - b;
      }
    }
  }
  const auto scale = static_cast<float>(1 / std::sqrt(static_cast<double>(v.size())));
  for (float& x : v) x *= scale;
}

/// Sums what a query has for the patterns of each row of a block.
#if SIGNALBOX_SIMD
void sum_patterns(const std::uint8_t* signs, const std::uint8_t* sums, std::size_t groups,
                  std::array<std::uint16_t, Sketch::kBlock>& out) {
  const __m128i nibble = _mm_set1_epi8(15);
  __m128i even[2] = {_mm_setzero_si128(), _mm_setzero_si128()};  // and the odd rows' sums in the high bytes
  __m128i odd[2] = {_mm_setzero_si128(), _mm_setzero_si128()};
  for (std::size_t g = 0; g < groups; ++g) {
    const __m128i codes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(signs + g * kPatterns));
    const __m128i table = _mm_loadu_si128(reinterpret_cast<const __m128i*>(sums + g * kPatterns));
    const __m128i found[2] = {lanes::look_up(table, _mm_and_si128(codes, nibble)),
                              lanes::look_up(table, _mm_and_si128(_mm_srli_epi16(codes, 4), nibble))};
    for (int i = 0; i < 2; ++i) {
      even[i] = _mm_add_epi16(even[i], found[i]);
      odd[i] = _mm_add_epi16(odd[i], _mm_srli_epi16(found[i], 8));
    }
  }
  for (int i = 0; i < 2; ++i) {
    even[i] = _mm_sub_epi16(even[i], _mm_slli_epi16(odd[i], 8));
    auto* of_half = reinterpret_cast<__m128i*>(out.data() + 16 * i);
    _mm_storeu_si128(of_half, _mm_unpacklo_epi16(even[i], odd[i]));
    _mm_storeu_si128(of_half + 1, _mm_unpackhi_epi16(even[i], odd[i]));
  }
}
#else
void sum_patterns(const std::uint8_t* signs, const std::uint8_t* sums, std::size_t groups,
                  std::array<std::uint16_t, Sketch::kBlock>& out) {
  out = {};
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t i = 0; i < 16; ++i) {
      const std::uint8_t codes = signs[g * kPatterns + i];
      out[i] = static_cast<std::uint16_t>(out[i] + sums[g * kPatterns + (codes & 15)]);
      out[i + 16] = static_cast<std::uint16_t>(out[i + 16] + sums[g * kPatterns + (codes >> 4)]);
    }
  }
}
#endif

}  // namespace

Sketch::Sketch(const CodeView& rows) : dim_(rows.dim), groups_((rows.dim + kGroup - 1) / kGroup) {
  const std::size_t blocks = (rows.rows + kBlock - 1) / kBlock;
  std::uint64_t state = kSeed;
  for (std::size_t i = 0; i < kRounds * groups_ * kGroup; ++i) flips_.push_back((next(state) & 1) != 0 ? 1.0F : -1.0F);
  signs_.assign(blocks * groups_ * kPatterns, 0);
  inverses_.assign(blocks * kBlock, 0);
  std::vector<double> sum(dim_);
  for (std::size_t row = 0; row < rows.rows; ++row) {
    std::fill(sum.begin(), sum.end(), 0);
    add_row(rows, row, sum);
    std::vector<float> vector(sum.begin(), sum.end());
    rotate(vector);
    const std::size_t place = row % kBlock;
    std::uint8_t* out = signs_.data() + row / kBlock * groups_ * kPatterns + place % 16;
    double dot = 0;
    for (std::size_t i = 0; i < vector.size(); ++i) {
      dot += std::fabs(static_cast<double>(vector[i]));
      const unsigned bit = vector[i] >= 0 ? 1U : 0U;
      out[i / kGroup * kPatterns] |= static_cast<std::uint8_t>(bit << (i % kGroup + place / 16 * kGroup));
    }
    inverses_[row] = dot > 0 ? static_cast<float>(1 / dot) : 0;
  }
}

/// Flips signs and mixes, twice: the first 2^n dimensions, then the last ones.
void Sketch::rotate(std::vector<float>& vector) const {
  const std::size_t size = groups_ * kGroup;
  const std::size_t mixed = std::bit_floor(size);
  vector.resize(size, 0);
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < size; ++i) vector[i] *= flips_[round * size + i];
    transform(std::span(vector).subspan(round == 0 ? 0 : size - mixed, mixed));
  }
}

Sketch::Query Sketch::prepare(std::span<const float> vector) const {
  std::vector<float> turned(vector.begin(), vector.end());
  rotate(turned);
  Query out;
  out.sums.assign(groups_ * kPatterns, 0);
  double widest = 0;
  double offset = 0;
  std::vector<double> least(groups_);
  for (std::size_t g = 0; g < groups_; ++g) {
    for (std::size_t i = 0; i < kGroup; ++i) least[g] -= std::fabs(static_cast<double>(turned[g * kGroup + i]));
    offset += least[g];
    widest = std::max(widest, -2 * least[g]);
  }
  // All sums together fit into 16 bits.
  const double step = widest / std::min<double>(255, std::floor(65535.0 / static_cast<double>(groups_)));
  out.step = static_cast<float>(step);
  out.offset = static_cast<float>(offset);
  if (!(step > 0)) return out;
  for (std::size_t g = 0; g < groups_; ++g) {
    for (std::size_t pattern = 0; pattern < kPatterns; ++pattern) {
      double sum = -least[g];
      for (std::size_t i = 0; i < kGroup; ++i) {
        const auto x = static_cast<double>(turned[g * kGroup + i]);
        sum += (pattern >> i & 1) != 0 ? x : -x;
      }
      out.sums[g * kPatterns + pattern] = static_cast<std::uint8_t>(std::floor(sum / step + .5));
    }
  }
  return out;
}

std::uint32_t Sketch::candidates(const Query& query, std::size_t block, double bar) const {
  std::array<std::uint16_t, kBlock> sums;
  sum_patterns(signs_.data() + block * groups_ * kPatterns, query.sums.data(), groups_, sums);
  const float* inverses = inverses_.data() + block * kBlock;
  const auto size = static_cast<double>(groups_ * kGroup);
  const lanes::Floats sizes = lanes::splat(static_cast<float>(size));
  const lanes::Floats spread = lanes::splat(static_cast<float>(kDeviations / std::sqrt(size - 1)));
  const lanes::Floats step = lanes::splat(query.step);
  const lanes::Floats offset = lanes::splat(query.offset);
  const lanes::Floats limit = lanes::splat(static_cast<float>(bar));
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < kBlock; i += 4) {
    const lanes::Floats inverse = lanes::load_floats(inverses + i);
    const lanes::Floats sum = lanes::add(lanes::multiply(lanes::load_words(sums.data() + i), step), offset);
    const lanes::Floats squares = lanes::multiply(lanes::multiply(inverse, inverse), sizes);
    const lanes::Floats error = lanes::square_root(lanes::add(squares, lanes::splat(-1)));
    const lanes::Floats most = lanes::add(lanes::multiply(sum, inverse), lanes::multiply(spread, error));
    out |= static_cast<std::uint32_t>(lanes::above(most, limit)) << i;
  }
  return out;
}

}  // namespace signalbox
