// Parts of an index beside rows and outcomes, as a builder gets them and the writer writes them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "index/index.h"

namespace signalbox {

/// Parts of an index that an index of one's own outcomes does without. What is empty is not written.
struct IndexExtras {
  std::string model_records;             ///< JSON: a list of an object for each model.
  std::string task_records;              ///< JSON: likewise for each task.
  std::vector<TaskScore> task_scores;    ///< Ascending by task and model.
  std::vector<TaskLink> links;           ///< Ascending by kind and task.
  std::vector<float> task_weights;       ///< [tasks]
  std::vector<float> centroids;          ///< [tasks, dim] of any norm up to kMostCentroidNorm; zero: none.
  std::vector<float> centroid_bias;      ///< [tasks]; if empty, all 0.
  std::vector<std::int8_t> row_offsets;  ///< [rows]
  std::vector<double> mixture;
  FamilyPredictor families;         ///< Without reach: the builder adds it. No families: not written.
  std::string plan;                 ///< JSON
  std::vector<float> task_tokens;   ///< [tasks]; with model_tokens.
  std::vector<float> model_tokens;  ///< [models]
  std::vector<std::string> texts;   ///< [rows]
};

/// Writes the int8 codes of a centroid to `out` [stride], which must hold zeros. Returns their scale, with which it
/// keeps its norm.
[[nodiscard]] float code_centroid(std::span<const float> centroid, std::uint8_t* out);

/// Returns the centroids, [tasks, dim], as an index gives them back; empty if there are none.
[[nodiscard]] std::vector<float> coded_centroids(const IndexExtras& extras, std::size_t tasks, std::size_t dim);

}  // namespace signalbox
