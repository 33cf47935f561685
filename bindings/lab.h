// Surface of the second wasm module, the lab: building indexes, evaluating policies and making plans
// (lab_plan.h), which a page that only routes never loads. Plain C++ like handles.h: handles, pointers and JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "handles.h"
#include "lab_plan.h"

namespace signalbox::bindings {

/// Builds an index at once. embeddings: float32 [rows, dim]; row_tasks: [rows]; outcomes: float32 [rows, models], NaN
/// if missing. The value is {ptr, size}: bytes that the caller copies and releases.
[[nodiscard]] std::string build_index(std::string_view spec_json, const float* embeddings,
                                      const std::uint16_t* row_tasks, const float* outcomes, std::size_t rows);

/// Opens a build whose rows come in pieces; see IndexBuilder. row_tasks: [rows], copied. The value is {handle, dim,
/// models}; builds and evaluations share one sequence of handles.
[[nodiscard]] std::string open_build(std::string_view spec_json, const std::uint16_t* row_tasks, std::size_t rows);
/// Adds rows. at: [rows] numbers of the rows; embeddings: float32 [rows, dim]; outcomes: float32 [rows, models], NaN if
/// missing.
[[nodiscard]] std::string put_rows(Handle build, const std::uint32_t* at, const float* embeddings,
                                   const float* outcomes, std::size_t rows);
/// Searches for the neighbours of at most `queries` more rows. The value is {done, total}.
[[nodiscard]] std::string step_build(Handle build, std::size_t queries);
/// Finishes a build. The value is {pieces: [[ptr, size], ...], sizeBytes, pairs: {exact, rowsATask, maxStandardErrorU,
/// maxStandardErrorP}}: the file's bytes, piece by piece, which the build still owns.
[[nodiscard]] std::string finish_build(Handle build);
[[nodiscard]] std::string close_build(Handle build);

/// Returns the numbers of rows that represent a whole task; see choose_rows. embeddings: float32 [rows, dim]; outcomes:
/// float32 [rows, models], NaN if missing.
[[nodiscard]] std::string choose_rows(const float* embeddings, const float* outcomes, std::size_t rows, std::size_t dim,
                                      std::size_t models, std::size_t keep);

/// Opens an evaluation, from the specification and arrays of build_index, and inputs: [rows], equal numbers for equal
/// prompts; costs: float32 [rows, models] US dollars per call, NaN if unknown, or null. Copies everything. The value is
/// {handle}.
[[nodiscard]] std::string open_evaluation(std::string_view spec_json, const float* embeddings,
                                          const std::uint16_t* row_tasks, const float* outcomes,
                                          const std::uint32_t* inputs, const float* costs, std::size_t rows);
/// Searches for the neighbours of `rows` more rows. The value is {done, total}. All rows must be done before the calls
/// below.
[[nodiscard]] std::string search_neighbours(Handle evaluation, std::size_t rows);
/// Evaluates a held-out task. options: {pools, policies, labels}; see parse_held_out_options.
[[nodiscard]] std::string held_out_task(Handle evaluation, std::size_t task, std::string_view options_json);
/// Evaluates single rows. options: {heldOut, k, policy, pool, costWeights}; see parse_instance_options.
[[nodiscard]] std::string instances(Handle evaluation, std::string_view options_json);
/// Evaluates cascades. options: {heldOut, k, pool, costWeights, maxSteps, judgeSeed, judges}; see
/// parse_cascade_options.
[[nodiscard]] std::string cascades(Handle evaluation, std::string_view options_json);
[[nodiscard]] std::string close_evaluation(Handle evaluation);

/// Opens an index file for measuring the policy on parts of it that are held out. bytes: from allocate; the call takes
/// them over, even if it fails. The value is {handle}.
[[nodiscard]] std::string open_study(void* bytes, std::size_t size);
/// The value is {models: [{name, usdPerMTokIn, usdPerMTokOut}], tasks: [{name, weight, isKind, rows, scores, evidence,
/// record}], mixture}; rows: numbers of the task's rows; scores and evidence: [models], null and 0 where nothing was
/// measured; mixture: the constants of the file.
[[nodiscard]] std::string describe_study(Handle study);
/// Compares new prompts with those of the index; see compare_with_index.
[[nodiscard]] std::string compare_in_study(Handle study, const float* vectors, std::size_t rows, double seed);
/// The value is [rows, models]: outcomes, null where nothing was measured. rows_json: [row, ...].
[[nodiscard]] std::string outcomes_of_study(Handle study, std::string_view rows_json);
/// Forecasts for inputs without the parts that are held out. request: {tasks: [task, ...], rows: [row, ...], mixture:
/// [number, ...] (instead of the file's), inputs: [[row, ...], ...], centroids: [task, ...]}. The value is
/// {meanOutcome: [models], ofInputs: [inputs, models], ofCentroids: [centroids, models]}: an input of several rows is a
/// task.
[[nodiscard]] std::string forecast_in_study(Handle study, std::string_view request_json);
/// The value is [row, ...], the most telling one first: see choose_anchors.
[[nodiscard]] std::string anchors_of_study(Handle study, std::size_t count);
/// Adds a model to the index of a study, which stays as it is: see add_model. model: {name, paramsB, usdPerMTokIn,
/// usdPerMTokOut, usdPerMTokCacheRead, records: JSON text of all models' records, the new one last}; rows: [count];
/// outcomes: float32 [count]. The value is {ptr, size}: bytes that the caller copies and releases.
[[nodiscard]] std::string add_to_study(Handle study, std::string_view model_json, const std::uint32_t* rows,
                                       const float* outcomes, std::size_t count);
[[nodiscard]] std::string close_study(Handle study);
/// Returns the number of open evaluations, builds, studies and plans.
[[nodiscard]] std::size_t live_in_lab();

}  // namespace signalbox::bindings
