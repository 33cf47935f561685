#include "planning/estimates.h"

#include <algorithm>
#include <cmath>

namespace signalbox {
namespace {

/// Tolerance of comparisons with a target, as a share or in means of outcomes: sums of single outcomes round.
constexpr double kSlack = 1e-9;
/// A setting that saves less is not worth its risk: the baseline stays.
constexpr double kLeastSaving = .01;
/// Share of the spread between the folds' rules that another file adds to a rule.
constexpr double kSpreadShare = .75;
constexpr double kZ = 1.959963984540054;  // 97.5% quantile of the normal distribution

std::size_t best_single(const Ledger& ledger, const Sums& sums, std::span<const Exclusion> exclusions) {
  std::optional<std::size_t> best;
  const double* right = sums.right.data() + ledger.settings;
  const double* usd = sums.usd.data() + ledger.settings;
  for (std::size_t m = 0; m < ledger.models; ++m) {
    if (exclusions[m] != Exclusion::kNone) continue;
    if (best && (right[m] < right[*best] || (right[m] == right[*best] && usd[m] >= usd[*best]))) continue;
    best = m;
  }
  return best.value_or(0);
}

/// Means of the settings, and last of the baseline.
struct Curve {
  std::vector<double> right;
  std::vector<double> usd;
};

/// Returns the first place with the largest key among those that qualify.
template <typename Qualifies, typename Key>
std::optional<std::size_t> first_best(const Curve& curve, Qualifies qualifies, Key key) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < curve.right.size(); ++i) {
    if (qualifies(i) && (!best || key(i) > key(*best))) best = i;
  }
  return best;
}

/// See TargetKind::kKnee. `counts` are the places to choose from, the baseline among them.
template <typename Counts>
std::optional<std::size_t> find_knee(const Curve& curve, Counts counts) {
  const auto lost = [&](std::size_t i) { return std::max(curve.right.back() - curve.right[i], 0.0); };
  const auto saved = [&](std::size_t i) { return curve.usd.back() - curve.usd[i]; };
  const auto is_good = [&](std::size_t i) { return counts(i) && lost(i) <= kMostKneePoints / 100 + kSlack; };
  const std::size_t end = *first_best(curve, is_good, saved);
  const auto score = [&](std::size_t i) {
    return (saved(end) > 0 ? saved(i) / saved(end) : 0) - (lost(end) > 0 ? lost(i) / lost(end) : 0);
  };
  const double most = score(*first_best(curve, is_good, score));
  return first_best(
      curve, [&](std::size_t i) { return is_good(i) && score(i) == most; }, saved);
}

/// Returns the chosen place, if the target can be reached.
std::optional<std::size_t> choose(const Curve& curve, const PlanRules& rules) {
  const std::size_t baseline = curve.right.size() - 1;
  const auto right = [&](std::size_t i) { return curve.right[i]; };
  const auto cheapness = [&](std::size_t i) { return -curve.usd[i]; };
  const auto counts = [&](std::size_t i) {
    if (!rules.has_costs) return i == baseline || curve.right[i] > curve.right[baseline] + kSlack;
    return i == baseline || curve.usd[i] <= curve.usd[baseline] * (1 - kLeastSaving);
  };
  const double value = rules.target.value;
  const auto within = [&](double usd) {
    return first_best(
        curve, [&](std::size_t i) { return curve.usd[i] <= usd * (1 + kSlack); }, right);
  };
  // Without costs there is one setting, and nothing to save.
  if (!rules.has_costs) return first_best(curve, counts, right);
  switch (rules.target.kind) {
    case TargetKind::kKnee: return find_knee(curve, counts);
    case TargetKind::kAtMost: {
      const double least = curve.right[baseline] - value / 100 - kSlack;
      return first_best(
          curve, [&](std::size_t i) { return counts(i) && curve.right[i] >= least; }, cheapness);
    }
    case TargetKind::kSave: return within(curve.usd[baseline] * (1 - value));
    case TargetKind::kBudget: return within(value);
  }
  return {};
}

/// Returns the standard error of a mean over rows, from the sums of the deviations of each group.
double standard_error(const Ledger& ledger, std::span<const double> deviations) {
  double squares = 0;
  double rows = 0;
  for (std::size_t group = 0; group < ledger.groups; ++group) {
    squares += deviations[group] * deviations[group];
    rows += static_cast<double>(ledger.rows[group]);
  }
  return std::sqrt(squares) / rows;
}

