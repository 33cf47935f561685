// Rows that were chosen for what they teach: they train the rule, and leave the estimates unbiased.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "planning/plan.h"
#include "routing/random.h"

namespace signalbox {
namespace {

constexpr std::size_t kDim = 6;
constexpr std::size_t kKinds = 3;
constexpr std::size_t kModels = 2;
/// Chances that the large and the small model are right, by kind of prompt.
constexpr double kRight[kKinds][kModels] = {{.9, .88}, {.9, .5}, {.6, .75}};

/// Traffic: prompts of three kinds in equal parts.
class Traffic {
 public:
  explicit Traffic(std::uint64_t seed) : random_(seed) {}

  struct Row {
    std::vector<float> vector;
    float right[kModels];
    [[nodiscard]] bool is_disagreement() const { return right[0] != right[1]; }
  };

  Row draw() {
    Row out;
    const std::size_t kind = random_.below(kKinds);
    for (std::size_t d = 0; d < kDim; ++d) {
      const double noise = .4 * (uniform() - .5);
      out.vector.push_back(static_cast<float>((d == kind ? 1 : 0) + noise));
    }
    for (std::size_t m = 0; m < kModels; ++m) out.right[m] = uniform() < kRight[kind][m] ? 1 : 0;
    return out;
  }

 private:
  double uniform() { return static_cast<double>(random_.next() >> 11) * 0x1p-53; }

  Random random_;
};

/// A graded file. Costs are .04 and .01.
struct File {
  void add(const Traffic::Row& row, bool is_chosen) {
    embeddings.insert(embeddings.end(), row.vector.begin(), row.vector.end());
    outcomes.insert(outcomes.end(), row.right, row.right + kModels);
    costs.insert(costs.end(), {.04F, .01F});
    groups.push_back(static_cast<std::uint32_t>(groups.size()));
    chosen.push_back(is_chosen ? 1 : 0);
  }

  [[nodiscard]] PlanSpec spec(bool is_told) const {
    PlanSpec out;
    out.input.dim = kDim;
    out.input.models = kModels;
    out.input.embeddings = embeddings;
    out.input.outcomes = outcomes;
    out.input.costs = costs;
    out.input.groups = groups;
    if (is_told) out.input.chosen = chosen;
    out.target = {TargetKind::kAtMost, 5};
    return out;
  }

