#include "embedding/static_embedder.h"

#include <Eigen/Core>
#include <cmath>
#include <cstring>

namespace signalbox {
namespace {

/// Squared norm up to which a vector counts as zero: the inverse of a smaller norm would not fit into float32.
constexpr double kLeastSquaredNorm = 1e-60;

float int4_value(const std::uint8_t* row, std::size_t i) {
  const int nibble = (row[i / 2] >> (i % 2 * 4)) & 0xF;
  return static_cast<float>(nibble >= 8 ? nibble - 16 : nibble);
}

void add_row(const EmbeddingTable& table, const std::uint8_t* row, float weight, std::span<float> out) {
  for (std::size_t i = 0; i < table.dim; ++i) {
    float value = 0;
    switch (table.type) {
      case TableType::kFloat32: std::memcpy(&value, row + 4 * i, 4); break;
      case TableType::kFloat16: {
        std::uint16_t half = 0;
        std::memcpy(&half, row + 2 * i, 2);
        value = half_to_float(half);
        break;
      }
      case TableType::kInt8: value = static_cast<float>(static_cast<std::int8_t>(row[i])); break;
      case TableType::kInt4: value = int4_value(row, i); break;
    }
    out[i] += value * weight;
  }
}

}  // namespace

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1FU;
  const std::uint32_t fraction = half & 0x3FFU;
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 31 ? 255 : exponent + 112;
  const std::uint32_t bits = sign | wide << 23 | fraction << 13;
  float value = 0;  // std::bit_cast is missing from the oldest supported libc++.
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

std::size_t table_row_bytes(TableType type, std::size_t dim) {
  switch (type) {
    case TableType::kFloat32: return dim * 4;
    case TableType::kFloat16: return dim * 2;
    case TableType::kInt8: return dim;
    case TableType::kInt4: return (dim + 1) / 2;
  }
  return 0;
}

std::size_t embed_tokens(const EmbeddingTable& table, std::span<const std::uint32_t> tokens, std::span<float> out) {
  Eigen::Map<Eigen::VectorXf> vector(out.data(), static_cast<Eigen::Index>(table.dim));
  vector.setZero();
  const std::size_t row_bytes = table_row_bytes(table.type, table.dim);
  std::size_t used = 0;
  for (const std::uint32_t token : tokens) {
    if (token >= table.tokens()) continue;
    const std::size_t row = table.mapping.empty() ? token : table.mapping[token];
    const float weight = table.weights.empty() ? 1.0F : table.weights[token];
    add_row(table, table.data + row * row_bytes, weight, out);
    ++used;
  }
  double squared = 0;  // Summed in order, not by Eigen, whose order depends on the instruction set.
  for (const float x : out) squared += static_cast<double>(x) * x;
  if (!(squared > kLeastSquaredNorm) || !std::isfinite(squared)) {
    vector.setZero();
    return 0;
  }
  vector *= static_cast<float>(1 / std::sqrt(squared));
  return used;
}

}  // namespace signalbox
