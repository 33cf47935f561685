// Compares the means of representative rows of a task with those of random rows.
#include "building/coreset.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "routing/random.h"
#include "support.h"

namespace signalbox {
namespace {

constexpr std::size_t kRows = 300;
constexpr std::size_t kDim = 12;
constexpr std::size_t kModels = 6;

struct Task {
  std::vector<float> embeddings;
  std::vector<float> outcomes;
};

/// Unit vectors around two centres; which models are right depends on the centre.
Task random_task(std::uint32_t seed, double missing = 0) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform;
  Task out{testing::random_vectors(random, kRows, kDim), {}};
  for (std::size_t r = 0; r < kRows; ++r) {
    float* v = out.embeddings.data() + r * kDim;
    v[r % 3 == 0] += 3;
    const float norm = std::sqrt(std::inner_product(v, v + kDim, v, 0.0F));
    for (std::size_t i = 0; i < kDim; ++i) v[i] /= norm;
    for (std::size_t m = 0; m < kModels; ++m) {
      const float y = uniform(random) < (r % 3 == 0 ? .2 : .5) + .05 * static_cast<double>(m) ? 1.0F : 0.0F;
      out.outcomes.push_back(uniform(random) < missing ? std::nanf("") : y);
    }
  }
  return out;
}

/// Returns the means of some rows; skips missing values.
std::vector<double> means(std::span<const float> values, std::size_t width, const std::vector<std::uint32_t>& rows) {
  std::vector<double> out(width, 0);
  std::vector<double> counts(width, 0);
  for (const std::uint32_t row : rows) {
    for (std::size_t i = 0; i < width; ++i) {
      const float x = values[row * width + i];
      if (std::isnan(x)) continue;
      out[i] += static_cast<double>(x);
      counts[i] += 1;
    }
  }
  for (std::size_t i = 0; i < width; ++i) out[i] /= std::max(counts[i], 1.0);
  return out;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double squared = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squared += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(squared);
}

struct Errors {
  double embedding;
  double outcome;
};

Errors errors_of(const Task& task, const std::vector<std::uint32_t>& rows) {
  std::vector<std::uint32_t> all(kRows);
  std::iota(all.begin(), all.end(), 0U);
  return {distance(means(task.embeddings, kDim, rows), means(task.embeddings, kDim, all)),
          distance(means(task.outcomes, kModels, rows), means(task.outcomes, kModels, all))};
}

class CoresetTest : public ::testing::TestWithParam<double> {};

TEST_P(CoresetTest, HasMeansThatAreNearerToTheTasksThanThoseOfRandomRows) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    const Task task = random_task(seed, GetParam());
    for (const std::size_t keep : {10U, 30U, 100U}) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", keep " + std::to_string(keep));
      const auto rows = choose_rows(task.embeddings, task.outcomes, kDim, kModels, keep);
      ASSERT_EQ(rows.size(), keep);
      EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
      EXPECT_EQ(std::adjacent_find(rows.begin(), rows.end()), rows.end()) << "a row is taken once";
      const Errors herded = errors_of(task, rows);
      Random random(seed);
      double embedding = 0;
      double outcome = 0;
      for (int i = 0; i < 50; ++i) {
        const auto drawn = draw(random, kRows, keep);
        const Errors e = errors_of(task, {drawn.begin(), drawn.end()});
        embedding += e.embedding / 50;
        outcome += e.outcome / 50;
      }
      EXPECT_LT(herded.embedding, embedding / 2);
      // A missing outcome counts as the mean, so that the means of outcomes are kept less well.
      EXPECT_LT(herded.outcome, outcome * (GetParam() > 0 ? .9 : .5));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Missing, CoresetTest, ::testing::Values(0, .2));

TEST(Coreset, ChoosesTheRowNearestToTheMeanForOneRow) {
  // Equal outcomes leave the choice to the embeddings.
  const std::vector<float> embeddings = {1, 0, 0, 1, 5, 5, 1, -1};
  EXPECT_EQ(choose_rows(embeddings, std::vector<float>(4, 1), 2, 1, 1), (std::vector<std::uint32_t>{0}))
      << "the mean is (.60, .25)";
  EXPECT_EQ(choose_rows(embeddings, std::vector<float>(4, std::nanf("")), 2, 1, 1), (std::vector<std::uint32_t>{0}));
}

TEST(Coreset, FollowsTheOutcomesIfTheEmbeddingsAreZero) {
  const std::vector<float> zeros(8, 0);
  const std::vector<float> outcomes = {1, 1, 1, 0};
  const auto rows = choose_rows(zeros, outcomes, 2, 1, 2);
  // The deviations from the mean are .25 three times and -.75, and their mean is 0: the first of the equal rows is
  // followed by the opposite one.
  EXPECT_EQ(rows, (std::vector<std::uint32_t>{0, 3}));
}

TEST(Coreset, BreaksTiesByTheLowerRow) {
  std::vector<float> embeddings;
  for (int r = 0; r < 20; ++r) embeddings.insert(embeddings.end(), {.6F, .8F});
  EXPECT_EQ(choose_rows(embeddings, std::vector<float>(20, 1), 2, 1, 4), (std::vector<std::uint32_t>{0, 1, 2, 3}));
}

TEST(Coreset, HoldsEveryRowIfAllAreKept) {
  const Task task = random_task(9);
  std::vector<std::uint32_t> all(kRows);
  std::iota(all.begin(), all.end(), 0U);
  for (const std::size_t keep : {kRows, kRows + 1, static_cast<std::size_t>(-1)}) {
    EXPECT_EQ(choose_rows(task.embeddings, task.outcomes, kDim, kModels, keep), all);
  }
  EXPECT_TRUE(choose_rows(task.embeddings, task.outcomes, kDim, kModels, 0).empty());
  EXPECT_TRUE(choose_rows({}, {}, kDim, kModels, 3).empty());
}

TEST(Coreset, IgnoresTheLengthOfTheVectors) {
  const Task task = random_task(10, .1);
  std::vector<float> longer = task.embeddings;
  for (float& x : longer) x *= 1024;  // A power of two does not change any rounding.
  EXPECT_EQ(choose_rows(longer, task.outcomes, kDim, kModels, 40),
            choose_rows(task.embeddings, task.outcomes, kDim, kModels, 40));
}

TEST(Coreset, ContainsEverySmallerCoreset) {
  const Task task = random_task(11);
  auto fewer = choose_rows(task.embeddings, task.outcomes, kDim, kModels, 20);
  const auto more = choose_rows(task.embeddings, task.outcomes, kDim, kModels, 21);
  EXPECT_TRUE(std::includes(more.begin(), more.end(), fewer.begin(), fewer.end()));
}

}  // namespace
}  // namespace signalbox
