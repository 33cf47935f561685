// The sampling error of task means: small cases, and benchmarks drawn from known true means.
#include "index/task_posterior.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <utility>

#include "routing/choice.h"
#include "routing/policy.h"
#include "support.h"

namespace signalbox {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

/// Outcomes by task; each task has a direction of its own, so that an input resembles one task alone.
class Sample {
 public:
  explicit Sample(std::size_t models, std::size_t tasks) : models_(models), centroids_(tasks * tasks, 0) {
    for (std::size_t s = 0; s < tasks; ++s) centroids_[s * tasks + s] = 1;
  }

  void add(std::size_t task, const std::vector<float>& outcomes) {
    row_tasks_.push_back(static_cast<std::uint16_t>(task));
    outcomes_.insert(outcomes_.end(), outcomes.begin(), outcomes.end());
  }

  /// Adds rows of outcomes drawn by `draw(model)`.
  void add(std::size_t task, std::size_t rows, const std::function<float(std::size_t)>& draw) {
    for (std::size_t row = 0; row < rows; ++row) {
      std::vector<float> outcomes;
      for (std::size_t m = 0; m < models_; ++m) outcomes.push_back(draw(m));
      add(task, outcomes);
    }
  }

  [[nodiscard]] std::size_t tasks() const {
    return static_cast<std::size_t>(std::sqrt(static_cast<double>(centroids_.size())));
  }

  [[nodiscard]] TaskTotals totals(std::span<const std::uint8_t> left_out = {}) const {
    const std::vector<std::uint8_t> mask = measured();
    return total_outcomes(outcome_view(outcomes_, models_, mask), row_tasks_, tasks(), left_out);
  }

  [[nodiscard]] TaskPosterior posterior(std::span<const std::uint8_t> left_out = {}) const {
    const std::vector<std::uint8_t> mask = measured();
    return fit_posterior(outcome_view(outcomes_, models_, mask), row_tasks_, totals(left_out), left_out);
  }

  /// Passes the forecast of an input that resembles one task on; without `knows_sample` the means count as exact.
  template <typename Use>
  [[nodiscard]] auto with_forecast(std::size_t task, bool knows_sample, const Use& use) const {
    const std::vector<double> means = task_means(totals());
    const std::vector<double> over_tasks = mean_over_tasks(means, models_, kNoTask);
    const TaskPosterior fitted = posterior();
    const std::vector<Exclusion> exclusions(models_, Exclusion::kNone);
    InputEvidence evidence;
    evidence.profiles = {tasks(), models_, centroids_, means, knows_sample ? &fitted : nullptr};
    evidence.means = over_tasks;
    evidence.exclusions = exclusions;
    evidence.mixture.temperature = .01;
    const auto vector = std::span(centroids_).subspan(task * tasks(), tasks());
    evidence.vector = vector;
    Forecast forecast = forecast_input(Policy::kSignalbox, evidence);
    return use(forecast);
  }

  /// Returns such a forecast without its grounds, which borrow from what is fitted above.
  [[nodiscard]] Forecast forecast(std::size_t task, bool knows_sample = true) const {
    return with_forecast(task, knows_sample, [](Forecast& forecast) {
      forecast.grounds = {};
      return forecast;
    });
  }

  /// Returns its choice.
  [[nodiscard]] Choice choice(std::size_t task, bool knows_sample = true) const {
    return with_forecast(task, knows_sample, [](const Forecast& forecast) { return choose(forecast, {}); });
  }

  [[nodiscard]] double confidence(std::size_t task, bool knows_sample = true) const {
    return choice(task, knows_sample).confidence;
  }

 private:
  [[nodiscard]] std::vector<std::uint8_t> measured() const { return measured_bits(outcomes_, models_); }

  std::size_t models_;
  std::vector<float> centroids_;
  std::vector<std::uint16_t> row_tasks_;
  std::vector<float> outcomes_;
};

/// Draws that are the same with every standard library.
class Draws {
 public:
  explicit Draws(std::uint32_t seed) : random_(seed) {}
  double uniform() { return (static_cast<double>(random_()) + .5) / 4294967296.0; }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()); }
  float right(double chance) { return uniform() < chance ? 1.0F : 0.0F; }
  /// An outcome of mean `chance`: a mean of three right or wrong answers.
  float grade(double chance) { return (right(chance) + right(chance) + right(chance)) / 3; }

 private:
  std::mt19937 random_;
};

// Small cases.

