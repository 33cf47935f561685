// A promise with a bound: which settings of a rule lose at most so much, by rows that had no part in making the rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "index/families.h"
#include "planning/estimates.h"
#include "planning/family_table.h"
#include "planning/loss_bounds.h"
#include "planning/plan_data.h"
#include "status.h"

namespace signalbox {

/// Divides rows for a promise: returns 1 [rows] for those that test it, about seven of ten, and 0 for those that the
/// rule is made from. Groups stay whole; they are drawn by the seed.
[[nodiscard]] std::vector<std::uint8_t> draw_test_rows(std::span<const std::uint32_t> groups, std::uint64_t seed);

/// Terms of a promise.
struct PromiseRules {
  LossKind kind = LossKind::kNet;
  double limit = .02;      ///< Largest loss, 0..1.
  double delta = .05;      ///< Chance that a promise is false, 1e-6..0.5.
  double tolerance = 0;    ///< kWorse: a pick is worse if its outcome is below the baseline's by more than this, 0..1.
  std::uint64_t seed = 1;  ///< Seed of the order in which the groups are bet on.
};

/// The rule whose settings are tested. It was made from other rows. Borrows everything.
struct TestedRule {
  const PlanData* data = nullptr;  ///< The rows that it was made from: candidates, and first guesses.
  const FamilyPredictor* predictor = nullptr;
  std::span<const double> settings;  ///< Answer values, safest first.
  std::size_t baseline = 0;
};

/// A setting, measured on the test rows.
struct TestedSetting {
  BoundedEstimate estimate;         ///< 95% intervals of its own, without regard to the others.
  std::vector<std::size_t> picked;  ///< [models] test rows.
  double loss = 0;                  ///< Mean over the groups of the test rows.
  bool is_promised = false;
};

struct PromiseNumbers {
  std::size_t rows = 0;  ///< Test rows: those with all outcomes that the rule may need.
  std::size_t groups = 0;
  std::size_t left_out = 0;            ///< Test rows with a gap.
  std::optional<std::size_t> setting;  ///< The promised setting that saves most; none: nothing can be promised.
  double bound = 0;   ///< Bound of that setting's loss, with confidence 1 - delta; of the first setting's without one.
  double beside = 0;  ///< The same by Hoeffding and Bentkus; NaN with groups of several rows.
  double smallest = 0;     ///< The smallest loss that these rows could have promised: the bound of the first setting.
  std::size_t needed = 0;  ///< Test rows that would promise the limit for the next setting with a chance of 80%, if it
                           ///< loses as measured; 0: no number does, or all settings are promised.
  std::vector<BoundedEstimate> singles;  ///< [models] each alone, on the test rows.
  std::vector<TestedSetting> settings;
  std::vector<FamilyRow> families;  ///< In the order of the predictor, on the test rows at the proposed setting.
};

/// Mark of a row that the rule answers.
inline constexpr std::uint8_t kByRule = 255;

/// Tests the settings in their order, each at level delta, and stops at the first that fails: the chance that one of
/// those before it loses more than the limit is at most delta, however many there are (fixed-sequence testing).
/// answered_by: [rows] kByRule, or the model with which the router answers a prompt that it does not cover.
/// A group counts once, with the mean loss of its rows. Where every group has one row, kWorse is tested by Clopper and
/// Pearson; else, and for kNet, by a bet.
/// Missing costs are filled, see complete. Errors: those of read_plan_data; invalid_argument: another number of models
/// or dimensions, a constant outside its range; fewer than kLeastPlanRows rows without gaps.
[[nodiscard]] Result<PromiseNumbers> test_promise(const PlanInput& test, std::span<const std::uint8_t> answered_by,
                                                  const TestedRule& rule, const PromiseRules& rules);

}  // namespace signalbox
