// An index without some of its tasks and rows: what is held out says nothing, and the rest is as if it had never been.
#include <cmath>

#include "evaluation/held_out_index.h"
#include "support.h"

namespace signalbox {
namespace {

constexpr std::size_t kRows = 48;
constexpr std::size_t kDim = 6;
constexpr std::size_t kModels = 5;
constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

/// Tasks 0 to 2 have outcomes of some models, 3 has scores and rows, 4 has scores only, 5 is a kind of 1 and 3.
testing::RandomBenchmark benchmark() {
  testing::RandomBenchmark out(/*seed=*/7, kRows, kDim, kModels, 6, CodeType::kInt8, /*missing=*/.3);
  for (std::size_t row = 0; row < kRows; ++row) {
    out.row_tasks[row] = static_cast<std::uint16_t>(row % 6 == 4 ? 0 : row % 6);
    if (out.row_tasks[row] < 3) continue;
    for (std::size_t m = 0; m < kModels; ++m) out.outcomes[row * kModels + m] = kNone;
  }
  IndexExtras& extras = out.spec.extras;
  extras.task_scores = {{3, 0, .5F, 20}, {3, 2, .75F, 8}, {4, 1, .25F, 4}, {4, 3, .9F, 400}};
  extras.links = {{5, 1, 1}, {5, 3, 2}};
  extras.task_weights = {1, 1, .5F, 2, 1, 0};
  std::mt19937 random(5);
  extras.centroids = testing::random_vectors(random, 6, kDim);
  extras.centroid_bias.assign(6, 0);
  extras.row_offsets.assign(kRows, 8);
  out.refresh();
  return out;
}

std::vector<std::size_t> rows_of(const testing::RandomBenchmark& of, std::size_t task) {
  std::vector<std::size_t> out;
  for (std::size_t row = 0; row < kRows; ++row) {
    if (of.row_tasks[row] == task) out.push_back(row);
  }
  return out;
}

StudyForecast forecast(const testing::RandomBenchmark& of, const StudyRequest& request) {
  const Index whole = of.open();
  Result<StudyForecast> out = forecast_held_out(whole, request);
  EXPECT_TRUE(out.ok()) << out.error().message;
  return out.take();
}

void expect_equal(const StudyForecast& a, const StudyForecast& b) {
  EXPECT_EQ(a.mean_outcome, b.mean_outcome);
  EXPECT_EQ(a.of_inputs, b.of_inputs);
  EXPECT_EQ(a.of_centroids, b.of_centroids);
}

TEST(HeldOutIndex, OutcomesOfAHeldOutTaskDoNotMatter) {
  testing::RandomBenchmark changed = benchmark();
  const StudyRequest request{{1}, {}, {}, {rows_of(changed, 1), {0}, {5}}, {1, 4, 5}};
  const StudyForecast before = forecast(changed, request);
  for (const std::size_t row : rows_of(changed, 1)) {
    for (std::size_t m = 0; m < kModels; ++m) changed.outcomes[row * kModels + m] = m == 0 ? 0.0F : 1.0F;
    changed.spec.extras.row_offsets[row] = -40;
  }
  changed.refresh();
  expect_equal(before, forecast(changed, request));
  StudyRequest nothing = request;
  nothing.tasks.clear();
  EXPECT_NE(before.of_inputs, forecast(changed, nothing).of_inputs);
}

TEST(HeldOutIndex, ScoresOfAHeldOutTaskDoNotMatter) {
  testing::RandomBenchmark changed = benchmark();
  const StudyRequest request{{3, 4}, {}, {}, {rows_of(changed, 3), {1}}, {3, 4, 5}};
  const StudyForecast before = forecast(changed, request);
  for (TaskScore& score : changed.spec.extras.task_scores) score.score = 1 - score.score;
  expect_equal(before, forecast(changed, request));
}

TEST(HeldOutIndex, OutcomesOfHeldOutRowsAndOfTheirDuplicatesDoNotMatter) {
  testing::RandomBenchmark changed = benchmark();
  for (std::size_t i = 0; i < kDim; ++i) changed.embeddings[8 * kDim + i] = changed.embeddings[1 * kDim + i];
  changed.refresh();
  const StudyRequest request{{}, {1, 7}, {}, {{1}, {7}, {2, 3}}, {}};
  const StudyForecast before = forecast(changed, request);
  for (const std::size_t row : {1, 7, 8}) {
    for (std::size_t m = 0; m < kModels; ++m) changed.outcomes[row * kModels + m] = m == 0 ? 0.0F : 1.0F;
    changed.spec.extras.row_offsets[row] = -40;
  }
  changed.refresh();
  expect_equal(before, forecast(changed, request));
}

TEST(HeldOutIndex, IsTheIndexThatWasBuiltWithoutTheTask) {
  const testing::RandomBenchmark whole = benchmark();
  testing::RandomBenchmark without = benchmark();
  without.spec.extras.task_scores.resize(2);
  std::fill_n(without.spec.extras.centroids.begin() + 4 * kDim, kDim, 0.0F);
  without.spec.extras.task_weights[4] = 0;
  StudyRequest request{{4}, {}, {}, {{0}, {1, 2, 3}}, {0, 5}};
  const StudyForecast held_out = forecast(whole, request);
  request.tasks.clear();
  expect_equal(held_out, forecast(without, request));
}

TEST(HeldOutIndex, NeedsSomethingThatIsLeft) {
  const Index whole = benchmark().open();
  for (const StudyRequest& request : {StudyRequest{{0, 1, 2, 3, 4}, {}, {}, {}, {}}, StudyRequest{{6}, {}, {}, {}, {}},
                                      StudyRequest{{}, {kRows}, {}, {}, {}}}) {
    const auto out = forecast_held_out(whole, request);
    ASSERT_FALSE(out.ok());
    EXPECT_EQ(out.error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace signalbox
