// The true mean outcomes of the models in each task, given the outcomes of its rows: a posterior whose prior is the
// model's shrunk overall mean. docs/policy.md has the equations and the origin of the constants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/index.h"
#include "index/means.h"

namespace signalbox {

/// Fits the posterior to all rows, or to those not marked in `left_out` [rows], and to scores. totals: those of the
/// same rows and scores. A model
/// has `strength` outcomes at its own shrunk overall mean before its outcomes on a task count, and the strength follows
/// from the variance of the true means over tasks (moment estimators over all models and tasks). Right and wrong
/// outcomes have a Beta distribution then; graded ones have the same mean, and the variance of their squares. Missing
/// outcomes are not wrong ones: cells without an outcome have the prior. Tasks without rows are allowed. Complexity:
/// O(rows * models).
[[nodiscard]] TaskPosterior fit_posterior(const OutcomeView& outcomes, std::span<const std::uint16_t> row_tasks,
                                          const TaskTotals& totals, std::span<const std::uint8_t> left_out = {},
                                          const TaskScoreView& scores = {});

/// Returns the facts about means, [tasks, models]. posterior: their own, or null.
[[nodiscard]] TaskMeanFacts facts_of(std::span<const double> means, std::size_t models, const TaskPosterior* posterior);

}  // namespace signalbox
