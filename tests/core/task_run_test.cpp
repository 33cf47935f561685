// A task that is routed in blocks is decided as it is in one go.
#include <limits>

#include "two_fields.h"

namespace signalbox {
namespace {

using testing::options_of;
using testing::TwoFields;

TaskRun opened(Result<TaskRun> result) {
  EXPECT_TRUE(result.ok());
  return result.take();
}

class TaskRunTest : public ::testing::Test {
 protected:
  TaskRunTest() {
    for (std::size_t i = 0; i < kInputs; ++i) {
      const std::vector<float> v = i % 5 == 3   ? TwoFields::unread()
                                   : i % 2 == 0 ? TwoFields::first_field()
                                                : TwoFields::second_field();
      vectors_.insert(vectors_.end(), v.begin(), v.end());
    }
  }

  [[nodiscard]] std::span<const float> inputs(std::size_t first, std::size_t count) const {
    return std::span(vectors_).subspan(first * dim(), count * dim());
  }
  [[nodiscard]] std::size_t dim() const { return index_.codes.dim; }

  /// Routes in blocks: adds and scores so many inputs at a time.
  Decision in_blocks(std::size_t adding, std::size_t scoring, const Labels& labels, Policy policy) {
    TaskRun run = opened(TaskRun::open(index_, kInputs, labels, options_of(index_, policy)));
    std::size_t done = 0;
    for (std::size_t at = 0; at < kInputs; at += adding) {
      EXPECT_FALSE(run.add(inputs(at, std::min(adding, kInputs - at))).has_value());
      while (done < run.ready()) {
        const std::size_t before = done;
        done = run.score(scoring);
        EXPECT_GT(done, before);
      }
    }
    EXPECT_EQ(done, kInputs);
    return testing::take(run.finish());
  }

  static constexpr std::size_t kInputs = 23;
  TwoFields benchmark_;
  Index index_ = benchmark_.open();
  std::vector<float> vectors_;
};

TEST_F(TaskRunTest, DecidesAsInOneGoWhateverTheBlocks) {
  Labels labels{{1, 13, 8}, std::vector<float>(3 * index_.models(), std::numeric_limits<float>::quiet_NaN())};
  labels.outcomes[1] = 1;
  labels.outcomes[index_.models()] = 0;
  labels.outcomes[2 * index_.models() + 2] = 1;
  for (const Labels& known : {Labels{}, labels}) {
    for (const Policy policy : {Policy::kSignalbox, Policy::kS1, Policy::kS2, Policy::kS3}) {
      const Decision whole = testing::take(route_task(index_, vectors_, known, options_of(index_, policy)));
      for (const auto& [adding, scoring] : {std::pair<std::size_t, std::size_t>{1, 1}, {4, 3}, {7, 100}, {23, 2}}) {
        const Decision d = in_blocks(adding, scoring, known, policy);
        EXPECT_EQ(d.model, whole.model);
        EXPECT_EQ(d.confidence, whole.confidence);
        EXPECT_EQ(d.mean_distance, whole.mean_distance);
        EXPECT_EQ(d.neighbours, whole.neighbours);
        EXPECT_EQ(d.inputs, kInputs);
        EXPECT_EQ(d.labelled, whole.labelled);
        ASSERT_EQ(d.ranking.size(), whole.ranking.size());
        for (std::size_t i = 0; i < d.ranking.size(); ++i) {
          EXPECT_EQ(d.ranking[i].model, whole.ranking[i].model);
          EXPECT_EQ(d.ranking[i].score, whole.ranking[i].score);
          EXPECT_EQ(d.ranking[i].interval.low, whole.ranking[i].interval.low);
          EXPECT_EQ(d.ranking[i].p, whole.ranking[i].p);
          EXPECT_EQ(d.ranking[i].votes, whole.ranking[i].votes);
        }
        ASSERT_EQ(d.tasks.size(), whole.tasks.size());
        for (std::size_t i = 0; i < d.tasks.size(); ++i) EXPECT_EQ(d.tasks[i].weight, whole.tasks[i].weight);
      }
    }
  }
}

TEST_F(TaskRunTest, ScoresNothingBeforeTheLastLabelledInput) {
  const Labels labels{{5}, std::vector<float>(index_.models(), 1)};
  TaskRun run = opened(TaskRun::open(index_, kInputs, labels, options_of(index_, Policy::kS3)));
  EXPECT_FALSE(run.add(inputs(0, 5)).has_value());
  EXPECT_EQ(run.ready(), 0U);
  EXPECT_EQ(run.score(10), 0U);
  EXPECT_FALSE(run.add(inputs(5, 1)).has_value());
  EXPECT_EQ(run.ready(), 6U);
  EXPECT_EQ(run.score(2), 2U);
  EXPECT_EQ(run.score(10), 6U);
}

TEST_F(TaskRunTest, RefusesMoreOrFewerInputsThanAnnounced) {
  const RouteOptions options = options_of(index_, Policy::kS3);
  EXPECT_EQ(TaskRun::open(index_, 0, {}, options).error().code, ErrorCode::kDimensionMismatch);
  TaskRun run = opened(TaskRun::open(index_, 2, {}, options));
  EXPECT_EQ(run.add(inputs(0, 3))->code, ErrorCode::kDimensionMismatch);
  EXPECT_EQ(run.add(std::vector<float>(dim(), std::numeric_limits<float>::infinity()))->code, ErrorCode::kNonFinite);
  EXPECT_FALSE(run.add(inputs(0, 1)).has_value());
  EXPECT_EQ(run.finish().error().code, ErrorCode::kDimensionMismatch);
}

}  // namespace
}  // namespace signalbox
