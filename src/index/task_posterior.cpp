#include "index/task_posterior.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace signalbox {
namespace {

// Knowledge before any outcome; docs/policy.md has its origin.
constexpr double kDeviationBetweenTasks = .005;
constexpr double kDeviationBetweenModels = .01;
constexpr double kCorrectnessBetweenTasks = .04;
constexpr double kCorrectnessBetweenModels = .01;
constexpr double kOutcomeVariance = .25;  ///< The variance of two outcomes that join all others: one right, one wrong.
constexpr double kGuessWeight = 2;        ///< Degrees of freedom that a guessed variance is worth.
constexpr double kLeastShare = .05;       ///< The least share of a guessed variance; smaller estimates are chance.

/// Outcomes of one model on one task.
struct Cell {
  double count = 0;
  double mean = 0;      ///< The mean of the outcomes, or of their deviations.
  double squares = 0;   ///< Sum of the squares around the mean.
  double variance = 0;  ///< Variance of one outcome.
};

/// A quantity of each task and model, and the knowledge about it before any outcome.
struct Quantity {
  std::size_t models = 0;
  std::vector<Cell> cells;      ///< [tasks, models]; count 0 without an outcome.
  double outcome_variance = 0;  ///< Variance of one outcome within a task, over all cells.
  double centre = 0;            ///< Mean of all models.
  double centre_variance = 0;   ///< Sampling variance of `centre`.
  double between_tasks = 0;     ///< Variance of a model's true means over tasks: a guess.
  double between_models = 0;    ///< Variance of the models' true overall means: a guess.
  double lost = 1;              ///< Variances look smaller by this factor: the mean over models was subtracted.

