// The policy `signalbox` without an index: values computed by hand, and what must hold for any data.
#include "routing/task_mixture.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "support.h"

namespace signalbox {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
const MixtureConstants kConstants;

double sum_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

std::vector<Exclusion> everyone(std::size_t models) { return std::vector<Exclusion>(models, Exclusion::kNone); }

/// Two tasks at right angles: the first suits model 0, the second model 1.
///   means  .9 .5 .4 | .2 .6 .4    difficulty  .6 | .4    deviations  .3 -.1 -.2 | -.2 .2 0
class TwoTasksTest : public ::testing::Test {
 protected:
  [[nodiscard]] TaskProfiles profiles() const { return {2, 3, centroids_, means_}; }

  TaskMixture mix(const std::vector<double>& votes, const std::vector<float>& labels = {}) {
    return mix_tasks(profiles(), votes, label_means(labels, exclusions_, kConstants), exclusions_, kConstants);
  }

  std::vector<float> centroids_ = {1, 0, 0, 1};
  std::vector<double> means_ = {.9, .5, .4, .2, .6, .4};
  std::vector<Exclusion> exclusions_ = everyone(3);
};

TEST_F(TwoTasksTest, WithoutAMeanOfACandidateNothingIsExpected) {
  const std::vector<double> nothing(3, 0);
  exclusions_.assign(3, Exclusion::kDenied);
  EXPECT_EQ(mix({1, 1}).relative, nothing) << "no candidate";
  exclusions_ = everyone(3);
  means_.assign(6, kNan);
  EXPECT_EQ(mix({1, 1}).relative, nothing) << "as when the only task is held out";
  EXPECT_EQ(mix({1, 1}).weights, (std::vector<double>{0, 0}));
}

TEST_F(TwoTasksTest, ExcludedModelsLeaveTheOthersAsTheyAreAmongThemselves) {
  means_ = {.9, kNan, .4, .2, .6, .4};
  exclusions_[1] = Exclusion::kDenied;
  const TaskMixture of_all = mix({.5, .5});
  means_ = {.9, .4, .2, .4};
  const std::vector<Exclusion> two = everyone(2);
  const TaskProfiles alone{2, 2, centroids_, means_};
  const TaskMixture mixture =
      mix_tasks(alone, std::vector<double>{.5, .5}, label_means({}, two, kConstants), two, kConstants);
  EXPECT_EQ(of_all.relative, (std::vector<double>{mixture.relative[0], 0, mixture.relative[1]}));
}

// Votes.

TEST_F(TwoTasksTest, VotesAreTheSoftmaxOfTheCosines) {
  // Cosines .8 and .6, whatever the length of the vector: shares 1 : exp(-.2 / .1).
  const std::vector<float> vector = {8, 6};
  const std::vector<double> votes = vote_for_tasks(profiles(), vector, kConstants);
  EXPECT_NEAR(votes[0], 1 / (1 + std::exp(-2.0)), 1e-12);
  EXPECT_NEAR(votes[0] + votes[1], 1, 1e-15);
}

TEST_F(TwoTasksTest, TinyTemperaturesDoNotOverflow) {
  MixtureConstants cold;
  cold.temperature = 1e-6;
  const std::vector<float> vector = {8, 6};
  EXPECT_EQ(vote_for_tasks(profiles(), vector, cold), (std::vector<double>{1, 0}));
}

TEST_F(TwoTasksTest, TasksWithoutRowsGetNoVote) {
  centroids_ = {0, 0, 0, 1};
  const std::vector<float> away = {1, -1};
  EXPECT_EQ(vote_for_tasks(profiles(), away, kConstants), (std::vector<double>{0, 1}));
  EXPECT_EQ(vote_of_inputs(profiles(), away, kConstants), (std::vector<double>{0, 1}));
}

TEST_F(TwoTasksTest, NoTaskWithRowsIsNoVote) {
  centroids_ = {0, 0, 0, 0};
  const std::vector<float> vector = {1, 0};
  EXPECT_EQ(vote_for_tasks(profiles(), vector, kConstants), (std::vector<double>{0, 0}));
  EXPECT_EQ(vote_of_inputs(profiles(), vector, kConstants), (std::vector<double>{0, 0}));
}

TEST_F(TwoTasksTest, VotesOfAWholeTaskAreJoinedByUniformOnes) {
  // Both inputs are near the first task: w = 1 / (1 + e^-10), so close to one effective task that (w + 2/2) / (1 + 2).
  const std::vector<float> inputs = {1, 0, 5, 0};
  const std::vector<double> votes = vote_of_inputs(profiles(), inputs, kConstants);
  EXPECT_NEAR(votes[0], 2.0 / 3, 1e-4);
  EXPECT_NEAR(sum_of(votes), 1, 1e-15);
}

TEST_F(TwoTasksTest, MoreInputsOfTheSameKindAreNoMoreEvidence) {
  const std::vector<float> one = {8, 6};
  const std::vector<float> many = {8, 6, 8, 6, 4, 3, 8, 6};
  EXPECT_NEAR(vote_of_inputs(profiles(), one, kConstants)[0], vote_of_inputs(profiles(), many, kConstants)[0], 1e-12);
}

// Without labels.

TEST_F(TwoTasksTest, ExpectsTheVotesMeanOfTheTasks) {
  const TaskMixture mixture = mix({.75, .25});
  const std::vector<double> relative = {.175, -.025, -.15};
  const std::vector<double> correctness = {.725, .525, .4};
  for (std::size_t m = 0; m < 3; ++m) {
    EXPECT_NEAR(mixture.relative[m], relative[m], 1e-12);
    EXPECT_NEAR(mixture.correctness[m], correctness[m], 1e-12);
    EXPECT_EQ(mixture.evidence[m], 40);
  }
  EXPECT_NEAR(mixture.effective_tasks, 1 / (.75 * .75 + .25 * .25), 1e-12);
  // Model 2 has .4 in both tasks: what is left is the difficulty's variance and the model's, .003 + .04 / 40.
  EXPECT_NEAR(mixture.intervals[2].high - .4, 1.959964 * std::sqrt(.004), 1e-6);
  EXPECT_NEAR(.4 - mixture.intervals[2].low, 1.959964 * std::sqrt(.004), 1e-6);
  // Model 0 has .9 or .2: its variance over the tasks, .75 * .25 * .7^2, joins.
  EXPECT_NEAR(.725 - mixture.intervals[0].low, 1.959964 * std::sqrt(.091875 + .004), 1e-6);
  EXPECT_EQ(mixture.intervals[0].high, 1);
}

TEST_F(TwoTasksTest, ConfidenceIsTheMixtureOfNormalDistributions) {
  // Model 2 less model 1: -.1 and -.2, each of variance .15 / 40: .75 Phi(-1.632993) + .25 Phi(-3.265986).
  const TaskMixture mixture = mix({.75, .25});
  EXPECT_NEAR(probability_better(mixture, 2, 1), .75 * .051235217430 + .25 * .000545417588, 1e-9);
}

TEST_F(TwoTasksTest, WithoutAVoteTasksCountAlike) { EXPECT_EQ(mix({0, 0}).weights, (std::vector<double>{.5, .5})); }

TEST_F(TwoTasksTest, ASingleTaskIsExpectedAgain) {
  const TaskProfiles one{2, 3, std::span(centroids_).first(2), std::span(means_).first(3)};
  const std::vector<double> votes = {1};
  const TaskMixture mixture = mix_tasks(one, votes, label_means({}, exclusions_, kConstants), exclusions_, kConstants);
  EXPECT_NEAR(mixture.correctness[0], .9, 1e-12);
  EXPECT_NEAR(mixture.correctness[2], .4, 1e-12);
}

TEST_F(TwoTasksTest, ASingleCandidateHasNobodyToDifferFrom) {
  exclusions_ = {Exclusion::kDenied, Exclusion::kNone, Exclusion::kNoOutcomes};
  const TaskMixture mixture = mix({.75, .25}, {kMissing, 1, kMissing});
  EXPECT_NEAR(mixture.relative[1], 0, 1e-12);
  EXPECT_GT(mixture.correctness[1], .75 * .5 + .25 * .6) << "the label speaks for an easy task";
}

// With labels.

/// Four labels on which the models have means .25 .75 .5: deviations -.25 .25 0.
const std::vector<float> kFourLabels = {0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0};

TEST_F(TwoTasksTest, LabelsMoveWeightToTheTaskThatTheyResemble) {
  // Squared distances sum to .465 and .005; the exponent is -4/3 of each over 2 * .2 * (1/4 + 1/40) = .11.
  const TaskMixture mixture = mix({.75, .25}, kFourLabels);
  const double odds = 3 * std::exp(-4.0 / 3 * (.465 - .005) / .11);
  EXPECT_NEAR(mixture.weights[0], odds / (1 + odds), 1e-12);
  EXPECT_NEAR(sum_of(mixture.weights), 1, 1e-15);
}

TEST_F(TwoTasksTest, ThePosteriorIsThePseudoCountBlendWhereOneTaskHasAllWeight) {
  const TaskMixture mixture = mix({0, 1}, kFourLabels);
  EXPECT_NEAR(mixture.relative[0], (40 * -.2 + 4 * -.25) / 44, 1e-12);
  EXPECT_NEAR(mixture.relative[1], (40 * .2 + 4 * .25) / 44, 1e-12);
  EXPECT_NEAR(mixture.relative[2], 0, 1e-12);
  EXPECT_EQ(mixture.evidence[0], 44);
  // The labels' mean of .5 pulls the difficulty from .4 by .003 / (.003 + .15 / 4).
  const double difficulty = .4 + .1 * .003 / (.003 + .15 / 4);
  EXPECT_NEAR(mixture.correctness[2], difficulty, 1e-12);
  const double variance = .003 * (1 - .003 / (.003 + .15 / 4)) + .04 / 44;
  EXPECT_NEAR(mixture.intervals[2].high - difficulty, 1.959964 * std::sqrt(variance), 1e-6);
}

TEST_F(TwoTasksTest, ManyLabelsDecideAlone) {
  std::vector<float> labels;
  for (int i = 0; i < 2000; ++i) labels.insert(labels.end(), {0, 0, 1});
  const TaskMixture mixture = mix({.75, .25}, labels);
  EXPECT_NEAR(mixture.relative[2], 2.0 / 3, .03);
  EXPECT_GT(probability_better(mixture, 2, 0), .999);
  for (const double w : mixture.weights) EXPECT_TRUE(std::isfinite(w));
}

TEST_F(TwoTasksTest, LabelsWithoutAnyOutcomeChangeNothing) {
  const TaskMixture with = mix({.75, .25}, {kMissing, kMissing, kMissing});
  EXPECT_EQ(with.relative, mix({.75, .25}).relative);
  EXPECT_EQ(with.correctness, mix({.75, .25}).correctness);
}

TEST_F(TwoTasksTest, LabelsOfSomeModelsCompareOnlyThese) {
  // Models 1 and 2 on two labels: 1 0 twice, deviations .5 -.5 of their own mean, which in the first task is at -.15.
  const TaskMixture mixture = mix({1, 0}, {kMissing, 1, 0, kMissing, 1, 0});
  EXPECT_NEAR(mixture.relative[0], .3, 1e-12);
  EXPECT_NEAR(mixture.relative[1], (40 * -.1 + 2 * (.5 - .15)) / 42, 1e-12);
  EXPECT_NEAR(mixture.relative[2], (40 * -.2 + 2 * (-.5 - .15)) / 42, 1e-12);
  EXPECT_EQ(mixture.evidence, (std::vector<double>{40, 42, 42}));
}

TEST_F(TwoTasksTest, LabelsOfOneModelAreEvidenceOfDifficultyAlone) {
  const TaskMixture mixture = mix({.75, .25}, {1, kMissing, kMissing, 1, kMissing, kMissing});
  const TaskMixture without = mix({.75, .25});
  for (std::size_t m = 0; m < 3; ++m) {
    EXPECT_NEAR(mixture.relative[m], without.relative[m], 1e-12);
    EXPECT_GT(mixture.correctness[m] + (m == 0 ? 1 : 0), without.correctness[m]) << m;
  }
}

TEST_F(TwoTasksTest, LabelsOfOneModelEachAreComparedOverAllLabels) {
  // Three labels that only model 1 was asked, right, and three that only model 2 was asked, wrong.
  std::vector<float> labels;
  for (int i = 0; i < 3; ++i) labels.insert(labels.end(), {kMissing, 1, kMissing, kMissing, kMissing, 0});
  const LabelMeans means = label_means(labels, exclusions_, kConstants);
  // The difficulty of a label: its outcome and two at the mean of all, 1/2.
  EXPECT_NEAR(means.relative[1], 1 - (1 + 2 * .5) / 3, 1e-12);
  EXPECT_NEAR(means.relative[2], 0 - (0 + 2 * .5) / 3, 1e-12);
  const TaskMixture with = mix({1, 0}, labels);
  EXPECT_GT(with.relative[1] - with.relative[2], .1) << "further apart than the first task has them";
}

TEST(LabelMeansTest, WithEveryOutcomeAreDeviationsFromThePool) {
  // Six labels of graded outcomes: the means by hand, whatever stands in for missing ones.
  const std::vector<float> labels = {1, .5F, 0, .25F, .25F, 1};
  const LabelMeans means = label_means(labels, everyone(2), kConstants);
  EXPECT_NEAR(means.means[0], 1.25 / 3, 1e-12);
  EXPECT_NEAR(means.means[1], 1.75 / 3, 1e-12);
  EXPECT_NEAR(means.relative[0], (1.25 - 1.75) / 6, 1e-12);
  EXPECT_NEAR(means.relative[1], (1.75 - 1.25) / 6, 1e-12);
  EXPECT_EQ(means.counts, (std::vector<double>{3, 3}));
}

// Missing outcomes.

TEST_F(TwoTasksTest, AModelsStrengthStandsInForAMissingMean) {
  // Model 2 was not measured on the second task. Difficulties d, strengths a (which sum to 0) by least squares: the
  // first task gives model 2 its strength, .4 - d0 = a2; the others share theirs over both tasks.
  //   a0 = (.9 - d0 + .2 - d1) / 2, a1 = (.5 - d0 + .6 - d1) / 2, d0 = .6, d1 = (.2 + .6 - a0 - a1) / 2
  // Both sums are 1.1, so a0 = a1 = .1, a2 = -.2, d1 = .3.
  means_[5] = kNan;
  const TaskMixture mixture = mix({0, 1});
  EXPECT_NEAR(mixture.relative[0], .2 - .3, 1e-9);
  EXPECT_NEAR(mixture.relative[1], .6 - .3, 1e-9);
  EXPECT_NEAR(mixture.relative[2], -.2, 1e-9);
  EXPECT_NEAR(mixture.correctness[2], .1, 1e-9) << "the strong models' mean of .4 is not the difficulty";
}

TEST_F(TwoTasksTest, ATaskThatMeasuredNoCandidateHasNoWeight) {
  means_ = {.9, .5, .4, kNan, kNan, kNan};
  EXPECT_EQ(mix({.25, .75}).weights, (std::vector<double>{1, 0}));
  EXPECT_EQ(mix({0, 1}).weights, (std::vector<double>{1, 0})) << "even where it has all votes";
  EXPECT_NEAR(mix({0, 1}).correctness[1], .5, 1e-12);
}

// Bounds.

TEST_F(TwoTasksTest, TheBestOfAnEasyTaskStayInOrder) {
  // Labels say that the task is easier than any that is known: the sums would exceed 1 for two models.
  means_ = {1, .98, .3, 1, .99, .3};
  std::vector<float> labels;
  for (int i = 0; i < 400; ++i) labels.insert(labels.end(), {1, 1, 1});
  const TaskMixture mixture = mix({.5, .5}, labels);
  EXPECT_LE(mixture.correctness[0], 1);
  EXPECT_GT(mixture.correctness[0], mixture.correctness[1]);
  EXPECT_GT(mixture.correctness[1], mixture.correctness[2]);
}

// Any data.

class RandomMixtureTest : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  static constexpr std::size_t kDim = 3;
  static constexpr std::size_t kModels = 6;
  static constexpr std::size_t kTasks = 5;

