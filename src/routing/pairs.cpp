#include "routing/pairs.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "index/means.h"
#include "routing/predictor.h"

namespace signalbox {
namespace {

std::vector<float> gather_vectors(const PairSource& source, const std::vector<std::uint32_t>& rows) {
  const std::size_t dim = source.codes.dim;
  std::vector<float> out;
  out.reserve(rows.size() * dim);
  for (const std::uint32_t row : rows) {
    const auto v = source.embeddings.subspan(row * dim, dim);
    out.insert(out.end(), v.begin(), v.end());
  }
  return out;
}

/// Returns the cosine similarities of a task's rows, [rows, rows].
std::vector<double> similarities_within(const PairPool& pool, std::span<const float> vectors) {
  const CodeMatrix own = quantize(pool.codes, vectors, pool.dim);
  return similarities(own.view(), prepare_queries(pool.codes, vectors, pool.dim));
}

/// A task, and the similarities needed to move some of its samples back into the pool.
struct MovableTask : HeldOutTask {
  std::vector<double> within;  ///< Similarities of its rows; only if samples move.
};

/// Returns the neighbours of sample i of the task once `moved` of its samples are back in the pool.
std::vector<Neighbour> with_moved(const MovableTask& task, std::size_t i, const std::vector<std::size_t>& moved,
                                  std::size_t k) {
  std::vector<Neighbour> near = task.outside[i];
  for (const std::size_t j : moved) near.push_back({task.rows[j], 1 - task.within[i * task.rows.size() + j]});
  std::sort(near.begin(), near.end(), [](const Neighbour& a, const Neighbour& b) {
    return a.cosine_distance != b.cosine_distance ? a.cosine_distance < b.cosine_distance : a.row < b.row;
  });
  if (near.size() > k) near.resize(k);
  return near;
}

/// Sums over the scored rows of a pair.
struct Tally {
  explicit Tally(std::size_t models) : agreement(models) {}

