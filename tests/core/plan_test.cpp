// Whole plans: what they find in data with a known answer, and what they make of odd and hostile input.
#include "planning/plan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "index/families.h"
#include "lab_plan_json.h"
#include "planning/predictor_fit.h"
#include "support.h"

namespace signalbox {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kDim = 16;

/// Rows of `kinds` kinds of prompts, each near an axis. Costs are .04, .01, .01, ...
struct Prompts {
  Prompts(std::size_t rows, std::size_t kinds, std::size_t of_models, std::uint32_t seed = 5) : models(of_models) {
    std::mt19937 random(seed);
    std::normal_distribution<float> noise(0, .1F);
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t d = 0; d < kDim; ++d) embeddings.push_back((d == r % kinds ? 1.0F : 0.0F) + noise(random));
      for (std::size_t m = 0; m < models; ++m) costs.push_back(m == 0 ? .04F : .01F);
      groups.push_back(static_cast<std::uint32_t>(r));
      labels.push_back(static_cast<std::uint16_t>(r % kinds));
    }
    outcomes.assign(rows * models, 1);
    spec.input.dim = kDim;
    spec.input.models = models;
    refresh();
  }

  void refresh() {
    spec.input.embeddings = embeddings;
    spec.input.outcomes = outcomes;
    spec.input.costs = costs;
    spec.input.groups = groups;
  }

  /// Model 0 is always right, each other model m only for prompts of kind m.
  void give_each_model_a_kind() {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const std::size_t m = i % models;
      outcomes[i] = m == 0 || labels[i / models] == m ? 1.0F : 0.0F;
    }
  }

  std::size_t models;
  PlanSpec spec;
  std::vector<float> embeddings;
  std::vector<float> outcomes;
  std::vector<float> costs;
  std::vector<std::uint32_t> groups;
  std::vector<std::uint16_t> labels;
};

struct Made {
  PlanNumbers numbers;
  FamilyPredictor predictor;
  std::vector<std::uint16_t> families;
};

Made make(const PlanSpec& spec, std::size_t work = SIZE_MAX) {
  Result<std::unique_ptr<Plan>> plan = Plan::open(spec);
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  for (Plan::Progress p = plan.value()->step(0); p.done < p.total;) p = plan.value()->step(work);
  const Result<PlanNumbers> numbers = plan.value()->finish();
  EXPECT_TRUE(numbers.ok()) << numbers.error().message;
  return {numbers.value(), *plan.value()->predictor(), plan.value()->row_families()};
}

/// Requires what holds for every plan: numbers within their ranges, intervals around them, shares that sum to 1.
void expect_sound(const Made& made, std::size_t models) {
  const PlanNumbers& n = made.numbers;
  const auto check = [&](const BoundedEstimate& e) {
    EXPECT_LE(e.low.right, e.value.right);
    EXPECT_GE(e.high.right, e.value.right);
    EXPECT_LE(e.low.points, e.value.points);
    EXPECT_GE(e.high.points, e.value.points);
    EXPECT_TRUE(std::isfinite(e.value.right) && std::isfinite(e.low.points) && std::isfinite(e.high.points));
    EXPECT_EQ(std::isnan(e.value.usd), std::isnan(e.low.usd));
    EXPECT_TRUE(std::isnan(e.value.saved) || e.low.saved <= e.value.saved);
  };
  ASSERT_FALSE(n.curve.empty());
  EXPECT_LE(n.curve.size(), kMostSettings);
  EXPECT_EQ(n.curve.front().answer_value, kMostAnswerValue);
  for (const PlanPoint& point : n.curve) {
    check(point.estimate);
    double sum = 0;
    for (const PickShare& pick : point.picks) sum += pick.share;
    EXPECT_NEAR(sum, 1, 1e-9);
  }
  ASSERT_EQ(n.singles.size(), models);
  for (const BoundedEstimate& single : n.singles) check(single);
  check(n.proposed.estimate);
  std::size_t rows = 0;
  for (const FamilyRow& family : n.families) rows += family.rows;
  EXPECT_EQ(rows, n.rows);
  EXPECT_EQ(n.families.size(), made.predictor.families);
  EXPECT_EQ(made.families.size(), n.rows);
  // The bytes that ship open again.
  const std::vector<std::uint8_t> bytes = encode_families(made.predictor, kDim, models);
  EXPECT_TRUE(decode_families(bytes, kDim, models).ok());
}