  std::vector<float> embeddings;
  std::vector<float> outcomes;
  std::vector<float> costs;
  std::vector<std::uint32_t> groups;
  std::vector<std::uint8_t> chosen;
};

/// Returns a file of random rows, and as many that were chosen because the models disagree.
File draw_file(std::size_t random_rows, std::uint64_t seed) {
  Traffic traffic(seed);
  File out;
  for (std::size_t i = 0; i < random_rows; ++i) out.add(traffic.draw(), false);
  for (std::size_t i = 0; i < random_rows;) {
    const Traffic::Row row = traffic.draw();
    if (!row.is_disagreement()) continue;
    out.add(row, true);
    ++i;
  }
  return out;
}

std::unique_ptr<Plan> run(const PlanSpec& spec) {
  Result<std::unique_ptr<Plan>> plan = Plan::open(spec);
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  plan.value()->step(SIZE_MAX);
  return plan.take();
}

/// Returns what the rule of quality alone earns in points against the large model, over much traffic.
double true_points(const FamilyPredictor& predictor) {
  constexpr std::size_t kRows = 4000;
  Traffic traffic(99);
  RowForecast forecast;
  double sum = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    const Traffic::Row row = traffic.draw();
    forecast_row(predictor, row.vector, forecast);
    sum += static_cast<double>(row.right[forecast.right[1] > forecast.right[0] ? 1 : 0] - row.right[0]);
  }
  return 100 * sum / kRows;
}

/// Errors of estimates: of the small model's mean, of its points against the large one, and of those of a rule.
struct Errors {
  double right = 0;
  double single = 0;
  double rule = 0;
};

Errors mean_errors(bool is_told, std::size_t files) {
  constexpr double kSmall = (.88 + .5 + .75) / 3;
  constexpr double kLarge = (.9 + .9 + .6) / 3;
  Errors out;
  for (std::size_t i = 0; i < files; ++i) {
    const File file = draw_file(60, 1000 + i);
    PlanSpec spec = file.spec(is_told);
    spec.baseline = 0;
    const std::unique_ptr<Plan> plan = run(spec);
    const PlanNumbers numbers = plan->finish().value();
    const auto each = 1 / static_cast<double>(files);
    out.right += each * (numbers.singles[1].value.right - kSmall);
    out.single += each * (numbers.singles[1].value.points - 100 * (kSmall - kLarge));
    // Without a gain the shipped rule is constant, and its first setting is not that of the curve.
    if (numbers.chosen.setting) {
      out.rule += each * (numbers.curve.front().estimate.value.points - true_points(*plan->predictor()));
    }
  }
  return out;
}

// Half of the rows were chosen. A file has 60 random rows: standard errors of a mean over 150 files are .5 points for
// outcomes and .7 points for differences, so that 2.5 points are more than three of them.
TEST(PlanSelection, KeepsEstimatesUnbiasedWithHalfOfTheRowsChosen) {
  const Errors told = mean_errors(true, 150);
  EXPECT_NEAR(100 * told.right, 0, 2.5);
  EXPECT_NEAR(told.single, 0, 2.5);
  EXPECT_NEAR(told.rule, 0, 2.5);
}

TEST(PlanSelection, WouldBeBiasedIfChosenRowsCountedAsRandom) {
  const Errors untold = mean_errors(false, 150);
  EXPECT_LT(100 * untold.right, -5);
  EXPECT_LT(untold.single, -5);
  EXPECT_GT(untold.rule, 2.5);
}

TEST(PlanSelection, CountsRandomRowsOnly) {
  const File file = draw_file(40, 3);
  const std::unique_ptr<Plan> plan = run(file.spec(true));
  const PlanNumbers numbers = plan->finish().value();
  EXPECT_EQ(numbers.rows, 40U);
  EXPECT_EQ(numbers.groups, 40U);
  EXPECT_EQ(numbers.chosen_rows, 40U);
  EXPECT_EQ(numbers.measured, (std::vector<std::size_t>{40, 40}));
  EXPECT_EQ(plan->row_families().size(), 40U);
  std::size_t rows = 0;
  for (const FamilyRow& family : numbers.families) rows += family.rows;
  EXPECT_EQ(rows, 40U);
}

TEST(PlanSelection, TrainsOnChosenRows) {
  const File file = draw_file(40, 3);
  File random_only = file;
  random_only.embeddings.resize(40 * kDim);
  random_only.outcomes.resize(40 * kModels);
  random_only.costs.resize(40 * kModels);
  random_only.groups.resize(40);
  random_only.chosen.resize(40);
  const std::unique_ptr<Plan> with = run(file.spec(true));
  const std::unique_ptr<Plan> without = run(random_only.spec(true));
  ASSERT_TRUE(with->finish().ok() && without->finish().ok());
  double evidence = 0;
  for (const float x : with->predictor()->evidence) evidence += static_cast<double>(x);
  double fewer = 0;
  for (const float x : without->predictor()->evidence) fewer += static_cast<double>(x);
  EXPECT_NEAR(evidence, 80.0 * kModels, 1e-3);
  EXPECT_NEAR(fewer, 40.0 * kModels, 1e-3);
  // The models alone do not depend on the rule.
  for (std::size_t m = 0; m < kModels; ++m) {
    EXPECT_EQ(with->finish().value().singles[m].value.right, without->finish().value().singles[m].value.right);
  }
}

/// The small model is better on random rows; chosen rows would say the opposite.
TEST(PlanSelection, ChoosesTheBaselineByRandomRows) {
  Traffic traffic(5);
  File file;
  for (std::size_t i = 0; i < 200; ++i) {
    Traffic::Row row = traffic.draw();
    row.right[0] = i < 60 ? 0 : 1;
    row.right[1] = i < 60 ? 1 : 0;
    file.add(row, i >= 60);
  }
  EXPECT_EQ(run(file.spec(true))->finish().value().chosen.baseline, 1U);
  EXPECT_EQ(run(file.spec(false))->finish().value().chosen.baseline, 0U);
}

TEST(PlanSelection, FillsGapsByTheErrorsOfRandomRows) {
  // Half of the small model's outcomes are missing in random rows; the chosen ones are all wrong.
  Traffic traffic(6);
  File file;
  for (std::size_t i = 0; i < 160; ++i) {
    Traffic::Row row = traffic.draw();
    row.right[1] = i < 80 ? (i % 2 == 0 ? 1 : std::nanf("")) : 0;
    file.add(row, i >= 80);
  }
  EXPECT_NEAR(run(file.spec(true))->finish().value().singles[1].value.right, 1, .05);
}

TEST(PlanSelection, RefusesTooFewRandomRows) {
  File file = draw_file(60, 3);
  const auto message_of = [&]() {
    const Result<PlanData> read = read_plan_data(file.spec(true).input);
    EXPECT_FALSE(read.ok());
    return read.ok() ? std::string() : read.error().message;
  };
  file.chosen.assign(120, 1);
  EXPECT_EQ(message_of(), "model 0 has no outcome in the random rows, expected at least one");
  for (std::size_t row = 0; row < 29; ++row) file.chosen[row] = 0;
  EXPECT_EQ(message_of(), "got 29 random rows with an outcome, expected at least 30");
  for (std::size_t row = 0; row < 60; ++row) {
    file.chosen[row] = 0;
    file.groups[row] = static_cast<std::uint32_t>(row % 9);
  }
  EXPECT_EQ(message_of(), "got 9 groups of random rows, expected at least 10");
  file.chosen[3] = 2;
  EXPECT_EQ(message_of(), "got mark 2 of a row, expected 0 (random) or 1 (chosen)");
  file.chosen.pop_back();
  EXPECT_EQ(message_of(), "got 119 marks of rows, expected 120");
}

TEST(PlanSelection, KeepsGroupsTogether) {
  // Every group has a random and a chosen row: the rule of a fold sees neither.
  Traffic traffic(7);
  File file;
  for (std::size_t i = 0; i < 60; ++i) {
    const Traffic::Row row = traffic.draw();
    file.add(row, false);
    file.add(row, true);
    file.groups[2 * i] = file.groups[2 * i + 1] = static_cast<std::uint32_t>(i);
  }
  const PlanNumbers numbers = run(file.spec(true))->finish().value();
  EXPECT_EQ(numbers.rows, 60U);
  EXPECT_EQ(numbers.groups, 60U);
}

}  // namespace
}  // namespace signalbox