TEST(TaskPosterior, FiveOfFiveMakesNobodySure) {
  Sample sample(4, 1);
  for (const float second : {1.0F, 0.0F, 1.0F, 0.0F, 1.0F}) sample.add(0, {1, second, 1 - second, second});
  const Forecast forecast = sample.forecast(0);
  EXPECT_GT(sample.confidence(0, false), .99) << "with exact means";
  EXPECT_GT(sample.confidence(0), .5);
  EXPECT_LT(sample.confidence(0), .8);
  EXPECT_EQ(forecast.scores[0], 1) << "the prediction stays";
  EXPECT_EQ(forecast.intervals[0].high, 1);
  EXPECT_LT(forecast.intervals[0].low, .7);
}

TEST(TaskPosterior, OneOutcomeKeepsItsOwnVarianceBesideAModelThatIsAlwaysRight) {
  Sample sample(2, 1);
  sample.add(0, {1, 0});
  for (std::size_t row = 1; row < 10; ++row) sample.add(0, {1, kMissing});
  EXPECT_GT(sample.confidence(0), .5);
  EXPECT_LT(sample.confidence(0), .998) << "two flat Beta distributions give .985";
}

TEST(TaskPosterior, ModelsThatWereAlwaysRightMayBeWrong) {
  Sample sample(3, 2);
  for (std::size_t row = 0; row < 10; ++row) sample.add(row % 2, {1, 1, 1});
  const Forecast forecast = sample.forecast(0);
  EXPECT_EQ(forecast.intervals[1].high, 1);
  EXPECT_LT(forecast.intervals[1].low, .8);
  EXPECT_GT(forecast.intervals[1].low, .4);
  EXPECT_NEAR(sample.confidence(0), .5, 1e-9) << "all are equal";
  const TaskPosterior posterior = sample.posterior();
  for (const double variance : posterior.correctness_variance) EXPECT_GT(variance, .003);
}

TEST(TaskPosterior, ASingleRowTellsLittle) {
  Sample sample(3, 4);
  for (std::size_t task = 0; task < 4; ++task) sample.add(task, {1, 0, 0});
  const TaskPosterior one = sample.posterior();
  EXPECT_GT(sample.confidence(0, false), .999);
  EXPECT_LT(sample.confidence(0), .9);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_TRUE(std::isfinite(one.deviation[i]) && std::isfinite(one.correctness[i]));
    EXPECT_GT(one.deviation_variance[i], 0);
    EXPECT_GT(one.correctness_variance[i], 0);
  }
}

TEST(TaskPosterior, ASingleModelHasNobodyToDifferFrom) {
  Sample sample(1, 2);
  for (const float y : {1.0F, 0.0F, 1.0F}) sample.add(0, {y});
  sample.add(1, {1});
  const TaskPosterior posterior = sample.posterior();
  EXPECT_NEAR(posterior.deviation[0], 0, 1e-12);
  EXPECT_EQ(sample.confidence(0), 1);
  EXPECT_GT(posterior.correctness[1], posterior.correctness[0]);
  EXPECT_LT(posterior.correctness[1], 1);
}

TEST(TaskPosterior, PullsEveryModelTowardItsOverallMean) {
  Sample sample(3, 6);
  Draws draws(3);
  const std::array<double, 3> chances = {.8, .5, .2};
  for (std::size_t task = 1; task < 6; ++task) {
    sample.add(task, 40, [&](std::size_t m) { return draws.right(chances[m]); });
  }
  for (int row = 0; row < 4; ++row)
    sample.add(0, {row < 2 ? 1.0F : 0.0F, row < 2 ? 1.0F : 0.0F, row < 2 ? 1.0F : 0.0F});
  const TaskPosterior posterior = sample.posterior();
  EXPECT_GT(posterior.correctness[0], .5);
  EXPECT_LT(posterior.correctness[2], .5);
  EXPECT_GT(posterior.deviation[0], .1) << "half right on four rows, and the better model elsewhere";
  EXPECT_LT(posterior.deviation[2], -.1);
}

TEST(TaskPosterior, ComparesModelsOnTheSameRows) {
  Sample alike(2, 1);
  Sample independent(2, 1);
  for (std::size_t row = 0; row < 100; ++row) {
    const float first = row % 2 == 0 ? 1 : 0;
    alike.add(0, {first, row < 4 ? 1 - first : first});
    independent.add(0, {first, row % 4 < 2 ? 1.0F : 0.0F});
  }
  EXPECT_LT(alike.posterior().deviation_variance[0], .3 * independent.posterior().deviation_variance[0]);
  EXPECT_NEAR(alike.posterior().correctness_variance[0], independent.posterior().correctness_variance[0], 1e-4);
}

TEST(TaskPosterior, OutcomesOnOtherRowsAreIndependent) {
  Sample sample(3, 2);
  for (std::size_t row = 0; row < 100; ++row) {
    const float y = row % 2 == 0 ? 1 : 0;
    sample.add(0, {y, y, row < 4 ? 1 - y : y});
    sample.add(1, {row < 50 ? y : kMissing, row < 50 ? kMissing : y, row < 4 ? 1 - y : y});
  }
  const TaskPosterior posterior = sample.posterior();
  EXPECT_GT(posterior.deviation_variance[3], 2 * posterior.deviation_variance[0]);
}

