// Bounds for losses, against published values, exact sums and simulated rows.
#include "planning/loss_bounds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "routing/random.h"

namespace signalbox {
namespace {

double uniform(Random& random) { return static_cast<double>(random.next() >> 11) / 9007199254740992.0; }

/// Single rows that lose 1 with chance `down` and gain 1 with chance `up`.
std::vector<double> draw_rows(std::size_t rows, double down, double up, std::uint64_t seed) {
  std::vector<double> out;
  Random random(seed);
  for (std::size_t i = 0; i < rows; ++i) {
    const double u = uniform(random);
    out.push_back(u < down ? 1 : u < down + up ? -1 : 0);
  }
  return out;
}

TEST(LossBounds, ClopperPearsonNeedsThePublishedRows) {
  EXPECT_LE(binomial_tail(0, 149, .02), .05);
  EXPECT_GT(binomial_tail(0, 148, .02), .05);
  EXPECT_LE(binomial_tail(1, 236, .02), .05);
  EXPECT_GT(binomial_tail(1, 235, .02), .05);
  EXPECT_LE(binomial_tail(3, 386, .02), .05);
  EXPECT_GT(binomial_tail(3, 385, .02), .05);
  EXPECT_NEAR(bound_clopper_pearson(0, 100, .05), 1 - std::pow(.05, .01), 2e-6);
  EXPECT_NEAR(bound_clopper_pearson(5, 50, .025), .218136, 2e-5);
  EXPECT_EQ(bound_clopper_pearson(7, 7, .05), 1);
}

TEST(LossBounds, TailsAreExactSums) {
  EXPECT_NEAR(binomial_tail(2, 4, .5), 11.0 / 16, 1e-15);
  EXPECT_EQ(binomial_tail(4, 4, .5), 1);
  EXPECT_EQ(binomial_tail(0, 4, 1), 0);
  EXPECT_EQ(binomial_tail(0, 4, 0), 1);
  EXPECT_NEAR(binomial_tail(50'000, 100'000, .5), .5 + .5 * 0.002523126, 1e-6);
}

TEST(LossBounds, ABetWithoutLossesWinsAfterTheRowsThatItMust) {
  // With bets of at most .9 / (1 - limit): log(20) / log(1 + .9 * .02 / .98) = 164.6 rows.
  EXPECT_TRUE(refutes_by_bet(draw_rows(165, 0, 0, 1), 1e-6, .02, .05));
  EXPECT_FALSE(refutes_by_bet(draw_rows(164, 0, 0, 1), 1e-6, .02, .05));
}

TEST(LossBounds, HoldForTrueLosses) {
  constexpr int kDraws = 2000;
  int bets = 0;
  int exact = 0;
  int bentkus = 0;
  for (int i = 0; i < kDraws; ++i) {
    const std::vector<double> net = draw_rows(200, .13, .1, 1000 + static_cast<std::uint64_t>(i));
    if (refutes_by_bet(net, .23, .03, .05)) ++bets;
    const std::vector<double> worse = draw_rows(200, .03, 0, 9000 + static_cast<std::uint64_t>(i));
    double losses = 0;
    for (const double loss : worse) losses += loss;
    if (binomial_tail(static_cast<std::size_t>(losses), 200, .03) <= .05) ++exact;
    if (bound_hoeffding_bentkus(mean_loss(worse), 200, .05) < .03) ++bentkus;
  }
  // Three standard errors above 5%.
  EXPECT_LE(bets, .0646 * kDraws);
  EXPECT_LE(exact, .0646 * kDraws);
  EXPECT_LE(bentkus, .0646 * kDraws);
  EXPECT_GT(bets, 0);
}

TEST(LossBounds, BoundIsTheLowestLimitThatIsRefutedFromAboveOn) {
  const std::vector<double> sums = draw_rows(400, .05, .04, 3);
  const double bound = bound_by_bet(sums, .09, .05);
  EXPECT_GT(bound, mean_loss(sums));
  EXPECT_LT(bound, .06);
  for (double limit = bound; limit < .999; limit += .01) EXPECT_TRUE(refutes_by_bet(sums, .09, limit, .05)) << limit;
  EXPECT_FALSE(refutes_by_bet(sums, .09, bound - .001, .05));
  EXPECT_EQ(bound_by_bet(draw_rows(2, 1, 0, 1), .1, .05), 1);
}

TEST(LossBounds, NeededRowsGiveAChanceOfFourInFive) {
  const std::size_t rows = rows_for_clopper_pearson(.005, .02, .05);
  EXPECT_GT(rows, 236U);
  EXPECT_LT(rows, 1000U);
  EXPECT_EQ(rows_for_clopper_pearson(0, .02, .05), 149U);
  EXPECT_EQ(rows_for_clopper_pearson(.02, .02, .05), 0U);
  EXPECT_EQ(rows_for_bet(.03, .1, .02, .05), 0U);
  const std::size_t needed = rows_for_bet(.01, .08, .05, .05);
  int won = 0;
  constexpr int kDraws = 500;
  for (int i = 0; i < kDraws; ++i) {
    if (refutes_by_bet(draw_rows(needed, .045, .035, 77 + static_cast<std::uint64_t>(i)), .08, .05, .05)) ++won;
  }
  EXPECT_NEAR(static_cast<double>(won) / kDraws, .8, .08);
}

}  // namespace
}  // namespace signalbox
