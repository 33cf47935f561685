// Longer than most files: inputs and tasks are decided by the same functions, which nothing else needs.
#include "routing/router.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>

#include "routing/ordering.h"
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

Result<Candidates> candidates_of(const Index& index, const RouteOptions& options) {
  if (options.policy == Policy::kFamilies && index.families.families == 0) {
    return Error{ErrorCode::kInvalidArgument, "policy is 'families', but the index has no families"};
  }
  Candidates out{options.exclusions, mean_over_tasks(index, kNoTask)};
  for (std::size_t m = 0; m < index.models(); ++m) {
    Exclusion& exclusion = out.exclusions[m];
    if (exclusion != Exclusion::kNone) continue;
    const double most = options.price_rules.max_usd_per_mtok;
    if (std::isnan(out.means[m])) exclusion = Exclusion::kNoOutcomes;
    else if (most >= 0 && options.prices[m] < 0) exclusion = Exclusion::kPriceUnknown;
    else if (most >= 0 && options.prices[m] > most) exclusion = Exclusion::kOverMaxPrice;
  }
  if (best_allowed(out.means, out.exclusions) == index.models()) {
    return no_model_left(out.exclusions, options.price_rules.has_maximum());
  }
  return out;
}

Evidence evidence_of(const Index& index, const Candidates& candidates, const RouteOptions& options) {
  return {profiles_of(index), candidates.means, candidates.exclusions,
          options.constants,  options.mixture,  options.policy == Policy::kFamilies ? &index.families : nullptr};
}

/// Returns the place of a distance among those of the benchmark. Of families it is the place that the distance would
/// have if the reach of the input's families were the 99th percentile, and 100 beyond: families of templates, whose
/// rows are very near to each other, and scattered ones then both end at 99.
double percentile_of(const Index& index, const Forecast& forecast, double distance) {
  if (forecast.memberships.empty() || index.families.reach.empty())
    return coverage_percentile(index.coverage, distance);
  const double reach = family_reach(index.families, forecast.memberships);
  if (distance > reach) return 100;
  const double share = reach > 0 ? distance / reach : 0;
  return std::min(99.0, coverage_percentile(index.coverage, share * static_cast<double>(index.coverage[99])));
}

void set_coverage(const Index& index, const RouteOptions& options, const Forecast& forecast, Decision& decision) {
  const bool is_known = forecast.is_known;
  const double distance = options.distance_scale * decision.mean_distance;
  decision.percentile = is_known ? percentile_of(index, forecast, distance) : 100;
  decision.out_of_coverage = !is_known || decision.percentile > options.max_coverage_percentile;
  if (!is_known) decision.fallback = Fallback::kUnread;
  else if (decision.out_of_coverage) decision.fallback = Fallback::kOutOfCoverage;
}

/// Applies a correction to the score and its interval, which both stay in 0..1.
void correct(double correction, RankedModel& model) {
  if (correction == 0) return;
  const auto moved = [&](double value) { return std::clamp(value + correction, 0.0, 1.0); };
  model.score = moved(model.score);
  model.interval = {moved(model.interval.low), moved(model.interval.high)};
}

/// Ranks the candidates, best first; ties go to the lower model. scores: those of a task, or null.
std::vector<RankedModel> rank(const Forecast& forecast, const std::vector<double>& corrections,
                              const TaskScores* scores) {
  const std::vector<double> compared = corrected_scores(forecast, corrections);
  std::vector<Keyed> order;
  for (std::size_t m = 0; m < forecast.models(); ++m) {
    if (forecast.exclusions[m] == Exclusion::kNone) order.push_back({-compared[m], 0, m});
  }
  sort_keyed(order);
  std::vector<RankedModel> out;
  for (const auto& [key, then, m] : order) {
    RankedModel& model = out.emplace_back();
    model.model = m;
    model.score = forecast.scores[m];
    model.interval = interval_of(forecast, m);
    model.votes = forecast.votes[m];
    if (!corrections.empty()) correct(corrections[m], model);
    if (scores == nullptr) continue;
    model.s1 = scores->s1[m];
    model.s2 = scores->s2[m];
    model.s3 = scores->s3[m];
    model.p = scores->p[m];
    model.p_measured = scores->p_measured[m] != 0;
  }
  return out;
}

