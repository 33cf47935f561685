// Joint failures against counting row by row, and the chances that are made of them.
#include "routing/joint_failures.h"

#include <cmath>

#include "support.h"

namespace signalbox {
namespace {

constexpr std::size_t kRows = 60;
constexpr std::size_t kModels = 5;
constexpr std::size_t kGroups = 3;
/// Sums of the same numbers in another order.
constexpr double kTolerance = 1e-12;

struct Matrix {
  std::vector<float> outcomes;
  std::vector<std::uint16_t> groups;
};

Matrix random_matrix(std::uint32_t seed, bool graded) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform;
  Matrix out;
  for (std::size_t row = 0; row < kRows; ++row) {
    out.groups.push_back(static_cast<std::uint16_t>(random() % kGroups));
    for (std::size_t m = 0; m < kModels; ++m) {
      const double y = graded ? uniform(random) : std::round(uniform(random));
      out.outcomes.push_back(uniform(random) < .15 ? std::nanf("") : static_cast<float>(y));
    }
  }
  return out;
}

std::vector<std::size_t> models_of(const FailureTree& tree, std::size_t prefix) {
  std::vector<std::size_t> out;
  for (std::size_t i = prefix; i != 0; i = tree.prefixes[i].parent) out.insert(out.begin(), tree.prefixes[i].last);
  return out;
}

/// [wrong, right] of a group, by looking at every row.
std::pair<double, double> count(const Matrix& matrix, const std::vector<std::size_t>& prefix, std::size_t model,
                                std::size_t group) {
  double wrong = 0;
  double right = 0;
  for (std::size_t row = 0; row < kRows; ++row) {
    const float* y = &matrix.outcomes[row * kModels];
    double failed = matrix.groups[row] == group && !std::isnan(y[model]) ? 1 : 0;
    for (const std::size_t m : prefix) failed *= std::isnan(y[m]) ? 0 : 1 - static_cast<double>(y[m]);
    if (!(failed > 0)) continue;
    wrong += failed;
    right += failed * static_cast<double>(y[model]);
  }
  return {wrong, right};
}

class JointFailuresTest : public ::testing::TestWithParam<bool> {};

TEST_P(JointFailuresTest, AreThoseOfCountingRowByRow) {
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Matrix matrix = random_matrix(seed, GetParam());
    const FailureTree tree = count_failures(matrix.outcomes, kModels, matrix.groups, kGroups, 3, false);
    ASSERT_EQ(tree.prefixes.size(), 1U + 5 + 10 + 10) << "every set of at most three models, once";
    for (std::size_t i = 0; i < tree.prefixes.size(); ++i) {
      const std::vector<std::size_t> prefix = models_of(tree, i);
      EXPECT_EQ(prefix.size(), tree.prefixes[i].length);
      for (std::size_t m = tree.prefixes[i].next(); m < kModels; ++m) {
        for (std::size_t g = 0; g < kGroups; ++g) {
          const auto [wrong, right] = count(matrix, prefix, m, g);
          EXPECT_NEAR(tree.wrong[(i * kGroups + g) * kModels + m], wrong, kTolerance);
          EXPECT_NEAR(tree.right[(i * kGroups + g) * kModels + m], right, kTolerance);
        }
      }
    }
  }
}

TEST_P(JointFailuresTest, BecomeChancesByTheDocumentedRule) {
  const Matrix matrix = random_matrix(4, GetParam());
  const Matrix near_rows = random_matrix(5, GetParam());
  const FailureTree tree = count_failures(matrix.outcomes, kModels, matrix.groups, kGroups, 3, false);
  const FailureTree near = count_failures(near_rows.outcomes, kModels, {}, 1, 3, false);
  const std::vector<double> weights = {.01, .03, .002};
  const std::vector<double> predicted = {.3, .9, .5, .1, .7};
  const FailurePriors priors{7, 30};
  const auto chances = conditional_chances(tree, weights, near, predicted, priors);
  const auto sums = [&](const std::vector<std::size_t>& prefix, std::size_t m) {
    std::array<double, 3> out{};
    for (std::size_t g = 0; g < kGroups; ++g) {
      const auto [wrong, right] = count(matrix, prefix, m, g);
      out[0] += weights[g] * wrong;
      out[1] += weights[g] * right;
      out[2] += weights[g] * weights[g] * wrong;
    }
    return out;
  };
  for (std::size_t i = 0; i < tree.prefixes.size(); ++i) {
    const std::vector<std::size_t> prefix = models_of(tree, i);
    for (std::size_t m = tree.prefixes[i].next(); m < kModels; ++m) {
      double prior = predicted[m];
      if (i > 0) {
        const auto [wrong, right, squared] = sums(prefix, m);
        const auto [all, all_right, unused] = sums({}, m);
        const double p = all_right / all;
        const double n = wrong * wrong / squared;
        prior = std::min(1.0, prior * (n * (right / wrong) + priors.rows * p) / ((n + priors.rows) * p));
      }
      double v = 0;
      double r = 0;
      for (std::size_t g = 0; g < kGroups; ++g) {
        const auto [wrong, right] = count(near_rows, prefix, m, g);
        v += wrong;
        r += right;
      }
      EXPECT_NEAR(chances[i * kModels + m], (priors.neighbours * prior + r) / (priors.neighbours + v), kTolerance);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, JointFailuresTest, ::testing::Bool(),
                         [](const auto& of) { return of.param ? "Graded" : "Binary"; });

TEST(JointFailures, OfAChainAreThoseOfTheTree) {
  const Matrix matrix = random_matrix(6, false);
  const FailureTree chain = count_failures(matrix.outcomes, kModels, matrix.groups, kGroups, 4, true);
  ASSERT_EQ(chain.prefixes.size(), 5U);
  for (std::size_t i = 0; i < chain.prefixes.size(); ++i) {
    EXPECT_EQ(chain.prefixes[i].length, i);
    std::vector<std::size_t> prefix(i);
    for (std::size_t m = 0; m < i; ++m) prefix[m] = m;
    const auto [wrong, right] = count(matrix, prefix, 4, 1);
    EXPECT_EQ(chain.wrong[(i * kGroups + 1) * kModels + 4], wrong);
    EXPECT_EQ(chain.right[(i * kGroups + 1) * kModels + 4], right);
  }
}

TEST(JointFailures, WithoutEvidenceLeaveThePrediction) {
  const FailureTree none = count_failures({}, 2, {}, 1, 1, false);
  const std::vector<double> weights = {0};
  const std::vector<double> predicted = {.4, .8};
  const auto chances = conditional_chances(none, weights, none, predicted, FailurePriors());
  EXPECT_EQ(chances[0], .4);
  EXPECT_EQ(chances[1], .8);
  EXPECT_EQ(chances[3], .8) << "independent of the first model's failure";
}

}  // namespace
}  // namespace signalbox
