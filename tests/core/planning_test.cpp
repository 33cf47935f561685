// The parts of a plan, against numbers that were computed by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "planning/estimates.h"
#include "planning/family_means.h"
#include "planning/family_table.h"
#include "planning/folds.h"
#include "planning/ledger.h"
#include "planning/linear_space.h"
#include "planning/mixtures.h"
#include "planning/plan_data.h"
#include "planning/ridge.h"
#include "planning/settings.h"
#include "planning/soft_kmeans.h"
#include "support.h"

namespace signalbox {
namespace {

using testing::random_vectors;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

/// The arrays of an input: `rows` rows of two dimensions and two models, every row a group of its own.
struct Arrays {
  explicit Arrays(std::size_t rows) {
    for (std::size_t r = 0; r < rows; ++r) {
      embeddings.insert(embeddings.end(), {r % 2 == 0 ? 3.0F : 0.0F, r % 2 == 0 ? 0.0F : -2.0F});
      outcomes.insert(outcomes.end(), {1, r % 2 == 0 ? 1.0F : 0.0F});
      costs.insert(costs.end(), {.02F, .01F});
      groups.push_back(static_cast<std::uint32_t>(7 * r));
      labels.push_back(static_cast<std::uint16_t>(r % 2));
    }
  }

  [[nodiscard]] PlanInput input() const {
    PlanInput out;
    out.dim = 2;
    out.models = 2;
    out.embeddings = embeddings;
    out.outcomes = outcomes;
    out.costs = costs;
    out.groups = groups;
    return out;
  }

