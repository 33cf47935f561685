// Rows that are held out together, to be scored one by one: a whole task, or a share of every task.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "evaluation/benchmark.h"
#include "evaluation/neighbour_lists.h"
#include "kernels/nearest.h"
#include "routing/policy.h"
#include "status.h"

namespace signalbox {

/// Options of every evaluation of single rows.
struct RowOptions {
  /// Rows to hold out: each task in turn or, if set, this share of every task at once (one row at least), drawn with
  /// the seed.
  std::optional<double> share;
  std::uint64_t seed = 1;
  std::uint32_t k = 10;              ///< Neighbours that vote.
  std::vector<std::size_t> pool;     ///< Candidates.
  std::vector<double> cost_weights;  ///< Correctness given up per US dollar.
};

/// Checks the pools of candidates. Errors: invalid_argument for a model beyond the last, or lists that are not
/// complete.
[[nodiscard]] Status check_pools(const Benchmark& benchmark, const NeighbourLists& lists,
                                 std::span<const std::vector<std::size_t>> pools);

struct HeldOutRows {
  std::vector<std::uint32_t> rows;
  KnownRows known;
  std::vector<std::vector<Neighbour>> neighbours;  ///< [rows] the k nearest known rows of each, nearest first.
  /// [models] mean cost over the known rows or, in a benchmark without costs, the price; NaN if unknown.
  std::vector<double> expected_costs;
};

/// Calls `use` with each group of held-out rows and their k nearest known rows. The lists must be complete.
void for_each_group(const Benchmark& benchmark, const NeighbourLists& lists, const RowOptions& options, std::size_t k,
                    const std::function<void(const HeldOutRows&)>& use);

/// Returns the blended price per million tokens; NaN if unknown.
[[nodiscard]] double price_or_nan(const ModelNumbers& numbers);

/// Returns the evidence about row i of the held-out rows, of which the k nearest neighbours vote. Borrows everything.
[[nodiscard]] InputEvidence evidence_of(const Benchmark& benchmark, const HeldOutRows& held_out, std::size_t i,
                                        std::span<const Exclusion> exclusions, std::uint32_t k);

}  // namespace signalbox
