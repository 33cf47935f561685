// The decision about an input or a task: the model, the confidence, and the facts behind both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "index/index.h"
#include "kernels/nearest.h"
#include "routing/answer_cost.h"
#include "routing/choice.h"
#include "routing/next_labels.h"
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
inline constexpr std::size_t kReportedKinds = 3;
inline constexpr std::size_t kReportedFamilies = 3;

/// Options of a decision.
struct RouteOptions {
  Policy policy = Policy::kSignalbox;  ///< One that applies to an input or to a task, respectively.
  RoutingConstants constants;
  MixtureConstants mixture;
  std::optional<double> eta;  ///< Confidence required to leave the best single model; default: the forecast's.
  /// Percentile of the mean neighbour distance beyond which the input is out of coverage.
  double max_coverage_percentile = 99;
  /// Factor of the mean neighbour distance where coverage is judged, > 0 and at most 1: vectors of a table of other
  /// languages lie farther from the rows than those of the index's own embedder. For a task, the mean of its inputs'.
  double distance_scale = 1;
  std::vector<Exclusion> exclusions;      ///< [models]
  std::vector<double> prices;             ///< [models] blended US dollars per million tokens; negative: unknown.
  std::vector<TokenPrices> token_prices;  ///< [models] the same for input and output; empty: none is known.
  double prompt_tokens = kDefaultPromptTokens;
  PriceRules price_rules;
  /// [models] added to the predicted correctness before the choice; empty: nothing.
  std::vector<double> corrections;
  std::size_t neighbours = 0;      ///< Number of neighbours to report.
  std::size_t decided = kNoModel;  ///< See ChoiceRules.
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
  std::vector<RankedModel> ranking;  ///< Candidates, best score first; ties to the lower model.
  std::vector<TaskVote> tasks;       ///< The heaviest benchmark tasks, if the policy weighs them: see Forecast.
  std::vector<double> task_weights;  ///< [tasks] the weights of all, or empty.
  std::vector<TaskVote> families;    ///< The heaviest families, by membership; `task` is the family. Only of kFamilies.
  std::vector<TaskVote> kinds;       ///< The likeliest kinds of work, by probability among kinds, whatever the policy.
  std::vector<Neighbour> neighbours;  ///< Nearest rows of the index, of the input or of all inputs of the task.
  std::vector<Exclusion> exclusions;  ///< [models] reasons why a model is not in the ranking.
  std::vector<double> answer_costs;   ///< [models] see usd_per_answer.
  std::size_t inputs = 1;
  std::size_t labelled = 0;
};

/// Routes one input: chooses (choice.h) from the policy's forecast (policy.h). Out of coverage every policy ranks the
/// models by their means over tasks and picks the first one, which is m* except for corrections. An answer value does
/// not count there: it is for predictions.
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

/// The models that may be chosen, and their means over tasks.
struct Candidates {
  std::vector<Exclusion> exclusions;
  std::vector<double> means;
};

/// Routes a task in blocks, so that the caller can pause in between. The decision is that of `route_task`, bit for bit,
/// whatever the blocks. The index is borrowed.
class TaskRun {
 public:
  /// Opens a run for a number of inputs. Errors: those of `route_task`, but for the vectors.
  [[nodiscard]] static Result<TaskRun> open(const Index& index, std::size_t inputs, const Labels& labels,
                                            const RouteOptions& options);

  /// Adds the next inputs. vectors: row-major float32 [n, dim]. Errors: dimension_mismatch (also for more inputs than
  /// announced), non_finite.
  [[nodiscard]] Status add(std::span<const float> vectors);

  /// Sets the answers to all inputs, [inputs, models] groups of AnswerGroups: labels then count as labels that were
  /// chosen by them (next_labels.h), for the policy signalbox. Errors: dimension_mismatch for another number of groups.
  [[nodiscard]] Status set_answers(std::vector<std::int32_t> groups);

  /// Returns the candidates among which labels still decide, by the policy signalbox. Errors: dimension_mismatch if
  /// inputs are missing.
  [[nodiscard]] Result<CandidateSet> narrow() const;

  /// Returns how many of the inputs can be scored: those that were added, once every labelled input was.
  [[nodiscard]] std::size_t ready() const { return splitter_.has_labels() ? splitter_.added() : 0; }

  /// Scores at most `most` more inputs that are ready; returns how many are done.
  std::size_t score(std::size_t most);

  /// Replaces the options' factor of distances, which a caller may know only once the inputs were read.
  void set_distance_scale(double scale) { options_.distance_scale = scale; }

  /// Scores the rest and decides, once. Errors: dimension_mismatch if inputs are missing.
  [[nodiscard]] Result<Decision> finish();

 private:
  TaskRun(const Index& index, std::size_t inputs, const Labels& labels, const RouteOptions& options,
          Candidates candidates);

  [[nodiscard]] Evidence evidence() const;
  [[nodiscard]] Status check_complete() const;

  const Index* index_;
  std::size_t count_;
  RouteOptions options_;
  Candidates candidates_;
  InputSplitter splitter_;
  std::vector<std::vector<Neighbour>> neighbours_;  ///< [scored] of the inputs that have a vector, as below.
  std::vector<Prediction> predictions_;
  std::vector<double> votes_;          ///< [added inputs that have a vector, tasks] see vote_for_all.
  std::vector<std::int32_t> answers_;  ///< [inputs, models] or empty.
};

}  // namespace signalbox
