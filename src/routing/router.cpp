#include "routing/router.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "routing/predictor.h"

namespace signalbox {
namespace {

Status check_vectors(const Index& index, std::span<const float> vectors) {
  if (vectors.empty() || vectors.size() % index.codes.dim != 0) {
    return Error{ErrorCode::kDimensionMismatch, "got " + std::to_string(vectors.size()) +
                                                    " values, the index needs vectors of " +
                                                    std::to_string(index.codes.dim) + " dimensions"};
  }
  const bool finite = std::all_of(vectors.begin(), vectors.end(), [](float x) { return std::isfinite(x); });
  if (!finite) return Error{ErrorCode::kNonFinite, "a vector holds NaN or infinity"};
  return {};
}

/// What both kinds of decision share: who may be chosen, and what they are worth on average.
struct Field {
  std::vector<Exclusion> exclusions;
  std::vector<double> means;
  std::size_t best_single = 0;
};

Result<Field> field_of(const Index& index, const RouteOptions& options) {
  Field field{options.exclusions, mean_over_tasks(index, kNoTask), 0};
  for (std::size_t m = 0; m < index.models(); ++m) {
    Exclusion& exclusion = field.exclusions[m];
    if (exclusion != Exclusion::kNone) continue;
    const double most = options.price_rules.max_usd_per_mtok;
    if (std::isnan(field.means[m])) exclusion = Exclusion::kNoOutcomes;
    else if (most >= 0 && options.prices[m] < 0) exclusion = Exclusion::kPriceUnknown;
    else if (most >= 0 && options.prices[m] > most) exclusion = Exclusion::kOverMaxPrice;
  }
  field.best_single = best_allowed(field.means, field.exclusions);
  if (field.best_single == index.models()) {
    return Error{ErrorCode::kNoCandidate, "no model is left: of " + std::to_string(index.models()) +
                                              " models, the candidate, deny and price rules exclude all"};
  }
  return field;
}

/// Sorts the candidates by score and settles the pick: challenger or best single model, then the price rules.
void settle(const Field& field, const RouteOptions& options, std::vector<RankedModel> models, Decision& decision) {
  std::vector<double> scores(models.size());
  for (const RankedModel& m : models) scores[m.model] = m.score;
  const bool stays = decision.fallback == Fallback::kNone;
  const std::size_t pick = stays ? decision.challenger : decision.best_single;
  decision.model = trade_for_price(pick, scores, options.prices, field.exclusions, options.price_rules);
  std::erase_if(models, [&](const RankedModel& m) { return field.exclusions[m.model] != Exclusion::kNone; });
  std::stable_sort(models.begin(), models.end(),
                   [](const RankedModel& a, const RankedModel& b) { return a.score > b.score; });
  decision.ranking = std::move(models);
  decision.exclusions = field.exclusions;
}

/// Models at their mean over tasks: what is left to go by outside the benchmark's coverage.
void rank_by_means(const Index& index, const Field& field, std::vector<RankedModel>& models) {
  for (RankedModel& m : models) {
    m.score = field.means[m.model];
    m.interval = wilson_interval(m.score, static_cast<double>(index.tasks()));
    m.own_mean = true;
    m.votes = 0;
  }
}

void set_coverage(const Index& index, const RouteOptions& options, bool known, Decision& decision) {
  decision.percentile = known ? coverage_percentile(index.coverage, decision.mean_distance) : 100;
  decision.out_of_coverage = !known || decision.percentile > options.max_coverage_percentile;
  if (!known) decision.fallback = Fallback::kNoKnownToken;
  else if (decision.out_of_coverage) decision.fallback = Fallback::kOutOfCoverage;
}

/// P(the challenger is right more often than the best single model), from the neighbours that measured both.
double paired_confidence(const Index& index, std::span<const Neighbour> neighbours, std::size_t k,
                         std::size_t challenger, std::size_t best_single) {
  if (challenger == best_single) return 1;
  double wins = 0;
  double losses = 0;
  for (const Neighbour& n : neighbours.first(std::min(k, neighbours.size()))) {
    const float a = outcome_at(index, nullptr, n.row, challenger);
    const float b = outcome_at(index, nullptr, n.row, best_single);
    if (std::isnan(a) || std::isnan(b)) continue;
    wins += std::max(0.0F, a - b);
    losses += std::max(0.0F, b - a);
  }
  return probability_better(wins, losses);
}

bool is_zero(std::span<const float> v) {
  return std::all_of(v.begin(), v.end(), [](float x) { return x == 0; });
}

/// The k nearest rows over all inputs, each row once at its smallest distance.
std::vector<Neighbour> nearest_overall(const std::vector<std::vector<Neighbour>>& neighbours, std::size_t rows,
                                       std::size_t count) {
  std::vector<Neighbour> all;
  for (const auto& of_input : neighbours) {
    for (const Neighbour& n : std::span(of_input).first(std::min(count, of_input.size()))) {
      if (n.row < rows) all.push_back(n);
    }
  }
  std::sort(all.begin(), all.end(), [](const Neighbour& a, const Neighbour& b) {
    return a.row != b.row ? a.row < b.row : a.cosine_distance < b.cosine_distance;
  });
  all.erase(std::unique(all.begin(), all.end(), [](const Neighbour& a, const Neighbour& b) { return a.row == b.row; }),
            all.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const Neighbour& a, const Neighbour& b) { return a.cosine_distance < b.cosine_distance; });
  if (all.size() > count) all.resize(count);
  return all;
}

/// The inputs of a task that have a vector, split into those to score and those with labels.
struct TaskInputs {
  std::vector<float> vectors;         ///< [kept, dim]
  std::vector<std::size_t> label_of;  ///< [kept] the label of each input, or kNoLabel.
  std::vector<std::size_t> scored;    ///< Positions among the kept inputs.
  LabelledPool pool;
};

TaskInputs split_inputs(const Index& index, std::span<const float> vectors, const Labels& labels) {
  const std::size_t dim = index.codes.dim;
  const std::size_t models = index.models();
  const std::size_t n = vectors.size() / dim;
  std::vector<std::size_t> label_at(n, kNoLabel);
  for (std::size_t l = 0; l < labels.inputs.size(); ++l) label_at[labels.inputs[l]] = l;

  TaskInputs out;
  std::vector<float> pool_vectors;
  std::vector<std::size_t> unlabelled;
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const float> v = vectors.subspan(i * dim, dim);
    if (is_zero(v)) continue;
    const std::size_t kept = out.label_of.size();
    out.vectors.insert(out.vectors.end(), v.begin(), v.end());
    if (label_at[i] == kNoLabel) {
      unlabelled.push_back(kept);
      out.label_of.push_back(kNoLabel);
      continue;
    }
    out.label_of.push_back(pool_vectors.size() / dim);
    pool_vectors.insert(pool_vectors.end(), v.begin(), v.end());
    const auto outcomes = std::span(labels.outcomes).subspan(label_at[i] * models, models);
    out.pool.outcomes.insert(out.pool.outcomes.end(), outcomes.begin(), outcomes.end());
  }
  out.pool.codes = quantize(index.codes.type, pool_vectors, dim);
  if (unlabelled.empty()) {
    out.scored.resize(out.label_of.size());
    std::iota(out.scored.begin(), out.scored.end(), std::size_t{0});
  } else {
    out.scored = std::move(unlabelled);
  }
  return out;
}

