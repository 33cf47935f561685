// The policy `families`: an input belongs to families of prompts with soft memberships, and a model is expected to do
// as well, and to cost as much, as it did in them. docs/policy.md says where the rule comes from.
#pragma once

#include <span>
#include <vector>

#include "index/families.h"
#include "routing/task_mixture.h"

namespace signalbox {

/// Writes the memberships of an input, [F]: the softmax over families of
///
///   cosine to the centroid / temperature + bias
///
/// They sum to 1. vector: float32 [dim] of any norm but zero.
void family_memberships(const FamilyPredictor& predictor, std::span<const float> vector, std::span<double> out);

/// Writes the linear part of the predicted correctness, [models]: intercept + weights . unit vector; 0 without one.
/// vector: float32 [dim] of any norm but zero.
void family_linear_part(const FamilyPredictor& predictor, std::span<const float> vector, std::span<double> out);

/// Writes the predicted correctness, [models], clamped to 0..1: the means of the families by membership, plus the
/// linear part, [models].
void family_correctness(const FamilyPredictor& predictor, std::span<const double> memberships,
                        std::span<const double> linear, std::span<double> out);

/// Writes the expected US dollars of an answer, [models]: the mean over the families in which it is known, by
/// membership; -1 if it is known in none with a weight. memberships: [F], of any sum.
void family_costs(const FamilyPredictor& predictor, std::span<const double> memberships, std::span<double> out);

/// Expectations for one input, or means over the inputs of a task.
struct FamilyForecast {
  std::vector<double> memberships;  ///< [F]
  std::vector<double> correctness;  ///< [models] 0..1
  std::vector<double> evidence;     ///< [models] outcomes behind it: the mean over the families by membership.
  std::vector<double> usd;          ///< [models] US dollars an answer; -1: unknown.
  std::vector<Interval> intervals;  ///< [models] 95%: the spread over the families, and the sampling error of each.
  TaskMixture comparison;           ///< The families as tasks, for probability_better.
};

/// Forecasts for inputs. vectors: row-major float32 [n, dim], none of them zero, n at least 1.
/// Complexity: O(n (F + models) dim).
[[nodiscard]] FamilyForecast forecast_families(const FamilyPredictor& predictor, std::span<const float> vectors,
                                               std::size_t dim);

/// Returns US dollars an answer of each model over all rows of the index, [models]; -1: unknown.
[[nodiscard]] std::vector<double> overall_costs(const FamilyPredictor& predictor);

/// Returns the distance up to which an input is covered, by its memberships; see FamilyPredictor::reach.
[[nodiscard]] double family_reach(const FamilyPredictor& predictor, std::span<const double> memberships);

}  // namespace signalbox
