// From a forecast to a pick, on forecasts that are written down.
#include "routing/choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace signalbox {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Three models of which the first is the best single one; the grounds are neighbours' outcomes.
Forecast forecast_of(std::vector<double> scores, std::vector<float> outcomes = {}) {
  Forecast out;
  out.scores = std::move(scores);
  out.exclusions.assign(out.models(), Exclusion::kNone);
  out.grounds = NeighbourOutcomes{out.models(), std::move(outcomes)};
  return out;
}

TEST(Choose, PicksTheChallengerWithoutRules) {
  const Choice c = choose(forecast_of({.2, .5, .4}), {});
  EXPECT_EQ(c.model, 1U);
  EXPECT_EQ(c.challenger, 1U);
  EXPECT_EQ(c.best_single, 0U);
  EXPECT_EQ(c.fallback, Fallback::kNone);
  EXPECT_DOUBLE_EQ(c.challenger_confidence, .5) << "without a neighbour nothing is known";
}

TEST(Choose, StaysWithTheBestSingleModelUnlessTheConfidenceIsAboveEta) {
  // One comparison that the challenger wins: P(Beta(2, 1) > 1/2) = 3/4.
  const Forecast forecast = forecast_of({.2, .5, .4}, {0, 1, 1});
  const Choice stays = choose(forecast, {.eta = .75});
  EXPECT_EQ(stays.model, 0U);
  EXPECT_EQ(stays.challenger, 1U);
  EXPECT_EQ(stays.fallback, Fallback::kLowConfidence);
  EXPECT_DOUBLE_EQ(stays.challenger_confidence, .75);
  EXPECT_EQ(choose(forecast, {.eta = .74}).model, 1U);
}

TEST(Choose, KeepsAFallbackThatIsKnownBefore) {
  const Choice c = choose(forecast_of({.2, .5, .4}), {.eta = 1}, Fallback::kOutOfCoverage);
  EXPECT_EQ(c.fallback, Fallback::kOutOfCoverage);
  EXPECT_EQ(c.model, 1U) << "the scores are means then";
}

TEST(Choose, ComparesTheBestSingleModelWithTheNextIfTheForecastDoes) {
  Forecast forecast = forecast_of({.5, .2, .4}, {1, 1, 0});
  EXPECT_EQ(choose(forecast, {}).challenger_confidence, 1);
  forecast.compares_runner_up = true;
  EXPECT_DOUBLE_EQ(choose(forecast, {}).challenger_confidence, .75) << "against the third model";
  forecast.exclusions[2] = Exclusion::kDenied;
  EXPECT_DOUBLE_EQ(choose(forecast, {}).challenger_confidence, .5) << "against the second model, which was as good";
  forecast.exclusions[1] = Exclusion::kDenied;
  EXPECT_EQ(choose(forecast, {}).challenger_confidence, 1);
}

TEST(Choose, FallsBackWithoutAScoreOfACandidate) {
  const Choice c = choose(forecast_of({kNan, kNan, kNan}), {});
  EXPECT_EQ(c.model, 0U);
  EXPECT_EQ(c.challenger, 0U);
  EXPECT_EQ(c.challenger_confidence, 1);
  EXPECT_EQ(c.fallback, Fallback::kLowConfidence);
}

TEST(Choose, PicksNobodyWithoutACandidate) {
  Forecast forecast = forecast_of({.2, .5, .4});
  forecast.best_single = forecast.models();
  EXPECT_EQ(choose(forecast, {}).model, kNoModel);
}

TEST(Choose, ComparesScoresThatWereCorrectedAndNotCutOff) {
  const std::vector<double> corrections = {0, .7, .9};
  const Choice c = choose(forecast_of({.2, .5, .4}), {.corrections = corrections});
  EXPECT_EQ(c.model, 2U);
}

