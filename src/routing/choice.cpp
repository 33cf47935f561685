#include "routing/choice.h"

namespace signalbox {

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
  if (out.challenger != other) {
    const auto& c = rules.corrections;
    const double ahead = c.empty() ? 0 : c[out.challenger] - c[other];
    out.confidence = probability_better(forecast, out.challenger, other, ahead);
  }
  const bool leaves = is_confident(rules.eta, out.confidence, out.challenger, out.best_single);
  if (out.fallback == Fallback::kNone && !leaves) out.fallback = Fallback::kLowConfidence;
  const std::size_t wanted = out.fallback == Fallback::kLowConfidence ? out.best_single : out.challenger;
  out.model = trade_for_price(wanted, scores, rules.prices, exclusions, rules.price_rules);
  return out;
}

}  // namespace signalbox
