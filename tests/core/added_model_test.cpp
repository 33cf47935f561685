// More than 400 lines: the same slow process checks estimates and anchors.
// A model that is added from a few results: its estimates are those of a plain Gaussian process, and nothing of the
// other models changes.
#include "building/added_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "building/anchors.h"
#include "building/model_profiles.h"
#include "evaluation/held_out_index.h"
#include "forgery.h"
#include "full_file.h"
#include "routing/router.h"
#include "support.h"

namespace signalbox {
namespace {

using testing::RandomBenchmark;

constexpr std::size_t kRows = 90;
constexpr std::size_t kTasks = 5;
constexpr std::size_t kModels = 6;

RandomBenchmark benchmark(double missing = 0) {
  return {/*seed=*/11, kRows, 8, kModels, kTasks, CodeType::kInt8, missing};
}

/// Results of a model that agrees with model 4 but for every seventh row.
struct Results {
  explicit Results(const RandomBenchmark& of, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t row = (i * 37 + 5) % kRows;
      rows.push_back(static_cast<std::uint32_t>(row));
      const float y = of.outcomes[row * kModels + 4];
      outcomes.push_back(row % 7 == 0 ? 1 - y : y);
    }
  }
  [[nodiscard]] NewResults view() const { return {rows, outcomes}; }

  std::vector<std::uint32_t> rows;
  std::vector<float> outcomes;
};

/// The covariance of expected outcomes in function space: rows and means of tasks have features.
struct SlowProcess {
  explicit SlowProcess(const Index& index) : models(index.built_models()) {
    double squares = 0;
    for (std::size_t row = 0; row < index.rows(); ++row) {
      std::vector<float> y(index.models());
      index.outcomes.read_row(row, y);
      std::vector<double> x;
      for (std::size_t m = 0; m < models; ++m) {
        const double mean = index.task_means[index.row_tasks[row] * index.models() + m];
        x.push_back(std::isnan(y[m]) ? mean : static_cast<double>(y[m]));
      }
      levels.push_back(centre(x));
      for (const double value : x) squares += value * value;
      features.push_back(x);
    }
    variance = squares / static_cast<double>(features.size() * models);
    for (std::size_t t = 0; t < index.tasks(); ++t) {
      std::vector<double> x;
      for (std::size_t m = 0; m < models; ++m) x.push_back(index.task_means[t * index.models() + m]);
      task_levels.push_back(centre(x));
      task_features.push_back(x);
    }
  }

  double centre(std::vector<double>& x) const {
    double level = 0;
    for (const double value : x) level += value / static_cast<double>(models);
    for (double& value : x) value -= level;
    return level;
  }
  double covariance(const std::vector<double>& a, const std::vector<double>& b, bool same_task) const {
    const double shared = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    return kProfileVariance * shared / static_cast<double>(models) + kInterceptVariance * variance +
           (same_task ? kOffsetVariance * variance : 0);
  }

  std::size_t models;
  double variance = 0;
  std::vector<std::vector<double>> features;
  std::vector<double> levels;
  std::vector<std::vector<double>> task_features;
  std::vector<double> task_levels;
};

/// Solves by Gauss and Jordan's elimination.
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
  for (std::size_t i = 0; i < b.size(); ++i) {
    const double pivot = a[i][i];
    for (double& x : a[i]) x /= pivot;
    b[i] /= pivot;
    for (std::size_t j = 0; j < b.size(); ++j) {
      if (j == i) continue;
      const double factor = a[j][i];
      for (std::size_t k = 0; k < b.size(); ++k) a[j][k] -= factor * a[i][k];
      b[j] -= factor * b[i];
    }
  }
  return b;
}

