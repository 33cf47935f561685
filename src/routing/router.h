// The decision about an input or a task: the model, the confidence, and the facts behind both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "index/index.h"
#include "kernels/nearest.h"
#include "routing/choice.h"
#include "routing/policy.h"
#include "routing/scores.h"
#include "routing/selection.h"
#include "routing/task_mixture.h"
#include "routing/task_scores.h"
#include "status.h"

namespace signalbox {

/// A benchmark task's share of the resemblance of an input or task.
struct TaskVote {
  std::size_t task = 0;
  double weight = 0;
};
inline constexpr std::size_t kReportedTasks = 5;

/// Options of a decision.
struct RouteOptions {
  Policy policy = Policy::kSignalbox;  ///< One that applies to an input or to a task, respectively.
  RoutingConstants constants;
  MixtureConstants mixture;
  std::optional<double> eta;  ///< Confidence required to leave the best single model; default: the forecast's.
  /// Percentile of the mean neighbour distance beyond which the input is out of coverage.
  double max_coverage_percentile = 99;
  std::vector<Exclusion> exclusions;  ///< [models]
  std::vector<double> prices;         ///< [models] blended US dollars per million tokens; negative: unknown.
  PriceRules price_rules;
  /// [models] added to the predicted correctness before the choice; empty: nothing.
  std::vector<double> corrections;
  std::size_t neighbours = 5;  ///< Number of neighbours to report.
};

struct RankedModel {
  std::size_t model = 0;
  double score = 0;  ///< The policy's predicted correctness, corrected.
  Interval interval;
  std::size_t votes = 0;  ///< See Forecast.
  double s1 = 0;          ///< For a task (eqs. 3, 4, 7).
  double s2 = 0;
  double s3 = 0;
  double p = 0;
  bool p_measured = false;  ///< p comes from labels, not from the distance.

  /// Returns whether the score is the model's own mean: without a vote, or out of coverage.
  [[nodiscard]] bool is_own_mean() const { return votes == 0; }
};

struct Decision : Choice {
  Policy policy = Policy::kSignalbox;
  double mean_distance = 1;  ///< u of the input or task.
  double percentile = 100;   ///< Place of that distance among the benchmark's own (coverage).
  bool out_of_coverage = false;
  std::vector<RankedModel> ranking;   ///< Candidates, best score first; ties to the lower model.
  std::vector<TaskVote> tasks;        ///< The heaviest benchmark tasks, if the policy weighs them: see Forecast.
  std::vector<Neighbour> neighbours;  ///< Nearest rows of the index, of the input or of all inputs of the task.
  std::vector<Exclusion> exclusions;  ///< [models] reasons why a model is not in the ranking.
  std::size_t inputs = 1;
  std::size_t labelled = 0;
};

/// Routes one input: chooses (choice.h) from the policy's forecast (policy.h). Out of coverage every policy ranks the
/// models by their means over tasks and picks the first one, which is m* except for corrections.
/// vector: float32 [dim]; zero means that it could not be read.
/// Errors: dimension_mismatch, non_finite, invalid_argument, no_candidate.
[[nodiscard]] Result<Decision> route_input(const Index& index, std::span<const float> vector,
                                           const RouteOptions& options);

/// Routes a task. Labelled inputs join the pool (never as their own neighbour), determine p of the models that have a
/// label, and are left out of the scores unless every input is labelled.
/// vectors: row-major float32 [n, dim]; zero rows (unread inputs) are left out.
/// Errors: invalid_argument, dimension_mismatch, non_finite, no_candidate.
[[nodiscard]] Result<Decision> route_task(const Index& index, std::span<const float> vectors, const Labels& labels,
                                          const RouteOptions& options);

}  // namespace signalbox
