#include "routing/task_mixture.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "index/means.h"
#include "index/task_posterior.h"
#include "kernels/rows.h"
#include "routing/weights.h"

namespace signalbox {
namespace {

/// Returns the candidates among the first models that have a mean.
std::vector<std::size_t> measured_candidates(const TaskProfiles& profiles, std::span<const Exclusion> exclusions,
                                             std::size_t first_models) {
  std::vector<std::size_t> out;
  for (std::size_t m = 0; m < first_models; ++m) {
    if (exclusions[m] != Exclusion::kNone) continue;
    std::size_t i = m;
    while (i < profiles.means.size() && std::isnan(profiles.means[i])) i += profiles.models;
    if (i < profiles.means.size()) out.push_back(m);
  }
  return out;
}

/// The deviations of the candidates from the difficulty of each task with a mean.
class Deviations {
 public:
  /// Models that were added later do not count for the difficulty of a task, unless there are no others: what is
  /// expected of a model must not depend on them. Borrows everything.
  Deviations(const TaskProfiles& profiles, const TaskMeanFacts& facts, const MovedMeans& means,
             std::span<const Exclusion> exclusions)
      : rows_(means.rows()),
        models_(profiles.models),
        built_(profiles.models - profiles.added),
        exclusions_(exclusions) {
    counted_ = measured_candidates(profiles, exclusions, built_);
    if (counted_.empty()) {
      counted_ = measured_candidates(profiles, exclusions, models_);
      built_ = models_;
    }
    if (counted_.size() == models_) {
      split_ = split_means(rows_, models_, facts.are_complete);
      is_plain_ = facts.are_complete;
    } else {
      split_counted();
    }
  }

  /// Returns the difficulty of each task, the mean of the candidates; NaN if none of them has a mean.
  [[nodiscard]] const std::vector<double>& difficulty() const { return split_.difficulty; }

  /// Returns whether every deviation is a mean less the difficulty: every model counts, and no mean is missing.
  [[nodiscard]] bool is_plain() const { return is_plain_; }

  /// Writes the deviations in a task, [models]; 0 for models that are not candidates.
  void write(std::size_t task, double* out) const {
    const double* row = rows_[task];
    const double difficulty = split_.difficulty[task];
    if (is_plain_) return add_to_each(row, -difficulty, models_, out);
    std::fill_n(out, models_, 0.0);
    for (std::size_t i = 0; i < counted_.size(); ++i) {
      const double mean = row[counted_[i]];
      out[counted_[i]] = std::isnan(mean) ? split_.strength[i] : mean - difficulty;
    }
    for (std::size_t m = built_; m < models_; ++m) {
      const double off = row[m] - difficulty;
      if (exclusions_[m] == Exclusion::kNone && !std::isnan(off)) out[m] = off;
    }
  }

 private:
  void split_counted() {
    const std::size_t width = counted_.size();
    // Without a mean no task has a difficulty, as when the only task is held out.
    if (width == 0) {
      split_.difficulty.assign(rows_.size(), std::nan(""));
      return;
    }
    std::vector<double> means(rows_.size() * width);
    std::vector<const double*> rows;
    for (std::size_t k = 0; k < rows_.size(); ++k) {
      double* row = means.data() + k * width;
      for (std::size_t i = 0; i < width; ++i) row[i] = rows_[k][counted_[i]];
      rows.push_back(row);
    }
    split_ = split_means(rows, width, are_complete(rows, width));
  }

