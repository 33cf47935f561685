// Votes of inputs, links of kinds, and difficulty: values computed by hand, and decisions that follow from them.
#include "routing/task_votes.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "index/means.h"
#include "two_fields.h"

namespace signalbox {
namespace {

using testing::options_of;
using testing::ranked;
using testing::TwoFields;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const MixtureConstants kConstants;

double sum_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// Tasks 0 and 1 at right angles, and kind 2 between them, which links to task 1, three times as much to task 0, and to
/// task 3, which has no means.
class KindTest : public ::testing::Test {
 protected:
  [[nodiscard]] TaskProfiles profiles() const {
    TaskProfiles out{2, 2, centroids_, means_};
    out.bias = bias_;
    out.links = {offsets_, linked_, weights_of_links_};
    return out;
  }

  std::vector<float> centroids_ = {1, 0, 0, 1, .6F, .8F, 0, 0};
  std::vector<double> means_ = {.9, .5, .2, .6, kNan, kNan, kNan, kNan};
  std::vector<float> bias_ = {0, 0, 0, 0};
  std::vector<std::uint32_t> offsets_ = {0, 0, 0, 3, 3};
  std::vector<std::uint16_t> linked_ = {0, 1, 3};
  std::vector<float> weights_of_links_ = {3, 1, 100};
  std::vector<float> input_ = {.6F, .8F};
};

TEST_F(KindTest, HandsItsVoteOnByItsLinks) {
  // Cosines .6, .8 and 1 over .1: shares by hand. Task 3 has no means, so its link does not count.
  const double all = std::exp(6.0) + std::exp(8.0) + std::exp(10.0);
  const std::vector<double> of_all = vote_for_all(profiles(), input_, kConstants);
  EXPECT_NEAR(of_all[2], std::exp(10.0) / all, 1e-6);
  const std::vector<double> votes = vote_for_tasks(profiles(), input_, kConstants);
  EXPECT_NEAR(votes[0], (std::exp(6.0) + .75 * std::exp(10.0)) / all, 1e-6);
  EXPECT_NEAR(votes[1], (std::exp(8.0) + .25 * std::exp(10.0)) / all, 1e-6);
  EXPECT_EQ(votes[2], 0);
  EXPECT_EQ(votes[3], 0);
  EXPECT_NEAR(sum_of(votes), 1, 1e-15);
  const std::vector<double> kinds = kind_probabilities(profiles(), of_all);
  EXPECT_EQ(kinds, (std::vector<double>{0, 0, 1, 0}));
}

TEST_F(KindTest, OfOneLinkIsAsGoodAsVotingForTheTask) {
  linked_ = {1};
  weights_of_links_ = {.01F};
  offsets_ = {0, 0, 0, 1, 1};
  centroids_ = {1, 0, 0, 0, .6F, .8F, 0, 0};  // Only the kind stands where the task is.
  const std::vector<double> by_kind = vote_for_tasks(profiles(), input_, kConstants);
  centroids_ = {1, 0, .6F, .8F, 0, 0, 0, 0};
  EXPECT_EQ(vote_for_tasks(profiles(), input_, kConstants), by_kind);
}

TEST_F(KindTest, WithoutALinkToMeansHasNoVote) {
  linked_ = {3};
  weights_of_links_ = {1};
  offsets_ = {0, 0, 0, 1, 1};
  const std::vector<double> votes = vote_for_tasks(profiles(), input_, kConstants);
  EXPECT_NEAR(votes[0], 1 / (1 + std::exp(2.0)), 1e-6);
  EXPECT_NEAR(sum_of(votes), 1, 1e-15);
}

TEST_F(KindTest, IsToldByBiasAndTheLengthOfItsCentroid) {
  for (std::size_t i = 4; i < 6; ++i) centroids_[i] *= 2;
  bias_[2] = -12;
  // 2 / .1 - 12 = 8 against 8 of task 1 and 6 of task 0.
  const std::vector<double> votes = vote_for_all(profiles(), input_, kConstants);
  EXPECT_NEAR(votes[2], votes[1], 1e-5);
  EXPECT_NEAR(votes[0], votes[1] * std::exp(-2.0), 1e-5);
}

TEST_F(KindTest, UniformVotesGoByTheWeightsOfTasks) {
  TaskProfiles weighted = profiles();
  const std::vector<double> weights = {1.5, .5, 0, 0};
  weighted.weights = weights;
  // One effective task, joined by two: (1 * 0 + 2 * 3/4) / 3.
  const std::vector<double> votes = join_uniform_votes(weighted, {0, 1, 0, 0}, 2);
  EXPECT_NEAR(votes[0], .5, 1e-15);
  EXPECT_NEAR(votes[1], .5, 1e-15);
  EXPECT_EQ(join_uniform_votes(weighted, {0, 1, 0, 0}, 0), (std::vector<double>{0, 1, 0, 0}));
  EXPECT_EQ(join_uniform_votes(weighted, {0, 0, 0, 0}, 2), (std::vector<double>{0, 0, 0, 0}));
}

// Difficulty.

/// Tasks of level 1 and -1, and a kind that links to both; rows 0 to 3 of task 0, task 1, the kind, and task 0.
class DifficultyTest : public KindTest {
 protected:
  DifficultyTest() {
    linked_ = {0, 1};
    weights_of_links_ = {3, 1};
    offsets_ = {0, 0, 0, 2, 2};
  }

