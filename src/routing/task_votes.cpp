#include "routing/task_votes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "index/means.h"
#include "kernels/rows.h"
#include "routing/weights.h"

namespace signalbox {
namespace {

constexpr double kMostOffset = 4;

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

/// Calls `use` with each task that a kind's vote goes to, and its share.
template <typename Use>
void for_each_link(const TaskProfiles& profiles, std::size_t kind, const Use& use) {
  const TaskLinkView& links = profiles.links;
  double total = 0;
  for (std::size_t i = links.offsets[kind]; i < links.offsets[kind + 1]; ++i) {
    if (profiles.knows(links.tasks[i])) total += static_cast<double>(links.weights[i]);
  }
  for (std::size_t i = links.offsets[kind]; i < links.offsets[kind + 1]; ++i) {
    const std::size_t task = links.tasks[i];
    if (profiles.knows(task)) use(task, static_cast<double>(links.weights[i]) / total);
  }
}

/// Returns whether a vote for a task or kind leads to means.
bool leads_to_means(const TaskProfiles& profiles, std::size_t task) {
  if (!profiles.links.has(task)) return profiles.knows(task);
  bool out = false;
  for_each_link(profiles, task, [&](std::size_t, double) { out = true; });
  return out;
}

/// Returns the level of a task, or of the tasks that a kind is linked to; NaN without means.
double level_of(const TaskProfiles& profiles, std::size_t task) {
  if (!profiles.links.has(task)) return profiles.levels[task];
  double sum = 0;
  double total = 0;
  for_each_link(profiles, task, [&](std::size_t linked, double share) {
    sum += share * profiles.levels[linked];
    total += share;
  });
  return total > 0 ? sum : std::nan("");
}

}  // namespace

double TaskProfiles::effective_tasks() const {
  if (weights.empty()) return static_cast<double>(tasks());
  double sum = 0;
  double squares = 0;
  for (const double w : weights) {
    sum += w;
    squares += w * w;
  }
  return squares > 0 ? sum * sum / squares : 0;
}

bool TaskProfiles::knows(std::size_t task) const {
  if (!levels.empty()) return !std::isnan(levels[task]);
  const auto of_task = means.subspan(task * models, models);
  return std::any_of(of_task.begin(), of_task.end(), [](double x) { return !std::isnan(x); });
}

TaskProfiles profiles_of(const Index& index) {
  return {index.codes.dim,    index.models(),    index.task_centroids, index.task_means,   &index.task_posterior,
          index.task_bias,    index.links,       index.known_weights,  index.model_tasks,  index.task_levels,
          index.task_offsets, index.row_offsets, index.row_tasks,      index.added.models, &index.mean_facts};
}

std::vector<double> vote_for_all(const TaskProfiles& profiles, std::span<const float> vector,
                                 const MixtureConstants& constants) {
  const double norm = std::sqrt(dot(vector, vector));
  std::vector<double> votes(profiles.tasks(), 0);
  std::vector<double> exponents(profiles.tasks(), 0);
  dot_rows(profiles.centroids.data(), profiles.tasks(), vector.data(), profiles.dim, exponents.data());
  for (std::size_t s = 0; s < votes.size(); ++s) {
    const auto centroid = profiles.centroids.subspan(s * profiles.dim, profiles.dim);
    const bool has_rows = std::any_of(centroid.begin(), centroid.end(), [](float x) { return x != 0; });
    votes[s] = has_rows && leads_to_means(profiles, s) ? 1 : 0;
    exponents[s] = exponents[s] / norm / constants.temperature;
    if (!profiles.bias.empty()) exponents[s] += static_cast<double>(profiles.bias[s]);
  }
  reweight(votes, exponents);
  return votes;
}

std::vector<double> follow_links(const TaskProfiles& profiles, std::vector<double> votes) {
  if (profiles.links.offsets.empty()) return votes;
  for (std::size_t kind = 0; kind < votes.size(); ++kind) {
    if (!profiles.links.has(kind)) continue;
    const double vote = votes[kind];
    votes[kind] = 0;
    if (vote > 0) for_each_link(profiles, kind, [&](std::size_t task, double share) { votes[task] += vote * share; });
  }
  return votes;
}

std::vector<double> vote_for_tasks(const TaskProfiles& profiles, std::span<const float> vector,
                                   const MixtureConstants& constants) {
  return follow_links(profiles, vote_for_all(profiles, vector, constants));
}

std::vector<double> join_uniform_votes(const TaskProfiles& profiles, std::vector<double> votes, double prior_tasks) {
  const bool voted = std::any_of(votes.begin(), votes.end(), [](double w) { return w > 0; });
  if (!voted || !(prior_tasks > 0)) return votes;
  const auto weight_of = [&](std::size_t s) {
    return profiles.weights.empty() ? (votes[s] > 0 ? 1.0 : 0.0) : profiles.weights[s];
  };
  double total = 0;
  for (std::size_t s = 0; s < votes.size(); ++s) total += weight_of(s);
  const double effective = effective_count(votes);
  for (std::size_t s = 0; s < votes.size(); ++s) {
    votes[s] = (effective * votes[s] + prior_tasks * weight_of(s) / total) / (effective + prior_tasks);
  }
  return votes;
}

std::vector<double> vote_for_each(const TaskProfiles& profiles, std::span<const float> vectors,
                                  const MixtureConstants& constants) {
  std::vector<double> votes;
  for (std::size_t at = 0; at < vectors.size(); at += profiles.dim) {
    const auto of_input = vote_for_all(profiles, vectors.subspan(at, profiles.dim), constants);
    votes.insert(votes.end(), of_input.begin(), of_input.end());
  }
  return votes;
}

std::vector<double> mean_votes(std::span<const double> votes, std::size_t tasks) {
  std::vector<double> out(tasks, 0);
  const std::size_t inputs = votes.size() / tasks;
  for (std::size_t i = 0; i < votes.size(); ++i) out[i % tasks] += votes[i] / static_cast<double>(inputs);
  return out;
}

std::vector<double> vote_of_inputs(const TaskProfiles& profiles, std::span<const float> vectors,
                                   const MixtureConstants& constants) {
  return average_votes(profiles, vote_for_each(profiles, vectors, constants), constants);
}

std::vector<double> average_votes(const TaskProfiles& profiles, std::span<const double> votes_of_inputs,
                                  const MixtureConstants& constants) {
  std::vector<double> votes = mean_votes(votes_of_inputs, profiles.tasks());
  return join_uniform_votes(profiles, follow_links(profiles, std::move(votes)), constants.prior_tasks);
}

std::vector<double> kind_probabilities(const TaskProfiles& profiles, std::span<const double> votes) {
  std::vector<double> out(votes.size(), 0);
  for (std::size_t s = 0; s < out.size(); ++s) out[s] = profiles.links.has(s) ? votes[s] : 0;
  scale_to_sum_one(out);
  return out;
}

std::size_t rows_for_offset(const MixtureConstants& constants) {
  constexpr std::size_t kSearched = 5;
  return kSearched * static_cast<std::size_t>(constants.offset_rows);
}

double difficulty_offset(const TaskProfiles& profiles, std::span<const double> votes,
                         std::span<const Neighbour> neighbours, const MixtureConstants& constants) {
  if (profiles.offsets.empty()) return 0;
  double of_tasks = 0;
  double level = 0;
  for (std::size_t s = 0; s < votes.size(); ++s) {
    if (!(votes[s] > 0)) continue;
    if (profiles.links.has(s)) of_tasks += votes[s] * profiles.offsets[s];
    level += votes[s] * level_of(profiles, s);  // Linear in the links: the level after them is the same.
  }
  double sum = 0;
  double total = constants.offset_prior;
  double rows = 0;
  for (const Neighbour& n : neighbours) {
    if (n.row >= profiles.row_offsets.size() || profiles.row_offsets[n.row] == kNoOffset) continue;
    const double of_row = level_of(profiles, profiles.row_tasks[n.row]);
    if (std::isnan(of_row)) continue;
    if (++rows > constants.offset_rows) break;
    const double weight = std::exp(-static_cast<double>(n.cosine_distance) / constants.offset_temperature);
    sum += weight * (of_row + logits_of(profiles.row_offsets[n.row]) - level - of_tasks);
    total += weight;
  }
  return std::clamp(of_tasks + sum / total, -kMostOffset, kMostOffset);
}

double mean_offset(const TaskProfiles& profiles, std::span<const double> votes,
                   std::span<const std::vector<Neighbour>> neighbours, const MixtureConstants& constants) {
  if (profiles.offsets.empty()) return 0;
  const std::size_t tasks = profiles.tasks();
  double out = 0;
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    const double of_input = difficulty_offset(profiles, votes.subspan(i * tasks, tasks), neighbours[i], constants);
    out += of_input / static_cast<double>(neighbours.size());
  }
  return out;
}

}  // namespace signalbox
