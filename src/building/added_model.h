// A model that is added to an index from its results on a few rows, without a rebuild.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "index/index.h"
#include "status.h"

namespace signalbox {

/// Results of a new model. Spans are borrowed for the duration of the call.
struct NewResults {
  std::span<const std::uint32_t> rows;  ///< Rows of the index, each at most once, in any order.
  std::span<const float> outcomes;      ///< [rows] 0..1
};

/// Estimates of a new model.
struct NewEstimates {
  std::vector<double> means;     ///< [tasks] mean outcome, 0..1; negative on tasks without outcomes or scores.
  std::vector<double> variance;  ///< [tasks] of the mean, 0..1.
  std::vector<double> mix;       ///< [built models] what an outcome of each counts for in that of the new one.
  double intercept = 0;          ///< Added to the mix of outcomes.
  std::vector<double> offsets;   ///< [tasks] added to these on the rows of a task.
};

/// Estimates the task means of a new model, in the linear model of model_profiles.h given its results (a ridge
/// regression on the outcomes of the other models, whose residuals are shrunk by their count in each task):
///
///   mean_t = level_t + u . profile_t + b + d_t + sum of (y - expected y) over the results in t / rows of t
///   d_t    = n_t / (n_t + kNoiseVariance / kOffsetVariance) * mean residual of the n_t results in t
///
/// With a result on every row of a task, the mean is theirs. The variance is that of the linear model for the rows
/// without a result, and p (1 - p) / (rows + 1) for the rows of the task being a sample.
///
/// Errors: invalid_argument (no results; a row that does not exist, occurs twice, or belongs to a task without outcomes
/// of others; an outcome outside 0 to 1 or, in an index of right and wrong outcomes, another than 0 and 1; an index
/// without outcomes). Complexity: O(results * pool^2 + tasks * pool^2), the pool of at most kMostProfiles models.
[[nodiscard]] Result<NewEstimates> estimate_new_model(const Index& index, const NewResults& results);

/// Description of a new model.
struct NewModel {
  std::string name;
  ModelNumbers numbers;
  std::string model_records;  ///< JSON: a list of an object for each model, the new one last; empty: no records.
};

/// Returns the bytes of the index with one more model. Its results are measured outcomes; its estimates are in the
/// section added_means and, if the index has families of prompts, in their predictor. Every number of the other models
/// stays. Models that were added before stay too, and take no part in the estimates.
///
///     const auto bytes = add_model(index, {"acme/new-1", {-1, 1.5, 6, -1}, ""}, {rows, outcomes});
///
/// Errors: those of estimate_new_model; invalid_argument (a name that is empty or in the index; a price that is
/// negative but for -1; the index of a plan, whose estimates would not hold); bad_metadata (a text that is not UTF-8);
/// size_overflow.
[[nodiscard]] Result<std::vector<std::uint8_t>> add_model(const Index& index, const NewModel& model,
                                                          const NewResults& results);

}  // namespace signalbox