  std::span<const double* const> rows_;
  std::size_t models_;
  std::size_t built_;  ///< The models from this one on have no part in the difficulty.
  std::span<const Exclusion> exclusions_;
  std::vector<std::size_t> counted_;
  MeanSplit split_;
  bool is_plain_ = false;
};

/// Distance of the labels from a task, as a Gaussian log-likelihood (without its constant), and the mean deviation
/// there of the models that have labels: the labels' deviations are relative to it.
struct Fit {
  double log_likelihood = 0;
  double labelled_deviation = 0;
};

double total_of(const LabelMeans& labels) {
  double total = 0;
  for (const double n : labels.counts) total += n;
  return total;
}

/// Returns the mean deviation of the models that have labels, weighted by these.
double labelled_deviation(std::span<const double> deviation, const LabelMeans& labels, double total) {
  double out = 0;
  for (std::size_t m = 0; m < deviation.size(); ++m) out += labels.counts[m] * deviation[m] / total;
  return out;
}

Fit fit_task(std::span<const double> deviation, const LabelMeans& labels, const MixtureConstants& c) {
  Fit out;
  out.labelled_deviation = labelled_deviation(deviation, labels, total_of(labels));
  std::size_t labelled = 0;
  for (std::size_t m = 0; m < deviation.size(); ++m) {
    if (!(labels.counts[m] > 0)) continue;
    const double off = labels.relative[m] - (deviation[m] - out.labelled_deviation);
    out.log_likelihood -= off * off / (2 * c.deviation_variance * (1 / labels.counts[m] + 1 / c.prior_labels));
    ++labelled;
  }
  out.log_likelihood *= c.independent_models / static_cast<double>(labelled);
  return out;
}

/// Blends the deviations in a task, [models], with those of the labels: the expected ones on a new task like it.
void blend_with_labels(const LabelMeans& labels, double prior_labels, std::span<double> deviations) {
  const double total = total_of(labels);
  if (!(total > 0)) return;
  const double base = labelled_deviation(deviations, labels, total);
  for (std::size_t m = 0; m < deviations.size(); ++m) {
    const double n = labels.counts[m];
    if (n > 0) deviations[m] = (prior_labels * deviations[m] + n * (labels.relative[m] + base)) / (prior_labels + n);
  }
}

/// Labels as evidence of a task's difficulty.
struct Difficulty {
  double mean = 0;   ///< Mean of all labels of the candidates.
  double count = 0;  ///< Mean number of labels of the models that have any.
  double pull = 0;   ///< Share of the way from a benchmark task's difficulty to that of the labels.
};

Difficulty difficulty_of(const LabelMeans& labels, const MixtureConstants& c) {
  Difficulty out;
  const double total = total_of(labels);
  if (!(total > 0) || !labels.tells_difficulty) return out;
  for (std::size_t m = 0; m < labels.counts.size(); ++m) out.mean += labels.counts[m] * labels.means[m] / total;
  const auto labelled = std::count_if(labels.counts.begin(), labels.counts.end(), [](double n) { return n > 0; });
  out.count = total / static_cast<double>(labelled);
  out.pull = c.difficulty_variance / (c.difficulty_variance + c.difficulty_noise / out.count);
  return out;
}

/// Moments of the models' correctness over the tasks, [models] each.
struct Spreads {
  std::vector<double> mean;
  std::vector<double> square;
  std::vector<double> sampling;  ///< Variances.
  std::vector<double> shift;     ///< Shift of the centre, from the means to those of the posterior.
};

/// Weights of tasks, and their difficulties.
struct Weighed {
  std::vector<double> weights;
  std::vector<double> difficulty;
};

/// Returns the tasks as they count for the correctness itself: for that the difficulty of a task is evidence, too.
Weighed weigh_difficulty(std::vector<double> weights, std::vector<double> difficulty, const std::vector<Fit>& fits,
                         const Difficulty& seen, const MixtureConstants& c) {
  Weighed out{std::move(weights), std::move(difficulty)};
  if (!(seen.count > 0)) return out;
  std::vector<double> exponents(out.weights.size(), 0);
  for (std::size_t s = 0; s < exponents.size(); ++s) {
    if (!(out.weights[s] > 0)) continue;
    const double off = seen.mean - (out.difficulty[s] + fits[s].labelled_deviation);
    exponents[s] = -off * off / (2 * (c.difficulty_variance + c.difficulty_noise / seen.count));
    out.difficulty[s] += seen.pull * off;
  }
  reweight(out.weights, exponents);
  return out;
}

/// Turns the posterior of a task into how far it shifts the means, by its share, and adds the shifts by a weight. A
/// mean that is NaN shifts nothing.
void shift_by_share(const double* means, const std::vector<double>& shares, double weight,
                    std::vector<double>& posterior, std::vector<double>& sums) {
  for (std::size_t m = 0; m < shares.size(); ++m) {
    const double off = posterior[m] - means[m];
    const double known = std::isnan(off) ? 0 : off;
    posterior[m] = shares[m] * known;
    sums[m] += weight * shares[m] * known;
  }
}

/// Adds expected correctness and its interval.
void add_correctness(const TaskProfiles& profiles, const Weighed& tasks, const Spreads& spreads, const Difficulty& seen,
                     const MixtureConstants& c, TaskMixture& out) {
  double expected = 0;
  for (std::size_t s = 0; s < tasks.weights.size(); ++s) {
    expected += tasks.weights[s] > 0 ? tasks.weights[s] * tasks.difficulty[s] : 0;
  }
  // The best model cannot be right more often than always: the task must be harder. Clamping the sum of each model
  // instead would make the best ones equal.
  const auto built_end = out.relative.end() - static_cast<std::ptrdiff_t>(profiles.added);
  expected = std::min(expected, 1 - *std::max_element(out.relative.begin(), built_end));
  constexpr double kZ = 1.959963984540054;  // 97.5% quantile of the normal distribution
  for (std::size_t m = 0; m < out.relative.size(); ++m) {
    const double mean = spreads.mean[m];
    const double shift = spreads.shift[m];
    const double variance = std::max(0.0, spreads.square[m] - mean * mean) + spreads.sampling[m] +
                            c.difficulty_variance * (1 - seen.pull) + c.model_variance / out.evidence[m];
    const double half = kZ * std::sqrt(variance);
    const double centre = expected + out.relative[m];  // In the same order as `relative`.
    out.correctness[m] = std::clamp(centre, 0.0, 1.0);
    // Few outcomes move the interval toward the prior; it never leaves the prediction out.
    out.intervals[m] = {std::clamp(centre + std::min(0.0, shift - half), 0.0, 1.0),
                        std::clamp(centre + std::max(0.0, shift + half), 0.0, 1.0)};
  }
}

/// Writes the posterior's deviations of the tasks with a weight, as the labels blend them, and their variances.
void blend_posterior(const MovedPosterior& posterior, const LabelMeans& labels, double prior_labels, TaskMixture& out) {
  const std::size_t models = out.relative.size();
  out.task_relative.assign(out.weights.size() * models, 0);
  out.task_variance = out.task_relative;
  for (std::size_t s = 0; s < out.weights.size(); ++s) {
    if (!(out.weights[s] > 0)) continue;
    const std::span deviation = std::span(out.task_relative).subspan(s * models, models);
    double* variance = out.task_variance.data() + s * models;
    for (std::size_t m = 0; m < models; ++m) {
      const double prior_share = prior_labels / out.evidence[m];
      deviation[m] = posterior.deviation(s, m);
      variance[m] = posterior.deviation_variance(s, m) * (prior_share * prior_share);
    }
    blend_with_labels(labels, prior_labels, deviation);
  }
}

}  // namespace

LabelMeans label_means(std::span<const float> outcomes, std::span<const Exclusion> exclusions,
                       const MixtureConstants& constants) {
  const std::size_t models = exclusions.size();
  LabelMeans out{std::vector<double>(models, 0), std::vector<double>(models, 0), std::vector<double>(models, 0)};
  const auto counts = [&](std::size_t i) {
    return exclusions[i % models] == Exclusion::kNone && !std::isnan(outcomes[i]);
  };
  double total = 0;
  double sum = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!counts(i)) continue;
    out.means[i % models] += static_cast<double>(outcomes[i]);
    ++out.counts[i % models];
    sum += static_cast<double>(outcomes[i]);
    ++total;
  }
  if (!(total > 0)) return out;
  const double prior = constants.difficulty_outcomes;
  for (std::size_t first = 0; first < outcomes.size(); first += models) {
    double of_label = prior * sum / total;
    double count = prior;
    for (std::size_t i = first; i < first + models; ++i) {
      if (!counts(i)) continue;
      of_label += static_cast<double>(outcomes[i]);
      ++count;
    }
    for (std::size_t i = first; i < first + models; ++i) {
      if (counts(i)) out.relative[i % models] += static_cast<double>(outcomes[i]) - of_label / count;
    }
  }
  double centre = 0;
  for (const double x : out.relative) centre += x / total;
  for (std::size_t m = 0; m < models; ++m) {
    if (!(out.counts[m] > 0)) continue;
    out.means[m] /= out.counts[m];
    out.relative[m] = out.relative[m] / out.counts[m] - centre;
  }
  return out;
}

