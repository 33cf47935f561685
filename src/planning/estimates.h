// Estimates of a plan: the choice of baseline and setting, what it earns on other rows, and intervals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "planning/ledger.h"

namespace signalbox {

/// Targets of a plan.
enum class TargetKind : std::uint8_t {
  kKnee,  ///< The setting after which the next dollar saved costs clearly more correctness: of those that lose at most
          ///< kMostKneePoints, the one with the largest saving less loss, each as a share of those of the cheapest.
  kAtMost,  ///< Cheapest setting that loses at most `value` percentage points against the baseline.
  kSave,    ///< Best setting that saves at least the share `value` of the baseline's cost.
  kBudget,  ///< Best setting that costs at most `value` US dollars an answer.
};
struct PlanTarget {
  TargetKind kind = TargetKind::kKnee;
  double value = 0;
};

/// Most percentage points that the knee may lose.
inline constexpr double kMostKneePoints = 3;

/// Rules of the choice.
struct PlanRules {
  PlanTarget target;
  std::optional<std::size_t> baseline;    ///< Model to compare with; by default the best single one.
  std::span<const Exclusion> exclusions;  ///< [models] see PlanData.
  bool has_costs = false;
};

struct Chosen {
  std::size_t baseline = 0;
  std::optional<std::size_t> setting;  ///< None: to answer with the baseline is better than every setting.
  bool is_reached = true;              ///< The target is fulfilled; otherwise the choice is the nearest one.
};

/// Chooses baseline and setting. The best single model is the one with the largest sum of outcomes; ties go to the
/// cheaper one, then to the lower one. Ties between settings go to the larger answer value. A setting counts for
/// kAtMost and kKnee if it saves one percent or more, or without costs if it is right more often; the baseline alone
/// always counts.
[[nodiscard]] Chosen choose_plan(const Ledger& ledger, const Sums& sums, const PlanRules& rules);

/// Estimated means of one way to answer. Costs are NaN where they are not known, shares where the baseline is free.
struct Estimate {
  double right = 0;   ///< 0..1
  double points = 0;  ///< 100 (right - right of the baseline)
  double usd = 0;     ///< per answer
  double saved = 0;   ///< Share of the baseline's cost.
};

/// Estimates with their 95% intervals.
struct BoundedEstimate {
  Estimate value;
  Estimate low;
  Estimate high;
};

/// Returns the estimates of the settings, then of the models alone, against a baseline, with intervals of 1.96 standard
/// errors. These are computed from the sums of the G groups, which are what is drawn independently. To them are added,
/// as squares:
/// - for points of a setting 3/4 of its spread between the folds' rules, since another file gives another rule;
/// - the effect of a single answer in another place: 1/G for outcomes and points, half of it for costs as a share of
///   the baseline's. Without it a rule that differs on few rows, or a model that is always right, has an interval
///   without a width.
/// The baseline itself differs from itself by exactly 0, with an interval of no width; so does a setting at which every
/// rule picks the baseline for all rows. Simulated files check that the intervals cover the means of the shipped rule,
/// also after the choice of the setting (npm run bench -- plan-coverage).
[[nodiscard]] std::vector<BoundedEstimate> estimate(const Ledger& ledger, const Sums& sums, const PlanRules& rules,
                                                    std::size_t baseline);

}  // namespace signalbox