TEST(Choose, TradesTheModelThatIsWantedForACheaperOne) {
  const Forecast forecast = forecast_of({.2, .5, .45}, {0, 1, 1});
  const std::vector<double> prices = {1, 9, 3};
  const Choice c = choose(forecast, {.prices = prices, .price_rules = {.tolerance = .1}});
  EXPECT_EQ(c.challenger, 1U);
  EXPECT_EQ(c.model, 2U);
  const Choice back = choose(forecast, {.eta = .9, .prices = prices, .price_rules = {.tolerance = .1}});
  EXPECT_EQ(back.model, 0U) << "which no model undercuts";
}

TEST(Choose, TakesTheOracleAtItsWord) {
  Forecast forecast = forecast_of({.2, .5, .4});
  forecast.grounds = KnownOutcomes();
  EXPECT_EQ(choose(forecast, {.eta = .99}).model, 1U);
  EXPECT_EQ(choose(forecast, {}).challenger_confidence, 1);
}

// Confidence in the pick. The first model is the best single one, the second the challenger, the third cheap.

const std::vector<double> kPrices = {5, 9, 1};

/// Two kinds of tasks: on the lighter one the first model is best.
Forecast mixture_forecast() {
  TaskMixture mixture;
  mixture.weights = {.7, .3};
  mixture.relative = {-.025, .08, .065};
  mixture.task_relative = {-.1, .2, .05, .15, -.2, .1};
  mixture.evidence = {40, 50, 40};
  mixture.difference_variance = .15;
  Forecast out = forecast_of({.5, .6, .55});
  out.grounds = mixture;
  return out;
}

Forecast votes_forecast() {
  return forecast_of({.4, .7, .65}, {0, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 1, 0, .5F, 1});
}

Forecast counts_forecast() {
  Forecast out = forecast_of({.4, .7, .65});
  out.grounds = PredictedCounts{7, {3, 5, 4}, {.6, .8, .7}};
  return out;
}

ChoiceRules dial(double tolerance, double cost_weight = 0) {
  return {.prices = kPrices, .price_rules = {.tolerance = tolerance, .cost_weight = cost_weight}};
}

TEST(Confidence, IsOneInTheBestSingleModelUnlessTheForecastComparesIt) {
  for (const Forecast& forecast : {mixture_forecast(), votes_forecast(), counts_forecast()}) {
    EXPECT_EQ(choose(forecast, {.eta = 1}).confidence, 1) << "fallen back";
    Forecast best = forecast;
    best.scores = {.9, .2, .1};
    EXPECT_EQ(choose(best, {}).confidence, 1);
    EXPECT_EQ(choose(best, dial(.05)).confidence, 1);
  }
}

TEST(Confidence, ComparesTheBestSingleModelWithTheNextIfTheForecastDoes) {
  for (Forecast best : {mixture_forecast(), votes_forecast(), counts_forecast()}) {
    best.compares_runner_up = true;
    const Choice fallen_back = choose(best, {.eta = 1});
    EXPECT_EQ(fallen_back.model, 0U);
    EXPECT_EQ(fallen_back.confidence, probability_at_least(best, 0, 1, 0, 0)) << "against the challenger";
    best.scores = {.9, .2, .1};
    EXPECT_EQ(choose(best, {}).confidence, probability_at_least(best, 0, 1, 0, 0));
    EXPECT_LT(choose(best, {}).confidence, 1);
    EXPECT_EQ(choose(best, dial(.05)).confidence, probability_at_least(best, 0, 1, 0, .05));
    best.exclusions[1] = Exclusion::kDenied;
    EXPECT_EQ(choose(best, {}).confidence, probability_at_least(best, 0, 2, 0, 0));
    best.exclusions[2] = Exclusion::kDenied;
    EXPECT_EQ(choose(best, {}).confidence, 1) << "nobody is left to compare with";
  }
}

