#include "routing/selection.h"

#include <algorithm>

namespace signalbox {
namespace {

bool is_cheaper(std::size_t a, std::size_t b, std::span<const double> scores, std::span<const double> prices) {
  if (prices[a] != prices[b]) return prices[a] < prices[b];
  return scores[a] > scores[b];
}

}  // namespace

double blended_price(double usd_per_mtok_in, double usd_per_mtok_out) {
  if (usd_per_mtok_in < 0 || usd_per_mtok_out < 0) return -1;
  return (3 * usd_per_mtok_in + usd_per_mtok_out) / 4;
}

std::size_t best_allowed(std::span<const double> values, std::span<const Exclusion> exclusions) {
  std::size_t best = values.size();
  for (std::size_t m = 0; m < values.size(); ++m) {
    if (exclusions[m] != Exclusion::kNone || values[m] != values[m]) continue;
    if (best == values.size() || values[m] > values[best]) best = m;
  }
  return best;
}

std::size_t next_best_allowed(std::span<const double> values, std::span<const Exclusion> exclusions, std::size_t best) {
  std::vector<Exclusion> others(exclusions.begin(), exclusions.end());
  others[best] = Exclusion::kNotACandidate;
  const std::size_t next = best_allowed(values, others);
  return next == values.size() ? best : next;
}

std::size_t trade_for_price(std::size_t pick, std::span<const double> scores, std::span<const double> prices,
                            std::span<const Exclusion> exclusions, const PriceRules& rules) {
  std::size_t chosen = pick;
  if (rules.cost_weight > 0 && prices[pick] >= 0) {
    const auto utility = [&](std::size_t m) {
      return std::min(scores[m], scores[pick]) - rules.cost_weight * prices[m];
    };
    for (std::size_t m = 0; m < scores.size(); ++m) {
      if (exclusions[m] != Exclusion::kNone || prices[m] < 0) continue;
      if (utility(m) > utility(chosen)) chosen = m;
    }
  }
  if (rules.quality_bar >= 0) {
    const double least = scores[chosen] - rules.quality_bar;
    for (std::size_t m = 0; m < scores.size(); ++m) {
      if (exclusions[m] != Exclusion::kNone || prices[m] < 0 || scores[m] < least) continue;
      if (prices[chosen] < 0 || is_cheaper(m, chosen, scores, prices)) chosen = m;
    }
  }
  return chosen;
}

}  // namespace signalbox
