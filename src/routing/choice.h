// From a forecast to a pick: the challenger against the best single model, then the trade for price. The router and the
// evaluation both choose here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "routing/policy.h"
#include "routing/selection.h"

namespace signalbox {

inline constexpr std::size_t kNoModel = std::numeric_limits<std::size_t>::max();

/// Reasons why the policy's own choice was not trusted.
enum class Fallback : std::uint8_t {
  kNone,
  kLowConfidence,  ///< Not confident enough that the challenger beats the best single model.
  kOutOfCoverage,  ///< Nothing in the benchmark is near the input.
  kUnread,         ///< The embedder could not read the input: its vector is zero.
};

/// Rules of a choice. Borrows everything.
struct ChoiceRules {
  double eta = 0;                       ///< Confidence required to leave the best single model; 0: none.
  std::span<const double> prices = {};  ///< [models] see RouteOptions; unused without price rules.
  PriceRules price_rules = {};
  std::span<const double> corrections = {};  ///< [models] added to the scores; empty: nothing.
  std::span<const double> costs = {};        ///< [models] see trade_for_price; empty: the prices.
  std::size_t decided = kNoModel;            ///< The pick, if the caller has decided and the model is allowed.
};

struct Choice {
  std::size_t model = kNoModel;        ///< The pick; kNoModel: no model may be chosen.
  std::size_t best_single = kNoModel;  ///< m*, among the models that may be chosen.
  std::size_t challenger = kNoModel;   ///< The argmax of the scores, before fallback and price.
  /// P(the pick is right at least as often as m*, less the quality that the price rules give up): see
  /// probability_at_least. A tolerance gives up all of itself; the cost weight gives up itself times the saving of
  /// the pick over the model before the trade; an answer value gives up the saving over the model compared, divided by
  /// itself. If the pick is m*: 1, or for a forecast that
  /// compares it the same probability against the next best model, because which model is best is not certain either.
  double confidence = 1;
  /// P(challenger beats m*); it must exceed eta. If they are the same model 1, or P(m* beats the next best model) for a
  /// forecast that compares it.
  double challenger_confidence = 1;
  Fallback fallback = Fallback::kNone;
};

/// Returns the scores as they are compared, [models]; they may leave 0..1.
[[nodiscard]] std::vector<double> corrected_scores(const Forecast& forecast, std::span<const double> corrections);

/// Returns whether a challenger may replace the best single model.
[[nodiscard]] bool is_confident(double eta, double confidence, std::size_t challenger, std::size_t best_single);

/// Picks the challenger, m* if the confidence is not above eta, or a cheaper model by the price rules. A fallback that
/// is known before keeps the challenger, because then the scores are means. Without any score the pick is m*.
[[nodiscard]] Choice choose(const Forecast& forecast, const ChoiceRules& rules, Fallback fallback = Fallback::kNone);

}  // namespace signalbox
