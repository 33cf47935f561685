#include "routing/predictor.h"

#include <cmath>
#include <limits>

#include "support.h"

namespace signalbox {
namespace {

const float kNone = std::nanf("");

/// Four rows and three models; model 2 was never measured.
Index small_index() {
  testing::RandomBenchmark benchmark(/*seed=*/41, 4, 3, 3, 2, CodeType::kInt8);
  benchmark.outcomes = {1,    0,     kNone,   //
                        0,    kNone, kNone,   //
                        .5F,  kNone, kNone,   //
                        .25F, 1,     kNone};  //
  benchmark.refresh();
  return benchmark.open();
}

TEST(Predictor, AveragesTheOutcomesOfTheFirstKNeighbours) {
  const Index index = small_index();
  const std::vector<Neighbour> near = {{0, .1}, {1, .2}, {2, .3}, {3, .4}};
  EXPECT_DOUBLE_EQ(predict_correctness(index, nullptr, near, 3).g[0], .5);
  EXPECT_DOUBLE_EQ(predict_correctness(index, nullptr, near, 4).g[0], .4375);
  EXPECT_DOUBLE_EQ(predict_correctness(index, nullptr, near, 100).g[0], .4375) << "k beyond the neighbours";
}

TEST(Predictor, LeavesMissingOutcomesOutOfTheVote) {
  const Index index = small_index();
  const std::vector<Neighbour> near = {{3, .1}, {1, .2}, {2, .3}};
  const Prediction prediction = predict_correctness(index, nullptr, near, 3);
  EXPECT_DOUBLE_EQ(prediction.g[1], 1) << "missing is not wrong";
  EXPECT_EQ(prediction.votes, (std::vector<std::size_t>{3, 1, 0}));
}

TEST(Predictor, FallsBackToTheModelsOwnMeanWithoutAVote) {
  const Index index = small_index();
  const std::vector<Neighbour> near = {{1, .1}, {2, .2}};
  const Prediction prediction = predict_correctness(index, nullptr, near, 2);
  EXPECT_EQ(prediction.votes[1], 0U);
  EXPECT_DOUBLE_EQ(prediction.g[1], .5) << "the mean over all rows";
  EXPECT_TRUE(std::isnan(prediction.g[2])) << "without any outcome there is no mean";
  EXPECT_DOUBLE_EQ(predict_correctness(index, nullptr, {}, 2).g[0], .4375);
}

TEST(Predictor, CountsLabelsAsRowsBehindTheIndex) {
  const Index index = small_index();
  const LabelledPool labels{quantize(CodeType::kInt8, std::vector<float>(6, 1), 3), {1, 1, 1, 0, kNone, 1}};
  const std::vector<Neighbour> near = {{4, .1}, {5, .2}};
  const Prediction prediction = predict_correctness(index, &labels, near, 2);
  EXPECT_EQ(prediction.g, (std::vector<double>{.5, 1, 1}));
  EXPECT_EQ(prediction.votes, (std::vector<std::size_t>{2, 1, 2}));
}

TEST(PoolNeighbours, MergesLabelsByDistanceAndSkipsAnInputsOwnLabel) {
  constexpr std::uint32_t kSeed = 42;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  testing::RandomBenchmark benchmark(kSeed, 30, 8, 2, 2, CodeType::kInt8);
  const Index index = benchmark.open();
  std::mt19937 random(kSeed + 1);  // The benchmark's own draws would put labels where rows are.
  const std::vector<float> vectors = testing::random_vectors(random, 5, 8);
  const LabelledPool labels{quantize(CodeType::kInt8, vectors, 8), std::vector<float>(10, 1)};
  const QueryBlock queries = prepare_queries(CodeType::kInt8, vectors, 8);
  const std::vector<std::size_t> own = {0, 1, 2, 3, kNoLabel};
  for (const std::size_t k : {std::size_t{1}, std::size_t{6}, std::size_t{100}}) {
    const auto found = pool_neighbours(index, &labels, queries, k, own);
    for (std::size_t q = 0; q < 5; ++q) {
      ASSERT_EQ(found[q].size(), std::min<std::size_t>(k, own[q] == kNoLabel ? 35 : 34));
      for (std::size_t i = 0; i < found[q].size(); ++i) {
        const bool is_own = own[q] != kNoLabel && found[q][i].row == 30 + own[q];
        EXPECT_FALSE(is_own) << "an input is not its own neighbour";
        if (i == 0) continue;
        EXPECT_GE(found[q][i].cosine_distance, found[q][i - 1].cosine_distance);
      }
    }
    EXPECT_EQ(found[4][0].row, 34U) << "nothing is nearer than the label at the same place";
  }
}

TEST(PoolNeighbours, PutsTheRowsOfTheIndexFirstInATie) {
  testing::RandomBenchmark benchmark(/*seed=*/43, 3, 4, 1, 1, CodeType::kFloat32);
  benchmark.embeddings = {1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0};
  benchmark.refresh();
  const Index index = benchmark.open();
  const std::vector<float> same = {1, 0, 0, 0};
  const LabelledPool labels{quantize(CodeType::kFloat32, same, 4), {1}};
  const auto found = pool_neighbours(index, &labels, prepare_queries(CodeType::kFloat32, same, 4), 3, {});
  EXPECT_EQ(found[0][0].row, 0U);
  EXPECT_EQ(found[0][1].row, 1U);
  EXPECT_EQ(found[0][2].row, 3U);
}

TEST(PoolNeighbours, StillFindsLabelsForTheLargestK) {
  testing::RandomBenchmark benchmark(/*seed=*/44, 3, 4, 1, 1, CodeType::kInt8);
  const Index index = benchmark.open();
  const std::vector<float> vector = {1, 2, 3, 4};
  const LabelledPool labels{quantize(CodeType::kInt8, vector, 4), {1}};
  const QueryBlock query = prepare_queries(CodeType::kInt8, vector, 4);
  EXPECT_EQ(pool_neighbours(index, &labels, query, std::numeric_limits<std::size_t>::max(), {})[0].size(), 4U);
}

TEST(MeanDistance, TakesTheFirstKappaAndIsOneWithoutANeighbour) {
  const std::vector<Neighbour> near = {{0, .25}, {1, .75}, {2, 2}};
  EXPECT_DOUBLE_EQ(mean_distance(near, 2), .5);
  EXPECT_DOUBLE_EQ(mean_distance(near, 10), 1);
  EXPECT_DOUBLE_EQ(mean_distance({}, 10), 1);
}

TEST(Coverage, IsAPercentileThatRisesWithTheDistance) {
  std::vector<float> quantiles(kCoverageQuantiles);
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    quantiles[i] = .1F + .001F * static_cast<float>(i / 10 * 10);  // in steps: ten equal quantiles each
  }
  double before = 0;
  for (int i = 0; i <= 400; ++i) {
    const double percentile = coverage_percentile(quantiles, .001 * i);
    EXPECT_GE(percentile, before);
    EXPECT_LE(percentile, 100);
    before = percentile;
  }
  EXPECT_EQ(coverage_percentile(quantiles, 0), 0);
  EXPECT_EQ(coverage_percentile(quantiles, 2), 100);
  EXPECT_EQ(coverage_percentile(quantiles, static_cast<double>(quantiles[0])), 9) << "of equal quantiles the upper";
}

TEST(Coverage, InterpolatesBetweenQuantilesAndSurvivesEqualOnes) {
  std::vector<float> quantiles(kCoverageQuantiles);
  for (std::size_t i = 0; i < quantiles.size(); ++i) quantiles[i] = static_cast<float>(i) / 128;
  EXPECT_DOUBLE_EQ(coverage_percentile(quantiles, 10.5 / 128), 10.5);
  const std::vector<float> flat(kCoverageQuantiles, .5F);
  EXPECT_EQ(coverage_percentile(flat, .4), 0);
  EXPECT_EQ(coverage_percentile(flat, .5), 100);
}

}  // namespace
}  // namespace signalbox
