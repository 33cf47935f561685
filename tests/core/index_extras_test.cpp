// The parts of an index beside rows and outcomes: round trips, packed outcomes, and what follows from scores and links.
#include <cmath>

#include "index/means.h"
#include "index/task_posterior.h"
#include "routing/router.h"
#include "support.h"
#include "two_fields.h"

namespace signalbox {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

/// Tasks 0 and 1 have outcomes, 2 has scores and a row, 3 is a kind with a row, 4 has scores and no row.
testing::RandomBenchmark mixed_benchmark(bool graded, double missing) {
  testing::RandomBenchmark out(/*seed=*/31, 40, 5, 19, 5, CodeType::kInt8, missing);
  for (std::size_t row = 0; row < 40; ++row) {
    out.row_tasks[row] = static_cast<std::uint16_t>(row < 30 ? row % 2 : row % 2 + 2);
    for (std::size_t m = 0; m < 19; ++m) {
      float& y = out.outcomes[row * 19 + m];
      if (row >= 30) y = kNone;
      else if (graded && y == 1) y = .75F;
    }
  }
  IndexExtras& extras = out.spec.extras;
  extras.task_scores = {{4, 3, .5F, 20}, {2, 18, .75F, 8}, {2, 0, .25F, 4}};
  extras.links = {{3, 2, .5F}, {3, 0, 2}};
  extras.task_weights = {1, 2, .5F, 0, 1};
  extras.mixture = {.125, 2};
  extras.task_tokens = {100, -1, 3, 4, 5};
  extras.model_tokens.assign(19, 1.5F);
  extras.row_offsets.assign(40, -3);
  extras.texts.assign(40, "\xC3\xA9");
  extras.model_records = "[1]";
  extras.task_records = "[2]";
  std::mt19937 random(5);
  extras.centroids = testing::random_vectors(random, 5, 5);
  for (std::size_t i = 10; i < 15; ++i) extras.centroids[i] = 0;
  extras.centroid_bias = {0, -1, 1.5F, 0, 2};
  out.refresh();
  return out;
}

TEST(IndexExtras, AreReadAsWritten) {
  const testing::RandomBenchmark benchmark = mixed_benchmark(false, .5);
  const Index index = benchmark.open();
  const IndexExtras& extras = benchmark.spec.extras;
  EXPECT_EQ(index.version_major, 2);
  EXPECT_EQ(index.model_records, "[1]");
  EXPECT_EQ(index.task_records, "[2]");
  ASSERT_EQ(index.task_scores.models.size(), 3U);
  EXPECT_FALSE(index.task_scores.has(0));
  EXPECT_TRUE(index.task_scores.has(2));
  EXPECT_EQ(index.task_scores.models[0], 0) << "sorted by task and model";
  EXPECT_EQ(index.task_scores.scores[1], .75F);
  EXPECT_EQ(index.task_scores.evidence[2], 20);
  ASSERT_EQ(index.links.tasks.size(), 2U);
  EXPECT_TRUE(index.links.has(3));
  EXPECT_FALSE(index.links.has(0));
  EXPECT_EQ(index.links.tasks[0], 0);
  EXPECT_EQ(index.links.weights[0], 2);
  EXPECT_EQ(index.task_weights, (std::vector<double>{1, 2, .5, 0, 1}));
  EXPECT_EQ(index.mixture, extras.mixture);
  EXPECT_EQ(index.answer_tokens.tasks[0], 100);
  EXPECT_EQ(index.answer_tokens.models[18], 1.5F);
  EXPECT_EQ(index.row_offsets[39], -3);
  EXPECT_EQ(index.texts[39], "\xC3\xA9");
  EXPECT_EQ(index.task_bias, extras.centroid_bias);
  for (std::size_t t = 0; t < 5; ++t) {
    double dot = 0;
    double squares = 0;
    double read = 0;
    for (std::size_t i = t * 5; i < t * 5 + 5; ++i) {
      const auto x = static_cast<double>(extras.centroids[i]);
      const auto y = static_cast<double>(index.task_centroids[i]);
      dot += x * y;
      squares += x * x;
      read += y * y;
    }
    EXPECT_NEAR(read, squares, 1e-5) << "the norm is kept";
    EXPECT_NEAR(dot, squares, 1e-3 * squares);
  }
}

TEST(IndexExtras, DefaultToUnitWeightsAndNoWeightOfKinds) {
  testing::RandomBenchmark benchmark = mixed_benchmark(false, .5);
  benchmark.spec.extras.task_weights.clear();
  benchmark.spec.extras.centroids.clear();
  benchmark.spec.extras.centroid_bias.clear();
  const Index index = benchmark.open();
  EXPECT_EQ(index.task_weights, (std::vector<double>{1, 1, 1, 0, 1}));
  EXPECT_TRUE(index.task_bias.empty());
  EXPECT_EQ(index.task_centroids, task_centroids(index.codes, index.row_tasks, 5));
}

TEST(IndexExtras, EnterTheMeansAsOutcomesOfTheirWorth) {
  // Some models have no score, so that every mean is completed: shrunk toward the fit by the worth of its outcomes.
  const Index index = mixed_benchmark(false, .5).open();
  const auto weight = [](double n) { return 30 / (n + 30); };
  const double fitted = index.task_means[2 * 19 + 1];
  EXPECT_GT(fitted, 0) << "a missing score is predicted";
  EXPECT_LT(fitted, 1);
  EXPECT_TRUE(std::isnan(index.task_means[3 * 19])) << "a kind has no means";
  const auto variance_of_logit = [&](std::size_t i) {
    const double p = index.task_means[i];
    return index.task_posterior.correctness_variance[i] / (p * p * (1 - p) * (1 - p));
  };
  const double few = variance_of_logit(2 * 19);
  const double many = variance_of_logit(4 * 19 + 3);
  EXPECT_LT(many, few) << "20 outcomes tell more than 4";
  EXPECT_NEAR(many / few, weight(20) / weight(4), .1);
}

class PackedTest : public ::testing::TestWithParam<bool> {};

TEST_P(PackedTest, OutcomesAreThoseOfTheMatrix) {
  const bool graded = GetParam();
  for (const double missing : {.1, .95, 1.0}) {
    testing::RandomBenchmark benchmark(/*seed=*/32, 200, 5, 83, 3, CodeType::kInt8, missing);
    for (float& y : benchmark.outcomes) y = graded && y == 1 ? .75F : y;
    benchmark.refresh();
    const Index index = benchmark.open();
    EXPECT_EQ(index.outcomes.packed != nullptr, graded || missing > .5) << missing;
    EXPECT_EQ(index.outcomes.is_graded(), graded && missing < 1);
    std::vector<float> row(83);
    for (std::size_t r = 0; r < 200; ++r) {
      index.outcomes.read_row(r, row);
      for (std::size_t m = 0; m < 83; ++m) {
        const float y = benchmark.outcomes[r * 83 + m];
        ASSERT_EQ(index.outcomes.is_measured(r, m), !std::isnan(y));
        ASSERT_EQ(std::isnan(row[m]), std::isnan(y));
        if (std::isnan(y)) continue;
        ASSERT_EQ(index.outcomes.at(r, m), y);
        ASSERT_EQ(row[m], y);
      }
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Kinds, PackedTest, ::testing::Bool());

TEST(IndexExtras, LeaveEveryPolicyWithADecision) {
  for (const bool graded : {false, true}) {
    for (const double missing : {.5, 1.0}) {
      const testing::RandomBenchmark benchmark = mixed_benchmark(graded, missing);
      const Index index = benchmark.open();
      for (const Policy policy : {Policy::kSignalbox, Policy::kS1, Policy::kS2, Policy::kS3}) {
        const RouteOptions options = testing::options_of(index, policy);
        const auto near_a_kind = std::span(benchmark.embeddings).subspan(31 * 5, 5);
        const Result<Decision> decision = applies(policy, Scope::kInput) ? route_input(index, near_a_kind, options)
                                                                         : route_task(index, near_a_kind, {}, options);
        ASSERT_TRUE(decision.ok()) << decision.error().message;
        for (const RankedModel& m : decision.value().ranking) {
          EXPECT_TRUE(m.score >= 0 && m.score <= 1) << policy_name(policy) << " " << m.score;
        }
      }
    }
  }
}

}  // namespace
}  // namespace signalbox