  [[nodiscard]] static double noise(const Cell& cell) { return cell.variance / cell.count; }
};

/// Blends a guessed variance with an estimate by their precisions. noise: the sampling variance of the values that the
/// estimate comes from; large noise tells little.
double blend(double guess, double estimate, double freedom, double noise) {
  const double of_guess = kGuessWeight / (guess * guess);
  const double of_estimate = freedom / ((guess + noise) * (guess + noise));
  return std::max(kLeastShare * guess, (of_guess * guess + of_estimate * estimate) / (of_guess + of_estimate));
}

/// A model's overall mean, its tasks weighted by their precisions.
struct Overall {
  double mean = 0;
  double weight = 0;  ///< Inverse of its variance; 0 without an outcome.
};

Overall overall_mean(const Quantity& q, std::size_t model, double between_tasks) {
  Overall out;
  for (std::size_t i = model; i < q.cells.size(); i += q.models) {
    if (!(q.cells[i].count > 0)) continue;
    const double weight = 1 / (between_tasks + q.noise(q.cells[i]));
    out.weight += weight;
    out.mean += weight * q.cells[i].mean;
  }
  out.mean = out.weight > 0 ? out.mean / out.weight : q.centre;
  return out;
}

/// Estimates the variance of a model's true means over tasks: that of the observed means, less their sampling variance
/// (the moment estimator of DerSimonian and Laird, over all models).
double fit_between_tasks(const Quantity& q) {
  double squares = 0;
  double noise = 0;
  double total = 0;
  double freedom = 0;
  for (std::size_t m = 0; m < q.models; ++m) {
    const Overall overall = overall_mean(q, m, q.between_tasks);
    double measured = 0;
    for (std::size_t i = m; i < q.cells.size(); i += q.models) {
      const Cell& cell = q.cells[i];
      if (!(cell.count > 0)) continue;
      const double weight = 1 / (q.between_tasks + q.noise(cell));
      const double share = weight * (1 - weight / overall.weight);  // 0 for a single task
      squares += q.lost * weight * (cell.mean - overall.mean) * (cell.mean - overall.mean);
      noise += share * q.noise(cell);
      total += share;
      ++measured;
    }
    freedom += std::max(0.0, measured - 1) / q.lost;
  }
  if (!(freedom > 0)) return q.between_tasks;
  return blend(q.between_tasks, (squares - noise) / total, freedom, noise / total);
}

/// Estimates the variance of the models' true overall means in the same way.
double fit_between_models(const Quantity& q, std::span<const Overall> overall) {
  double squares = 0;
  double noise = 0;
  double total = 0;
  double measured = 0;
  for (const Overall& of_model : overall) {
    if (!(of_model.weight > 0)) continue;
    const double error = 1 / of_model.weight;
    const double weight = 1 / (q.between_models + error);
    squares += q.lost * weight * (of_model.mean - q.centre) * (of_model.mean - q.centre);
    noise += weight * error;
    total += weight;
    ++measured;
  }
  if (!(measured > 1)) return q.between_models;
  return blend(q.between_models, (squares - noise) / total, measured - 1, noise / total);
}

struct Moments {
  std::vector<double> mean;      ///< [tasks, models]
  std::vector<double> variance;  ///< [tasks, models]
};

/// Returns the posterior of every cell. Its prior is worth `strength` outcomes at the model's shrunk overall mean; for
/// right and wrong outcomes this is the Beta distribution.
Moments shrink(const Quantity& q) {
  const double between_tasks = fit_between_tasks(q);
  std::vector<Overall> overall;
  for (std::size_t m = 0; m < q.models; ++m) overall.push_back(overall_mean(q, m, between_tasks));
  const double between_models = fit_between_models(q, overall);
  Moments out;
  for (std::size_t i = 0; i < q.cells.size(); ++i) {
    const Overall& of_model = overall[i % q.models];
    const double evidence = between_models * of_model.weight;
    const double pull = evidence / (1 + evidence);
    const double prior = q.centre + pull * (of_model.mean - q.centre);
    const double prior_variance = between_models * (1 - pull) + q.centre_variance * (1 - pull) * (1 - pull);
    const Cell& cell = q.cells[i];
    if (!(cell.count > 0)) {
      out.mean.push_back(prior);
      out.variance.push_back(between_tasks + prior_variance);
      continue;
    }
    const double strength = cell.variance / between_tasks;
    const double total = strength + cell.count;
    const double share = strength / total;
    const double off = cell.mean - prior;
    const double of_outcome = share * cell.variance + (cell.squares + share * cell.count * off * off) / total;
    out.mean.push_back(cell.mean - share * off);
    out.variance.push_back(of_outcome / (total + 1) + share * share * prior_variance);
  }
  return out;
}

double squares_around_mean(double squares, double sum, double count) {
  return std::max(0.0, squares - sum * sum / count);
}

/// Returns the correctness itself. Two more rows keep models that were always right, or always wrong, from having no
/// variance.
Quantity correctness_of(const TaskTotals& totals, const RowSums& sums) {
  Quantity out;
  out.models = totals.models;
  out.cells.resize(totals.sums.size());
  for (std::size_t i = 0; i < out.cells.size(); ++i) {
    if (!(totals.counts[i] > 0)) continue;
    const double count = totals.counts[i];
    out.cells[i] = {count, totals.sums[i] / count, squares_around_mean(sums.squares[i], totals.sums[i], count)};
  }
  out.centre = sums.mean / sums.rows;
  out.outcome_variance = sums.square / sums.rows - out.centre * out.centre;
  for (Cell& cell : out.cells) cell.variance = out.outcome_variance;
  out.centre_variance = out.outcome_variance / (sums.rows + 1);
  out.between_tasks = kCorrectnessBetweenTasks;
  out.between_models = kCorrectnessBetweenModels;
  return out;
}

/// Returns whether a model has outcomes on all rows of the task, each beside the outcome of another model.
bool is_compared(const TaskTotals& totals, const RowSums& sums, std::size_t cell) {
  const std::size_t task = cell / totals.models;
  return totals.counts[cell] == static_cast<double>(totals.rows[task]) && sums.compared[task] == totals.rows[task];
}

/// Deviations from the difficulty of the task. Models that were measured on the same rows are compared there: the
/// difficulty of a row is not an error. If a model missed a row of the task, its outcomes count as independent.
Quantity deviation_of(const TaskTotals& totals, const RowSums& sums, const Quantity& correctness) {
  Quantity out = correctness;
  const std::vector<double> means = task_means(totals);
  std::vector<const double*> rows;
  for (std::size_t first = 0; first < means.size(); first += totals.models) rows.push_back(means.data() + first);
  const MeanSplit split = split_means(rows, totals.models, are_complete(rows, totals.models));
  double squares = 2 * kOutcomeVariance;
  double freedom = 2;
  for (std::size_t i = 0; i < out.cells.size(); ++i) {
    Cell& cell = out.cells[i];
    if (!(cell.count > 0)) continue;
    cell.mean = means[i] - split.difficulty[i / totals.models];
    if (is_compared(totals, sums, i)) {
      cell.squares = squares_around_mean(sums.off_squares[i], sums.off[i], cell.count);
    }
    squares += cell.squares;
    freedom += std::max(0.0, cell.count - 1);
  }
  out.outcome_variance = squares / freedom;
  // The pool is mostly of compared models, so it does not speak for the few outcomes of one that is not compared.
  for (std::size_t i = 0; i < out.cells.size(); ++i) {
    Cell& cell = out.cells[i];
    const double own = (2 * kOutcomeVariance + cell.squares) / (cell.count + 1);
    cell.variance = is_compared(totals, sums, i) ? out.outcome_variance : std::max(out.outcome_variance, own);
  }
  out.centre = 0;
  out.centre_variance = 0;
  out.between_tasks = kDeviationBetweenTasks;
  out.between_models = kDeviationBetweenModels;
  const auto models = static_cast<double>(totals.models);
  out.lost = models > 1 ? models / (models - 1) : 1;
  return out;
}

}  // namespace

