#include "planning/ledger.h"

#include <algorithm>
#include <cmath>

#include "planning/family_means.h"
#include "planning/vector_math.h"

namespace signalbox {
namespace {

// Stand for a model in the list of sole picks.
constexpr std::uint16_t kSeveral = 0xFFFE;
constexpr std::uint16_t kNone = 0xFFFF;

/// Pseudo-rows with the mean error of all rows that are added to each family.
constexpr double kPseudoRows = 1;

/// Fills the gaps of one matrix: `values` holds predictions and becomes the known values, and in the gaps the
/// predictions less their mean error, in 0..most. memberships: [rows, families].
void fill(const std::vector<float>& known, std::span<const double> memberships, std::size_t models, float most,
          std::vector<float>& values) {
  const std::size_t rows = known.size() / models;
  const std::size_t families = memberships.size() / rows;
  FamilySums sums(families, models);
  std::vector<float> errors(models);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t m = 0; m < models; ++m) errors[m] = known[row * models + m] - values[row * models + m];
    sums.add(memberships.subspan(row * families, families), errors);
  }
  std::vector<double> targets = sums.overall();
  for (double& x : targets) x = std::isnan(x) ? 0 : x;
  for (std::size_t f = 1; f < families; ++f) {
    for (std::size_t m = 0; m < models; ++m) targets.push_back(targets[m]);
  }
  const std::vector<double> means = sums.shrunk(targets, kPseudoRows);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!std::isnan(known[i])) {
      values[i] = known[i];
      continue;
    }
    double error = 0;
    const std::size_t row = i / models;
    for (std::size_t f = 0; f < families; ++f)
      error += memberships[row * families + f] * means[f * models + i % models];
    values[i] = std::min(std::max(static_cast<float>(static_cast<double>(values[i]) + error), 0.0F), most);
  }
}

}  // namespace

Completed complete(const PlanData& data, const FamilyPredictor& predictor) {
  Completed out;
  RowForecast forecast;
  std::vector<double> memberships;
  for (std::size_t row = 0; row < data.rows; ++row) {
    forecast_row(predictor, data.vector(row), forecast);
    memberships.insert(memberships.end(), forecast.memberships.begin(), forecast.memberships.end());
    for (std::size_t m = 0; m < data.models; ++m) {
      out.right.push_back(static_cast<float>(forecast.right[m]));
      out.usd.push_back(static_cast<float>(std::max(forecast.usd[m], 0.0)));
    }
  }
  fill(data.right, memberships, data.models, 1, out.right);
  fill(data.usd, memberships, data.models, kMostAnswerUsd, out.usd);
  return out;
}

CorrectedScores::CorrectedScores(std::size_t rows, std::size_t settings, std::size_t folds)
    : rows_(rows),
      settings_(settings),
      others_(static_cast<double>(folds) - 1),
      right_(rows * settings, 0),
      usd_(rows * settings, 0),
      of_folds_(folds * settings, 0),
      sole_(settings, kNone) {}

void CorrectedScores::note_pick(std::size_t setting, std::size_t pick) {
  std::uint16_t& sole = sole_[setting];
  if (sole == kNone) sole = static_cast<std::uint16_t>(pick);
  else if (sole != pick) sole = kSeveral;
}

void CorrectedScores::add_shipped(std::size_t row, std::size_t setting, const Earned& earned) {
  right_[place(row, setting)] += others_ * static_cast<double>(earned.right);
  usd_[place(row, setting)] += others_ * static_cast<double>(earned.usd);
  note_pick(setting, earned.pick);
}

void CorrectedScores::add_fold(std::size_t fold, bool is_own, std::size_t row, std::size_t setting,
                               const Earned& earned) {
  const double weight = is_own ? others_ : -1;
  right_[place(row, setting)] += weight * static_cast<double>(earned.right);
  usd_[place(row, setting)] += weight * static_cast<double>(earned.usd);
  of_folds_[fold * settings_ + setting] += static_cast<double>(earned.right);
  note_pick(setting, earned.pick);
}

double CorrectedScores::spread(std::size_t setting) const {
  const double folds = others_ + 1;
  double mean = 0;
  for (std::size_t at = setting; at < of_folds_.size(); at += settings_) mean += of_folds_[at];
  mean /= folds;
  double squares = 0;
  for (std::size_t at = setting; at < of_folds_.size(); at += settings_) {
    squares += (of_folds_[at] - mean) * (of_folds_[at] - mean);
  }
  return std::sqrt(squares / others_) / static_cast<double>(rows_);
}

std::optional<std::size_t> CorrectedScores::sole(std::size_t setting) const {
  if (sole_[setting] >= kSeveral) return {};
  return sole_[setting];
}

Ledger make_ledger(const PlanData& data, const CorrectedScores& scores, const Completed& values) {
  Ledger out;
  out.groups = data.groups;
  out.settings = scores.settings();
  out.models = data.models;
  out.rows.assign(out.groups, 0);
  out.right.assign(out.groups * out.columns(), 0);
  out.usd.assign(out.right.size(), 0);
  for (std::size_t s = 0; s < out.settings; ++s) {
    out.spread.push_back(scores.spread(s));
    out.sole.push_back(scores.sole(s));
  }
  for (std::size_t row = 0; row < data.rows; ++row) {
    out.rows[data.group[row]] += 1;
    float* right = out.right.data() + data.group[row] * out.columns();
    float* usd = out.usd.data() + data.group[row] * out.columns();
    for (std::size_t s = 0; s < out.settings; ++s) {
      right[s] += static_cast<float>(scores.right(row, s));
      usd[s] += static_cast<float>(scores.usd(row, s));
    }
    add_scaled(right + out.settings, values.right.data() + row * data.models, 1.0F, data.models);
    add_scaled(usd + out.settings, values.usd.data() + row * data.models, 1.0F, data.models);
  }
  return out;
}

Sums sum_groups(const Ledger& ledger) {
  const std::size_t columns = ledger.columns();
  Sums out;
  out.right.assign(columns, 0);
  out.usd.assign(columns, 0);
  for (std::size_t group = 0; group < ledger.groups; ++group) {
    out.rows += static_cast<double>(ledger.rows[group]);
    add_scaled(out.right.data(), ledger.right.data() + group * columns, 1.0, columns);
    add_scaled(out.usd.data(), ledger.usd.data() + group * columns, 1.0, columns);
  }
  return out;
}

}  // namespace signalbox
