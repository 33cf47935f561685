#include "planning/mixtures.h"

#include <algorithm>
#include <cmath>

namespace signalbox {
namespace {

constexpr std::size_t kSteps = 5;

/// Returns the corners of the upper hull, from the cheapest model to the best one.
std::vector<std::size_t> hull_of(const std::vector<BoundedEstimate>& singles) {
  std::vector<std::size_t> order;
  for (std::size_t m = 0; m < singles.size(); ++m) {
    if (!std::isnan(singles[m].value.usd)) order.push_back(m);
  }
  const auto usd = [&](std::size_t m) { return singles[m].value.usd; };
  const auto right = [&](std::size_t m) { return singles[m].value.right; };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return usd(a) < usd(b) || (usd(a) == usd(b) && right(a) > right(b));
  });
  std::vector<std::size_t> hull;
  for (const std::size_t m : order) {
    if (!hull.empty() && right(m) <= right(hull.back())) continue;
    // A corner below the line from its predecessor to this model does not count.
    while (hull.size() >= 2) {
      const std::size_t a = hull[hull.size() - 2];
      const std::size_t b = hull.back();
      if ((right(b) - right(a)) * (usd(m) - usd(a)) > (right(m) - right(a)) * (usd(b) - usd(a))) break;
      hull.pop_back();
    }
    hull.push_back(m);
  }
  return hull;
}

}  // namespace

std::vector<Mixture> mix_singles(const std::vector<BoundedEstimate>& singles) {
  std::vector<Mixture> out;
  const std::vector<std::size_t> hull = hull_of(singles);
  for (std::size_t i = 0; i + 1 < hull.size(); ++i) {
    const BoundedEstimate& a = singles[hull[i]];
    const BoundedEstimate& b = singles[hull[i + 1]];
    for (std::size_t step = i == 0 ? 0 : 1; step <= kSteps; ++step) {
      const double share = 1 - static_cast<double>(step) / kSteps;
      out.push_back({hull[i], hull[i + 1], share, share * a.value.right + (1 - share) * b.value.right,
                     share * a.value.usd + (1 - share) * b.value.usd});
    }
  }
  return out;
}

}  // namespace signalbox
