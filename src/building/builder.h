// Builds the bytes of an index from embeddings and outcomes, with what the router needs to know of them in advance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "index/index.h"
#include "routing/pairs.h"
#include "status.h"

namespace signalbox {

/// An index but for its embeddings and outcomes. The span is borrowed for the call.
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
};

/// What an index is built from. Spans are borrowed for the call.
struct BuildSpec : IndexDescription {
  std::span<const float> embeddings;  ///< Row-major [rows, dim]; need not have unit norm.
  std::span<const float> outcomes;    ///< Row-major [rows, models] in [0, 1], NaN missing.
};

/// Whether counts, names and constants are within their ranges. Errors: those of build_index.
[[nodiscard]] Status check_description(const IndexDescription& description);

/// The same of a whole specification, its values included.
[[nodiscard]] Status check_spec(const BuildSpec& spec);

/// Whether some rows are finite, [n, dim], and their outcomes in [0, 1] or missing, [n, models]. Errors:
/// dimension_mismatch, non_finite, invalid_argument. `rows` are their numbers in messages.
[[nodiscard]] Status check_rows(const IndexDescription& description, std::span<const std::uint32_t> rows,
                                std::span<const float> embeddings, std::span<const float> outcomes);

/// The file's bytes; the same specification gives the same bytes, native and wasm.
/// Errors: invalid_argument, dimension_mismatch, non_finite, size_overflow, bad_metadata (text that is not UTF-8).
/// Complexity: O(rows^2 dim), for the pairs and the coverage.
[[nodiscard]] Result<std::vector<std::uint8_t>> build_index(const BuildSpec& spec);

}  // namespace signalbox
