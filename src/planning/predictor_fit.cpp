#include "planning/predictor_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "planning/family_means.h"
#include "planning/folds.h"
#include "planning/vector_math.h"

namespace signalbox {
namespace {

constexpr std::array<std::size_t, 10> kFamilyCounts = {2, 3, 4, 6, 8, 12, 16, 24, 32, 48};
/// Found families have at least this many rows on average, except that two are always tried.
constexpr std::size_t kLeastFamilyRows = 16;
constexpr double kTemperature = .06;
/// Temperatures for labelled families.
constexpr std::array<double, 2> kLabelTemperatures = {.06, .03};
constexpr std::array<double, 3> kPriorShares = {0, .5, 1};
/// Penalties of the linear part.
constexpr std::array<double, 2> kPenalties = {100, 30};
/// Structures, beside one family, for which a linear part is tried.
constexpr std::size_t kFinalists = 3;
/// Starts of the search for families; the best fit wins.
constexpr std::size_t kStarts = 3;
/// Steps of one start: drawing it, and the rounds.
constexpr std::size_t kStepsAStart = SoftKMeans::kRounds + 1;

/// Steps of the search for families. Each number of families has its starts, and a comparison.
std::size_t family_steps(const PlanData& data) {
  if (data.labels > 0) return kLabelTemperatures.size();
  return kFamilyCounts.size() * (kStarts * kStepsAStart + 1);
}

std::span<const float> row_of(const std::vector<float>& matrix, std::size_t row, std::size_t width) {
  return {matrix.data() + row * width, width};
}

/// Returns a predictor that has families but no means yet.
FamilyPredictor with_families(std::vector<float> centroids, std::size_t dim, double temperature) {
  FamilyPredictor out;
  out.families = centroids.size() / dim;
  out.temperature = temperature;
  out.centroids = std::move(centroids);
  out.bias.assign(out.families, 0);
  return out;
}

/// Returns the direction of the mean of each label's rows.
std::vector<float> label_centroids(const PlanData& data, std::span<const std::uint32_t> rows) {
  std::vector<double> sums(data.labels * data.dim, 0);
  for (const std::uint32_t row : rows) {
    add_scaled(sums.data() + data.label[row] * data.dim, data.vector(row).data(), 1.0, data.dim);
  }
  std::vector<float> out(sums.begin(), sums.end());
  normalize_rows(out, data.dim);
  return out;
}

/// Returns the mean [models] over all rows of the data, the fallback of models without a value in a part of the rows.
std::vector<double> overall_means(const std::vector<float>& values, std::size_t models) {
  FamilySums all(1, models);
  const double one = 1;
  for (std::size_t at = 0; at < values.size(); at += models) all.add({&one, 1}, row_of(values, at / models, models));
  return all.overall();
}

/// Returns what the means of families are drawn to, [families, models].
std::vector<double> targets_of(const FamilySums& right, const FamilySums* prior, double prior_share,
                               std::span<const double> fallback) {
  const std::vector<double> means = right.overall();
  const std::vector<double> prior_means = prior == nullptr ? std::vector<double>() : prior->overall();
  std::vector<double> out(right.sums.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t m = i % right.models;
    out[i] = std::isnan(means[m]) ? fallback[m] : means[m];
    if (prior == nullptr || prior_share == 0 || !(prior->weights[i] > 1e-6)) continue;
    out[i] += prior_share * (prior->sums[i] / prior->weights[i] - prior_means[m]);
    out[i] = std::min(std::max(out[i], 0.0), 1.0);
  }
  return out;
}

/// Writes the means of the families, by membership.
void blend(std::span<const double> memberships, std::span<const double> means, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t f = 0; f < memberships.size(); ++f) {
    add_scaled(out.data(), means.data() + f * out.size(), memberships[f], out.size());
  }
}

/// Returns the squared error of the differences between models: of the errors less their mean over the row's models.
double loss_of(std::span<const double> predicted, std::span<const float> outcomes) {
  double sum = 0;
  double squares = 0;
  double count = 0;
  for (std::size_t m = 0; m < outcomes.size(); ++m) {
    if (std::isnan(outcomes[m])) continue;
    const double error = static_cast<double>(outcomes[m]) - std::min(std::max(predicted[m], 0.0), 1.0);
    sum += error;
    squares += error * error;
    count += 1;
  }
  return count > 0 ? squares - sum * sum / count : 0;
}

/// Outcomes less predictions, multiplied with the coordinates of the rows and summed.
struct Residuals {
  Residuals(std::size_t models, std::size_t width) : cross(models * width, 0), sums(models, 0) {}

