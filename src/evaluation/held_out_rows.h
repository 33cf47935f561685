// Rows that are held out together, to be scored one by one: a whole task, or a share of every task.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/benchmark.h"
#include "evaluation/neighbour_lists.h"
#include "kernels/nearest.h"
#include "routing/policy.h"

namespace signalbox {

struct HeldOutRows {
  std::vector<std::uint32_t> rows;
  KnownRows known;
  std::vector<std::vector<Neighbour>> neighbours;  ///< [rows] the k nearest known rows of each, nearest first.
  std::vector<double> expected_costs;              ///< [models] see expected_costs.
};

/// Holds out a task. The lists must be complete.
[[nodiscard]] HeldOutRows hold_out_task(const Benchmark& benchmark, const NeighbourLists& lists, std::size_t task,
                                        std::size_t k);

/// Holds out this share of every task, one row at least, drawn with the seed; rows ascending.
[[nodiscard]] HeldOutRows hold_out_share(const Benchmark& benchmark, double share, std::uint64_t seed, std::size_t k);

/// Returns the blended price per million tokens; NaN if unknown.
[[nodiscard]] double price_or_nan(const ModelNumbers& numbers);

/// Returns the mean cost of each model over the known rows or, in a benchmark without costs, its price, [models]; NaN
/// if unknown.
[[nodiscard]] std::vector<double> expected_costs(const Benchmark& benchmark, const KnownRows& known);

/// Returns the evidence about row i of the held-out rows, of which the k nearest neighbours vote. Borrows everything.
[[nodiscard]] InputEvidence evidence_of(const Benchmark& benchmark, const HeldOutRows& held_out, std::size_t i,
                                        std::span<const Exclusion> exclusions, std::uint32_t k);

}  // namespace signalbox
