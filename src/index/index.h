// A benchmark index in memory: rows of codes, their outcomes, and the means derived from both.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/families.h"
#include "index/mixture_constants.h"
#include "kernels/codes.h"
#include "kernels/sketch.h"

namespace signalbox {

/// UTF-8 strings, borrowed from the index's bytes: offsets[i]..offsets[i + 1] of `bytes` is string i.
struct StringTable {
  std::span<const std::uint32_t> offsets;  ///< [count + 1]
  const char* bytes = nullptr;

  [[nodiscard]] std::size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    return {bytes + offsets[i], offsets[i + 1] - offsets[i]};
  }
};

/// Correctness y(x, m) in [0, 1] of every row and model. A missing outcome is not a wrong one.
///
/// Binary outcomes and the mask of measured ones are bits, row by row, ceil(models / 8) bytes per row, lowest bit
/// first; graded outcomes are float32 [rows, models]. Packed outcomes are those of the measured pairs only: the rank of
/// a model among the measured ones of the row is its place.
struct OutcomeView {
  std::size_t models = 0;
  const std::uint8_t* bits = nullptr;      ///< Binary outcomes; null if graded.
  const float* grades = nullptr;           ///< Graded outcomes; null if binary.
  const std::uint8_t* measured = nullptr;  ///< Null if no outcome is missing.
  const std::uint32_t* packed = nullptr;   ///< [rows + 1] first byte of each row; null if the outcomes are not packed.

  [[nodiscard]] bool is_graded() const { return grades != nullptr; }
  [[nodiscard]] std::size_t row_bytes() const { return (models + 7) / 8; }
  [[nodiscard]] bool is_measured(std::size_t row, std::size_t model) const {
    return measured == nullptr || bit(measured, row, model);
  }
  /// The outcome of a measured pair; meaningless for a missing one.
  [[nodiscard]] float at(std::size_t row, std::size_t model) const {
    if (packed != nullptr) return packed_at(row, rank(row, model));
    if (grades != nullptr) return grades[row * models + model];
    return bit(bits, row, model) ? 1.0F : 0.0F;
  }
  /// Returns the number of measured outcomes of a row; needs a mask.
  [[nodiscard]] std::size_t count(std::size_t row) const { return rank(row, models); }
  /// Writes the outcomes of a row, [models], with NaN for missing ones.
  void read_row(std::size_t row, std::span<float> out) const;
  /// Calls `visit(model, outcome)` for each measured outcome of a row, in the order of the models.
  template <typename Visit>
  void for_each(std::size_t row, Visit visit) const {
    std::size_t place = 0;
    for (std::size_t first = 0; first < models; first += 8) {
      unsigned known = measured == nullptr ? 0xFFU : measured[row * row_bytes() + first / 8];
      if (models - first < 8) known &= (1U << (models - first)) - 1U;
      // Most bytes of a sparse mask are 0, and cost one step for eight models.
      for (; known != 0; known &= known - 1) {
        const std::size_t model = first + static_cast<std::size_t>(std::countr_zero(known));
        visit(model, packed != nullptr ? packed_at(row, place++) : at(row, model));
      }
    }
  }

 private:
  /// Returns the number of measured outcomes of a row before a model.
  [[nodiscard]] std::size_t rank(std::size_t row, std::size_t model) const {
    const std::uint8_t* of_row = measured + row * row_bytes();
    std::size_t out = 0;
    for (std::size_t i = 0; i < model / 8; ++i) out += static_cast<std::size_t>(std::popcount(of_row[i]));
    if (model % 8 == 0) return out;
    const unsigned below = of_row[model / 8] & ((1U << (model % 8)) - 1U);
    return out + static_cast<std::size_t>(std::popcount(below));
  }
  [[nodiscard]] float packed_at(std::size_t row, std::size_t place) const {
    if (grades != nullptr) return grades[packed[row] / sizeof(float) + place];
    return ((bits[packed[row] + place / 8] >> (place % 8)) & 1) != 0 ? 1.0F : 0.0F;
  }
  [[nodiscard]] bool bit(const std::uint8_t* of, std::size_t row, std::size_t model) const {
    return ((of[row * row_bytes() + model / 8] >> (model % 8)) & 1) != 0;
  }
};

