// From a forecast to a pick, on forecasts that are written down.
#include "routing/choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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
  EXPECT_DOUBLE_EQ(c.confidence, .5) << "without a neighbour nothing is known";
}

TEST(Choose, StaysWithTheBestSingleModelUnlessTheConfidenceIsAboveEta) {
  // One comparison that the challenger wins: P(Beta(2, 1) > 1/2) = 3/4.
  const Forecast forecast = forecast_of({.2, .5, .4}, {0, 1, 1});
  const Choice stays = choose(forecast, {.eta = .75});
  EXPECT_EQ(stays.model, 0U);
  EXPECT_EQ(stays.challenger, 1U);
  EXPECT_EQ(stays.fallback, Fallback::kLowConfidence);
  EXPECT_DOUBLE_EQ(stays.confidence, .75);
  EXPECT_EQ(choose(forecast, {.eta = .74}).model, 1U);
}

TEST(Choose, KeepsAFallbackThatIsKnownBefore) {
  const Choice c = choose(forecast_of({.2, .5, .4}), {.eta = 1}, Fallback::kOutOfCoverage);
  EXPECT_EQ(c.fallback, Fallback::kOutOfCoverage);
  EXPECT_EQ(c.model, 1U) << "the scores are means then";
}

TEST(Choose, ComparesTheBestSingleModelWithTheNextIfTheForecastDoes) {
  Forecast forecast = forecast_of({.5, .2, .4}, {1, 1, 0});
  EXPECT_EQ(choose(forecast, {}).confidence, 1);
  forecast.compares_runner_up = true;
  EXPECT_DOUBLE_EQ(choose(forecast, {}).confidence, .75) << "against the third model";
  forecast.exclusions[2] = Exclusion::kDenied;
  EXPECT_DOUBLE_EQ(choose(forecast, {}).confidence, .5) << "against the second model, which was as good";
  forecast.exclusions[1] = Exclusion::kDenied;
  EXPECT_EQ(choose(forecast, {}).confidence, 1);
}

TEST(Choose, FallsBackWithoutAScoreOfACandidate) {
  const Choice c = choose(forecast_of({kNan, kNan, kNan}), {});
  EXPECT_EQ(c.model, 0U);
  EXPECT_EQ(c.challenger, 0U);
  EXPECT_EQ(c.confidence, 1);
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
  const Choice c = choose(forecast, {.prices = prices, .price_rules = {.quality_bar = .1}});
  EXPECT_EQ(c.challenger, 1U);
  EXPECT_EQ(c.model, 2U);
  const Choice back = choose(forecast, {.eta = .9, .prices = prices, .price_rules = {.quality_bar = .1}});
  EXPECT_EQ(back.model, 0U) << "which no model undercuts";
}

TEST(Choose, TakesTheOracleAtItsWord) {
  Forecast forecast = forecast_of({.2, .5, .4});
  forecast.grounds = KnownOutcomes();
  EXPECT_EQ(choose(forecast, {.eta = .99}).model, 1U);
  EXPECT_EQ(choose(forecast, {}).confidence, 1);
}

}  // namespace
}  // namespace signalbox