/// Returns at most `most` tasks of the largest weights; ties go to the lower task.
std::vector<TaskVote> heaviest(const std::vector<double>& weights, std::size_t most) {
  std::vector<TaskVote> out;
  for (std::size_t task = 0; task < weights.size(); ++task) {
    const double weight = weights[task];
    if (out.size() == most && !(out.back().weight < weight)) continue;
    const auto is_lighter = [&](const TaskVote& other) { return other.weight < weight; };
    out.insert(std::find_if(out.begin(), out.end(), is_lighter), {task, weight});
    if (out.size() > most) out.pop_back();
  }
  return out;
}

/// Returns the likeliest kinds. votes: of vote_for_all, or those of several inputs, [inputs, tasks].
std::vector<TaskVote> likeliest_kinds(const TaskProfiles& profiles, std::span<const double> votes) {
  const std::size_t tasks = profiles.tasks();
  std::vector<double> kinds;
  for (std::size_t at = 0; at < votes.size(); at += tasks) {
    const std::vector<double> of_input = kind_probabilities(profiles, votes.subspan(at, tasks));
    kinds.insert(kinds.end(), of_input.begin(), of_input.end());
  }
  std::vector<TaskVote> out = heaviest(mean_votes(kinds, tasks), kReportedKinds);
  out.erase(std::find_if(out.begin(), out.end(), [](const TaskVote& kind) { return !(kind.weight > 0); }), out.end());
  return out;
}

/// Returns how many neighbours of an input a decision needs.
std::size_t neighbours_needed(const Index& index, const RouteOptions& options) {
  const std::size_t of_offset = index.task_offsets.empty() ? 0 : rows_for_offset(options.mixture);
  return std::max<std::size_t>({options.constants.k, options.constants.kappa, options.neighbours, of_offset});
}

/// Returns how many of the nearest rows those to report are chosen from: see rows_to_report.
std::size_t neighbours_to_choose_from(const Index& index, const RouteOptions& options) {
  constexpr std::size_t kFewest = 500;
  const bool is_chosen = !index.links.offsets.empty() && options.neighbours > 0;
  return std::min(index.rows(), is_chosen ? std::max<std::size_t>(kFewest, options.neighbours) : 0);
}

/// Returns the rows to report, at most `most`. near: the nearest rows, nearest first; votes: those of vote_for_all, or
/// empty. With votes, rows come in the order of exp(cosine / temperature) * vote of their task, so that a task which
/// the input does not resemble has no part in what a reader sees, however near one of its rows is.
std::vector<Neighbour> rows_to_report(const std::vector<Neighbour>& near, const Index& index,
                                      std::span<const double> votes, double temperature, std::size_t most) {
  constexpr double kLeastVote = 0.01;  // Less than that says nothing against a row.
  std::vector<Keyed> order;
  for (std::size_t i = 0; i < near.size(); ++i) {
    const double vote = votes.empty() ? 1 : std::max(votes[index.row_tasks[near[i].row]], kLeastVote);
    order.push_back({near[i].cosine_distance / temperature - std::log(vote), 0, i});
  }
  sort_keyed(order);
  std::vector<Neighbour> out;
  for (std::size_t i = 0; i < std::min(order.size(), most); ++i) out.push_back(near[order[i].place]);
  return out;
}

/// Excludes the models whose answers cost too much, which is known only now. Errors: no_candidate.
Status limit_answers(double most, const std::vector<double>& costs, const Evidence& evidence, Forecast& forecast) {
  if (most < 0) return {};
  for (std::size_t m = 0; m < costs.size(); ++m) {
    if (forecast.exclusions[m] != Exclusion::kNone) continue;
    if (costs[m] < 0) forecast.exclusions[m] = Exclusion::kPriceUnknown;
    else if (costs[m] > most) forecast.exclusions[m] = Exclusion::kOverMaxPrice;
  }
  forecast.best_single = best_allowed(evidence.means, forecast.exclusions);
  if (forecast.best_single == forecast.models()) return no_model_left(forecast.exclusions, true);
  return {};
}

