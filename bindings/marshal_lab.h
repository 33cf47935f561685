// Between JSON and the evaluation.
#pragma once

#include <cstddef>
#include <string_view>

#include "evaluation/cascades.h"
#include "evaluation/held_out_task.h"
#include "evaluation/instances.h"
#include "json.h"

namespace signalbox::bindings {

/// {pools: [[model, ...], ...] (default: one pool of all), policies: [name, ...] (default: those of the paper),
///  labels: {count} or {alpha}, with {repeats, seed}}. Errors: invalid_argument.
[[nodiscard]] Result<HeldOutOptions> parse_held_out_options(std::size_t models, std::string_view options_json);

/// {heldOut: 'task' (default) or {share, seed}, k, policy, pool: [model, ...] (default: all), costWeights: [...]}.
/// Errors: invalid_argument.
[[nodiscard]] Result<InstanceOptions> parse_instance_options(std::size_t models, std::uint32_t default_k,
                                                             std::string_view options_json);

/// {heldOut, k, pool, costWeights, maxSteps, judgeSeed, judges: [{sensitivity, specificity}, ...] (default: one that
/// never errs)}. Errors: invalid_argument.
[[nodiscard]] Result<CascadeEvaluationOptions> parse_cascade_options(std::size_t models, std::uint32_t default_k,
                                                                     std::string_view options_json);

[[nodiscard]] Json to_json(std::size_t task, const HeldOutOptions& options, const HeldOutEvaluation& evaluation);
[[nodiscard]] Json to_json(const InstanceEvaluation& evaluation);
[[nodiscard]] Json to_json(const CascadeEvaluation& evaluation);

}  // namespace signalbox::bindings
