// S1, S2, S3, u and p of a whole task, from the votes on its inputs (eqs. 3-14). The router and the evaluation both
// decide by these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
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

/// Splits inputs that arrive in blocks.
class InputSplitter {
 public:
  /// inputs: number of all inputs of the task. labels: checked, each of an input below that number.
  InputSplitter(CodeType type, std::size_t dim, std::size_t models, std::size_t inputs, Labels labels);

  /// Adds the next inputs. vectors: row-major float32 [n, dim].
  void add(std::span<const float> vectors);

  /// Returns how many inputs were added.
  [[nodiscard]] std::size_t added() const { return added_; }
  /// Returns whether all labelled inputs were added: the pool is complete, and inputs can be scored.
  [[nodiscard]] bool has_labels() const { return labelled_ == labels_.inputs.size(); }
  /// Returns the split so far; `scored` counts only once every input was added.
  [[nodiscard]] const TaskInputs& inputs() const { return inputs_; }
  [[nodiscard]] TaskInputs take() { return std::move(inputs_); }
  [[nodiscard]] const Labels& labels() const { return labels_; }

 private:
  void add_label(std::size_t label, std::span<const float> vector);

  CodeType type_;
  std::size_t dim_;
  std::size_t models_;
  Labels labels_;
  std::vector<std::size_t> label_at_;  ///< [inputs] the label of each, or kNoLabel.
  std::vector<float> pool_vectors_;
  std::size_t added_ = 0;
  std::size_t labelled_ = 0;  ///< Labelled inputs among those added.
  TaskInputs inputs_;
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
  std::vector<std::uint8_t> p_measured;  ///< 1: p is the share of the labels that gbar predicts, not smoothed from the
                                         ///< distance.
};

/// Scores a task. predictions, neighbours: one for each kept input; at least one input must be scored.
[[nodiscard]] TaskScores score_task(const TaskInputs& inputs, std::span<const Prediction> predictions,
                                    std::span<const std::vector<Neighbour>> neighbours, const PairView& pairs,
                                    const RoutingConstants& constants);

}  // namespace signalbox