/// Replaces costs by those that the families know, in proportion to prices that are not the index's own.
void use_known_costs(const Index& index, const std::vector<double>& usd, const std::vector<double>& prices,
                     std::vector<double>& costs) {
  for (std::size_t m = 0; m < usd.size(); ++m) {
    if (usd[m] < 0) continue;
    costs[m] = usd[m];
    const double own = blended_price(index.model_numbers[m]);
    if (own > 0 && prices[m] >= 0 && prices[m] != own) costs[m] *= prices[m] / own;
  }
}

/// Returns the costs that a trade compares: those of answers if every model with a price has one, or nothing.
std::span<const double> comparable(const std::vector<double>& answer_costs, const std::vector<double>& prices,
                                   const std::vector<Exclusion>& exclusions) {
  for (std::size_t m = 0; m < prices.size(); ++m) {
    if (exclusions[m] == Exclusion::kNone && prices[m] >= 0 && answer_costs[m] < 0) return {};
  }
  return answer_costs;
}

/// Completes a decision whose distance is known: coverage, the choice, the ranking. votes: those of vote_for_all, or
/// empty; a kind of work has answers of a length of its own. scores: those of a task, or null. Errors: no_candidate.
Status decide(const Index& index, const RouteOptions& options, const Evidence& evidence, Forecast&& forecast,
              const std::vector<double>& votes, const TaskScores* scores, Decision& decision) {
  decision.policy = options.policy;
  set_coverage(index, options, forecast, decision);
  decision.tasks = heaviest(forecast.task_weights, kReportedTasks);
  decision.task_weights = forecast.task_weights;
  if (decision.out_of_coverage) use_means(evidence, forecast);
  decision.families = heaviest(forecast.memberships, kReportedFamilies);
  const std::vector<double>& shares = votes.empty() ? forecast.task_weights : votes;
  const std::vector<double>& weights = decision.out_of_coverage || shares.empty() ? index.task_weights : shares;
  decision.answer_costs = usd_per_answer(index.answer_tokens, weights, options.token_prices, options.prompt_tokens);
  decision.answer_costs.resize(index.models(), -1);
  use_known_costs(index, forecast.usd, options.prices, decision.answer_costs);
  const double most = options.price_rules.max_usd_per_answer;
  if (Status failed = limit_answers(most, decision.answer_costs, evidence, forecast)) return failed;
  const double eta = options.eta.value_or(forecast.eta);
  PriceRules price_rules = options.price_rules;
  if (decision.out_of_coverage && price_rules.answer_value >= 0) price_rules.tolerance = 0;
  if (decision.out_of_coverage || forecast.usd.empty()) price_rules.answer_value = -1;
  const auto costs = price_rules.answer_value >= 0
                         ? std::span<const double>(decision.answer_costs)
                         : comparable(decision.answer_costs, options.prices, forecast.exclusions);
  const ChoiceRules rules{eta, options.prices, price_rules, options.corrections, costs, options.decided};
  static_cast<Choice&>(decision) = choose(forecast, rules, decision.fallback);
  decision.ranking = rank(forecast, options.corrections, scores);
  decision.exclusions = std::move(forecast.exclusions);
  return {};
}

/// Returns the nearest rows over all inputs, each row once at its smallest distance.
std::vector<Neighbour> nearest_overall(const std::vector<std::vector<Neighbour>>& neighbours, std::size_t rows,
                                       std::size_t count) {
  std::vector<Neighbour> all;
  for (const auto& of_input : neighbours) {
    for (const Neighbour& n : std::span(of_input).first(std::min(count, of_input.size()))) {
      if (n.row < rows) all.push_back(n);
    }
  }
  std::vector<Keyed> order;
  for (std::size_t i = 0; i < all.size(); ++i) {
    order.push_back({all[i].cosine_distance, static_cast<double>(all[i].row), i});
  }
  sort_keyed(order);
  std::vector<Neighbour> out;
  std::vector<std::uint8_t> seen(rows, 0);
  for (const auto& [key, then, place] : order) {
    const Neighbour& n = all[place];
    if (out.size() == count || seen[n.row] != 0) continue;
    seen[n.row] = 1;
    out.push_back(n);
  }
  return out;
}

