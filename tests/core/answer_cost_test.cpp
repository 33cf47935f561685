#include "routing/answer_cost.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace signalbox {
namespace {

const std::vector<TokenPrices> kPrices = {{1, 10}, {2, 20}, {-1, 5}, {0, 0}};

TEST(UsdPerAnswer, WeighsTheLengthsOfTheTasksByTheirShareAndTheModelsRatio) {
  const std::vector<float> lengths = {100, 1000};
  const std::vector<float> ratios = {1, .5F, 1, 1};
  const AnswerTokenView tokens{lengths, ratios};
  const std::vector<double> costs = usd_per_answer(tokens, std::vector<double>{.75, .25}, kPrices, 200);
  // 100^.75 * 1000^.25 = 177.8 tokens of the median model.
  const double length = std::pow(10, 2.25);
  EXPECT_NEAR(costs[0], (1 * 200 + 10 * length) / 1e6, 1e-12);
  EXPECT_NEAR(costs[1], (2 * 200 + 20 * length / 2) / 1e6, 1e-12);
  EXPECT_LT(costs[2], 0) << "one of its prices is not known";
  EXPECT_EQ(costs[3], 0) << "free";
}

TEST(UsdPerAnswer, LeavesOutTasksWhoseLengthIsNotKnown) {
  const std::vector<float> lengths = {-1, 1000, 10};
  const std::vector<float> ratios = {-1, -1, -1, -1};
  const AnswerTokenView tokens{lengths, ratios};
  EXPECT_NEAR(usd_per_answer(tokens, std::vector<double>{.9, .1, 0}, kPrices, 0)[0], 10 * 1000 / 1e6, 1e-12);
  EXPECT_NEAR(usd_per_answer(tokens, std::vector<double>{1, 0, 0}, kPrices, 0)[0], 10 * 100 / 1e6, 1e-12)
      << "of no resembling task: the mean of all";
  EXPECT_NEAR(usd_per_answer(tokens, {}, kPrices, 0)[0], 10 * 100 / 1e6, 1e-12);
}

TEST(UsdPerAnswer, IsUnknownWithoutLengths) {
  for (const double cost : usd_per_answer({}, std::vector<double>{1}, kPrices, 100)) EXPECT_LT(cost, 0);
  const std::vector<float> unknown = {-1, -1};
  for (const double cost : usd_per_answer({unknown, {}}, {}, kPrices, 100)) EXPECT_LT(cost, 0);
  EXPECT_TRUE(usd_per_answer({}, {}, {}, 100).empty());
}

}  // namespace
}  // namespace signalbox
