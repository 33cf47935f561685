#include "routing/selection.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "index/decimal.h"

namespace signalbox {
namespace {

bool is_cheaper(std::size_t a, std::size_t b, std::span<const double> scores, std::span<const double> prices) {
  if (prices[a] != prices[b]) return prices[a] < prices[b];
  return scores[a] > scores[b];
}

/// Returns the score that a tolerance counts from: see trade_for_price.
double reference_score(std::size_t pick, std::span<const double> scores, std::span<const double> prices,
                       std::span<const Exclusion> exclusions) {
  if (prices[pick] >= 0) return scores[pick];
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t m = 0; m < scores.size(); ++m) {
    if (exclusions[m] == Exclusion::kNone && prices[m] >= 0) best = std::max(best, scores[m]);
  }
  return std::min(best, scores[pick]);
}

}  // namespace

double blended_price(double usd_per_mtok_in, double usd_per_mtok_out) {
  if (usd_per_mtok_in < 0 || usd_per_mtok_out < 0) return -1;
  if (usd_per_mtok_in == usd_per_mtok_out) return usd_per_mtok_in;
  return rounded_decimal((3 * usd_per_mtok_in + usd_per_mtok_out) / 4);
}

double blended_price(const ModelNumbers& numbers) {
  return blended_price(numbers.usd_per_mtok_in, numbers.usd_per_mtok_out);
}

std::string_view exclusion_name(Exclusion exclusion) {
  static constexpr std::array<std::string_view, kExclusionCount> kNames = {"",
                                                                           "not_a_candidate",
                                                                           "denied",
                                                                           "over_max_price",
                                                                           "price_unknown",
                                                                           "no_outcomes",
                                                                           "released_outside",
                                                                           "other_maker",
                                                                           "other_weights",
                                                                           "unknown_released",
                                                                           "unknown_maker",
                                                                           "unknown_open_weights",
                                                                           "expired",
                                                                           "context_too_small",
                                                                           "lacks_modality",
                                                                           "lacks_tools",
                                                                           "lacks_structured_output",
                                                                           "unknown_context",
                                                                           "unknown_modalities",
                                                                           "unknown_tools",
                                                                           "unknown_structured_output"};
  return kNames[static_cast<std::size_t>(exclusion)];
}

Error no_model_left(std::span<const Exclusion> exclusions, bool has_maximum) {
  std::string counts;
  const auto add = [&](Exclusion reason, const char* one, const char* many, bool always) {
    const auto count = std::count(exclusions.begin(), exclusions.end(), reason);
    if (count == 0 && !always) return;
    counts += ", " + std::to_string(count) + " " + (count == 1 ? one : many);
  };
  add(Exclusion::kOverMaxPrice, "costs more than the maximum price", "cost more than the maximum price", has_maximum);
  add(Exclusion::kPriceUnknown, "has no known price", "have no known price", has_maximum);
  add(Exclusion::kNotACandidate, "is not a candidate", "are not candidates", false);
  add(Exclusion::kDenied, "is denied", "are denied", false);
  add(Exclusion::kNoOutcomes, "has no outcomes", "have no outcomes", false);
  add(Exclusion::kReleasedOutside, "was released on another day", "were released on other days", false);
  add(Exclusion::kOtherMaker, "has another maker", "have other makers", false);
  add(Exclusion::kOtherWeights, "has other weights", "have other weights", false);
  add(Exclusion::kUnknownReleased, "has no known release", "have no known release", false);
  add(Exclusion::kUnknownMaker, "has no known maker", "have no known maker", false);
  add(Exclusion::kUnknownOpenWeights, "may be open or not", "may be open or not", false);
  add(Exclusion::kExpired, "is no longer offered", "are no longer offered", false);
  add(Exclusion::kContextTooSmall, "has too small a context", "have too small a context", false);
  add(Exclusion::kLacksModality, "lacks a needed modality", "lack a needed modality", false);
  add(Exclusion::kLacksTools, "cannot call tools", "cannot call tools", false);
  add(Exclusion::kLacksStructuredOutput, "has no structured output", "have no structured output", false);
  add(Exclusion::kUnknownContext, "has no known context", "have no known context", false);
  add(Exclusion::kUnknownModalities, "has no known modalities", "have no known modalities", false);
  add(Exclusion::kUnknownTools, "may call tools or not", "may call tools or not", false);
  add(Exclusion::kUnknownStructuredOutput, "may have structured output or not", "may have structured output or not",
      false);
  return {ErrorCode::kNoCandidate, "no model is left: of " + std::to_string(exclusions.size()) + " models" + counts};
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

std::size_t best_value(std::span<const double> scores, std::span<const double> costs,
                       std::span<const Exclusion> exclusions, double answer_value) {
  std::size_t best = scores.size();
  double most = 0;
  for (std::size_t m = 0; m < scores.size(); ++m) {
    if ((!exclusions.empty() && exclusions[m] != Exclusion::kNone) || costs[m] < 0 || scores[m] != scores[m]) continue;
    const double value = scores[m] * answer_value - costs[m];
    if (best != scores.size() && (value < most || (value == most && costs[m] >= costs[best]))) continue;
    best = m;
    most = value;
  }
  return best;
}

std::size_t trade_for_price(std::size_t pick, std::span<const double> scores, std::span<const double> prices,
                            std::span<const Exclusion> exclusions, const PriceRules& rules,
                            std::span<const double> costs) {
  if (costs.empty()) costs = prices;
  std::size_t chosen = pick;
  if (rules.answer_value >= 0) {
    if (costs[pick] < 0 && rules.answer_value >= kMostAnswerValue) return pick;
    std::vector<double> capped(scores.begin(), scores.end());
    for (double& score : capped) score = std::min(score, scores[pick]);
    const std::size_t best = best_value(capped, costs, exclusions, rules.answer_value);
    return best == scores.size() ? pick : best;
  }
  if (rules.cost_weight > 0 && prices[pick] >= 0) {
    const auto utility = [&](std::size_t m) {
      return std::min(scores[m], scores[pick]) - rules.cost_weight * prices[m];
    };
    for (std::size_t m = 0; m < scores.size(); ++m) {
      if (exclusions[m] != Exclusion::kNone || prices[m] < 0) continue;
      if (utility(m) > utility(chosen)) chosen = m;
    }
  }
  if (rules.tolerance > 0) {
    const double least = reference_score(chosen, scores, costs, exclusions) - rules.tolerance;
    for (std::size_t m = 0; m < scores.size(); ++m) {
      if (exclusions[m] != Exclusion::kNone || costs[m] < 0 || !(scores[m] >= least)) continue;
      if (costs[chosen] < 0 || is_cheaper(m, chosen, scores, costs)) chosen = m;
    }
  }
  return chosen;
}

}  // namespace signalbox