Status check_labels(const Index& index, std::size_t n, const Labels& labels) {
  if (labels.outcomes.size() != labels.inputs.size() * index.models()) {
    return Error{ErrorCode::kDimensionMismatch, "labels need one outcome for each input and model"};
  }
  std::vector<std::uint8_t> seen(n, 0);
  for (const std::size_t i : labels.inputs) {
    if (i >= n || seen[i] != 0) {
      return Error{ErrorCode::kInvalidArgument, "label for input " + std::to_string(i) +
                                                    (i >= n ? ", the task has " + std::to_string(n) : " occurs twice")};
    }
    seen[i] = 1;
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
  if (Status failed = check_applies(options.policy, Scope::kInput)) return *failed;
  const Result<Candidates> candidates = candidates_of(index, options);
  if (!candidates.ok()) return candidates.error();

  Decision decision;
  std::vector<Neighbour> near;
  const std::size_t needed = neighbours_needed(index, options);
  if (!is_zero(vector)) {
    const QueryBlock query = prepare_queries(index.codes.type, vector, index.codes.dim);
    near = find_nearest(index.codes, query, std::max(needed, neighbours_to_choose_from(index, options)))[0];
  }
  const auto neighbours = std::span(near).first(std::min(needed, near.size()));
  decision.mean_distance = mean_distance(neighbours, options.constants.kappa);
  InputEvidence evidence{evidence_of(index, candidates.value(), options), vector, pool_of(index, nullptr), neighbours};
  std::vector<double> votes;
  if (!is_zero(vector) && !index.links.offsets.empty()) {
    votes = vote_for_all(evidence.profiles, vector, options.mixture);
    evidence.votes = votes;
    decision.kinds = likeliest_kinds(evidence.profiles, votes);
  }
  Forecast forecast = forecast_input(options.policy, evidence);
  if (Status failed = decide(index, options, evidence, std::move(forecast), votes, nullptr, decision)) return *failed;
  decision.neighbours = rows_to_report(near, index, votes, options.mixture.temperature, options.neighbours);
  return decision;
}

Result<Decision> route_task(const Index& index, std::span<const float> vectors, const Labels& labels,
                            const RouteOptions& options) {
  if (Status failed = check_vectors(index, vectors)) return *failed;
  Result<TaskRun> opened = TaskRun::open(index, vectors.size() / index.codes.dim, labels, options);
  if (!opened.ok()) return opened.error();
  TaskRun run = opened.take();
  if (Status failed = run.add(vectors)) return *failed;
  return run.finish();
}

Result<TaskRun> TaskRun::open(const Index& index, std::size_t inputs, const Labels& labels,
                              const RouteOptions& options) {
  if (inputs == 0) return Error{ErrorCode::kDimensionMismatch, "a task needs at least one input"};
  if (Status failed = check_labels(index, inputs, labels)) return *failed;
  if (Status failed = check_applies(options.policy, Scope::kTask)) return *failed;
  Result<Candidates> candidates = candidates_of(index, options);
  if (!candidates.ok()) return candidates.error();
  return TaskRun(index, inputs, labels, options, candidates.take());
}

TaskRun::TaskRun(const Index& index, std::size_t inputs, const Labels& labels, const RouteOptions& options,
                 Candidates candidates)
    : index_(&index),
      count_(inputs),
      options_(options),
      candidates_(std::move(candidates)),
      splitter_(index.codes.type, index.codes.dim, index.models(), inputs, labels) {}

Evidence TaskRun::evidence() const { return evidence_of(*index_, candidates_, options_); }

Status TaskRun::add(std::span<const float> vectors) {
  if (Status failed = check_vectors(*index_, vectors)) return *failed;
  const std::size_t added = splitter_.added() + vectors.size() / index_->codes.dim;
  if (added > count_) {
    return Error{ErrorCode::kDimensionMismatch,
                 "got " + std::to_string(added) + " inputs, the task has " + std::to_string(count_)};
  }
  const std::size_t before = splitter_.inputs().vectors.size();
  splitter_.add(vectors);
  const auto read = std::span(splitter_.inputs().vectors).subspan(before);
  const std::vector<double> votes = vote_for_each(profiles_of(*index_), read, options_.mixture);
  votes_.insert(votes_.end(), votes.begin(), votes.end());
  return {};
}

Status TaskRun::set_answers(std::vector<std::int32_t> groups) {
  const std::size_t expected = count_ * index_->models();
  if (groups.size() != expected) {
    return Error{ErrorCode::kDimensionMismatch, "got " + std::to_string(groups.size()) + " answers, expected " +
                                                    std::to_string(expected) + ", one for each input and model"};
  }
  answers_ = std::move(groups);
  return {};
}

Status TaskRun::check_complete() const {
  if (splitter_.added() == count_) return {};
  return Error{ErrorCode::kDimensionMismatch,
               "got " + std::to_string(splitter_.added()) + " inputs, the task has " + std::to_string(count_)};
}

Result<CandidateSet> TaskRun::narrow() const {
  if (Status failed = check_complete()) return *failed;
  const TaskProfiles profiles = profiles_of(*index_);
  const std::vector<double> votes = average_votes(profiles, votes_, options_.mixture);
  const std::vector<Exclusion>& exclusions = candidates_.exclusions;
  const auto forecast = [&](const LabelMeans& labels) {
    return mix_tasks(profiles, votes, labels, exclusions, options_.mixture).relative;
  };
  const AnswerGroups answers{answers_, index_->models()};
  return narrow_candidates(answers, count_, splitter_.labels(), exclusions, forecast, options_.mixture);
}

std::size_t TaskRun::score(std::size_t most) {
  const TaskInputs& inputs = splitter_.inputs();
  const std::size_t first = neighbours_.size();
  const std::size_t count = ready() == 0 ? 0 : std::min(most, inputs.kept.size() - first);
  if (count > 0) {
    const std::size_t dim = index_->codes.dim;
    const std::size_t k = neighbours_needed(*index_, options_);
    const auto vectors = std::span(inputs.vectors).subspan(first * dim, count * dim);
    const QueryBlock queries = prepare_queries(index_->codes.type, vectors, dim);
    auto found = pool_neighbours(*index_, &inputs.labels, queries, k, std::span(inputs.label_of).subspan(first, count));
    auto predictions = predict_all(pool_of(*index_, &inputs.labels), found, options_.constants.k);
    std::move(found.begin(), found.end(), std::back_inserter(neighbours_));
    std::move(predictions.begin(), predictions.end(), std::back_inserter(predictions_));
  }
  const std::size_t done = neighbours_.size();
  return done < inputs.kept.size() ? inputs.kept[done] : ready();
}

Result<Decision> TaskRun::finish() {
  if (Status failed = check_complete()) return *failed;
  score(count_);
  Decision decision;
  decision.inputs = count_;
  decision.labelled = splitter_.labels().inputs.size();
  const TaskInputs& inputs = splitter_.inputs();
  TaskScores scores;
  std::vector<double> votes;
  std::vector<double> shares;  // Before kinds hand theirs on.
  TaskEvidence evidence{this->evidence(), nullptr, {}, 0, splitter_.labels().outcomes, {}, {}, inputs.vectors};
  if (!inputs.scored.empty()) {
    scores = score_task(inputs, predictions_, neighbours_, index_->pairs, options_.constants);
    votes = average_votes(evidence.profiles, votes_, options_.mixture);
    evidence.offset = mean_offset(evidence.profiles, votes_, neighbours_, options_.mixture);
    if (!index_->links.offsets.empty()) {
      decision.kinds = likeliest_kinds(evidence.profiles, votes_);
      shares = mean_votes(votes_, evidence.profiles.tasks());
    }
    decision.mean_distance = scores.u;
    evidence.scores = &scores;
    evidence.votes = votes;
  }
  CandidateSet set;
  if (!answers_.empty() && decision.labelled > 0 && options_.policy == Policy::kSignalbox) {
    set = narrow().take();
    evidence.label_means = &set.means;
  }
  Forecast forecast = forecast_task(options_.policy, evidence);
  if (Status failed = decide(*index_, options_, evidence, std::move(forecast), shares, evidence.scores, decision)) {
    return *failed;
  }
  decision.neighbours = nearest_overall(neighbours_, index_->rows(), options_.neighbours);
  return decision;
}

}  // namespace signalbox
