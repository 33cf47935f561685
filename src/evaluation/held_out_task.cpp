#include "evaluation/held_out_task.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "evaluation/held_out_rows.h"
#include "routing/predictor.h"
#include "routing/random.h"
#include "routing/scores.h"

namespace signalbox {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A held-out task, and everything that does not depend on labels.
struct HeldOut {
  const Benchmark& benchmark;
  std::size_t number;
  std::span<const std::uint32_t> rows;
  KnownRows known;
  TrainingPairs pairs;
  std::vector<std::vector<Neighbour>> neighbours;  ///< [rows]
};

HeldOut hold_out(const Benchmark& benchmark, const NeighbourLists& lists, std::size_t task) {
  HeldOut out{benchmark, task, benchmark.task_rows[task], leave_out(benchmark, benchmark.task_rows[task], task),
              {},        {}};
  const std::size_t k = std::max<std::size_t>(benchmark.routing.k, least_neighbours(benchmark));
  std::optional<GatheredRows> gathered;
  const PairSource source = {benchmark.codes.view(), benchmark.embeddings, benchmark.row_tasks, benchmark.outcomes,
                             benchmark.models,       benchmark.tasks(),    benchmark.routing};
  out.pairs = training_pairs(source, benchmark.pairs, [&](std::size_t z) {
    HeldOutTask other;  // Empty for the task itself, of which no row is left.
    for (const std::uint32_t row : benchmark.task_rows[z]) {
      if (out.known.left_out[row] == 0) other.rows.push_back(row);
    }
    other.pool_rows = out.known.count - other.rows.size();
    other.pool_means = pool_means(out.known.totals, z);
    other.outside = lists.nearest(other.rows, out.known, k, gathered);
    return other;
  });
  out.neighbours = lists.nearest(out.rows, out.known, k, gathered);
  return out;
}

/// Computes the accuracies: the scores of the task or, without any, those on the rows that are not labelled.
void score_models(const HeldOut& task, TaskEvaluation& out) {
  const std::size_t models = task.benchmark.models;
  std::vector<double> sums(models, 0);
  std::vector<std::size_t> counts(models, 0);
  for (std::size_t i = 0; i < task.rows.size(); ++i) {
    if (std::binary_search(out.labelled.begin(), out.labelled.end(), i)) continue;
    ++out.scored;
    const auto outcomes = task.benchmark.outcomes_of(task.rows[i]);
    for (std::size_t m = 0; m < models; ++m) {
      if (std::isnan(outcomes[m])) continue;
      sums[m] += static_cast<double>(outcomes[m]);
      ++counts[m];
    }
  }
  for (const TaskScore& s : task.benchmark.extras.task_scores) {
    if (s.task != task.number) continue;
    sums[s.model] = static_cast<double>(s.score);
    counts[s.model] = 1;
  }
  out.accuracy.resize(models);
  for (std::size_t m = 0; m < models; ++m) {
    out.accuracy[m] = counts[m] > 0 ? sums[m] / static_cast<double>(counts[m]) : kNan;
  }
}

Labels labels_of(const HeldOut& task, const std::vector<std::size_t>& labelled) {
  Labels out{labelled, {}};
  for (const std::size_t i : labelled) {
    const auto outcomes = task.benchmark.outcomes_of(task.rows[i]);
    out.outcomes.insert(out.outcomes.end(), outcomes.begin(), outcomes.end());
  }
  return out;
}

/// Votes and difficulty of a task's inputs.
struct Resemblance {
  std::vector<double> votes;
  double offset = 0;
};

/// Scores the inputs that are not labelled, as route_task does; nothing if no input has a known token.
std::optional<TaskScores> score(const HeldOut& task, const Labels& labels, Resemblance& resemblance,
                                TaskEvaluation& out) {
  const Benchmark& b = task.benchmark;
  const TaskInputs inputs = split_inputs(b.codes.type, b.dim, b.models, b.vectors_of(task.rows), labels);
  if (inputs.scored.empty()) return {};
  std::vector<std::vector<Neighbour>> neighbours;
  for (const std::size_t i : inputs.kept) neighbours.push_back(task.neighbours[i]);
  const QueryBlock queries = prepare_queries(b.codes.type, inputs.vectors, b.dim);
  const std::size_t k = std::max<std::size_t>(b.routing.k, least_neighbours(b));
  join_labels(inputs.labels, queries, k, inputs.label_of, b.rows(), neighbours);
  const TaskProfiles profiles = profiles_of(b, task.known);
  const std::vector<double> votes = vote_for_each(profiles, inputs.vectors, b.mixture);
  resemblance = {average_votes(profiles, votes, b.mixture), mean_offset(profiles, votes, neighbours, b.mixture)};
  const Pool pool{b.outcome_view(), b.rows(), task.known.pool_means, &inputs.labels};
  const std::vector<Prediction> predictions = predict_all(pool, neighbours, b.routing.k);
  TaskScores scores = score_task(inputs, predictions, neighbours, {task.pairs.u, task.pairs.p}, b.routing);

  Agreement agreement(b.models);
  for (const std::size_t i : inputs.scored) {
    agreement.add(predictions[i], b.outcomes_of(task.rows[inputs.kept[i]]), b.routing.threshold);
  }
  for (std::size_t m = 0; m < b.models; ++m) out.predictor_accuracy.push_back(agreement.share(m));
  out.u = scores.u;
  out.p = scores.p;
  return scores;
}

/// Returns a policy's expectations of the models that it may choose; NaN for the others.
std::vector<double> expected_of(Policy policy, const TaskEvidence& evidence) {
  Forecast forecast = forecast_task(policy, evidence);
  for (std::size_t m = 0; m < forecast.models(); ++m) {
    if (forecast.exclusions[m] != Exclusion::kNone) forecast.scores[m] = kNan;
  }
  return std::move(forecast.scores);
}

Choice decide(Policy policy, const TaskEvidence& evidence) {
  Forecast forecast = forecast_task(policy, evidence);
  if (forecast.is_known) return choose(forecast, {.eta = forecast.eta});
  forecast.compares_runner_up = false;  // Nothing is known of either.
  return choose(forecast, {}, Fallback::kUnread);
}

TaskEvaluation evaluate(const HeldOut& task, std::vector<std::size_t> labelled, const HeldOutOptions& options) {
  const Benchmark& b = task.benchmark;
  TaskEvaluation out;
  out.labelled = std::move(labelled);
  score_models(task, out);
  const Labels labels = labels_of(task, out.labelled);
  Resemblance resemblance;
  const std::optional<TaskScores> scores = score(task, labels, resemblance, out);
  std::vector<Exclusion> exclusions(b.models, Exclusion::kNone);  // Of the evidence; set for each pool below.
  const TaskEvidence evidence{
      {profiles_of(b, task.known), task.known.means_over_tasks, exclusions, b.routing, b.mixture},
      scores ? &*scores : nullptr,
      resemblance.votes,
      resemblance.offset,
      labels.outcomes,
      out.accuracy,
      out.predictor_accuracy};
  if (scores) {
    for (const Policy policy : options.policies) out.scores.push_back(expected_of(policy, evidence));
  }
  for (const std::vector<std::size_t>& pool : options.pools) {
    std::fill(exclusions.begin(), exclusions.end(), Exclusion::kNotACandidate);
    for (const std::size_t m : pool) {
      exclusions[m] = std::isnan(out.accuracy[m]) ? Exclusion::kNoOutcomes : Exclusion::kNone;
    }
    std::vector<Choice> of_pool;
    for (const Policy policy : options.policies) of_pool.push_back(decide(policy, evidence));
    out.decisions.push_back(std::move(of_pool));
  }
  return out;
}

std::size_t label_count(const LabelPlan& plan, std::size_t n) {
  const auto share = static_cast<std::size_t>(plan.alpha * static_cast<double>(n));
  return std::min(plan.count.value_or(std::min(kMostMoved, share)), n - 1);
}

}  // namespace

Result<HeldOutEvaluation> evaluate_held_out_task(const Benchmark& benchmark, const NeighbourLists& lists,
                                                 std::size_t task, const HeldOutOptions& options) {
  if (Status failed = check_pools(benchmark, lists, options.pools)) return *failed;
  if (task >= benchmark.tasks() || benchmark.task_rows[task].empty()) {
    return Error{ErrorCode::kInvalidArgument, "task " + std::to_string(task) + " does not exist or has no row"};
  }
  const HeldOut held_out = hold_out(benchmark, lists, task);
  HeldOutEvaluation out;
  out.rows = held_out.rows.size();
  out.duplicates_dropped = held_out.known.duplicates;
  out.mean_elsewhere = held_out.known.means_over_tasks;
  out.unlabelled = evaluate(held_out, {}, options);
  if (options.labels) {
    Random random(task_seed(options.labels->seed, task));
    const std::size_t count = label_count(*options.labels, out.rows);
    for (std::uint32_t repeat = 0; repeat < options.labels->repeats; ++repeat) {
      out.draws.push_back(evaluate(held_out, draw(random, out.rows, count), options));
    }
  }
  return out;
}

}  // namespace signalbox
