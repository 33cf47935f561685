// The policies: their names, where each applies, and what each expects of the models.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "index/index.h"
#include "kernels/nearest.h"
#include "routing/family_forecast.h"
#include "routing/predictor.h"
#include "routing/scores.h"
#include "routing/selection.h"
#include "routing/task_mixture.h"
#include "routing/task_scores.h"
#include "status.h"

namespace signalbox {

/// In the order of the table in policy.cpp, which has one line for each.
enum class Policy : std::uint8_t {
  kSignalbox,   ///< The mixture over benchmark tasks (task_mixture.h).
  kS1,          ///< Mean predicted correctness (eqs. 3, 11).
  kS2,          ///< Share of inputs predicted to be right (eq. 4).
  kS3,          ///< S2, corrected by the accuracy of the predictor (eq. 7).
  kS3TrueP,     ///< S3 with the true accuracy of the predictor: a bound.
  kBestSingle,  ///< The best model on average over the benchmark's tasks.
  kOracle,      ///< The best model on the task itself: a bound.
  kFamilies,    ///< Families of prompts (family_forecast.h); needs an index that has them.
};
inline constexpr std::size_t kPolicyCount = 8;

/// Uses of a policy.
enum class Scope : std::uint8_t {
  kInput,       ///< Routing one input.
  kTask,        ///< Routing a task.
  kEvaluation,  ///< Evaluating held-out tasks.
  kSingleRows,  ///< Evaluating held-out rows, one by one.
};

[[nodiscard]] std::string_view policy_name(Policy policy);
[[nodiscard]] bool applies(Policy policy, Scope scope);
/// Checks that a policy applies. Errors: invalid_argument, with the names of those that do.
[[nodiscard]] Status check_applies(Policy policy, Scope scope);

/// Returns the policy of this name. In routing, `paper` is the paper's own choice: S1 for an input, S3 for a task.
/// Errors: those of check_applies.
inline constexpr std::string_view kPaper = "paper";
[[nodiscard]] Result<Policy> policy_named(std::string_view name, Scope scope);

/// Knowledge of the benchmark that a forecast rests on. Borrows everything.
struct Evidence {
  TaskProfiles profiles;
  std::span<const double> means;          ///< [models] mean outcome over tasks, NaN without any; m* is its argmax.
  std::span<const Exclusion> exclusions;  ///< [models] models to leave out of the comparison.
  RoutingConstants constants;
  MixtureConstants mixture;
  const FamilyPredictor* families = nullptr;  ///< Needed by kFamilies only.
};

/// Knowledge of one input.
struct InputEvidence : Evidence {
  std::span<const float> vector;  ///< [dim]; zero: no token is known.
  Pool pool;
  std::span<const Neighbour> neighbours;  ///< In the pool, nearest first.
  std::span<const double> votes = {};     ///< [tasks] of vote_for_all; empty: a policy that needs them counts them.
};

/// Knowledge of a task.
struct TaskEvidence : Evidence {
  const TaskScores* scores = nullptr;     ///< Null: no input has a known token.
  std::span<const double> votes;          ///< [tasks] see vote_of_inputs.
  double offset = 0;                      ///< Mean of difficulty_offset over the inputs.
  std::span<const float> label_outcomes;  ///< [labels, models], NaN if missing.
  // The truth, for the bounds of an evaluation only.
  std::span<const double> accuracy;            ///< [models] on the task itself; NaN without an outcome.
  std::span<const double> predictor_accuracy;  ///< [models] how often gbar is right there; NaN without an outcome.
  std::span<const float> vectors = {};         ///< [inputs, dim] those with a known token; needed by kFamilies only.
  const LabelMeans* label_means = nullptr;     ///< Evidence of the labels; null: that of label_outcomes.
};

/// Grounds of a comparison: outcomes of the neighbours that vote. Without neighbours nothing is known.
struct NeighbourOutcomes {
  std::size_t models = 0;
  std::vector<float> outcomes;  ///< [neighbours, models], NaN if missing.
};
/// Grounds of a comparison: inputs with g > t, and the accuracy of the predictor, which make S(m) a sum of two binomial
/// counts (eq. 8).
struct PredictedCounts {
  std::size_t inputs = 0;
  std::vector<std::size_t> positive;  ///< [models]
  std::vector<double> p;              ///< [models]
};
/// Grounds of a comparison: the outcomes themselves.
struct KnownOutcomes {};

/// Expectations of a policy about every model. A mixture borrows what the evidence does.
struct Forecast {
  std::vector<double> scores;       ///< [models] predicted correctness; NaN if the policy has no forecast.
  std::vector<std::size_t> votes;   ///< [models] neighbours, over all inputs, or benchmark tasks that had an outcome of
                                    ///< the model; 0: the score is its own mean.
  std::vector<Interval> intervals;  ///< [models] 95%; empty: see `trials`.
  std::vector<double> trials;  ///< [models] observations behind a score; empty: the score rests on PredictedCounts.
  std::vector<double> memberships;    ///< [families] of kFamilies; empty: another policy, or means over tasks.
  std::vector<double> usd;            ///< [models] US dollars an answer, -1 unknown; empty: the policy expects none.
  std::vector<double> task_weights;   ///< [tasks] resemblance, sums to 1; empty: the policy does not compare tasks.
  std::vector<Exclusion> exclusions;  ///< [models] those of the evidence, and kNoOutcomes if the policy needs one.
  std::size_t best_single = 0;        ///< m* among the models that are not excluded; models() if there is none.
  std::variant<NeighbourOutcomes, PredictedCounts, TaskMixture, KnownOutcomes> grounds;
  double eta = 0;                   ///< Confidence required to leave m*, by default.
  bool is_known = true;             ///< False: no token is known, and the scores are means over tasks.
  bool compares_runner_up = false;  ///< A challenger that is m* is compared with the next best model.

  [[nodiscard]] std::size_t models() const { return scores.size(); }
};

/// Forecasts by a policy, which must apply to an input or to a task, respectively. Without a known token, a policy that
/// looks at inputs forecasts means over tasks.
[[nodiscard]] Forecast forecast_input(Policy policy, const InputEvidence& evidence);
[[nodiscard]] Forecast forecast_task(Policy policy, const TaskEvidence& evidence);

/// Replaces the scores by means over tasks, the only forecast outside the benchmark's coverage.
void use_means(const Evidence& evidence, Forecast& forecast);

/// Returns the 95% interval of a model's score: the mixture's own, Wilson's for votes and means, exact for S3.
[[nodiscard]] Interval interval_of(const Forecast& forecast, std::size_t model);

/// Returns P(the first model is right more often than the second one). `ahead` is the part of the difference due to
/// corrections; only a mixture accounts for it.
[[nodiscard]] double probability_better(const Forecast& forecast, std::size_t first, std::size_t second, double ahead);

/// Returns P(the first model is right at least as often as the second one, less `given_up`, >= 0):
/// - mixture: P(difference + ahead + given_up > 0). A difference is continuous: with nothing given up this is
///   probability_better.
/// - votes of neighbours: by the Beta distribution of paired comparisons (see PairedOutcomes). Likewise.
/// - counts: the counts S of n inputs are compared as shares, S(first) / n >= S(second) / n - given_up. Both counts are
///   whole, so this is S(first) >= S(second) - floor(n given_up). Ties count, unlike in probability_better (eq. 8).
[[nodiscard]] double probability_at_least(const Forecast& forecast, std::size_t first, std::size_t second, double ahead,
                                          double given_up);

}  // namespace signalbox