  void SetUp() override {
    centroids_ = testing::random_vectors(random_, kTasks, kDim);
    for (std::size_t s = 0; s < kTasks; ++s) {
      float* c = &centroids_[s * kDim];
      const float norm = std::sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2]);
      for (std::size_t i = 0; i < kDim; ++i) c[i] /= norm;
      for (std::size_t m = 0; m < kModels; ++m) means_.push_back(m > 0 && uniform() < .2 ? kNan : uniform());
    }
    exclusions_[2] = Exclusion::kOverMaxPrice;
    means_[1] = means_[3] = means_[4] = means_[5] = .5;  // Everyone has a mean somewhere.
  }

  double uniform() { return std::uniform_real_distribution<double>()(random_); }

  std::vector<float> labels(std::size_t count, double missing) {
    std::vector<float> out(count * kModels);
    for (float& y : out) y = uniform() < missing ? kMissing : static_cast<float>(std::round(4 * uniform()) / 4);
    return out;
  }

  std::vector<double> votes() {
    return vote_of_inputs({kDim, kModels, centroids_, means_}, testing::random_vectors(random_, 3, kDim), kConstants);
  }

  TaskMixture mix(const std::vector<double>& votes, const std::vector<float>& labels) {
    const LabelMeans means = label_means(labels, exclusions_, kConstants);
    return mix_tasks({kDim, kModels, centroids_, means_}, votes, means, exclusions_, kConstants);
  }

  std::mt19937 random_{GetParam()};
  std::vector<float> centroids_;
  std::vector<double> means_;
  std::vector<Exclusion> exclusions_ = everyone(kModels);
};