  [[nodiscard]] TaskProfiles profiles() const {
    TaskProfiles out = KindTest::profiles();
    out.levels = levels_;
    out.offsets = mean_offsets_;
    out.row_offsets = row_offsets_;
    out.row_tasks = row_tasks_;
    return out;
  }

  std::vector<double> levels_ = {1, -1, kNan, kNan};
  std::vector<double> mean_offsets_ = {.25, 0, .5, 0};
  std::vector<std::int8_t> row_offsets_ = {16, -32, 8, kNoOffset};
  std::vector<std::uint16_t> row_tasks_ = {0, 1, 2, 0};
};

TEST_F(DifficultyTest, IsThatOfTheNearRowsByHand) {
  // q: 1/2 for task 1 and the kind, which is .75 * 1 - .25 * 1 = .5 easy, with its mean offset of .5.
  const std::vector<double> votes = {0, .5, .5, 0};
  const double own = .5 * .5;
  const double level = .5 * -1 + .5 * .5 + own;
  const std::vector<Neighbour> near = {{0, 0}, {1, .1}};
  const double h = std::exp(-1.0);
  const double by_hand = own + ((1 + 1 - level) + h * (-1 - 2 - level)) / (1 + h + kConstants.offset_prior);
  EXPECT_NEAR(difficulty_offset(profiles(), votes, near, kConstants), by_hand, 1e-12);
  // A row of a kind has the level of its links; rows without an offset, and labels, do not count.
  const std::vector<Neighbour> of_kind = {{3, 0}, {9, 0}, {2, .2}};
  const double w = std::exp(-2.0);
  EXPECT_NEAR(difficulty_offset(profiles(), votes, of_kind, kConstants),
              own + w * (.5 + .5 - level) / (w + kConstants.offset_prior), 1e-12);
  EXPECT_NEAR(difficulty_offset(profiles(), votes, {}, kConstants), own, 1e-12);
}

TEST_F(DifficultyTest, CountsTheNearestRowsOnly) {
  MixtureConstants one;
  one.offset_rows = 1;
  const std::vector<double> votes = {1, 0, 0, 0};
  const std::vector<Neighbour> near = {{3, 0}, {0, 0}, {1, 0}};
  EXPECT_NEAR(difficulty_offset(profiles(), votes, near, one), 1 / (1 + one.offset_prior), 1e-12);
}

TEST_F(DifficultyTest, IsBounded) {
  row_offsets_ = {127, 127, 127, 127};
  levels_ = {4, -4, kNan, kNan};
  const std::vector<double> votes = {0, 1, 0, 0};
  EXPECT_EQ(difficulty_offset(profiles(), votes, std::vector<Neighbour>{{0, 0}}, kConstants), 4);
}

TEST_F(DifficultyTest, IsNoneWithoutOffsets) {
  mean_offsets_.clear();
  EXPECT_EQ(difficulty_offset(profiles(), std::vector<double>{0, 1, 0, 0}, std::vector<Neighbour>{{0, 0}}, kConstants),
            0);
  EXPECT_TRUE(mean_offsets(std::vector<std::int8_t>{kNoOffset}, row_tasks_, 4).empty());
  EXPECT_EQ(mean_offsets(row_offsets_, row_tasks_, 4), (std::vector<double>{1, -2, .5, 0}));
}

// Decisions.

/// The two fields with a kind of work, rows of which lie on the third axis; it links to the specialist's task 3.
class KindRoutingTest : public ::testing::Test {
 protected:
  static constexpr std::uint16_t kKind = TwoFields::kTasks;

  KindRoutingTest() {
    for (int i = 0; i < 5; ++i) {
      const std::vector<float> vector = {.01F * static_cast<float>(i), 0, 1, 0};
      benchmark_.embeddings.insert(benchmark_.embeddings.end(), vector.begin(), vector.end());
      benchmark_.row_tasks.push_back(kKind);
      benchmark_.outcomes.insert(benchmark_.outcomes.end(), TwoFields::kModels, std::nanf(""));
    }
    benchmark_.spec.task_names.emplace_back("mail");
    benchmark_.spec.extras.links = {{kKind, 3, 2}};
    benchmark_.refresh();
    reopen();
  }

