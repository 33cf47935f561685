// Decisions about a task, with labels and without, on a benchmark whose right answers are known.
#include <cmath>
#include <limits>

#include "two_fields.h"

namespace signalbox {
namespace {

using testing::options_of;
using testing::ranked;
using testing::TwoFields;

std::vector<float> join(std::initializer_list<std::vector<float>> vectors) {
  std::vector<float> out;
  for (const std::vector<float>& v : vectors) out.insert(out.end(), v.begin(), v.end());
  return out;
}

class RouteTaskTest : public ::testing::Test {
 protected:
  Decision route(const std::vector<float>& vectors, const Labels& labels = {}) {
    return testing::take(route_task(index_, vectors, labels, options_));
  }

  ErrorCode refusal(const std::vector<float>& vectors, const Labels& labels = {}) {
    const Result<Decision> result = route_task(index_, vectors, labels, options_);
    EXPECT_FALSE(result.ok());
    return result.ok() ? ErrorCode::kInternal : result.error().code;
  }

  const std::vector<float> first_ = TwoFields::first_field();
  const std::vector<float> second_ = TwoFields::second_field();
  const std::vector<float> nowhere_ = TwoFields::nowhere();
  const std::vector<float> zero_ = TwoFields::unread();
  TwoFields benchmark_;
  Index index_ = benchmark_.open();
  RouteOptions options_ = options_of(index_, Policy::kS3);
};

TEST_F(RouteTaskTest, PicksTheSpecialistForATaskInItsField) {
  const Decision d = route(join({second_, second_, second_}));
  EXPECT_EQ(d.model, TwoFields::kSpecialist);
  EXPECT_EQ(d.best_single, TwoFields::kGeneralist);
  EXPECT_EQ(d.fallback, Fallback::kNone);
  EXPECT_EQ(d.inputs, 3U);
  const RankedModel& m = ranked(d, TwoFields::kSpecialist);
  EXPECT_EQ(m.s1, 1);
  EXPECT_EQ(m.s2, 1);
  EXPECT_EQ(m.p, 1) << "every held-out task was predicted without an error";
  EXPECT_EQ(m.s3, 1);
  EXPECT_FALSE(m.p_measured);
  EXPECT_EQ(m.votes, 30U);
  EXPECT_EQ(d.challenger_confidence, 1);
}

TEST_F(RouteTaskTest, StaysWithTheBestSingleModelInItsOwnField) {
  const Decision d = route(join({first_, first_}));
  EXPECT_EQ(d.model, TwoFields::kGeneralist);
  EXPECT_GT(d.challenger_confidence, .99) << "p = 1: nobody else is right on any input";
  EXPECT_EQ(d.fallback, Fallback::kNone);
}

TEST_F(RouteTaskTest, ScoresAMixedTaskByTheShareOfItsInputs) {
  const Decision d = route(join({first_, second_, second_, second_}));
  EXPECT_DOUBLE_EQ(ranked(d, TwoFields::kGeneralist).s1, .25);
  EXPECT_DOUBLE_EQ(ranked(d, TwoFields::kGeneralist).s2, .25);
  EXPECT_DOUBLE_EQ(ranked(d, TwoFields::kSpecialist).s2, .75);
}

TEST_F(RouteTaskTest, FallsBackWhereTheExactConfidenceIsNotAboveEta) {
  options_.eta = 1;
  const Decision d = route(join({second_, second_}));
  EXPECT_EQ(d.fallback, Fallback::kLowConfidence);
  EXPECT_EQ(d.challenger, TwoFields::kSpecialist);
  EXPECT_EQ(d.model, TwoFields::kGeneralist);
  options_.eta = 0;
  EXPECT_EQ(route(join({second_, second_})).model, TwoFields::kSpecialist);
}

TEST_F(RouteTaskTest, TakesTheConfidenceFromTheExactDistribution) {
  // Labels give the specialist p = 3/4 and the generalist p = 1/2 at first and second inputs.
  options_.exclusions[TwoFields::kCheap] = Exclusion::kDenied;
  std::vector<float> outcomes(4 * TwoFields::kModels, std::nanf(""));
  for (std::size_t i = 0; i < 4; ++i) {
    outcomes[i * TwoFields::kModels + TwoFields::kSpecialist] = i < 3 ? 1 : 0;
    outcomes[i * TwoFields::kModels + TwoFields::kGeneralist] = i < 2 ? 1 : 0;
  }
  const std::vector<float> task = join({second_, second_, second_, second_, second_, second_, first_});
  const Decision d = route(task, {{0, 1, 2, 3}, outcomes});
  const RankedModel& challenger = ranked(d, d.challenger);
  const RankedModel& best = ranked(d, d.best_single);
  ASSERT_NE(d.challenger, d.best_single);
  const auto counts = [](const RankedModel& m) {
    const auto positive = static_cast<std::size_t>(std::lround(3 * m.s2));
    return correct_counts(positive, 3 - positive, m.p);
  };
  EXPECT_DOUBLE_EQ(d.challenger_confidence, probability_greater(counts(challenger), counts(best)));
  EXPECT_GT(d.challenger_confidence, 0);
  EXPECT_LT(d.challenger_confidence, 1);
}

TEST_F(RouteTaskTest, RanksByTheScoreOfThePolicy) {
  const std::vector<float> task = join({first_, second_});
  for (const auto& [policy, score] :
       {std::pair{Policy::kS1, &RankedModel::s1}, {Policy::kS2, &RankedModel::s2}, {Policy::kS3, &RankedModel::s3}}) {
    options_.policy = policy;
    const Decision d = route(task);
    for (const RankedModel& m : d.ranking) {
      EXPECT_EQ(m.score, m.*score);
      EXPECT_LE(m.interval.low, m.score + 1e-12);
      EXPECT_GE(m.interval.high, m.score - 1e-12);
    }
  }
}

TEST_F(RouteTaskTest, LeavesInputsWithoutAKnownTokenOut) {
  const Decision all = route(join({zero_, second_, zero_, first_}));
  const Decision known = route(join({second_, first_}));
  EXPECT_EQ(all.inputs, 4U);
  EXPECT_EQ(all.model, known.model);
  EXPECT_EQ(all.mean_distance, known.mean_distance);
  for (const RankedModel& m : known.ranking) EXPECT_EQ(ranked(all, m.model).s3, m.s3);
}

TEST_F(RouteTaskTest, FallsBackWithoutAnyKnownToken) {
  const Decision d = route(join({zero_, zero_}));
  EXPECT_EQ(d.fallback, Fallback::kUnread);
  EXPECT_EQ(d.model, TwoFields::kGeneralist);
  EXPECT_DOUBLE_EQ(ranked(d, TwoFields::kGeneralist).score, .6);
}

TEST_F(RouteTaskTest, FallsBackOutsideTheBenchmarksCoverage) {
  const Decision d = route(join({nowhere_, nowhere_}));
  EXPECT_EQ(d.fallback, Fallback::kOutOfCoverage);
  EXPECT_EQ(d.model, TwoFields::kGeneralist);
  EXPECT_DOUBLE_EQ(ranked(d, TwoFields::kSpecialist).score, .4);
}

TEST_F(RouteTaskTest, ReportsEachNearRowOnce) {
  options_.neighbours = 7;
  const Decision d = route(join({second_, second_, first_}));
  ASSERT_EQ(d.neighbours.size(), 7U);
  for (std::size_t i = 1; i < 7; ++i) {
    EXPECT_GE(d.neighbours[i].cosine_distance, d.neighbours[i - 1].cosine_distance);
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(d.neighbours[i].row, d.neighbours[j].row);
  }
}

TEST_F(RouteTaskTest, AppliesCandidateAndPriceRules) {
  options_.exclusions[TwoFields::kSpecialist] = Exclusion::kDenied;
  options_.price_rules.max_usd_per_mtok = 5;
  const Decision d = route(join({second_, second_}));
  EXPECT_EQ(d.model, TwoFields::kCheap);
  ASSERT_EQ(d.ranking.size(), 1U);
  options_.price_rules.max_usd_per_mtok = .1;
  EXPECT_EQ(refusal(second_), ErrorCode::kNoCandidate);
}

TEST_F(RouteTaskTest, RefusesVectorsThatDoNotFit) {
  EXPECT_EQ(refusal({}), ErrorCode::kDimensionMismatch);
  EXPECT_EQ(refusal({1, 2, 3, 4, 5}), ErrorCode::kDimensionMismatch);
  EXPECT_EQ(refusal({1, 2, 3, std::nanf("")}), ErrorCode::kNonFinite);
}

// Labels.

std::vector<float> outcomes_of(std::initializer_list<std::pair<std::size_t, float>> known) {
  std::vector<float> out(TwoFields::kModels, std::nanf(""));
  for (const auto& [model, y] : known) out[model] = y;
  return out;
}

TEST_F(RouteTaskTest, LetsLabelsJoinThePool) {
  options_.constants.k = options_.constants.kappa = 1;
  const auto label = outcomes_of({{TwoFields::kCheap, 1}, {TwoFields::kGeneralist, 0}, {TwoFields::kSpecialist, 0}});
  const Decision d = route(join({nowhere_, nowhere_}), {{0}, label});
  EXPECT_NEAR(d.mean_distance, 0, 1e-6) << "float32 rounds the norm of a unit vector by less";
  EXPECT_EQ(ranked(d, TwoFields::kCheap).s1, 1) << "the only vote is the label's";
  EXPECT_EQ(ranked(d, TwoFields::kGeneralist).s1, 0);
  EXPECT_EQ(d.labelled, 1U);
  for (const Neighbour& n : d.neighbours) EXPECT_LT(n.row, index_.rows()) << "labels are not reported as rows";
}

TEST_F(RouteTaskTest, NeverMakesALabelItsOwnNeighbour) {
  options_.constants.k = options_.constants.kappa = 1;
  const Decision d = route(nowhere_, {{0}, outcomes_of({{TwoFields::kCheap, 1}})});
  EXPECT_GT(d.mean_distance, .5) << "the nearest row is the index's";
  const Decision two =
      route(join({second_, nowhere_}),
            {{0, 1}, join({outcomes_of({{TwoFields::kCheap, 1}}), outcomes_of({{TwoFields::kCheap, 1}})})});
  EXPECT_GT(two.mean_distance, .25) << "two labels may be neighbours of each other, but not of themselves";
}

TEST_F(RouteTaskTest, MeasuresPWhereAModelHasLabels) {
  // gbar predicts the specialist to be right on all four: three labels agree.
  std::vector<float> outcomes;
  for (const float y : {1.0F, 0.0F, 1.0F, 1.0F}) {
    const std::vector<float> one = outcomes_of({{TwoFields::kSpecialist, y}});
    outcomes.insert(outcomes.end(), one.begin(), one.end());
  }
  const Decision d = route(join({second_, second_, second_, second_, second_}), {{0, 1, 2, 3}, outcomes});
  EXPECT_TRUE(ranked(d, TwoFields::kSpecialist).p_measured);
  EXPECT_DOUBLE_EQ(ranked(d, TwoFields::kSpecialist).p, .75);
  EXPECT_FALSE(ranked(d, TwoFields::kGeneralist).p_measured);
}

TEST_F(RouteTaskTest, LeavesLabelledInputsOutOfTheScoresUnlessAllAreLabelled) {
  const auto label = outcomes_of({{TwoFields::kSpecialist, 1}});
  const Decision some = route(join({first_, second_}), {{0}, label});
  EXPECT_DOUBLE_EQ(ranked(some, TwoFields::kGeneralist).s1, 0) << "only the second input is scored";
  const Decision all = route(join({first_, second_}), {{0, 1}, join({label, label})});
  EXPECT_DOUBLE_EQ(ranked(all, TwoFields::kGeneralist).s1, .5);
  EXPECT_EQ(all.labelled, 2U);
}

TEST_F(RouteTaskTest, ScoresLabelledInputsWhereTheOthersHaveNoVector) {
  const Decision d = route(join({second_, zero_}), {{0}, outcomes_of({{TwoFields::kSpecialist, 1}})});
  EXPECT_EQ(d.model, TwoFields::kSpecialist);
  const Decision zero_labelled = route(join({second_, zero_}), {{1}, outcomes_of({{TwoFields::kSpecialist, 1}})});
  EXPECT_FALSE(ranked(zero_labelled, TwoFields::kSpecialist).p_measured) << "a label without a vector says nothing";
}

TEST_F(RouteTaskTest, DoesNotDependOnTheOrderOfTheLabels) {
  const auto right = outcomes_of({{TwoFields::kSpecialist, 1}, {TwoFields::kGeneralist, 1}});
  const auto wrong = outcomes_of({{TwoFields::kSpecialist, 0}});
  const std::vector<float> task = join({first_, second_, second_});
  const Decision a = route(task, {{0, 1}, join({right, wrong})});
  const Decision b = route(task, {{1, 0}, join({wrong, right})});
  for (const RankedModel& m : a.ranking) {
    EXPECT_EQ(ranked(b, m.model).s1, m.s1);
    EXPECT_EQ(ranked(b, m.model).p, m.p);
  }
}

TEST_F(RouteTaskTest, RefusesLabelsThatDoNotFit) {
  const auto label = outcomes_of({{TwoFields::kSpecialist, 1}});
  EXPECT_EQ(refusal(join({first_, second_}), {{1, 1}, join({label, label})}), ErrorCode::kInvalidArgument) << "twice";
  EXPECT_EQ(refusal(join({first_, second_}), {{2}, label}), ErrorCode::kInvalidArgument) << "beyond the task";
  EXPECT_EQ(refusal(first_, {{0}, {1, 1}}), ErrorCode::kDimensionMismatch) << "too few outcomes";
  for (const float y : {-.1F, 1.1F, std::numeric_limits<float>::infinity()}) {
    EXPECT_EQ(refusal(first_, {{0}, outcomes_of({{TwoFields::kSpecialist, y}})}), ErrorCode::kInvalidArgument) << y;
  }
}

}  // namespace
}  // namespace signalbox
