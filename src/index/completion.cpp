#include "index/completion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "index/means.h"
#include "index/task_posterior.h"

namespace signalbox {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kMostTurns = 60;
constexpr double kStill = 1e-9;  ///< Largest change of a strength in the last turn.

double logit(double p) { return std::log(p / (1 - p)); }
double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double bounded(double p) { return std::clamp(p, .01, .99); }

/// A measured mean, as a logit.
struct Cell {
  std::size_t task = 0;
  std::size_t model = 0;
  double evidence = 0;
  double logit = 0;
};

std::vector<Cell> cells_of(const TaskTotals& totals, double cell_prior) {
  std::vector<Cell> out;
  for (std::size_t i = 0; i < totals.counts.size(); ++i) {
    const double n = totals.counts[i];
    if (!(n > 0)) continue;
    out.push_back(
        {i / totals.models, i % totals.models, n / (n + cell_prior), logit(bounded((totals.sums[i] + .5) / (n + 1)))});
  }
  return out;
}

std::vector<std::size_t> measured_tasks(const TaskTotals& totals) {
  std::vector<std::size_t> out(totals.models, 0);
  for (std::size_t i = 0; i < totals.counts.size(); ++i) out[i % totals.models] += totals.counts[i] > 0 ? 1 : 0;
  return out;
}

/// Returns the weights of tasks with outcomes, 1 on average over them, and 0 for the others.
std::vector<double> scaled_weights(const TaskTotals& totals, std::span<const double> weights) {
  std::vector<double> out(totals.tasks(), 0);
  double sum = 0;
  double known = 0;
  for (std::size_t s = 0; s < out.size(); ++s) {
    const auto of_task = std::span(totals.counts).subspan(s * totals.models, totals.models);
    if (std::none_of(of_task.begin(), of_task.end(), [](double n) { return n > 0; })) continue;
    out[s] = weights.empty() ? 1 : weights[s];
    sum += out[s];
    ++known;
  }
  if (sum > 0) {
    for (double& w : out) w = w * known / sum;
    return out;
  }
  return weights.empty() ? out : scaled_weights(totals, {});
}

/// Returns whether each model with an outcome has one on every task with outcomes.
bool is_complete(const TaskTotals& totals, const std::vector<std::size_t>& measured) {
  const std::size_t most = *std::max_element(measured.begin(), measured.end());
  std::size_t known = 0;
  for (std::size_t s = 0; s < totals.tasks(); ++s) {
    const auto of_task = std::span(totals.counts).subspan(s * totals.models, totals.models);
    known += std::any_of(of_task.begin(), of_task.end(), [](double n) { return n > 0; }) ? 1 : 0;
  }
  return most == known &&
         std::all_of(measured.begin(), measured.end(), [&](std::size_t n) { return n == 0 || n == known; });
}

/// The model of rank 1: see complete_tasks.
class Fit {
 public:
  Fit(const TaskTotals& totals, const std::vector<std::size_t>& measured, const std::vector<double>& weights,
      const MixtureConstants& constants);

  [[nodiscard]] double fitted(std::size_t task, std::size_t model) const {
    return levels_[task] + slopes_[task] * strengths_[model];
  }
  [[nodiscard]] double slope(std::size_t task) const { return slopes_[task]; }
  [[nodiscard]] const std::vector<Cell>& cells() const { return cells_; }

  /// Returns the variance of the residuals.
  [[nodiscard]] double residual_variance() const;
  /// Returns the precision of each strength, for residuals of variance 1.
  [[nodiscard]] std::vector<double> precisions() const;

 private:
  double fit_strengths();
  void fit_tasks();
  [[nodiscard]] double spread() const;