TaskPosterior fit_posterior(const OutcomeView& outcomes, std::span<const std::uint16_t> row_tasks,
                            const TaskTotals& totals, std::span<const std::uint8_t> left_out,
                            const TaskScoreView& scores) {
  RowSums sums = sum_rows(outcomes, row_tasks, totals, left_out);
  add_scores(scores, sums);
  const Quantity of_correctness = correctness_of(totals, sums);
  Moments deviation = shrink(deviation_of(totals, sums, of_correctness));
  Moments correctness = shrink(of_correctness);
  // A missing mean is predicted by the other models' outcomes on the task, and not by the model's other tasks alone.
  for (std::size_t i = 0; i < correctness.variance.size(); ++i) {
    if (totals.counts[i] > 0) continue;
    const auto rows = static_cast<double>(totals.rows[i / totals.models]);
    correctness.variance[i] = deviation.variance[i] + of_correctness.outcome_variance / (rows + 1);
  }
  return {std::move(deviation.mean), std::move(deviation.variance), std::move(correctness.mean),
          std::move(correctness.variance)};
}

TaskMeanFacts facts_of(std::span<const double> means, std::size_t models, const TaskPosterior* posterior) {
  TaskMeanFacts out;
  std::vector<const double*> rows;
  out.are_posterior = posterior != nullptr;
  for (std::size_t first = 0; first < means.size(); first += models) {
    rows.push_back(means.data() + first);
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = first; i < first + models; ++i) {
      if (std::isnan(means[i])) continue;
      sum += means[i];
      ++count;
      if (out.are_posterior && posterior->correctness[i] != means[i]) out.are_posterior = false;
    }
    out.counts.push_back(static_cast<double>(count));
    out.centres.push_back(count > 0 ? sum / static_cast<double>(count) : 0);
  }
  out.are_complete = are_complete(rows, models);
  return out;
}

}  // namespace signalbox
