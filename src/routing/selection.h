// Which models may be chosen, at which price, and the trade between quality and price.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace signalbox {

/// Why a model is not in a ranking.
enum class Exclusion : std::uint8_t {
  kNone,
  kNotACandidate,  ///< Not in the allow list.
  kDenied,         ///< In the deny list.
  kOverMaxPrice,   ///< Dearer than the maximum price.
  kPriceUnknown,   ///< A maximum price is set and the model's price is not known.
  kNoOutcomes,     ///< The benchmark never measured the model.
};

struct PriceRules {
  double max_usd_per_mtok = -1;  ///< Dearer models are excluded; negative: no maximum.
  double quality_bar = -1;       ///< Take the cheapest model whose score is within this of the pick's; negative: off.
  double cost_weight = 0;        ///< Score given up per US dollar per million tokens.
};

/// One price a model: three parts input to one part output tokens, as price comparisons usually blend them; negative
/// where either is unknown.
[[nodiscard]] double blended_price(double usd_per_mtok_in, double usd_per_mtok_out);

/// The lowest model among those allowed with the largest value (NaN never wins); models.size() if none is allowed.
[[nodiscard]] std::size_t best_allowed(std::span<const double> values, std::span<const Exclusion> exclusions);

/// The best one but for `best`; `best` where no other is allowed.
[[nodiscard]] std::size_t next_best_allowed(std::span<const double> values, std::span<const Exclusion> exclusions,
                                            std::size_t best);

/// Trades the pick for a cheaper model where the rules ask for it.
///
/// With a cost weight: the model with the largest min(score, score of the pick) - cost_weight * price: no model earns
/// credit above the pick, which the policy holds to be the best it can justify. Then with a quality bar: the cheapest
/// model whose score is at least the chosen one's less the bar. Ties: the higher score, then the lower number. A model
/// without a price is only ever chosen by the policy itself.
[[nodiscard]] std::size_t trade_for_price(std::size_t pick, std::span<const double> scores,
                                          std::span<const double> prices, std::span<const Exclusion> exclusions,
                                          const PriceRules& rules);

}  // namespace signalbox
