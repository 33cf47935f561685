// Means that move by the difficulty of an input, and their posterior: values computed by hand.
#include "routing/moved_tasks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "index/task_posterior.h"

namespace signalbox {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Two tasks with means of two models, and one between them without.
class MovedTasksTest : public ::testing::Test {
 protected:
  [[nodiscard]] TaskProfiles profiles() const {
    TaskProfiles out;
    out.models = 2;
    out.means = means_;
    out.posterior = &posterior_;
    return out;
  }
  [[nodiscard]] TaskMeanFacts facts() const { return facts_of(means_, 2, &posterior_); }
  [[nodiscard]] MovedPosterior moved(double offset) const { return {profiles(), facts(), offset}; }

  std::vector<double> means_ = {.9, .5, kNan, kNan, .2, .6};
  TaskPosterior posterior_{
      {.2, -.2, 0, 0, -.2, .2}, std::vector<double>(6, .01), {.9, .5, 0, 0, .2, .6}, std::vector<double>(6, .02)};
};

TEST_F(MovedTasksTest, KnowsTheFactsAboutMeans) {
  const TaskMeanFacts known = facts();
  EXPECT_EQ(known.counts, (std::vector<double>{2, 0, 2}));
  EXPECT_EQ(known.centres, (std::vector<double>{.7, 0, .4}));
  EXPECT_TRUE(known.are_complete) << "a task without means lacks no part of them";
  EXPECT_TRUE(known.are_posterior);
  means_[5] = .7;
  EXPECT_FALSE(facts().are_posterior);
  means_[5] = kNan;
  EXPECT_FALSE(facts().are_complete);
  EXPECT_EQ(facts().counts[2], 1);
  EXPECT_TRUE(facts().are_posterior) << "where there is a mean";
  EXPECT_FALSE(facts_of(means_, 2, nullptr).are_posterior);
}

TEST_F(MovedTasksTest, MovesEveryMeanInLogits) {
  // Odds 9, 1, 1/4 and 3/2 become 27, 3, 3/4 and 9/2.
  const std::vector<double> expected = {27.0 / 28, .75, 3.0 / 7, 9.0 / 11};
  const MovedMeans means(profiles(), facts(), std::log(3.0));
  const MovedPosterior posterior = moved(std::log(3.0));
  ASSERT_EQ(means.tasks().size(), 2) << "tasks with means only";
  EXPECT_EQ(means.tasks()[0], 0);
  EXPECT_EQ(means.tasks()[1], 2);
  for (std::size_t k = 0; k < 2; ++k) {
    const std::size_t task = means.tasks()[k];
    double correctness[2];
    double correctness_variance[2];
    posterior.correctness(task, correctness);
    posterior.correctness_variance(task, correctness_variance);
    for (std::size_t m = 0; m < 2; ++m) {
      const double moved = expected[k * 2 + m];
      const double p = means_[task * 2 + m];
      const double slope = moved * (1 - moved) / (p * (1 - p));
      EXPECT_NEAR(means.rows()[k][m], moved, 1e-12);
      EXPECT_NEAR(correctness[m], moved, 1e-12);
      EXPECT_NEAR(correctness_variance[m], .02 * slope * slope, 1e-12);
      EXPECT_NEAR(posterior.deviation_variance(task, m), .01 * slope * slope, 1e-12);
    }
  }
}

TEST_F(MovedTasksTest, ComparesTheMovedCorrectness) {
  const MovedPosterior posterior = moved(std::log(3.0));
  EXPECT_NEAR(posterior.deviation(0, 0) - posterior.deviation(0, 1), 27.0 / 28 - .75, 1e-12);
  EXPECT_NEAR(posterior.deviation(2, 0) - posterior.deviation(2, 1), 3.0 / 7 - 9.0 / 11, 1e-12);
}

TEST_F(MovedTasksTest, MovesNothingByNothing) {
  const MovedMeans means(profiles(), facts(), 0);
  EXPECT_EQ(means.rows()[0], means_.data()) << "borrowed";
  const MovedPosterior posterior = moved(0);
  double out[2];
  EXPECT_EQ(posterior.deviation(2, 0), -.2);
  EXPECT_EQ(posterior.deviation_variance(2, 0), .01);
  posterior.correctness(2, out);
  EXPECT_EQ(out[1], .6);
  posterior.correctness_variance(2, out);
  EXPECT_EQ(out[1], .02);
}

TEST_F(MovedTasksTest, LeavesCertaintyWhereItIs) {
  means_ = {0, 1, kNan, kNan, .2, .6};
  const MovedMeans means(profiles(), facts(), 2);
  EXPECT_EQ(means.rows()[0][0], 0);
  EXPECT_EQ(means.rows()[0][1], 1);
}

}  // namespace
}  // namespace signalbox
