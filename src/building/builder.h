// Builds the bytes of an index from embeddings and outcomes, including the statistics that the router needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "index/extras.h"
#include "index/index.h"
#include "routing/pairs.h"
#include "status.h"

namespace signalbox {

/// Everything in an index except its embeddings and outcomes. The span is borrowed for the duration of the call.
struct IndexDescription {
  std::size_t dim = 0;
  CodeType codes = CodeType::kInt8;
  std::span<const std::uint16_t> row_tasks;  ///< [rows]
  std::vector<std::string> model_names;      ///< Unique.
  std::vector<ModelNumbers> model_numbers;   ///< [models]
  std::vector<std::string> task_names;       ///< Unique.
  std::vector<std::string> sample_ids;       ///< [rows], or empty.
  std::string embedder_id;
  std::string embedder_hash;
  std::string metadata = "{}";  ///< JSON
  RoutingConstants routing;
  PairPlan pairs;
  IndexExtras extras;  ///< Scores and links may be in any order.
};

/// Input of build_index. Spans are borrowed for the duration of the call.
struct BuildSpec : IndexDescription {
  std::span<const float> embeddings;  ///< Row-major [rows, dim]; need not have unit norm.
  std::span<const float> outcomes;    ///< Row-major [rows, models] in [0, 1]; NaN if missing.
};

/// Checks that counts, names and constants are in range. Errors: those of build_index.
[[nodiscard]] Status check_description(const IndexDescription& description);

/// Checks a whole specification, including its values. Errors: those of build_index.
[[nodiscard]] Status check_spec(const BuildSpec& spec);

/// Checks that embeddings [n, dim] are finite, and that outcomes [n, models] are in [0, 1] or missing. `rows` [n] holds
/// the row numbers for messages. Errors: dimension_mismatch, non_finite, invalid_argument.
[[nodiscard]] Status check_rows(const IndexDescription& description, std::span<const std::uint32_t> rows,
                                std::span<const float> embeddings, std::span<const float> outcomes);

/// Returns the file's bytes; equal specifications produce equal bytes, native and wasm.
/// Errors: invalid_argument, dimension_mismatch, non_finite, size_overflow, bad_metadata (text that is not UTF-8).
/// Complexity: O(rows^2 dim), for the pairs and the coverage.
[[nodiscard]] Result<std::vector<std::uint8_t>> build_index(const BuildSpec& spec);

}  // namespace signalbox
