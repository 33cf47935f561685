// The static embedder: one learned vector per token, averaged and normalised (Model2Vec's layout).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace signalbox {

enum class TableType : std::uint8_t { kFloat32, kFloat16, kInt8, kInt4 };

/// A table of token vectors. `data` is borrowed; weights and mapping are owned.
///
/// Shapes: data: [rows, dim] of the type, dense; int4 rows are ceil(dim / 2) bytes of two's complement nibbles, low
/// nibble first. weights: [tokens], or empty (all 1). mapping: [tokens] row of each token, or empty (token i has row
/// i).
struct EmbeddingTable {
  TableType type = TableType::kFloat32;
  std::size_t rows = 0;
  std::size_t dim = 0;
  const std::uint8_t* data = nullptr;
  std::vector<float> weights;
  std::vector<std::uint32_t> mapping;

  [[nodiscard]] std::size_t tokens() const { return mapping.empty() ? rows : mapping.size(); }
};

/// Converts IEEE 754 binary16 to float32.
[[nodiscard]] float half_to_float(std::uint16_t half);

/// Bytes of one row of a table.
[[nodiscard]] std::size_t table_row_bytes(TableType type, std::size_t dim);

/// Writes the unit vector of a text to out [table.dim] and returns the number of tokens that were used. Tokens outside
/// the table are skipped. The vector is zero if no token is left; it is also zero, and 0 is returned, if the values are
/// not finite or cancel out. Deterministic: native and wasm add in the same order.
std::size_t embed_tokens(const EmbeddingTable& table, std::span<const std::uint32_t> tokens, std::span<float> out);

}  // namespace signalbox
