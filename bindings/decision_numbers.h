// A decision as one list of numbers, which crosses the boundary without being written and parsed as text. The package
// has the names of the index, and makes the objects (bindings/ts/wasm/decision-numbers.ts).
#pragma once

#include <string>
#include <vector>

#include "index/index.h"
#include "routing/router.h"

namespace signalbox::bindings {

/// Returns a decision as numbers: the fields of the head, then the lists in the order of their counts there, then the
/// Exclusion of each model. Tasks, families and kinds are pairs of a number and its weight; `taskWeights` are weights
/// alone; an entry of the ranking has the fields `ranked`, and for a task also `rankedOfTask`; a neighbour has the
/// fields `neighbour` and the outcomes of all models. Models, tasks and families are numbers from 0; policies and
/// reasons are those of their enumerations. Unknown prices and outcomes are negative, and a number that does not exist
/// is NaN.
///
/// The id of a neighbour is its address and size in the memory of the module, which is valid while the index is open;
/// the address is 0 if the index has no ids. prices: those of the request, [models].
[[nodiscard]] std::vector<double> decision_numbers(const Index& index, const std::vector<double>& prices,
                                                   const Decision& decision, bool of_task);

/// Lists the names of the fields and of what is numbered, for the test that compares both sides: {head, ranked,
/// rankedOfTask, neighbour, policies, exclusionReasons}.
[[nodiscard]] std::string decision_layout();

}  // namespace signalbox::bindings