TEST_P(RandomMixtureTest, WeightsOrdersAndIntervalsAreSound) {
  for (const std::size_t count : {0, 1, 3, 20, 500}) {
    const TaskMixture mixture = mix(votes(), labels(count, .3));
    EXPECT_NEAR(sum_of(mixture.weights), 1, 1e-12);
    EXPECT_GE(mixture.effective_tasks, 1 - 1e-12);
    EXPECT_LE(mixture.effective_tasks, kTasks + 1e-9);
    for (std::size_t a = 0; a < kModels; ++a) {
      if (exclusions_[a] != Exclusion::kNone) continue;
      EXPECT_GE(mixture.correctness[a], 0);
      EXPECT_LE(mixture.correctness[a], 1);
      EXPECT_LE(mixture.intervals[a].low, mixture.correctness[a]);
      EXPECT_GE(mixture.intervals[a].high, mixture.correctness[a]);
      for (std::size_t b = 0; b < kModels; ++b) {
        if (exclusions_[b] != Exclusion::kNone || mixture.relative[a] <= mixture.relative[b] + 1e-12) continue;
        const bool at_zero = mixture.correctness[a] == 0;
        EXPECT_TRUE(mixture.correctness[a] > mixture.correctness[b] || at_zero) << a << " and " << b;
      }
    }
  }
}

