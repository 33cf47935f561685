// Comparisons of prompts: they seldom find a change where there is none, and find those that there are.
#include "planning/change.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace signalbox {
namespace {

constexpr std::size_t kDim = 8;

/// Prompts near the axes, as often as `shares` says.
std::vector<float> draw_near_axes(std::size_t rows, const std::vector<double>& shares, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(0, .15F);
  std::vector<float> out;
  for (std::size_t r = 0; r < rows; ++r) {
    double left = static_cast<double>(random() % 10000) / 10000;
    std::size_t kind = 0;
    while (kind + 1 < shares.size() && left >= shares[kind]) left -= shares[kind++];
    for (std::size_t d = 0; d < kDim; ++d) out.push_back((d == kind ? 1.0F : 0.0F) + noise(random));
  }
  return out;
}

/// Families at the first three axes.
FamilyPredictor three_families() {
  FamilyPredictor out;
  out.families = 3;
  out.centroids.assign(3 * kDim, 0);
  for (std::size_t f = 0; f < 3; ++f) out.centroids[f * kDim + f] = 1;
  out.bias.assign(3, 0);
  out.share.assign(3, 1.0F / 3);
  out.right.assign(3, .5F);
  out.evidence.assign(3, 100);
  out.usd.assign(3, -1);
  out.reach.assign(3, .35F);
  return out;
}

const std::vector<double> kShares = {.5, .3, .2};

ChangeNumbers compare(const std::vector<float>& now, std::size_t before = 300, std::uint64_t seed = 1) {
  const std::vector<float> old = draw_near_axes(before, kShares, 7);
  Result<ChangeNumbers> out = compare_prompts(old, now, kDim, three_families(), 5, seed);
  EXPECT_TRUE(out.ok()) << out.error().message;
  return out.take();
}

bool is_changed(const ChangeNumbers& n) {
  return n.coverage.adjusted <= kChangeLevel || n.families.adjusted <= kChangeLevel ||
         n.meaning.adjusted <= kChangeLevel;
}

TEST(Change, IsSeldomFoundWhereNothingHasChanged) {
  int found = 0;
  constexpr int kDraws = 60;
  for (std::uint32_t i = 0; i < kDraws; ++i) {
    const std::vector<float> old = draw_near_axes(120, kShares, 1000 + 2 * i);
    const std::vector<float> now = draw_near_axes(80, kShares, 1001 + 2 * i);
    found += is_changed(compare_prompts(old, now, kDim, three_families(), 5, i).take()) ? 1 : 0;
  }
  EXPECT_LE(found, 8);  // Of 60: at most 3 are expected, 8 is three standard deviations more.
}

TEST(Change, FindsOtherSharesOfFamilies) {
  const ChangeNumbers n = compare(draw_near_axes(200, {.2, .3, .5}, 8));
  EXPECT_LE(n.families.adjusted, .01);
  EXPECT_LE(n.meaning.adjusted, .05);
  EXPECT_GT(n.coverage.adjusted, .05);
  EXPECT_EQ(n.before, 300U);
  EXPECT_EQ(n.now, 200U);
  EXPECT_NEAR(static_cast<double>(n.families_now[2]) / 200, .5, .1);
}

TEST(Change, FindsPromptsOfAnUnknownKind) {
  const ChangeNumbers n = compare(draw_near_axes(200, {.45, .27, .18, .1}, 9));
  EXPECT_LE(n.coverage.adjusted, .01);
  EXPECT_GT(n.uncovered_now, n.uncovered_before + .05);
}

TEST(Change, FindsTheSmallestShiftsAboutAsOftenAsItSays) {
  const double shift = compare(draw_near_axes(200, kShares, 10)).meaning.smallest;
  EXPECT_GT(shift, .02);
  EXPECT_LT(shift, .4);
  int found = 0;
  constexpr std::uint32_t kDraws = 20;
  for (std::uint32_t i = 0; i < kDraws; ++i) {
    std::vector<double> shares = kShares;
    for (double& share : shares) share *= 1 - shift;
    shares.push_back(shift);
    found += is_changed(compare(draw_near_axes(200, shares, 100 + i), 300, i)) ? 1 : 0;
  }
  EXPECT_GE(found, 12);
}

TEST(Change, AdjustsAfterHolm) {
  const ChangeNumbers n = compare(draw_near_axes(200, {.3, .3, .4}, 11));
  for (const ChangeTest* test : {&n.coverage, &n.families, &n.meaning}) {
    EXPECT_GE(test->adjusted, test->p);
    EXPECT_LE(test->adjusted, 1);
    EXPECT_GT(test->p, 0);
  }
}

TEST(Change, ComparesAtMostSoMany) {
  const ChangeNumbers n = compare(draw_near_axes(kMostCompared + 100, kShares, 12), kMostCompared + 50);
  EXPECT_EQ(n.before, kMostCompared);
  EXPECT_EQ(n.now, kMostCompared);
}

TEST(Change, RefusesOddInput) {
  const std::vector<float> old = draw_near_axes(100, kShares, 1);
  const std::vector<float> now = draw_near_axes(50, kShares, 2);
  const FamilyPredictor families = three_families();
  const auto code = [&](const std::vector<float>& vectors, const FamilyPredictor& predictor) {
    const Result<ChangeNumbers> out = compare_prompts(old, vectors, kDim, predictor, 5, 1);
    return out.ok() ? ErrorCode::kInternal : out.error().code;
  };
  EXPECT_EQ(code({now.begin(), now.begin() + 19 * kDim}, families), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({now.begin(), now.end() - 1}, families), ErrorCode::kDimensionMismatch);
  std::vector<float> odd = now;
  odd[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(code(odd, families), ErrorCode::kNonFinite);
  odd = now;
  std::fill_n(odd.begin(), kDim, 0.0F);
  EXPECT_EQ(code(odd, families), ErrorCode::kNonFinite);
  FamilyPredictor without = families;
  without.reach.clear();
  EXPECT_EQ(code(now, without), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace signalbox
