// Decisions, plans and indexes as JSON: facts only, since the package writes the sentences.
#pragma once

#include <vector>

#include "index/index.h"
#include "json.h"
#include "routing/cascade.h"
#include "routing/router.h"

namespace signalbox::bindings {

/// Converts a decision. prices: those of the request, [models].
[[nodiscard]] Json decision_json(const Index& index, const std::vector<double>& prices, const Decision& decision);
[[nodiscard]] Json task_decision_json(const Index& index, const std::vector<double>& prices, const Decision& decision);
[[nodiscard]] Json plan_json(const Index& index, const CascadePlan& plan);
/// Describes an index, without the parts of the file that are JSON.
[[nodiscard]] Json index_json(const Index& index);

}  // namespace signalbox::bindings
