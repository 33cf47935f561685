// Completed means: values computed by hand, and what must hold for any data.
#include "index/completion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <random>

#include "index/means.h"
#include "support.h"

namespace signalbox {
namespace {

double logit(double p) { return std::log(p / (1 - p)); }

/// Totals of scores: of each task and model a mean and the outcomes it is worth, or nothing.
struct Scores {
  Scores(std::size_t tasks, std::size_t models)
      : totals{models, std::vector<double>(tasks * models, 0), std::vector<double>(tasks * models, 0),
               std::vector<std::size_t>(tasks, 0)} {}

  void set(std::size_t task, std::size_t model, double mean, double n) {
    totals.sums[task * totals.models + model] = n * mean;
    totals.counts[task * totals.models + model] = n;
  }

  TaskTotals totals;
};

TEST(CompletionTest, FitsTwoModelsOnTwoTasksByHand) {
  // Model 0 has .5 of 30 on task 0, and model 1 has .5 of 30 on task 1, of logit 0 each; model 1 has nothing on task 0.
  // All strengths and levels are 0, and so are the residuals.
  Scores scores(2, 2);
  scores.set(0, 0, .5, 30);
  scores.set(1, 0, .5, 30);
  scores.set(1, 1, .5, 30);
  const TaskEstimates known = complete_tasks(scores.totals, {}, {});
  for (const double p : known.means) EXPECT_DOUBLE_EQ(p, .5);
  for (const double v : known.posterior.correctness_variance) EXPECT_EQ(v, 0);
  EXPECT_EQ(known.measured, (std::vector<std::size_t>{2, 1}));
  EXPECT_EQ(known.levels, (std::vector<double>{0, 0}));
}

TEST(CompletionTest, ShrinksOneTaskByHand) {
  // One task with slope 1 (least and most), no prior of strengths; e = 30 / (30 + 30) = 1/2.
  //   z = logit((30 x + .5) / 31); t = z - a, less its mean; a = mean of z: the fit is exact.
  Scores scores(1, 3);
  scores.set(0, 0, .8, 30);
  scores.set(0, 1, .4, 30);
  MixtureConstants c;
  c.least_slope = c.most_slope = 1;
  c.strength_prior = 0;
  const TaskEstimates known = complete_tasks(scores.totals, {}, c);
  EXPECT_NEAR(known.means[0], 24.5 / 31, 1e-12);
  EXPECT_NEAR(known.means[1], 12.5 / 31, 1e-12);
  EXPECT_TRUE(std::isnan(known.means[2])) << "a model without any outcome is not predicted";
}

TEST(CompletionTest, TakesOneTurnByHand) {
  // Two tasks with the slope 1 fixed. Both models on task 0 (logits z0, z1 around their mean of a0), model 0 alone on
  // task 1. e = 1/2 everywhere, the prior of a strength is worth 1 task.
  //   Fixed point: t0 = -t1; a1 = z2 - t0; t0 + centre = (e (z0 - a0) + e (z2 - a1)) / (2 e + 1),
  //   t1 + centre = e (z1 - a0) / (e + 1), a0 = (z0 + z1) / 2 = 0 here.
  Scores scores(2, 2);
  const double n = 30;
  scores.set(0, 0, .75, n);
  scores.set(0, 1, .25, n);
  scores.set(1, 0, .5, n);
  MixtureConstants c;
  c.least_slope = c.most_slope = 1;
  c.strength_prior = 1;
  const double z = logit((n * .75 + .5) / (n + 1));  // And -z of model 1.
  // With s = t0 = -t1: raw0 = (z / 2 + s / 2) / 2, raw1 = (-z / 2) / 1.5, s = (raw0 - raw1) / 2 = z / 8 + s / 8 + z
  // / 6.
  const double s = (z / 8 + z / 6) / (7.0 / 8);
  const TaskEstimates known = complete_tasks(scores.totals, {}, c);
  EXPECT_NEAR(logit(known.means[0]), s + (z - s) / 2, 1e-8);
  EXPECT_NEAR(logit(known.means[1]), -s + (-z + s) / 2, 1e-8);
  EXPECT_NEAR(logit(known.means[2]), 0, 1e-8);
  EXPECT_NEAR(logit(known.means[3]), -2 * s, 1e-8) << "the missing one: level -s, strength -s";
  // Residuals z - s, -(z - s) and 0, of the same weight.
  const double r = 2 * (z - s) * (z - s) / 3;
  const double u0 = r / (2 * .5 + 1);
  const double u1 = r / (.5 + 1);
  const auto of_logit = [&](std::size_t i) {
    const double p = known.means[i];
    return known.posterior.correctness_variance[i] / (p * p * (1 - p) * (1 - p));
  };
  EXPECT_NEAR(of_logit(0), r / 2 + u0 / 4, 1e-8);
  EXPECT_NEAR(of_logit(3), r + u1, 1e-8);
  EXPECT_NEAR(known.levels[1], -s, 1e-8) << "the mean of 0 and -2 s";
  EXPECT_NEAR(known.posterior.deviation[2] + known.posterior.deviation[3], 0, 1e-12);
  EXPECT_EQ(known.posterior.deviation_variance, known.posterior.correctness_variance);
}

TEST(CompletionTest, ATaskMayCompressDifferences) {
  // Six models of spread strengths on four tasks; on the last one they differ half as much. Model 0 is missing there.
  Scores scores(4, 6);
  for (std::size_t s = 0; s < 4; ++s) {
    for (std::size_t m = 0; m < 6; ++m) {
      if (s == 3 && m == 0) continue;
      const double x = (static_cast<double>(m) - 2.5) * (s == 3 ? .4 : .8);
      scores.set(s, m, 1 / (1 + std::exp(-x)), 1000);
    }
  }
  const TaskEstimates known = complete_tasks(scores.totals, {}, {});
  const double missing = logit(known.means[3 * 6]);
  EXPECT_NEAR(missing, -1, .25) << "not the -2 of the other tasks";
  EXPECT_NEAR(logit(known.means[2 * 6]), -2, .1);
}

TEST(CompletionTest, WithNothingMissingAreThePlainMeans) {
  testing::RandomBenchmark benchmark(/*seed=*/7, 60, 3, 5, 4, CodeType::kFloat32);
  for (std::size_t r = 0; r < 60; ++r) benchmark.outcomes[r * 5 + 2] = std::nanf("");  // A model without any outcome.
  benchmark.refresh();
  const Index index = benchmark.open();
  const TaskTotals totals = total_outcomes(index.outcomes, index.row_tasks, index.tasks());
  const std::vector<double> means = task_means(totals);
  for (std::size_t i = 0; i < means.size(); ++i) {
    EXPECT_EQ(std::isnan(index.task_means[i]), i % 5 == 2);
    if (i % 5 != 2) {
      EXPECT_EQ(index.task_means[i], means[i]) << "bit for bit";
    }
  }
  EXPECT_EQ(index.known_weights, std::vector<double>(4, 1));
  EXPECT_EQ(index.model_tasks, (std::vector<std::size_t>{4, 4, 0, 4, 4}));
}

// Any data.

class RandomCompletionTest : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  static constexpr std::size_t kTasks = 9;
  static constexpr std::size_t kModels = 7;

