// Plans of models to ask one after the other: what they promise against enumeration, and whom they hold.
#include "routing/cascade.h"

#include <cmath>

#include "evaluation/cascades.h"
#include "two_fields.h"

namespace signalbox {
namespace {

using testing::options_of;
using testing::RandomBenchmark;
using testing::TwoFields;

constexpr double kTolerance = 1e-12;

/// Random chances over a tree of models, and prices that rise.
struct RandomTree {
  explicit RandomTree(std::uint32_t seed, std::size_t models = 6) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform;
    tree = count_failures(std::vector<float>(models, 0), models, {}, 1, 3, false);
    for (std::size_t i = 0; i < tree.prefixes.size() * models; ++i) chances.push_back(uniform(random));
    double price = 0;
    for (std::size_t m = 0; m < models; ++m) prices.push_back(price += uniform(random));
  }

  [[nodiscard]] double chance(const std::vector<std::size_t>& before, std::size_t model) const {
    std::size_t at = 0;
    for (const std::size_t m : before) {
      std::size_t i = at + 1;
      while (tree.prefixes[i].parent != at || tree.prefixes[i].last != m) ++i;
      at = i;
    }
    return chances[at * tree.models + model];
  }

  FailureTree tree;
  std::vector<double> chances;
  std::vector<double> prices;
};

/// Every way in which the answers of a path can turn out, its probability, what it costs, and whether it succeeds.
CascadeValue enumerate(const RandomTree& t, const std::vector<std::size_t>& path) {
  CascadeValue out;
  for (std::size_t bits = 0; bits < std::size_t{1} << path.size(); ++bits) {
    double probability = 1;
    double cost = 0;
    bool answered = false;
    std::vector<std::size_t> before;
    for (std::size_t i = 0; i < path.size(); ++i) {
      const bool right = (bits >> i & 1) != 0;
      if (answered) {
        probability *= .5;  // Not asked: both ways count as one.
        continue;
      }
      const double chance = t.chance(before, path[i]);
      probability *= right ? chance : 1 - chance;
      cost += t.prices[path[i]];
      answered = right;
      before.push_back(path[i]);
    }
    out.quality += answered ? probability : 0;
    out.usd_per_mtok += probability * cost;
  }
  for (const std::size_t m : path) out.worst_usd_per_mtok += t.prices[m];
  return out;
}

/// Every plan of at most `steps` models in ascending order.
std::vector<std::vector<std::size_t>> all_paths(std::size_t models, std::size_t steps) {
  std::vector<std::vector<std::size_t>> out;
  for (std::size_t bits = 1; bits < std::size_t{1} << models; ++bits) {
    std::vector<std::size_t> path;
    for (std::size_t m = 0; m < models; ++m) {
      if ((bits >> m & 1) != 0) path.push_back(m);
    }
    if (path.size() <= steps) out.push_back(path);
  }
  return out;
}

TEST(CascadeSteps, PromiseWhatEnumerationFinds) {
  const RandomTree t(11);
  for (const auto& path : all_paths(6, 4)) {
    const std::vector<CascadeStep> steps = steps_of(path, t.tree, t.chances, t.prices, .3);
    ASSERT_EQ(steps.size(), path.size());
    for (std::size_t i = 0; i < path.size(); ++i) {
      const CascadeValue expected = enumerate(t, {path.begin(), path.begin() + static_cast<std::ptrdiff_t>(i) + 1});
      EXPECT_NEAR(steps[i].so_far.quality, expected.quality, kTolerance);
      EXPECT_NEAR(steps[i].so_far.usd_per_mtok, expected.usd_per_mtok, kTolerance);
      EXPECT_NEAR(steps[i].so_far.worst_usd_per_mtok, expected.worst_usd_per_mtok, kTolerance);
      EXPECT_EQ(steps[i].p_correct, t.chances[path[i]]);
    }
  }
}

TEST(CascadeSteps, GoOnBelowTheConfidenceAtWhichTheRestIsWorthItsPrice) {
  const RandomTree t(12);
  constexpr double kWeight = .4;
  const std::vector<std::size_t> path = {0, 2, 3, 5};
  const auto steps = steps_of(path, t.tree, t.chances, t.prices, kWeight);
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    for (const double s : {std::max(0.0, steps[i].threshold - 1e-6), steps[i].threshold + 1e-6}) {
      bool worth = false;
      double reach = 1;
      double quality = 0;
      double cost = 0;
      for (std::size_t j = i + 1; j < path.size(); ++j) {
        cost += reach * t.prices[path[j]];
        quality += reach * steps[j].p_if_reached;
        reach *= 1 - steps[j].p_if_reached;
        worth = worth || (1 - s) * quality > kWeight * cost;
      }
      EXPECT_EQ(worth, s < steps[i].threshold) << "step " << i;
    }
  }
  EXPECT_EQ(steps.back().threshold, 0);
  for (const CascadeStep& step : steps_of(path, t.tree, t.chances, t.prices, 1e9)) EXPECT_EQ(step.threshold, 0);
}