/// Returns the standard errors of the numbers of a column, without the added terms. baseline: column of the baseline.
Estimate errors_of(const Ledger& ledger, const Estimate& value, const Estimate& against, std::size_t column,
                   std::size_t baseline) {
  std::vector<double> right(ledger.groups);
  std::vector<double> points(ledger.groups);
  std::vector<double> usd(ledger.groups);
  std::vector<double> saved(ledger.groups);
  for (std::size_t group = 0; group < ledger.groups; ++group) {
    const auto rows = static_cast<double>(ledger.rows[group]);
    const std::size_t at = group * ledger.columns();
    const auto own_right = static_cast<double>(ledger.right[at + column]);
    const auto own_usd = static_cast<double>(ledger.usd[at + column]);
    const auto baseline_right = static_cast<double>(ledger.right[at + baseline]);
    const auto baseline_usd = static_cast<double>(ledger.usd[at + baseline]);
    right[group] = own_right - rows * value.right;
    points[group] = 100 * (own_right - baseline_right) - rows * value.points;
    usd[group] = own_usd - rows * value.usd;
    // The saving is a ratio of two means: its deviations are those of the first-order expansion.
    saved[group] = ((1 - value.saved) * baseline_usd - own_usd) / against.usd;
  }
  return {standard_error(ledger, right), standard_error(ledger, points), standard_error(ledger, usd),
          standard_error(ledger, saved)};
}

}  // namespace

Chosen choose_plan(const Ledger& ledger, const Sums& sums, const PlanRules& rules) {
  Chosen out;
  out.baseline = rules.baseline ? *rules.baseline : best_single(ledger, sums, rules.exclusions);
  Curve curve;
  const double rows = std::max(sums.rows, 1.0);
  for (std::size_t s = 0; s < ledger.settings; ++s) {
    curve.right.push_back(sums.right[s] / rows);
    curve.usd.push_back(sums.usd[s] / rows);
  }
  curve.right.push_back(sums.right[ledger.settings + out.baseline] / rows);
  curve.usd.push_back(sums.usd[ledger.settings + out.baseline] / rows);
  std::optional<std::size_t> place = choose(curve, rules);
  out.is_reached = place.has_value();
  // Only money can be out of reach; the nearest setting is then the cheapest.
  if (!place)
    place = first_best(
        curve, [](std::size_t) { return true; }, [&](std::size_t i) { return -curve.usd[i]; });
  if (*place < ledger.settings) out.setting = *place;
  return out;
}

std::vector<BoundedEstimate> estimate(const Ledger& ledger, const Sums& sums, const PlanRules& rules,
                                      std::size_t baseline) {
  const double unknown = std::nan("");
  const double rows = std::max(sums.rows, 1.0);
  const auto is_priced = [&](std::size_t model) {
    return rules.has_costs && rules.exclusions[model] == Exclusion::kNone;
  };
  const auto value_of = [&](std::size_t column) {
    const bool has_usd = column < ledger.settings ? rules.has_costs : is_priced(column - ledger.settings);
    const double baseline_usd = sums.usd[ledger.settings + baseline];
    const bool has_share = has_usd && is_priced(baseline) && baseline_usd > 0;
    return Estimate{
        sums.right[column] / rows, 100 * (sums.right[column] - sums.right[ledger.settings + baseline]) / rows,
        has_usd ? sums.usd[column] / rows : unknown, has_share ? 1 - sums.usd[column] / baseline_usd : unknown};
  };
  const Estimate against = value_of(ledger.settings + baseline);
  const double one = 1 / static_cast<double>(ledger.groups);
  std::vector<BoundedEstimate> out;
  for (std::size_t column = 0; column < ledger.columns(); ++column) {
    const bool is_setting = column < ledger.settings;
    const bool is_baseline = is_setting ? ledger.sole[column] == baseline : column - ledger.settings == baseline;
    const Estimate value = value_of(column);
    const Estimate error = errors_of(ledger, value, against, column, ledger.settings + baseline);
    BoundedEstimate bounded = {value, value, value};
    const auto widen = [&](double Estimate::*number, double between, double floor) {
      const double own = error.*number;
      const double half = kZ * std::sqrt(own * own + between * between + floor * floor);
      bounded.low.*number -= half;
      bounded.high.*number += half;
    };
    const double other = is_baseline ? 0 : one;
    widen(&Estimate::right, 0, one);
    widen(&Estimate::points, is_setting && !is_baseline ? kSpreadShare * 100 * ledger.spread[column] : 0, 100 * other);
    widen(&Estimate::usd, 0, other / 2 * against.usd);
    widen(&Estimate::saved, 0, other / 2);
    bounded.low.right = std::max(bounded.low.right, std::min(value.right, 0.0));
    bounded.high.right = std::min(bounded.high.right, std::max(value.right, 1.0));
    bounded.low.usd = std::max(bounded.low.usd, std::min(value.usd, 0.0));
    out.push_back(bounded);
  }
  return out;
}

}  // namespace signalbox
