// Settings of the rule, and the models that it picks at each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/families.h"
#include "planning/plan_data.h"

namespace signalbox {

/// Most settings of a curve.
inline constexpr std::size_t kMostSettings = 50;

/// Predictions for one row.
struct RowForecast {
  std::vector<double> memberships;  ///< [families]
  std::vector<double> right;        ///< [models] 0..1
  std::vector<double> usd;          ///< [models] US dollars; negative: unknown.
};

/// Predicts a row as the router does, by the same functions. A zero vector, which the router does not read, belongs to
/// the families by their shares.
void forecast_row(const FamilyPredictor& predictor, std::span<const float> vector, RowForecast& out);

/// Returns the model that the rule picks at this answer value, see best_value, among those of data.may_pick. Without
/// costs the one with the largest prediction, ties the lower.
[[nodiscard]] std::size_t pick_model(const PlanData& data, const RowForecast& forecast, double answer_value);

/// Returns the answer values of the curve, in descending order: kMostAnswerValue, which looks at quality only, then
/// values between those at which the predictor changes picks. They are spaced so that predicted quality and cost move
/// by about even parts from one to the next, and lie in the widest gap of each part, where the picks are least
/// arbitrary. The last one is below all changes: the cheapest model, and of equally cheap ones the best. Without costs,
/// or if all cost the same: the first one only.
[[nodiscard]] std::vector<double> settings_of(const PlanData& data, const FamilyPredictor& predictor);

}  // namespace signalbox
