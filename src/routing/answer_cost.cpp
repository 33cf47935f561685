#include "routing/answer_cost.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "index/decimal.h"

namespace signalbox {
namespace {

constexpr double kMillion = 1e6;

/// Returns the geometric mean of the lengths of the tasks that have one; negative without any. Empty weights: equal
/// ones.
double typical_length(std::span<const float> lengths, std::span<const double> weights) {
  double sum = 0;
  double total = 0;
  for (std::size_t t = 0; t < lengths.size(); ++t) {
    const double weight = weights.empty() ? 1 : weights[t];
    if (!(lengths[t] >= 0) || !(weight > 0)) continue;
    sum += weight * std::log(std::max(1.0, static_cast<double>(lengths[t])));
    total += weight;
  }
  return total > 0 ? std::exp(sum / total) : -1;
}

}  // namespace

std::vector<double> usd_per_answer(const AnswerTokenView& tokens, std::span<const double> weights,
                                   std::span<const TokenPrices> prices, double prompt_tokens) {
  double length = weights.size() == tokens.tasks.size() ? typical_length(tokens.tasks, weights) : -1;
  if (length < 0) length = typical_length(tokens.tasks, {});
  std::vector<double> out(prices.size(), -1);
  if (length < 0) return out;
  for (std::size_t m = 0; m < prices.size(); ++m) {
    if (prices[m].in < 0 || prices[m].out < 0) continue;
    const double ratio = m < tokens.models.size() && tokens.models[m] >= 0 ? static_cast<double>(tokens.models[m]) : 1;
    out[m] = rounded_decimal((prices[m].in * prompt_tokens + prices[m].out * length * ratio) / kMillion);
  }
  return out;
}

}  // namespace signalbox
