#include "routing/router.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "routing/predictor.h"
#include "routing/task_mixture.h"

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

double correction_of(const RouteOptions& options, std::size_t model) {
  return options.corrections.empty() ? 0 : options.corrections[model];
}

/// Corrected scores, as they are compared: [models]. Of `models` the score is kept in 0..1, as its interval is.
std::vector<double> correct_scores(const RouteOptions& options, std::vector<RankedModel>& models) {
  std::vector<double> scores(models.size());
  for (RankedModel& m : models) {
    const double correction = correction_of(options, m.model);
    scores[m.model] = m.score + correction;
    if (correction == 0) continue;
    m.score = std::clamp(m.score + correction, 0.0, 1.0);
    m.interval = {std::clamp(m.interval.low + correction, 0.0, 1.0),
                  std::clamp(m.interval.high + correction, 0.0, 1.0)};
  }
  return scores;
}

/// P(the first model is right more often than the second).
using Confidence = std::function<double(std::size_t, std::size_t)>;

/// From scores to a pick: coverage, then the challenger against the best single model, then the price rules.
void settle(const Index& index, const Field& field, const RouteOptions& options, bool known,
            std::vector<RankedModel> models, const Confidence& confidence, Decision& decision) {
  decision.policy = options.policy;
  decision.best_single = field.best_single;
  set_coverage(index, options, known, decision);
  if (decision.out_of_coverage) rank_by_means(index, field, models);
  const std::vector<double> scores = correct_scores(options, models);
  decision.challenger = best_allowed(scores, field.exclusions);
  std::size_t other = field.best_single;
  if (decision.challenger == other && options.policy == Policy::kSignalbox) {
    other = next_best_allowed(scores, field.exclusions, other);
  }
  decision.confidence = decision.challenger == other ? 1 : confidence(decision.challenger, other);
  const bool sure = is_sure(options.constants.eta, decision.confidence, decision.challenger, field.best_single);
  if (decision.fallback == Fallback::kNone && !sure) decision.fallback = Fallback::kLowConfidence;
  const bool falls = decision.fallback == Fallback::kLowConfidence;
  const std::size_t pick = falls ? field.best_single : decision.challenger;
  decision.model = trade_for_price(pick, scores, options.prices, field.exclusions, options.price_rules);
  std::erase_if(models, [&](const RankedModel& m) { return field.exclusions[m.model] != Exclusion::kNone; });
  std::stable_sort(models.begin(), models.end(),
                   [&](const RankedModel& a, const RankedModel& b) { return scores[a.model] > scores[b.model]; });
  decision.ranking = std::move(models);
  decision.exclusions = field.exclusions;
}

TaskProfiles profiles_of(const Index& index) {
  return {index.codes.dim, index.models(), index.task_centroids, index.task_means};
}

/// Scores the models by the mixture over tasks, and reports the tasks that weigh most.
void apply_mixture(const Index& index, const TaskMixture& mixture, std::vector<RankedModel>& models,
                   Decision& decision) {
  for (RankedModel& m : models) {
    m.score = mixture.correctness[m.model];
    m.interval = mixture.intervals[m.model];
    m.votes = 0;
    for (std::size_t task = 0; task < index.tasks(); ++task) {
      m.votes += std::isnan(index.task_means[task * index.models() + m.model]) ? 0 : 1;
    }
    m.own_mean = false;
  }
  for (std::size_t task = 0; task < index.tasks(); ++task) decision.tasks.push_back({task, mixture.weights[task]});
  std::stable_sort(decision.tasks.begin(), decision.tasks.end(),
                   [](const TaskVote& a, const TaskVote& b) { return a.weight > b.weight; });
  decision.tasks.resize(std::min(decision.tasks.size(), kReportedTasks));
}

/// What it asks must stay where it is.
Confidence mixture_confidence(const TaskMixture& mixture, const RouteOptions& options) {
  return [&](std::size_t a, std::size_t b) {
    const double ahead = correction_of(options, a) - correction_of(options, b);
    return probability_better(mixture, a, b, MixtureConstants(), ahead);
  };
}