  Agreement agreement;
  double distance = 0;
  double squared_distance = 0;
  std::size_t rows = 0;
};

Tally score(const PairPool& pool, const MovableTask& task, const std::vector<std::size_t>& moved) {
  const std::size_t k = std::max(pool.constants.k, pool.constants.kappa);
  const Pool voters{pool.outcomes, pool.rows, task.pool_means, nullptr};
  Prediction prediction;
  Tally out(pool.outcomes.models);
  std::vector<Neighbour> joined;
  std::vector<float> outcomes(pool.outcomes.models);
  for (std::size_t i = 0, next = 0; i < task.rows.size(); ++i) {
    if (next < moved.size() && moved[next] == i) {
      ++next;
      continue;
    }
    if (!moved.empty()) joined = with_moved(task, i, moved, k);
    const std::vector<Neighbour>& near = moved.empty() ? task.outside[i] : joined;
    const double distance = mean_distance(near, pool.constants.kappa);
    out.distance += distance;
    out.squared_distance += distance * distance;
    predict_correctness(voters, near, pool.constants.k, prediction);
    for (std::size_t m = 0; m < outcomes.size(); ++m) outcomes[m] = outcome_at(voters, task.rows[i], m);
    out.agreement.add(prediction, outcomes, pool.constants.threshold);
    ++out.rows;
  }
  return out;
}

/// See PairErrors. A single row says nothing about the spread: its error is the largest possible one.
void measure_errors(const Tally& tally, std::size_t task_rows, PairErrors& errors) {
  if (tally.rows >= task_rows) return;
  const auto n = static_cast<double>(tally.rows);
  const auto all = static_cast<double>(task_rows);
  const double correction = std::sqrt((all - n) / (all - 1));
  const double mean = tally.distance / n;
  const double variance = n > 1 ? std::max(0.0, tally.squared_distance - n * mean * mean) / (n - 1) : 1;
  errors.u = std::max(errors.u, std::sqrt(variance / n) * correction);
  for (std::size_t m = 0; m < tally.agreement.scored.size(); ++m) {
    const std::size_t scored = tally.agreement.scored[m];
    if (scored == 0) continue;
    const double p = tally.agreement.share(m);
    errors.p = std::max(errors.p, std::sqrt(p * (1 - p) / static_cast<double>(scored)) * correction);
  }
}

void add_pair(const Tally& tally, TrainingPairs& out) {
  out.u.push_back(static_cast<float>(std::clamp(tally.distance / static_cast<double>(tally.rows), 0.0, 2.0)));
  for (std::size_t m = 0; m < tally.agreement.scored.size(); ++m) {
    out.p.push_back(tally.agreement.scored[m] > 0 ? static_cast<float>(tally.agreement.share(m)) : -1);
  }
}

/// Holds out each task by a search in the rest.
HoldOut hold_out_by_search(const PairSource& source, const OutcomeView& outcomes) {
  TaskTotals totals = total_outcomes(outcomes, source.row_tasks, source.tasks);
  std::vector<std::vector<std::uint32_t>> task_rows(source.tasks);
  for (std::size_t row = 0; row < source.codes.rows; ++row) {
    task_rows[source.row_tasks[row]].push_back(static_cast<std::uint32_t>(row));
  }
  return [&source, totals = std::move(totals), task_rows = std::move(task_rows)](std::size_t task) {
    HeldOutTask out;
    out.rows = task_rows[task];
    out.pool_rows = source.codes.rows - out.rows.size();
    out.pool_means = pool_means(totals, task);
    const QueryBlock queries = prepare_queries(source.codes.type, gather_vectors(source, out.rows), source.codes.dim);
    const std::size_t k = std::max(source.constants.k, source.constants.kappa);
    out.outside = find_nearest(source.codes, queries, k, {source.row_tasks, static_cast<std::uint16_t>(task)});
    return out;
  };
}

}  // namespace

bool moves_samples(const PairPlan& plan) {
  return std::any_of(plan.alphas.begin(), plan.alphas.end(), [](double a) { return a > 0; });
}

void add_task_pairs(const PairPool& pool, const PairPlan& plan, HeldOutTask task, std::size_t task_rows,
                    std::span<const float> vectors, Random& random, TrainingPairs& out, PairErrors& errors) {
  const std::size_t n = task.rows.size();
  if (n == 0 || task.pool_rows == 0) return;
  MovableTask movable{std::move(task), {}};
  if (moves_samples(plan)) movable.within = similarities_within(pool, vectors);
  for (const double alpha : plan.alphas) {
    const auto count = std::min(kMostMoved, static_cast<std::size_t>(alpha * static_cast<double>(n)));
    for (std::uint32_t repeat = 0; repeat < plan.repeats; ++repeat) {
      const Tally tally = score(pool, movable, draw(random, n, count));
      add_pair(tally, out);
      measure_errors(tally, task_rows - count, errors);
      if (count == 0) break;  // Without a draw all repeats are equal.
    }
  }
}

TrainingPairs training_pairs(const PairSource& source, const PairPlan& plan) {
  const std::vector<std::uint8_t> measured = measured_bits(source.outcomes, source.models);
  return training_pairs(source, plan,
                        hold_out_by_search(source, outcome_view(source.outcomes, source.models, measured)));
}

TrainingPairs training_pairs(const PairSource& source, const PairPlan& plan, const HoldOut& hold_out) {
  TrainingPairs out;
  Random random(plan.seed);
  PairErrors none;
  const bool moves = moves_samples(plan);
  const std::vector<std::uint8_t> measured = measured_bits(source.outcomes, source.models);
  const PairPool pool = {outcome_view(source.outcomes, source.models, measured), source.codes.type, source.codes.rows,
                         source.codes.dim, source.constants};
  for (std::size_t z = 0; z < source.tasks; ++z) {
    HeldOutTask task = hold_out(z);
    const std::size_t rows = task.rows.size();
    const std::vector<float> vectors = moves ? gather_vectors(source, task.rows) : std::vector<float>();
    add_task_pairs(pool, plan, std::move(task), rows, vectors, random, out, none);
  }
  return out;
}

}  // namespace signalbox