  std::vector<float> embeddings;
  std::vector<float> outcomes;
  std::vector<float> costs;
  std::vector<std::uint32_t> groups;
  std::vector<std::uint16_t> labels;
};

ErrorCode code_of(const PlanInput& input) {
  const Result<PlanData> data = read_plan_data(input);
  if (data.ok()) return ErrorCode::kInternal;
  EXPECT_FALSE(data.error().message.empty());
  return data.error().code;
}

TEST(PlanData, IsCheckedAndCopied) {
  Arrays arrays(30);
  arrays.groups[3] = arrays.groups[0];
  const Result<PlanData> read = read_plan_data(arrays.input());
  ASSERT_TRUE(read.ok()) << read.error().message;
  const PlanData& data = read.value();
  EXPECT_EQ(data.rows, 30U);
  EXPECT_EQ(data.groups, 29U);
  EXPECT_EQ(data.group[3], data.group[0]);
  EXPECT_EQ(data.group[4], 3U);
  EXPECT_EQ(data.vectors[0], 1);
  EXPECT_EQ(data.vectors[3], -1);
  EXPECT_TRUE(data.has_costs);
}

TEST(PlanData, RefusesTooLittle) {
  EXPECT_EQ(code_of(Arrays(29).input()), ErrorCode::kInvalidArgument);
  Arrays few(40);
  for (std::size_t r = 0; r < 40; ++r) few.groups[r] = static_cast<std::uint32_t>(r % 9);
  EXPECT_EQ(code_of(few.input()), ErrorCode::kInvalidArgument);
  PlanInput one = few.input();
  one.models = 1;
  EXPECT_EQ(code_of(one), ErrorCode::kInvalidArgument);
  Arrays unmeasured(40);
  for (std::size_t r = 0; r < 40; ++r) unmeasured.outcomes[2 * r] = kMissing;
  EXPECT_EQ(code_of(unmeasured.input()), ErrorCode::kInvalidArgument);
  Arrays half(40);
  for (std::size_t r = 0; r < 11; ++r) half.outcomes[2 * r] = half.outcomes[2 * r + 1] = kMissing;
  EXPECT_EQ(code_of(half.input()), ErrorCode::kInvalidArgument);
}

TEST(PlanData, RefusesWrongValues) {
  for (const float bad : {-.1F, 1.1F, std::numeric_limits<float>::infinity()}) {
    Arrays arrays(30);
    arrays.outcomes[5] = bad;
    EXPECT_EQ(code_of(arrays.input()), ErrorCode::kInvalidArgument) << bad;
  }
  for (const float bad : {-.1F, 2e6F, std::numeric_limits<float>::infinity()}) {
    Arrays arrays(30);
    arrays.costs[5] = bad;
    EXPECT_EQ(code_of(arrays.input()), ErrorCode::kInvalidArgument) << bad;
  }
  Arrays arrays(30);
  const std::vector<float> prior(60, 2);
  PlanInput with_prior = arrays.input();
  with_prior.prior = prior;
  EXPECT_EQ(code_of(with_prior), ErrorCode::kInvalidArgument);
  PlanInput labelled = arrays.input();
  labelled.labels = 1;
  labelled.row_labels = arrays.labels;
  EXPECT_EQ(code_of(labelled), ErrorCode::kInvalidArgument);
  arrays.embeddings[7] = kMissing;
  EXPECT_EQ(code_of(arrays.input()), ErrorCode::kNonFinite);
}

TEST(PlanData, RefusesWrongSizes) {
  const Arrays arrays(30);
  for (const auto member : {&PlanInput::embeddings, &PlanInput::outcomes, &PlanInput::costs}) {
    PlanInput input = arrays.input();
    input.*member = (input.*member).subspan(1);
    EXPECT_EQ(code_of(input), ErrorCode::kDimensionMismatch);
  }
  PlanInput input = arrays.input();
  input.labels = 2;
  EXPECT_EQ(code_of(input), ErrorCode::kDimensionMismatch);
  for (const auto& [member, size] : {std::pair(&PlanInput::dim, std::size_t{8193}),
                                     {&PlanInput::models, 65U},
                                     {&PlanInput::labels, 129U},
                                     {&PlanInput::dim, SIZE_MAX}}) {
    PlanInput large = arrays.input();
    large.*member = size;
    EXPECT_EQ(code_of(large), ErrorCode::kSizeOverflow);
  }
}

TEST(PlanData, LeavesModelsWithoutCostsOut) {
  Arrays arrays(30);
  for (std::size_t r = 0; r < 30; ++r) arrays.costs[2 * r] = kMissing;
  // One model with costs decides nothing: all may be picked, by quality.
  PlanData data = read_plan_data(arrays.input()).take();
  EXPECT_FALSE(data.has_costs);
  EXPECT_TRUE(data.may_pick(0) && data.may_pick(1));
  arrays.costs[8] = .5F;
  data = read_plan_data(arrays.input()).take();
  EXPECT_TRUE(data.has_costs);
}

TEST(PlanData, SurvivesHugeAndTinyVectors) {
  Arrays arrays(30);
  arrays.embeddings[0] = 3e38F;
  arrays.embeddings[1] = 3e38F;
  arrays.embeddings[4] = 1e-42F;
  arrays.embeddings[8] = 0;
  const PlanData data = read_plan_data(arrays.input()).take();
  EXPECT_NEAR(data.vectors[0], std::sqrt(.5), 1e-6);
  EXPECT_EQ(data.vectors[4], 1);
  EXPECT_EQ(data.vectors[8], 0);
}

TEST(Folds, NeverSplitGroups) {
  const std::vector<std::uint32_t> counts = {5, 1, 1, 0, 1, 1, 1, 4};
  const std::vector<std::uint8_t> folds = fold_groups(counts, 3, 42);
  ASSERT_EQ(folds.size(), counts.size());
  std::vector<std::uint32_t> sizes(3, 0);
  for (std::size_t g = 0; g < counts.size(); ++g) sizes[folds[g]] += counts[g];
  for (const std::uint32_t size : sizes) EXPECT_GT(size, 0U);
  EXPECT_EQ(folds, fold_groups(counts, 3, 42));
  const std::vector<std::uint32_t> ones(100, 1);
  EXPECT_NE(fold_groups(ones, 10, 1), fold_groups(ones, 10, 2));
}

TEST(SoftKMeans, FindsTwoClusters) {
  std::vector<float> vectors;
  std::vector<std::uint32_t> rows;
  for (std::uint32_t r = 0; r < 40; ++r) {
    const float tilt = .1F * static_cast<float>(r % 5);
    vectors.insert(vectors.end(), {r % 2 == 0 ? 1.0F : tilt, r % 2 == 0 ? tilt : 1.0F, 0});
    rows.push_back(r);
  }
  normalize_rows(vectors, 3);
  const KMeansRows all(vectors, 3, rows, 1);
  SoftKMeans fit(all, 2, .05, 1);
  for (std::size_t i = 0; i < SoftKMeans::kRounds; ++i) fit.round();
  const std::vector<float>& c = fit.centroids();
  const std::size_t first = c[0] > c[3] ? 0 : 3;
  EXPECT_GT(c[first], .95);
  EXPECT_GT(c[4 - first], .95);
  SoftKMeans again(all, 2, .05, 1);
  for (std::size_t i = 0; i < SoftKMeans::kRounds; ++i) again.round();
  EXPECT_EQ(again.centroids(), c);
  EXPECT_EQ(again.fit(), fit.fit());
}

TEST(SoftKMeans, TakesEqualAndZeroRows) {
  const std::vector<std::uint32_t> rows = {0, 1, 2, 3};
  for (const std::vector<float>& vectors : {std::vector<float>(8, 0), std::vector<float>{1, 0, 1, 0, 1, 0, 1, 0}}) {
    const KMeansRows all(vectors, 2, rows, 1);
    SoftKMeans fit(all, 3, .05, 1);
    fit.round();
    for (const float x : fit.centroids()) EXPECT_TRUE(std::isfinite(x));
  }
}

TEST(FamilySums, ShrinksToTheTarget) {
  FamilySums sums(2, 2);
  const std::vector<double> in_first = {1, 0};
  const std::vector<double> in_both = {.5, .5};
  sums.add(in_first, std::vector<float>{1, kMissing});
  sums.add(in_both, std::vector<float>{0, 1});
  EXPECT_EQ(sums.overall(), (std::vector<double>{.5, 1}));
  // First family, first model: (1 + 2 * .5) / (1.5 + 2).
  const std::vector<double> means = sums.shrunk(std::vector<double>{.5, 1, .5, 1}, 2);
  EXPECT_DOUBLE_EQ(means[0], 2 / 3.5);
  EXPECT_DOUBLE_EQ(means[1], 1);
  EXPECT_DOUBLE_EQ(means[2], 1 / 2.5);
  const FamilySums rest = sums.without(sums);
  EXPECT_TRUE(std::isnan(rest.overall()[0]));
}

TEST(Ridge, SolvesByHand) {
  // Centred rows are (-1, 0), (1, 0), (0, -1), (0, 1); R is 2 x + 3 y + 4.
  Moments moments(2);
  const std::vector<std::vector<float>> rows = {{4, 5}, {6, 5}, {5, 4}, {5, 6}};
  const std::vector<double> residuals = {2, 6, 1, 7};
  std::vector<double> cross(2, 0);
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    moments.add(rows[i]);
    for (std::size_t d = 0; d < 2; ++d) cross[d] += residuals[i] * static_cast<double>(rows[i][d]);
    sum += residuals[i];
  }
  // Z'Z = 2 I and Z'R = (4, 6): with a penalty of 2 the weights are (1, 1.5).
  const LinearPart part = Ridge(moments, 2).solve(cross, std::vector<double>{sum});
  EXPECT_NEAR(part.weights[0], 1, 1e-12);
  EXPECT_NEAR(part.weights[1], 1.5, 1e-12);
  EXPECT_NEAR(part.at(std::vector<float>{5, 5}, 0), 4, 1e-12);
  EXPECT_NEAR(part.at(std::vector<float>{6, 5}, 0), 5, 1e-12);
}

TEST(Ridge, TakesRowsThatAreAllEqual) {
  Moments moments(3);
  for (int i = 0; i < 5; ++i) moments.add(std::vector<float>{.6F, .8F, 0});
  const LinearPart part = Ridge(moments, 1).solve(std::vector<double>{3, 4, 0}, std::vector<double>{5});
  for (const double w : part.weights) EXPECT_NEAR(w, 0, 1e-6);
  EXPECT_NEAR(part.intercept[0], 1, 1e-6);
}

PlanData wide_data(std::size_t dim) {
  std::mt19937 random(3);
  Arrays arrays(40);
  // Rows in a plane of the space.
  const std::vector<float> axes = random_vectors(random, 2, dim);
  arrays.embeddings.clear();
  for (std::size_t r = 0; r < 40; ++r) {
    for (std::size_t d = 0; d < dim; ++d) {
      arrays.embeddings.push_back(axes[d] + .1F * static_cast<float>(r) * axes[dim + d]);
    }
  }
  PlanInput input = arrays.input();
  input.dim = dim;
  input.embeddings = arrays.embeddings;
  return read_plan_data(input).take();
}

TEST(LinearSpace, KeepsFewDimensions) {
  const PlanData data = wide_data(128);
  LinearSpace space(data);
  EXPECT_EQ(LinearSpace::count_steps(data), 0U);
  EXPECT_EQ(space.width(), 128U);
  EXPECT_EQ(space.row(3)[5], data.vector(3)[5]);
}

TEST(LinearSpace, ProjectsManyDimensions) {
  const PlanData data = wide_data(300);
  LinearSpace space(data);
  for (std::size_t i = 0; i < LinearSpace::count_steps(data); ++i) space.step();
  ASSERT_EQ(space.width(), kMostLinearWidth);
  // The plane is kept: weights of the coordinates are the same weights of the embedding, and lengths stay.
  std::vector<double> weights(kMostLinearWidth, 0);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<double>(i % 3) - 1;
  const std::vector<float> wide = space.widen(weights);
  ASSERT_EQ(wide.size(), 300U);
  for (const std::size_t row : {0, 7, 39}) {
    double narrow = 0;
    double length = 0;
    for (std::size_t a = 0; a < kMostLinearWidth; ++a) {
      narrow += weights[a] * static_cast<double>(space.row(row)[a]);
      length += static_cast<double>(space.row(row)[a]) * static_cast<double>(space.row(row)[a]);
    }
    double of_embedding = 0;
    for (std::size_t d = 0; d < 300; ++d) of_embedding += static_cast<double>(wide[d] * data.vector(row)[d]);
    EXPECT_NEAR(of_embedding, narrow, 1e-4);
    EXPECT_NEAR(length, 1, 1e-3);
  }
}

/// One family: model 0 is right .9 of the time at .02 dollars, model 1 .5 at .01.
FamilyPredictor one_family() {
  FamilyPredictor p;
  p.families = 1;
  p.centroids = {0, 0};
  p.bias = {0};
  p.share = {1};
  p.right = {.9F, .5F};
  p.evidence = {1, 1};
  p.usd = {.02F, .01F};
  return p;
}

TEST(Settings, DescendFromQualityToPrice) {
  const Arrays arrays(30);
  const PlanData data = read_plan_data(arrays.input()).take();
  const std::vector<double> settings = settings_of(data, one_family());
  ASSERT_EQ(settings.size(), 2U);
  EXPECT_EQ(settings[0], kMostAnswerValue);
  EXPECT_NEAR(settings[1], .025 / 4, 1e-8);  // Below .01 dollars for .4 of a right answer.
  RowForecast forecast;
  forecast_row(one_family(), data.vector(0), forecast);
  EXPECT_EQ(pick_model(data, forecast, settings[0]), 0U);
  EXPECT_EQ(pick_model(data, forecast, .0251), 0U);
  EXPECT_EQ(pick_model(data, forecast, .0249), 1U);
  EXPECT_EQ(pick_model(data, forecast, settings[1]), 1U);
}

TEST(Settings, WithoutCostsLookAtQualityOnly) {
  Arrays arrays(30);
  arrays.costs.clear();
  const PlanData data = read_plan_data(arrays.input()).take();
  EXPECT_EQ(settings_of(data, one_family()), std::vector<double>{kMostAnswerValue});
  EXPECT_EQ(pick_model(data, {{1}, {.5, .5}, {-1, -1}}, kMostAnswerValue), 0U);
}

TEST(Settings, AnswerZeroVectorsByTheSharesOfFamilies) {
  FamilyPredictor p = one_family();
  p.families = 2;
  p.centroids = {1, 0, 0, 1};
  p.bias = {0, 0};
  p.share = {.25F, .75F};
  p.right = {1, 0, 0, 1};
  p.usd = {.02F, .01F, .02F, .01F};
  RowForecast forecast;
  forecast_row(p, std::vector<float>{0, 0}, forecast);
  EXPECT_EQ(forecast.memberships, (std::vector<double>{.25, .75}));
  EXPECT_EQ(forecast.right, (std::vector<double>{.25, .75}));
}

}  // namespace
}  // namespace signalbox
