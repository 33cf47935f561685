// The estimates of a plan, against numbers that were computed by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "planning/estimates.h"
#include "planning/family_table.h"
#include "planning/ledger.h"
#include "planning/mixtures.h"

namespace signalbox {
namespace {

constexpr double kZ = 1.959963984540054;

/// Four rows in groups of their own, two models with costs .04 and .01.
PlanData four_rows() {
  PlanData data;
  data.rows = 4;
  data.dim = 1;
  data.models = 2;
  data.groups = 4;
  data.group = {0, 1, 2, 3};
  data.vectors = {1, 1, 1, 1};
  data.right = {1, 0, 1, 1, 0, 0, 1, 0};
  data.usd = {.04F, .01F, .04F, .01F, .04F, .01F, .04F, .01F};
  data.exclusions = {Exclusion::kNone, Exclusion::kNone};
  data.has_costs = true;
  return data;
}

TEST(CorrectedScores, AreWhatAllEarnIfAllPickAlike) {
  CorrectedScores scores(1, 1, 10);
  scores.add_shipped(0, 0, {1, 1, .003F});
  for (std::size_t fold = 0; fold < 10; ++fold) scores.add_fold(fold, fold == 4, 0, 0, {1, 1, .003F});
  EXPECT_EQ(scores.right(0, 0), 1);
  EXPECT_EQ(static_cast<float>(scores.usd(0, 0)), .003F);
  EXPECT_EQ(scores.spread(0), 0);
  EXPECT_EQ(scores.sole(0), 1U);
}

TEST(CorrectedScores, TakeTheGainOfSeenRowsAway) {
  // The shipped rule is right; so are those of two folds that saw the row, but not the one that left it out.
  CorrectedScores scores(1, 1, 3);
  scores.add_shipped(0, 0, {0, 1, 4});
  scores.add_fold(0, true, 0, 0, {1, 0, 1});
  scores.add_fold(1, false, 0, 0, {0, 1, 4});
  scores.add_fold(2, false, 0, 0, {0, 1, 4});
  EXPECT_EQ(scores.right(0, 0), 0);  // 1 + 0 - 1
  EXPECT_EQ(scores.usd(0, 0), 1);    // 4 + 1 - 4
  EXPECT_NEAR(scores.spread(0), std::sqrt(1.0 / 3), 1e-12);
  EXPECT_FALSE(scores.sole(0));
}

TEST(Completed, FillsGapsWithCalibratedPredictions) {
  PlanData data = four_rows();
  data.right[1] = std::nanf("");
  data.usd[3] = std::nanf("");
  FamilyPredictor p;
  p.families = 1;
  p.centroids = {0};
  p.bias = {0};
  p.share = {1};
  p.right = {.5F, .5F};
  p.usd = {.04F, .02F};
  const Completed values = complete(data, p);
  EXPECT_NEAR(values.right[1], 1.0 / 3, 1e-6);  // The mean of the model: .5, less the mean error of its predictions.
  EXPECT_NEAR(values.usd[3], .01, 1e-6);
  EXPECT_EQ(values.right[0], 1);
}

/// Ledger of four rows with these picks at one setting, the same for all rules.
Ledger ledger_of(const PlanData& data, const std::vector<std::size_t>& picks) {
  CorrectedScores scores(4, 1, 2);
  for (std::size_t row = 0; row < 4; ++row) {
    const std::size_t cell = row * 2 + picks[row];
    const Earned earned = {picks[row], data.right[cell], data.usd[cell]};
    scores.add_shipped(row, 0, earned);
    for (std::size_t fold = 0; fold < 2; ++fold) scores.add_fold(fold, fold == row % 2, row, 0, earned);
  }
  return make_ledger(data, scores, {data.right, data.usd});
}

PlanRules rules_of(const PlanData& data, TargetKind kind, double value) {
  return {{kind, value}, {}, data.exclusions, data.has_costs};
}

TEST(Estimates, HaveExactStandardErrors) {
  const PlanData data = four_rows();
  const Ledger ledger = ledger_of(data, {1, 1, 0, 0});
  const PlanRules rules = rules_of(data, TargetKind::kKnee, 0);
  const auto columns = estimate(ledger, sum_groups(ledger), rules, 0);
  ASSERT_EQ(columns.size(), 3U);
  const BoundedEstimate& setting = columns[0];
  EXPECT_DOUBLE_EQ(setting.value.right, .5);
  EXPECT_DOUBLE_EQ(setting.value.points, -25);
  EXPECT_NEAR(setting.value.usd, .025, 1e-9);
  EXPECT_NEAR(setting.value.saved, .375, 1e-7);
  // Differences are -1, 0, 0, 0: their deviations from -.25 have the squares .5625 and 3 .0625; and one answer in four.
  const double points = 100 * std::sqrt(.75 / 16 + 1.0 / 16);
  EXPECT_NEAR(setting.high.points - setting.value.points, kZ * points, 1e-9);
  EXPECT_NEAR(setting.value.points - setting.low.points, kZ * points, 1e-9);
  // Costs as shares of .04 are .25, .25, 1, 1: deviations from .625 of .375 each; and half of one answer.
  const double saved = std::sqrt(4 * .375 * .375 / 16 + 1.0 / 64);
  EXPECT_NEAR(setting.high.saved - setting.value.saved, kZ * saved, 1e-6);
  // The baseline against itself is exact.
  EXPECT_EQ(columns[1].low.points, 0);
  EXPECT_EQ(columns[1].high.points, 0);
  EXPECT_EQ(columns[1].high.saved, 0);
  EXPECT_DOUBLE_EQ(columns[1].value.right, .75);
  EXPECT_LE(columns[1].high.right, 1);
}

TEST(Estimates, AreExactWhereAllRulesPickTheBaseline) {
  const PlanData data = four_rows();
  const Ledger ledger = ledger_of(data, {0, 0, 0, 0});
  const auto columns = estimate(ledger, sum_groups(ledger), rules_of(data, TargetKind::kKnee, 0), 0);
  EXPECT_EQ(columns[0].low.points, 0);
  EXPECT_EQ(columns[0].high.points, 0);
  EXPECT_EQ(columns[0].low.saved, 0);
}

TEST(Estimates, CountGroupsAndNotRows) {
  PlanData data = four_rows();
  data.groups = 2;
  data.group = {0, 0, 1, 1};
  const Ledger ledger = ledger_of(data, {1, 1, 0, 0});
  const auto columns = estimate(ledger, sum_groups(ledger), rules_of(data, TargetKind::kKnee, 0), 0);
  // Sums of deviations by group: -.75 + .25 = -.5 and .5.
  const double points = 100 * std::sqrt(.5 / 16 + 1.0 / 4);
  EXPECT_NEAR(columns[0].high.points - columns[0].value.points, kZ * points, 1e-9);
}

TEST(Estimates, AreUnknownWithoutCosts) {
  PlanData data = four_rows();
  data.has_costs = false;
  const Ledger ledger = ledger_of(data, {1, 1, 0, 0});
  const auto columns = estimate(ledger, sum_groups(ledger), rules_of(data, TargetKind::kKnee, 0), 0);
  for (const BoundedEstimate& column : columns) {
    EXPECT_TRUE(std::isnan(column.value.usd));
    EXPECT_TRUE(std::isnan(column.value.saved));
    EXPECT_FALSE(std::isnan(column.high.points));
  }
}

/// A ledger of 1,000 rows in one group, from means of settings and then of models.
Ledger ledger_of_means(std::vector<float> right, std::vector<float> usd, std::size_t models) {
  Ledger out;
  out.groups = 1;
  out.models = models;
  out.settings = right.size() - models;
  out.rows = {1000};
  for (float& x : right) x *= 1000;
  for (float& x : usd) x *= 1000;
  out.right = std::move(right);
  out.usd = std::move(usd);
  out.spread.assign(out.settings, 0);
  out.sole.assign(out.settings, {});
  return out;
}

/// Settings lose 0, .5, 1.5, 4 and 20 points and save 5, 30, 50, 60 and 90 percent against model 1.
const Ledger& example() {
  static const Ledger ledger =
      ledger_of_means({.8F, .795F, .785F, .76F, .6F, .6F, .8F}, {.95F, .7F, .5F, .4F, .1F, .1F, 1}, 2);
  return ledger;
}

const std::vector<Exclusion> kAll(2, Exclusion::kNone);

Chosen choose(TargetKind kind, double value, const Ledger& ledger = example(), bool has_costs = true) {
  return choose_plan(ledger, sum_groups(ledger), {{kind, value}, {}, kAll, has_costs});
}

TEST(ChoosePlan, ReachesEachTarget) {
  EXPECT_EQ(choose(TargetKind::kAtMost, 0).setting, 0U);
  EXPECT_EQ(choose(TargetKind::kAtMost, 1).setting, 1U);
  EXPECT_EQ(choose(TargetKind::kAtMost, 100).setting, 4U);
  EXPECT_EQ(choose(TargetKind::kSave, .3).setting, 1U);
  EXPECT_EQ(choose(TargetKind::kSave, .31).setting, 2U);
  EXPECT_EQ(choose(TargetKind::kBudget, .45).setting, 3U);
  EXPECT_TRUE(choose(TargetKind::kBudget, .45).is_reached);
  EXPECT_EQ(choose(TargetKind::kAtMost, 0).baseline, 1U);
}

TEST(ChoosePlan, ProposesTheKnee) {
  // Of the settings that lose at most three points: .3 / .5 - .5 / 1.5 = .27 is more than 0 and .05 / .5 = .1.
  EXPECT_EQ(choose(TargetKind::kKnee, 0).setting, 1U);
  // Nothing is lost: the cheapest.
  const Ledger free = ledger_of_means({.8F, .8F, .8F, .8F, .8F}, {.9F, .5F, .2F, .1F, 1}, 2);
  EXPECT_EQ(choose_plan(free, sum_groups(free), {{}, 1, kAll, true}).setting, 2U);
}

TEST(ChoosePlan, SaysWhatCannotBeReached) {
  const Chosen chosen = choose(TargetKind::kBudget, .05);
  EXPECT_FALSE(chosen.is_reached);
  EXPECT_EQ(chosen.setting, 4U);
}

TEST(ChoosePlan, KeepsTheBaselineIfNothingIsBetter) {
  // The only setting loses five points, or saves less than a percent.
  const Ledger worse = ledger_of_means({.75F, .75F, .8F}, {.5F, .5F, 1}, 2);
  EXPECT_FALSE(choose(TargetKind::kAtMost, 1, worse).setting);
  EXPECT_FALSE(choose(TargetKind::kKnee, 0, worse).setting);
  EXPECT_TRUE(choose(TargetKind::kAtMost, 1, worse).is_reached);
  const Ledger same = ledger_of_means({.8F, .75F, .8F}, {.995F, .5F, 1}, 2);
  EXPECT_FALSE(choose(TargetKind::kKnee, 0, same).setting);
  EXPECT_EQ(choose(TargetKind::kSave, 0, same).setting, 0U);
}

TEST(ChoosePlan, LooksAtQualityWithoutCosts) {
  const Ledger better = ledger_of_means({.9F, .75F, .8F}, {0, 0, 0}, 2);
  EXPECT_EQ(choose(TargetKind::kKnee, 0, better, false).setting, 0U);
  const Ledger same = ledger_of_means({.8F, .75F, .8F}, {0, 0, 0}, 2);
  EXPECT_FALSE(choose(TargetKind::kSave, .5, same, false).setting);
}

TEST(ChoosePlan, TakesTheCheaperOfTwoBest) {
  const Ledger ties = ledger_of_means({.5F, .8F, .8F, .8F}, {.5F, 1, .6F, .6F}, 3);
  const std::vector<Exclusion> all(3, Exclusion::kNone);
  EXPECT_EQ(choose_plan(ties, sum_groups(ties), {{}, {}, all, true}).baseline, 1U);
  EXPECT_EQ(choose_plan(ties, sum_groups(ties), {{}, 2, all, true}).baseline, 2U);
  const std::vector<Exclusion> last = {Exclusion::kPriceUnknown, Exclusion::kPriceUnknown, Exclusion::kNone};
  EXPECT_EQ(choose_plan(ties, sum_groups(ties), {{}, {}, last, true}).baseline, 2U);
}

BoundedEstimate single(double right, double usd) {
  BoundedEstimate out;
  out.value.right = right;
  out.value.usd = usd;
  return out;
}

TEST(Mixtures, FollowTheUpperHull) {
  // Model 1 is below the line from 0 to 2; model 3 is dearer and worse; model 4 has no cost.
  const auto mixtures =
      mix_singles({single(.2, 1), single(.3, 2), single(.8, 3), single(.7, 4), single(.9, std::nan(""))});
  ASSERT_EQ(mixtures.size(), 6U);
  EXPECT_EQ(mixtures.front().first, 0U);
  EXPECT_EQ(mixtures.front().second, 2U);
  EXPECT_EQ(mixtures.front().share, 1);
  EXPECT_NEAR(mixtures[1].right, .8 * .2 + .2 * .8, 1e-12);
  EXPECT_NEAR(mixtures[1].usd, .8 * 1 + .2 * 3, 1e-12);
  EXPECT_EQ(mixtures.back().right, .8);
  EXPECT_TRUE(mix_singles({single(.9, 1), single(.8, 2)}).empty());
}

/// 40 rows in two families; the rule loses every fifth answer of the second.
TEST(FamilyTable, DrawsDifferencesToTheirMean) {
  PlanData data;
  data.rows = 40;
  data.models = 2;
  data.groups = 40;
  data.exclusions = kAll;
  data.has_costs = true;
  std::vector<std::uint16_t> families;
  std::vector<std::uint8_t> picks;
  std::vector<float> right;
  std::vector<float> usd;
  for (std::uint32_t r = 0; r < 40; ++r) {
    data.group.push_back(r);
    data.right.insert(data.right.end(), {1, r % 10 == 9 ? 0.0F : 1.0F});
    data.usd.insert(data.usd.end(), {4, 1});
    families.push_back(static_cast<std::uint16_t>(r % 2));
    picks.push_back(r % 2 == 0 ? 0 : 1);
    right.push_back(data.right[2 * r + picks[r]]);
    usd.push_back(r % 2 == 0 ? 4 : 1);
  }
  FamilyPredictor p;
  p.families = 2;
  p.right = {1, .9F, .8F, .8F};
  p.usd = {4, 1, 4, 1};
  const auto table = tabulate_families(data, p, {data.right, data.usd}, {families, picks, right, usd, 0});
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table[0].rows, 20U);
  EXPECT_EQ(table[0].best, 0U);
  EXPECT_EQ(table[0].points, 0);
  EXPECT_EQ(table[0].high, 0);
  EXPECT_EQ(table[0].usd, 4);
  EXPECT_EQ(table[1].best, 1U);  // A tie goes to the cheaper model.
  EXPECT_NEAR(table[1].points, -20, 1e-9);
  EXPECT_LT(table[1].low, -20);
  EXPECT_EQ(table[1].usd, 1);
  EXPECT_EQ(table[1].baseline_usd, 4);
  EXPECT_EQ(table[1].picked, (std::vector<std::size_t>{0, 20}));
}

}  // namespace
}  // namespace signalbox