/// The posterior of the expected mean of each task, and of the expected outcome of each result's row.
struct SlowPosterior {
  SlowPosterior(const Index& index, const SlowProcess& process, const NewResults& results, double noise) {
    const std::size_t n = results.rows.size();
    std::vector<std::vector<double>> k(n, std::vector<double>(n));
    std::vector<double> off(n);
    const auto task_of = [&](std::size_t i) { return index.row_tasks[results.rows[i]]; };
    for (std::size_t i = 0; i < n; ++i) {
      off[i] = static_cast<double>(results.outcomes[i]) - process.levels[results.rows[i]];
      for (std::size_t j = 0; j < n; ++j) {
        k[i][j] = process.covariance(process.features[results.rows[i]], process.features[results.rows[j]],
                                     task_of(i) == task_of(j)) +
                  (i == j ? noise * process.variance : 0);
      }
    }
    const std::vector<double> alpha = solve(k, off);
    for (std::size_t t = 0; t < index.tasks(); ++t) {
      std::vector<double> with(n);
      for (std::size_t i = 0; i < n; ++i) {
        with[i] = process.covariance(process.task_features[t], process.features[results.rows[i]], task_of(i) == t);
      }
      means.push_back(process.task_levels[t] + std::inner_product(with.begin(), with.end(), alpha.begin(), 0.0));
      const std::vector<double> solved = solve(k, with);
      variance.push_back(process.covariance(process.task_features[t], process.task_features[t], true) -
                         std::inner_product(with.begin(), with.end(), solved.begin(), 0.0));
    }
    residuals.resize(n);
    for (std::size_t i = 0; i < n; ++i) residuals[i] = noise * process.variance * alpha[i];
  }

  std::vector<double> means;
  std::vector<double> variance;
  std::vector<double> residuals;  ///< Outcome less its posterior expectation.
};

void expect_slow(const Index& index, const NewResults& results) {
  const SlowProcess process(index);
  const SlowPosterior slow(index, process, results, kNoiseVariance);
  const Result<NewEstimates> fast = estimate_new_model(index, results);
  ASSERT_TRUE(fast.ok()) << fast.error().message;
  for (std::size_t t = 0; t < index.tasks(); ++t) {
    const auto rows = static_cast<double>(index.task_rows[t]);
    double mean = slow.means[t];
    double count = 0;
    for (std::size_t i = 0; i < results.rows.size(); ++i) {
      if (index.row_tasks[results.rows[i]] != t) continue;
      mean += slow.residuals[i] / rows;
      ++count;
    }
    mean = std::clamp(mean, 0.0, 1.0);
    EXPECT_NEAR(fast.value().means[t], mean, 1e-9) << t;
    EXPECT_NEAR(fast.value().variance[t], (1 - count / rows) * slow.variance[t] + mean * (1 - mean) / (rows + 1), 1e-9)
        << t;
  }
}

TEST(AddedModel, EstimatesAreThoseOfAGaussianProcess) {
  for (const double missing : {0.0, .3}) {
    const RandomBenchmark of = benchmark(missing);
    RandomBenchmark complete = benchmark();
    const Index index = of.open();
    for (const std::size_t count : {1U, 7U, 40U}) expect_slow(index, Results(complete, count).view());
  }
}

TEST(AddedModel, WithAResultOnEveryRowMeansAreTheirs) {
  const RandomBenchmark of = benchmark();
  const Index index = of.open();
  const Results results(of, kRows);
  const Result<NewEstimates> estimates = estimate_new_model(index, results.view());
  ASSERT_TRUE(estimates.ok());
  std::vector<double> sums(kTasks, 0);
  for (std::size_t i = 0; i < kRows; ++i)
    sums[of.row_tasks[results.rows[i]]] += static_cast<double>(results.outcomes[i]);
  for (std::size_t t = 0; t < kTasks; ++t) EXPECT_NEAR(estimates.value().means[t], sums[t] / 18, 1e-9);
}

TEST(AddedModel, TheOrderOfResultsDoesNotMatter) {
  const RandomBenchmark of = benchmark();
  const Index index = of.open();
  Results results(of, 30);
  const std::vector<double> before = estimate_new_model(index, results.view()).value().means;
  std::reverse(results.rows.begin(), results.rows.end());
  std::reverse(results.outcomes.begin(), results.outcomes.end());
  EXPECT_EQ(estimate_new_model(index, results.view()).value().means, before);
}

