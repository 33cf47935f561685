// The families of a plan: what the rule does and earns in each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/families.h"
#include "planning/ledger.h"

namespace signalbox {

/// A family. US dollars are per answer; NaN where they are not known.
struct FamilyRow {
  std::size_t rows = 0;
  std::size_t best = 0;             ///< Model with the largest shrunk mean; ties go to the cheaper, then lower.
  std::vector<std::size_t> picked;  ///< [models] rows that the shipped rule sends to each.
  double points = 0;                ///< Against the baseline, drawn towards the mean over families.
  double low = 0;
  double high = 0;
  double usd = 0;                 ///< Mean cost of the rule.
  double baseline_usd = 0;        ///< Mean cost of the baseline.
  std::vector<double> right;      ///< [models] mean outcomes of the predictor.
  std::vector<double> model_usd;  ///< [models] mean costs of the predictor.
};

/// Base of the table. Borrows everything.
struct FamilyRows {
  std::span<const std::uint16_t> families;  ///< [rows]
  std::span<const std::uint8_t> picks;      ///< [rows] of the shipped rule.
  std::span<const float> right;             ///< [rows] what the rule earns: CorrectedScores, or the baseline's own.
  std::span<const float> usd;               ///< [rows] likewise.
  std::size_t baseline = 0;
};

/// Returns the table, in the order of the families. Differences to the baseline are those of the scores in `rows`, so
/// that their mean over all rows is the difference of the plan. They are drawn to that mean by the variance between
/// families, with errors that are clustered by group; the intervals are those of the drawn values. A family without any
/// difference has exactly 0.
[[nodiscard]] std::vector<FamilyRow> tabulate_families(const PlanData& data, const FamilyPredictor& predictor,
                                                       const Completed& values, const FamilyRows& rows);

}  // namespace signalbox
