// One list of neighbours per row, searched once; every pool of an evaluation is a filter over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "evaluation/benchmark.h"
#include "kernels/nearest.h"

namespace signalbox {

/// Codes of the rows that are left, in order, so that ties still go to the lower row.
class GatheredRows {
 public:
  GatheredRows(const Benchmark& benchmark, const KnownRows& known);

  /// Returns the neighbours among them, by their numbers in the benchmark, without rows of `excluded_task` (kNoTask
  /// excludes none).
  [[nodiscard]] std::vector<std::vector<Neighbour>> nearest(const QueryBlock& queries, std::size_t k,
                                                            std::size_t excluded_task) const;

 private:
  CodeMatrix codes_;
  std::vector<std::uint16_t> row_tasks_;
  std::vector<std::uint32_t> rows_;
};

/// Nearest rows outside a row's own task: a hundred more than an evaluation asks for, so that most lists are still long
/// enough when rows are left out. The others are searched again. Memory: 16 bytes per entry.
class NeighbourLists {
 public:
  /// The benchmark must outlive the lists.
  explicit NeighbourLists(const Benchmark& benchmark);

  /// Searches for the next `rows` rows. Returns the number of rows done so far. Complexity: O(rows * all rows * dim).
  std::size_t search(std::size_t rows);
  [[nodiscard]] bool complete() const { return done_ == order_.size(); }

  /// Returns the `count` nearest known rows of each of `rows`, which are of one task, from the other tasks; exact,
  /// nearest first.
  [[nodiscard]] std::vector<std::vector<Neighbour>> nearest(std::span<const std::uint32_t> rows, const KnownRows& known,
                                                            std::size_t count,
                                                            std::optional<GatheredRows>& gathered) const;

 private:
  const Benchmark& benchmark_;
  std::size_t length_;
  std::vector<std::uint32_t> order_;  ///< Rows task by task: a search leaves out one task.
  std::size_t done_ = 0;
  std::vector<std::vector<Neighbour>> lists_;  ///< [rows]
};

}  // namespace signalbox