/// Returns the mask of measured outcomes of a matrix [rows, models] with NaN for missing ones; empty if none is
/// missing.
[[nodiscard]] std::vector<std::uint8_t> measured_bits(std::span<const float> outcomes, std::size_t models);
/// Returns a view of an outcome matrix [rows, models] and its mask, both borrowed.
[[nodiscard]] OutcomeView outcome_view(std::span<const float> outcomes, std::size_t models,
                                       std::span<const std::uint8_t> measured);

/// Size and prices of a model; unknown numbers are negative.
struct ModelNumbers {
  double params_b = -1;                 ///< Parameters, in billions.
  double usd_per_mtok_in = -1;          ///< US dollars per million input tokens.
  double usd_per_mtok_out = -1;         ///< US dollars per million output tokens.
  double usd_per_mtok_cache_read = -1;  ///< US dollars per million input tokens that are read from a cache.
};

/// A mean of a task whose outcomes are not known one by one.
struct TaskScore {
  std::uint16_t task = 0;
  std::uint16_t model = 0;
  float score = 0;     ///< Mean outcome, 0..1.
  float evidence = 1;  ///< Outcomes that the score is worth.
};

/// A link of a kind of work to a task that measures it.
struct TaskLink {
  std::uint16_t kind = 0;
  std::uint16_t task = 0;
  float weight = 1;
};

/// Limits of the parts that rest on no outcome. Weights and evidence are at most kMostWeight, and more than 0 but for
/// the weights of tasks.
inline constexpr double kMostWeight = 1e6;
inline constexpr double kMostCentroidNorm = 16;
inline constexpr double kMostBias = 1000;
inline constexpr double kMostMixture = 1e6;
inline constexpr double kMostTokens = 1e9;

/// A row's offset if its difficulty is unknown.
inline constexpr std::int8_t kNoOffset = -128;

/// Means of tasks whose outcomes are not known one by one. The entries of task t are offsets[t]..offsets[t + 1].
struct TaskScoreView {
  std::span<const std::uint32_t> offsets;  ///< [tasks + 1]; empty if the index has none.
  std::span<const std::uint16_t> models;   ///< Ascending in each task.
  std::span<const float> scores;           ///< Mean outcomes, 0..1.
  std::span<const float> evidence;         ///< Outcomes that the score is worth, > 0.

  [[nodiscard]] bool has(std::size_t task) const { return !offsets.empty() && offsets[task] < offsets[task + 1]; }
};

/// Links of kinds of work to the tasks that measure them. The entries of task t are offsets[t]..offsets[t + 1].
struct TaskLinkView {
  std::span<const std::uint32_t> offsets;  ///< [tasks + 1]; empty if the index has none.
  std::span<const std::uint16_t> tasks;    ///< Tasks without links, ascending.
  std::span<const float> weights;          ///< > 0

  /// Returns whether a task is a kind: it has links, and neither outcomes nor scores.
  [[nodiscard]] bool has(std::size_t task) const { return !offsets.empty() && offsets[task] < offsets[task + 1]; }
};

/// Typical lengths of answers; unknown numbers are negative.
struct AnswerTokenView {
  std::span<const float> tasks;   ///< [tasks] output tokens of the median model; empty if the index has none.
  std::span<const float> models;  ///< [models] ratio of the model's answers to these.
};

/// Constants of the method with which the pairs (u, p) of an index were computed.
struct RoutingConstants {
  std::uint32_t k = 10;      ///< Neighbours that vote (eq. 11).
  std::uint32_t kappa = 19;  ///< Neighbours that the distance u is averaged over (eq. 12).
  double threshold = .5;     ///< t of gbar = 1[g > t] (eq. 4), strict.
  double sigma = .09;        ///< Kernel width of the smoother (eq. 14).
  double eta = .6;           ///< Confidence required to choose another model over the best single one (eq. 8).
};