TEST(Plan, SendsEachKindToTheCheapModelThatKnowsIt) {
  Prompts prompts(240, 4, 4);
  prompts.give_each_model_a_kind();
  const Made made = make(prompts.spec);
  expect_sound(made, 4);
  EXPECT_EQ(made.numbers.chosen.baseline, 0U);
  ASSERT_TRUE(made.numbers.chosen.setting);
  // Three kinds of four cost a quarter.
  EXPECT_NEAR(made.numbers.proposed.estimate.value.saved, .75 * .75, .03);
  EXPECT_NEAR(made.numbers.proposed.estimate.value.points, 0, 1);
  EXPECT_NE(made.numbers.predictor, PredictorKind::kConstant);
  ASSERT_EQ(made.numbers.proposed.picks.size(), 4U);
  for (const PickShare& pick : made.numbers.proposed.picks) EXPECT_NEAR(pick.share, .25, .02);
}

TEST(Plan, TakesFamiliesAsGiven) {
  Prompts prompts(240, 4, 4);
  prompts.give_each_model_a_kind();
  prompts.spec.input.labels = 5;  // The last one has no rows.
  prompts.spec.input.row_labels = prompts.labels;
  const Made made = make(prompts.spec);
  expect_sound(made, 4);
  EXPECT_EQ(made.families, prompts.labels);
  ASSERT_EQ(made.numbers.families.size(), 5U);
  EXPECT_EQ(made.numbers.families[4].rows, 0U);
  EXPECT_EQ(made.numbers.families[0].best, 0U);
  EXPECT_GT(made.numbers.families[2].picked[2], 55U);
  EXPECT_NEAR(made.numbers.proposed.estimate.value.saved, .75 * .75, .03);
}

TEST(Plan, IsConstantWhereNothingTellsModelsApart) {
  Prompts prompts(200, 4, 3);
  std::mt19937 random(7);
  for (std::size_t i = 0; i < prompts.outcomes.size(); ++i) {
    const std::uint32_t chance = i % 3 == 0 ? 90 : 40;
    prompts.outcomes[i] = random() % 100 < chance ? 1.0F : 0.0F;
  }
  prompts.refresh();
  const Made made = make(prompts.spec);
  expect_sound(made, 3);
  EXPECT_EQ(made.numbers.predictor, PredictorKind::kConstant);
  EXPECT_FALSE(made.numbers.chosen.setting);
  EXPECT_EQ(made.numbers.proposed.estimate.high.points, 0);
  EXPECT_EQ(made.numbers.proposed.estimate.value.saved, 0);
}

/// The predictor that ships must route as the plan says, by the router's own rule.
TEST(Plan, ShipsARuleThatPicksAsItSays) {
  for (const double at_most : {0.0, 1.0, 100.0}) {
    Prompts prompts(120, 3, 3, 11);
    prompts.give_each_model_a_kind();
    std::mt19937 random(3);
    for (float& y : prompts.outcomes) y = random() % 3 == 0 ? 1 - y : y;
    prompts.refresh();
    prompts.spec.target = {TargetKind::kAtMost, at_most};
    const Made made = make(prompts.spec);
    const PlanData data = read_plan_data(prompts.spec.input).take();
    std::vector<std::size_t> counts(3, 0);
    RowForecast forecast;
    for (std::size_t row = 0; row < data.rows; ++row) {
      forecast_row(made.predictor, data.vector(row), forecast);
      ++counts[pick_model(data, forecast, made.predictor.answer_value)];
    }
    const std::vector<PickShare> shares = shares_of(counts);
    ASSERT_EQ(shares.size(), made.numbers.proposed.picks.size()) << at_most;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      EXPECT_EQ(shares[i].model, made.numbers.proposed.picks[i].model);
      EXPECT_EQ(shares[i].share, made.numbers.proposed.picks[i].share);
    }
  }
}