TEST(TaskPosterior, HasThePriorWithoutAnOutcome) {
  Sample sample(4, 5);
  Draws draws(9);
  for (std::size_t task = 0; task < 5; ++task) {
    sample.add(task, 30, [&](std::size_t m) {
      const float y = draws.right(m == 0 ? .8 : .4);
      return m == 3 || (m == 0 && task == 2) ? kMissing : y;
    });
  }
  const TaskPosterior posterior = sample.posterior();
  const auto cell = [](std::size_t task, std::size_t model) { return task * 4 + model; };
  EXPECT_NEAR(posterior.deviation[cell(2, 0)], posterior.deviation[cell(1, 0)], .15);
  EXPECT_GT(posterior.deviation[cell(2, 0)], .1) << "strong on the other tasks";
  EXPECT_GT(posterior.deviation_variance[cell(2, 0)], posterior.deviation_variance[cell(1, 0)]);
  EXPECT_GT(posterior.correctness_variance[cell(2, 0)], posterior.correctness_variance[cell(1, 0)]);
  EXPECT_EQ(posterior.deviation[cell(0, 3)], 0) << "nothing is known of the last model";
  EXPECT_GT(posterior.deviation_variance[cell(0, 3)], posterior.deviation_variance[cell(2, 0)]);
  EXPECT_EQ(sample.forecast(2).exclusions[3], Exclusion::kNoOutcomes);
  EXPECT_GT(sample.confidence(2), .5);
}

TEST(TaskPosterior, OfARestIsThatOfABenchmarkWithoutTheOthers) {
  Sample all(3, 3);
  Sample rest(3, 3);
  Draws draws(17);
  std::vector<std::uint8_t> left_out;
  for (std::size_t row = 0; row < 60; ++row) {
    const std::vector<float> outcomes = {draws.right(.5), draws.right(.6), row % 7 == 0 ? kMissing : draws.right(.7)};
    all.add(row % 3, outcomes);
    left_out.push_back(row % 3 == 1 || row % 5 == 0 ? 1 : 0);
    if (left_out.back() == 0) rest.add(row % 3, outcomes);
  }
  EXPECT_EQ(all.posterior(left_out).deviation, rest.posterior().deviation);
  EXPECT_EQ(all.posterior(left_out).correctness_variance, rest.posterior().correctness_variance);
}

TEST(TaskPosterior, NarrowsWithTheRows) {
  double before = 1;
  for (const std::size_t rows : {2U, 8U, 32U, 128U, 512U}) {
    Sample sample(2, 3);
    for (std::size_t task = 0; task < 3; ++task) {
      for (std::size_t row = 0; row < rows; ++row)
        sample.add(task, {row % 2 == 0 ? 1.0F : 0.0F, row % 2 == 0 ? 0.0F : 1.0F});
    }
    const double variance = sample.posterior().deviation_variance[0];
    EXPECT_LT(variance, before) << rows;
    before = variance;
  }
  EXPECT_LT(before, .25 * 2 / 512);
}

// Benchmarks drawn from known true means.

/// Shares of confident decisions, and the mean confidence, over drawn benchmarks.
struct Sureness {
  double sure = 0;
  double mean = 0;
};

Sureness sureness_of(std::size_t tasks, std::size_t models, const std::function<float(Draws&)>& draw) {
  Draws draws(static_cast<std::uint32_t>(100 * tasks + models));
  Sureness out;
  constexpr int kBenchmarks = 120;
  for (int i = 0; i < kBenchmarks; ++i) {
    Sample sample(models, tasks);
    for (std::size_t task = 0; task < tasks; ++task) sample.add(task, 5, [&](std::size_t) { return draw(draws); });
    const double confidence = sample.confidence(static_cast<std::size_t>(i) % tasks);
    out.sure += confidence > .9 ? 1.0 / kBenchmarks : 0;
    out.mean += confidence / kBenchmarks;
  }
  return out;
}

TEST(EquallyGoodModels, AreSeldomTakenForBetter) {
  for (std::size_t tasks = 1; tasks <= 8; ++tasks) {
    for (const std::size_t models : {2U, 4U, 12U}) {
      for (const double chance : {.5, .8}) {
        const Sureness binary = sureness_of(tasks, models, [&](Draws& draws) { return draws.right(chance); });
        EXPECT_LE(binary.sure, .12) << tasks << " tasks, " << models << " models, " << chance;
        EXPECT_LT(binary.mean, .75) << tasks << " tasks, " << models << " models, " << chance;
        const Sureness graded = sureness_of(tasks, models, [&](Draws& draws) { return draws.grade(chance); });
        EXPECT_LE(graded.sure, .12) << tasks << " tasks, " << models << " models, graded " << chance;
        EXPECT_LT(graded.mean, .75) << tasks << " tasks, " << models << " models, graded " << chance;
      }
    }
  }
}

