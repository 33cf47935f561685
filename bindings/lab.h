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
[[nodiscard]] std::size_t live_evaluations();

}  // namespace signalbox::bindings