/// Anchors by their definition: the candidate after which the variance of the task means is smallest.
TEST(Anchors, EachReducesTheVarianceMost) {
  const RandomBenchmark of = benchmark();
  const Index index = of.open();
  const SlowProcess process(index);
  const std::vector<std::uint32_t> chosen = choose_anchors(index, 8).value();
  std::vector<std::uint32_t> taken;
  const std::vector<float> outcomes(kRows, 0);
  const auto left = [&](std::uint32_t row) {
    std::vector<std::uint32_t> rows = taken;
    rows.push_back(row);
    const SlowPosterior slow(index, process, {rows, std::span(outcomes).first(rows.size())}, kAnchorNoise);
    return std::accumulate(slow.variance.begin(), slow.variance.end(), 0.0);
  };
  for (const std::uint32_t row : chosen) {
    double least = HUGE_VAL;
    for (std::uint32_t other = 0; other < kRows; ++other) {
      const auto is_of_task = [&](std::uint32_t r) { return r % kTasks == other % kTasks; };
      const auto of_task = std::count_if(taken.begin(), taken.end(), is_of_task);
      const bool is_taken = std::find(taken.begin(), taken.end(), other) != taken.end();
      if (is_taken || of_task != static_cast<std::ptrdiff_t>(taken.size() / kTasks)) continue;
      least = std::min(least, left(other));
    }
    EXPECT_NEAR(left(row), least, 1e-7);
    taken.push_back(row);
  }
  EXPECT_EQ(choose_anchors(index, 3).value(), std::vector<std::uint32_t>(chosen.begin(), chosen.begin() + 3));
}

TEST(Anchors, AreDifferentRowsWithOutcomes) {
  const Index index = testing::open_copy(testing::full_file()).take();
  const std::vector<std::uint32_t> all = choose_anchors(index, 4).value();
  std::vector<std::uint32_t> sorted = all;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, (std::vector<std::uint32_t>{0, 1, 2, 3}));  // Rows 4 and 5 stand for tasks without outcomes.
  for (const std::size_t count : {0U, 5U, 1001U}) {
    const auto refused = choose_anchors(index, count);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  }
}

RouteOptions options_for(const Index& index, bool with_new) {
  RouteOptions out;
  out.constants = index.routing;
  out.mixture = index.mixture_constants;
  out.max_coverage_percentile = 100;
  out.neighbours = 5;
  out.exclusions.assign(index.models(), Exclusion::kNone);
  if (!with_new) out.exclusions.back() = Exclusion::kDenied;
  out.prices.assign(index.models(), -1);
  return out;
}

void expect_same_ranking(const Decision& before, const Decision& after, std::size_t new_model) {
  std::vector<RankedModel> old;
  for (const RankedModel& m : after.ranking) {
    if (m.model != new_model) old.push_back(m);
  }
  ASSERT_EQ(old.size(), before.ranking.size());
  for (std::size_t i = 0; i < old.size(); ++i) {
    EXPECT_EQ(old[i].model, before.ranking[i].model);
    EXPECT_EQ(old[i].score, before.ranking[i].score);
    EXPECT_EQ(old[i].interval.low, before.ranking[i].interval.low);
    EXPECT_EQ(old[i].interval.high, before.ranking[i].interval.high);
  }
  EXPECT_EQ(before.task_weights, after.task_weights);
}

Index added(const Index& index, const NewResults& results, const std::string& name = "new") {
  const auto bytes = add_model(index, {name, {}, ""}, results);
  EXPECT_TRUE(bytes.ok()) << bytes.error().message;
  Result<Index> out = testing::open_copy(bytes.value());
  EXPECT_TRUE(out.ok()) << out.error().message;
  return out.take();
}

/// Routes some inputs and a task by a policy, with and without the new model.
void expect_same_decisions(const Index& before, const Index& after, Policy policy) {
  std::mt19937 random(3);
  const std::vector<float> vectors = testing::random_vectors(random, 12, before.codes.dim);
  const std::size_t new_model = after.models() - 1;
  for (const bool with_new : {false, true}) {
    RouteOptions of_before = options_for(before, true);
    RouteOptions of_after = options_for(after, with_new);
    of_before.policy = of_after.policy = policy;
    for (std::size_t at = 0; at < vectors.size(); at += before.codes.dim) {
      const auto input = std::span(vectors).subspan(at, before.codes.dim);
      const Decision a = route_input(before, input, of_before).value();
      const Decision b = route_input(after, input, of_after).value();
      expect_same_ranking(a, b, new_model);
      if (with_new) continue;
      EXPECT_EQ(a.model, b.model);
      EXPECT_EQ(a.confidence, b.confidence);
    }
    const Decision a = route_task(before, vectors, {}, of_before).value();
    const Decision b = route_task(after, vectors, {}, of_after).value();
    expect_same_ranking(a, b, new_model);
    if (!with_new) {
      EXPECT_EQ(a.model, b.model);
    }
  }
}

