// Specifications of an index and options of an evaluation, from JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "building/added_model.h"
#include "building/builder.h"
#include "building/index_builder.h"
#include "evaluation/cascades.h"
#include "evaluation/held_out_index.h"
#include "evaluation/held_out_task.h"
#include "evaluation/instances.h"
#include "json.h"

namespace signalbox::bindings {

/// Parses a specification of an index without its arrays. Errors: invalid_argument.
[[nodiscard]] Result<BuildSpec> parse_build_spec(std::string_view spec_json);
/// Parses a specification and {graded, missing, shard, pairSampling: {maxWork, seed}}. Errors: invalid_argument.
[[nodiscard]] Result<BuilderSpec> parse_builder_spec(std::string_view spec_json);

/// Parses {pools: [[model, ...], ...] (default: one pool of all), policies: [name, ...] (default: all that apply),
/// labels: {count} or {alpha}, with {repeats, seed}}. Errors: invalid_argument.
[[nodiscard]] Result<HeldOutOptions> parse_held_out_options(std::size_t models, std::string_view options_json);

/// Parses {heldOut: 'task' (default) or {share, seed}, k, policy, pool: [model, ...] (default: all), costWeights:
/// [...]}. Errors: invalid_argument.
[[nodiscard]] Result<InstanceOptions> parse_instance_options(std::size_t models, std::uint32_t default_k,
                                                             std::string_view options_json);

/// Parses {heldOut, k, pool, costWeights, maxSteps, judgeSeed, judges: [{sensitivity, specificity}, ...] (default: one
/// that never errs)}. Errors: invalid_argument.
[[nodiscard]] Result<CascadeEvaluationOptions> parse_cascade_options(std::size_t models, std::uint32_t default_k,
                                                                     std::string_view options_json);

/// Parses a list of whole numbers below `end`. Errors: invalid_argument.
[[nodiscard]] Result<std::vector<std::size_t>> parse_numbers(std::string_view json, std::size_t end);

/// Parses {tasks, rows, mixture, inputs, centroids}; see forecast_in_study. Errors: invalid_argument.
[[nodiscard]] Result<StudyRequest> parse_study_request(const Index& index, std::string_view request_json);

/// Parses {name, paramsB, usdPerMTokIn, usdPerMTokOut, usdPerMTokCacheRead, records}; see add_to_study. Errors:
/// invalid_argument.
[[nodiscard]] Result<NewModel> parse_new_model(std::string_view json);

}  // namespace signalbox::bindings
