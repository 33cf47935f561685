// The default policy of the router, for inputs and tasks, on a benchmark whose right answers are known.
#include <cmath>

#include "routing/task_mixture.h"
#include "two_fields.h"

namespace signalbox {
namespace {

using testing::options_of;
using testing::ranked;
using testing::TwoFields;

constexpr double kEta = MixtureConstants().eta;

std::vector<float> repeat(const std::vector<float>& vector, std::size_t times) {
  std::vector<float> out;
  for (std::size_t i = 0; i < times; ++i) out.insert(out.end(), vector.begin(), vector.end());
  return out;
}

/// Tasks 0, 1 and 2 are the generalist's, 3 and 4 the specialist's.
class RouterMixtureTest : public ::testing::Test {
 protected:
  RouterMixtureTest() { options_.eta = 0; }

  Decision input(const std::vector<float>& vector) { return testing::take(route_input(index_, vector, options_)); }

  Decision task(const std::vector<float>& vectors, const Labels& labels = {}) {
    options_.eta = kEta;
    return testing::take(route_task(index_, vectors, labels, options_));
  }

  /// Labels for the first inputs of a task: the outcomes of generalist and specialist, everyone else missing.
  static Labels labels(std::size_t count, float generalist, float specialist) {
    Labels out;
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<float> one(TwoFields::kModels, std::nanf(""));
      one[TwoFields::kGeneralist] = generalist;
      one[TwoFields::kSpecialist] = specialist;
      out.inputs.push_back(i);
      out.outcomes.insert(out.outcomes.end(), one.begin(), one.end());
    }
    return out;
  }

