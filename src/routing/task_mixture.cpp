#include "routing/task_mixture.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "index/means.h"
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

/// Splits the means of some models; the others have the deviation 0.
MeanSplit split_models(const TaskProfiles& profiles, const std::vector<std::size_t>& models) {
  if (models.size() == profiles.models) return split_means(profiles.means, profiles.models);
  // Without a mean no task has a difficulty, as when the only task is held out.
  if (models.empty()) {
    return {std::vector<double>(profiles.tasks(), std::nan("")), std::vector<double>(profiles.means.size(), 0)};
  }
  std::vector<double> means;
  means.reserve(profiles.tasks() * models.size());
  for (std::size_t first = 0; first < profiles.means.size(); first += profiles.models) {
    for (const std::size_t m : models) means.push_back(profiles.means[first + m]);
  }
  const MeanSplit split = split_means(means, models.size());
  MeanSplit out{split.difficulty, std::vector<double>(profiles.means.size(), 0)};
  for (std::size_t i = 0; i < split.deviation.size(); ++i) {
    out.deviation[i / models.size() * profiles.models + models[i % models.size()]] = split.deviation[i];
  }
  return out;
}

/// Splits the means of the candidates. Models that were added later do not count for the difficulty of a task, unless
/// there are no others: what is expected of a model must not depend on them.
MeanSplit split_candidates(const TaskProfiles& profiles, std::span<const Exclusion> exclusions) {
  const std::size_t models = profiles.models;
  const std::size_t built = models - profiles.added;
  const std::vector<std::size_t> counted = measured_candidates(profiles, exclusions, built);
  if (counted.empty()) return split_models(profiles, measured_candidates(profiles, exclusions, models));
  MeanSplit out = split_models(profiles, counted);
  for (std::size_t m = built; m < models; ++m) {
    if (exclusions[m] != Exclusion::kNone) continue;
    for (std::size_t s = 0; s < out.difficulty.size(); ++s) {
      const double off = profiles.means[s * models + m] - out.difficulty[s];
      if (!std::isnan(off)) out.deviation[s * models + m] = off;
    }
  }
  return out;
}

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

