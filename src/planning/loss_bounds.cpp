#include "planning/loss_bounds.h"

#include <algorithm>
#include <cmath>

namespace signalbox {
namespace {

/// Losses that the first guess of the variance counts for.
constexpr double kGuessLosses = 20;
/// Largest bet, as a share of the one that a single row could ruin.
constexpr double kMostBet = .9;
constexpr int kSteps = 1000;  // of a bound in -1..1, to each side of 0
constexpr std::size_t kMostRows = 10'000'000;
constexpr double kZ80 = .8416212335729143;  // 80% quantile of the normal distribution

}  // namespace

double mean_loss(std::span<const double> losses) {
  double sum = 0;
  for (const double loss : losses) sum += loss;
  return losses.empty() ? 0 : sum / static_cast<double>(losses.size());
}

double loss_variance(std::span<const double> losses) {
  const double mean = mean_loss(losses);
  double squares = 1;
  for (const double loss : losses) squares += (loss - mean) * (loss - mean);
  return squares / static_cast<double>(std::max<std::size_t>(losses.size(), 1));
}

bool refutes_by_bet(std::span<const double> losses, double variance, double limit, double delta) {
  const double scale = 2 * std::log(1 / delta) / static_cast<double>(losses.size());
  const double most = kMostBet / (1 - limit);
  double capital = 1;
  double count = kGuessLosses;
  double squares = variance * kGuessLosses;
  double sum = 0;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    capital *= 1 - std::min(std::sqrt(scale * count / squares), most) * (losses[i] - limit);
    if (capital >= 1 / delta) return true;
    sum += losses[i];
    const double deviation = losses[i] - sum / static_cast<double>(i + 1);
    squares += deviation * deviation;
    count += 1;
  }
  return false;
}

double bound_by_bet(std::span<const double> losses, double variance, double delta) {
  int step = kSteps;
  while (step > -kSteps + 1 && refutes_by_bet(losses, variance, static_cast<double>(step - 1) / kSteps, delta)) --step;
  return static_cast<double>(step) / kSteps;
}

double bound_hoeffding_bentkus(double mean, std::size_t count, double delta) {
  const auto n = static_cast<double>(count);
  const auto losses = static_cast<std::size_t>(std::ceil(n * mean - 1e-9));
  const auto is_refuted = [&](double limit) {
    if (mean >= limit) return false;
    const double of_mean = mean > 0 ? mean * std::log(mean / limit) : 0;
    const double of_rest = (1 - mean) * std::log((1 - mean) / (1 - limit));
    return std::min(std::exp(-n * (of_mean + of_rest)), std::exp(1.0) * binomial_tail(losses, count, limit)) <= delta;
  };
  int step = kSteps;
  while (step > 1 && is_refuted(static_cast<double>(step - 1) / kSteps)) --step;
  return static_cast<double>(step) / kSteps;
}

double binomial_tail(std::size_t losses, std::size_t rows, double rate) {
  if (losses >= rows) return 1;
  if (rate <= 0) return 1;
  if (rate >= 1) return 0;
  const auto n = static_cast<double>(rows);
  double log_term = n * std::log1p(-rate);
  const double log_odds = std::log(rate) - std::log1p(-rate);
  double sum = 0;
  for (std::size_t k = 0; k <= losses; ++k) {
    sum += std::exp(log_term);
    log_term += std::log((n - static_cast<double>(k)) / static_cast<double>(k + 1)) + log_odds;
  }
  return std::min(sum, 1.0);
}

double bound_clopper_pearson(std::size_t losses, std::size_t rows, double delta) {
  constexpr int kMillionths = 1'000'000;
  if (losses >= rows) return 1;
  int low = 0;  // not refuted
  int high = kMillionths;
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    if (binomial_tail(losses, rows, static_cast<double>(middle) / kMillionths) <= delta) high = middle;
    else low = middle;
  }
  return static_cast<double>(high) / kMillionths;
}

std::size_t rows_for_bet(double mean, double variance, double limit, double delta) {
  const double gap = limit - mean;
  if (!(gap > 0)) return 0;
  const double bet = std::min(gap / (variance + gap * gap), kMostBet / (1 - limit));
  const double growth = bet * gap - bet * bet * (variance + gap * gap) / 2;
  const double spread = kZ80 * bet * std::sqrt(variance);
  // The capital of n rows grows by n * growth - sqrt(n) * spread or more with a chance of 80%.
  const double root = (spread + std::sqrt(spread * spread + 4 * growth * std::log(1 / delta))) / (2 * growth);
  const double rows = std::ceil(root * root);
  return rows <= static_cast<double>(kMostRows) ? static_cast<std::size_t>(rows) : 0;
}

std::size_t rows_for_clopper_pearson(double rate, double limit, double delta) {
  if (!(rate < limit)) return 0;
  // The rows that are needed without a loss, with one, with two ...: each as many as refute the limit.
  std::size_t rows = 1;
  for (std::size_t losses = 0; rows <= kMostRows; losses += 1 + losses / 50) {
    std::size_t step = 1;
    while (binomial_tail(losses, rows + step, limit) > delta && rows + step <= kMostRows) step *= 2;
    std::size_t low = rows + step / 2;
    std::size_t high = rows + step;
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (binomial_tail(losses, middle, limit) <= delta) high = middle;
      else low = middle + 1;
    }
    rows = high;
    if (binomial_tail(losses, rows, rate) >= .8) return rows;
  }
  return 0;
}

}  // namespace signalbox
