// The expected price of one answer: the tokens of the prompt, and those that a model is expected to write.
#pragma once

#include <span>
#include <vector>

#include "index/index.h"

namespace signalbox {

/// Prices in US dollars per million tokens; negative: unknown.
struct TokenPrices {
  double in = -1;
  double out = -1;
};

/// Tokens of a prompt of which only the vector is known.
inline constexpr double kDefaultPromptTokens = 200;

/// Returns the expected US dollars of an answer of each model, [models]; negative if it is not known.
///
/// Expected output tokens: the geometric mean of the lengths of the tasks and kinds whose lengths are known, by their
/// weights, times the ratio of the model's answers to those of the median model; 1 if the index does not know it.
/// Lengths differ a thousandfold, so a small share of a long task must not make a greeting long. Weights without a
/// known task, or none, are replaced by equal ones.
[[nodiscard]] std::vector<double> usd_per_answer(const AnswerTokenView& tokens, std::span<const double> weights,
                                                 std::span<const TokenPrices> prices, double prompt_tokens);

}  // namespace signalbox
