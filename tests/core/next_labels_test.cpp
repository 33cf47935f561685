// The choice of rows to grade next: values computed by hand, and what must hold for any data. The package's tests
// compare it with a slow reference (tests/reference/next-labels.mjs).
#include "routing/next_labels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "support.h"

namespace signalbox {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
const MixtureConstants kConstants;

std::vector<Exclusion> everyone(std::size_t models) { return std::vector<Exclusion>(models, Exclusion::kNone); }

/// Prior scores, blended with the labels as the router does for a single task.
LabelForecast blend(const std::vector<double>& prior) {
  return [prior](const LabelMeans& labels) {
    std::vector<double> out;
    for (std::size_t m = 0; m < prior.size(); ++m) {
      const double n = labels.counts[m];
      out.push_back((40 * prior[m] + n * labels.relative[m]) / (40 + n));
    }
    return out;
  };
}

/// Four rows, three models, of which the first two differ on row 2 only, and the third one on rows 1 and 2.
struct FourRows {
  std::vector<std::int32_t> groups = {0, 0, 0, 0, 0, 1, 0, 1, 2, 5, 5, 5};
  std::vector<double> prior = {.2, .1, 0};

  CandidateSet narrow(const Labels& labels, std::vector<Exclusion> exclusions = everyone(3)) {
    return narrow_candidates({groups, 3}, 4, labels, exclusions, blend(prior), kConstants);
  }
};

TEST(NextLabels, TheStratumHoldsTheRowsOnWhichAnswersDiffer) {
  const CandidateSet set = FourRows().narrow({});
  EXPECT_EQ(set.models, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(set.disagrees, (std::vector<std::uint8_t>{0, 1, 1, 0}));
  EXPECT_EQ(set.disagreeing, 2U);
  EXPECT_EQ(set.labelled, 0U);
  EXPECT_FALSE(set.means.tells_difficulty);
  const CandidateSet pair = FourRows().narrow({}, {Exclusion::kNone, Exclusion::kNone, Exclusion::kDenied});
  EXPECT_EQ(pair.disagrees, (std::vector<std::uint8_t>{0, 0, 1, 0}));
}

TEST(NextLabels, AnUnknownAnswerDiffersAndAModelWithoutAnyIsNoCandidate) {
  FourRows data;
  data.groups[9] = -1;
  EXPECT_EQ(data.narrow({}).disagrees, (std::vector<std::uint8_t>{0, 1, 1, 1}));
  for (std::size_t row = 0; row < 4; ++row) data.groups[row * 3 + 2] = -7;
  EXPECT_EQ(data.narrow({}).models, (std::vector<std::size_t>{0, 1}));
}

TEST(NextLabels, RowsOutsideTheStratumCountAsExactZeros) {
  // Row 2 shows a deviation of (2/3, -1/3, -1/3), for the half of the rows that differ; one label is worth two.
  const Labels labels{{2, 0}, {1, 0, 0, 1, 1, 0}};
  const CandidateSet set = FourRows().narrow(labels);
  EXPECT_EQ(set.labelled, 1U) << "row 0 is outside";
  EXPECT_EQ(set.graded, (std::vector<std::uint8_t>{1, 0, 1, 0}));
  EXPECT_EQ(set.means.counts, (std::vector<double>{2, 2, 2}));
  EXPECT_NEAR(set.means.relative[0], 1. / 3, 1e-12);
  EXPECT_NEAR(set.means.relative[1], -1. / 6, 1e-12);
  EXPECT_NEAR(set.means.relative[2], -1. / 6, 1e-12);
}

TEST(NextLabels, DrawsOnlyRowsOfTheStratumThatAreNotGraded) {
  const CandidateSet set = FourRows().narrow({{2}, {1, kMissing, kMissing}});
  const NextRows next = choose_next(set, 5, 1);
  EXPECT_EQ(next.rows, (std::vector<std::size_t>{1}));
  EXPECT_EQ(next.left, 1U);
  EXPECT_EQ(next.weight(), 1);
  const NextRows none = choose_next(set, 0, 1);
  EXPECT_TRUE(none.rows.empty());
  EXPECT_EQ(none.weight(), 0);
}

TEST(NextLabels, ALabelOfNoCandidateIsNone) {
  const CandidateSet set = FourRows().narrow({{2}, {kMissing, kMissing, kMissing}});
  EXPECT_EQ(set.labelled, 0U);
  EXPECT_EQ(choose_next(set, 5, 1).left, 2U);
}

TEST(NextLabels, AnswersThatAreAllEqualLeaveNothingToGrade) {
  FourRows data;
  data.groups.assign(12, 3);
  const CandidateSet set = data.narrow({{0}, {1, 1, 1}});
  EXPECT_EQ(set.disagreeing, 0U);
  EXPECT_EQ(set.means.counts, (std::vector<double>{0, 0, 0}));
  EXPECT_TRUE(choose_next(set, 3, 1).rows.empty());
}

TEST(NextLabels, NoCandidateLeavesAnEmptySet) {
  const CandidateSet set = FourRows().narrow({}, std::vector<Exclusion>(3, Exclusion::kDenied));
  EXPECT_TRUE(set.models.empty());
  EXPECT_TRUE(choose_next(set, 3, 1).rows.empty());
}

/// Random answers of 50 models, better with higher numbers, and labels of the first rows.
class ManyModelsTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kModels = 50;
  static constexpr std::size_t kRows = 200;

  ManyModelsTest() {
    std::mt19937 random(7);
    std::uniform_real_distribution<double> uniform;
    for (std::size_t row = 0; row < kRows; ++row) {
      for (std::size_t m = 0; m < kModels; ++m) {
        const bool right = uniform(random) < .3 + .6 * static_cast<double>(m) / kModels;
        groups_.push_back(right ? 0 : static_cast<std::int32_t>(1 + m % 2));
      }
    }
    for (std::size_t m = 0; m < kModels; ++m) prior_.push_back(.5 * static_cast<double>(m % 10));
  }

  [[nodiscard]] CandidateSet narrow(std::size_t labels, bool has_answers = true) const {
    Labels given;
    for (std::size_t row = 0; row < labels; ++row) {
      given.inputs.push_back(row);
      for (std::size_t m = 0; m < kModels; ++m) given.outcomes.push_back(groups_[row * kModels + m] == 0 ? 1 : 0);
    }
    const AnswerGroups answers{has_answers ? std::span<const std::int32_t>(groups_) : std::span<const std::int32_t>(),
                               kModels};
    return narrow_candidates(answers, kRows, given, everyone(kModels), blend(prior_), kConstants);
  }

  std::vector<std::int32_t> groups_;
  std::vector<double> prior_;
};

TEST_F(ManyModelsTest, TheSetShrinksWithTheLabels) {
  for (const bool has_answers : {false, true}) {
    EXPECT_EQ(narrow(0, has_answers).models.size(), 20U);
    EXPECT_EQ(narrow(4, has_answers).models.size(), 20U);
    EXPECT_EQ(narrow(60, has_answers).models.size(), 5U);
  }
  // Without answers every label counts.
  EXPECT_EQ(narrow(5, false).models.size(), 12U);
  EXPECT_EQ(narrow(10, false).models.size(), 8U);
  EXPECT_EQ(narrow(19, false).models.size(), 8U);
  EXPECT_EQ(narrow(20, false).models.size(), 5U);
}

TEST_F(ManyModelsTest, TheFirstSetIsTheBestWithoutLabelsWithTiesToTheLowerModel) {
  // Scores repeat with period 10: five models of each, the best ones end in 9, 8, 7 and 6.
  std::vector<std::size_t> expected;
  for (const std::size_t last : {9, 8, 7, 6}) {
    for (std::size_t m = last; m < kModels; m += 10) expected.push_back(m);
  }
  EXPECT_EQ(narrow(0).models, expected);
}

TEST_F(ManyModelsTest, EvidenceIsRelativeAndNoneIsLeftOfModelsThatWereNeverInASet) {
  const CandidateSet set = narrow(60);
  double sum = 0;
  std::size_t known = 0;
  for (std::size_t m = 0; m < kModels; ++m) {
    sum += set.means.counts[m] * set.means.relative[m];
    if (set.means.counts[m] > 0) ++known;
  }
  EXPECT_NEAR(sum, 0, 1e-9);
  EXPECT_EQ(known, 20U);
}

TEST_F(ManyModelsTest, DrawsAreSeededAndSpreadOverTheStratum) {
  const CandidateSet set = narrow(10);
  const NextRows first = choose_next(set, 20, 5);
  EXPECT_EQ(first.rows, choose_next(set, 20, 5).rows);
  EXPECT_NE(first.rows, choose_next(set, 20, 6).rows);
  EXPECT_EQ(std::set(first.rows.begin(), first.rows.end()).size(), 20U);
  EXPECT_DOUBLE_EQ(first.weight() * 20, static_cast<double>(first.left));
  EXPECT_EQ(first.left, set.disagreeing - set.labelled);
  for (const std::size_t row : first.rows) EXPECT_TRUE(set.disagrees[row] != 0 && set.graded[row] == 0);
  // A beginning of a draw is a draw.
  const NextRows fewer = choose_next(set, 7, 5);
  EXPECT_TRUE(std::equal(fewer.rows.begin(), fewer.rows.end(), first.rows.begin()));
}

}  // namespace
}  // namespace signalbox
