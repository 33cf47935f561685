// Constants of the policy `signalbox`, which an index may choose: see docs/policy.md for their meaning and origin.
#pragma once

#include <span>

#include "status.h"

namespace signalbox {

/// Constants of the rule, in the order of the section `mixture` of an index.
struct MixtureConstants {
  double temperature = .1;            ///< Temperature of the softmax over cosines to the tasks' centroids.
  double prior_tasks = 2;             ///< Uniform votes, in effective tasks, that join those of a whole task's inputs.
  double prior_labels = 40;           ///< Labels that a benchmark task is worth as a forecast of a new one.
  double independent_models = 4;      ///< Models of a pool are alike: together they count as this many.
  double deviation_variance = .2;     ///< Variance of one label of a model, less the mean of all models.
  double difference_variance = .15;   ///< Variance of one label of a model, less that of another model.
  double difficulty_variance = .003;  ///< Variance of the mean correctness on a new task around that of similar tasks.
  double difficulty_noise = .15;      ///< Variance of the mean correctness on one label.
  double difficulty_outcomes = 2;     ///< Outcomes at the mean of all labels that join those of one label.
  double eta = .55;  ///< Confidence required to leave the best single model for a whole task. An input requires none.
  double model_variance = .04;     ///< Variance of one label of a model around its mean, for intervals.
  double input_prior_tasks = 0;    ///< Uniform votes, in effective tasks, that join those of a single input.
  double cell_prior = 30;          ///< Outcomes that the fitted value of a cell is worth: see complete_tasks.
  double slope_prior = 3;          ///< Models of average spread that a task's slope of 1 is worth in the fit.
  double strength_prior = 3;       ///< Tasks that a model's strength of 0 is worth in the fit.
  double least_slope = .1;         ///< Bounds of a task's slope.
  double most_slope = 2.5;         ///< See least_slope.
  double offset_rows = 20;         ///< Nearest rows that tell the difficulty of an input.
  double offset_temperature = .1;  ///< Distance at which the weight of such a row falls by the factor e.
  double offset_prior = .02;       ///< Weight of the input's tasks and kinds beside these rows.
};

/// Returns the constants of an index: defaults, replaced from the first by `values`. Values beyond the last constant
/// are those of a newer format. Errors: non_finite for a value outside its range.
[[nodiscard]] Result<MixtureConstants> mixture_constants(std::span<const double> values);

}  // namespace signalbox
