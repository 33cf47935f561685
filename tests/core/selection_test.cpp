#include "routing/selection.h"

#include <cmath>
#include <limits>

#include "support.h"

namespace signalbox {
namespace {

const std::vector<Exclusion> kAll(4, Exclusion::kNone);

TEST(BlendedPrice, WeighsThreePartsInputToOnePartOutput) {
  EXPECT_DOUBLE_EQ(blended_price(1, 5), 2);
  EXPECT_EQ(blended_price(0, 0), 0);
  EXPECT_LT(blended_price(-1, 5), 0);
  EXPECT_LT(blended_price(1, -1), 0);
}

TEST(BlendedPrice, OfDecimalsIsADecimal) {
  EXPECT_EQ(blended_price(.15, .6), .2625);
  EXPECT_EQ(blended_price(.1, .3), .15);
  EXPECT_EQ(blended_price(1.2, 1.2), 1.2);
  EXPECT_EQ(blended_price(ModelNumbers{-1, .15, .6, -1}), .2625);
  EXPECT_LT(blended_price(ModelNumbers{-1, -1, .6, .1}), 0);
}

TEST(NoModelLeft, CountsTheModelsByReason) {
  using enum Exclusion;
  const std::vector<Exclusion> exclusions = {kOverMaxPrice, kOverMaxPrice,  kPriceUnknown,
                                             kDenied,       kNotACandidate, kNoOutcomes};
  const Error error = no_model_left(exclusions, true);
  EXPECT_EQ(error.code, ErrorCode::kNoCandidate);
  EXPECT_EQ(error.message,
            "no model is left: of 6 models, 2 cost more than the maximum price, 1 has no known price, 1 is not a "
            "candidate, 1 "
            "is denied, 1 has no outcomes");
  EXPECT_EQ(no_model_left(std::vector<Exclusion>(2, kPriceUnknown), true).message,
            "no model is left: of 2 models, 0 cost more than the maximum price, 2 have no known price");
  EXPECT_EQ(no_model_left(std::vector<Exclusion>(3, kDenied), false).message,
            "no model is left: of 3 models, 3 are denied");
}

TEST(BestAllowed, TakesTheLowestOfEqualModelsAndNeverNanOrAnExcludedOne) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(best_allowed(std::vector<double>{.1, .7, .7, .2}, kAll), 1U);
  EXPECT_EQ(best_allowed(std::vector<double>{nan, nan, .1, nan}, kAll), 2U);
  EXPECT_EQ(best_allowed(std::vector<double>(4, nan), kAll), 4U);
  std::vector<Exclusion> exclusions = kAll;
  exclusions[1] = Exclusion::kDenied;
  EXPECT_EQ(best_allowed(std::vector<double>{.1, .7, .6, .2}, exclusions), 2U);
  EXPECT_EQ(best_allowed(std::vector<double>{.1, .7, .6, .2}, std::vector<Exclusion>(4, Exclusion::kDenied)), 4U);
}

TEST(TradeForPrice, KeepsThePickWithoutRules) {
  EXPECT_EQ(trade_for_price(0, std::vector<double>{.5, .9, .1, .4}, std::vector<double>{9, 1, 1, 1}, kAll, {}), 0U);
}

TEST(TradeForPrice, TakesTheCheapestModelWithinTheTolerance) {
  const std::vector<double> scores = {.9, .88, .85, .5};
  const std::vector<double> prices = {10, 5, 1, .1};
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {.tolerance = .01}), 0U);
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {.tolerance = .03}), 1U);
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {.tolerance = .06}), 2U);
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {.tolerance = 1}), 3U);
  std::vector<Exclusion> exclusions = kAll;
  exclusions[3] = Exclusion::kNotACandidate;
  EXPECT_EQ(trade_for_price(0, scores, prices, exclusions, {.tolerance = 1}), 2U);
}