  /// Adds a row; a missing outcome leaves nothing.
  void add(std::span<const float> outcomes, std::span<const double> predicted, std::span<const float> row) {
    for (std::size_t m = 0; m < outcomes.size(); ++m) {
      if (std::isnan(outcomes[m])) continue;
      const double rest = static_cast<double>(outcomes[m]) - predicted[m];
      add_scaled(cross.data() + m * row.size(), row.data(), rest, row.size());
      sums[m] += rest;
    }
  }

  std::vector<double> cross;  ///< [models, width]
  std::vector<double> sums;   ///< [models]
};

}  // namespace

PredictorFit::PredictorFit(const PlanData& data, const LinearSpace& space, std::vector<std::uint32_t> rows,
                           std::uint64_t seed)
    : data_(data), space_(space), rows_(std::move(rows)), seed_(seed) {
  std::vector<std::uint32_t> counts(data.groups, 0);
  for (const std::uint32_t row : rows_) ++counts[data.group[row]];
  const std::vector<std::uint8_t> of_groups = fold_groups(counts, kChoiceFolds, seed);
  for (const std::uint32_t row : rows_) folds_.push_back(of_groups[data.group[row]]);
  if (data.labels > 0) constant_.centroids = label_centroids(data, rows_);
  else constant_.centroids.assign(data.dim, 0);
  constant_.is_constant = true;
  best_ = constant_;
  if (data.labels == 0) kmeans_rows_.emplace(data.vectors, data.dim, rows_, seed);
}

std::size_t PredictorFit::count_steps(const PlanData& data) {
  return family_steps(data) + kChoiceFolds + 1 + kFinalists;
}

void PredictorFit::step() {
  std::size_t step = done_++;
  if (step < family_steps(data_)) return step_families(step);
  step -= family_steps(data_);
  if (step < kChoiceFolds) return add_moments(step);
  step -= kChoiceFolds;
  if (step == 0) compare_penalties(constant_);
  else if (step <= finalists_.size()) compare_penalties(finalists_[step - 1]);
}

void PredictorFit::step_families(std::size_t step) {
  if (data_.labels > 0) {
    Candidate candidate = constant_;
    candidate.is_constant = false;
    candidate.temperature = kLabelTemperatures[step];
    return consider(std::move(candidate));
  }
  const std::size_t each = kStarts * kStepsAStart + 1;
  const std::size_t families = kFamilyCounts[step / each];
  if (families > std::max<std::size_t>(2, rows_.size() / kLeastFamilyRows)) return;
  const std::size_t place = step % each;
  if (place + 1 == each) {
    best_fit_.reset();
    return consider(std::move(best_start_));
  }
  if (place % kStepsAStart == 0) {
    kmeans_.emplace(*kmeans_rows_, families, kTemperature, seed_ + 100 * families + place);
    return;
  }
  kmeans_->round();
  if (place % kStepsAStart != kStepsAStart - 1 || (best_fit_ && kmeans_->fit() <= *best_fit_)) return;
  best_fit_ = kmeans_->fit();
  best_start_.centroids = kmeans_->centroids();
  best_start_.temperature = kTemperature;
}

/// Returns the memberships [rows, families]; a zero vector belongs to all families alike. These are family_memberships
/// but for the last digit: the sums run in lanes.
std::vector<double> PredictorFit::memberships_of(const Candidate& candidate) const {
  if (candidate.is_constant) return std::vector<double>(rows_.size(), 1);
  const std::size_t families = candidate.centroids.size() / data_.dim;
  std::vector<double> out(rows_.size() * families, 0);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const float* vector = data_.vector(rows_[i]).data();
    const auto of_row = std::span(out).subspan(i * families, families);
    for (std::size_t f = 0; f < families; ++f) {
      of_row[f] = dot_lanes(candidate.centroids.data() + f * data_.dim, vector, data_.dim) / candidate.temperature;
    }
    softmax(of_row);
  }
  return out;
}