TaskMixture mix_tasks(const TaskProfiles& profiles, std::span<const double> votes, const LabelMeans& labels,
                      std::span<const Exclusion> exclusions, const MixtureConstants& constants, double offset) {
  const std::size_t models = profiles.models;
  const TaskMeanFacts facts =
      profiles.facts != nullptr ? *profiles.facts : facts_of(profiles.means, models, profiles.posterior);
  const MovedMeans means(profiles, facts, offset);
  const Deviations deviations(profiles, facts, means, exclusions);
  const bool labelled = total_of(labels) > 0;
  TaskMixture out;
  out.weights.assign(votes.size(), 0);
  std::vector<double> difficulty(votes.size(), std::nan(""));
  std::vector<Fit> fits(votes.size());
  std::vector<double> exponents(votes.size(), 0);
  std::vector<double> relative(models);  // The deviations in one task.
  for (std::size_t k = 0; k < means.tasks().size(); ++k) {
    const std::size_t s = means.tasks()[k];
    difficulty[s] = deviations.difficulty()[k];
    if (std::isnan(difficulty[s])) continue;
    out.weights[s] = votes[s];
    if (!labelled) continue;
    deviations.write(k, relative.data());
    fits[s] = fit_task(relative, labels, constants);
    exponents[s] = fits[s].log_likelihood;
  }
  if (std::none_of(out.weights.begin(), out.weights.end(), [](double w) { return w > 0; })) {
    for (std::size_t s = 0; s < fits.size(); ++s) out.weights[s] = std::isnan(difficulty[s]) ? 0 : 1;
  }
  reweight(out.weights, exponents);
  out.effective_tasks = effective_count(out.weights);

  out.relative.assign(models, 0);
  out.correctness.assign(models, 0);
  out.intervals.resize(models);
  out.evidence.assign(models, constants.prior_labels);
  out.difference_variance = constants.difference_variance;
  for (std::size_t m = 0; m < models; ++m) out.evidence[m] += labels.counts[m];
  std::vector<double> prior_shares;
  for (const double evidence : out.evidence) prior_shares.push_back(constants.prior_labels / evidence);
  const Difficulty seen = difficulty_of(labels, constants);
  const Weighed tasks = weigh_difficulty(out.weights, std::move(difficulty), fits, seen, constants);
  if (profiles.posterior != nullptr) out.posterior.emplace(profiles, facts, offset);
  else out.task_relative.assign(votes.size() * models, 0);
  const std::vector<double> zeros(models, 0);
  Spreads spreads{zeros, zeros, zeros, zeros};
  std::vector<double> shifts = zeros;
  std::vector<double> variances = zeros;
  for (std::size_t k = 0; k < means.tasks().size(); ++k) {
    const std::size_t s = means.tasks()[k];
    if (!(out.weights[s] > 0)) continue;
    const double* values = means.rows()[k];
    double less = deviations.difficulty()[k];
    if (labelled || !deviations.is_plain()) {
      deviations.write(k, relative.data());
      blend_with_labels(labels, constants.prior_labels, relative);
      values = relative.data();
      less = 0;
    }
    if (out.posterior) {
      out.posterior->correctness_variance(s, variances.data());
      if (!facts.are_posterior) {
        out.posterior->correctness(s, shifts.data());
        shift_by_share(means.rows()[k], prior_shares, tasks.weights[s], shifts, spreads.shift);
      }
    } else {
      for (std::size_t m = 0; m < models; ++m) out.task_relative[s * models + m] = values[m] - less;
    }
    add_weighed_row({values, less, tasks.difficulty[s], shifts.data(), prior_shares.data(), variances.data()},
                    out.weights[s], tasks.weights[s], models,
                    {out.relative.data(), spreads.mean.data(), spreads.square.data(), spreads.sampling.data()});
  }
  add_correctness(profiles, tasks, spreads, seen, constants, out);
  if (!out.posterior || !labelled) return out;
  blend_posterior(*out.posterior, labels, constants.prior_labels, out);
  out.posterior.reset();
  return out;
}