TEST(BestPath, IsTheBestOfAllPlans) {
  for (const std::uint32_t seed : {21U, 22U, 23U, 24U}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const RandomTree t(seed);
    for (const double weight : {0.0, .05, .3, 2.0}) {
      for (const double limit : {-1.0, 1.0, 3.0}) {
        for (const std::size_t steps : {1U, 2U, 4U}) {
          double best = -HUGE_VAL;
          for (const auto& path : all_paths(6, steps)) {
            const CascadeValue value = enumerate(t, path);
            if (limit >= 0 && value.worst_usd_per_mtok > limit) continue;
            best = std::max(best, value.quality - weight * value.usd_per_mtok);
          }
          const auto path = best_path(t.tree, t.chances, t.prices, {weight, limit, steps});
          if (path.empty()) {
            EXPECT_EQ(best, -HUGE_VAL);
            continue;
          }
          const CascadeValue value = enumerate(t, path);
          EXPECT_NEAR(value.quality - weight * value.usd_per_mtok, best, kTolerance);
          EXPECT_LE(path.size(), steps);
        }
      }
    }
  }
}

TEST(BestPath, GainsFromALargerBudgetAndSavesForALargerWeight) {
  const RandomTree t(31);
  const auto value = [&](const CascadeRules& rules) {
    const auto path = best_path(t.tree, t.chances, t.prices, rules);
    return path.empty() ? CascadeValue() : enumerate(t, path);
  };
  double quality = 0;
  for (double limit = 0; limit < 15; limit += .25) {
    const CascadeValue found = value({0, limit, 4});
    EXPECT_GE(found.quality, quality - kTolerance);
    EXPECT_LE(found.worst_usd_per_mtok, limit);
    quality = found.quality;
  }
  double cost = HUGE_VAL;
  for (double weight = 0; weight < 3; weight += .1) {
    const CascadeValue found = value({weight, -1, 4});
    EXPECT_LE(found.usd_per_mtok, cost + kTolerance);
    cost = found.usd_per_mtok;
  }
}

TEST(BestPath, LeavesOutWhatAddsNothingAndWhatMayNotBeAsked) {
  RandomTree t(41, 3);
  std::fill(t.chances.begin(), t.chances.end(), 0);
  for (const std::size_t m : {0U, 1U, 2U}) t.chances[m] = .5;  // Right together, wrong together.
  EXPECT_EQ(best_path(t.tree, t.chances, t.prices, {}), std::vector<std::size_t>{0}) << "the cheapest of equals";
  t.prices = {-1, 1, 1};
  EXPECT_EQ(best_path(t.tree, t.chances, t.prices, {}), std::vector<std::size_t>{1}) << "the first of equals";
  t.prices = {-1, -1, -1};
  EXPECT_TRUE(best_path(t.tree, t.chances, t.prices, {}).empty());
}

TEST(CascadeModels, AreThoseWithAPriceCheapFirst) {
  const std::vector<double> predicted = {.5, .9, .6, .7};
  EXPECT_EQ(cascade_models(predicted, std::vector<double>{3, -1, 1, 1}), (std::vector<std::size_t>{3, 2, 0}));
  std::vector<double> many(20, .5);
  std::vector<double> prices;
  for (std::size_t m = 0; m < many.size(); ++m) prices.push_back(static_cast<double>(20 - m));
  many[19] = .1;   // The cheapest.
  many[3] = .9;    // Better than all cheaper ones.
  many[10] = .45;  // Worse than a cheaper one.
  const auto order = cascade_models(many, prices);
  ASSERT_EQ(order.size(), kMostCascadeModels);
  EXPECT_EQ(order.front(), 19U);
  EXPECT_EQ(order.back(), 3U);
  EXPECT_EQ(std::count(order.begin(), order.end(), 10U), 0);
}

