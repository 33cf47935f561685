// Rows that are held out together, to be judged one by one: a whole task, or a share of every task.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/benchmark.h"
#include "evaluation/neighbour_lists.h"
#include "kernels/nearest.h"
#include "routing/selection.h"

namespace signalbox {

struct HeldOutRows {
  std::vector<std::uint32_t> rows;
  KnownRows known;
  std::vector<std::vector<Neighbour>> neighbours;  ///< [rows] the k nearest known rows of each, nearest first.
  std::vector<double> expected_costs;              ///< [models] see expected_costs.
};

/// The lists must be complete.
[[nodiscard]] HeldOutRows hold_out_task(const Benchmark& benchmark, const NeighbourLists& lists, std::size_t task,
                                        std::size_t k);

/// This share of every task, one row at least, drawn with the seed; rows ascending.
[[nodiscard]] HeldOutRows hold_out_share(const Benchmark& benchmark, double share, std::uint64_t seed, std::size_t k);

/// The blended price per million tokens; NaN where it is unknown.
[[nodiscard]] double price_or_nan(const ModelNumbers& numbers);

/// [models] mean cost over the known rows or, in a benchmark without costs, the price; NaN unknown.
[[nodiscard]] std::vector<double> expected_costs(const Benchmark& benchmark, const KnownRows& known);

/// [models] what kSignalbox expects of the models that are not excluded on a row with a known token.
[[nodiscard]] std::vector<double> expected_correctness(const Benchmark& benchmark, const KnownRows& known,
                                                       std::uint32_t row, std::span<const Exclusion> exclusions);

}  // namespace signalbox
