// S1, S2, S3, u and p of a whole task, from the votes on its inputs (eqs. 3-14). The router and the evaluation both
// decide by these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/index.h"
#include "kernels/nearest.h"
#include "routing/predictor.h"

namespace signalbox {

/// Outcomes known for some of a task's inputs.
struct Labels {
  std::vector<std::size_t> inputs;  ///< Numbers of the labelled inputs, each at most once.
  std::vector<float> outcomes;      ///< [inputs, models], NaN if missing.
};

/// The inputs of a task that have a vector (a zero row is an input without a known token), split into those to score
/// and those with labels.
struct TaskInputs {
  std::vector<float> vectors;         ///< [kept, dim]
  std::vector<std::size_t> kept;      ///< [kept] number of each among the task's inputs.
  std::vector<std::size_t> label_of;  ///< [kept] the label of each input, or kNoLabel.
  std::vector<std::size_t> scored;    ///< Positions among the kept inputs; all of them if every input is labelled.
  LabelledPool labels;
};

/// Splits the inputs of a task. vectors: row-major float32 [n, dim].
[[nodiscard]] TaskInputs split_inputs(CodeType type, std::size_t dim, std::size_t models,
                                      std::span<const float> vectors, const Labels& labels);

/// Returns whether no token of an input is known.
[[nodiscard]] bool is_zero(std::span<const float> vector);

/// Returns one prediction for each list of neighbours.
[[nodiscard]] std::vector<Prediction> predict_all(const Pool& pool, std::span<const std::vector<Neighbour>> neighbours,
                                                  std::size_t k);

struct TaskScores {
  std::size_t scored = 0;  ///< Number of inputs that the scores are means of.
  double u = 1;            ///< Their mean distance (eq. 12).
  std::vector<double> s1;  ///< [models], as all fields below.
  std::vector<double> s2;
  std::vector<double> s3;
  std::vector<double> p;
  std::vector<std::size_t> positive;  ///< Inputs with g > t.
  std::vector<std::size_t> votes;
  std::vector<bool> p_measured;  ///< p is the share of the labels that gbar predicts, not smoothed from the distance.
};

/// Scores a task. predictions, neighbours: one for each kept input; at least one input must be scored.
[[nodiscard]] TaskScores score_task(const TaskInputs& inputs, std::span<const Prediction> predictions,
                                    std::span<const std::vector<Neighbour>> neighbours, const PairView& pairs,
                                    const RoutingConstants& constants);

}  // namespace signalbox
