#include "routing/task_scores.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "routing/scores.h"

namespace signalbox {

bool is_zero(std::span<const float> vector) {
  return std::all_of(vector.begin(), vector.end(), [](float x) { return x == 0; });
}

InputSplitter::InputSplitter(CodeType type, std::size_t dim, std::size_t models, std::size_t inputs, Labels labels)
    : type_(type), dim_(dim), models_(models), labels_(std::move(labels)), label_at_(inputs, kNoLabel) {
  for (std::size_t l = 0; l < labels_.inputs.size(); ++l) label_at_[labels_.inputs[l]] = l;
  inputs_.labels.codes = quantize(type_, {}, dim_);
}

void InputSplitter::add(std::span<const float> vectors) {
  for (std::size_t at = 0; at < vectors.size(); at += dim_) {
    const std::span<const float> v = vectors.subspan(at, dim_);
    const std::size_t input = added_++;
    const std::size_t label = label_at_[input];
    labelled_ += label == kNoLabel ? 0 : 1;
    if (!is_zero(v)) {
      if (label == kNoLabel) inputs_.scored.push_back(inputs_.kept.size());
      inputs_.vectors.insert(inputs_.vectors.end(), v.begin(), v.end());
      inputs_.kept.push_back(input);
      inputs_.label_of.push_back(label == kNoLabel ? kNoLabel : pool_vectors_.size() / dim_);
      if (label != kNoLabel) add_label(label, v);
    }
    if (label != kNoLabel && has_labels()) inputs_.labels.codes = quantize(type_, pool_vectors_, dim_);
  }
  if (added_ == label_at_.size() && inputs_.scored.empty()) {
    inputs_.scored.resize(inputs_.kept.size());
    std::iota(inputs_.scored.begin(), inputs_.scored.end(), std::size_t{0});
  }
}

void InputSplitter::add_label(std::size_t label, std::span<const float> vector) {
  pool_vectors_.insert(pool_vectors_.end(), vector.begin(), vector.end());
  const auto outcomes = std::span(labels_.outcomes).subspan(label * models_, models_);
  inputs_.labels.outcomes.insert(inputs_.labels.outcomes.end(), outcomes.begin(), outcomes.end());
}

TaskInputs split_inputs(CodeType type, std::size_t dim, std::size_t models, std::span<const float> vectors,
                        const Labels& labels) {
  InputSplitter splitter(type, dim, models, vectors.size() / dim, labels);
  splitter.add(vectors);
  return splitter.take();
}

std::vector<Prediction> predict_all(const Pool& pool, std::span<const std::vector<Neighbour>> neighbours,
                                    std::size_t k) {
  std::vector<Prediction> out;
  out.reserve(neighbours.size());
  for (const auto& near : neighbours) out.push_back(predict_correctness(pool, near, k));
  return out;
}

TaskScores score_task(const TaskInputs& inputs, std::span<const Prediction> predictions,
                      std::span<const std::vector<Neighbour>> neighbours, const PairView& pairs,
                      const RoutingConstants& constants) {
  const std::size_t models = predictions[0].g.size();
  TaskScores out{.scored = inputs.scored.size(),
                 .u = 0,
                 .s1 = std::vector<double>(models, 0),
                 .s2 = std::vector<double>(models),
                 .s3 = std::vector<double>(models),
                 .p = {},
                 .positive = std::vector<std::size_t>(models, 0),
                 .votes = std::vector<std::size_t>(models, 0),
                 .p_measured = std::vector<std::uint8_t>(models)};
  for (const std::size_t i : inputs.scored) {
    for (std::size_t m = 0; m < models; ++m) {
      out.s1[m] += predictions[i].g[m];
      out.positive[m] += predictions[i].g[m] > constants.threshold ? 1 : 0;
      out.votes[m] += predictions[i].votes[m];
    }
    out.u += mean_distance(neighbours[i], constants.kappa);
  }
  const auto count = static_cast<double>(out.scored);
  out.u /= count;
  Agreement measured(models);
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    if (inputs.label_of[i] == kNoLabel) continue;
    const auto outcomes = std::span(inputs.labels.outcomes).subspan(inputs.label_of[i] * models, models);
    measured.add(predictions[i], outcomes, constants.threshold);
  }
  out.p = smooth_accuracy(pairs, models, out.u, constants.sigma);
  for (std::size_t m = 0; m < models; ++m) {
    out.p_measured[m] = measured.scored[m] > 0 ? 1 : 0;
    if (out.p_measured[m] != 0) out.p[m] = measured.share(m);
    out.s1[m] /= count;
    out.s2[m] = static_cast<double>(out.positive[m]) / count;
    out.s3[m] = calibrated_score(out.s2[m], out.p[m]);
  }
  return out;
}

}  // namespace signalbox
