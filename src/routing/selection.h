// Exclusion of models, prices, and the trade between quality and price.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "index/index.h"
#include "status.h"

namespace signalbox {

/// Reasons why a model is not in a ranking.
enum class Exclusion : std::uint8_t {
  kNone,
  kNotACandidate,  ///< Not in the allow list.
  kDenied,         ///< In the deny list.
  kOverMaxPrice,   ///< More expensive than the maximum price.
  kPriceUnknown,   ///< A maximum price is set, and the model's price is unknown.
  kNoOutcomes,     ///< The benchmark never measured the model.
  // What the caller knows of the model beside the benchmark:
  kReleasedOutside,     ///< Released before or after the wanted days.
  kOtherMaker,          ///< Made by none of the wanted makers.
  kOtherWeights,        ///< Its weights are not open, or not closed, as wanted.
  kUnknownReleased,     ///< The day of its release is not known.
  kUnknownMaker,        ///< Its maker is not known.
  kUnknownOpenWeights,  ///< Whether its weights are open is not known.
  kExpired,             ///< No longer offered.
  // What the input needs:
  kContextTooSmall,          ///< Reads fewer tokens than needed.
  kLacksModality,            ///< Does not read a kind of content.
  kLacksTools,               ///< Cannot call tools.
  kLacksStructuredOutput,    ///< Cannot keep to a schema.
  kUnknownContext,           ///< The tokens that it reads are not known.
  kUnknownModalities,        ///< The kinds of content that it reads are not known.
  kUnknownTools,             ///< Whether it calls tools is not known.
  kUnknownStructuredOutput,  ///< Whether it keeps to a schema is not known.
};
inline constexpr std::size_t kExclusionCount = 21;

/// Returns the name of a reason, as in `no_outcomes`; '' for kNone.
[[nodiscard]] std::string_view exclusion_name(Exclusion exclusion);

struct PriceRules {
  double max_usd_per_mtok = -1;  ///< More expensive models are excluded; negative: no maximum.
  double max_usd_per_answer = -1;
  double tolerance = 0;      ///< Score that may be given up for a lower price; 0: no trade.
  double cost_weight = 0;    ///< Score given up per US dollar per million tokens.
  double answer_value = -1;  ///< US dollars that one right answer is worth; negative: no trade. See best_value.

  [[nodiscard]] bool has_maximum() const { return max_usd_per_mtok >= 0 || max_usd_per_answer >= 0; }
};

/// Returns one price per model: three parts input to one part output tokens, as price comparisons usually blend them;
/// negative if either price is unknown. Blends of decimals are decimals: see rounded_decimal.
[[nodiscard]] double blended_price(double usd_per_mtok_in, double usd_per_mtok_out);

/// Returns the blended price of a model of the index.
[[nodiscard]] double blended_price(const ModelNumbers& numbers);

/// Returns the error of a call for which no model is left: how many models each rule excludes. The two rules of a
/// maximum price are always named if there is one.
[[nodiscard]] Error no_model_left(std::span<const Exclusion> exclusions, bool has_maximum);

/// Returns the allowed model with the largest value; ties go to the lower model, and NaN never wins. models.size() if
/// no model is allowed.
[[nodiscard]] std::size_t best_allowed(std::span<const double> values, std::span<const Exclusion> exclusions);

/// Returns the best allowed model other than `best`; `best` if no other is allowed.
[[nodiscard]] std::size_t next_best_allowed(std::span<const double> values, std::span<const Exclusion> exclusions,
                                            std::size_t best);

/// Returns the allowed model with the largest score * answer_value - cost; ties go to the lower cost, then to the lower
/// model. Models without a known cost (negative) or with a score of NaN are left out; scores.size() if none is left.
/// answer_value: US dollars that a score of 1 is worth, >= 0. costs: [models] US dollars. exclusions: [models]; empty:
/// none.
[[nodiscard]] std::size_t best_value(std::span<const double> scores, std::span<const double> costs,
                                     std::span<const Exclusion> exclusions, double answer_value);

/// Trades the pick for a cheaper model if the rules ask for it.
///
/// With a cost weight: the model with the largest min(score, score of the pick) - cost_weight * price. No model earns
/// credit above the pick, which is the best that the policy can justify. A pick without a price stays.
/// Then with a tolerance: the model of the lowest cost whose score is at least the reference less the tolerance. The
/// reference is the pick, or if its cost is not known the best model with a cost, which counts for no more than the
/// pick. Ties go to the higher score, then to the lower model. Without any cost the pick stays. costs: [models]
/// negative: unknown; empty: the prices.
/// With an answer value, in place of both: see best_value, of min(score, score of the pick); at kMostAnswerValue a pick
/// without a cost stays.
[[nodiscard]] std::size_t trade_for_price(std::size_t pick, std::span<const double> scores,
                                          std::span<const double> prices, std::span<const Exclusion> exclusions,
                                          const PriceRules& rules, std::span<const double> costs = {});

}  // namespace signalbox
