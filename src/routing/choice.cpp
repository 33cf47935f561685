#include "routing/choice.h"

#include <algorithm>

namespace signalbox {
namespace {

/// Returns the predicted correctness that the price rules allow the pick to lack against a rival.
double given_up(std::size_t wanted, std::size_t pick, std::size_t rival, const ChoiceRules& rules) {
  const PriceRules& price = rules.price_rules;
  if (price.answer_value >= 0) {
    const std::span<const double> costs = rules.costs;
    if (price.answer_value == 0 || costs[rival] < 0 || costs[pick] < 0) return price.answer_value == 0 ? 1 : 0;
    return std::max(0.0, costs[rival] - costs[pick]) / price.answer_value;
  }
  double out = price.tolerance;
  if (price.cost_weight > 0 && rules.prices[wanted] >= 0) {
    out += price.cost_weight * std::max(0.0, rules.prices[wanted] - rules.prices[pick]);
  }
  return out;
}

}  // namespace

std::vector<double> corrected_scores(const Forecast& forecast, std::span<const double> corrections) {
  std::vector<double> out = forecast.scores;
  for (std::size_t m = 0; m < corrections.size(); ++m) out[m] += corrections[m];
  return out;
}

bool is_confident(double eta, double confidence, std::size_t challenger, std::size_t best_single) {
  return eta <= 0 || challenger == best_single || confidence > eta;
}

Choice choose(const Forecast& forecast, const ChoiceRules& rules, Fallback fallback) {
  if (forecast.best_single == forecast.models()) return {};
  const std::vector<Exclusion>& exclusions = forecast.exclusions;
  const std::vector<double> scores = corrected_scores(forecast, rules.corrections);
  Choice out;
  out.best_single = forecast.best_single;
  out.challenger = best_allowed(scores, exclusions);
  out.fallback = fallback;
  if (out.challenger == forecast.models()) {
    out.challenger = out.best_single;
    out.fallback = Fallback::kLowConfidence;
  }
  std::size_t other = out.best_single;
  if (out.challenger == other && forecast.compares_runner_up) {
    other = next_best_allowed(scores, exclusions, other);
  }
  const std::span<const double> c = rules.corrections;
  const auto ahead = [&](std::size_t a, std::size_t b) { return c.empty() ? 0 : c[a] - c[b]; };
  if (out.challenger != other) {
    out.challenger_confidence = probability_better(forecast, out.challenger, other, ahead(out.challenger, other));
  }
  const bool leaves = is_confident(rules.eta, out.challenger_confidence, out.challenger, out.best_single);
  if (out.fallback == Fallback::kNone && !leaves) out.fallback = Fallback::kLowConfidence;
  const std::size_t wanted = out.fallback == Fallback::kLowConfidence ? out.best_single : out.challenger;
  out.model = trade_for_price(wanted, scores, rules.prices, exclusions, rules.price_rules, rules.costs);
  if (rules.decided < exclusions.size() && exclusions[rules.decided] == Exclusion::kNone) out.model = rules.decided;
  std::size_t rival = out.best_single;
  if (out.model == rival && forecast.compares_runner_up) rival = next_best_allowed(scores, exclusions, rival);
  if (out.model != rival) {
    out.confidence = probability_at_least(forecast, out.model, rival, ahead(out.model, rival),
                                          given_up(wanted, out.model, rival, rules));
  }
  return out;
}

}  // namespace signalbox
