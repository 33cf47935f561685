// How far the families of an index reach: the distance up to which the router takes a prompt for one of theirs.
#pragma once

#include <span>
#include <vector>

#include "index/families.h"

namespace signalbox {

/// Returns the reach of each family, [F]; see FamilyPredictor::reach. It is the 99th percentile of its rows' distances,
/// of a family without rows that of all, but at least half the median distance between rows of different families:
/// rows made of one template are much nearer to each other than to a prompt that says the same in other words.
/// vectors: [rows, dim]; rows of zeros belong to no family; distances: [rows] mean distance to the kappa nearest other
/// rows. Complexity: O(rows F dim).
[[nodiscard]] std::vector<float> reach_of_families(const FamilyPredictor& predictor, std::span<const float> vectors,
                                                   std::span<const float> distances);

}  // namespace signalbox
