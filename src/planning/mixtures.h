// Mixtures of single models, drawn by lot: what routing has to beat.
#pragma once

#include <vector>

#include "planning/estimates.h"

namespace signalbox {

/// A lot between two models: `share` of the answers come from the first one.
struct Mixture {
  std::size_t first = 0;
  std::size_t second = 0;
  double share = 1;
  double right = 0;  ///< 0..1
  double usd = 0;    ///< per answer
};

/// Returns lots between two models, from the cheapest model to the best one: the corners of the upper hull of (cost,
/// correctness), and four steps between two corners. Models without a cost take no part. Ties in cost go to the better
/// model, then to the lower one.
[[nodiscard]] std::vector<Mixture> mix_singles(const std::vector<BoundedEstimate>& singles);

}  // namespace signalbox
