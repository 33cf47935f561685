// Strict leave-one-task-out: against the slow reference, and against an index that was built without the task.
#include <cmath>
#include <numeric>

#include "evaluation/held_out_task.h"
#include "slow_reference.h"
#include "two_fields.h"

namespace signalbox {
namespace {

using testing::RandomBenchmark;
using testing::SlowReference;

constexpr std::size_t kRows = 57;
constexpr std::size_t kDim = 6;
constexpr std::size_t kModels = 4;
constexpr std::size_t kTasks = 4;

class HeldOutTaskTest : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  HeldOutTaskTest() : whole_(GetParam(), kRows, kDim, kModels, kTasks, CodeType::kFloat32, /*missing=*/.1) {
    whole_.spec.routing.k = 1 + GetParam() % 6;
    whole_.spec.routing.kappa = 4 + GetParam() % 9;
    inputs_.resize(kRows);
    std::iota(inputs_.begin(), inputs_.end(), 0U);
  }

  HeldOutEvaluation evaluate(std::size_t task) {
    Result<Benchmark> benchmark = make_benchmark(whole_.spec, inputs_, {});
    EXPECT_TRUE(benchmark.ok()) << benchmark.error().message;
    NeighbourLists lists(benchmark.value());
    while (!lists.complete()) lists.search(10);
    Result<HeldOutEvaluation> out = evaluate_held_out_task(benchmark.value(), lists, task, options_);
    EXPECT_TRUE(out.ok()) << out.error().message;
    return out.take();
  }

  /// The benchmark without the rows that are not `kept`. The task's name stays: an index may have an empty task.
  RandomBenchmark without(const std::function<bool(std::size_t)>& kept) const {
    RandomBenchmark out = whole_;
    out.embeddings.clear();
    out.row_tasks.clear();
    out.outcomes.clear();
    for (std::size_t r = 0; r < kRows; ++r) {
      if (!kept(r)) continue;
      out.row_tasks.push_back(whole_.row_tasks[r]);
      for (std::size_t i = 0; i < kDim; ++i) out.embeddings.push_back(whole_.embeddings[r * kDim + i]);
      for (std::size_t m = 0; m < kModels; ++m) out.outcomes.push_back(whole_.outcomes[r * kModels + m]);
    }
    out.refresh();
    return out;
  }

  std::vector<float> vectors_of(std::size_t task) const {
    std::vector<float> out;
    for (std::size_t r = 0; r < kRows; ++r) {
      if (whole_.row_tasks[r] != task) continue;
      for (std::size_t i = 0; i < kDim; ++i) out.push_back(whole_.embeddings[r * kDim + i]);
    }
    return out;
  }

  RandomBenchmark whole_;
  std::vector<std::uint32_t> inputs_;
  HeldOutOptions options_{{{0, 1, 2, 3}}, {Policy::kS1, Policy::kS3}, {}};
};

TEST_P(HeldOutTaskTest, ScoresLikeTheSlowReference) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  const SlowReference slow(whole_);
  for (std::size_t task = 0; task < kTasks; ++task) {
    const HeldOutEvaluation fast = evaluate(task);
    const auto inside = slow.rows_where([&](std::size_t r) { return whole_.row_tasks[r] == task; });
    const auto is_outside = [&](std::size_t r) { return whole_.row_tasks[r] != task; };
    const auto outside = slow.rows_where(is_outside);
    for (std::size_t m = 0; m < kModels; ++m) {
      double s1 = 0;
      for (const std::size_t row : inside) {
        const auto near = SlowReference::first(slow.nearest(row, is_outside), whole_.spec.routing.k);
        s1 += slow.vote(near, m, slow.vote(outside, m, 0));
      }
      // Outcomes are 0 or 1, so that both means are the same sums of small integers in another order.
      EXPECT_NEAR(fast.unlabelled.scores[0][m], s1 / static_cast<double>(inside.size()), 1e-12);
      EXPECT_NEAR(fast.unlabelled.accuracy[m], slow.vote(inside, m, -1), 1e-12);
      double mean = 0;
      for (std::size_t t = 0; t < kTasks; ++t) {
        if (t != task)
          mean += slow.vote(slow.rows_where([&](std::size_t r) { return whole_.row_tasks[r] == t; }), m, 0);
      }
      EXPECT_NEAR(fast.mean_elsewhere[m], mean / (kTasks - 1), 1e-12);
    }
  }
}

TEST_P(HeldOutTaskTest, DecidesLikeAnIndexBuiltWithoutTheTask) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  for (std::size_t task = 0; task < kTasks; ++task) {
    const HeldOutEvaluation fast = evaluate(task);
    const Index index = without([&](std::size_t r) { return whole_.row_tasks[r] != task; }).open();
    RouteOptions options = testing::options_of(index, Policy::kS3);
    options.max_coverage_percentile = 100;
    const Decision d = testing::take(route_task(index, vectors_of(task), {}, options));
    const Choice& decision = fast.unlabelled.decisions[0][1];
    EXPECT_EQ(decision.model, d.model);
    EXPECT_EQ(decision.challenger, d.challenger);
    EXPECT_EQ(decision.fallback, d.fallback);
    EXPECT_EQ(decision.challenger_confidence, d.challenger_confidence);
    EXPECT_EQ(fast.unlabelled.u, d.mean_distance) << "the same operations in the same order";
    for (const RankedModel& m : d.ranking) {
      EXPECT_EQ(fast.unlabelled.scores[0][m.model], m.s1);
      EXPECT_EQ(fast.unlabelled.scores[1][m.model], m.s3);
      EXPECT_EQ(fast.unlabelled.p[m.model], m.p);
    }
  }
}

TEST_P(HeldOutTaskTest, LeavesOutDuplicatesOfAHeldOutPrompt) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  inputs_[1] = inputs_[9] = inputs_[0];  // Rows 1 and 9 are of task 1, and are row 0 of task 0 once more.
  const HeldOutEvaluation fast = evaluate(0);
  EXPECT_EQ(fast.duplicates_dropped, 2U);
  const auto kept = [&](std::size_t r) { return whole_.row_tasks[r] != 0 && r != 1 && r != 9; };
  const Index index = without(kept).open();
  RouteOptions options = testing::options_of(index, Policy::kS3);
  const Decision d = testing::take(route_task(index, vectors_of(0), {}, options));
  for (const RankedModel& m : d.ranking) EXPECT_EQ(fast.unlabelled.p[m.model], m.p);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HeldOutTaskTest, ::testing::Range(200U, 206U));

}  // namespace
}  // namespace signalbox
