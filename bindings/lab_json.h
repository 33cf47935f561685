// Evaluations as JSON.
#pragma once

#include <cstddef>

#include "evaluation/cascades.h"
#include "evaluation/held_out_index.h"
#include "evaluation/held_out_task.h"
#include "evaluation/instances.h"
#include "json.h"

namespace signalbox::bindings {

[[nodiscard]] Json to_json(std::size_t task, const HeldOutOptions& options, const HeldOutEvaluation& evaluation);
[[nodiscard]] Json to_json(const InstanceEvaluation& evaluation);
[[nodiscard]] Json to_json(const CascadeEvaluation& evaluation);
[[nodiscard]] Json to_json(const StudyForecast& forecast);
/// Returns models and tasks of an index with their scores; see describe_study.
[[nodiscard]] Json study_json(const Index& index);

}  // namespace signalbox::bindings
