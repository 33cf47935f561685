#include "routing/policy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace signalbox {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<Exclusion> exclusions_of(const Evidence& e) { return {e.exclusions.begin(), e.exclusions.end()}; }

// kSignalbox.

Forecast mixture_of(const Evidence& e, std::span<const double> votes, double offset,
                    std::span<const float> label_outcomes, const LabelMeans* given = nullptr) {
  const std::size_t models = e.means.size();
  Forecast out;
  out.exclusions = exclusions_of(e);
  for (std::size_t m = 0; m < models; ++m) {
    if (out.exclusions[m] == Exclusion::kNone && std::isnan(e.means[m])) out.exclusions[m] = Exclusion::kNoOutcomes;
  }
  const LabelMeans labels = given != nullptr ? *given : label_means(label_outcomes, out.exclusions, e.mixture);
  const TaskProfiles& profiles = e.profiles;
  TaskMixture mixture = mix_tasks(profiles, votes, labels, out.exclusions, e.mixture, offset);
  out.scores = mixture.correctness;
  out.intervals = mixture.intervals;
  out.task_weights = mixture.weights;
  out.votes.assign(profiles.measured.begin(), profiles.measured.end());
  out.votes.resize(models, 0);
  for (std::size_t i = 0; profiles.measured.empty() && i < profiles.means.size(); ++i) {
    out.votes[i % models] += std::isnan(profiles.means[i]) ? 0 : 1;
  }
  out.grounds.emplace<TaskMixture>(std::move(mixture));
  return out;
}

Forecast mixture_of_input(const InputEvidence& e) {
  std::vector<double> votes(e.votes.begin(), e.votes.end());
  if (votes.empty()) votes = vote_for_all(e.profiles, e.vector, e.mixture);
  const double offset = difficulty_offset(e.profiles, votes, e.neighbours, e.mixture);
  return mixture_of(
      e, join_uniform_votes(e.profiles, follow_links(e.profiles, std::move(votes)), e.mixture.input_prior_tasks),
      offset, {});
}

Forecast mixture_of_task(const TaskEvidence& e) {
  Forecast out = mixture_of(e, e.votes, e.offset, e.label_outcomes, e.label_means);
  out.eta = e.mixture.eta;
  return out;
}

// kFamilies.

/// Families that are the benchmark's tasks count as such.
Forecast families_of(const Evidence& e, std::span<const float> vectors) {
  FamilyForecast families = forecast_families(*e.families, vectors, e.profiles.dim);
  Forecast out;
  for (const double outcomes : families.evidence) {
    out.votes.push_back(static_cast<std::size_t>(std::max(1.0, std::floor(outcomes + .5))));
  }
  out.scores = std::move(families.correctness);
  out.intervals = std::move(families.intervals);
  out.usd = std::move(families.usd);
  if (families.memberships.size() == e.profiles.tasks()) out.task_weights = families.memberships;
  out.memberships = std::move(families.memberships);
  out.grounds.emplace<TaskMixture>(std::move(families.comparison));
  return out;
}

Forecast families_of_input(const InputEvidence& e) { return families_of(e, e.vector); }
Forecast families_of_task(const TaskEvidence& e) { return families_of(e, e.vectors); }

// kS1, kS2, kS3.

/// Forecasts by the votes of an input's neighbours (eq. 11). The fallback for lack of confidence is a departure: the
/// paper's routing of single inputs has none.
Forecast votes_of_input(const InputEvidence& e) {
  const auto voters = e.neighbours.first(std::min<std::size_t>(e.constants.k, e.neighbours.size()));
  Prediction prediction = predict_correctness(e.pool, voters, voters.size());
  Forecast out;
  for (const std::size_t votes : prediction.votes) {
    out.trials.push_back(votes == 0 ? e.profiles.effective_tasks() : static_cast<double>(votes));
  }
  out.scores = std::move(prediction.g);
  out.votes = std::move(prediction.votes);
  auto& grounds = out.grounds.emplace<NeighbourOutcomes>();
  grounds.models = out.models();
  for (const Neighbour& n : voters) {
    for (std::size_t m = 0; m < out.models(); ++m) grounds.outcomes.push_back(outcome_at(e.pool, n.row, m));
  }
  out.eta = e.constants.eta;
  return out;
}

Forecast scores_of_task(const TaskEvidence& e, std::vector<double> scores, std::vector<double> p) {
  const TaskScores& s = *e.scores;
  Forecast out;
  out.scores = std::move(scores);
  out.votes = s.votes;
  out.grounds.emplace<PredictedCounts>(PredictedCounts{s.scored, s.positive, std::move(p)});
  return out;
}