TEST(Confidence, HasTheSamplingErrorOfTheTaskMeans) {
  Forecast forecast = mixture_forecast();
  const double exact = probability_at_least(forecast, 1, 0, 0, 0);
  TaskMixture& mixture = *std::get_if<TaskMixture>(&forecast.grounds);
  mixture.task_variance = {.01, .03, 0, .02, .04, 0};
  // Differences .3 and -.35, of variance .075 (1/40 + 1/50) + .04 and + .06.
  const auto normal = [](double z) { return .5 * std::erfc(-z / std::sqrt(2.0)); };
  const double expected = .7 * normal(.3 / std::sqrt(.043375)) + .3 * normal(-.35 / std::sqrt(.063375));
  EXPECT_NEAR(probability_at_least(forecast, 1, 0, 0, 0), expected, 1e-12);
  EXPECT_NE(probability_at_least(forecast, 1, 0, 0, 0), exact);
  mixture.task_variance.assign(6, 0);
  EXPECT_EQ(probability_at_least(forecast, 1, 0, 0, 0), exact);
}

TEST(Confidence, IsThatOfTheChallengerWithoutADial) {
  for (const Forecast& forecast : {mixture_forecast(), votes_forecast()}) {
    const Choice c = choose(forecast, {});
    EXPECT_EQ(c.model, 1U);
    EXPECT_EQ(c.confidence, c.challenger_confidence);
  }
  const Choice counts = choose(counts_forecast(), {});
  EXPECT_GT(counts.confidence, counts.challenger_confidence) << "ties count in the one, and not in the other (eq. 8)";
}

TEST(Confidence, IsInTheCheaperModelThatWasPicked) {
  for (const Forecast& forecast : {mixture_forecast(), votes_forecast(), counts_forecast()}) {
    const Choice plain = choose(forecast, {});
    const Choice cheap = choose(forecast, dial(.1));
    EXPECT_EQ(cheap.model, 2U);
    EXPECT_EQ(cheap.challenger, 1U);
    EXPECT_EQ(cheap.challenger_confidence, plain.challenger_confidence);
    EXPECT_EQ(cheap.confidence, probability_at_least(forecast, 2, 0, 0, .1));
    EXPECT_NE(cheap.confidence, cheap.challenger_confidence);
  }
}

TEST(Confidence, IsInTheModelThatUndercutsTheBestSingleOne) {
  Forecast forecast = votes_forecast();
  forecast.scores[2] = .38;
  ChoiceRules rules = dial(.05);
  rules.eta = 1;
  const Choice c = choose(forecast, rules);
  EXPECT_EQ(c.fallback, Fallback::kLowConfidence);
  EXPECT_EQ(c.model, 2U);
  EXPECT_EQ(c.confidence, probability_at_least(forecast, 2, 0, 0, .05));
}

TEST(Choice, IsTheCallersIfTheModelIsAllowed) {
  Forecast forecast = votes_forecast();
  ChoiceRules rules;
  const Choice own = choose(forecast, rules);
  rules.decided = 2;
  const Choice given = choose(forecast, rules);
  EXPECT_EQ(given.model, 2U);
  EXPECT_EQ(given.challenger, own.challenger);
  EXPECT_EQ(given.confidence, probability_at_least(forecast, 2, 0, 0, 0));
  forecast.exclusions[2] = Exclusion::kLacksTools;
  EXPECT_EQ(choose(forecast, rules).model, choose(forecast, {}).model) << "an excluded model is never picked";
  rules.decided = forecast.models();
  EXPECT_NE(choose(forecast, rules).model, forecast.models());
}

TEST(Confidence, AllowsForWhatTheDialGivesUp) {
  const Forecast forecast = mixture_forecast();
  const auto with = [&](std::size_t pick, double given_up) {
    return probability_at_least(forecast, pick, 0, 0, given_up);
  };
  const Choice bar = choose(forecast, dial(.01));
  EXPECT_EQ(bar.model, 1U) << "nothing is cheap enough";
  EXPECT_EQ(bar.confidence, with(1, .01)) << "the tolerance is given up whatever comes of it";
  const Choice weight = choose(forecast, dial(0, .02));
  EXPECT_EQ(weight.model, 2U);
  EXPECT_EQ(weight.confidence, with(2, .02 * (9 - 1)));
  EXPECT_EQ(choose(forecast, dial(0, .001)).confidence, with(1, 0)) << "nothing was saved";
  EXPECT_EQ(choose(forecast, dial(.1, .02)).confidence, with(2, .1 + .02 * (9 - 1)));
  const std::vector<double> unknown = {5, -1, 1};
  const Choice unpriced = choose(forecast, {.prices = unknown, .price_rules = {.tolerance = .1, .cost_weight = .02}});
  EXPECT_EQ(unpriced.model, 2U);
  EXPECT_EQ(unpriced.confidence, with(2, .1)) << "nobody knows what was saved";
}

