// A benchmark index in memory: rows of codes, their outcomes, and the means derived from both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/codes.h"

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
/// first; graded outcomes are float32 [rows, models].
struct OutcomeView {
  std::size_t models = 0;
  const std::uint8_t* bits = nullptr;      ///< Binary outcomes; null if graded.
  const float* grades = nullptr;           ///< Graded outcomes; null if binary.
  const std::uint8_t* measured = nullptr;  ///< Null if no outcome is missing.

  [[nodiscard]] std::size_t row_bytes() const { return (models + 7) / 8; }
  [[nodiscard]] bool is_measured(std::size_t row, std::size_t model) const {
    return measured == nullptr || bit(measured, row, model);
  }
  /// The outcome of a measured pair; meaningless for a missing one.
  [[nodiscard]] float at(std::size_t row, std::size_t model) const {
    if (grades != nullptr) return grades[row * models + model];
    return bit(bits, row, model) ? 1.0F : 0.0F;
  }

 private:
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
  float params_b = -1;          ///< Parameters, in billions.
  float usd_per_mtok_in = -1;   ///< US dollars per million input tokens.
  float usd_per_mtok_out = -1;  ///< US dollars per million output tokens.
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

/// A named part of the file, for inspection.
struct SectionInfo {
  std::string_view name;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
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
  std::string_view metadata;  ///< JSON, not interpreted by the core.
  std::span<const ModelNumbers> model_numbers;
  RoutingConstants routing;
  PairView pairs;
  std::span<const float> coverage;     ///< Quantiles of the mean distance to the kappa nearest rows.
  std::span<const std::uint16_t> map;  ///< [rows, 2], x and y of each row; empty if the index has no map.
  std::vector<SectionInfo> sections;
  Bytes bytes;

  // Derived when the file is opened.
  std::vector<double> pool_means;      ///< [models] mean outcome over all rows; NaN without an outcome.
  std::vector<double> task_means;      ///< [tasks, models] mean outcome in the task; NaN without an outcome.
  TaskPosterior task_posterior;        ///< The same with its sampling error.
  std::vector<std::size_t> task_rows;  ///< [tasks] number of rows in each task.
  std::vector<float> task_centroids;   ///< [tasks, dim] unit mean of each task's rows; zero without rows.

  [[nodiscard]] std::size_t rows() const { return codes.rows; }
  [[nodiscard]] std::size_t models() const { return outcomes.models; }
  [[nodiscard]] std::size_t tasks() const { return task_names.size(); }
};

/// Returns the unweighted mean over tasks of each model's mean outcome. Skips tasks where the model has no outcome, and
/// `excluded_task` (kNoTask excludes none); NaN if no task is left. The best single model m* (eq. 8) is the argmax.
[[nodiscard]] std::vector<double> mean_over_tasks(const Index& index, std::size_t excluded_task);
inline constexpr std::size_t kNoTask = static_cast<std::size_t>(-1);

/// Fills the fields that are derived from codes, outcomes and tasks.
void derive_means(Index& index);

}  // namespace signalbox