/// Largest k and kappa: one more than either still fits into 32 bits.
inline constexpr std::uint32_t kMostNeighbours = 1000000000;
inline constexpr double kLeastSigma = 1e-6;
inline constexpr double kMostSigma = 10;

/// Returns whether every constant is in its range: 1 <= k, kappa <= kMostNeighbours, 0 <= threshold, eta <= 1 and
/// kLeastSigma <= sigma <= kMostSigma. NaN is out of range.
[[nodiscard]] bool is_in_range(const RoutingConstants& constants);

/// Number of quantiles of the coverage section: percentiles 0..100.
inline constexpr std::size_t kCoverageQuantiles = 101;

/// Training pairs of the distance estimator (eqs. 12-14): the distance of a held-out task, and how often each model's
/// predictor was right on it; -1 if the model has no outcome there.
struct PairView {
  std::span<const float> u;  ///< [pairs]
  std::span<const float> p;  ///< [pairs, models]
};

/// Posterior of the models' true mean outcomes in each task, of which the benchmark has a sample; see fit_posterior.
struct TaskPosterior {
  std::vector<double> deviation;             ///< [tasks, models] mean outcome less the task's difficulty, shrunk toward
                                             ///< the model's overall deviation; without an outcome that deviation.
  std::vector<double> deviation_variance;    ///< [tasks, models] two models differ by the variances of both.
  std::vector<double> correctness;           ///< [tasks, models] mean outcome, shrunk toward the model's overall mean.
  std::vector<double> correctness_variance;  ///< [tasks, models]
};

/// Facts about the means of tasks that every decision needs.
struct TaskMeanFacts {
  std::vector<double> counts;   ///< [tasks] models with a mean.
  std::vector<double> centres;  ///< [tasks] mean of these means; 0 without one.
  bool are_complete = false;    ///< Every task has means of all models or of none, and one has them.
  bool are_posterior = false;   ///< The posterior's correctness is the mean, to the bit, wherever there is a mean.
};

/// A named part of the file, for inspection.
struct SectionInfo {
  std::string_view name;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t kind = 0;
};

/// Means of models that were added to an index from results on a few rows: the last models, in their order. Their means
/// are estimates (building/added_model.h), and no number of another model depends on them.
struct AddedMeansView {
  std::size_t models = 0;           ///< Added models, fewer than all; 0: none.
  std::span<const float> means;     ///< [tasks, added] mean outcome, 0..1; negative: unknown.
  std::span<const float> variance;  ///< [tasks, added] of the mean, 0..1.
};

/// An opened index: owns the file's bytes and reads them in place. Immutable, hence thread-safe.
class Index {
 public:
  struct Release {
    void operator()(std::uint8_t* pointer) const;
  };
  /// Bytes from std::malloc, which the caller of open_index hands over.
  using Bytes = std::unique_ptr<std::uint8_t, Release>;

