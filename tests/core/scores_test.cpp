#include "routing/scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <tuple>

#include "support.h"

namespace signalbox {
namespace {

double binomial_mass(std::size_t n, std::size_t i, double p) {
  double choose = 1;
  for (std::size_t j = 0; j < i; ++j) choose = choose * static_cast<double>(n - j) / static_cast<double>(j + 1);
  return choose * std::pow(p, static_cast<double>(i)) * std::pow(1 - p, static_cast<double>(n - i));
}

/// P(S_a > S_b) by enumerating every pair of binomials of both models.
double enumerate(std::size_t n, std::size_t a_plus, double pa, std::size_t b_plus, double pb) {
  double total = 0;
  for (std::size_t i = 0; i <= a_plus; ++i)
    for (std::size_t j = 0; j <= n - a_plus; ++j)
      for (std::size_t k = 0; k <= b_plus; ++k)
        for (std::size_t l = 0; l <= n - b_plus; ++l) {
          if (i + j <= k + l) continue;
          total += binomial_mass(a_plus, i, pa) * binomial_mass(n - a_plus, j, 1 - pa) * binomial_mass(b_plus, k, pb) *
                   binomial_mass(n - b_plus, l, 1 - pb);
        }
  return total;
}

TEST(Confidence, EqualsTheEnumerationOfEveryOutcome) {
  constexpr std::size_t kInputs = 9;
  for (const std::size_t a : {0, 4, 9}) {
    for (const std::size_t b : {0, 3, 9}) {
      for (const double pa : {0.0, .3, .6, 1.0}) {
        for (const double pb : {.25, .5, 1.0}) {
          const double exact =
              probability_greater(correct_counts(a, kInputs - a, pa), correct_counts(b, kInputs - b, pb));
          EXPECT_NEAR(exact, enumerate(kInputs, a, pa, b, pb), 1e-12) << a << " " << b << " " << pa << " " << pb;
        }
      }
    }
  }
}

TEST(Confidence, StaysExactAndNormalisedForALargeTask) {
  const CountDistribution counts = correct_counts(60000, 40000, .7);
  double mass = 0;
  double mean = 0;
  for (std::size_t i = 0; i < counts.mass.size(); ++i) {
    mass += counts.mass[i];
    mean += counts.mass[i] * static_cast<double>(counts.first + i);
  }
  EXPECT_NEAR(mass, 1, 1e-9);
  EXPECT_NEAR(mean, 60000 * .7 + 40000 * .3, 1e-3);
  EXPECT_LT(counts.mass.size(), 10000U) << "negligible tails are left out";
}

TEST(Confidence, QuantilesBracketTheMean) {
  const CountDistribution counts = correct_counts(50, 50, .8);
  EXPECT_LT(count_quantile(counts, .025), 50U);
  EXPECT_EQ(count_quantile(counts, .5), 50U);
  EXPECT_GT(count_quantile(counts, .975), 50U);
}

TEST(Confidence, IsZeroForTasksWithoutInputsAndForEqualCertainties) {
  EXPECT_EQ(probability_greater(correct_counts(0, 0, .7), correct_counts(0, 0, .2)), 0) << "0 > 0 is false";
  EXPECT_EQ(probability_greater(correct_counts(5, 0, 1), correct_counts(5, 0, 1)), 0) << "strict";
  EXPECT_EQ(probability_greater(correct_counts(5, 0, 1), correct_counts(4, 1, 1)), 1);
  EXPECT_EQ(probability_greater(correct_counts(4, 1, 1), correct_counts(5, 0, 1)), 0);
}

TEST(CorrectCounts, AreCertainWhereThePredictorIs) {
  const CountDistribution right = correct_counts(7, 3, 1);
  EXPECT_EQ(right.first, 7U);
  EXPECT_EQ(right.mass, std::vector<double>{1});
  const CountDistribution wrong = correct_counts(7, 3, 0);
  EXPECT_EQ(wrong.first, 3U);
  EXPECT_EQ(wrong.mass, std::vector<double>{1});
  EXPECT_EQ(count_quantile(right, .025), 7U);
  EXPECT_EQ(count_quantile(right, .975), 7U);
}

TEST(CorrectCounts, StayNormalisedForExtremeAccuracies) {
  for (const double p : {1e-300, 1e-17, 1e-9, .5, 1 - 1e-9, 1 - 1e-16}) {
    for (const std::size_t n : {1, 2, 1000}) {
      const CountDistribution counts = correct_counts(n, n / 2, p);
      double mass = 0;
      for (const double m : counts.mass) mass += m;
      EXPECT_NEAR(mass, 1, 1e-12) << p << " " << n;
      EXPECT_LE(counts.first + counts.mass.size() - 1, n + n / 2) << p << " " << n;
    }
  }
}

TEST(CalibratedScore, ReversesTheRankingWhereThePredictorIsWorseThanChance) {
  EXPECT_GT(calibrated_score(.9, .8), calibrated_score(.1, .8));
  EXPECT_LT(calibrated_score(.9, .2), calibrated_score(.1, .2));
  EXPECT_DOUBLE_EQ(calibrated_score(.7, .6), .7 * .6 + .3 * .4);
}

TEST(Smoother, WeighsPairsByAGaussianKernelAndSkipsMissingOnes) {
  const std::vector<float> u = {.2F, .4F};
  const std::vector<float> p = {.9F, -1, .5F, .6F};  // Model 1 has no pair at u = .2.
  const std::vector<double> out = smooth_accuracy({u, p}, 2, .3, .1);
  EXPECT_NEAR(out[0], .7, 1e-6);
  EXPECT_NEAR(out[1], .6, 1e-6);
}

TEST(Smoother, SurvivesADistanceFarFromEveryPairAndAnEmptySet) {
  const std::vector<float> u = {.2F, .4F};
  const std::vector<float> p = {.9F, .5F};
  EXPECT_NEAR(smooth_accuracy({u, p}, 1, 2, .001)[0], .5, 1e-6);
  EXPECT_EQ(smooth_accuracy({}, 1, .3, .1)[0], .5);
}

TEST(Smoother, FollowsTheNearestPairWithTheNarrowestKernel) {
  const std::vector<float> u = {.2F};
  const std::vector<float> p = {.9F};
  // Its exponents are huge, but finite.
  EXPECT_NEAR(smooth_accuracy({u, p}, 1, 2, kLeastSigma)[0], .9, 1e-6);
}

TEST(Confidence, CountsTiesAndWhatIsGivenUpLikeTheEnumeration) {
  constexpr std::size_t kInputs = 9;
  for (const auto& [a, pa, b, pb] :
       {std::tuple{4U, .6, 3U, .25}, {9U, .9, 0U, .5}, {0U, .3, 9U, .8}, {5U, 1.0, 5U, 1.0}, {2U, .5, 7U, 1.0}}) {
    const CountDistribution first = correct_counts(a, kInputs - a, pa);
    const CountDistribution second = correct_counts(b, kInputs - b, pb);
    double before = 0;
    for (std::size_t given_up = 0; given_up <= kInputs + 1; ++given_up) {
      double expected = 0;
      for (std::size_t i = 0; i < first.mass.size(); ++i) {
        for (std::size_t j = 0; j < second.mass.size(); ++j) {
          const bool holds = first.first + i + given_up >= second.first + j;
          expected += holds ? first.mass[i] * second.mass[j] : 0;
        }
      }
      const double found = probability_at_least(first, second, given_up);
      EXPECT_NEAR(found, expected, 1e-12) << "given up " << given_up;
      EXPECT_GE(found, before - 1e-15);
      before = found;
    }
    EXPECT_NEAR(before, 1, 1e-12);
    EXPECT_GE(probability_at_least(first, second, 0), probability_greater(first, second));
  }
  EXPECT_EQ(probability_at_least(correct_counts(5, 0, 1), correct_counts(5, 0, 1), 0), 1) << "a tie counts";
}

TEST(PairedConfidence, IsTheSignTestOfABetaPosterior) {
  EXPECT_NEAR(probability_better({}), .5, 1e-12);
  // P(Beta(2, 1) > 1/2) = 1 - 1/4, P(Beta(4, 2) > 1/2) = 26/32.
  EXPECT_NEAR(probability_better({1, 0, 1}), .75, 1e-12);
  EXPECT_NEAR(probability_better({3, 1, 4}), 26.0 / 32, 1e-12);
  EXPECT_NEAR(probability_better({3, 1, 9}), 26.0 / 32, 1e-12) << "with nothing given up ties say nothing";
  EXPECT_NEAR(probability_better({3, 1, 4}) + probability_better({1, 3, 4}), 1, 1e-12);
}

TEST(PairedConfidence, AllowsForWhatIsGivenUp) {
  // Beta(2, 1) has the distribution function x^2, Beta(1, 2) has 1 - (1 - x)^2.
  EXPECT_NEAR(probability_better({1, 0, 1}, .2), 1 - .4 * .4, 1e-12) << "theta >= 1/2 - .2 / 2";
  EXPECT_NEAR(probability_better({0, 1, 1}, .2), .6 * .6, 1e-12);
  EXPECT_NEAR(probability_better({0, 1, 4}, .2), .9 * .9, 1e-12) << "three ties: theta >= 1/2 - .2 * 4 / 2";
  EXPECT_EQ(probability_better({0, 1, 5}, .2), 1) << "a fifth of the inputs is lost at most";
  EXPECT_EQ(probability_better({0, 0, 3}, .01), 1) << "nothing but ties";
  EXPECT_NEAR(probability_better({}, .2), .6, 1e-12) << "uniform without a comparison";
}

TEST(PairedConfidence, IsTheShareOfDrawsFromTheBetaPosterior) {
  // Beta(a, b) for whole a and b as the a-th smallest of a + b - 1 uniform draws.
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform;
  const PairedOutcomes pairs{2, 4, 10};
  for (const double given_up : {0.0, .05, .15, .3}) {
    constexpr int kDraws = 200000;
    int good = 0;
    for (int i = 0; i < kDraws; ++i) {
      std::array<double, 7> draws{};
      for (double& x : draws) x = uniform(random);
      std::nth_element(draws.begin(), draws.begin() + 2, draws.end());
      const double difference = (2 * draws[2] - 1) * (pairs.wins + pairs.losses) / pairs.count;
      good += difference >= -given_up ? 1 : 0;
    }
    EXPECT_NEAR(probability_better(pairs, given_up), static_cast<double>(good) / kDraws, .005) << given_up;
  }
}

TEST(Wilson, ContainsTheMeanAndNarrowsWithTrials) {
  const Interval few = wilson_interval(.5, 10);
  const Interval many = wilson_interval(.5, 1000);
  EXPECT_NEAR(few.low, .2366, 1e-4);
  EXPECT_NEAR(few.high, .7634, 1e-4);
  EXPECT_GT(many.low, few.low);
  EXPECT_EQ(wilson_interval(.5, 0).high, 1);
  EXPECT_EQ(wilson_interval(0, 10).low, 0);
  EXPECT_NEAR(wilson_interval(0, 10).high, .2775, 1e-4);
  EXPECT_DOUBLE_EQ(wilson_interval(1, 10).high, 1);
}

}  // namespace
}  // namespace signalbox
