// The surface of the wasm module in plain C++: handles, pointers and JSON. embind.cpp registers it, and the native
// command of the tests calls it, so that both run the same code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::bindings {

/// An opaque number for an open index, embedder or task; never 0, and never reused.
using Handle = std::uint32_t;

/// Returns bytes from the heap, or null.
[[nodiscard]] void* allocate(std::size_t size);
void release(void* pointer);

/// Functions with a string result return JSON: {"ok":true,"value":...} or {"ok":false,"error":{"code","message"}}.
/// open_* take ownership of the allocation, also if they fail.
[[nodiscard]] std::string open_index(void* bytes, std::size_t size);
/// Checks the first bytes of an index, and returns {sizeBytes}, the size that they state. file_size: of the whole file;
/// negative: unknown.
[[nodiscard]] std::string check_index_start(const void* start, std::size_t size, double file_size);
/// Describes an index. The value has modelRecords and taskRecords beside `models` and `tasks`, as the file has them.
[[nodiscard]] std::string describe_index(Handle handle);
/// Makes the searches of an index fast (make_sketch), and returns {sizeBytes}, the memory that this takes.
[[nodiscard]] std::string sketch_index(Handle handle);
[[nodiscard]] std::string open_embedder(void* bytes, std::size_t size, std::string_view config_json);
/// Embeds texts. ids: [offsets[count]], offsets: [count + 1] ascending from 0, out: float32 [count, dim].
[[nodiscard]] std::string embed(Handle handle, const std::uint32_t* ids, const std::uint32_t* offsets,
                                std::size_t count, float* out);
/// Decides about one input. vector: float32 [dim]. prompt_tokens and distance_scale, if not negative, take the place of
/// the options of that name, so that many inputs can have the same options, which are then read once. Returns the
/// numbers of decision_numbers.h, which are valid until the next decision, or null if that failed; `last_failure` then
/// returns the answer that says why.
[[nodiscard]] const double* decide_input(Handle handle, const float* vector, std::string_view options_json,
                                         double prompt_tokens = -1, double distance_scale = -1);
[[nodiscard]] std::string last_failure();
/// Routes one input, with the decision as JSON. vector: float32 [dim].
[[nodiscard]] std::string route(Handle handle, const float* vector, std::string_view options_json);
/// Routes a task, with the decision as JSON. vectors: float32 [count, dim].
[[nodiscard]] std::string route_task(Handle handle, const float* vectors, std::size_t count,
                                     std::string_view options_json);
/// Opens a task of `count` inputs, to be routed in blocks, and returns {handle}. `add_inputs` adds the next vectors,
/// float32 [count, dim]; `step_task` scores at most `most` more inputs and returns {scored, ready}, both counts of
/// inputs; `decide_task` returns the decision of `route_task` with this factor of distances, as `decide_input` does.
/// Errors: invalid_argument for a factor that is not between kLeastDistanceScale and 1.
[[nodiscard]] std::string open_task(Handle handle, std::size_t count, std::string_view options_json);
[[nodiscard]] std::string add_inputs(Handle handle, const float* vectors, std::size_t count);
[[nodiscard]] std::string step_task(Handle handle, std::size_t most);
[[nodiscard]] const double* decide_task(Handle handle, double distance_scale);
/// Sets the answers to all inputs of a task, [count, models] groups of AnswerGroups. Errors: dimension_mismatch for
/// another number of groups.
[[nodiscard]] std::string set_answers(Handle handle, const std::int32_t* groups, std::size_t count);
/// Chooses at most n inputs of a task, all of which were added, to label next; see next_labels.h. The value is {rows,
/// weight, models, disagreeing, labelled}; models by name, best first.
[[nodiscard]] std::string next_labels(Handle handle, double n, double seed);
/// Plans a cascade for one input. vector: float32 [dim]. The package continues the plan after a verdict.
[[nodiscard]] std::string cascade(Handle handle, const float* vector, std::string_view options_json);
[[nodiscard]] std::string close(Handle handle);
[[nodiscard]] std::size_t live_handles();
/// Lists the error codes in the order of their numbers.
[[nodiscard]] std::string error_codes();
/// Lists the policies and where each applies: [{name, input, task, evaluation, singleRows}, ...].
[[nodiscard]] std::string policies();

}  // namespace signalbox::bindings