  void reopen() {
    index_ = benchmark_.open();
    options_ = options_of(index_, Policy::kSignalbox);
    options_.mixture = index_.mixture_constants;
    options_.eta = 0;
  }

  Decision input(const std::vector<float>& vector) { return testing::take(route_input(index_, vector, options_)); }

  TwoFields benchmark_;
  Index index_;
  RouteOptions options_;
};

TEST_F(KindRoutingTest, PicksTheModelOfTheTasksThatAKindLinksTo) {
  const Decision d = input(TwoFields::nowhere());
  EXPECT_EQ(d.fallback, Fallback::kNone);
  EXPECT_EQ(d.model, TwoFields::kSpecialist);
  EXPECT_EQ(d.tasks[0].task, 3U) << "the tasks after links";
  ASSERT_EQ(d.task_weights.size(), 6U);
  EXPECT_EQ(d.task_weights[kKind], 0);
  ASSERT_EQ(d.kinds.size(), 1U);
  EXPECT_EQ(d.kinds[0].task, kKind);
  EXPECT_EQ(d.kinds[0].weight, 1);
  EXPECT_EQ(d.best_single, TwoFields::kGeneralist) << "the kind has no mean";
  options_.policy = Policy::kS1;
  EXPECT_EQ(input(TwoFields::nowhere()).kinds.size(), 1U) << "whatever the policy";
}

TEST_F(KindRoutingTest, ATaskOfSuchInputsDecidesAlike) {
  std::vector<float> inputs;
  for (int i = 0; i < 3; ++i) inputs.insert(inputs.end(), {0, 0, 1, 0});
  const Decision d = testing::take(route_task(index_, inputs, {}, options_));
  EXPECT_EQ(d.challenger, TwoFields::kSpecialist);
  ASSERT_EQ(d.kinds.size(), 1U);
  EXPECT_NEAR(d.kinds[0].weight, 1, 1e-12);
}

TEST_F(KindRoutingTest, UniformVotesJoinThoseOfASingleInputIfTheIndexSaysSo) {
  const double without = input(TwoFields::nowhere()).task_weights[0];
  benchmark_.spec.extras.mixture = {.1, 2, 40, 4, .2, .15, .003, .15, 2, .55, .04, 2};
  reopen();
  const Decision d = input(TwoFields::nowhere());
  // About one effective task, joined by two fifths for each.
  EXPECT_NEAR(d.task_weights[0], .4 / 3, .01);
  EXPECT_LT(without, .001);
}

TEST_F(KindRoutingTest, WeightsOfTasksChooseTheBestSingleModel) {
  benchmark_.spec.extras.task_weights = {1, 1, 1, 3, 3, 0};
  reopen();
  EXPECT_EQ(input(TwoFields::nowhere()).best_single, TwoFields::kSpecialist) << "right on six ninths of the weight";
  EXPECT_NEAR(mean_over_tasks(index_, kNoTask)[TwoFields::kSpecialist], 6.0 / 9, 1e-12);
}

TEST_F(KindRoutingTest, AnEasyPromptCompressesTheDifferences) {
  // The cheap model is right on three quarters of the second field. Rows there are far easier than their tasks.
  const Decision plain = input(TwoFields::second_field());
  EXPECT_NEAR(ranked(plain, TwoFields::kCheap).score, .75, .03);
  benchmark_.spec.extras.row_offsets.assign(TwoFields::kRows + 5, kNoOffset);
  reopen();
  const Decision unknown = input(TwoFields::second_field());
  EXPECT_EQ(ranked(unknown, TwoFields::kCheap).score, ranked(plain, TwoFields::kCheap).score) << "bit for bit";
  for (std::size_t r = 0; r < TwoFields::kRows; ++r) {
    benchmark_.spec.extras.row_offsets[r] = benchmark_.row_tasks[r] < 3 ? 0 : 32;
  }
  reopen();
  const Decision easy = input(TwoFields::second_field());
  // The tasks differ in level from each other as well, so that the shift is about 2 logits, not 2.
  EXPECT_NEAR(ranked(easy, TwoFields::kCheap).score, 1 / (1 + std::exp(-std::log(3.0) - 2)), .03);
  EXPECT_GT(ranked(easy, TwoFields::kCheap).interval.low, ranked(plain, TwoFields::kCheap).interval.low);
  std::vector<float> inputs;
  for (int i = 0; i < 3; ++i) inputs.insert(inputs.end(), {0, 1, 0, 0});
  options_.mixture.prior_tasks = 0;
  const Decision task = testing::take(route_task(index_, inputs, {}, options_));
  EXPECT_NEAR(ranked(task, TwoFields::kCheap).score, ranked(easy, TwoFields::kCheap).score, 1e-9)
      << "the mean over equal inputs";
}

}  // namespace
}  // namespace signalbox
