#include "routing/task_mixture.h"

#include <algorithm>
#include <cmath>

namespace signalbox {
namespace {

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

/// Scales weights to a sum of 1, unless all are 0.
void scale_to_sum_one(std::vector<double>& weights) {
  double sum = 0;
  for (const double w : weights) sum += w;
  for (double& w : weights) w /= sum > 0 ? sum : 1;
}

/// Multiplies weights by exp(exponents), safe against underflow of all of them; they sum to 1 again.
void reweight(std::vector<double>& weights, const std::vector<double>& exponents) {
  double largest = -HUGE_VAL;
  for (std::size_t s = 0; s < weights.size(); ++s) {
    if (weights[s] > 0) largest = std::max(largest, exponents[s]);
  }
  for (std::size_t s = 0; s < weights.size(); ++s) {
    weights[s] = weights[s] > 0 ? weights[s] * std::exp(exponents[s] - largest) : 0;
  }
  scale_to_sum_one(weights);
}

double effective_count(const std::vector<double>& weights) {
  double squared = 0;
  for (const double w : weights) squared += w * w;
  return 1 / squared;
}

/// Accuracies of the candidates by task, split into the task's difficulty and each model's deviation from it. The
/// deviations of a task sum to 0.
struct Split {
  std::vector<double> difficulty;  ///< [tasks] expected mean of all candidates; NaN if none was measured.
  std::vector<double> deviation;   ///< [tasks, models]
};

/// Returns the means of the candidates; NaN for excluded models.
std::vector<double> candidate_means(const TaskProfiles& profiles, std::span<const Exclusion> exclusions) {
  std::vector<double> out(profiles.means.begin(), profiles.means.end());
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (exclusions[i % profiles.models] != Exclusion::kNone) out[i] = std::nan("");
  }
  return out;
}

/// Takes one turn of least squares for mean = difficulty of the task + strength of the model: the difficulties for
/// given strengths, then the strengths, which sum to 0. A model without a mean has none. Returns the largest change of
/// a strength.
double take_turn(const std::vector<double>& means, std::vector<double>& difficulty, std::vector<double>& strength) {
  const std::size_t models = strength.size();
  const std::vector<double> before = strength;
  for (std::size_t s = 0; s < difficulty.size(); ++s) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t m = 0; m < models; ++m) {
      if (std::isnan(means[s * models + m])) continue;
      sum += means[s * models + m] - strength[m];
      ++count;
    }
    difficulty[s] = count > 0 ? sum / static_cast<double>(count) : std::nan("");
  }
  double total = 0;
  std::size_t measured = 0;
  for (std::size_t m = 0; m < models; ++m) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t s = 0; s < difficulty.size(); ++s) {
      if (std::isnan(means[s * models + m])) continue;
      sum += means[s * models + m] - difficulty[s];
      ++count;
    }
    strength[m] = count > 0 ? sum / static_cast<double>(count) : std::nan("");
    total += count > 0 ? strength[m] : 0;
    measured += count > 0 ? 1 : 0;
  }
  double moved = 0;
  for (std::size_t m = 0; m < models; ++m) {
    const double next = std::isnan(strength[m]) ? 0 : strength[m] - total / static_cast<double>(measured);
    moved = std::max(moved, std::abs(next - before[m]));
    strength[m] = next;
  }
  return moved;
}

