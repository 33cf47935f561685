// Options of decisions and plans, from the JSON of requests.
#pragma once

#include <string_view>

#include "index/index.h"
#include "json.h"
#include "routing/cascade.h"
#include "routing/router.h"

namespace signalbox::bindings {

/// Maximum of a price, in US dollars per million tokens, and of a cost weight.
inline constexpr double kMostUsd = 1e6;

/// Maximum of RouteOptions::prompt_tokens.
inline constexpr double kMostPromptTokens = 1e9;

/// Minimum of RouteOptions::distance_scale.
inline constexpr double kLeastDistanceScale = 0.1;

struct TaskRequest {
  RouteOptions options;
  Labels labels;
};

/// Parses the options of a decision for an index: the RouteOptions of the TypeScript package, flattened. Only a task
/// has labels. Errors: invalid_argument (unknown keys included), unknown_model.
[[nodiscard]] Result<RouteOptions> parse_input_request(const Index& index, std::string_view options_json);
[[nodiscard]] Result<TaskRequest> parse_task_request(const Index& index, std::string_view options_json);

/// Parses {candidates, deny, prices, k, kappa, maxCoveragePercentile, distanceScale, models, maxSteps, maxUsdPerMTok,
/// costWeight}.
/// Errors: invalid_argument (unknown keys included), unknown_model.
[[nodiscard]] Result<CascadeOptions> parse_cascade_request(const Index& index, std::string_view options_json);

/// Reads {k, kappa, threshold, sigma} of a request or an index.
void read_constants(ObjectReader& reader, RoutingConstants& constants);

}  // namespace signalbox::bindings
