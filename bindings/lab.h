// The surface of the second wasm module, for building and evaluating: what a page that only routes never loads. Like
// session.h it is plain C++: handles, pointers and JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "session.h"

namespace signalbox::bindings {

/// embeddings: float32 [rows, dim]; row_tasks: [rows]; outcomes: float32 [rows, models], NaN missing. The value is
/// {ptr, size}: bytes that the caller copies and releases.
[[nodiscard]] std::string build_index(std::string_view spec_json, const float* embeddings,
                                      const std::uint16_t* row_tasks, const float* outcomes, std::size_t rows);

/// A build whose rows come in pieces; see IndexBuilder. row_tasks: [rows], copied. The value is {handle, dim, models};
/// builds and evaluations share one row of handles.
[[nodiscard]] std::string open_build(std::string_view spec_json, const std::uint16_t* row_tasks, std::size_t rows);
/// at: [rows] numbers of the rows; embeddings: float32 [rows, dim]; outcomes: float32 [rows, models], NaN missing.
[[nodiscard]] std::string put_rows(Handle build, const std::uint32_t* at, const float* embeddings,
                                   const float* outcomes, std::size_t rows);
/// Searches for the neighbours of at most `queries` more rows. The value is {done, total}.
[[nodiscard]] std::string step_build(Handle build, std::size_t queries);
/// The value is {pieces: [[ptr, size], ...], sizeBytes, pairs: {exact, rowsATask, maxStandardErrorU,
/// maxStandardErrorP}}: the file's bytes, one piece after the other, which stay the build's.
[[nodiscard]] std::string finish_build(Handle build);
[[nodiscard]] std::string close_build(Handle build);

/// The rows of a task that stand for all of it; see choose_rows. embeddings: float32 [rows, dim]; outcomes: float32
/// [rows, models], NaN missing. The value is a list of row numbers.
[[nodiscard]] std::string choose_rows(const float* embeddings, const float* outcomes, std::size_t rows, std::size_t dim,
                                      std::size_t models, std::size_t keep);

/// The specification and arrays of build_index, and inputs: [rows], equal numbers for equal prompts; costs: float32
/// [rows, models] US dollars a call, NaN unknown, or null. Everything is copied. The value is {handle}; evaluations
/// have handles of their own.
[[nodiscard]] std::string open_evaluation(std::string_view spec_json, const float* embeddings,
                                          const std::uint16_t* row_tasks, const float* outcomes,
                                          const std::uint32_t* inputs, const float* costs, std::size_t rows);
/// Searches for the neighbours of `rows` more rows. The value is {done, total}; what follows needs all of them.
[[nodiscard]] std::string search_neighbours(Handle evaluation, std::size_t rows);
/// options: {pools, policies, labels}; see parse_held_out_options.
[[nodiscard]] std::string held_out_task(Handle evaluation, std::size_t task, std::string_view options_json);
/// options: {heldOut, k, policy, pool, costWeights}; see parse_instance_options.
[[nodiscard]] std::string instances(Handle evaluation, std::string_view options_json);
/// options: {heldOut, k, pool, costWeights, maxSteps, judgeSeed, judges}; see parse_cascade_options.
[[nodiscard]] std::string cascades(Handle evaluation, std::string_view options_json);
[[nodiscard]] std::string close_evaluation(Handle evaluation);
/// Evaluations and builds that are open.
[[nodiscard]] std::size_t live_in_lab();

}  // namespace signalbox::bindings
