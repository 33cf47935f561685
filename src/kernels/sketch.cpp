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

/// The same for the first part of a sketch, by which whole blocks are ruled out: one in 4000 is missed.
constexpr double kFirstDeviations = 3.5;
/// The first part has one group of so many, at most, and no fewer than kFewest groups.
constexpr std::size_t kMostSkipped = 4;
constexpr std::size_t kFewest = 32;

constexpr std::size_t kGroup = 4;
constexpr std::size_t kPatterns = 16;
/// Sums of so many groups fit into a byte.
constexpr std::size_t kTogether = 8;
constexpr std::size_t kMostOfGroup = 255 / kTogether;
constexpr double kMostSum = 65535;
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

using Sums = std::array<std::uint16_t, Sketch::kBlock>;

/// Sums of what a query has for the patterns of each row of a block.
#if SIGNALBOX_SIMD
class PatternSums {
 public:
  /// Adds what the rows have in `groups` groups.
  void add(const std::uint8_t* signs, const std::uint8_t* table, std::size_t groups) {
    const __m128i nibble = _mm_set1_epi8(15);
    for (std::size_t g = 0; g < groups;) {
      __m128i low = _mm_setzero_si128();
      __m128i high = _mm_setzero_si128();
      for (const std::size_t last = std::min(groups, g + kTogether); g < last; ++g) {
        const __m128i codes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(signs + g * kPatterns));
        const __m128i sums = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table + g * kPatterns));
        low = _mm_add_epi8(low, lanes::look_up(sums, _mm_and_si128(codes, nibble)));
        high = _mm_add_epi8(high, lanes::look_up(sums, _mm_and_si128(_mm_srli_epi16(codes, 4), nibble)));
      }
      low_.add(low);
      high_.add(high);
    }
  }
  [[nodiscard]] bool any_above(double limit) const {
    if (!(limit >= 0)) return true;
    if (limit >= kMostSum) return false;
    const __m128i most = _mm_max_epu16(_mm_max_epu16(low_.even(), low_.odd), _mm_max_epu16(high_.even(), high_.odd));
    const __m128i beyond =
        _mm_subs_epu16(most, _mm_set1_epi16(static_cast<std::int16_t>(static_cast<std::uint16_t>(limit))));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(beyond, _mm_setzero_si128())) != 0xFFFF;
  }
  void store(Sums& out) const {
    low_.store(out.data());
    high_.store(out.data() + 16);
  }

 private:
  /// 16-bit sums of 16 rows. Even rows are summed along with what odd ones have in the high bytes.
  struct HalfSums {
    __m128i both = _mm_setzero_si128();
    __m128i odd = _mm_setzero_si128();

    void add(__m128i found) {
      both = _mm_add_epi16(both, found);
      odd = _mm_add_epi16(odd, _mm_srli_epi16(found, 8));
    }
    [[nodiscard]] __m128i even() const { return _mm_sub_epi16(both, _mm_slli_epi16(odd, 8)); }
    void store(std::uint16_t* out) const {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm_unpacklo_epi16(even(), odd));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 8), _mm_unpackhi_epi16(even(), odd));
    }
  };
  HalfSums low_;
  HalfSums high_;
};
#else
class PatternSums {
 public:
  void add(const std::uint8_t* signs, const std::uint8_t* table, std::size_t groups) {
    for (std::size_t g = 0; g < groups; ++g) {
      for (std::size_t i = 0; i < 16; ++i) {
        const std::uint8_t codes = signs[g * kPatterns + i];
        sums_[i] = static_cast<std::uint16_t>(sums_[i] + table[g * kPatterns + (codes & 15)]);
        sums_[i + 16] = static_cast<std::uint16_t>(sums_[i + 16] + table[g * kPatterns + (codes >> 4)]);
      }
    }
  }
  [[nodiscard]] bool any_above(double limit) const {
    if (!(limit >= 0)) return true;
    return std::any_of(sums_.begin(), sums_.end(), [=](std::uint16_t sum) { return sum > std::floor(limit); });
  }
  void store(Sums& out) const { out = sums_; }

 private:
  Sums sums_ = {};
};
#endif

}  // namespace