/// S1 and S2 are plain argmaxes: only S3 stays with m* for lack of confidence (eq. 8).
Forecast plain_scores_of_task(const TaskEvidence& e, const std::vector<double>& scores) {
  Forecast out = scores_of_task(e, scores, e.scores->p);
  out.trials.assign(out.models(), static_cast<double>(e.scores->scored));
  return out;
}

Forecast s1_of_task(const TaskEvidence& e) { return plain_scores_of_task(e, e.scores->s1); }
Forecast s2_of_task(const TaskEvidence& e) { return plain_scores_of_task(e, e.scores->s2); }

Forecast s3_of_task(const TaskEvidence& e) {
  Forecast out = scores_of_task(e, e.scores->s3, e.scores->p);
  out.eta = e.constants.eta;
  return out;
}

// The bounds of an evaluation.

Forecast s3_with_true_p(const TaskEvidence& e) {
  std::vector<double> scores;
  std::vector<double> p;
  for (std::size_t m = 0; m < e.means.size(); ++m) {
    const double true_p = e.predictor_accuracy[m];
    scores.push_back(std::isnan(true_p) ? kNan : calibrated_score(e.scores->s2[m], true_p));
    p.push_back(std::isnan(true_p) ? .5 : true_p);  // Nothing is known of the predictor.
  }
  Forecast out = scores_of_task(e, std::move(scores), std::move(p));
  out.eta = e.constants.eta;
  return out;
}

Forecast means_of(const Evidence& e) {
  Forecast out;
  use_means(e, out);
  return out;
}
Forecast means_of_input(const InputEvidence& e) { return means_of(e); }
Forecast means_of_task(const TaskEvidence& e) { return means_of(e); }

Forecast oracle_of_task(const TaskEvidence& e) {
  Forecast out = means_of(e);
  out.scores.assign(e.accuracy.begin(), e.accuracy.end());
  out.grounds.emplace<KnownOutcomes>();
  return out;
}

struct PolicyEntry {
  std::string_view name;
  Forecast (*of_input)(const InputEvidence&);  ///< Null: the policy needs a whole task.
  Forecast (*of_task)(const TaskEvidence&);
  bool routes;              ///< False: for evaluations only.
  bool evaluates;           ///< False: for routing only.
  bool looks_at_inputs;     ///< Without a known token there is nothing to look at.
  bool compares_runner_up;  ///< See Forecast.
};

constexpr std::array<PolicyEntry, kPolicyCount> kPolicies = {{
    {"signalbox", mixture_of_input, mixture_of_task, true, true, true, true},
    {"s1", votes_of_input, s1_of_task, true, true, true, false},
    {"s2", nullptr, s2_of_task, true, true, true, false},
    {"s3", nullptr, s3_of_task, true, true, true, false},
    {"s3_true_p", nullptr, s3_with_true_p, false, true, true, false},
    {"best_single", means_of_input, means_of_task, false, true, false, false},
    {"oracle", nullptr, oracle_of_task, false, true, false, false},
    {"families", families_of_input, families_of_task, true, false, true, true},
}};

const PolicyEntry& entry(Policy policy) { return kPolicies[static_cast<std::size_t>(policy)]; }

bool is_routing(Scope scope) { return scope == Scope::kInput || scope == Scope::kTask; }

/// Returns the names that apply, as in "a, b or c".
std::string names_for(Scope scope) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kPolicies.size(); ++i) {
    if (applies(static_cast<Policy>(i), scope)) names.push_back(kPolicies[i].name);
  }
  if (is_routing(scope)) names.insert(names.begin() + 1, kPaper);
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.append(i == 0 ? "" : i + 1 < names.size() ? ", " : " or ").append(names[i]);
  }
  return out;
}

Error unfit(std::string_view name, Scope scope) {
  static constexpr std::array<const char*, 4> kPurposes = {"to route one input", "to route a task", "to evaluate tasks",
                                                           "to evaluate single rows"};
  return {ErrorCode::kInvalidArgument, "policy is '" + std::string(name) + "', expected " + names_for(scope) + " " +
                                           kPurposes[static_cast<std::size_t>(scope)]};
}

/// Fills in what does not depend on the policy's own part.
void complete(const PolicyEntry& policy, const Evidence& e, bool is_known, Forecast& out) {
  if (out.exclusions.empty()) out.exclusions = exclusions_of(e);
  out.best_single = best_allowed(e.means, out.exclusions);
  out.is_known = is_known || !policy.looks_at_inputs;
  out.compares_runner_up = policy.compares_runner_up;
}