  const std::vector<std::size_t>& measured_;
  const std::vector<double>& weights_;
  const MixtureConstants& constants_;
  std::vector<Cell> cells_;
  std::vector<double> levels_;
  std::vector<double> slopes_;
  std::vector<double> strengths_;
  double known_models_ = 0;
};

Fit::Fit(const TaskTotals& totals, const std::vector<std::size_t>& measured, const std::vector<double>& weights,
         const MixtureConstants& constants)
    : measured_(measured),
      weights_(weights),
      constants_(constants),
      cells_(cells_of(totals, constants.cell_prior)),
      levels_(totals.tasks(), 0),
      slopes_(totals.tasks(), 1),
      strengths_(totals.models, 0) {
  for (const std::size_t n : measured_) known_models_ += n > 0 ? 1 : 0;
  fit_tasks();
  for (int turn = 0; turn < kMostTurns; ++turn) {
    const double moved = fit_strengths();
    fit_tasks();
    if (moved < kStill) break;
  }
}

/// Returns the largest change of a strength.
double Fit::fit_strengths() {
  std::vector<double> sums(strengths_.size(), 0);
  std::vector<double> precisions(strengths_.size(), constants_.strength_prior);
  // One pass for both, by pointers, since this takes much of the time that opening an index takes: a build for size
  // calls a function for each index of a vector.
  const double* const slopes = slopes_.data();
  const double* const weights = weights_.data();
  const double* const levels = levels_.data();
  double* const sums_of = sums.data();
  double* const precisions_of = precisions.data();
  for (const Cell& c : cells_) {
    const double slope = slopes[c.task];
    const double leverage = weights[c.task] * c.evidence * slope;
    sums_of[c.model] += leverage * (c.logit - levels[c.task]);
    precisions_of[c.model] += leverage * slope;
  }
  double centre = 0;
  for (std::size_t m = 0; m < sums.size(); ++m) {
    sums[m] = precisions[m] > 0 ? sums[m] / precisions[m] : 0;
    centre += sums[m] / known_models_;
  }
  double moved = 0;
  for (std::size_t m = 0; m < sums.size(); ++m) {
    if (measured_[m] == 0) continue;
    moved = std::max(moved, std::abs(sums[m] - centre - strengths_[m]));
    strengths_[m] = sums[m] - centre;
  }
  return moved;
}

double Fit::spread() const {
  double out = 0;
  for (const double t : strengths_) out += t * t / known_models_;  // They sum to 0.
  return out;
}

void Fit::fit_tasks() {
  const double prior = constants_.slope_prior * spread();
  const double* const strengths = strengths_.data();
  const Cell* const last = cells_.data() + cells_.size();
  for (const Cell* first = cells_.data(); first != last;) {
    const std::size_t task = first->task;
    const Cell* end = first;
    double total = 0;
    double z = 0;
    double t = 0;
    for (; end != last && end->task == task; ++end) {
      total += end->evidence;
      z += end->evidence * end->logit;
      t += end->evidence * strengths[end->model];
    }
    z /= total;
    t /= total;
    double tt = prior;
    double tz = prior;
    for (; first != end; ++first) {
      const double off = strengths[first->model] - t;
      tt += first->evidence * off * off;
      tz += first->evidence * off * (first->logit - z);
    }
    slopes_[task] = tt > 0 ? std::clamp(tz / tt, constants_.least_slope, constants_.most_slope) : 1;
    levels_[task] = z - slopes_[task] * t;
  }
}

double Fit::residual_variance() const {
  double squares = 0;
  double total = 0;
  for (const Cell& c : cells_) {
    const double off = c.logit - fitted(c.task, c.model);
    squares += weights_[c.task] * c.evidence * off * off;
    total += weights_[c.task] * c.evidence;
  }
  return squares / total;
}

std::vector<double> Fit::precisions() const {
  std::vector<double> out(strengths_.size(), constants_.strength_prior);
  for (const Cell& c : cells_) out[c.model] += weights_[c.task] * c.evidence * slopes_[c.task] * slopes_[c.task];
  return out;
}

/// Adds the levels: means over the models that have an outcome. logits: [tasks, models].
void add_levels(const std::vector<double>& logits, TaskEstimates& out) {
  const std::size_t models = out.measured.size();
  out.levels.assign(logits.size() / models, kNan);
  for (std::size_t s = 0; s < out.levels.size(); ++s) {
    double sum = 0;
    double count = 0;
    for (std::size_t m = 0; m < models; ++m) {
      if (std::isnan(out.means[s * models + m])) continue;
      sum += logits[s * models + m];
      ++count;
    }
    if (count > 0) out.levels[s] = sum / count;
  }
}

/// Adds means and posterior of completed cells, whose logits are `logits` [tasks, models].
void add_completed(const TaskTotals& totals, const Fit& fit, const std::vector<double>& logits, double cell_prior,
                   TaskEstimates& out) {
  const std::size_t models = totals.models;
  const double residual = fit.residual_variance();
  const std::vector<double> precisions = fit.precisions();
  out.means.assign(logits.size(), kNan);
  out.posterior = {std::vector<double>(logits.size(), 0), std::vector<double>(logits.size(), 0),
                   std::vector<double>(logits.size(), 0), std::vector<double>(logits.size(), 0)};
  for (std::size_t first = 0; first < logits.size(); first += models) {
    if (std::isnan(logits[first])) continue;
    const double slope = fit.slope(first / models);
    double sum = 0;
    double count = 0;
    for (std::size_t m = 0; m < models; ++m) {
      const std::size_t i = first + m;
      const double p = logistic(logits[i]);
      const double missing = totals.counts[i] > 0 ? cell_prior / (totals.counts[i] + cell_prior) : 1;
      const double of_strength = precisions[m] > 0 ? residual / precisions[m] : 0;
      const double of_logit = residual * missing + slope * slope * missing * missing * of_strength;
      out.posterior.correctness[i] = p;
      out.posterior.correctness_variance[i] = p * p * (1 - p) * (1 - p) * of_logit;
      if (out.measured[m] == 0) continue;
      out.means[i] = p;
      sum += p;
      ++count;
    }
    for (std::size_t i = first; i < first + models; ++i)
      out.posterior.deviation[i] = out.posterior.correctness[i] - sum / count;
  }
  out.posterior.deviation_variance = out.posterior.correctness_variance;
}

}  // namespace