  const std::vector<float> first_ = TwoFields::first_field();
  const std::vector<float> second_ = TwoFields::second_field();
  TwoFields benchmark_;
  Index index_ = benchmark_.open();
  RouteOptions options_ = options_of(index_, Policy::kSignalbox);
};

TEST_F(RouterMixtureTest, PicksTheModelOfTheTasksThatAnInputResembles) {
  const Decision d = input(second_);
  EXPECT_EQ(d.policy, Policy::kSignalbox);
  EXPECT_EQ(d.model, TwoFields::kSpecialist);
  EXPECT_EQ(d.best_single, TwoFields::kGeneralist);
  EXPECT_EQ(d.challenger, d.model);
  EXPECT_EQ(d.fallback, Fallback::kNone);
  EXPECT_GT(d.challenger_confidence, .99);
  EXPECT_GT(ranked(d, TwoFields::kSpecialist).score, .99) << "right on all of tasks 3 and 4";
  EXPECT_NEAR(ranked(d, TwoFields::kCheap).score, .75, .03);
  EXPECT_LT(ranked(d, TwoFields::kGeneralist).score, .01);
}

TEST_F(RouterMixtureTest, ReportsTheTasksThatWeighMost) {
  const Decision d = input(second_);
  ASSERT_EQ(d.tasks.size(), kReportedTasks);
  EXPECT_EQ(d.tasks[0].task + d.tasks[1].task, 3U + 4U);
  EXPECT_GT(d.tasks[0].weight + d.tasks[1].weight, .99);
  double sum = 0;
  for (std::size_t i = 0; i < d.tasks.size(); ++i) {
    EXPECT_LE(d.tasks[i].weight, d.tasks[i == 0 ? 0 : i - 1].weight);
    sum += d.tasks[i].weight;
  }
  EXPECT_NEAR(sum, 1, 1e-12) << "the benchmark has no more than five tasks";
  options_.policy = Policy::kS1;
  EXPECT_TRUE(input(second_).tasks.empty()) << "the paper's policies compare samples";
}

TEST_F(RouterMixtureTest, CountsAsVotesTheTasksThatMeasuredAModel) {
  EXPECT_EQ(ranked(input(first_), TwoFields::kCheap).votes, TwoFields::kTasks);
  for (std::size_t r = 0; r < TwoFields::kRows; ++r) {
    if (benchmark_.row_tasks[r] == 1) benchmark_.outcomes[r * TwoFields::kModels + TwoFields::kCheap] = std::nanf("");
  }
  benchmark_.refresh();
  index_ = benchmark_.open();
  const RankedModel cheap = ranked(input(first_), TwoFields::kCheap);
  EXPECT_EQ(cheap.votes, TwoFields::kTasks - 1);
  EXPECT_FALSE(cheap.is_own_mean());
}

TEST_F(RouterMixtureTest, IsSureOfTheBestSingleModelAgainstTheRunnerUp) {
  const Decision d = input(first_);
  EXPECT_EQ(d.model, TwoFields::kGeneralist);
  EXPECT_EQ(d.challenger, d.best_single);
  EXPECT_GT(d.challenger_confidence, .99);
  EXPECT_LT(d.challenger_confidence, 1);
  options_.exclusions[TwoFields::kCheap] = options_.exclusions[TwoFields::kSpecialist] = Exclusion::kDenied;
  options_.exclusions[TwoFields::kUnpriced] = Exclusion::kDenied;
  EXPECT_EQ(input(first_).challenger_confidence, 1) << "nobody is left to lose against";
}

TEST_F(RouterMixtureTest, AsksForConfidenceOnlyOfAWholeTask) {
  // Between the fields, a little nearer to the second: the specialist by a nose.
  const std::vector<float> between = {.68F, .73F, 0, 0};
  options_.max_coverage_percentile = 100;
  const Decision one = input(between);
  EXPECT_EQ(one.model, TwoFields::kSpecialist);
  EXPECT_LT(one.challenger_confidence, kEta);
  const Decision whole = task(repeat(between, 3));
  EXPECT_EQ(whole.model, TwoFields::kGeneralist);
  EXPECT_LT(whole.tasks[0].weight, one.tasks[0].weight) << "uniform votes join those of a whole task";
}

TEST_F(RouterMixtureTest, FallsBackWhereTheChallengerIsNotSureEnough) {
  const Decision d = task(repeat(second_, 3));
  // 1.4 effective tasks or so, and two uniform ones that stand mostly for the generalist.
  EXPECT_EQ(d.challenger, TwoFields::kSpecialist);
  EXPECT_GT(d.challenger_confidence, kEta);
  EXPECT_EQ(d.fallback, Fallback::kNone);
  options_.eta = .95;
  const Decision strict = testing::take(route_task(index_, repeat(second_, 3), {}, options_));
  EXPECT_EQ(strict.fallback, Fallback::kLowConfidence);
  EXPECT_EQ(strict.challenger, TwoFields::kSpecialist);
  EXPECT_EQ(strict.model, TwoFields::kGeneralist);
  EXPECT_EQ(strict.challenger_confidence, d.challenger_confidence);
}

TEST_F(RouterMixtureTest, RanksByMeansOutsideOfTheCoverage) {
  for (const Decision& d : {input(TwoFields::nowhere()), task(repeat(TwoFields::nowhere(), 2))}) {
    EXPECT_EQ(d.fallback, Fallback::kOutOfCoverage);
    EXPECT_EQ(d.model, TwoFields::kGeneralist);
    EXPECT_DOUBLE_EQ(ranked(d, TwoFields::kGeneralist).score, .6);
    EXPECT_TRUE(ranked(d, TwoFields::kGeneralist).is_own_mean());
  }
}

TEST_F(RouterMixtureTest, KnowsNothingWithoutAKnownToken) {
  const std::vector<float> zero = TwoFields::unread();
  for (const Decision& d : {input(zero), task(repeat(zero, 2)), task(zero, labels(1, 0, 1))}) {
    EXPECT_EQ(d.fallback, Fallback::kUnread);
    EXPECT_EQ(d.model, TwoFields::kGeneralist);
    EXPECT_TRUE(d.tasks.empty());
  }
}

TEST_F(RouterMixtureTest, ChangesThePickWithLabels) {
  const std::vector<float> inputs = repeat(first_, 8);
  const Decision without = task(inputs);
  EXPECT_EQ(without.model, TwoFields::kGeneralist);
  const Decision with = task(inputs, labels(6, 0, 1));
  EXPECT_EQ(with.labelled, 6U);
  EXPECT_EQ(with.model, TwoFields::kSpecialist) << "six labels outweigh what the inputs look like";
  EXPECT_GT(with.challenger_confidence, kEta);
  EXPECT_GE(with.tasks[0].task, 3U) << "the labels are those of the specialist's tasks";
  EXPECT_LT(without.tasks[0].task, 3U);
}

TEST_F(RouterMixtureTest, CountsLabelsOfInputsWithoutAKnownToken) {
  std::vector<float> inputs = repeat(TwoFields::unread(), 6);
  inputs.insert(inputs.end(), first_.begin(), first_.end());
  EXPECT_EQ(task(inputs, labels(6, 0, 1)).model, TwoFields::kSpecialist);
}

TEST_F(RouterMixtureTest, DoesNotDependOnTheOrderOfTheInputs) {
  std::vector<float> ab = first_;
  ab.insert(ab.end(), second_.begin(), second_.end());
  std::vector<float> ba = second_;
  ba.insert(ba.end(), first_.begin(), first_.end());
  const Decision a = task(ab);
  const Decision b = task(ba);
  EXPECT_EQ(a.model, b.model);
  for (const RankedModel& m : a.ranking) EXPECT_NEAR(ranked(b, m.model).score, m.score, 1e-12);
}

TEST_F(RouterMixtureTest, LeavesModelsThatAreExcludedOutOfTheComparison) {
  const Decision all = input(second_);
  options_.exclusions[TwoFields::kSpecialist] = Exclusion::kDenied;
  const Decision without = input(second_);
  EXPECT_EQ(without.model, TwoFields::kCheap);
  EXPECT_EQ(without.ranking.size(), all.ranking.size() - 1);
  EXPECT_NEAR(ranked(without, TwoFields::kCheap).score, ranked(all, TwoFields::kCheap).score, 1e-9)
      << "without labels correctness is that of the tasks, whoever else is there";
}

TEST_F(RouterMixtureTest, TradesQualityForPriceOnTop) {
  const Decision plain = input(second_);
  EXPECT_EQ(plain.confidence, plain.challenger_confidence);
  options_.price_rules.tolerance = .3;
  const Decision cheap = input(second_);
  EXPECT_EQ(cheap.model, TwoFields::kCheap) << "within .3 of the specialist, at an eighth of the price";
  EXPECT_EQ(cheap.challenger_confidence, plain.challenger_confidence);
  EXPECT_GT(cheap.confidence, .99) << "the generalist is right on nothing here";
  EXPECT_GT(input(first_).confidence, .99) << "the best single model itself, against the next best";
  options_.price_rules.tolerance = .1;
  EXPECT_EQ(input(second_).model, TwoFields::kSpecialist);
  options_.price_rules = {};
  options_.price_rules.cost_weight = .05;
  EXPECT_EQ(input(second_).model, TwoFields::kCheap) << ".25 of quality for 7 dollars at .05 each";
  options_.price_rules = {};
  options_.price_rules.max_usd_per_mtok = 9;
  const Decision d = input(first_);
  EXPECT_EQ(d.best_single, TwoFields::kSpecialist) << "the generalist is too dear to be the fallback";
  EXPECT_EQ(d.exclusions[TwoFields::kGeneralist], Exclusion::kOverMaxPrice);
  EXPECT_EQ(d.exclusions[TwoFields::kUnpriced], Exclusion::kPriceUnknown);
}

TEST_F(RouterMixtureTest, AddsCorrectionsBeforeItChooses) {
  const Decision plain = input(second_);
  options_.corrections.assign(TwoFields::kModels, 0);
  EXPECT_EQ(ranked(input(second_), TwoFields::kSpecialist).score, ranked(plain, TwoFields::kSpecialist).score);
  options_.corrections[TwoFields::kSpecialist] = -.5;
  for (const Decision& d : {input(second_), task(repeat(second_, 3))}) {
    EXPECT_EQ(d.model, TwoFields::kCheap);
    EXPECT_EQ(d.challenger, TwoFields::kCheap);
    EXPECT_EQ(d.best_single, TwoFields::kGeneralist) << "that is what the benchmark says";
    EXPECT_EQ(d.fallback, Fallback::kNone);
  }
  const RankedModel& before = ranked(plain, TwoFields::kSpecialist);
  const Decision d = input(second_);
  const RankedModel& after = ranked(d, TwoFields::kSpecialist);
  EXPECT_DOUBLE_EQ(after.score, before.score - .5);
  EXPECT_DOUBLE_EQ(after.interval.low, before.interval.low - .5);
  EXPECT_EQ(ranked(d, TwoFields::kCheap).score, ranked(plain, TwoFields::kCheap).score);
  options_.policy = Policy::kS1;
  EXPECT_EQ(input(second_).model, TwoFields::kCheap) << "whatever the policy";
}

TEST_F(RouterMixtureTest, IsAsSureAsItsCorrectedPredictionsAllow) {
  const Decision plain = input(second_);
  EXPECT_GT(plain.challenger_confidence, .99);
  options_.corrections.assign(TwoFields::kModels, 0);
  options_.corrections[TwoFields::kGeneralist] = .98;
  const Decision close = input(second_);
  EXPECT_EQ(close.model, TwoFields::kSpecialist);
  EXPECT_LT(close.challenger_confidence, .7) << "the generalist comes close";
  options_.corrections.assign(TwoFields::kModels, .25);
  EXPECT_DOUBLE_EQ(input(second_).challenger_confidence, plain.challenger_confidence)
      << "what all share compares nobody";
}

TEST_F(RouterMixtureTest, ComparesWhatItCannotShow) {
  options_.corrections.assign(TwoFields::kModels, 0);
  options_.corrections[TwoFields::kCheap] = 1;
  options_.corrections[TwoFields::kSpecialist] = .5;
  const Decision d = input(second_);
  EXPECT_EQ(ranked(d, TwoFields::kCheap).score, 1);
  EXPECT_EQ(ranked(d, TwoFields::kSpecialist).score, 1);
  EXPECT_EQ(ranked(d, TwoFields::kSpecialist).interval.high, 1);
  EXPECT_EQ(d.model, TwoFields::kCheap);
  EXPECT_EQ(d.ranking[0].model, TwoFields::kCheap);
}

TEST_F(RouterMixtureTest, GoesByCorrectedMeansOutsideOfTheCoverage) {
  options_.corrections.assign(TwoFields::kModels, 0);
  options_.corrections[TwoFields::kGeneralist] = -.3;
  for (const auto& vector : {TwoFields::nowhere(), TwoFields::unread()}) {
    const Decision d = input(vector);
    EXPECT_TRUE(d.out_of_coverage);
    EXPECT_EQ(d.model, TwoFields::kSpecialist);
    EXPECT_EQ(d.best_single, TwoFields::kGeneralist);
    EXPECT_DOUBLE_EQ(ranked(d, TwoFields::kGeneralist).score, .3);
  }
}

}  // namespace
}  // namespace signalbox