/// A benchmark whose true means are known, [tasks, models].
struct Truth {
  std::vector<double> means;
  Sample sample;
};

Truth draw_benchmark(Draws& draws, std::size_t tasks, std::size_t models, std::size_t rows, bool graded) {
  Truth out{{}, Sample(models, tasks)};
  std::vector<double> strengths;
  for (std::size_t m = 0; m < models; ++m) strengths.push_back(.1 * draws.normal());
  for (std::size_t task = 0; task < tasks; ++task) {
    const double difficulty = .55 + .18 * draws.normal();
    std::vector<double> means;
    for (const double strength : strengths) {
      means.push_back(std::clamp(difficulty + strength + .07 * draws.normal(), .02, .98));
    }
    out.means.insert(out.means.end(), means.begin(), means.end());
    out.sample.add(task, rows, [&](std::size_t m) { return graded ? draws.grade(means[m]) : draws.right(means[m]); });
  }
  return out;
}

TEST(DrawnBenchmarks, HaveTheirTrueMeansInTheInterval) {
  for (const bool graded : {false, true}) {
    for (const std::size_t rows : {1U, 5U, 20U, 100U}) {
      Draws draws(static_cast<std::uint32_t>(rows));
      double covered = 0;
      double count = 0;
      for (int benchmark = 0; benchmark < 40; ++benchmark) {
        const Truth truth = draw_benchmark(draws, 8, 5, rows, graded);
        for (std::size_t task = 0; task < 8; ++task) {
          const Forecast forecast = truth.sample.forecast(task);
          for (std::size_t m = 0; m < 5; ++m) {
            const Interval interval = forecast.intervals[m];
            const double mean = truth.means[task * 5 + m];
            covered += interval.low <= mean && mean <= interval.high ? 1 : 0;
            ++count;
            EXPECT_LE(interval.low, forecast.scores[m]);
            EXPECT_GE(interval.high, forecast.scores[m]);
          }
        }
      }
      EXPECT_GE(covered / count, .9) << rows << (graded ? " rows, graded" : " rows");
    }
  }
}

TEST(DrawnBenchmarks, HaveThePickAheadAsOftenAsTheConfidenceSays) {
  for (const bool graded : {false, true}) {
    for (const std::size_t rows : {5U, 20U, 100U}) {
      Draws draws(static_cast<std::uint32_t>(50 + rows));
      double expected = 0;
      double ahead = 0;
      double count = 0;
      for (int benchmark = 0; benchmark < 150; ++benchmark) {
        const Truth truth = draw_benchmark(draws, 8, 4, rows, graded);
        const std::size_t task = static_cast<std::size_t>(benchmark) % 8;
        const Forecast forecast = truth.sample.forecast(task);
        const Choice choice = truth.sample.choice(task);
        const std::size_t rival = choice.model == choice.best_single
                                      ? next_best_allowed(forecast.scores, forecast.exclusions, choice.model)
                                      : choice.best_single;
        expected += choice.confidence;
        ahead += truth.means[task * 4 + choice.model] > truth.means[task * 4 + rival] ? 1 : 0;
        ++count;
      }
      // The confidence is about a new task like this one, whose deviation makes it less extreme; .12 is three errors.
      EXPECT_NEAR(expected / count, ahead / count, .12) << rows << (graded ? " rows, graded" : " rows");
    }
  }
}

TEST(DrawnBenchmarks, AreAsGoodAsExactWithManyRows) {
  for (const auto& [rows, tolerance] : {std::pair{10000U, 4e-3}, std::pair{100000U, 4e-4}}) {
    Draws draws(5);
    const Truth truth = draw_benchmark(draws, 4, 4, rows, false);
    for (std::size_t task = 0; task < 4; ++task) {
      EXPECT_NEAR(truth.sample.confidence(task), truth.sample.confidence(task, false), tolerance) << rows;
      const Forecast with = truth.sample.forecast(task);
      const Forecast exact = truth.sample.forecast(task, false);
      EXPECT_EQ(with.scores, exact.scores);
      for (std::size_t m = 0; m < 4; ++m) {
        EXPECT_NEAR(with.intervals[m].low, exact.intervals[m].low, tolerance / 4) << rows;
        EXPECT_NEAR(with.intervals[m].high, exact.intervals[m].high, tolerance / 4) << rows;
      }
    }
  }
}

}  // namespace
}  // namespace signalbox
