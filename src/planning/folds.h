// Folds of rows that never separate a group.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace signalbox {

/// Returns the fold [groups] of each group: in an order drawn from the seed, each group joins the fold with the fewest
/// rows, ties the lower. row_counts: [groups] rows of each group; groups without rows join the first fold.
[[nodiscard]] std::vector<std::uint8_t> fold_groups(std::span<const std::uint32_t> row_counts, std::size_t folds,
                                                    std::uint64_t seed);

}  // namespace signalbox
