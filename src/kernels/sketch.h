// Sketches of rows: a sign bit per dimension, by which most rows are ruled out before their codes are read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/codes.h"

namespace signalbox {

/// A sign bit per dimension of each row, after a random rotation that all rows and queries share.
///
/// With the signs s and r of a row and the row itself, <s, q> / <s, r> estimates its cosine with q. Over rotations, the
/// error is about normal, and its deviation follows from <s, r> alone, whatever the data (Gao and Long, RaBitQ, 2024,
/// arXiv 2405.12497). A row is a candidate if its estimate plus kDeviations of that may exceed a bar.
class Sketch {
 public:
  static constexpr std::size_t kBlock = 32;  ///< Rows that are estimated together.

  /// A query's sums of four dimensions each, by the 16 patterns of their signs.
  struct Query {
    std::vector<std::uint8_t> sums;  ///< [groups, 16] in steps, from the least sum of the group.
    float step = 0;
    float offset = 0;        ///< Sum of the least sums.
    float first_offset = 0;  ///< The same of the first part.
  };

  /// Sketches rows of float32, int8 or int4.
  explicit Sketch(const CodeView& rows);

  /// Prepares a query. vector: float32 [dim], of unit norm or zero.
  [[nodiscard]] Query prepare(std::span<const float> vector) const;

  /// Returns a bit for each row of a block whose cosine with the query may exceed the bar. Adds what was read to
  /// `bytes`.
  [[nodiscard]] std::uint32_t candidates(const Query& query, std::size_t block, double bar, std::uint64_t& bytes) const;

  [[nodiscard]] std::size_t size_bytes() const {
    return signs_.size() + (inverses_.size() + largest_.size()) * sizeof(float);
  }

 private:
  [[nodiscard]] std::size_t rest_of(std::size_t block) const;
  void rotate(std::vector<float>& vector) const;
  [[nodiscard]] double least_sum(const Query& query, std::size_t block, double bar, bool is_first) const;

  std::size_t dim_;
  std::size_t groups_;        ///< Groups of four dimensions.
  std::size_t skip_;          ///< One group of so many is in the first part, by which blocks are ruled out.
  std::size_t first_groups_;  ///< Groups of the first part.
  /// [blocks, first groups, 16], then [blocks, other groups, 16] low nibbles: rows 0-15 of the block; high: rows 16-31.
  std::vector<std::uint8_t> signs_;
  std::vector<float> inverses_;  ///< [blocks * kBlock] 1 / <s, r>; 0 for a row of zeros.
  std::vector<float> largest_;   ///< [blocks] the largest of a block's inverses.
  std::vector<float> flips_;     ///< [rounds, groups * 4] -1 or 1.
};

}  // namespace signalbox