/// Blends deviations, [tasks, models], with those of the labels: the expected deviations on a new task like each one.
std::vector<double> blend_with_labels(std::vector<double> deviations, const LabelMeans& labels, double prior_labels) {
  const std::size_t models = labels.counts.size();
  const double total = total_of(labels);
  if (!(total > 0)) return deviations;
  for (std::size_t at = 0; at < deviations.size(); at += models) {
    const std::span of_task = std::span(deviations).subspan(at, models);
    const double base = labelled_deviation(of_task, labels, total);
    for (std::size_t m = 0; m < models; ++m) {
      const double n = labels.counts[m];
      if (n > 0) of_task[m] = (prior_labels * of_task[m] + n * (labels.relative[m] + base)) / (prior_labels + n);
    }
  }
  return deviations;
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

/// Adds expected correctness and its interval. For these a task's difficulty counts as evidence, too. relative: [tasks,
/// models] expected deviations.
void add_correctness(const TaskProfiles& profiles, const MeanSplit& split, std::span<const double> relative,
                     const std::vector<Fit>& fits, const Difficulty& seen, const MixtureConstants& c,
                     TaskMixture& out) {
  const std::size_t models = out.relative.size();
  std::vector<double> weights = out.weights;
  std::vector<double> difficulty = split.difficulty;
  if (seen.count > 0) {
    std::vector<double> exponents(weights.size(), 0);
    for (std::size_t s = 0; s < weights.size(); ++s) {
      if (!(weights[s] > 0)) continue;
      const double off = seen.mean - (difficulty[s] + fits[s].labelled_deviation);
      exponents[s] = -off * off / (2 * (c.difficulty_variance + c.difficulty_noise / seen.count));
      difficulty[s] += seen.pull * off;
    }
    reweight(weights, exponents);
  }
  double expected = 0;
  for (std::size_t s = 0; s < weights.size(); ++s) expected += weights[s] > 0 ? weights[s] * difficulty[s] : 0;
  // The best model cannot be right more often than always: the task must be harder. Clamping the sum of each model
  // instead would make the best ones equal.
  const auto built_end = out.relative.end() - static_cast<std::ptrdiff_t>(profiles.added);
  expected = std::min(expected, 1 - *std::max_element(out.relative.begin(), built_end));
  const std::vector<double> zeros(models, 0);
  Spreads spreads{zeros, zeros, zeros, zeros};
  std::vector<double> prior_shares;
  for (const double evidence : out.evidence) prior_shares.push_back(c.prior_labels / evidence);
  std::vector<double> values(models);
  for (std::size_t s = 0; s < weights.size(); ++s) {
    if (!(weights[s] > 0)) continue;
    const std::size_t first = s * models;
    add_to_each(relative.data() + first, difficulty[s], models, values.data());
    if (profiles.posterior != nullptr) {
      const TaskPosterior& posterior = *profiles.posterior;
      add_posterior({profiles.means.data() + first, posterior.correctness.data() + first,
                     posterior.correctness_variance.data() + first, prior_shares.data()},
                    weights[s], models, {values.data(), spreads.shift.data(), spreads.sampling.data()});
    }
    add_moments(values.data(), weights[s], models, spreads.mean.data(), spreads.square.data());
  }
  constexpr double kZ = 1.959963984540054;  // 97.5% quantile of the normal distribution
  for (std::size_t m = 0; m < models; ++m) {
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
                      std::span<const Exclusion> exclusions, const MixtureConstants& constants, TaskPosterior* spent) {
  const std::size_t models = profiles.models;
  MeanSplit split = split_candidates(profiles, exclusions);
  const bool labelled = total_of(labels) > 0;
  TaskMixture out;
  out.weights.assign(votes.begin(), votes.end());
  std::vector<Fit> fits(profiles.tasks());
  std::vector<double> exponents(profiles.tasks(), 0);
  for (std::size_t s = 0; s < fits.size(); ++s) {
    if (std::isnan(split.difficulty[s])) out.weights[s] = 0;
    if (!labelled) continue;
    fits[s] = fit_task(std::span(split.deviation).subspan(s * models, models), labels, constants);
    exponents[s] = fits[s].log_likelihood;
  }
  if (std::none_of(out.weights.begin(), out.weights.end(), [](double w) { return w > 0; })) {
    for (std::size_t s = 0; s < fits.size(); ++s) out.weights[s] = std::isnan(split.difficulty[s]) ? 0 : 1;
  }
  reweight(out.weights, exponents);
  out.effective_tasks = effective_count(out.weights);

  out.relative.assign(models, 0);
  out.correctness.assign(models, 0);
  out.intervals.resize(models);
  out.evidence.assign(models, constants.prior_labels);
  out.difference_variance = constants.difference_variance;
  for (std::size_t m = 0; m < models; ++m) out.evidence[m] += labels.counts[m];
  std::vector<double> relative = blend_with_labels(std::move(split.deviation), labels, constants.prior_labels);
  for (std::size_t s = 0; s < fits.size(); ++s) {
    if (out.weights[s] > 0) add_weighted(relative.data() + s * models, out.weights[s], models, out.relative.data());
  }
  add_correctness(profiles, split, relative, fits, difficulty_of(labels, constants), constants, out);
  if (profiles.posterior == nullptr) {
    out.task_relative = std::move(relative);
    return out;
  }
  const auto taken = [&](std::vector<double> TaskPosterior::*field) -> std::vector<double> {
    if (spent != nullptr) return std::move(spent->*field);
    return profiles.posterior->*field;
  };
  out.task_relative = blend_with_labels(taken(&TaskPosterior::deviation), labels, constants.prior_labels);
  out.task_variance = taken(&TaskPosterior::deviation_variance);
  for (std::size_t m = 0; m < models; ++m) {
    const double prior_share = constants.prior_labels / out.evidence[m];
    if (prior_share == 1) continue;
    for (std::size_t i = m; i < out.task_variance.size(); i += models)
      out.task_variance[i] *= prior_share * prior_share;
  }
  return out;
}

double probability_better(const TaskMixture& mixture, std::size_t first, std::size_t second, double ahead) {
  const std::size_t models = mixture.relative.size();
  const double of_new_task =
      mixture.difference_variance / 2 * (1 / mixture.evidence[first] + 1 / mixture.evidence[second]);
  double sum = 0;
  for (std::size_t s = 0; s < mixture.weights.size(); ++s) {
    const double* of_task = mixture.task_relative.data() + s * models;
    double variance = of_new_task;
    if (!mixture.task_variance.empty()) {
      variance += mixture.task_variance[s * models + first] + mixture.task_variance[s * models + second];
    }
    const double z = (of_task[first] - of_task[second] + ahead) / std::sqrt(variance);
    sum += mixture.weights[s] * .5 * std::erfc(-z / std::sqrt(2.0));
  }
  return std::min(1.0, sum);
}

}  // namespace signalbox