  void SetUp() override {
    for (std::size_t s = 0; s < kTasks; ++s) {
      weights_.push_back(.25 + uniform());
      for (std::size_t m = 0; m < kModels; ++m) {
        const bool missing = s == 4 || m == 5 || (uniform() < .5 && s % 5 != m);
        if (!missing) scores_.set(s, m, uniform(), 1 + std::floor(200 * uniform()));
      }
    }
  }

  double uniform() { return std::uniform_real_distribution<double>()(random_); }

  std::mt19937 random_{GetParam()};
  Scores scores_{kTasks, kModels};
  std::vector<double> weights_;
};

TEST_P(RandomCompletionTest, PredictsEveryModelOnEveryTaskWithOutcomes) {
  const TaskEstimates known = complete_tasks(scores_.totals, weights_, {});
  for (std::size_t i = 0; i < known.means.size(); ++i) {
    const bool unknown = i / kModels == 4 || i % kModels == 5;
    EXPECT_EQ(std::isnan(known.means[i]), unknown) << i;
    EXPECT_TRUE(unknown || (known.means[i] > 0 && known.means[i] < 1));
    EXPECT_TRUE(std::isfinite(known.posterior.deviation[i]) && std::isfinite(known.posterior.correctness[i]));
    EXPECT_GE(known.posterior.correctness_variance[i], 0);
  }
  EXPECT_TRUE(std::isnan(known.levels[4]));
  EXPECT_EQ(known.weights[4], 0);
  EXPECT_NEAR(std::accumulate(known.weights.begin(), known.weights.end(), 0.0), kTasks - 1, 1e-12);
}

TEST_P(RandomCompletionTest, DoesNotDependOnTheOrderOfModelsOrTasks) {
  const TaskEstimates known = complete_tasks(scores_.totals, weights_, {});
  Scores moved(kTasks, kModels);
  std::vector<double> weights(kTasks);
  const auto at = [](std::size_t s, std::size_t m) { return s * kModels + m; };
  const auto task_to = [](std::size_t s) { return (s + 4) % kTasks; };
  const auto model_to = [](std::size_t m) { return kModels - 1 - m; };
  for (std::size_t s = 0; s < kTasks; ++s) {
    weights[task_to(s)] = 8 * weights_[s];  // Nor on the scale of the weights.
    for (std::size_t m = 0; m < kModels; ++m) {
      moved.totals.sums[at(task_to(s), model_to(m))] = scores_.totals.sums[at(s, m)];
      moved.totals.counts[at(task_to(s), model_to(m))] = scores_.totals.counts[at(s, m)];
    }
  }
  const TaskEstimates other = complete_tasks(moved.totals, weights, {});
  for (std::size_t s = 0; s < kTasks; ++s) {
    for (std::size_t m = 0; m < kModels; ++m) {
      if (std::isnan(known.means[at(s, m)])) continue;
      EXPECT_NEAR(other.means[at(task_to(s), model_to(m))], known.means[at(s, m)], 1e-7);
    }
  }
}

TEST_P(RandomCompletionTest, AModelWithoutOutcomesChangesNothing) {
  const TaskEstimates with = complete_tasks(scores_.totals, weights_, {});
  Scores fewer(kTasks, kModels - 1);
  for (std::size_t s = 0; s < kTasks; ++s) {
    for (std::size_t m = 0; m < kModels - 1; ++m) {
      const std::size_t from = s * kModels + (m < 5 ? m : m + 1);
      fewer.totals.sums[s * (kModels - 1) + m] = scores_.totals.sums[from];
      fewer.totals.counts[s * (kModels - 1) + m] = scores_.totals.counts[from];
    }
  }
  const TaskEstimates without = complete_tasks(fewer.totals, weights_, {});
  for (std::size_t s = 0; s < kTasks; ++s) {
    if (s == 4) continue;
    EXPECT_DOUBLE_EQ(without.means[s * (kModels - 1) + 5], with.means[s * kModels + 6]);
  }
}

TEST_P(RandomCompletionTest, ManyOutcomesSpeakForThemselves) {
  for (double& n : scores_.totals.counts) n *= 1e6;
  for (double& sum : scores_.totals.sums) sum *= 1e6;
  const TaskEstimates known = complete_tasks(scores_.totals, weights_, {});
  for (std::size_t i = 0; i < known.means.size(); ++i) {
    if (!(scores_.totals.counts[i] > 0)) continue;
    EXPECT_NEAR(known.means[i], std::clamp(scores_.totals.sums[i] / scores_.totals.counts[i], .01, .99), 1e-4);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCompletionTest, ::testing::Range(1U, 11U));

TEST(MixtureConstantsTest, AreReadInTheirOrder) {
  const std::vector<double> values = {.2, 3,  50, 5, .3,  .25, .004, .16, 1,   .5, .05,
                                      2,  20, 4,  6, .05, 3,   10,   .2,  .01, 9};
  const Result<MixtureConstants> read = mixture_constants(values);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value().temperature, .2);
  EXPECT_EQ(read.value().eta, .5);
  EXPECT_EQ(read.value().input_prior_tasks, 2);
  EXPECT_EQ(read.value().most_slope, 3);
  EXPECT_EQ(read.value().offset_prior, .01);
  const Result<MixtureConstants> few = mixture_constants(std::span(values).first(1));
  EXPECT_EQ(few.value().temperature, .2);
  EXPECT_EQ(few.value().prior_tasks, MixtureConstants().prior_tasks);
  const Result<MixtureConstants> cold = mixture_constants(std::vector<double>{0});
  ASSERT_FALSE(cold.ok());
  EXPECT_EQ(cold.error().message, "mixture: temperature is 0, expected 0.001 to 10");
  EXPECT_FALSE(mixture_constants(std::vector<double>{.1, std::nan("")}).ok());
}

}  // namespace
}  // namespace signalbox