TEST(AddedModel, NumbersOfTheOtherModelsStay) {
  for (const double missing : {0.0, .3}) {
    const RandomBenchmark of = benchmark(missing);
    const Index before = of.open();
    const Index after = added(before, Results(benchmark(), 9).view());
    EXPECT_EQ(after.version_major, kAddedFormatMajor);
    EXPECT_EQ(after.added_rows, std::vector<std::size_t>{9});
    expect_same_decisions(before, after, Policy::kSignalbox);
    expect_same_decisions(before, after, Policy::kS1);
  }
}

TEST(AddedModel, RoutesByItsEstimates) {
  const RandomBenchmark of = benchmark();
  const Index before = of.open();
  const Results results(of, 9);
  const NewEstimates estimates = estimate_new_model(before, results.view()).value();
  const Index after = added(before, results.view());
  for (std::size_t t = 0; t < kTasks; ++t) {
    const std::size_t cell = t * (kModels + 1) + kModels;
    EXPECT_FLOAT_EQ(after.task_means[cell], estimates.means[t]);
    EXPECT_FLOAT_EQ(after.task_posterior.correctness_variance[cell], estimates.variance[t]);
  }
  RouteOptions alone = options_for(after, true);
  std::fill(alone.exclusions.begin(), alone.exclusions.end() - 1, Exclusion::kDenied);
  std::mt19937 random(3);
  const Decision only = route_input(after, testing::random_vectors(random, 1, 8), alone).value();
  EXPECT_EQ(only.model, kModels);
  EXPECT_EQ(only.ranking.size(), 1U);
}

TEST(AddedModel, ASecondOneTakesNoPartInTheFirst) {
  const RandomBenchmark of = benchmark();
  const Index first = added(of.open(), Results(of, 9).view());
  const Index second = added(first, Results(of, 20).view(), "newer");
  EXPECT_EQ(second.added_rows, (std::vector<std::size_t>{9, 20}));
  expect_same_decisions(first, second, Policy::kSignalbox);
  const Index direct = added(of.open(), Results(of, 20).view(), "newer");
  for (std::size_t t = 0; t < kTasks; ++t) {
    EXPECT_EQ(second.task_means[t * (kModels + 2) + kModels + 1], direct.task_means[t * (kModels + 1) + kModels]);
  }
}

/// Every section without a column for each model is the same, and those with one begin with what they were.
TEST(AddedModel, KeepsAllOtherParts) {
  RandomBenchmark of = benchmark();
  of.spec.extras.families = testing::small_predictor();
  FamilyPredictor& families = of.spec.extras.families;
  families.centroids.assign(16, 0);
  families.centroids[0] = families.centroids[9] = 1;
  families.right.assign(2 * kModels, .5F);
  families.right[4] = 1;
  families.evidence.assign(2 * kModels, 30);
  families.usd.assign(2 * kModels, .01F);
  families.weights.assign(kModels * 8, .01F);
  families.intercept.assign(kModels, -.01F);
  families.reach.clear();
  of.spec.sample_ids.assign(kRows, "id");
  const Index before = of.open();
  const Index after = added(before, Results(of, 30).view());
  for (const SectionInfo& section : before.sections) {
    const auto same = std::find_if(after.sections.begin(), after.sections.end(),
                                   [&](const SectionInfo& s) { return s.kind == section.kind; });
    ASSERT_NE(same, after.sections.end()) << section.name;
    const bool is_changed = section.kind == layout::kModelNames || section.kind == layout::kModelPrices ||
                            section.kind == layout::kPairP || section.kind == layout::kOutcomes ||
                            section.kind == layout::kMeasured || section.kind == layout::kPromptFamilies;
    if (is_changed) continue;
    ASSERT_EQ(section.size, same->size) << section.name;
    EXPECT_TRUE(std::equal(before.bytes.get() + section.offset, before.bytes.get() + section.offset + section.size,
                           after.bytes.get() + same->offset))
        << section.name;
  }
  ASSERT_EQ(after.families.right.size(), 2 * (kModels + 1));
  EXPECT_GT(after.families.right[kModels], after.families.right[2 * kModels + 1]);  // Like model 4.
  expect_same_decisions(before, after, Policy::kFamilies);
}