TEST(Plan, KeepsAGivenBaselineThatIsNotTheBest) {
  Prompts prompts(100, 2, 2);
  for (std::size_t r = 0; r < 100; ++r) prompts.outcomes[2 * r + 1] = r % 3 == 0 ? 1.0F : 0.0F;
  prompts.refresh();
  prompts.spec.baseline = 1;
  prompts.spec.target = {TargetKind::kAtMost, 0};
  const Made made = make(prompts.spec);
  expect_sound(made, 2);
  // Nothing is cheaper than model 1, so that it stays, and is what ships.
  EXPECT_FALSE(made.numbers.chosen.setting);
  EXPECT_EQ(made.numbers.proposed.picks[0].model, 1U);
  const PlanData data = read_plan_data(prompts.spec.input).take();
  RowForecast forecast;
  forecast_row(made.predictor, data.vector(0), forecast);
  EXPECT_EQ(pick_model(data, forecast, made.predictor.answer_value), 1U);
}

TEST(Plan, IsTheSameInOneStepAndInMany) {
  Prompts prompts(90, 3, 3);
  prompts.give_each_model_a_kind();
  const Made at_once = make(prompts.spec);
  const Made by_steps = make(prompts.spec, 1);
  const Made again = make(prompts.spec, 7);
  EXPECT_EQ(bindings::to_json(at_once.numbers).dump(), bindings::to_json(by_steps.numbers).dump());
  EXPECT_EQ(bindings::to_json(at_once.numbers).dump(), bindings::to_json(again.numbers).dump());
  EXPECT_EQ(encode_families(at_once.predictor, kDim, 3), encode_families(by_steps.predictor, kDim, 3));
}

TEST(Plan, TakesDegenerateOutcomes) {
  for (const float y : {0.0F, 1.0F, .5F}) {
    Prompts prompts(60, 2, 3);
    prompts.outcomes.assign(180, y);
    const Made made = make(prompts.spec);
    expect_sound(made, 3);
    // Of models that are all alike, the first of the cheapest is the baseline.
    EXPECT_EQ(made.numbers.chosen.baseline, 1U);
    EXPECT_EQ(made.numbers.graded, y == .5F);
    EXPECT_EQ(made.numbers.proposed.estimate.value.points, 0);
  }
}

TEST(Plan, TakesDegenerateCosts) {
  for (const float usd : {0.0F, .02F, 1e6F, kMissing}) {
    Prompts prompts(60, 2, 2);
    prompts.give_each_model_a_kind();
    prompts.costs.assign(120, usd);
    const Made made = make(prompts.spec);
    expect_sound(made, 2);
    EXPECT_EQ(made.numbers.has_costs, !std::isnan(usd));
    EXPECT_EQ(std::isnan(made.numbers.proposed.estimate.value.saved), std::isnan(usd) || usd == 0) << usd;
    EXPECT_EQ(made.numbers.mixtures.empty(), std::isnan(usd) || made.numbers.mixtures.empty());
  }
}

TEST(Plan, TakesDegenerateEmbeddings) {
  Prompts zero(60, 2, 2);
  zero.give_each_model_a_kind();
  zero.embeddings.assign(60 * kDim, 0);
  zero.refresh();
  expect_sound(make(zero.spec), 2);
  Prompts equal(60, 2, 2);
  equal.give_each_model_a_kind();
  equal.embeddings.assign(60 * kDim, -.25F);
  equal.refresh();
  expect_sound(make(equal.spec), 2);
}

TEST(Plan, FillsGaps) {
  Prompts prompts(240, 4, 4);
  prompts.give_each_model_a_kind();
  std::mt19937 random(1);
  for (float& y : prompts.outcomes) y = random() % 4 == 0 ? kMissing : y;
  for (float& c : prompts.costs) c = random() % 4 == 0 ? kMissing : c;
  prompts.refresh();
  const Made made = make(prompts.spec);
  expect_sound(made, 4);
  EXPECT_LT(made.numbers.measured[1], 240U);
  EXPECT_NEAR(made.numbers.proposed.estimate.value.saved, .75 * .75, .1);
}

