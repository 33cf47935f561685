// Specifications of a plan from JSON, and its numbers as JSON.
#pragma once

#include <string_view>
#include <vector>

#include "json.h"
#include "planning/change.h"
#include "planning/plan.h"

namespace signalbox::bindings {

/// Parse a specification without its arrays, of a plan and of a predictor alone; see lab_plan.h. Errors:
/// invalid_argument.
[[nodiscard]] Result<PlanSpec> parse_plan_spec(std::string_view spec_json);
[[nodiscard]] Result<PlanSpec> parse_fit_spec(std::string_view spec_json);

/// Parses the specification of a promise; see promise_plan. Errors: invalid_argument.
[[nodiscard]] Result<PromiseRules> parse_promise_spec(std::string_view spec_json);

/// Returns 'constant', 'families' or 'families-and-linear'.
[[nodiscard]] Json kind_json(PredictorKind kind);

/// Returns the numbers of a plan, the `Plan` of bindings/ts/planning/types.ts with numbers in place of names:
/// {rows, groups, graded, hasCosts, predictor, hasGain, isReached, baseline: model, proposed, curve,
/// models: [{measured, right, points, usd, saved}], mixtures: [{first, second, share, right, usd}], families: [{rows,
/// best, points, usd, baselineUsd, picks, right: [models], modelUsd: [models]}]}. Points of the curve are {answerValue
/// (null: quality only), right, points, usd, saved, picks: [{model, share}]}. Numbers with an interval are {value, low,
/// high}, or null if they are not known. US dollars are per answer. Families are in the order of the predictor; a
/// family's shares are of its rows.
[[nodiscard]] Json to_json(const PlanNumbers& numbers);

/// Returns the numbers of a promise: {rows, groups, leftOut, setting (number in the list, or null), bound, beside,
/// smallest, needed (or null), models, mixtures, families, settings: [point with `loss` and `isPromised`]}. Models,
/// mixtures, families and points are as above, on the test rows; losses and bounds are 0..1.
[[nodiscard]] Json promise_json(const PromiseNumbers& numbers, const std::vector<double>& answer_values);

/// Returns the numbers of a comparison; see compare_with_index.
[[nodiscard]] Json change_json(const ChangeNumbers& numbers);

}  // namespace signalbox::bindings