TEST(Confidence, GrowsWithTheDial) {
  for (const Forecast& forecast : {mixture_forecast(), votes_forecast(), counts_forecast()}) {
    for (std::size_t model : {1U, 2U}) {
      double before = probability_at_least(forecast, model, 0, 0, 0);
      for (double given_up = .01; given_up <= 1.5; given_up += .01) {
        const double now = probability_at_least(forecast, model, 0, 0, given_up);
        EXPECT_GE(now, before - 1e-15) << given_up;
        EXPECT_LE(now, 1);
        before = now;
      }
      EXPECT_NEAR(before, 1, 1e-9);
    }
  }
}

TEST(Confidence, AddsWhatCorrectionsAreAheadInAMixture) {
  const std::vector<double> corrections = {.04, -.02, .01};
  ChoiceRules rules = dial(.1);
  rules.corrections = corrections;
  const Forecast forecast = mixture_forecast();
  const Choice c = choose(forecast, rules);
  EXPECT_EQ(c.model, 2U);
  EXPECT_EQ(c.confidence, probability_at_least(forecast, 2, 0, .01 - .04, .1));
  EXPECT_LT(c.confidence, choose(forecast, dial(.1)).confidence);
  EXPECT_EQ(choose(votes_forecast(), rules).confidence, choose(votes_forecast(), dial(.1)).confidence);
}

TEST(Confidence, IsTheShareOfDrawsFromAMixture) {
  const Forecast forecast = mixture_forecast();
  const auto& mixture = *std::get_if<TaskMixture>(&forecast.grounds);
  std::mt19937 random(6);
  std::uniform_real_distribution<double> uniform;
  for (const double given_up : {0.0, .02, .1}) {
    constexpr int kDraws = 200000;
    int good = 0;
    for (int i = 0; i < kDraws; ++i) {
      const std::size_t task = uniform(random) < .7 ? 0 : 1;
      const double mean = mixture.task_relative[task * 3 + 2] - mixture.task_relative[task * 3];
      std::normal_distribution<double> difference(mean, std::sqrt(.15 / 2 * (1.0 / 40 + 1.0 / 40)));
      good += difference(random) >= -given_up ? 1 : 0;
    }
    EXPECT_NEAR(probability_at_least(forecast, 2, 0, 0, given_up), static_cast<double>(good) / kDraws, .005);
  }
}

TEST(Confidence, ComparesCountsAsSharesOfTheInputs) {
  const Forecast forecast = counts_forecast();
  // Every outcome of the 2 * 7 inputs, one bit each.
  const auto chance = [](std::size_t positive, double p, unsigned bits) {
    double out = 1;
    for (std::size_t i = 0; i < 7; ++i) {
      const double right = i < positive ? p : 1 - p;
      out *= (bits >> i & 1U) != 0 ? right : 1 - right;
    }
    return out;
  };
  for (const double given_up : {0.0, .1, 1.0 / 7, .2, 3.0 / 7, .9, 1.0}) {
    double expected = 0;
    for (unsigned a = 0; a < 128; ++a) {
      for (unsigned b = 0; b < 128; ++b) {
        const double share_a = __builtin_popcount(a) / 7.0;
        const double share_b = __builtin_popcount(b) / 7.0;
        if (share_a >= share_b - given_up - 1e-12) expected += chance(4, .7, a) * chance(3, .6, b);
      }
    }
    EXPECT_NEAR(probability_at_least(forecast, 2, 0, 0, given_up), expected, 1e-9) << given_up;
  }
}

}  // namespace
}  // namespace signalbox
