// Scores of a task (eqs. 3, 4, 7), the accuracy of the predictor (eqs. 12-14), and how sure a choice is (eq. 8).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "index/index.h"

namespace signalbox {

/// p(d', m) for every model: the Nadaraya-Watson smoother over the pairs, Gaussian kernel of width sigma (eq. 14).
/// A model without a pair gets 1/2: nothing is known of its predictor. Distances far from every pair are safe: the
/// kernel is taken relative to its largest value.
[[nodiscard]] std::vector<double> smooth_accuracy(const PairView& pairs, std::size_t models, double u, double sigma);

/// S3 = S2 p + (1 - S2) (1 - p) (eq. 7).
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

/// P(a > b) for independent counts, strict, exact but for the mass left out (below 1e-12).
[[nodiscard]] double probability_greater(const CountDistribution& a, const CountDistribution& b);

/// P(a >= b - given_up), likewise, but ties count.
[[nodiscard]] double probability_at_least(const CountDistribution& a, const CountDistribution& b, std::size_t given_up);

/// The smallest count c with P(S <= c) >= q.
[[nodiscard]] std::size_t count_quantile(const CountDistribution& counts, double q);

/// An interval of probabilities.
struct Interval {
  double low = 0;
  double high = 1;
};

/// Wilson's 95% interval for a proportion seen in n trials; [0, 1] for none. A graded mean counts as a proportion,
/// which is wider than need be.
[[nodiscard]] Interval wilson_interval(double mean, double trials);

/// Outcomes of one model less those of another, over the inputs that measured both.
struct PairedOutcomes {
  double wins = 0;    ///< Sum of the positive differences; a fraction for graded outcomes.
  double losses = 0;  ///< Sum of the negative ones, as a positive number.
  double count = 0;   ///< Inputs, ties included.
};

/// P(theta >= 1/2 - given_up count / (2 D)) for theta ~ Beta(1 + wins, 1 + losses) and D = wins + losses: how sure it
/// is, after so many paired comparisons, that the first model is right at least as often as the second one, less
/// `given_up` (0..). With the share theta of D the mean difference is (wins - losses) / count = (2 theta - 1) D /
/// count, which is at least -given_up for these theta. Without a comparison D counts as large as it may be, as `count`.
[[nodiscard]] double probability_better(const PairedOutcomes& pairs, double given_up = 0);

}  // namespace signalbox