/// Drops models one by one, as cascade_models says.
std::vector<std::size_t> reduced_one_by_one(std::span<const double> predicted, std::vector<std::size_t> order) {
  const auto is_beaten = [&](std::size_t place) {
    return std::any_of(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(place),
                       [&](std::size_t cheaper) { return predicted[cheaper] >= predicted[order[place]]; });
  };
  while (order.size() > kMostCascadeModels) {
    std::size_t worst = 1;
    for (std::size_t i = 2; i < order.size(); ++i) {
      const bool is_no_better = predicted[order[i]] <= predicted[order[worst]];
      if (is_beaten(i) == is_beaten(worst) ? is_no_better : is_beaten(i)) worst = i;
    }
    order.erase(order.begin() + static_cast<std::ptrdiff_t>(worst));
  }
  return order;
}

TEST(CascadeModels, AreReducedAsIfOneByOne) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::size_t models = 13 + seed % 30;
    std::vector<double> predicted(models);
    std::vector<double> prices(models);
    std::vector<std::size_t> order(models);
    // Few values, so that some are equal; or predictions that rise with the price, so that none is beaten.
    for (std::size_t m = 0; m < models; ++m) {
      order[m] = m;
      prices[m] = static_cast<double>(m);
      predicted[m] = seed % 4 == 0 ? static_cast<double>(m) : static_cast<double>(random() % 8);
    }
    EXPECT_EQ(cascade_models(predicted, prices), reduced_one_by_one(predicted, order));
  }
}

TEST(Verdicts, AreWeighedByBayesRule) {
  // Two models whose joint outcomes are known: P(1 right) = .6, P(2 right | 1 wrong) = .25, P(2 right) = .7.
  CascadeStep first;
  first.p_correct = first.p_if_reached = .6;
  first.threshold = 1;
  CascadeStep second;
  second.p_correct = .7;
  second.p_if_reached = .25;
  second.reach = .4;
  const double both = .7 - .4 * .25;                                          // P(both right)
  const std::array<double, 4> joint = {.4 * .75, .6 - both, .4 * .25, both};  // [2 right][1 right]
  const Judge judge{.9, .7};
  for (const bool said_first : {false, true}) {
    for (const bool said_second : {false, true}) {
      std::array<double, 4> after = joint;
      for (std::size_t i = 0; i < 4; ++i) {
        const auto likelihood = [&](bool right, bool said) {
          const double accepts = right ? judge.sensitivity : 1 - judge.specificity;
          return said ? accepts : 1 - accepts;
        };
        after[i] *= likelihood((i & 1) != 0, said_first);
      }
      double sum = after[0] + after[1] + after[2] + after[3];
      Verdicts verdicts;
      EXPECT_NEAR(verdicts.chance(first), .6, kTolerance);
      const double s1 = verdicts.confidence(first, said_first, judge);
      EXPECT_NEAR(s1, (after[1] + after[3]) / sum, kTolerance);
      EXPECT_EQ(verdicts.add(first, s1), s1 < 1);
      EXPECT_NEAR(verdicts.chance(second), (after[2] + after[3]) / sum, kTolerance);
      const double s2 = verdicts.confidence(second, said_second, judge);
      const double accepts = said_second ? judge.sensitivity : 1 - judge.sensitivity;
      const double refuses = said_second ? 1 - judge.specificity : judge.specificity;
      sum = (after[2] + after[3]) * accepts + (after[0] + after[1]) * refuses;
      EXPECT_NEAR(s2, (after[2] + after[3]) * accepts / sum, kTolerance);
    }
  }
}

class PlanCascadeTest : public ::testing::Test {
 protected:
  CascadePlan plan(const std::vector<float>& vector) {
    Result<CascadePlan> out = plan_cascade(index_, vector, options_);
    EXPECT_TRUE(out.ok()) << out.error().message;
    return out.take();
  }

  ErrorCode refusal() {
    const auto out = plan_cascade(index_, TwoFields::first_field(), options_);
    EXPECT_FALSE(out.ok());
    return out.ok() ? ErrorCode::kInternal : out.error().code;
  }

  TwoFields benchmark_;
  Index index_ = benchmark_.open();
  CascadeOptions options_{options_of(index_), {}, {}};
};

TEST_F(PlanCascadeTest, AsksTheCheapModelThenTheSpecialist) {
  const CascadePlan p = plan(TwoFields::second_field());
  ASSERT_GE(p.steps.size(), 2U);
  EXPECT_EQ(p.steps[0].model, TwoFields::kCheap);
  EXPECT_EQ(p.steps[1].model, TwoFields::kSpecialist);
  EXPECT_EQ(p.fallback, Fallback::kNone);
  EXPECT_GT(p.steps[1].p_if_reached, .8) << "right on every row on which the cheap one is wrong";
  EXPECT_EQ(p.exclusions[TwoFields::kUnpriced], Exclusion::kPriceUnknown);
  EXPECT_EQ(p.exclusions[TwoFields::kUnmeasured], Exclusion::kNoOutcomes);
}