TEST(Plan, LeavesModelsWithoutCostsOut) {
  Prompts prompts(120, 3, 3);
  prompts.give_each_model_a_kind();
  for (std::size_t r = 0; r < 120; ++r) prompts.costs[3 * r] = kMissing;
  prompts.refresh();
  const Made made = make(prompts.spec);
  EXPECT_NE(made.numbers.chosen.baseline, 0U);
  EXPECT_TRUE(std::isnan(made.numbers.singles[0].value.usd));
  for (const PlanPoint& point : made.numbers.curve) {
    for (const PickShare& pick : point.picks) EXPECT_NE(pick.model, 0U);
  }
  prompts.spec.baseline = 0;
  EXPECT_FALSE(Plan::open(prompts.spec).ok());
}

/// Each prompt four times in one group: the estimates must not take copies for evidence.
TEST(Plan, WidensIntervalsForCopies) {
  Prompts once(60, 2, 2, 3);
  std::mt19937 random(9);
  for (std::size_t r = 0; r < 60; ++r) once.outcomes[2 * r + 1] = random() % 10 < 7 ? 1.0F : 0.0F;
  once.refresh();
  Prompts copies(0, 2, 2);
  for (std::uint32_t r = 0; r < 240; ++r) {
    const std::size_t of = r % 60;
    for (std::size_t d = 0; d < kDim; ++d) copies.embeddings.push_back(once.embeddings[of * kDim + d]);
    for (std::size_t m = 0; m < 2; ++m) {
      copies.outcomes.push_back(once.outcomes[of * 2 + m]);
      copies.costs.push_back(once.costs[of * 2 + m]);
    }
    copies.groups.push_back(static_cast<std::uint32_t>(of));
  }
  copies.refresh();
  const Made a = make(once.spec);
  const Made b = make(copies.spec);
  EXPECT_EQ(b.numbers.groups, 60U);
  const auto width = [](const BoundedEstimate& e) { return e.high.points - e.low.points; };
  EXPECT_NEAR(width(a.numbers.singles[1]), width(b.numbers.singles[1]), 1e-3);
}

TEST(Plan, LearnsFromAPrior) {
  // Few rows with noise; the prior knows which model is right where.
  Prompts prompts(60, 2, 2, 21);
  std::vector<float> prior;
  std::mt19937 random(2);
  for (std::size_t r = 0; r < 60; ++r) {
    const bool first = prompts.labels[r] == 0;
    prompts.outcomes[2 * r] = random() % 10 < (first ? 8U : 4U) ? 1.0F : 0.0F;
    prompts.outcomes[2 * r + 1] = random() % 10 < (first ? 4U : 8U) ? 1.0F : 0.0F;
    prior.insert(prior.end(), {first ? .9F : .1F, first ? .1F : kMissing});
  }
  prompts.refresh();
  prompts.spec.input.prior = prior;
  expect_sound(make(prompts.spec), 2);
}

TEST(Plan, RefusesConstantsOutsideTheirRange) {
  Prompts prompts(60, 2, 2);
  prompts.spec.baseline = 2;
  EXPECT_EQ(Plan::open(prompts.spec).error().code, ErrorCode::kInvalidArgument);
  prompts.spec.baseline = {};
  for (const PlanTarget& target : {PlanTarget{TargetKind::kAtMost, 100.5},
                                   {TargetKind::kSave, 1.5},
                                   {TargetKind::kBudget, -1},
                                   {TargetKind::kAtMost, std::nan("")}}) {
    prompts.spec.target = target;
    EXPECT_EQ(Plan::open(prompts.spec).error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(Plan, IsNotFinishedBeforeItsSteps) {
  Prompts prompts(60, 2, 2);
  const auto plan = Plan::open(prompts.spec).take();
  EXPECT_EQ(plan->predictor(), nullptr);
  EXPECT_EQ(plan->finish().error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace signalbox