PairedOutcomes paired(const NeighbourOutcomes& grounds, std::size_t first, std::size_t second) {
  PairedOutcomes out;
  for (std::size_t at = 0; at < grounds.outcomes.size(); at += grounds.models) {
    const float a = grounds.outcomes[at + first];
    const float b = grounds.outcomes[at + second];
    if (std::isnan(a) || std::isnan(b)) continue;
    out.wins += std::max(0.0F, a - b);
    out.losses += std::max(0.0F, b - a);
    ++out.count;
  }
  return out;
}

CountDistribution counts_of(const PredictedCounts& grounds, std::size_t model) {
  const std::size_t positive = grounds.positive[model];
  return correct_counts(positive, grounds.inputs - positive, grounds.p[model]);
}

}  // namespace

std::string_view policy_name(Policy policy) { return entry(policy).name; }

bool applies(Policy policy, Scope scope) {
  const PolicyEntry& p = entry(policy);
  if (is_routing(scope) ? !p.routes : !p.evaluates) return false;
  return scope == Scope::kInput || scope == Scope::kSingleRows ? p.of_input != nullptr : p.of_task != nullptr;
}

Status check_applies(Policy policy, Scope scope) {
  return applies(policy, scope) ? Status() : unfit(policy_name(policy), scope);
}

Result<Policy> policy_named(std::string_view name, Scope scope) {
  if (name == kPaper && is_routing(scope)) return scope == Scope::kTask ? Policy::kS3 : Policy::kS1;
  for (std::size_t i = 0; i < kPolicies.size(); ++i) {
    const auto policy = static_cast<Policy>(i);
    if (name == kPolicies[i].name && applies(policy, scope)) return policy;
  }
  return unfit(name, scope);
}

Forecast forecast_input(Policy policy, const InputEvidence& e) {
  const PolicyEntry& p = entry(policy);
  const bool is_known = !is_zero(e.vector);
  Forecast out = is_known ? p.of_input(e) : means_of(e);
  complete(p, e, is_known, out);
  return out;
}

Forecast forecast_task(Policy policy, const TaskEvidence& e) {
  const PolicyEntry& p = entry(policy);
  const bool is_known = e.scores != nullptr;
  Forecast out = is_known || !p.looks_at_inputs ? p.of_task(e) : means_of(e);
  complete(p, e, is_known, out);
  return out;
}

void use_means(const Evidence& e, Forecast& forecast) {
  forecast.scores.assign(e.means.begin(), e.means.end());
  forecast.votes.assign(e.means.size(), 0);
  forecast.intervals.clear();
  forecast.memberships.clear();
  forecast.usd = e.families == nullptr ? std::vector<double>() : overall_costs(*e.families);
  forecast.trials.assign(e.means.size(), e.profiles.effective_tasks());
}

Interval interval_of(const Forecast& forecast, std::size_t model) {
  if (!forecast.intervals.empty()) return forecast.intervals[model];
  if (!forecast.trials.empty()) {
    const double score = forecast.scores[model];
    return wilson_interval(std::isnan(score) ? 0 : std::clamp(score, 0.0, 1.0), forecast.trials[model]);
  }
  const auto& grounds = *std::get_if<PredictedCounts>(&forecast.grounds);
  const CountDistribution counts = counts_of(grounds, model);
  const auto inputs = static_cast<double>(grounds.inputs);
  return {static_cast<double>(count_quantile(counts, .025)) / inputs,
          static_cast<double>(count_quantile(counts, .975)) / inputs};
}

double probability_better(const Forecast& forecast, std::size_t first, std::size_t second, double ahead) {
  const auto* counts = std::get_if<PredictedCounts>(&forecast.grounds);
  if (counts == nullptr) return probability_at_least(forecast, first, second, ahead, 0);
  return probability_greater(counts_of(*counts, first), counts_of(*counts, second));
}

double probability_at_least(const Forecast& forecast, std::size_t first, std::size_t second, double ahead,
                            double given_up) {
  if (const auto* near = std::get_if<NeighbourOutcomes>(&forecast.grounds)) {
    return probability_better(paired(*near, first, second), given_up);
  }
  if (const auto* mixture = std::get_if<TaskMixture>(&forecast.grounds)) {
    return probability_better(*mixture, first, second, ahead + given_up);
  }
  if (const auto* counts = std::get_if<PredictedCounts>(&forecast.grounds)) {
    // The small term keeps products such as .29 * 100 = 28.999... at their whole number.
    const double inputs = std::floor(static_cast<double>(counts->inputs) * std::min(given_up, 1.0) + 1e-9);
    return probability_at_least(counts_of(*counts, first), counts_of(*counts, second),
                                static_cast<std::size_t>(inputs));
  }
  return 1;
}

}  // namespace signalbox