TEST_P(RandomMixtureTest, OneIsBetterOrTheOther) {
  const TaskMixture mixture = mix(votes(), labels(7, .3));
  for (const auto& [a, b] : {std::pair{0, 1}, {1, 3}, {5, 4}}) {
    const auto first = static_cast<std::size_t>(a);
    const auto second = static_cast<std::size_t>(b);
    const double p = probability_better(mixture, first, second);
    EXPECT_GE(p, 0);
    EXPECT_LE(p, 1);
    EXPECT_NEAR(p + probability_better(mixture, second, first), 1, 1e-12);
  }
}

TEST_P(RandomMixtureTest, IntervalsNarrowWithLabelsOfTheSameMeans) {
  std::vector<float> some = labels(4, 0);
  const std::vector<double> of_task = votes();
  TaskMixture before = mix(of_task, some);
  for (int doubled = 0; doubled < 6; ++doubled) {
    some.insert(some.end(), some.begin(), some.end());
    const TaskMixture after = mix(of_task, some);
    EXPECT_GT(after.evidence[0], before.evidence[0]);
    before = after;
  }
  const TaskMixture without = mix(of_task, {});
  for (const std::size_t m : {0, 1, 3, 4, 5}) {
    const auto width = [&](const TaskMixture& of) { return of.intervals[m].high - of.intervals[m].low; };
    EXPECT_LT(width(before), width(without)) << "model " << m;
  }
}