/// Returns the memberships [rows, families] by which rows enter the means: those of memberships_of, but of the label
/// alone where there are labels.
std::vector<double> PredictorFit::training_memberships_of(const Candidate& candidate) const {
  if (data_.labels == 0 || candidate.is_constant) return memberships_of(candidate);
  std::vector<double> out(rows_.size() * data_.labels, 0);
  for (std::size_t i = 0; i < rows_.size(); ++i) out[i * data_.labels + data_.label[rows_[i]]] = 1;
  return out;
}

/// memberships: [rows, families] of training.
PredictorFit::FoldMeans PredictorFit::means_of(const Candidate& candidate, const std::vector<double>& memberships,
                                               double prior_share) const {
  const std::size_t families = memberships.size() / rows_.size();
  const bool has_prior = !data_.prior.empty() && !candidate.is_constant;
  std::vector<FamilySums> right(kChoiceFolds, FamilySums(families, data_.models));
  FamilySums all(families, data_.models);
  FamilySums prior(families, data_.models);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto of_row = std::span(memberships).subspan(i * families, families);
    const auto outcomes = row_of(data_.right, rows_[i], data_.models);
    right[folds_[i]].add(of_row, outcomes);
    all.add(of_row, outcomes);
    if (has_prior) prior.add(of_row, row_of(data_.prior, rows_[i], data_.models));
  }
  const std::vector<double> fallback = overall_means(data_.right, data_.models);
  FoldMeans out;
  for (std::size_t fold = 0; fold < kChoiceFolds; ++fold) {
    const FamilySums known = all.without(right[fold]);
    const auto targets = targets_of(known, has_prior ? &prior : nullptr, prior_share, fallback);
    out.push_back(known.shrunk(targets, kPseudoRows));
  }
  return out;
}

/// Compares the means of a candidate, with every share of the prior, with those of the finalists. Ties go to the
/// earlier one.
void PredictorFit::consider(Candidate candidate) {
  const std::vector<double> memberships = memberships_of(candidate);
  const std::vector<double> training = training_memberships_of(candidate);
  const std::size_t families = memberships.size() / rows_.size();
  std::optional<double> best;
  std::vector<double> predicted(data_.models);
  for (const double share : kPriorShares) {
    if (share > 0 && data_.prior.empty()) break;
    const FoldMeans means = means_of(candidate, training, share);
    double loss = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      blend(std::span(memberships).subspan(i * families, families), means[folds_[i]], predicted);
      loss += loss_of(predicted, row_of(data_.right, rows_[i], data_.models));
    }
    if (best && loss >= *best) continue;
    best = loss;
    candidate.prior_share = share;
    candidate.loss = loss;
  }
  const auto after = std::upper_bound(finalists_.begin(), finalists_.end(), candidate,
                                      [](const Candidate& a, const Candidate& b) { return a.loss < b.loss; });
  finalists_.insert(after, std::move(candidate));
  if (finalists_.size() > kFinalists) finalists_.pop_back();
}

void PredictorFit::add_moments(std::size_t fold) {
  Moments& moments = moments_.emplace_back(space_.width());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (folds_[i] == fold) moments.add(space_.row(rows_[i]));
  }
}

/// Compares a structure, without a linear part and with every penalty, with the best one so far. Ties go to the earlier
/// structure, then to the larger penalty.
void PredictorFit::compare_penalties(const Candidate& candidate) {
  const std::size_t models = data_.models;
  const std::size_t width = space_.width();
  const std::vector<double> memberships = memberships_of(candidate);
  const std::vector<double> training = training_memberships_of(candidate);
  const FoldMeans means = means_of(candidate, training, candidate.prior_share);
  const std::size_t families = memberships.size() / rows_.size();
  std::array<double, kPenalties.size() + 1> losses{};
  std::vector<double> predicted(models);
  std::vector<double> with_linear(models);
  for (std::size_t fold = 0; fold < kChoiceFolds; ++fold) {
    Residuals residuals(models, width);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (folds_[i] == fold) continue;
      blend(std::span(training).subspan(i * families, families), means[fold], predicted);
      residuals.add(row_of(data_.right, rows_[i], models), predicted, space_.row(rows_[i]));
    }
    std::vector<LinearPart> parts;
    parts.reserve(kPenalties.size());
    Moments others(width);
    for (std::size_t other = 0; other < kChoiceFolds; ++other) {
      if (other != fold) others.add(moments_[other]);
    }
    for (const double penalty : kPenalties)
      parts.push_back(Ridge(others, penalty).solve(residuals.cross, residuals.sums));
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (folds_[i] != fold) continue;
      blend(std::span(memberships).subspan(i * families, families), means[fold], predicted);
      const auto outcomes = row_of(data_.right, rows_[i], models);
      losses[0] += loss_of(predicted, outcomes);
      for (std::size_t p = 0; p < parts.size(); ++p) {
        for (std::size_t m = 0; m < models; ++m) with_linear[m] = predicted[m] + parts[p].at(space_.row(rows_[i]), m);
        losses[p + 1] += loss_of(with_linear, outcomes);
      }
    }
  }
  for (std::size_t p = 0; p < losses.size(); ++p) {
    if (best_loss_ && losses[p] >= *best_loss_) continue;
    best_loss_ = losses[p];
    best_ = candidate;
    best_penalty_ = p == 0 ? 0 : kPenalties[p - 1];
  }
}