/// Splits means. If none is missing, difficulty is the plain mean. Otherwise a task must not look easy or hard, nor a
/// model strong, because of which models were measured: difficulties and strengths are found together, and the strength
/// of a model stands in for missing means.
Split split_means(const TaskProfiles& profiles, std::span<const Exclusion> exclusions) {
  constexpr int kMostTurns = 50;  // Two if no mean is missing, some ten if half are.
  const std::size_t models = profiles.models;
  const std::vector<double> means = candidate_means(profiles, exclusions);
  Split out{std::vector<double>(profiles.tasks(), 0), std::vector<double>(means.size(), 0)};
  std::vector<double> strength(models, 0);
  for (int turn = 0; turn < kMostTurns && take_turn(means, out.difficulty, strength) > 1e-12; ++turn) {
  }
  for (std::size_t i = 0; i < means.size(); ++i) {
    out.deviation[i] = std::isnan(means[i]) ? strength[i % models] : means[i] - out.difficulty[i / models];
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

Fit fit_task(std::span<const double> deviation, const LabelMeans& labels, const MixtureConstants& c) {
  const double total = total_of(labels);
  Fit out;
  for (std::size_t m = 0; m < deviation.size(); ++m) {
    out.labelled_deviation += labels.counts[m] * deviation[m] / total;
  }
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

/// Labels as evidence of a task's difficulty.
struct Difficulty {
  double mean = 0;   ///< Mean of all labels of the candidates.
  double count = 0;  ///< Mean number of labels of the models that have any.
  double pull = 0;   ///< Share of the way from a benchmark task's difficulty to that of the labels.
};

Difficulty difficulty_of(const LabelMeans& labels, const MixtureConstants& c) {
  Difficulty out;
  const double total = total_of(labels);
  if (!(total > 0)) return out;
  for (std::size_t m = 0; m < labels.counts.size(); ++m) out.mean += labels.counts[m] * labels.means[m] / total;
  const auto labelled = std::count_if(labels.counts.begin(), labels.counts.end(), [](double n) { return n > 0; });
  out.count = total / static_cast<double>(labelled);
  out.pull = c.difficulty_variance / (c.difficulty_variance + c.difficulty_noise / out.count);
  return out;
}

/// Adds expected correctness and its interval. For these a task's difficulty counts as evidence, too.
void add_correctness(const Split& split, const std::vector<Fit>& fits, const Difficulty& seen,
                     const MixtureConstants& c, TaskMixture& out) {
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
  expected = std::min(expected, 1 - *std::max_element(out.relative.begin(), out.relative.end()));
  constexpr double kZ = 1.959963984540054;  // 97.5% quantile of the normal distribution
  for (std::size_t m = 0; m < models; ++m) {
    double mean = 0;
    double square = 0;
    for (std::size_t s = 0; s < weights.size(); ++s) {
      if (!(weights[s] > 0)) continue;
      const double value = difficulty[s] + out.task_relative[s * models + m];
      mean += weights[s] * value;
      square += weights[s] * value * value;
    }
    const double variance = std::max(0.0, square - mean * mean) + c.difficulty_variance * (1 - seen.pull) +
                            c.model_variance / out.evidence[m];
    const double half = kZ * std::sqrt(variance);
    const double centre = expected + out.relative[m];  // In the same order as `relative`.
    out.correctness[m] = std::clamp(centre, 0.0, 1.0);
    out.intervals[m] = {std::clamp(centre - half, 0.0, 1.0), std::clamp(centre + half, 0.0, 1.0)};
  }
}

}  // namespace

std::vector<double> vote_for_tasks(const TaskProfiles& profiles, std::span<const float> vector,
                                   const MixtureConstants& constants) {
  const double norm = std::sqrt(dot(vector, vector));
  std::vector<double> votes(profiles.tasks(), 0);
  std::vector<double> exponents(profiles.tasks(), 0);
  for (std::size_t s = 0; s < votes.size(); ++s) {
    const auto centroid = profiles.centroids.subspan(s * profiles.dim, profiles.dim);
    const bool has_rows = std::any_of(centroid.begin(), centroid.end(), [](float x) { return x != 0; });
    votes[s] = has_rows ? 1 : 0;
    exponents[s] = dot(centroid, vector) / norm / constants.temperature;
  }
  reweight(votes, exponents);
  return votes;
}

std::vector<double> vote_of_inputs(const TaskProfiles& profiles, std::span<const float> vectors,
                                   const MixtureConstants& constants) {
  std::vector<double> votes;
  for (std::size_t at = 0; at < vectors.size(); at += profiles.dim) {
    const auto of_input = vote_for_tasks(profiles, vectors.subspan(at, profiles.dim), constants);
    votes.insert(votes.end(), of_input.begin(), of_input.end());
  }
  return average_votes(votes, profiles.tasks(), constants);
}

std::vector<double> average_votes(std::span<const double> votes_of_inputs, std::size_t task_count,
                                  const MixtureConstants& constants) {
  const std::size_t n = votes_of_inputs.size() / task_count;
  std::vector<double> votes(task_count, 0);
  for (std::size_t i = 0; i < n; ++i) {
    const auto of_input = votes_of_inputs.subspan(i * task_count, task_count);
    for (std::size_t s = 0; s < votes.size(); ++s) votes[s] += of_input[s] / static_cast<double>(n);
  }
  const auto tasks = static_cast<double>(std::count_if(votes.begin(), votes.end(), [](double w) { return w > 0; }));
  const double effective = effective_count(votes);
  for (double& w : votes) {
    if (w > 0) w = (effective * w + constants.prior_tasks / tasks) / (effective + constants.prior_tasks);
  }
  return votes;
}

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
                      std::span<const Exclusion> exclusions, const MixtureConstants& constants) {
  const std::size_t models = profiles.models;
  const Split split = split_means(profiles, exclusions);
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
  out.task_relative.assign(split.deviation.size(), 0);
  out.evidence.assign(models, constants.prior_labels);
  out.difference_variance = constants.difference_variance;
  for (std::size_t m = 0; m < models; ++m) out.evidence[m] += labels.counts[m];
  for (std::size_t s = 0; s < fits.size(); ++s) {
    for (std::size_t m = 0; m < models; ++m) {
      double value = split.deviation[s * models + m];
      if (labels.counts[m] > 0) {
        const double seen = labels.relative[m] + fits[s].labelled_deviation;
        value = (constants.prior_labels * value + labels.counts[m] * seen) / out.evidence[m];
      }
      out.task_relative[s * models + m] = value;
      out.relative[m] += out.weights[s] * value;
    }
  }
  add_correctness(split, fits, difficulty_of(labels, constants), constants, out);
  return out;
}

double probability_better(const TaskMixture& mixture, std::size_t first, std::size_t second, double ahead) {
  const std::size_t models = mixture.relative.size();
  const double variance =
      mixture.difference_variance / 2 * (1 / mixture.evidence[first] + 1 / mixture.evidence[second]);
  double sum = 0;
  for (std::size_t s = 0; s < mixture.weights.size(); ++s) {
    const double* of_task = mixture.task_relative.data() + s * models;
    const double z = (of_task[first] - of_task[second] + ahead) / std::sqrt(variance);
    sum += mixture.weights[s] * .5 * std::erfc(-z / std::sqrt(2.0));
  }
  return std::min(1.0, sum);
}

}  // namespace signalbox