TaskEstimates complete_tasks(const TaskTotals& totals, std::span<const double> weights,
                             const MixtureConstants& constants) {
  TaskEstimates out;
  out.measured = measured_tasks(totals);
  out.weights = scaled_weights(totals, weights);
  const Fit fit(totals, out.measured, out.weights, constants);
  std::vector<double> logits(totals.counts.size(), kNan);
  for (const Cell& c : fit.cells()) {
    // The first cell of a task completes it.
    const std::size_t first = c.task * totals.models;
    for (std::size_t m = 0; m < totals.models && std::isnan(logits[first + m]); ++m)
      logits[first + m] = fit.fitted(c.task, m);
    double& of_cell = logits[first + c.model];
    of_cell += c.evidence * (c.logit - of_cell);
  }
  add_completed(totals, fit, logits, constants.cell_prior, out);
  add_levels(logits, out);
  return out;
}

TaskEstimates estimate_tasks(const OutcomeView& outcomes, std::span<const std::uint16_t> row_tasks,
                             const TaskTotals& totals, const TaskScoreView& scores, std::span<const double> weights,
                             const MixtureConstants& constants, std::span<const std::uint8_t> left_out) {
  TaskEstimates out;
  out.measured = measured_tasks(totals);
  if (!is_complete(totals, out.measured)) return complete_tasks(totals, weights, constants);
  out.weights = scaled_weights(totals, weights);
  out.means = task_means(totals);
  out.posterior = fit_posterior(outcomes, row_tasks, totals, left_out, scores);
  std::vector<double> logits = out.means;
  for (double& x : logits) x = logit(bounded(x));
  add_levels(logits, out);
  return out;
}

}  // namespace signalbox
