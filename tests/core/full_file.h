// A small index file with every part, and its refusals after a change.
#pragma once

#include <cmath>
#include <functional>

#include "forgery.h"
#include "support.h"

namespace signalbox::testing {

inline std::vector<float> random_centroids(std::size_t tasks, std::size_t dim) {
  std::mt19937 random(4);
  return random_vectors(random, tasks, dim);
}

/// Two families in three dimensions, of three models, with a linear part and a reach.
inline FamilyPredictor small_predictor() {
  FamilyPredictor out;
  out.families = 2;
  out.temperature = .25;
  out.answer_value = .01;
  out.centroids = {1, 0, 0, 0, .6F, .8F};
  out.bias = {0, -.5F};
  out.share = {.75F, .25F};
  out.right = {.9F, .5F, .25F, .25F, .75F, .5F};
  out.evidence = {100, 100, 100, 20, 20, 0};
  out.usd = {.01F, .001F, -1, .03F, .002F, .004F};
  out.reach = {.25F, .5F};
  out.weights = {.125F, 0, 0, 0, .125F, 0, 0, 0, .125F};
  out.intercept = {0, .0625F, -.0625F};
  return out;
}

/// A small file with every kind of section that the writer writes, except packed outcomes: graded float32, with gaps.
/// Task 2 has scores, and rows without outcomes; task 3 has links, and a row; task 4 has neither.
inline FileBytes full_file() {
  RandomBenchmark benchmark(/*seed=*/3, 6, 3, 3, 5, CodeType::kFloat32);
  benchmark.row_tasks = {0, 1, 0, 1, 2, 3};
  benchmark.outcomes[1] = .25F;
  for (std::size_t i = 4 * 3; i < 6 * 3; ++i) benchmark.outcomes[i] = std::nanf("");
  IndexExtras& extras = benchmark.spec.extras;
  extras.model_records = R"([{"name":"model0"},{"name":"model1"},{"name":"model2"}])";
  extras.task_records = "[]";
  extras.task_scores = {{2, 2, .5F, 10}, {2, 0, .25F, 3}};
  extras.links = {{3, 2, 1}, {3, 0, 2}, {3, 1, .5F}};
  extras.task_weights = {1, 1, .5F, 0, 0};
  extras.centroids = random_centroids(5, 3);
  extras.centroid_bias = {0, -1, 1, 0, 0};
  extras.row_offsets = {-128, -1, 0, 1, 2, 127};
  extras.mixture = {.1, 2};
  extras.task_tokens = {100, -1, 3, 4, 5};
  extras.model_tokens = {1, 2, -1};
  extras.families = small_predictor();
  extras.plan = R"({"format":"signalbox-plan-1"})";
  extras.texts = {"a", "", "c", "d", "e", "f\xC3\xBC"};
  benchmark.spec.sample_ids = {"a", "b", "", "d", "e", "f\xC3\xBC"};
  benchmark.spec.embedder_id = "embedder";
  benchmark.spec.embedder_hash = "sha256:00";
  benchmark.refresh();
  return benchmark.bytes();
}

/// Returns the code of the refusal; fails the test if the file opens.
inline ErrorCode refusal(const FileBytes& file) {
  const Result<Index> index = open_copy(file);
  EXPECT_FALSE(index.ok()) << "the file was accepted";
  if (index.ok()) return ErrorCode::kInternal;
  EXPECT_FALSE(index.error().message.empty());
  return index.error().code;
}

/// Returns the code of the refusal after a change to a section.
inline ErrorCode refusal_of_part(layout::Kind kind, const std::function<void(FileBytes&)>& change) {
  Forgery forgery(full_file());
  change(forgery.at(kind));
  return refusal(forgery.file());
}

}  // namespace signalbox::testing
