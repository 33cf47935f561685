#include "evaluation/leave_one_task_out.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/nearest.h"
#include "routing/predictor.h"
#include "routing/selection.h"

namespace signalbox {
namespace {

std::vector<double> mean_votes(const Index& index, std::span<const float> vectors, std::size_t task, std::size_t k) {
  const QueryBlock queries = prepare_queries(index.codes.type, vectors, index.codes.dim);
  const auto near = find_nearest(index.codes, queries, k, {index.row_tasks, static_cast<std::uint16_t>(task)});
  std::vector<double> sums(index.models(), 0);
  for (const auto& of_input : near) {
    const Prediction prediction = predict_correctness(index, nullptr, of_input, k);
    for (std::size_t m = 0; m < sums.size(); ++m) sums[m] += prediction.votes[m] > 0 ? prediction.g[m] : 0;
  }
  return sums;
}

}  // namespace

Result<std::vector<HeldOutAccuracy>> leave_one_task_out(const Index& index, std::span<const float> embeddings,
                                                        std::size_t k) {
  const std::size_t dim = index.codes.dim;
  if (embeddings.size() != index.rows() * dim) {
    return Error{ErrorCode::kDimensionMismatch, "got " + std::to_string(embeddings.size()) +
                                                    " embedding values, expected " +
                                                    std::to_string(index.rows() * dim)};
  }
  if (!std::all_of(embeddings.begin(), embeddings.end(), [](float x) { return std::isfinite(x); })) {
    return Error{ErrorCode::kNonFinite, "an embedding holds NaN or infinity"};
  }
  std::vector<HeldOutAccuracy> out;
  for (std::size_t task = 0; task < index.tasks(); ++task) {
    if (index.task_rows[task] == 0 || index.task_rows[task] == index.rows()) continue;
    std::vector<float> vectors;
    for (std::size_t row = 0; row < index.rows(); ++row) {
      if (index.row_tasks[row] != task) continue;
      const auto v = embeddings.subspan(row * dim, dim);
      vectors.insert(vectors.end(), v.begin(), v.end());
    }
    const std::span<const double> accuracy = std::span(index.task_means).subspan(task * index.models(), index.models());
    std::vector<Exclusion> exclusions(index.models(), Exclusion::kNone);
    for (std::size_t m = 0; m < accuracy.size(); ++m) {
      if (std::isnan(accuracy[m])) exclusions[m] = Exclusion::kNoOutcomes;
    }
    const std::size_t picked = best_allowed(mean_votes(index, vectors, task, k), exclusions);
    const std::size_t best_single = best_allowed(mean_over_tasks(index, task), exclusions);
    const std::size_t oracle = best_allowed(accuracy, exclusions);
    if (picked == accuracy.size() || best_single == accuracy.size()) continue;
    out.push_back({task, accuracy[picked], accuracy[best_single], accuracy[oracle]});
  }
  return out;
}

}  // namespace signalbox
