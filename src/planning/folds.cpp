#include "planning/folds.h"

#include <algorithm>
#include <numeric>

#include "routing/random.h"

namespace signalbox {

std::vector<std::uint8_t> fold_groups(std::span<const std::uint32_t> row_counts, std::size_t folds,
                                      std::uint64_t seed) {
  std::vector<std::size_t> order(row_counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(seed);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  std::vector<std::uint64_t> sizes(folds, 0);
  std::vector<std::uint8_t> out(row_counts.size(), 0);
  for (const std::size_t group : order) {
    if (row_counts[group] == 0) continue;
    const auto fold = static_cast<std::size_t>(std::min_element(sizes.begin(), sizes.end()) - sizes.begin());
    out[group] = static_cast<std::uint8_t>(fold);
    sizes[fold] += row_counts[group];
  }
  return out;
}

}  // namespace signalbox