FittedPredictor PredictorFit::finish() const {
  FittedPredictor out;
  out.is_constant = best_.is_constant && best_penalty_ == 0;
  out.predictor = with_families(best_.centroids, data_.dim, best_.temperature);
  fit_means(out.predictor, best_);
  if (best_penalty_ > 0) fit_linear_part(out.predictor);
  return out;
}

void PredictorFit::fit_means(FamilyPredictor& p, const Candidate& candidate) const {
  Candidate soft = candidate;
  soft.is_constant = false;
  const std::vector<double> memberships = training_memberships_of(soft);
  FamilySums right(p.families, data_.models);
  FamilySums usd(p.families, data_.models);
  FamilySums prior(p.families, data_.models);
  std::vector<double> share(p.families, 0);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto of_row = std::span(memberships).subspan(i * p.families, p.families);
    right.add(of_row, row_of(data_.right, rows_[i], data_.models));
    usd.add(of_row, row_of(data_.usd, rows_[i], data_.models));
    if (!data_.prior.empty()) prior.add(of_row, row_of(data_.prior, rows_[i], data_.models));
    for (std::size_t f = 0; f < p.families; ++f) share[f] += of_row[f] / static_cast<double>(rows_.size());
  }
  const auto targets = targets_of(right, data_.prior.empty() ? nullptr : &prior, candidate.prior_share,
                                  overall_means(data_.right, data_.models));
  const std::vector<double> means = candidate.is_constant ? targets : right.shrunk(targets, kPseudoRows);
  const auto usd_targets = targets_of(usd, nullptr, 0, overall_means(data_.usd, data_.models));
  const std::vector<double> costs = candidate.is_constant ? usd_targets : usd.shrunk(usd_targets, kPseudoRows);
  for (std::size_t i = 0; i < means.size(); ++i) {
    p.right.push_back(static_cast<float>(std::min(std::max(means[i], 0.0), 1.0)));
    p.evidence.push_back(static_cast<float>(right.weights[i]));
    p.usd.push_back(std::isnan(costs[i]) ? -1.0F : static_cast<float>(costs[i]));
  }
  for (const double x : share) p.share.push_back(static_cast<float>(std::min(x, 1.0)));
}

/// Fits the linear part to what the predictor's means leave.
void PredictorFit::fit_linear_part(FamilyPredictor& p) const {
  const std::size_t models = data_.models;
  const std::size_t width = space_.width();
  Candidate soft = best_;
  soft.is_constant = false;
  const std::vector<double> memberships = training_memberships_of(soft);
  const std::vector<double> right(p.right.begin(), p.right.end());
  Residuals residuals(models, width);
  std::vector<double> predicted(models);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    blend(std::span(memberships).subspan(i * p.families, p.families), right, predicted);
    residuals.add(row_of(data_.right, rows_[i], models), predicted, space_.row(rows_[i]));
  }
  Moments all(width);
  for (const Moments& of_fold : moments_) all.add(of_fold);
  const LinearPart part = Ridge(all, best_penalty_).solve(residuals.cross, residuals.sums);
  p.weights = space_.widen(part.weights);
  p.intercept.assign(part.intercept.begin(), part.intercept.end());
}

}  // namespace signalbox