  std::uint16_t version_major = 0;
  std::uint16_t version_minor = 0;
  std::size_t size_bytes = 0;
  CodeView codes;
  OutcomeView outcomes;
  std::span<const std::uint16_t> row_tasks;  ///< [rows]
  StringTable model_names;
  StringTable task_names;
  StringTable sample_ids;  ///< Empty if the index has none.
  std::string_view embedder_id;
  std::string_view embedder_hash;
  std::string_view metadata;                ///< JSON, not interpreted by the core.
  std::vector<ModelNumbers> model_numbers;  ///< [models]
  std::string_view model_records;           ///< JSON, not interpreted by the core; empty if the index has none.
  std::string_view task_records;            ///< JSON, likewise.
  TaskScoreView task_scores;
  TaskLinkView links;
  /// [rows] sixteenths of a logit that a row is easier than its task, kNoOffset if unknown; empty if the index has
  /// none.
  std::span<const std::int8_t> row_offsets;
  std::vector<double> mixture;         ///< Constants of the policy that were chosen for this index; may be empty.
  MixtureConstants mixture_constants;  ///< The same, with defaults for the rest.
  AnswerTokenView answer_tokens;
  AddedMeansView added;
  FamilyPredictor families;  ///< families.families is 0 if the index has none.
  std::string_view plan;     ///< JSON, not interpreted by the core; empty if the index has none.
  StringTable texts;  ///< [rows] beginnings of the prompts, '' if one may not be shown; empty if the index has none.
  RoutingConstants routing;
  PairView pairs;
  std::span<const float> coverage;     ///< Quantiles of the mean distance to the kappa nearest rows.
  std::span<const std::uint16_t> map;  ///< [rows, 2], x and y of each row; empty if the index has no map.
  std::vector<SectionInfo> sections;
  Bytes bytes;

  // Derived when the file is opened.
  std::vector<std::uint8_t> rests;     ///< Bounds of the codes, see rest_bounds.
  std::unique_ptr<Sketch> sketch;      ///< Null unless searches are to be fast, see make_sketch.
  std::vector<double> pool_means;      ///< [models] mean outcome over all rows; NaN without an outcome.
  std::vector<double> task_means;      ///< [tasks, models] mean outcome in the task, completed: see TaskEstimates.
  TaskPosterior task_posterior;        ///< The same with its sampling error.
  TaskMeanFacts mean_facts;            ///< Facts about task_means.
  std::vector<std::size_t> task_rows;  ///< [tasks] number of rows in each task.
  /// [tasks, dim] those of the file or, without any, the unit mean of each task's rows; zero if a task has none.
  std::vector<float> task_centroids;
  std::vector<float> task_bias;  ///< [tasks] logits that join the vote for a task; empty if the file has none.
  /// [tasks] weight in means over tasks: those of the file, or the shares of families that are the tasks, or 1, and 0
  /// for kinds.
  std::vector<double> task_weights;
  std::vector<double> known_weights;  ///< [tasks] the same, 0 for tasks without outcomes, 1 on average over the others.
  std::vector<double> overall_means;  ///< [models] see mean_over_tasks, without an excluded task.
  std::vector<std::size_t> model_tasks;  ///< [models] tasks with an outcome of the model.
  std::vector<std::size_t> added_rows;   ///< [added.models] rows with an outcome of the model.
  std::vector<double> task_levels;       ///< [tasks] mean logit of all models; NaN without outcomes.
  std::vector<double> task_offsets;      ///< [tasks] mean offset of the task's rows, in logits; empty without offsets.

  [[nodiscard]] std::size_t rows() const { return codes.rows; }
  [[nodiscard]] std::size_t models() const { return outcomes.models; }
  [[nodiscard]] std::size_t tasks() const { return task_names.size(); }
  /// Returns the number of models that the index was built with; they come before the added ones.
  [[nodiscard]] std::size_t built_models() const { return outcomes.models - added.models; }
};

/// Returns the mean over tasks of each model's mean outcome, by the weights of the tasks. Skips tasks without outcomes
/// and `excluded_task` (kNoTask excludes none); NaN if no task is left. The best single model m* (eq. 8) is the argmax.
[[nodiscard]] std::vector<double> mean_over_tasks(const Index& index, std::size_t excluded_task);
inline constexpr std::size_t kNoTask = static_cast<std::size_t>(-1);

/// Makes searches fast: they rule rows out by sketches, and may miss a neighbour (kernels/sketch.h). Does nothing for
/// an index of sign bits. Not while another thread reads the index.
void make_sketch(Index& index);

/// Fills the fields that are derived from codes, outcomes and tasks.
void derive_means(Index& index);

}  // namespace signalbox
