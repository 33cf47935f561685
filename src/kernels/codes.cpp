#include "kernels/codes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace signalbox {
namespace {

constexpr std::size_t kRowAlignment = 16;
constexpr int kInt8Max = 127;
constexpr int kInt4Max = 7;

std::size_t codes_per_stride(CodeType type, std::size_t stride) {
  switch (type) {
    case CodeType::kFloat32: return stride / sizeof(float);
    case CodeType::kInt8: return stride;
    case CodeType::kInt4: return stride * 2;
    case CodeType::kBinary: return stride * 8;
  }
  return 0;
}

/// Returns the largest query level at which the sum of padded_dim products with codes of magnitude `code_max` fits into
/// int32.
int query_levels(std::size_t padded_dim, int code_max) {
  const double most = 2147483647.0 / (static_cast<double>(padded_dim) * code_max);
  return static_cast<int>(std::min(32767.0, std::floor(most)));
}

/// Position of code i in a prepared int4 query. The kernel unpacks int4 rows four nibbles at a time from 16-bit lanes,
/// so a block of 32 codes comes out in the order 0,4,..,28, 1,5,..,29, and so on. Queries use the same order.
std::size_t int4_position(std::size_t i) {
  const std::size_t in_block = i % 32;
  return i - in_block + (in_block % 4) * 8 + in_block / 4;
}

float max_magnitude(std::span<const float> v) {
  float most = 0;
  for (const float x : v) most = std::max(most, std::fabs(x));
  return most;
}

double inverse_norm(std::span<const float> v) {
  double squared = 0;
  for (const float x : v) squared += static_cast<double>(x) * x;
  return squared > 0 ? 1 / std::sqrt(squared) : 0;
}

std::vector<float> to_unit(std::span<const float> v) {
  const double inverse = inverse_norm(v);
  std::vector<float> unit(v.size());
  for (std::size_t i = 0; i < v.size(); ++i) unit[i] = static_cast<float>(v[i] * inverse);
  return unit;
}

/// Rounds v / step into codes in -limit..limit and returns (dot with v, squared norm of the codes).
std::pair<double, std::int64_t> round_codes(std::span<const float> v, float step, int limit, int* codes) {
  double dot = 0;
  std::int64_t squared = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const int code = std::clamp(static_cast<int>(std::lround(v[i] / step)), -limit, limit);
    codes[i] = code;
    dot += static_cast<double>(v[i]) * code;
    squared += static_cast<std::int64_t>(code) * code;
  }
  return {dot, squared};
}

/// Fits the codes of one row into `best` and returns their scale 1 / |codes|.
float fit_codes(std::span<const float> v, int limit, std::span<const float> clips, std::vector<int>& best) {
  const float most = max_magnitude(v);
  if (most == 0) return 0;
  std::vector<int> codes(v.size());
  double best_cosine = -2;
  std::int64_t best_squared = 0;
  for (const float clip : clips) {
    const float step = most * clip / static_cast<float>(limit);
    if (!(step > 0)) continue;
    const auto [dot, squared] = round_codes(v, step, limit, codes.data());
    if (squared == 0) continue;
    const double cosine = dot / std::sqrt(static_cast<double>(squared));
    if (cosine > best_cosine) {
      best_cosine = cosine;
      best_squared = squared;
      best = codes;
    }
  }
  return best_squared == 0 ? 0.0F : static_cast<float>(1 / std::sqrt(static_cast<double>(best_squared)));
}

void store_row(CodeType type, const std::vector<int>& codes, std::uint8_t* out) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (type == CodeType::kInt8) {
      out[i] = static_cast<std::uint8_t>(codes[i]);
    } else {
      const auto nibble = static_cast<std::uint8_t>(codes[i] & 0xF);
      out[i / 2] |= static_cast<std::uint8_t>(i % 2 == 0 ? nibble : nibble << 4);
    }
  }
}

float store_signs(std::span<const float> v, std::uint8_t* out) {
  for (std::size_t i = 0; i < v.size(); ++i) out[i / 8] |= static_cast<std::uint8_t>((v[i] >= 0 ? 1U : 0U) << (i % 8));
  return max_magnitude(v) == 0 ? 0 : static_cast<float>(1 / std::sqrt(static_cast<double>(v.size())));
}

/// Largest magnitude of an integer code. A file may hold -128 or -8, which the builder never writes.
int largest_code(CodeType type) {
  if (type == CodeType::kInt8) return 128;
  return type == CodeType::kInt4 ? 8 : 1;
}

}  // namespace

