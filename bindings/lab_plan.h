// Plans in the lab: which models to send graded prompts to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "handles.h"
#include "index/index.h"

namespace signalbox::bindings {

/// Opens a plan. spec: {dim, models, families: number of labels (0, the default: find families), target: {kind: 'knee'
/// (default), 'at-most', 'save' or 'budget', value}, baseline: model, seed}; 'at-most' has percentage
/// points, 'save' a share, 'budget' US dollars per answer. embeddings: float32 [rows, dim]; outcomes: float32 [rows,
/// models], NaN if missing; costs: the same in US dollars per answer, or null; groups: [rows]; families: [rows], null
/// without labels; prior: float32 [rows, models], NaN where nothing is known, or null; chosen: uint8 [rows], 1 for rows
/// that were not drawn at random, or null. Copies everything. The value is {handle, total}. Errors: see read_plan_data.
[[nodiscard]] std::string open_plan(std::string_view spec_json, const float* embeddings, const float* outcomes,
                                    const float* costs, const std::uint32_t* groups, const std::uint16_t* families,
                                    const float* prior, const std::uint8_t* chosen, std::size_t rows);
/// Works on `work` more steps. The value is {done, total}.
[[nodiscard]] std::string step_plan(Handle plan, std::size_t work);
/// Returns the numbers of a plan whose steps are done; see plan_json.
[[nodiscard]] std::string finish_plan(Handle plan);
/// The values are {ptr, size} of bytes that the plan still owns, once it is finished: the predictor, as in section
/// `families` of an index, and the family of each random row, uint16 [random rows].
[[nodiscard]] std::string plan_predictor(Handle plan);
[[nodiscard]] std::string plan_rows(Handle plan);
/// Tests the settings of a finished plan on other rows, see Plan::promise; plan_predictor then returns the tested
/// predictor. spec: {kind: 'net' (default) or 'worse', points: largest loss in percentage points, delta, tolerance,
/// seed}. Arrays as in open_plan, without families and prior; answered_by: uint8 [rows]. The value is that of
/// promise_json.
[[nodiscard]] std::string promise_plan(Handle plan, std::string_view spec_json, const float* embeddings,
                                       const float* outcomes, const float* costs, const std::uint32_t* groups,
                                       const std::uint8_t* answered_by, std::size_t rows);
/// Divides rows for a promise, see draw_test_rows. groups: [rows]. The value is {ptr, size} of bytes [rows] that the
/// caller copies and releases. Errors: out_of_memory.
[[nodiscard]] std::string draw_test_rows(const std::uint32_t* groups, std::size_t rows, double seed);
[[nodiscard]] std::string close_plan(Handle plan);

/// Compares new prompts with those of an open index of a plan, see compare_prompts. vectors: float32 [rows, dim]. The
/// value is {before, now, uncovered: {before, now}, families: [{before, now}], tests: {coverage, families, meaning:
/// {p, adjusted, smallest}}}. Errors: those of compare_prompts; disposed.
[[nodiscard]] std::string compare_with_index(const Index& index, const float* vectors, std::size_t rows, double seed);

/// Fits the predictor alone. spec: {dim, models, families, seed}; arrays as above. The value is {predictor: {ptr,
/// size}, rows: {ptr, size}, kind}: bytes that the caller copies and releases, as above, and the kind of plan_json.
[[nodiscard]] std::string fit_families(std::string_view spec_json, const float* embeddings, const float* outcomes,
                                       const float* costs, const std::uint32_t* groups, const std::uint16_t* families,
                                       const float* prior, std::size_t rows);

/// Returns the number of open plans.
[[nodiscard]] std::size_t live_plans();

}  // namespace signalbox::bindings
