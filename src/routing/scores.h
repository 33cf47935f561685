// Scores of a task (eqs. 3, 4, 7), the accuracy of the predictor (eqs. 12-14), and the confidence in a choice (eq. 8).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "index/index.h"

namespace signalbox {

/// Returns p(d', m) for every model: the Nadaraya-Watson smoother over the pairs, with a Gaussian kernel of width sigma
/// (eq. 14). A model without a pair gets 1/2: nothing is known of its predictor. Distances far from every pair are
/// safe: the kernel is taken relative to its largest value.
[[nodiscard]] std::vector<double> smooth_accuracy(const PairView& pairs, std::size_t models, double u, double sigma);

/// Returns S3 = S2 p + (1 - S2) (1 - p) (eq. 7).
[[nodiscard]] double calibrated_score(double s2, double p);

/// The distribution of S(m) = Bin(n+, p) + Bin(n-, 1 - p): correct answers of a model on n = n+ + n- inputs of which
/// n+ were predicted to be right, by a predictor of accuracy p (eq. 8).
///
/// first: the smallest count kept; mass[i] = P(S = first + i). Counts whose binomial mass is below 1e-18 of the largest
/// are left out, so that a task of n inputs costs O(n) and not O(n^2).
struct CountDistribution {
  std::size_t first = 0;
  std::vector<double> mass;
};
[[nodiscard]] CountDistribution correct_counts(std::size_t positive, std::size_t negative, double p);

/// Returns P(a > b) for independent counts, strict, exact except for the mass left out (below 1e-12).
[[nodiscard]] double probability_greater(const CountDistribution& a, const CountDistribution& b);

/// Returns P(a >= b - given_up) for independent counts, ties included, as exact as probability_greater.
[[nodiscard]] double probability_at_least(const CountDistribution& a, const CountDistribution& b, std::size_t given_up);

/// Returns the smallest count c with P(S <= c) >= q.
[[nodiscard]] std::size_t count_quantile(const CountDistribution& counts, double q);

/// An interval of probabilities.
struct Interval {
  double low = 0;
  double high = 1;
};

/// Returns Wilson's 95% interval for a proportion seen in n trials; [0, 1] without a trial. A graded mean counts as a
/// proportion, so its interval is wider than necessary.
[[nodiscard]] Interval wilson_interval(double mean, double trials);

/// Outcomes of one model less those of another, over the inputs that measured both.
struct PairedOutcomes {
  double wins = 0;    ///< Sum of the positive differences; a fraction for graded outcomes.
  double losses = 0;  ///< Sum of the negative ones, as a positive number.
  double count = 0;   ///< Inputs, ties included.
};

/// Returns the confidence, from paired comparisons, that the first model is right at least as often as the second one,
/// less `given_up` (>= 0): P(theta >= 1/2 - given_up count / (2 D)) for theta ~ Beta(1 + wins, 1 + losses) and D = wins
/// + losses. With theta as the share of D that is won, the mean difference is (wins - losses) / count = (2 theta - 1) D
/// / count, which is at least -given_up for these theta. If all comparisons are ties, D = 0 and any given_up > 0 makes
/// it certain. Without a comparison, D / count counts as 1, its largest value.
[[nodiscard]] double probability_better(const PairedOutcomes& pairs, double given_up = 0);

}  // namespace signalbox
