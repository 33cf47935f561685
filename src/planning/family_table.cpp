#include "planning/family_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace signalbox {
namespace {

/// Rows that are added to a family with the variance of all.
constexpr double kVarianceRows = 20;

/// A mean of differences, and its sampling variance.
struct Difference {
  double mean = 0;
  double variance = 0;
  double rows = 0;
  bool is_exact = true;  ///< Every row has the outcome of the baseline, by every rule.
};

/// Returns the mean difference in points of each family. A group counts as one draw: its rows' deviations are summed
/// before they are squared.
std::vector<Difference> differences_of(const PlanData& data, const Completed& values, const FamilyRows& rows,
                                       std::size_t families) {
  std::vector<Difference> out(families);
  const auto difference = [&](std::size_t row) {
    const float baseline = values.right[row * data.models + rows.baseline];
    return 100 * (static_cast<double>(rows.right[row]) - static_cast<double>(baseline));
  };
  double overall = 0;
  double overall_squares = 0;
  for (std::size_t row = 0; row < data.rows; ++row) {
    const double d = difference(row);
    out[rows.families[row]].mean += d;
    out[rows.families[row]].rows += 1;
    if (d != 0) out[rows.families[row]].is_exact = false;
    overall += d / static_cast<double>(data.rows);
    overall_squares += d * d / static_cast<double>(data.rows);
  }
  for (Difference& family : out) family.mean /= std::max(family.rows, 1.0);
  std::vector<std::uint32_t> order(data.rows);
  std::iota(order.begin(), order.end(), 0U);
  const auto place = [&](std::uint32_t row) { return std::tuple(data.group[row], rows.families[row], row); };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return place(a) < place(b); });
  double deviation = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t family = rows.families[order[i]];
    deviation += difference(order[i]) - out[family].mean;
    const bool goes_on = i + 1 < order.size() && data.group[order[i + 1]] == data.group[order[i]] &&
                         rows.families[order[i + 1]] == family;
    if (goes_on) continue;
    out[family].variance += deviation * deviation;
    deviation = 0;
  }
  // A few rows say little about their own variance: kVarianceRows more have that of all.
  const double variance = std::max(overall_squares - overall * overall, 0.0);
  for (Difference& family : out) {
    family.variance =
        (family.variance + kVarianceRows * variance) / ((family.rows + kVarianceRows) * std::max(family.rows, 1.0));
  }
  return out;
}

/// Draws the differences to their mean, and writes them with their 95% intervals; those that are exactly 0 stay so.
/// Families are weighted by rows, so that their mean is that of the rows; the variance between families is that of an
/// analysis of variance with unequal sizes.
void shrink(const std::vector<Difference>& families, std::vector<FamilyRow>& out) {
  constexpr double kZ = 1.959963984540054;  // 97.5% quantile of the normal distribution
  const auto differs = [&](std::size_t f) { return !families[f].is_exact; };
  double rows = 0;
  double mean = 0;
  for (std::size_t f = 0; f < families.size(); ++f) {
    if (differs(f)) rows += families[f].rows;
  }
  for (std::size_t f = 0; f < families.size(); ++f) {
    if (differs(f)) mean += families[f].mean * families[f].rows / rows;
  }
  double between = 0;
  double left = rows;
  double of_mean = 0;
  for (std::size_t f = 0; f < families.size(); ++f) {
    if (!differs(f)) continue;
    const Difference& d = families[f];
    const double share = d.rows / rows;
    between += d.rows * ((d.mean - mean) * (d.mean - mean) - d.variance * (1 - share));
    left -= d.rows * share;
    of_mean += share * share * d.variance;
  }
  between = left > 0 ? std::max(between / left, 0.0) : 0;
  for (std::size_t f = 0; f < families.size(); ++f) {
    if (!differs(f)) continue;
    const Difference& d = families[f];
    const double spread = between + d.variance;
    // One family alone is its own mean.
    const double own = left > 0 && spread > 0 ? between / spread : 1;
    const double error = std::sqrt(own * d.variance + (1 - own) * (1 - own) * of_mean);
    out[f].points = own * d.mean + (1 - own) * mean;
    out[f].low = out[f].points - kZ * error;
    out[f].high = out[f].points + kZ * error;
  }
}

}  // namespace

std::vector<FamilyRow> tabulate_families(const PlanData& data, const FamilyPredictor& predictor,
                                         const Completed& values, const FamilyRows& rows) {
  std::vector<FamilyRow> out(predictor.families);
  for (FamilyRow& family : out) family.picked.assign(data.models, 0);
  for (std::size_t row = 0; row < data.rows; ++row) {
    FamilyRow& family = out[rows.families[row]];
    ++family.rows;
    ++family.picked[rows.picks[row]];
    family.usd += static_cast<double>(rows.usd[row]);
    family.baseline_usd += static_cast<double>(values.usd[row * data.models + rows.baseline]);
  }
  for (std::size_t f = 0; f < out.size(); ++f) {
    FamilyRow& family = out[f];
    const auto count = static_cast<double>(family.rows);
    const bool is_known = data.has_costs && family.rows > 0;
    family.usd = is_known ? family.usd / count : std::nan("");
    family.baseline_usd = is_known && data.may_pick(rows.baseline) ? family.baseline_usd / count : std::nan("");
    const float* right = predictor.right.data() + f * data.models;
    const float* costs = predictor.usd.data() + f * data.models;
    for (std::size_t m = 0; m < data.models; ++m) {
      family.right.push_back(static_cast<double>(right[m]));
      family.model_usd.push_back(costs[m] < 0 ? std::nan("") : static_cast<double>(costs[m]));
      const std::size_t best = family.best;
      if (right[m] > right[best] || (right[m] == right[best] && costs[m] < costs[best])) family.best = m;
    }
  }
  shrink(differences_of(data, values, rows, out.size()), out);
  return out;
}

}  // namespace signalbox
