// Who would be right on an input: votes of its nearest benchmark samples (eq. 11).
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
  std::vector<float> outcomes;  ///< [rows, models], NaN missing.

  [[nodiscard]] std::size_t rows() const { return codes.rows; }
};

/// What votes: the rows of a benchmark, and after them the labels, where there are any. Borrowed.
struct Pool {
  OutcomeView outcomes;
  std::size_t rows = 0;
  std::span<const double> means;  ///< [models] mean outcome over the rows; NaN without any.
  const LabelledPool* labels = nullptr;
};
[[nodiscard]] Pool pool_of(const Index& index, const LabelledPool* labels);

/// g_m(x) for one input.
struct Prediction {
  std::vector<double> g;           ///< [models] predicted correctness; NaN for a model without any outcome.
  std::vector<std::size_t> votes;  ///< [models] neighbours that had an outcome; 0: g is the model's own mean.
};

/// Outcome of a model at a row of the pool, labels included; NaN where missing.
[[nodiscard]] float outcome_at(const Pool& pool, std::size_t row, std::size_t model);

/// Unweighted mean of the outcomes of the first k neighbours. A model without an outcome at a neighbour is left out of
/// that vote; one without any vote is given its own mean over the pool (eq. 11, and the departure that missing is not
/// wrong).
[[nodiscard]] Prediction predict_correctness(const Pool& pool, std::span<const Neighbour> neighbours, std::size_t k);
[[nodiscard]] Prediction predict_correctness(const Index& index, const LabelledPool* labels,
                                             std::span<const Neighbour> neighbours, std::size_t k);
/// The same into a prediction that is overwritten, for loops over many inputs.
void predict_correctness(const Pool& pool, std::span<const Neighbour> neighbours, std::size_t k, Prediction& out);

/// How often gbar = 1[g > t] of each model was right (eq. 4).
struct Agreement {
  explicit Agreement(std::size_t models) : judged(models, 0), agreed(models, 0) {}

  /// outcomes: [models], NaN missing; a graded outcome counts as right where it exceeds the threshold.
  void add(const Prediction& prediction, std::span<const float> outcomes, double threshold);
  /// NaN for a model that was never judged.
  [[nodiscard]] double share(std::size_t model) const;

  std::vector<std::size_t> judged;
  std::vector<std::size_t> agreed;
};

/// Neighbours of each query in the index and, where given, among the labels, nearest first; ties to the lower row.
/// `skip_label[q]` is the label that query q itself is (it is not its own neighbour), or kNoLabel; empty: none is.
inline constexpr std::size_t kNoLabel = static_cast<std::size_t>(-1);
[[nodiscard]] std::vector<std::vector<Neighbour>> pool_neighbours(const Index& index, const LabelledPool* labels,
                                                                  const QueryBlock& queries, std::size_t k,
                                                                  std::span<const std::size_t> skip_label);

/// Puts the labels among the neighbours of each query, as rows first_label, first_label + 1, ... which must be higher
/// than those of the neighbours, and keeps the k nearest.
void join_labels(const LabelledPool& labels, const QueryBlock& queries, std::size_t k,
                 std::span<const std::size_t> skip_label, std::size_t first_label,
                 std::vector<std::vector<Neighbour>>& neighbours);

/// Mean cosine distance to the first kappa neighbours; 1 where there is none.
[[nodiscard]] double mean_distance(std::span<const Neighbour> neighbours, std::size_t kappa);

/// Where a mean distance stands among those inside the benchmark: a percentile in [0, 100], interpolated between the
/// index's quantiles. Of equal quantiles the upper counts.
[[nodiscard]] double coverage_percentile(std::span<const float> quantiles, double distance);

}  // namespace signalbox
