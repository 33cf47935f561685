#include "evaluation/policies.h"

#include <cmath>

namespace signalbox {
namespace {

/// Predicted correctness, the accuracy of the predictor, and the confidence that leaving m* needs.
struct Outlook {
  std::span<const double> predicted;
  std::span<const double> p;
  double eta = 0;
};

Outlook outlook_of(EvaluatedPolicy policy, const TaskKnowledge& k) {
  switch (policy) {
    case EvaluatedPolicy::kS1: return {k.scores->s1, k.scores->p, 0};
    case EvaluatedPolicy::kS2: return {k.scores->s2, k.scores->p, 0};
    case EvaluatedPolicy::kS3: return {k.scores->s3, k.scores->p, k.eta};
    case EvaluatedPolicy::kS3TrueP: return {k.s3_true_p, k.true_p, k.eta};
    case EvaluatedPolicy::kBestSingle:
    case EvaluatedPolicy::kOracle:
    case EvaluatedPolicy::kSignalbox: break;
  }
  return {k.means, k.scores->p, 0};
}

std::vector<Exclusion> measured_elsewhere(const TaskKnowledge& knowledge, std::span<const Exclusion> exclusions) {
  std::vector<Exclusion> out(exclusions.begin(), exclusions.end());
  for (std::size_t m = 0; m < out.size(); ++m) {
    if (std::isnan(knowledge.means[m])) out[m] = Exclusion::kNoOutcomes;
  }
  return out;
}

PolicyDecision decide_by_mixture(const TaskKnowledge& knowledge, std::span<const Exclusion> exclusions,
                                 std::size_t best_single) {
  const std::vector<Exclusion> candidates = measured_elsewhere(knowledge, exclusions);
  const TaskMixture mixture = expect(knowledge, exclusions);
  const std::size_t challenger = best_allowed(mixture.correctness, candidates);
  const std::size_t other =
      challenger == best_single ? next_best_allowed(mixture.correctness, candidates, challenger) : best_single;
  const MixtureConstants constants;
  const double confidence = challenger == other ? 1 : probability_better(mixture, challenger, other, constants);
  const bool stays = is_sure(constants.eta, confidence, challenger, best_single);
  return {stays ? challenger : best_single, challenger, confidence, !stays};
}

}  // namespace

TaskMixture expect(const TaskKnowledge& knowledge, std::span<const Exclusion> exclusions) {
  const std::vector<Exclusion> candidates = measured_elsewhere(knowledge, exclusions);
  const MixtureConstants constants;
  const LabelMeans labels = label_means(knowledge.label_outcomes, candidates, constants);
  return mix_tasks(knowledge.profiles, knowledge.votes, labels, candidates, constants);
}

PolicyDecision decide(EvaluatedPolicy policy, const TaskKnowledge& knowledge, std::span<const Exclusion> exclusions) {
  const std::size_t best_single = best_allowed(knowledge.means, exclusions);
  if (best_single == exclusions.size()) return {};
  if (policy == EvaluatedPolicy::kBestSingle) return {best_single, best_single, 1, false};
  if (policy == EvaluatedPolicy::kOracle) {
    const std::size_t best = best_allowed(knowledge.accuracy, exclusions);
    return {best, best, 1, false};
  }
  if (knowledge.scores == nullptr) return {best_single, best_single, 1, true};
  if (policy == EvaluatedPolicy::kSignalbox) return decide_by_mixture(knowledge, exclusions, best_single);
  const Outlook outlook = outlook_of(policy, knowledge);
  const std::size_t challenger = best_allowed(outlook.predicted, exclusions);
  if (challenger == exclusions.size()) return {best_single, best_single, 1, true};
  std::vector<double> p(outlook.p.begin(), outlook.p.end());
  for (double& x : p) x = std::isnan(x) ? .5 : x;  // Never judged: nothing is known of the predictor.
  const double confidence = task_confidence(*knowledge.scores, p, challenger, best_single);
  const bool stays = is_sure(outlook.eta, confidence, challenger, best_single);
  return {stays ? challenger : best_single, challenger, confidence, !stays};
}

}  // namespace signalbox
