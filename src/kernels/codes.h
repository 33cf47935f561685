// Quantised rows: the layout and meaning of their codes, and the conversion of vectors into codes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace signalbox {

class Sketch;

/// Storage type of one component of a row. The values are those of the file format.
enum class CodeType : std::uint32_t { kFloat32 = 1, kInt8 = 2, kInt4 = 3, kBinary = 4 };

/// Largest dimension; keeps every integer dot product inside 32 bits (see query_levels).
inline constexpr std::size_t kMaxDimension = 8192;

/// Bytes of one row: its codes padded with zeros to a multiple of 16 bytes, so that a kernel never reads past a row.
[[nodiscard]] std::size_t row_stride(CodeType type, std::size_t dim);

/// A matrix of codes, borrowed.
///
/// Shapes: codes: [rows, stride bytes]; scales: float32 [rows].
/// A row represents the vector codes * scale, where scale is 1 / |codes|. Every row thus has unit norm, and a scaled
/// dot product of two rows is their cosine similarity, exact with respect to the codes. A row of zeros has scale 0 and
/// similarity 0 to everything.
/// int8: two's complement in -127..127. int4: two's complement nibbles in -7..7, low nibble first. binary: sign bits,
/// lowest first; 1 for a component >= 0 (read as +1), 0 for a negative one (read as -1). Padding bits are 0 and
/// ignored.
struct CodeView {
  CodeType type = CodeType::kFloat32;
  std::size_t rows = 0;
  std::size_t dim = 0;
  std::size_t stride = 0;
  const std::uint8_t* codes = nullptr;
  const float* scales = nullptr;
  const std::uint8_t* rests = nullptr;  ///< See rest_bounds; null without bounds.
  const Sketch* sketch = nullptr;       ///< By which find_nearest rules rows out, and may miss some; null: exact.
};

/// A matrix of codes, owned.
struct CodeMatrix {
  CodeType type = CodeType::kFloat32;
  std::size_t rows = 0;
  std::size_t dim = 0;
  std::vector<std::uint8_t> codes;
  std::vector<float> scales;

  [[nodiscard]] CodeView view() const;
};

/// Quantises row-major float32 vectors [rows, dim]; they must be finite and need not have unit norm.
/// int8 maps the largest component to 127. int4 tries a few clipping points and keeps the one with the largest
/// cosine to the original: at 15 levels the best range is narrower than the largest component.
[[nodiscard]] CodeMatrix quantize(CodeType type, std::span<const float> vectors, std::size_t dim);

/// Quantises one row into `out` [row_stride], which must hold zeros, and returns the row's scale.
[[nodiscard]] float quantize_row(CodeType type, std::span<const float> vector, std::uint8_t* out);

/// Stores a float32 row of unit norm, or a zero row, unchanged in `out` and returns its scale.
[[nodiscard]] float store_row_verbatim(std::span<const float> vector, std::uint8_t* out);

/// Adds the vector that a row represents to sum [dim].
void add_row(const CodeView& rows, std::size_t row, std::span<double> sum);

/// Queries prepared for dot products with one type of code.
///
/// For integer codes, queries are quantised to 16 bits, with as many levels as a 32-bit accumulator can hold, so that
/// the error of a query is hundreds of times smaller than that of the rows. The similarity of a query to a row is key *
/// inverse_norm, where key is the scaled dot product of score_tile.
struct QueryBlock {
  CodeType type = CodeType::kFloat32;
  std::size_t count = 0;
  std::size_t padded_dim = 0;         ///< Values of one query, padding included.
  std::vector<std::int16_t> levels;   ///< [count, padded_dim] for integer codes.
  std::vector<float> values;          ///< [count, padded_dim] for float32.
  std::vector<double> inverse_norms;  ///< [count]; 0 for a zero query.
};

/// Prepares row-major float32 queries [count, dim] for codes of this type.
[[nodiscard]] QueryBlock prepare_queries(CodeType type, std::span<const float> queries, std::size_t dim);

/// Returns a query as it was rounded, of unit norm or zero. Writes [dim] values.
void read_query(const QueryBlock& queries, std::size_t query, std::span<float> out);

}  // namespace signalbox