/// Sums over the inputs of a task, one entry a model.
struct TaskSums {
  explicit TaskSums(std::size_t models)
      : g(models, 0), positive(models, 0), votes(models, 0), labelled(models, 0), agreed(models, 0) {}

  std::vector<double> g;
  std::vector<std::size_t> positive;  ///< Inputs with g > t.
  std::vector<std::size_t> votes;
  std::vector<std::size_t> labelled;  ///< Labels of the model.
  std::vector<std::size_t> agreed;    ///< Labels that gbar predicts.
  double distance = 0;
};

TaskSums sum_task(const Index& index, const TaskInputs& inputs, const std::vector<std::vector<Neighbour>>& neighbours,
                  const RoutingConstants& constants) {
  const std::size_t models = index.models();
  TaskSums sums(models);
  std::vector<Prediction> predictions;
  predictions.reserve(neighbours.size());
  for (const auto& near : neighbours) {
    predictions.push_back(predict_correctness(index, &inputs.pool, near, constants.k));
  }
  for (const std::size_t i : inputs.scored) {
    for (std::size_t m = 0; m < models; ++m) {
      sums.g[m] += predictions[i].g[m];
      sums.positive[m] += predictions[i].g[m] > constants.threshold ? 1 : 0;
      sums.votes[m] += predictions[i].votes[m];
    }
    sums.distance += mean_distance(neighbours[i], constants.kappa);
  }
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    if (inputs.label_of[i] == kNoLabel) continue;
    for (std::size_t m = 0; m < models; ++m) {
      const float y = inputs.pool.outcomes[inputs.label_of[i] * models + m];
      if (std::isnan(y)) continue;
      const bool predicted = predictions[i].g[m] > constants.threshold;
      const bool correct = static_cast<double>(y) > constants.threshold;
      ++sums.labelled[m];
      sums.agreed[m] += predicted == correct ? 1 : 0;
    }
  }
  return sums;
}

