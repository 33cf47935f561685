// Writes an index with one more model, which was added later.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "index/index.h"
#include "status.h"

namespace signalbox {

/// Contents of the new column. Spans are borrowed for the duration of the call.
struct AppendedModel {
  std::string name;
  ModelNumbers numbers;
  std::string model_records;            ///< JSON: those of all models, the new one last; empty: no records.
  std::span<const std::uint32_t> rows;  ///< Rows with an outcome, each at most once.
  std::span<const float> outcomes;      ///< [rows] 0..1; 0 or 1 unless the index is graded.
  std::vector<float> means;             ///< [tasks] see AddedMeansView.
  std::vector<float> variance;          ///< [tasks]
  // For an index with families:
  std::vector<float> right;     ///< [families] see FamilyPredictor.
  std::vector<float> evidence;  ///< [families]
  std::vector<float> weights;   ///< [dim] of the linear part, if there is one.
  float linear_intercept = 0;
};

/// Returns the file: the sections of the index byte for byte, but for those with a column for each model. Everything
/// must have been checked, except for the sizes that the sum of both has. Kinds of section that this reader does not
/// know are left out. Errors: size_overflow.
[[nodiscard]] Result<std::vector<std::uint8_t>> append_model(const Index& index, const AppendedModel& model);

}  // namespace signalbox
