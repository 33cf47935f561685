// Decisions about one input, on a benchmark whose right answers are known.
#include <cmath>
#include <limits>

#include "two_fields.h"

namespace signalbox {
namespace {

using testing::options_of;
using testing::ranked;
using testing::TwoFields;

class RouteInputTest : public ::testing::Test {
 protected:
  Decision route(const std::vector<float>& vector) { return testing::take(route_input(index_, vector, options_)); }

  ErrorCode refusal(const std::vector<float>& vector) {
    const Result<Decision> result = route_input(index_, vector, options_);
    EXPECT_FALSE(result.ok());
    return result.ok() ? ErrorCode::kInternal : result.error().code;
  }

  TwoFields benchmark_;
  Index index_ = benchmark_.open();
  RouteOptions options_ = options_of(index_);
};

TEST_F(RouteInputTest, PicksTheSpecialistInItsField) {
  const Decision d = route(TwoFields::second_field());
  EXPECT_EQ(d.model, TwoFields::kSpecialist);
  EXPECT_EQ(d.best_single, TwoFields::kGeneralist);
  EXPECT_EQ(d.challenger, TwoFields::kSpecialist);
  EXPECT_EQ(d.fallback, Fallback::kNone);
  // Ten of ten neighbours: P(Beta(11, 1) > 1/2) = 1 - 2^-11.
  EXPECT_NEAR(d.challenger_confidence, 1 - std::pow(2, -11), 1e-12);
  EXPECT_EQ(ranked(d, TwoFields::kSpecialist).score, 1);
  EXPECT_EQ(ranked(d, TwoFields::kSpecialist).votes, 10U);
  EXPECT_EQ(ranked(d, TwoFields::kGeneralist).score, 0);
}

TEST_F(RouteInputTest, StaysWithTheBestSingleModelInItsOwnField) {
  const Decision d = route(TwoFields::first_field());
  EXPECT_EQ(d.model, TwoFields::kGeneralist);
  EXPECT_EQ(d.challenger, TwoFields::kGeneralist);
  EXPECT_EQ(d.fallback, Fallback::kNone);
  EXPECT_GT(d.challenger_confidence, .99) << "nobody else was right on any neighbour";
}

TEST_F(RouteInputTest, FallsBackWhenItIsNotSureEnough) {
  options_.constants.k = 1;  // One neighbour: P(Beta(2, 1) > 1/2) = 3/4.
  options_.eta = .74;
  EXPECT_EQ(route(TwoFields::second_field()).fallback, Fallback::kNone);
  options_.eta = .76;
  const Decision d = route(TwoFields::second_field());
  EXPECT_NEAR(d.challenger_confidence, .75, 1e-12);
  EXPECT_EQ(d.fallback, Fallback::kLowConfidence);
  EXPECT_EQ(d.model, TwoFields::kGeneralist);
  EXPECT_EQ(d.challenger, TwoFields::kSpecialist);
}

TEST_F(RouteInputTest, IsThePlainArgmaxWithEtaZero) {
  options_.constants.k = 1;
  options_.eta = 0;
  EXPECT_EQ(route(TwoFields::second_field()).model, TwoFields::kSpecialist);
}

TEST_F(RouteInputTest, RanksByMeansOutsideTheBenchmarksCoverage) {
  const Decision d = route(TwoFields::nowhere());
  EXPECT_EQ(d.fallback, Fallback::kOutOfCoverage);
  EXPECT_TRUE(d.out_of_coverage);
  EXPECT_EQ(d.percentile, 100);
  EXPECT_EQ(d.model, TwoFields::kGeneralist);
  EXPECT_DOUBLE_EQ(ranked(d, TwoFields::kGeneralist).score, .6);
  EXPECT_TRUE(ranked(d, TwoFields::kGeneralist).is_own_mean());
  EXPECT_FALSE(d.neighbours.empty()) << "the neighbours are shown all the same";
  options_.max_coverage_percentile = 100;
  EXPECT_NE(route(TwoFields::nowhere()).fallback, Fallback::kOutOfCoverage) << "100 switches the rule off";
}

TEST_F(RouteInputTest, JudgesCoverageByScaledDistances) {
  std::vector<float> quantiles;
  for (std::size_t i = 0; i < kCoverageQuantiles; ++i) quantiles.push_back(static_cast<float>(i) / 1000);
  index_.coverage = quantiles;
  std::vector<float> near = TwoFields::second_field();
  near[2] = .6F;
  const Decision outside = route(near);
  EXPECT_GT(outside.mean_distance, .1);
  EXPECT_TRUE(outside.out_of_coverage);
  options_.distance_scale = .5;
  const Decision inside = route(near);
  EXPECT_FALSE(inside.out_of_coverage);
  EXPECT_NEAR(inside.percentile, 500 * outside.mean_distance, .001);
  EXPECT_EQ(inside.mean_distance, outside.mean_distance) << "the distance itself is reported as it is";
}

TEST_F(RouteInputTest, FallsBackWithoutAKnownToken) {
  options_.max_coverage_percentile = 100;
  const Decision d = route(TwoFields::unread());
  EXPECT_EQ(d.fallback, Fallback::kUnread);
  EXPECT_EQ(d.model, TwoFields::kGeneralist);
  EXPECT_TRUE(d.neighbours.empty());
  EXPECT_DOUBLE_EQ(ranked(d, TwoFields::kGeneralist).score, .6);
}

TEST_F(RouteInputTest, ReportsTheNearestRowsAndNoMoreThanAsked) {
  options_.neighbours = 3;
  const Decision d = route(TwoFields::second_field());
  ASSERT_EQ(d.neighbours.size(), 3U);
  for (const Neighbour& n : d.neighbours) EXPECT_GE(index_.row_tasks[n.row], 3);
  options_.neighbours = 0;
  EXPECT_TRUE(route(TwoFields::second_field()).neighbours.empty());
  options_.neighbours = 1000;
  EXPECT_EQ(route(TwoFields::second_field()).neighbours.size(), TwoFields::kRows);
}

TEST_F(RouteInputTest, RanksCandidatesOnlyBestFirst) {
  options_.exclusions[TwoFields::kSpecialist] = Exclusion::kDenied;
  const Decision d = route(TwoFields::second_field());
  EXPECT_EQ(d.model, TwoFields::kCheap);
  ASSERT_EQ(d.ranking.size(), 3U);
  for (std::size_t i = 1; i < d.ranking.size(); ++i) EXPECT_GE(d.ranking[i - 1].score, d.ranking[i].score);
  EXPECT_EQ(d.ranking[1].model, TwoFields::kGeneralist) << "a tie at 0 goes to the lower model";
  EXPECT_EQ(d.exclusions[TwoFields::kSpecialist], Exclusion::kDenied);
  EXPECT_EQ(d.exclusions[TwoFields::kUnmeasured], Exclusion::kNoOutcomes);
  EXPECT_EQ(d.exclusions[TwoFields::kCheap], Exclusion::kNone);
}

TEST_F(RouteInputTest, TakesTheBestSingleModelFromTheCandidates) {
  options_.exclusions[TwoFields::kGeneralist] = Exclusion::kNotACandidate;
  const Decision d = route(TwoFields::first_field());
  EXPECT_EQ(d.best_single, TwoFields::kSpecialist);
  EXPECT_EQ(d.exclusions[TwoFields::kGeneralist], Exclusion::kNotACandidate);
}

TEST_F(RouteInputTest, ExcludesDearModelsAndThoseWithoutAPrice) {
  options_.price_rules.max_usd_per_mtok = 8;
  const Decision d = route(TwoFields::second_field());
  EXPECT_EQ(d.exclusions[TwoFields::kGeneralist], Exclusion::kOverMaxPrice);
  EXPECT_EQ(d.exclusions[TwoFields::kSpecialist], Exclusion::kNone) << "the maximum itself is allowed";
  EXPECT_EQ(d.exclusions[TwoFields::kUnpriced], Exclusion::kPriceUnknown);
  EXPECT_EQ(d.model, TwoFields::kSpecialist);
}

TEST_F(RouteInputTest, FailsWhenTheRulesLeaveNoModel) {
  options_.price_rules.max_usd_per_mtok = .5;
  EXPECT_EQ(refusal(TwoFields::second_field()), ErrorCode::kNoCandidate);
  options_ = options_of(index_);
  options_.exclusions.assign(TwoFields::kModels, Exclusion::kDenied);
  options_.exclusions[TwoFields::kUnmeasured] = Exclusion::kNone;
  EXPECT_EQ(refusal(TwoFields::second_field()), ErrorCode::kNoCandidate) << "an unmeasured model is not a candidate";
}

TEST_F(RouteInputTest, TradesQualityForPriceByTheToleranceAndByTheWeight) {
  const Decision plain = route(TwoFields::second_field());
  const double lost = 1 - ranked(plain, TwoFields::kCheap).score;
  ASSERT_GT(lost, 0);
  options_.price_rules.tolerance = lost + .001;
  EXPECT_EQ(route(TwoFields::second_field()).model, TwoFields::kCheap);
  options_.price_rules.tolerance = lost - .001;
  EXPECT_EQ(route(TwoFields::second_field()).model, TwoFields::kSpecialist);
  options_.price_rules.tolerance = 0;
  options_.price_rules.cost_weight = 1.01 * lost / 7;  // The specialist costs 8, the cheap model 1.
  EXPECT_EQ(route(TwoFields::second_field()).model, TwoFields::kCheap);
  options_.price_rules.cost_weight = .99 * lost / 7;
  EXPECT_EQ(route(TwoFields::second_field()).model, TwoFields::kSpecialist);
}

TEST_F(RouteInputTest, RefusesVectorsOfAnotherDimensionOrWithNan) {
  EXPECT_EQ(refusal({}), ErrorCode::kDimensionMismatch);
  EXPECT_EQ(refusal({1, 0, 0}), ErrorCode::kDimensionMismatch);
  EXPECT_EQ(refusal(std::vector<float>(8, 1)), ErrorCode::kDimensionMismatch) << "two vectors are not an input";
  EXPECT_EQ(refusal({1, std::nanf(""), 0, 0}), ErrorCode::kNonFinite);
  EXPECT_EQ(refusal({1, std::numeric_limits<float>::infinity(), 0, 0}), ErrorCode::kNonFinite);
}

TEST_F(RouteInputTest, IsIndifferentToTheLengthOfTheVector) {
  for (const CodeType codes : {CodeType::kFloat32, CodeType::kInt8, CodeType::kInt4}) {
    const TwoFields benchmark(codes);
    const Index index = benchmark.open();
    for (const float length : {1e-40F, 1e-30F, 1.0F, 1e30F, 3e38F}) {  // denormal to almost the largest
      const std::vector<float> vector = {0, length, 0, 0};
      const Decision d = testing::take(route_input(index, vector, options_of(index)));
      EXPECT_EQ(d.model, TwoFields::kSpecialist) << length;
      EXPECT_LT(d.mean_distance, .1) << length;
    }
  }
}

}  // namespace
}  // namespace signalbox