RankedModel task_scores(std::size_t model, const TaskSums& sums, std::size_t n, double smoothed_p, Policy policy) {
  RankedModel out;
  out.model = model;
  out.votes = sums.votes[model];
  out.own_mean = out.votes == 0;
  out.p_measured = sums.labelled[model] > 0;
  out.p =
      out.p_measured ? static_cast<double>(sums.agreed[model]) / static_cast<double>(sums.labelled[model]) : smoothed_p;
  const auto count = static_cast<double>(n);
  out.s1 = sums.g[model] / count;
  out.s2 = static_cast<double>(sums.positive[model]) / count;
  out.s3 = calibrated_score(out.s2, out.p);
  out.score = policy == Policy::kS1 ? out.s1 : policy == Policy::kS2 ? out.s2 : out.s3;
  out.interval = wilson_interval(std::clamp(out.score, 0.0, 1.0), count);
  if (policy == Policy::kS3) {
    const CountDistribution counts = correct_counts(sums.positive[model], n - sums.positive[model], out.p);
    out.interval = {static_cast<double>(count_quantile(counts, .025)) / count,
                    static_cast<double>(count_quantile(counts, .975)) / count};
  }
  return out;
}

std::size_t argmax_score(const std::vector<RankedModel>& models, const Field& field) {
  std::vector<double> scores(models.size());
  for (const RankedModel& m : models) scores[m.model] = m.score;
  return best_allowed(scores, field.exclusions);
}

Status check_labels(const Index& index, std::size_t n, const Labels& labels) {
  if (labels.outcomes.size() != labels.inputs.size() * index.models()) {
    return Error{ErrorCode::kDimensionMismatch, "labels need one outcome for each input and model"};
  }
  std::vector<bool> seen(n, false);
  for (const std::size_t i : labels.inputs) {
    if (i >= n || seen[i]) {
      return Error{ErrorCode::kInvalidArgument, "label for input " + std::to_string(i) +
                                                    (i >= n ? ", the task has " + std::to_string(n) : " occurs twice")};
    }
    seen[i] = true;
  }
  const bool in_range = std::all_of(labels.outcomes.begin(), labels.outcomes.end(),
                                    [](float y) { return std::isnan(y) || (y >= 0 && y <= 1); });
  if (!in_range) return Error{ErrorCode::kInvalidArgument, "a label's outcome is outside [0, 1]"};
  return {};
}

}  // namespace