Sketch::Sketch(const CodeView& rows)
    : dim_(rows.dim),
      groups_((rows.dim + kGroup - 1) / kGroup),
      skip_(std::clamp<std::size_t>(groups_ / kFewest, 1, kMostSkipped)),
      first_groups_((groups_ + skip_ - 1) / skip_) {
  const std::size_t blocks = (rows.rows + kBlock - 1) / kBlock;
  std::uint64_t state = kSeed;
  for (std::size_t i = 0; i < kRounds * groups_ * kGroup; ++i) flips_.push_back((next(state) & 1) != 0 ? 1.0F : -1.0F);
  signs_.assign(blocks * groups_ * kPatterns, 0);
  inverses_.assign(blocks * kBlock, 0);
  largest_.assign(blocks, 0);
  std::vector<double> sum(dim_);
  for (std::size_t row = 0; row < rows.rows; ++row) {
    std::fill(sum.begin(), sum.end(), 0);
    add_row(rows, row, sum);
    std::vector<float> vector(sum.begin(), sum.end());
    rotate(vector);
    const std::size_t block = row / kBlock;
    const std::size_t place = row % kBlock;
    const std::size_t first = block * first_groups_ * kPatterns;
    const std::size_t rest = rest_of(block);
    double dot = 0;
    for (std::size_t i = 0; i < vector.size(); ++i) {
      dot += std::fabs(static_cast<double>(vector[i]));
      const std::size_t g = i / kGroup;
      const std::size_t at = g < first_groups_ ? first + g * kPatterns : rest + (g - first_groups_) * kPatterns;
      const unsigned bit = vector[i] >= 0 ? 1U : 0U;
      signs_[at + place % 16] |= static_cast<std::uint8_t>(bit << (i % kGroup + place / 16 * kGroup));
    }
    inverses_[row] = dot > 0 ? static_cast<float>(1 / dot) : 0;
    largest_[block] = std::max(largest_[block], inverses_[row]);
  }
}

/// Returns the place of what follows the first part of a block in the signs.
std::size_t Sketch::rest_of(std::size_t block) const {
  return (largest_.size() * first_groups_ + block * (groups_ - first_groups_)) * kPatterns;
}

/// Flips signs and mixes, twice: the first 2^n dimensions, then the last ones. Then puts every group of the first part
/// first: of all dimensions alike, as those at either end have been mixed with fewer others.
void Sketch::rotate(std::vector<float>& vector) const {
  const std::size_t size = groups_ * kGroup;
  const std::size_t mixed = std::bit_floor(size);
  vector.resize(size, 0);
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < size; ++i) vector[i] *= flips_[round * size + i];
    transform(std::span(vector).subspan(round == 0 ? 0 : size - mixed, mixed));
  }
  if (skip_ == 1) return;
  const std::vector<float> mixture = vector;
  float* out = vector.data();
  for (std::size_t first = 0; first < skip_; ++first) {
    for (std::size_t g = first; g < groups_; g += skip_) out = std::copy_n(mixture.data() + g * kGroup, kGroup, out);
  }
}

Sketch::Query Sketch::prepare(std::span<const float> vector) const {
  std::vector<float> turned(vector.begin(), vector.end());
  rotate(turned);
  Query out;
  out.sums.assign(groups_ * kPatterns, 0);
  double widest = 0;
  double offset = 0;
  double first_offset = 0;
  std::vector<double> least(groups_);
  for (std::size_t g = 0; g < groups_; ++g) {
    for (std::size_t i = 0; i < kGroup; ++i) least[g] -= std::fabs(static_cast<double>(turned[g * kGroup + i]));
    offset += least[g];
    if (g < first_groups_) first_offset += least[g];
    widest = std::max(widest, -2 * least[g]);
  }
  // The sums of kTogether groups fit into 8 bits, and all together into 16.
  const double step = widest / std::min<double>(kMostOfGroup, std::floor(kMostSum / static_cast<double>(groups_)));
  out.step = static_cast<float>(step);
  out.offset = static_cast<float>(offset);
  out.first_offset = static_cast<float>(first_offset);
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

/// Returns a sum that a row of the block must exceed to be a candidate; below 0 if any sum may do.
///
/// A part of the groups estimates as all of them do, with a larger error. The largest of 1 / <s, r> in the block serves
/// for all of its rows.
double Sketch::least_sum(const Query& query, std::size_t block, double bar, bool is_first) const {
  const double share = is_first ? static_cast<double>(first_groups_) / static_cast<double>(groups_) : 1;
  const auto size = static_cast<double>(groups_ * kGroup);
  const auto inverse = static_cast<double>(largest_[block]);
  const double error = std::sqrt(std::max(0.0, (inverse * inverse * size / share - 1) / (size - 1)));
  const double estimate = bar - (is_first ? kFirstDeviations : kDeviations) * error;
  if (!(estimate > 0)) return -1;
  const float offset = is_first ? query.first_offset : query.offset;
  // One less, for what rounding may take.
  return (estimate * share / inverse - static_cast<double>(offset)) / static_cast<double>(query.step) - 1;
}

std::uint32_t Sketch::candidates(const Query& query, std::size_t block, double bar, std::uint64_t& bytes) const {
  PatternSums found;
  found.add(signs_.data() + block * first_groups_ * kPatterns, query.sums.data(), first_groups_);
  bytes += first_groups_ * kPatterns + sizeof(float);
  if (!found.any_above(least_sum(query, block, bar, skip_ > 1))) return 0;
  if (skip_ > 1) {
    const std::size_t rest = groups_ - first_groups_;
    found.add(signs_.data() + rest_of(block), query.sums.data() + first_groups_ * kPatterns, rest);
    bytes += rest * kPatterns;
    if (!found.any_above(least_sum(query, block, bar, false))) return 0;
  }
  Sums sums;
  found.store(sums);
  bytes += kBlock * sizeof(float);
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
