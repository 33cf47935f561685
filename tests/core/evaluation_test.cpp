// Strict leave-one-task-out: equal to routing the task on an index that never saw it. (tests/package holds it against a
// second implementation of the whole evaluation.)
#include <cmath>
#include <numeric>

#include "evaluation/held_out_task.h"
#include "evaluation/instances.h"
#include "two_fields.h"

namespace signalbox {
namespace {

using testing::options_of;
using testing::RandomBenchmark;
using testing::take;
using testing::TwoFields;

constexpr std::size_t kModels = 5;
constexpr std::size_t kTasks = 4;
/// Both sides run the same operations on the same numbers, but for sums over tasks that lost their empty member.
constexpr double kTolerance = 1e-12;
constexpr std::array kPolicies = {Policy::kSignalbox, Policy::kS1,         Policy::kS2,    Policy::kS3,
                                  Policy::kS3TrueP,   Policy::kBestSingle, Policy::kOracle};
constexpr std::size_t kBestSingleAt = 5;

std::vector<std::size_t> all_models(std::size_t count) {
  std::vector<std::size_t> out(count);
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

HeldOutOptions options_with(std::optional<LabelPlan> labels = {}) {
  return {{all_models(kModels)}, {kPolicies.begin(), kPolicies.end()}, labels};
}

/// A benchmark with duplicates across tasks, and the numbers of its prompts.
struct WithDuplicates : RandomBenchmark {
  explicit WithDuplicates(std::uint32_t seed, double missing = .1)
      : RandomBenchmark(seed, 80, 8, kModels, kTasks, CodeType::kFloat32, missing), inputs(80) {
    std::iota(inputs.begin(), inputs.end(), 0U);
    for (const auto& [to, from] : {std::pair(5U, 20U), {41U, 2U}, {43U, 2U}, {77U, 40U}}) {
      inputs[to] = inputs[from];
      std::copy_n(&embeddings[from * 8], 8, &embeddings[to * 8]);
    }
    spec.routing.k = 4;
    spec.routing.kappa = 6;
    refresh();
  }

  [[nodiscard]] Benchmark benchmark() const { return make_benchmark(spec, inputs, {}).take(); }

  std::vector<std::uint32_t> inputs;
};

HeldOutEvaluation evaluated(const Benchmark& benchmark, std::size_t task, const HeldOutOptions& options) {
  NeighbourLists lists(benchmark);
  while (!lists.complete()) lists.search(7);
  Result<HeldOutEvaluation> out = evaluate_held_out_task(benchmark, lists, task, options);
  EXPECT_TRUE(out.ok()) << out.error().message;
  return out.take();
}

/// The index that is left when the rows are taken out.
Index open_without(RandomBenchmark b, const std::vector<std::uint8_t>& left_out) {
  const std::size_t dim = b.spec.dim;
  RandomBenchmark out = b;
  out.embeddings.clear();
  out.row_tasks.clear();
  out.outcomes.clear();
  for (std::size_t row = 0; row < left_out.size(); ++row) {
    if (left_out[row] != 0) continue;
    out.row_tasks.push_back(b.row_tasks[row]);
    for (std::size_t i = 0; i < dim; ++i) out.embeddings.push_back(b.embeddings[row * dim + i]);
    for (std::size_t m = 0; m < kModels; ++m) out.outcomes.push_back(b.outcomes[row * kModels + m]);
  }
  out.refresh();
  return out.open();
}

void expect_same(const TaskEvaluation& evaluation, const Index& index, std::span<const float> vectors,
                 const Labels& labels) {
  for (std::size_t i = 0; i < kPolicies.size(); ++i) {
    if (!applies(kPolicies[i], Scope::kTask)) continue;
    RouteOptions options = options_of(index, kPolicies[i]);
    options.max_coverage_percentile = 100;
    const Decision decision = take(route_task(index, vectors, labels, options));
    const Choice& found = evaluation.decisions[0][i];
    EXPECT_EQ(found.model, decision.model);
    EXPECT_EQ(found.challenger, decision.challenger);
    EXPECT_EQ(found.fallback, decision.fallback);
    EXPECT_NEAR(found.challenger_confidence, decision.challenger_confidence, kTolerance);
    EXPECT_NEAR(evaluation.u, decision.mean_distance, kTolerance);
    for (const RankedModel& m : decision.ranking) {
      EXPECT_NEAR(evaluation.scores[i][m.model], m.score, kTolerance);
      EXPECT_NEAR(evaluation.p[m.model], m.p, kTolerance);
    }
  }
}

class EvaluationTest : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(EvaluationTest, EqualsRoutingTheTaskOnAnIndexThatNeverSawIt) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  WithDuplicates data(GetParam());
  data.spec.pairs = {{0, .2}, 2, 9};
  const Benchmark benchmark = data.benchmark();
  for (std::size_t task = 0; task < kTasks; ++task) {
    SCOPED_TRACE("task " + std::to_string(task));
    const HeldOutEvaluation found = evaluated(benchmark, task, options_with(LabelPlan{6, 0, 3, 5}));
    const Index index = open_without(data, leave_out(benchmark, benchmark.task_rows[task]).left_out);
    const std::vector<float> vectors = benchmark.vectors_of(benchmark.task_rows[task]);
    expect_same(found.unlabelled, index, vectors, {});
    ASSERT_EQ(found.draws.size(), 3U);
    for (const TaskEvaluation& draw : found.draws) {
      ASSERT_EQ(draw.labelled.size(), 6U);
      EXPECT_EQ(draw.scored, found.rows - 6);
      Labels labels{draw.labelled, {}};
      for (const std::size_t i : draw.labelled) {
        const auto y = benchmark.outcomes_of(benchmark.task_rows[task][i]);
        labels.outcomes.insert(labels.outcomes.end(), y.begin(), y.end());
      }
      expect_same(draw, index, vectors, labels);
    }
  }
}

TEST_P(EvaluationTest, LooksAtNoOutcomeOfTheHeldOutTaskExceptToScoreIt) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  WithDuplicates data(GetParam(), 0);
  for (std::size_t task = 0; task < kTasks; ++task) {
    const HeldOutEvaluation before = evaluated(data.benchmark(), task, options_with());
    WithDuplicates changed = data;
    for (std::size_t row = 0; row < changed.row_tasks.size(); ++row) {
      for (std::size_t m = 0; m < kModels; ++m) {
        float& y = changed.outcomes[row * kModels + m];
        if (changed.row_tasks[row] == task) y = 1 - y;
      }
    }
    changed.refresh();
    const HeldOutEvaluation after = evaluated(changed.benchmark(), task, options_with());
    EXPECT_EQ(after.mean_elsewhere, before.mean_elsewhere);
    EXPECT_EQ(after.unlabelled.p, before.unlabelled.p);
    EXPECT_EQ(after.unlabelled.u, before.unlabelled.u);
    for (std::size_t i = 0; i < kPolicies.size(); ++i) {
      if (kPolicies[i] == Policy::kS3TrueP || kPolicies[i] == Policy::kOracle) continue;
      EXPECT_EQ(after.unlabelled.scores[i], before.unlabelled.scores[i]);
      EXPECT_EQ(after.unlabelled.decisions[0][i].model, before.unlabelled.decisions[0][i].model);
      EXPECT_EQ(after.unlabelled.decisions[0][i].challenger_confidence,
                before.unlabelled.decisions[0][i].challenger_confidence);
    }
    for (std::size_t m = 0; m < kModels; ++m) {
      EXPECT_NEAR(after.unlabelled.accuracy[m], 1 - before.unlabelled.accuracy[m], kTolerance);
      EXPECT_NEAR(after.unlabelled.predictor_accuracy[m], 1 - before.unlabelled.predictor_accuracy[m], kTolerance);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, EvaluationTest, ::testing::Range(200U, 206U));

TEST(Evaluation, DropsRowsElsewhereWithAPromptOfTheHeldOutTask) {
  WithDuplicates data(/*seed=*/7);
  const Benchmark benchmark = data.benchmark();
  // Row 2 is of task 2 and has copies in tasks 1 (row 41) and 3 (row 43); the copies 5 and 77 of rows 20 and 40 join
  // tasks 1 and 0.
  const KnownRows of_task_2 = leave_out(benchmark, benchmark.task_rows[2]);
  EXPECT_EQ(of_task_2.duplicates, 2U);
  EXPECT_EQ(of_task_2.left_out[41], 1);
  EXPECT_EQ(of_task_2.left_out[43], 1);
  EXPECT_EQ(of_task_2.count, 80U - 20 - 2);
  EXPECT_EQ(leave_out(benchmark, benchmark.task_rows[0]).duplicates, 2U);
  EXPECT_EQ(evaluated(benchmark, 2, options_with()).duplicates_dropped, 2U);
}

TEST(NeighbourLists, SearchAgainWhereTooFewAreLeft) {
  // Tasks 0 to 2 lie around one axis: without tasks 0 and 1, the rows of task 2 have no near row.
  TwoFields data;
  const auto repeat = [](auto& values) {
    const auto once = values;
    for (int i = 0; i < 9; ++i) values.insert(values.end(), once.begin(), once.end());
  };
  repeat(data.embeddings);
  repeat(data.row_tasks);
  repeat(data.outcomes);
  data.spec.routing = {.k = 3, .kappa = 2};
  data.refresh();
  std::vector<std::uint32_t> inputs(data.row_tasks.size());
  std::iota(inputs.begin(), inputs.end(), 0U);
  const Benchmark benchmark = make_benchmark(data.spec, inputs, {}).take();
  NeighbourLists lists(benchmark);
  EXPECT_EQ(lists.search(1000000), 1000U);
  for (const std::size_t left : {0U, 1U}) {
    std::vector<std::uint32_t> held_out = benchmark.task_rows[1 - left];
    held_out.insert(held_out.end(), benchmark.task_rows[left].begin(), benchmark.task_rows[left].end());
    if (left == 0) held_out = benchmark.task_rows[3];
    const KnownRows known = leave_out(benchmark, held_out);
    std::optional<GatheredRows> gathered;
    const auto found = lists.nearest(benchmark.task_rows[2], known, 5, gathered);
    EXPECT_EQ(gathered.has_value(), left == 1) << "only then is a second search needed";
    const QueryBlock queries =
        prepare_queries(CodeType::kFloat32, benchmark.vectors_of(benchmark.task_rows[2]), data.kDim);
    const auto all = find_nearest(benchmark.codes.view(), queries, benchmark.rows());
    for (std::size_t q = 0; q < found.size(); ++q) {
      std::vector<Neighbour> expected;
      for (const Neighbour& n : all[q]) {
        if (known.left_out[n.row] == 0 && benchmark.row_tasks[n.row] != 2 && expected.size() < 5) expected.push_back(n);
      }
      EXPECT_EQ(found[q], expected) << "equal distances in the order of their rows";
    }
  }
}

TEST(Evaluation, HasNoCandidateOnTheOnlyTask) {
  RandomBenchmark data(/*seed=*/8, 12, 4, kModels, 1, CodeType::kInt8);
  std::vector<std::uint32_t> inputs(12);
  std::iota(inputs.begin(), inputs.end(), 0U);
  const Benchmark benchmark = make_benchmark(data.spec, inputs, {}).take();
  const HeldOutEvaluation found = evaluated(benchmark, 0, options_with());
  for (const Choice& decision : found.unlabelled.decisions[0]) EXPECT_EQ(decision.model, kNoModel);
  EXPECT_TRUE(std::isnan(found.mean_elsewhere[0]));
  NeighbourLists lists(benchmark);
  lists.search(12);
  InstanceOptions options;
  options.pool = all_models(kModels);
  EXPECT_TRUE(evaluate_instances(benchmark, lists, options).value().instances.empty());
}

TEST(Evaluation, KeepsTheBestSingleModelWhereNoTokenIsKnown) {
  RandomBenchmark data(/*seed=*/9, 40, 4, kModels, kTasks, CodeType::kInt8);
  for (std::size_t row = 0; row < 40; row += kTasks) std::fill_n(&data.embeddings[row * 4], 4, 0.0F);
  data.refresh();
  std::vector<std::uint32_t> inputs(40);
  std::iota(inputs.begin(), inputs.end(), 0U);
  const HeldOutEvaluation found = evaluated(make_benchmark(data.spec, inputs, {}).take(), 0, options_with());
  EXPECT_TRUE(found.unlabelled.scores.empty());
  const auto& decisions = found.unlabelled.decisions[0];
  for (std::size_t i = 0; i < kBestSingleAt; ++i) {
    EXPECT_EQ(decisions[i].model, decisions[kBestSingleAt].model);
    EXPECT_EQ(decisions[i].challenger_confidence, 1);
    EXPECT_EQ(decisions[i].fallback, Fallback::kUnread);
  }
}

TEST(Evaluation, RefusesArraysThatDoNotFitAndCostsThatAreNone) {
  const RandomBenchmark data(/*seed=*/10, 12, 4, 2, 3, CodeType::kInt8);
  const std::vector<std::uint32_t> inputs(12);
  const auto code = [&](std::size_t rows, const std::vector<float>& costs) {
    return make_benchmark(data.spec, std::span(inputs).first(rows), costs).error().code;
  };
  EXPECT_EQ(code(11, {}), ErrorCode::kDimensionMismatch);
  EXPECT_EQ(code(12, std::vector<float>(23, 1)), ErrorCode::kDimensionMismatch);
  EXPECT_EQ(code(12, std::vector<float>(24, -1)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(12, std::vector<float>(24, HUGE_VALF)), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(make_benchmark(data.spec, inputs, std::vector<float>(24, std::nanf(""))).ok());
}

}  // namespace
}  // namespace signalbox
