// Predicted correctness of the models on an input, by votes of its nearest benchmark samples (eq. 11).
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "index/index.h"
#include "kernels/nearest.h"

namespace signalbox {

/// Labelled samples of the new task, which join the pool as rows index.rows(), index.rows() + 1, ...
struct LabelledPool {
  CodeMatrix codes;
  std::vector<float> outcomes;  ///< [rows, models], NaN if missing.

  [[nodiscard]] std::size_t rows() const { return codes.rows; }
};

/// The rows that may vote: those of a benchmark and, after them, the labels, if there are any. Borrowed.
struct Pool {
  OutcomeView outcomes;
  std::size_t rows = 0;
  std::span<const double> means;  ///< [models] mean outcome over the rows; NaN without an outcome.
  const LabelledPool* labels = nullptr;
};
[[nodiscard]] Pool pool_of(const Index& index, const LabelledPool* labels);

/// Values of g_m(x) for one input.
struct Prediction {
  std::vector<double> g;           ///< [models] predicted correctness; NaN for a model without an outcome.
  std::vector<std::size_t> votes;  ///< [models] neighbours that had an outcome; 0: g is the model's own mean.
};

/// Returns the outcome of a model on a row of the pool, labels included; NaN if missing.
[[nodiscard]] float outcome_at(const Pool& pool, std::size_t row, std::size_t model);

/// Returns the unweighted mean of the outcomes of the first k neighbours. A model without an outcome at a neighbour is
/// left out of that vote; a model without any vote gets its own mean over the pool (eq. 11, with the departure that
/// missing is not wrong).
[[nodiscard]] Prediction predict_correctness(const Pool& pool, std::span<const Neighbour> neighbours, std::size_t k);
[[nodiscard]] Prediction predict_correctness(const Index& index, const LabelledPool* labels,
                                             std::span<const Neighbour> neighbours, std::size_t k);
/// Overwrites a prediction, for loops over many inputs.
void predict_correctness(const Pool& pool, std::span<const Neighbour> neighbours, std::size_t k, Prediction& out);

/// Counts how often gbar = 1[g > t] of each model was right (eq. 4).
struct Agreement {
  explicit Agreement(std::size_t models) : scored(models, 0), agreed(models, 0) {}

  /// Adds one input. outcomes: [models], NaN if missing; a graded outcome counts as right if it exceeds the threshold.
  void add(const Prediction& prediction, std::span<const float> outcomes, double threshold);
  /// Returns the share of right ones; NaN for a model that was never scored.
  [[nodiscard]] double share(std::size_t model) const;

  std::vector<std::size_t> scored;
  std::vector<std::size_t> agreed;
};

/// Returns the neighbours of each query in the index and, if given, among the labels, nearest first; ties go to the
/// lower row. `skip_label[q]` is the label that query q itself is (it is not its own neighbour), or kNoLabel; if empty,
/// no query is a label.
inline constexpr std::size_t kNoLabel = static_cast<std::size_t>(-1);
[[nodiscard]] std::vector<std::vector<Neighbour>> pool_neighbours(const Index& index, const LabelledPool* labels,
                                                                  const QueryBlock& queries, std::size_t k,
                                                                  std::span<const std::size_t> skip_label);

/// Inserts the labels into the neighbours of each query, as rows first_label, first_label + 1, ..., and keeps the k
/// nearest. These row numbers must be higher than those of the neighbours.
void join_labels(const LabelledPool& labels, const QueryBlock& queries, std::size_t k,
                 std::span<const std::size_t> skip_label, std::size_t first_label,
                 std::vector<std::vector<Neighbour>>& neighbours);

/// Returns the mean cosine distance to the first kappa neighbours; 1 without neighbours.
[[nodiscard]] double mean_distance(std::span<const Neighbour> neighbours, std::size_t kappa);

/// Returns the percentile of a mean distance among those inside the benchmark, in [0, 100], interpolated between the
/// index's quantiles. Of equal quantiles the upper one counts.
[[nodiscard]] double coverage_percentile(std::span<const float> quantiles, double distance);

}  // namespace signalbox