Result<Decision> route_input(const Index& index, std::span<const float> vector, const RouteOptions& options) {
  if (Status failed = check_vectors(index, vector)) return *failed;
  if (vector.size() != index.codes.dim) {
    return Error{ErrorCode::kDimensionMismatch, "got " + std::to_string(vector.size()) +
                                                    " values, the index needs one vector of " +
                                                    std::to_string(index.codes.dim)};
  }
  Result<Field> field = field_of(index, options);
  if (!field.ok()) return field.error();
  const RoutingConstants& constants = options.constants;

  Decision decision;
  decision.policy = options.policy;
  decision.best_single = field.value().best_single;
  const bool known = !is_zero(vector);
  std::vector<Neighbour> neighbours;
  if (known) {
    const std::size_t k = std::max<std::size_t>({constants.k, constants.kappa, options.neighbours});
    const QueryBlock query = prepare_queries(index.codes.type, vector, index.codes.dim);
    neighbours = find_nearest(index.codes, query, k)[0];
  }
  const Prediction prediction = predict_correctness(index, nullptr, neighbours, constants.k);
  std::vector<RankedModel> models(index.models());
  for (std::size_t m = 0; m < models.size(); ++m) {
    RankedModel& out = models[m];
    out.model = m;
    out.score = prediction.g[m];
    out.votes = prediction.votes[m];
    out.own_mean = out.votes == 0;
    const std::size_t trials = out.own_mean ? index.tasks() : out.votes;
    out.interval = wilson_interval(std::isnan(out.score) ? 0 : out.score, static_cast<double>(trials));
  }
  decision.mean_distance = mean_distance(neighbours, constants.kappa);
  set_coverage(index, options, known, decision);
  if (decision.out_of_coverage) rank_by_means(index, field.value(), models);
  decision.challenger = argmax_score(models, field.value());
  decision.confidence = paired_confidence(index, neighbours, constants.k, decision.challenger, decision.best_single);
  const bool sure =
      constants.eta <= 0 || decision.challenger == decision.best_single || decision.confidence > constants.eta;
  if (decision.fallback == Fallback::kNone && !sure) decision.fallback = Fallback::kLowConfidence;
  settle(field.value(), options, std::move(models), decision);
  neighbours.resize(std::min(neighbours.size(), options.neighbours));
  decision.neighbours = std::move(neighbours);
  return decision;
}

Result<Decision> route_task(const Index& index, std::span<const float> vectors, const Labels& labels,
                            const RouteOptions& options) {
  if (Status failed = check_vectors(index, vectors)) return *failed;
  const std::size_t n = vectors.size() / index.codes.dim;
  if (Status failed = check_labels(index, n, labels)) return *failed;
  Result<Field> field = field_of(index, options);
  if (!field.ok()) return field.error();
  const RoutingConstants& constants = options.constants;

  Decision decision;
  decision.policy = options.policy;
  decision.best_single = field.value().best_single;
  decision.inputs = n;
  decision.labelled = labels.inputs.size();
  const TaskInputs inputs = split_inputs(index, vectors, labels);
  const bool known = !inputs.scored.empty();
  std::vector<std::vector<Neighbour>> neighbours;
  std::vector<RankedModel> models(index.models());
  for (std::size_t m = 0; m < models.size(); ++m) models[m].model = m;
  if (known) {
    const QueryBlock queries = prepare_queries(index.codes.type, inputs.vectors, index.codes.dim);
    const std::size_t k = std::max<std::size_t>({constants.k, constants.kappa, options.neighbours});
    neighbours = pool_neighbours(index, &inputs.pool, queries, k, inputs.label_of);
    const TaskSums sums = sum_task(index, inputs, neighbours, constants);
    const std::size_t scored = inputs.scored.size();
    decision.mean_distance = sums.distance / static_cast<double>(scored);
    const std::vector<double> p = smooth_accuracy(index.pairs, index.models(), decision.mean_distance, constants.sigma);
    for (std::size_t m = 0; m < models.size(); ++m) models[m] = task_scores(m, sums, scored, p[m], options.policy);
    decision.challenger = argmax_score(models, field.value());
    if (decision.challenger != decision.best_single) {
      const auto counts = [&](std::size_t m) {
        return correct_counts(sums.positive[m], scored - sums.positive[m], models[m].p);
      };
      decision.confidence = probability_greater(counts(decision.challenger), counts(decision.best_single));
    }
  } else {
    decision.challenger = decision.best_single;
  }
  set_coverage(index, options, known, decision);
  if (decision.out_of_coverage) rank_by_means(index, field.value(), models);
  const bool sure =
      constants.eta <= 0 || decision.challenger == decision.best_single || decision.confidence > constants.eta;
  if (decision.fallback == Fallback::kNone && !sure) decision.fallback = Fallback::kLowConfidence;
  settle(field.value(), options, std::move(models), decision);
  decision.neighbours = nearest_overall(neighbours, index.rows(), options.neighbours);
  return decision;
}

}  // namespace signalbox