TEST(TradeForPrice, BreaksTiesOfPriceByScoreAndThenByNumber) {
  const std::vector<double> prices = {10, 1, 1, 1};
  EXPECT_EQ(trade_for_price(0, std::vector<double>{.9, .7, .8, .8}, prices, kAll, {.tolerance = 1}), 2U);
}

TEST(TradeForPrice, ChoosesAModelOfUnknownPriceOnlyIfThePolicyDid) {
  const std::vector<double> scores = {.9, .9, .9, .9};
  EXPECT_EQ(trade_for_price(0, scores, std::vector<double>{5, -1, 6, 7}, kAll, {.tolerance = 1}), 0U);
  EXPECT_EQ(trade_for_price(1, scores, std::vector<double>{5, -1, 6, 7}, kAll, {.tolerance = 1}), 0U);
  EXPECT_EQ(trade_for_price(1, scores, std::vector<double>(4, -1), kAll, {.tolerance = 1, .cost_weight = 1}), 1U);
}

TEST(TradeForPrice, CountsFromTheBestModelWithAPriceIfThePicksIsNotKnown) {
  const std::vector<double> scores = {.9, .7, .66, .5};
  const std::vector<double> prices = {-1, 9, 2, 1};
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {.tolerance = .001}), 1U) << "although it lacks .2";
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {.tolerance = .05}), 2U);
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {.tolerance = .21}), 3U);
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {}), 0U) << "no trade";
  // The pick was a fallback: a model that was not trusted is not the reference.
  EXPECT_EQ(trade_for_price(2, scores, std::vector<double>{9, 8, -1, 1}, kAll, {.tolerance = .05}), 1U);
  EXPECT_EQ(trade_for_price(2, scores, std::vector<double>{9, 8, -1, 1}, kAll, {.tolerance = .17}), 3U);
}

TEST(TradeForPrice, ComparesCostsInPlaceOfPricesWithinTheTolerance) {
  const std::vector<double> scores = {.9, .89, .88};
  const std::vector<double> prices = {10, 5, 1};
  const std::vector<double> costs = {.002, .001, .003};  // The cheapest model by tokens writes the longest answers.
  EXPECT_EQ(trade_for_price(0, scores, prices, {kAll.data(), 3}, {.tolerance = .05}, costs), 1U);
  EXPECT_EQ(trade_for_price(0, scores, prices, {kAll.data(), 3}, {.tolerance = .05}), 2U);
  EXPECT_EQ(trade_for_price(0, scores, prices, {kAll.data(), 3}, {.cost_weight = 1}, costs), 2U)
      << "a cost weight is per million tokens";
}

TEST(TradeForPrice, NeverTakesAModelWithoutAScore) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(
      trade_for_price(0, std::vector<double>{.9, nan}, std::vector<double>{5, 1}, {kAll.data(), 2}, {.tolerance = 1}),
      0U);
}

TEST(TradeForPrice, GivesUpScoreForDollarsAtTheCostWeight) {
  const std::vector<double> scores = {.9, .8, .6, .1};
  const std::vector<double> prices = {10, 5, 1, 0};
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {.cost_weight = .01}), 0U) << ".80, .75, .59, .10";
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {.cost_weight = .03}), 1U) << ".60, .65, .57, .10";
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {.cost_weight = .1}), 2U) << "-.1, .30, .50, .10";
  EXPECT_EQ(trade_for_price(0, scores, prices, kAll, {.cost_weight = 1}), 3U) << "-9, -4, -.4, .10";
}

TEST(TradeForPrice, GivesNoCreditForAScoreAboveThePicks) {
  // The policy chose model 0 as the best that it can justify. Model 1's score alone is not a reason to pay more.
  EXPECT_EQ(trade_for_price(0, std::vector<double>{.5, .9}, std::vector<double>{1, 2}, {kAll.data(), 2},
                            {.cost_weight = .01}),
            0U);
}

}  // namespace
}  // namespace signalbox
