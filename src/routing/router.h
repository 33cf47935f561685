// The decision: which model for an input or a task, how sure, and why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "index/index.h"
#include "kernels/nearest.h"
#include "routing/scores.h"
#include "routing/selection.h"
#include "routing/task_scores.h"
#include "status.h"

namespace signalbox {

/// kSignalbox is the policy of task_mixture.h, the others are the paper's scores.
enum class Policy : std::uint8_t { kS1, kS2, kS3, kSignalbox };

/// The share of the input's or task's resemblance that goes to a benchmark task.
struct TaskVote {
  std::size_t task = 0;
  double weight = 0;
};
inline constexpr std::size_t kReportedTasks = 5;

enum class Fallback : std::uint8_t {
  kNone,
  kLowConfidence,  ///< Not sure enough that the challenger beats the best single model.
  kOutOfCoverage,  ///< Nothing in the benchmark is near the input.
  kNoKnownToken,   ///< The input has no token that the embedder knows.
};

/// Everything that a decision depends on beside the index and the input.
struct RouteOptions {
  Policy policy = Policy::kSignalbox;
  RoutingConstants constants;  ///< eta belongs to every policy, the others to the paper's.
  /// Percentile of the mean neighbour distance past which the input is out of coverage.
  double max_coverage_percentile = 99;
  std::vector<Exclusion> exclusions;  ///< [models]
  std::vector<double> prices;         ///< [models] blended US dollars per million tokens; negative: unknown.
  PriceRules price_rules;
  /// [models] added to the predicted correctness before anything is chosen; empty: nothing.
  std::vector<double> corrections;
  std::size_t neighbours = 5;  ///< How many to report.
};

struct RankedModel {
  std::size_t model = 0;
  double score = 0;       ///< The policy's predicted correctness, corrected.
  Interval interval;      ///< 95%.
  std::size_t votes = 0;  ///< Neighbours, over all inputs, or benchmark tasks (kSignalbox) that had an outcome.
  bool own_mean = false;  ///< The score is the model's own mean: without a vote, or out of coverage.
  double s1 = 0;          ///< For a task (eqs. 3, 4, 7).
  double s2 = 0;
  double s3 = 0;
  double p = 0;
  bool p_measured = false;  ///< p comes from labels, not from the distance.
};

struct Decision {
  Policy policy = Policy::kSignalbox;
  std::size_t model = 0;        ///< The pick.
  std::size_t best_single = 0;  ///< m*, among the candidates.
  std::size_t challenger = 0;   ///< What the policy wanted before fallback and price.
  /// P(challenger beats m*). Where they are the same 1, but for kSignalbox: P(it beats the next best model).
  double confidence = 1;
  Fallback fallback = Fallback::kNone;
  double mean_distance = 1;  ///< u of the input or task.
  double percentile = 100;   ///< Its place among the benchmark's own (coverage).
  bool out_of_coverage = false;
  std::vector<RankedModel> ranking;   ///< Candidates, best score first; ties to the lower model.
  std::vector<TaskVote> tasks;        ///< kSignalbox: what the input or task resembles, at most kReportedTasks.
  std::vector<Neighbour> neighbours;  ///< Nearest rows of the index, of the input or of all inputs of the task.
  std::vector<Exclusion> exclusions;  ///< [models] who is not in the ranking, and why.
  std::size_t inputs = 1;
  std::size_t labelled = 0;
};

/// Routes one input. kSignalbox: the argmax of task_mixture.h. kS1: the argmax of g (eq. 11), left for m* where paired
/// comparisons over the same neighbours do not make it sure enough (probability_better > eta); a departure, the paper's
/// per-instance routing has no fallback (eta = 0 gives that). Out of coverage every policy ranks models by their
/// mean over tasks, and takes the first, which is m* but for corrections.
/// vector: float32 [dim]; zero means that no token was known.
/// Errors: dimension_mismatch, non_finite, no_candidate.
[[nodiscard]] Result<Decision> route_input(const Index& index, std::span<const float> vector,
                                           const RouteOptions& options);

/// Routes a task: S1, S2, S3, u and p of its inputs (eqs. 3-14), argmax of the policy's score, and m* where
/// P(S(m) > S(m*)) <= eta (eq. 8), or, for kSignalbox, that of the mixture. Labelled inputs join the pool (never as
/// their own neighbour), give p where a model has a label, and are left out of the scores unless every input is
/// labelled. vectors: row-major float32 [n, dim]; zero rows (no known token) are left out. Errors: invalid_argument,
/// dimension_mismatch, non_finite, no_candidate.
[[nodiscard]] Result<Decision> route_task(const Index& index, std::span<const float> vectors, const Labels& labels,
                                          const RouteOptions& options);

}  // namespace signalbox
