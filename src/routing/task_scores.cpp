#include "routing/task_scores.h"

#include <algorithm>
#include <numeric>

#include "routing/scores.h"

namespace signalbox {

bool is_zero(std::span<const float> vector) {
  return std::all_of(vector.begin(), vector.end(), [](float x) { return x == 0; });
}

TaskInputs split_inputs(CodeType type, std::size_t dim, std::size_t models, std::span<const float> vectors,
                        const Labels& labels) {
  const std::size_t n = vectors.size() / dim;
  std::vector<std::size_t> label_at(n, kNoLabel);
  for (std::size_t l = 0; l < labels.inputs.size(); ++l) label_at[labels.inputs[l]] = l;

  TaskInputs out;
  std::vector<float> pool_vectors;
  std::vector<std::size_t> unlabelled;
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const float> v = vectors.subspan(i * dim, dim);
    if (is_zero(v)) continue;
    out.vectors.insert(out.vectors.end(), v.begin(), v.end());
    out.kept.push_back(i);
    if (label_at[i] == kNoLabel) {
      unlabelled.push_back(out.label_of.size());
      out.label_of.push_back(kNoLabel);
      continue;
    }
    out.label_of.push_back(pool_vectors.size() / dim);
    pool_vectors.insert(pool_vectors.end(), v.begin(), v.end());
    const auto outcomes = std::span(labels.outcomes).subspan(label_at[i] * models, models);
    out.labels.outcomes.insert(out.labels.outcomes.end(), outcomes.begin(), outcomes.end());
  }
  out.labels.codes = quantize(type, pool_vectors, dim);
  if (unlabelled.empty()) {
    out.scored.resize(out.label_of.size());
    std::iota(out.scored.begin(), out.scored.end(), std::size_t{0});
  } else {
    out.scored = std::move(unlabelled);
  }
  return out;
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
                 .p_measured = std::vector<bool>(models)};
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
    out.p_measured[m] = measured.scored[m] > 0;
    if (out.p_measured[m]) out.p[m] = measured.share(m);
    out.s1[m] /= count;
    out.s2[m] = static_cast<double>(out.positive[m]) / count;
    out.s3[m] = calibrated_score(out.s2[m], out.p[m]);
  }
  return out;
}

}  // namespace signalbox
