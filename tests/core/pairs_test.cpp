// Training pairs and coverage, against the slow reference.
#include "routing/pairs.h"

#include <cmath>
#include <numeric>
#include <set>

#include "slow_reference.h"

namespace signalbox {
namespace {

using testing::RandomBenchmark;
using testing::SlowReference;

/// float32 sums of dozens of products move a distance by less.
constexpr double kTolerance = 1e-6;

PairSource source_of(const RandomBenchmark& b, const CodeMatrix& codes) {
  return {codes.view(),  b.embeddings, b.row_tasks, b.outcomes, b.spec.model_names.size(), b.spec.task_names.size(),
          b.spec.routing};
}

class PairsTest : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  PairsTest() : benchmark_(GetParam(), 61, 12, 4, 5, CodeType::kFloat32, /*missing=*/.2) {
    benchmark_.spec.routing.k = 1 + GetParam() % 7;
    benchmark_.spec.routing.kappa = 3 + GetParam() % 20;
    for (std::size_t r = 0; r < 61; ++r) {
      if (r % 5 == 2) benchmark_.outcomes[r * 4 + 1] = std::nanf("");  // Model 1 was not measured in task 2,
      if (r % 5 != 3) benchmark_.outcomes[r * 4 + 3] = std::nanf("");  // and model 3 in task 3 only.
      if (r % 4 == 0) benchmark_.outcomes[r * 4 + 2] = .125F * static_cast<float>(r % 9);
    }
    benchmark_.refresh();
  }

  RandomBenchmark benchmark_;
};

TEST_P(PairsTest, AgreeWithTheSlowReference) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  const CodeMatrix codes = quantize(CodeType::kFloat32, benchmark_.embeddings, 12);
  const TrainingPairs fast = training_pairs(source_of(benchmark_, codes), {});
  const testing::SlowPairs slow = SlowReference(benchmark_).pairs();
  ASSERT_EQ(fast.u.size(), slow.u.size());
  ASSERT_EQ(fast.p.size(), slow.p.size());
  for (std::size_t z = 0; z < slow.u.size(); ++z) EXPECT_NEAR(fast.u[z], slow.u[z], kTolerance) << "pair " << z;
  for (std::size_t i = 0; i < slow.p.size(); ++i) EXPECT_NEAR(fast.p[i], slow.p[i], kTolerance) << "entry " << i;
  EXPECT_EQ(fast.p[2 * 4 + 1], -1) << "a model without an outcome in the task has no pair";
}

TEST_P(PairsTest, CoverageQuantilesAreThoseOfTheSlowDistances) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  const SlowReference slow(benchmark_);
  std::vector<double> distances;
  for (std::size_t r = 0; r < 61; ++r) {
    distances.push_back(slow.mean_distance(r, slow.nearest(r, [&](std::size_t other) { return other != r; })));
  }
  std::sort(distances.begin(), distances.end());
  const Index index = benchmark_.open();
  for (std::size_t i = 0; i < kCoverageQuantiles; ++i) {
    EXPECT_NEAR(index.coverage[i], distances[i * 60 / 100], kTolerance) << "percentile " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, PairsTest, ::testing::Range(100U, 108U));

// Samples that move back into the pool (alpha > 0).

TEST(MovedSamples, AreDrawnByTheSeedAlone) {
  const RandomBenchmark benchmark(/*seed=*/53, 120, 8, 3, 3, CodeType::kInt8);
  const CodeMatrix codes = quantize(CodeType::kInt8, benchmark.embeddings, 8);
  const PairSource source = source_of(benchmark, codes);
  const PairPlan plan = {{0, .1, .28}, 4, 9};
  const TrainingPairs pairs = training_pairs(source, plan);
  EXPECT_EQ(pairs.u.size(), 3U * (1 + 4 + 4)) << "alpha = 0 has no draw, hence one repeat";
  EXPECT_EQ(training_pairs(source, plan).u, pairs.u);
  EXPECT_EQ(training_pairs(source, plan).p, pairs.p);
  EXPECT_NE(training_pairs(source, {plan.alphas, 4, 10}).u, pairs.u);
  EXPECT_EQ(std::set<float>(pairs.u.begin(), pairs.u.end()).size(), pairs.u.size()) << "repeats draw anew";
}

TEST(MovedSamples, BringThePoolNearer) {
  RandomBenchmark benchmark(/*seed=*/54, 200, 8, 2, 2, CodeType::kInt8);
  for (std::size_t r = 0; r < 200; ++r) benchmark.embeddings[r * 8 + benchmark.row_tasks[r]] += 8;
  benchmark.refresh();
  benchmark.spec.routing.kappa = 5;
  const CodeMatrix codes = quantize(CodeType::kInt8, benchmark.embeddings, 8);
  const TrainingPairs pairs = training_pairs(source_of(benchmark, codes), {{0, .1, .3}, 1, 1});
  ASSERT_EQ(pairs.u.size(), 6U);
  for (const std::size_t task : {0, 1}) {
    EXPECT_GT(pairs.u[3 * task], 2 * pairs.u[3 * task + 1]) << "the other task is far, the own one near";
    EXPECT_GT(pairs.u[3 * task + 1], pairs.u[3 * task + 2]);
  }
}

TEST(MovedSamples, AreAtMostFifty) {
  const RandomBenchmark benchmark(/*seed=*/55, 240, 4, 1, 2, CodeType::kInt8);
  const CodeMatrix codes = quantize(CodeType::kInt8, benchmark.embeddings, 4);
  const TrainingPairs pairs = training_pairs(source_of(benchmark, codes), {{.5}, 3, 1});
  for (const float p : pairs.p) {  // Half of 120 are 60; with 50 moved, p is a count of the 70 samples left.
    EXPECT_NEAR(p * 70, std::round(p * 70), 1e-4);
  }
}

TEST(MovedSamples, LeaveOneToJudgeForEveryShareBelowOne) {
  for (const std::size_t rows : {2U, 3U, 10U, 41U}) {
    const RandomBenchmark benchmark(/*seed=*/56, rows, 4, 1, 2, CodeType::kFloat32);
    const CodeMatrix codes = quantize(CodeType::kFloat32, benchmark.embeddings, 4);
    const TrainingPairs pairs = training_pairs(source_of(benchmark, codes), {{std::nextafter(1.0, 0.0)}, 2, 1});
    for (const float u : pairs.u) EXPECT_TRUE(std::isfinite(u)) << rows;
  }
}

}  // namespace
}  // namespace signalbox