TEST(AddedModel, RefusesWhatItCannotAdd) {
  const RandomBenchmark of = benchmark();
  const Index index = of.open();
  const Results good(of, 5);
  const auto refuses = [&](const NewModel& model, std::vector<std::uint32_t> rows, std::vector<float> outcomes,
                           const std::string& part) {
    const auto result = add_model(index, model, {rows, outcomes});
    ASSERT_FALSE(result.ok()) << part;
    EXPECT_NE(result.error().message.find(part), std::string::npos) << result.error().message;
  };
  const NewModel model{"new", {}, ""};
  refuses({"", {}, ""}, good.rows, good.outcomes, "empty name");
  refuses({"model3", {}, ""}, good.rows, good.outcomes, "already has a model 'model3'");
  refuses({"\xFF", {}, ""}, good.rows, good.outcomes, "not UTF-8");
  refuses({"new", {-2, -1, -1, -1}, ""}, good.rows, good.outcomes, "a price");
  refuses(model, {}, {}, "no results");
  refuses(model, {1, 1}, {0, 0}, "row 1 occurs twice");
  refuses(model, {kRows}, {0}, "the index has 90 rows");
  refuses(model, {1}, {1.5F}, "outside 0 to 1");
  refuses(model, {1}, {std::nanf("")}, "outside 0 to 1");
  refuses(model, {1}, {.5F}, "neither 0 nor 1");
  refuses(model, {1, 2}, {0}, "expected 2");
  RandomBenchmark plan = benchmark();
  plan.spec.extras.plan = "{}";
  const auto of_plan = add_model(plan.open(), model, good.view());
  ASSERT_FALSE(of_plan.ok());
  EXPECT_NE(of_plan.error().message.find("plan again"), std::string::npos);
  const Index full = testing::open_copy([] {
                       RandomBenchmark small = benchmark();
                       for (std::size_t row = 1; row < kRows; row += kTasks) {
                         for (std::size_t m = 0; m < kModels; ++m) small.outcomes[row * kModels + m] = std::nanf("");
                       }
                       small.spec.extras.task_scores = {{1, 0, .5F, 10}};
                       small.refresh();
                       return small.bytes();
                     }())
                         .take();
  const auto scored = add_model(full, model, {std::vector<std::uint32_t>{1}, std::vector<float>{1}});
  ASSERT_FALSE(scored.ok());
  EXPECT_NE(scored.error().message.find("no outcomes of its task"), std::string::npos);
}

TEST(AddedModel, ManyResultsAndFewModels) {
  const RandomBenchmark one(/*seed=*/2, 400, 4, 1, 3, CodeType::kBinary);
  std::vector<std::uint32_t> rows(400);
  std::iota(rows.begin(), rows.end(), 0U);
  const std::vector<float> outcomes(400, 1);
  const NewEstimates estimates = estimate_new_model(one.open(), {rows, outcomes}).value();
  for (const double mean : estimates.means) EXPECT_NEAR(mean, 1, 1e-9);
}

/// Estimates that rest on held-out rows do not count.
TEST(AddedModel, IsUnknownWhereRowsAreHeldOut) {
  const RandomBenchmark of = benchmark();
  const Index after = added(of.open(), Results(of, 9).view());
  const StudyForecast held = forecast_held_out(after, {{1}, {}, {}, {{0}}, {}}).value();
  EXPECT_TRUE(std::isnan(held.mean_outcome.back()));
  const StudyForecast without = forecast_held_out(of.open(), {{1}, {}, {}, {{0}}, {}}).value();
  for (std::size_t m = 0; m < kModels; ++m) EXPECT_EQ(held.of_inputs[0][m], without.of_inputs[0][m]);
}

TEST(AddedModel, ReaderRefusesForgedSections) {
  const RandomBenchmark of = benchmark();
  const std::vector<std::uint8_t> bytes = add_model(of.open(), {"new", {}, ""}, Results(of, 9).view()).value();
  const auto code_after = [&](const std::function<void(testing::FileBytes&)>& change) {
    testing::FileBytes file = bytes;
    change(file);
    testing::seal(file);
    const Result<Index> opened = testing::open_copy(file);
    return opened.ok() ? ErrorCode::kInternal : opened.error().code;
  };
  EXPECT_EQ(code_after([](testing::FileBytes& file) { file[8] = 2; }), ErrorCode::kBadSection);
  EXPECT_EQ(code_after([](testing::FileBytes& file) { file[8] = 4; }), ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(code_after([](testing::FileBytes&) {}), ErrorCode::kInternal) << "the file itself opens";
}

}  // namespace
}  // namespace signalbox