/// P(the challenger is right more often than the best single model), from the neighbours that measured both.
double paired_confidence(const Pool& pool, std::span<const Neighbour> neighbours, std::size_t k, std::size_t challenger,
                         std::size_t best_single) {
  double wins = 0;
  double losses = 0;
  for (const Neighbour& n : neighbours.first(std::min(k, neighbours.size()))) {
    const float a = outcome_at(pool, n.row, challenger);
    const float b = outcome_at(pool, n.row, best_single);
    if (std::isnan(a) || std::isnan(b)) continue;
    wins += std::max(0.0F, a - b);
    losses += std::max(0.0F, b - a);
  }
  return probability_better(wins, losses);
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

RankedModel ranked_model(std::size_t model, const TaskScores& scores, Policy policy) {
  RankedModel out;
  out.model = model;
  out.votes = scores.votes[model];
  out.own_mean = out.votes == 0;
  out.p_measured = scores.p_measured[model];
  out.p = scores.p[model];
  out.s1 = scores.s1[model];
  out.s2 = scores.s2[model];
  out.s3 = scores.s3[model];
  out.score = policy == Policy::kS1 ? out.s1 : policy == Policy::kS2 ? out.s2 : out.s3;
  const auto count = static_cast<double>(scores.scored);
  out.interval = wilson_interval(std::clamp(out.score, 0.0, 1.0), count);
  if (policy == Policy::kS3) {
    const std::size_t positive = scores.positive[model];
    const CountDistribution counts = correct_counts(positive, scores.scored - positive, out.p);
    out.interval = {static_cast<double>(count_quantile(counts, .025)) / count,
                    static_cast<double>(count_quantile(counts, .975)) / count};
  }
  return out;
}

/// Scores of one input by the votes of its neighbours.
std::vector<RankedModel> vote_of_neighbours(const Index& index, std::span<const Neighbour> neighbours, std::size_t k) {
  const Prediction prediction = predict_correctness(pool_of(index, nullptr), neighbours, k);
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
  return models;
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
  const bool known = !is_zero(vector);
  std::vector<Neighbour> neighbours;
  if (known) {
    const std::size_t k = std::max<std::size_t>({constants.k, constants.kappa, options.neighbours});
    const QueryBlock query = prepare_queries(index.codes.type, vector, index.codes.dim);
    neighbours = find_nearest(index.codes, query, k)[0];
  }
  decision.mean_distance = mean_distance(neighbours, constants.kappa);
  std::vector<RankedModel> models = vote_of_neighbours(index, neighbours, constants.k);
  Confidence confidence = [&](std::size_t a, std::size_t b) {
    return paired_confidence(pool_of(index, nullptr), neighbours, constants.k, a, b);
  };
  TaskMixture mixture;
  if (options.policy == Policy::kSignalbox && known) {
    const MixtureConstants mixing;
    const TaskProfiles profiles = profiles_of(index);
    const LabelMeans none = label_means({}, field.value().exclusions, mixing);
    mixture = mix_tasks(profiles, vote_for_tasks(profiles, vector, mixing), none, field.value().exclusions, mixing);
    apply_mixture(index, mixture, models, decision);
    confidence = mixture_confidence(mixture, options);
  }
  settle(index, field.value(), options, known, std::move(models), confidence, decision);
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
  decision.inputs = n;
  decision.labelled = labels.inputs.size();
  const TaskInputs inputs = split_inputs(index.codes.type, index.codes.dim, index.models(), vectors, labels);
  const bool known = !inputs.scored.empty();
  std::vector<std::vector<Neighbour>> neighbours;
  std::vector<RankedModel> models(index.models());
  for (std::size_t m = 0; m < models.size(); ++m) models[m].model = m;
  TaskScores scores;
  TaskMixture mixture;
  Confidence confidence = [](std::size_t, std::size_t) { return .5; };  // Nothing is known of the task.
  if (known) {
    const QueryBlock queries = prepare_queries(index.codes.type, inputs.vectors, index.codes.dim);
    const std::size_t k = std::max<std::size_t>({constants.k, constants.kappa, options.neighbours});
    neighbours = pool_neighbours(index, &inputs.labels, queries, k, inputs.label_of);
    const auto predictions = predict_all(pool_of(index, &inputs.labels), neighbours, constants.k);
    scores = score_task(inputs, predictions, neighbours, index.pairs, constants);
    decision.mean_distance = scores.u;
    for (std::size_t m = 0; m < models.size(); ++m) models[m] = ranked_model(m, scores, options.policy);
    confidence = [&](std::size_t a, std::size_t b) { return task_confidence(scores, scores.p, a, b); };
  }
  if (known && options.policy == Policy::kSignalbox) {
    const MixtureConstants mixing;
    const TaskProfiles profiles = profiles_of(index);
    const std::vector<Exclusion>& exclusions = field.value().exclusions;
    mixture = mix_tasks(profiles, vote_of_inputs(profiles, inputs.vectors, mixing),
                        label_means(labels.outcomes, exclusions, mixing), exclusions, mixing);
    apply_mixture(index, mixture, models, decision);
    confidence = mixture_confidence(mixture, options);
  }
  settle(index, field.value(), options, known, std::move(models), confidence, decision);
  decision.neighbours = nearest_overall(neighbours, index.rows(), options.neighbours);
  return decision;
}

}  // namespace signalbox