TEST_F(PlanCascadeTest, KeepsToTheLimitAndGainsFromALargerOne) {
  double quality = 0;
  for (const double limit : {1.0, 5.0, 8.0, 9.0, 11.0, 19.0, 100.0}) {
    options_.rules.max_usd_per_mtok = limit;
    const CascadePlan p = plan(TwoFields::second_field());
    EXPECT_LE(p.steps.back().so_far.worst_usd_per_mtok, limit);
    EXPECT_GE(p.steps.back().so_far.quality, quality);
    quality = p.steps.back().so_far.quality;
    EXPECT_EQ(p.exclusions[TwoFields::kGeneralist] == Exclusion::kOverMaxPrice, limit < 10);
  }
  options_.rules.max_usd_per_mtok = .5;
  EXPECT_EQ(refusal(), ErrorCode::kNoCandidate);
}

TEST_F(PlanCascadeTest, AsksAListInItsOrder) {
  options_.models = {TwoFields::kGeneralist, TwoFields::kUnpriced, TwoFields::kCheap, TwoFields::kSpecialist};
  options_.rules.cost_weight = 100;
  CascadePlan p = plan(TwoFields::second_field());
  ASSERT_EQ(p.steps.size(), 3U);
  EXPECT_EQ(p.steps[0].model, TwoFields::kGeneralist);
  EXPECT_EQ(p.steps[2].model, TwoFields::kSpecialist);
  EXPECT_EQ(p.steps[0].threshold, 0) << "not worth it, and that is said";
  options_.rules.max_usd_per_mtok = 18;
  p = plan(TwoFields::second_field());
  ASSERT_EQ(p.steps.size(), 2U) << "10 + 1, and 8 no longer fit";
  EXPECT_EQ(p.exclusions[TwoFields::kSpecialist], Exclusion::kOverMaxPrice);
  options_.models = {TwoFields::kCheap, TwoFields::kCheap};
  EXPECT_EQ(refusal(), ErrorCode::kInvalidArgument);
  options_.models.assign(kMostCascadeModels + 1, 0);
  EXPECT_EQ(refusal(), ErrorCode::kInvalidArgument);
  options_.models = {TwoFields::kUnpriced};
  EXPECT_EQ(refusal(), ErrorCode::kNoCandidate);
}

TEST_F(PlanCascadeTest, GoesByMeansOverTasksOutsideTheBenchmarksCoverage) {
  const CascadePlan nowhere = plan(TwoFields::nowhere());
  EXPECT_EQ(nowhere.fallback, Fallback::kOutOfCoverage);
  const CascadePlan unknown = plan(TwoFields::unread());
  EXPECT_EQ(unknown.fallback, Fallback::kUnread);
  ASSERT_FALSE(unknown.steps.empty());
  EXPECT_EQ(unknown.steps[0].model, TwoFields::kCheap);
  EXPECT_DOUBLE_EQ(unknown.steps[0].p_correct, .3) << "three rows of four, of two tasks of five";
  EXPECT_EQ(unknown.steps[0].neighbours, 0);
  ASSERT_EQ(nowhere.steps.size(), unknown.steps.size());
  for (std::size_t i = 0; i < nowhere.steps.size(); ++i) {
    EXPECT_EQ(nowhere.steps[i].p_if_reached, unknown.steps[i].p_if_reached);
  }
}

TEST(PlanCascade, HasChancesWithMissingOutcomes) {
  const RandomBenchmark benchmark(7, 120, 6, 6, 4, CodeType::kInt8, .4);
  const Index index = benchmark.open();
  CascadeOptions options{options_of(index), {}, {}};
  for (std::size_t m = 0; m < 6; ++m) options.route.prices[m] = static_cast<double>(m % 3);
  const std::vector<float> vector = {1, 2, -1, 0, 1, 1};
  const Result<CascadePlan> found = plan_cascade(index, vector, options);
  ASSERT_TRUE(found.ok());
  double before = -1;
  for (const CascadeStep& step : found.value().steps) {
    EXPECT_GT(step.p_if_reached, 0);
    EXPECT_LT(step.p_if_reached, 1);
    EXPECT_GE(step.usd_per_mtok, before) << "cheap first";
    before = step.usd_per_mtok;
  }
}

}  // namespace
}  // namespace signalbox
