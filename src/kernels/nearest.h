// The k nearest rows by cosine distance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/codes.h"

namespace signalbox {

/// One neighbour: a row and its cosine distance 1 - similarity, in [0, 2].
struct Neighbour {
  std::uint32_t row = 0;
  double cosine_distance = 0;

  friend bool operator==(const Neighbour&, const Neighbour&) = default;
};

/// Selects the rows that may be neighbours: all, or all but those of one task.
struct RowFilter {
  std::span<const std::uint16_t> row_tasks;  ///< [rows]; if empty, every row passes.
  std::uint16_t excluded_task = 0;

  [[nodiscard]] bool passes(std::size_t row) const { return row_tasks.empty() || row_tasks[row] != excluded_task; }
};

/// Returns the k nearest rows of each query, nearest first; fewer if fewer rows pass the filter.
///
/// Exact with respect to the codes; with a sketch of the rows (sketch.h) it may miss a few neighbours. Ties in distance
/// go to the lower row. A zero query is at distance 1 from every row. Sets `bytes_read` to the bytes of codes and
/// sketches that were read for all queries. Complexity: O(rows * dim) per query, in tiles that stay in cache for the
/// whole block of queries. Thread-safe.
[[nodiscard]] std::vector<std::vector<Neighbour>> find_nearest(const CodeView& rows, const QueryBlock& queries,
                                                               std::size_t k, const RowFilter& filter = {},
                                                               std::uint64_t* bytes_read = nullptr);

/// Cosine similarities [queries.count, rows.rows], row-major, clamped to [-1, 1].
[[nodiscard]] std::vector<double> similarities(const CodeView& rows, const QueryBlock& queries);

}  // namespace signalbox