TEST_P(RandomMixtureTest, ExcludedModelsDoNotMatter) {
  const std::vector<double> of_task = votes();
  std::vector<float> known = labels(6, .3);
  const TaskMixture before = mix(of_task, known);
  for (std::size_t i = 2; i < means_.size(); i += kModels) means_[i] = uniform();
  for (std::size_t i = 2; i < known.size(); i += kModels) known[i] = 1;
  const TaskMixture after = mix(of_task, known);
  EXPECT_EQ(after.correctness, before.correctness);
  EXPECT_EQ(after.weights, before.weights);
  EXPECT_EQ(after.relative[2], 0);
}

TEST_P(RandomMixtureTest, NothingMissingIsDeviationsFromThePlainMean) {
  for (double& x : means_) x = uniform();
  const std::vector<double> first = {1, 0, 0, 0, 0};
  const TaskMixture mixture = mix(first, {});
  const double mean = (means_[0] + means_[1] + means_[3] + means_[4] + means_[5]) / 5;
  for (const std::size_t m : {0, 1, 3, 4, 5}) EXPECT_NEAR(mixture.relative[m], means_[m] - mean, 1e-12);
}

TEST_P(RandomMixtureTest, HarderTasksChangeNoComparison) {
  const std::vector<double> of_task = votes();
  const TaskMixture before = mix(of_task, {});
  for (std::size_t i = 0; i < means_.size(); ++i) means_[i] -= .1 * static_cast<double>(i / kModels);
  const TaskMixture after = mix(of_task, {});
  for (std::size_t m = 0; m < kModels; ++m) EXPECT_NEAR(after.relative[m], before.relative[m], 1e-9);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomMixtureTest, ::testing::Range(1U, 21U));

}  // namespace
}  // namespace signalbox
