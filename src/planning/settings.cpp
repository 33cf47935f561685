#include "planning/settings.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "routing/family_forecast.h"
#include "routing/ordering.h"
#include "routing/selection.h"
#include "routing/task_scores.h"

namespace signalbox {
namespace {

/// Rows that the changes of picks are read from.
constexpr std::size_t kMostRows = 4096;
/// Parts of the curve, each with one setting at most; the first setting is before all of them.
constexpr std::size_t kParts = kMostSettings - 1;
/// Ratio of the smallest answer value that changes a pick to one that is certainly below it.
constexpr double kBelowAll = 16;

/// A change of the pick of a row as the answer value grows.
struct Change {
  double answer_value = 0;
  double right = 0;  ///< Gain of predicted correctness.
  double usd = 0;    ///< Growth of cost.
};

/// Adds the changes of a row, from the best of the cheapest models up: each is to the model that the smallest answer
/// value pays for.
void add_changes(const PlanData& data, const RowForecast& forecast, std::vector<Change>& out) {
  std::size_t pick = pick_model(data, forecast, 0);
  for (std::size_t m = 0; m < data.models; ++m) {
    if (!data.may_pick(m) || forecast.usd[m] > forecast.usd[pick]) continue;
    if (forecast.right[m] > forecast.right[pick]) pick = m;
  }
  while (pick < data.models) {
    std::optional<Change> next;
    std::size_t to = data.models;
    for (std::size_t m = 0; m < data.models; ++m) {
      const Change change = {0, forecast.right[m] - forecast.right[pick], forecast.usd[m] - forecast.usd[pick]};
      if (!data.may_pick(m) || !(change.right > 0) || !(change.usd > 0)) continue;
      const double value = change.usd / change.right;
      if (next && (value > next->answer_value || (value == next->answer_value && change.right <= next->right)))
        continue;
      next = Change{value, change.right, change.usd};
      to = m;
    }
    if (next && next->answer_value < kMostAnswerValue) out.push_back(*next);
    pick = to;
  }
}

}  // namespace

void forecast_row(const FamilyPredictor& predictor, std::span<const float> vector, RowForecast& out) {
  const std::size_t models = predictor.right.size() / predictor.families;
  out.memberships.resize(predictor.families);
  out.right.resize(models);
  out.usd.resize(models);
  std::vector<double> linear(models, 0);
  if (is_zero(vector)) {
    double sum = 0;
    for (const float share : predictor.share) sum += static_cast<double>(share);
    for (std::size_t f = 0; f < predictor.families; ++f) {
      out.memberships[f] = static_cast<double>(predictor.share[f]) / sum;
    }
  } else {
    family_memberships(predictor, vector, out.memberships);
    family_linear_part(predictor, vector, linear);
  }
  family_correctness(predictor, out.memberships, linear, out.right);
  family_costs(predictor, out.memberships, out.usd);
}

std::size_t pick_model(const PlanData& data, const RowForecast& forecast, double answer_value) {
  if (data.has_costs) return best_value(forecast.right, forecast.usd, data.exclusions, answer_value);
  return static_cast<std::size_t>(std::max_element(forecast.right.begin(), forecast.right.end()) -
                                  forecast.right.begin());
}

std::vector<double> settings_of(const PlanData& data, const FamilyPredictor& predictor) {
  std::vector<double> out = {kMostAnswerValue};
  if (!data.has_costs) return out;
  std::vector<Change> changes;
  RowForecast forecast;
  const std::size_t rows = std::min(data.rows, kMostRows);
  for (std::size_t i = 0; i < rows; ++i) {
    forecast_row(predictor, data.vector(i * data.rows / rows), forecast);
    add_changes(data, forecast, changes);
  }
  Change total;
  std::vector<Keyed> order;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    total.right += changes[i].right;
    total.usd += changes[i].usd;
    order.push_back({-changes[i].answer_value, 0, i});
  }
  sort_keyed(order);
  // In each part of the length of the curve: the widest gap between two changes, as a ratio.
  double length = 0;
  std::size_t part = 0;
  double widest = 1;
  double value = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Change& change = changes[order[i].place];
    length += change.right / total.right + change.usd / total.usd;
    const auto in = std::min(static_cast<std::size_t>(length / 2 * kParts), kParts - 1);
    if (in != part && widest > 1) out.push_back(value);
    if (in != part) widest = 1;
    part = in;
    const double below = i + 1 < order.size() ? -order[i + 1].key : change.answer_value / kBelowAll;
    if (!(change.answer_value > below * widest)) continue;
    widest = change.answer_value / below;
    value = std::sqrt(change.answer_value * below);
  }
  if (widest > 1) out.push_back(value);
  return out;
}

}  // namespace signalbox