std::size_t row_stride(CodeType type, std::size_t dim) {
  std::size_t bytes = 0;
  switch (type) {
    case CodeType::kFloat32: bytes = dim * sizeof(float); break;
    case CodeType::kInt8: bytes = dim; break;
    case CodeType::kInt4: bytes = (dim + 1) / 2; break;
    case CodeType::kBinary: bytes = (dim + 7) / 8; break;
  }
  return (bytes + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
}

CodeView CodeMatrix::view() const { return {type, rows, dim, row_stride(type, dim), codes.data(), scales.data()}; }

float quantize_row(CodeType type, std::span<const float> vector, std::uint8_t* out) {
  static constexpr std::array<float, 1> kFullRange = {1.0F};
  static constexpr std::array<float, 7> kClips = {1.0F, .9F, .8F, .7F, .6F, .5F, .4F};
  if (type == CodeType::kBinary) return store_signs(vector, out);
  if (type == CodeType::kFloat32) {
    const std::vector<float> unit = to_unit(vector);
    std::memcpy(out, unit.data(), unit.size() * sizeof(float));
    return static_cast<float>(inverse_norm(unit));
  }
  std::vector<int> codes(vector.size(), 0);
  const float scale = type == CodeType::kInt8 ? fit_codes(vector, kInt8Max, kFullRange, codes)
                                              : fit_codes(vector, kInt4Max, kClips, codes);
  store_row(type, codes, out);
  return scale;
}

float store_row_verbatim(std::span<const float> vector, std::uint8_t* out) {
  std::memcpy(out, vector.data(), vector.size_bytes());
  return static_cast<float>(inverse_norm(vector));
}

CodeMatrix quantize(CodeType type, std::span<const float> vectors, std::size_t dim) {
  CodeMatrix m{type, vectors.size() / dim, dim, {}, {}};
  const std::size_t stride = row_stride(type, dim);
  m.codes.assign(m.rows * stride, 0);
  m.scales.assign(m.rows, 0);
  for (std::size_t r = 0; r < m.rows; ++r) {
    m.scales[r] = quantize_row(type, vectors.subspan(r * dim, dim), m.codes.data() + r * stride);
  }
  return m;
}

void add_row(const CodeView& rows, std::size_t row, std::span<double> sum) {
  const std::uint8_t* codes = rows.codes + row * rows.stride;
  const auto scale = static_cast<double>(rows.scales[row]);
  for (std::size_t i = 0; i < rows.dim; ++i) {
    double code = 0;
    switch (rows.type) {
      case CodeType::kFloat32: {
        float value = 0;
        std::memcpy(&value, codes + i * sizeof(float), sizeof(value));
        code = static_cast<double>(value);
        break;
      }
      case CodeType::kInt8: code = static_cast<std::int8_t>(codes[i]); break;
      case CodeType::kInt4: {
        const int nibble = (codes[i / 2] >> (i % 2 * 4)) & 0xF;
        code = nibble >= 8 ? nibble - 16 : nibble;
        break;
      }
      case CodeType::kBinary: code = ((codes[i / 8] >> (i % 8)) & 1) != 0 ? 1 : -1; break;
    }
    sum[i] += code * scale;
  }
}

QueryBlock prepare_queries(CodeType type, std::span<const float> queries, std::size_t dim) {
  QueryBlock block;
  block.type = type;
  block.count = queries.size() / dim;
  block.padded_dim = codes_per_stride(type, row_stride(type, dim));
  block.inverse_norms.assign(block.count, 0);
  const bool integer = type != CodeType::kFloat32;
  if (integer) block.levels.assign(block.count * block.padded_dim, 0);
  else block.values.assign(block.count * block.padded_dim, 0);
  const int levels = query_levels(block.padded_dim, largest_code(type));
  for (std::size_t q = 0; q < block.count; ++q) {
    const std::span<const float> v = queries.subspan(q * dim, dim);
    const std::size_t offset = q * block.padded_dim;
    if (!integer) {
      const std::vector<float> unit = to_unit(v);
      std::copy(unit.begin(), unit.end(), block.values.begin() + static_cast<std::ptrdiff_t>(offset));
      block.inverse_norms[q] = inverse_norm(unit);
      continue;
    }
    const float most = max_magnitude(v);
    if (most == 0) continue;
    double squared = 0;
    for (std::size_t i = 0; i < dim; ++i) {
      const auto level = static_cast<std::int16_t>(std::lround(static_cast<double>(v[i]) / most * levels));
      block.levels[offset + (type == CodeType::kInt4 ? int4_position(i) : i)] = level;
      squared += static_cast<double>(level) * level;
    }
    block.inverse_norms[q] = 1 / std::sqrt(squared);
  }
  return block;
}

void read_query(const QueryBlock& queries, std::size_t query, std::span<float> out) {
  const std::size_t offset = query * queries.padded_dim;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t place = offset + (queries.type == CodeType::kInt4 ? int4_position(i) : i);
    const double x = queries.type == CodeType::kFloat32 ? static_cast<double>(queries.values[place])
                                                        : static_cast<double>(queries.levels[place]);
    out[i] = static_cast<float>(x * queries.inverse_norms[query]);
  }
}

}  // namespace signalbox
