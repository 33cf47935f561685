// Bounds for the loss of a rule against a baseline, from rows that had no part in making the rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace signalbox {

/// Losses that a promise may speak of.
enum class LossKind : std::uint8_t {
  kNet,    ///< Mean of baseline's outcome - pick's outcome: rows that gain make up for rows that lose.
  kWorse,  ///< Share of rows on which the pick is worse than the baseline, beyond a tolerance.
};

/// Returns the mean of losses, and their variance plus one part in as many as there are, so that losses without any
/// variance do not promise that there is none; 0 and 1 without losses.
[[nodiscard]] double mean_loss(std::span<const double> losses);
[[nodiscard]] double loss_variance(std::span<const double> losses);

/// Returns whether a bet against "the mean loss is `limit` or more" wins: then this is false with confidence 1 - delta.
/// The capital starts at 1 and is multiplied by 1 - bet * (loss - limit) for each loss in turn; it reaches 1 / delta
/// with a chance of at most delta if the statement is true (Ville's inequality). The bets are the predictable plug-in
/// of Waudby-Smith and Ramdas (2024, section 4), at most .9 of what cannot ruin; `variance` is a first guess of the
/// variance from other losses, and counts as 20 of them. losses: -1..1, independent, in an order drawn by lot. limit:
/// -1..1. delta: 0..1, both without the ends.
[[nodiscard]] bool refutes_by_bet(std::span<const double> losses, double variance, double limit, double delta);
/// Returns the lowest limit, in steps of .001 from 1 down, such that refutes_by_bet holds there and above; 1 if it
/// holds nowhere. The mean loss is below it with confidence 1 - delta.
[[nodiscard]] double bound_by_bet(std::span<const double> losses, double variance, double delta);

/// Returns the upper bound of Hoeffding and Bentkus (Bates et al. 2021, section 3.1) for the mean of values in 0..1, in
/// steps of .001: for (1 + loss) / 2 if losses may be negative.
[[nodiscard]] double bound_hoeffding_bentkus(double mean, std::size_t count, double delta);

/// Returns the chance of at most `losses` losses in `rows` independent rows that lose with chance `rate`.
[[nodiscard]] double binomial_tail(std::size_t losses, std::size_t rows, double rate);
/// Returns the upper bound of Clopper and Pearson (1934) for a rate, in steps of 1e-6, rounded up; 1 if all rows lose.
[[nodiscard]] double bound_clopper_pearson(std::size_t losses, std::size_t rows, double delta);

/// Returns how many independent rows give a bet, or a test of Clopper and Pearson, a chance of 80% to refute `limit`,
/// if the mean loss is `mean` with this variance; 0 if no number does, since the mean is not below the limit,
/// or if more than 10 million are needed. The number for a bet is that of a constant bet, by the normal approximation.
[[nodiscard]] std::size_t rows_for_bet(double mean, double variance, double limit, double delta);
[[nodiscard]] std::size_t rows_for_clopper_pearson(double rate, double limit, double delta);

}  // namespace signalbox