double probability_better(const TaskMixture& mixture, std::size_t first, std::size_t second, double ahead) {
  const std::size_t models = mixture.relative.size();
  const double of_new_task =
      mixture.difference_variance / 2 * (1 / mixture.evidence[first] + 1 / mixture.evidence[second]);
  double sum = 0;
  for (std::size_t s = 0; s < mixture.weights.size(); ++s) {
    if (!(mixture.weights[s] > 0)) continue;
    double deviations[2] = {};
    double variances[2] = {};
    const std::size_t pair[2] = {first, second};
    for (std::size_t i = 0; i < 2; ++i) {
      if (mixture.posterior) {
        deviations[i] = mixture.posterior->deviation(s, pair[i]);
        variances[i] = mixture.posterior->deviation_variance(s, pair[i]);
        continue;
      }
      deviations[i] = mixture.task_relative[s * models + pair[i]];
      if (!mixture.task_variance.empty()) variances[i] = mixture.task_variance[s * models + pair[i]];
    }
    const double variance = of_new_task + (variances[0] + variances[1]);
    const double z = (deviations[0] - deviations[1] + ahead) / std::sqrt(variance);
    sum += mixture.weights[s] * .5 * std::erfc(-z / std::sqrt(2.0));
  }
  return std::min(1.0, sum);
}

}  // namespace signalbox
