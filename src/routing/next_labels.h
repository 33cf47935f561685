// Rows to grade next, so that few labels tell which model is best, and the evidence of labels that were chosen that
// way: strata of disagreement, and a set of candidates that shrinks as labels come in. docs/labels.md says what it
// gains.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "routing/selection.h"
#include "routing/task_mixture.h"
#include "routing/task_scores.h"

namespace signalbox {

/// Answers of the models to the rows, as groups: within a row, equal numbers are equal answers. Borrowed.
struct AnswerGroups {
  std::span<const std::int32_t> groups;  ///< [rows, models]; negative: unknown. Empty: no answer is known.
  std::size_t models = 0;

  [[nodiscard]] bool known() const { return !groups.empty(); }
};

/// Returns the expected correctness of every model, [models], on any scale that the models share, given the evidence of
/// the labels; counts of 0: no label. Higher is better.
using LabelForecast = std::function<std::vector<double>(const LabelMeans& labels)>;

/// The candidates among which labels still decide, and the evidence of the labels so far.
struct CandidateSet {
  std::vector<std::size_t> models;      ///< The set S, best first; ties to the lower model.
  std::vector<std::uint8_t> disagrees;  ///< [rows] 1: in D(S), the rows on which the answers within S are not all
                                        ///< known and equal. Without answers every row is.
  std::vector<std::uint8_t> graded;     ///< [rows] 1: a label has the outcome of a model in S.
  std::size_t disagreeing = 0;          ///< Size of D(S).
  std::size_t labelled = 0;             ///< Graded rows in D(S).
  LabelMeans means;                     ///< [models] evidence of all labels, for a LabelForecast.
};

/// Largest set of candidates, and the labels in D(S) at which a set shrinks to the share of the first one.
inline constexpr std::size_t kFirstCandidates = 20;
inline constexpr std::size_t kFewestCandidates = 2;

/// Narrows the candidates: S starts as the kFirstCandidates best models without labels, and shrinks to 60%, 40% and 25%
/// of that (at least kFewestCandidates) once 5, 10 and 20 rows of D(S) are labelled; the best ones by the forecast
/// stay. Sets are nested, so that D(S) only loses rows, and labels of a larger D(S) are a random sample of the smaller
/// one.
///
/// On rows outside D(S) all of S are equally right, so with l labels in D(S), N rows and the share d = |D(S)| / N, a
/// model's deviation from the mean of S is d * (mean deviation on these labels), worth n = l / d labels. A model that
/// left S keeps the evidence of the last set that it was in. An outcome may be missing because its model left S, but
/// not because of its value: outcomes must not be copied to equal answers unless all answers of a row are graded.
///
/// Only models that are not excluded count and, with answers, those with an answer to some row. labels: checked, as for
/// route_task. The result has no model if none is left. Complexity: O(rows * models), and one forecast per step.
[[nodiscard]] CandidateSet narrow_candidates(const AnswerGroups& answers, std::size_t rows, const Labels& labels,
                                             std::span<const Exclusion> exclusions, const LabelForecast& forecast,
                                             const MixtureConstants& constants);

/// Rows to grade next.
struct NextRows {
  std::vector<std::size_t> rows;  ///< In the order of the draw: the first ones are a random sample, too.
  std::size_t left = 0;           ///< Rows that they were drawn from: those of D(S) that are not graded.

  /// Returns how many of these rows each drawn one stands for; 0 without one.
  [[nodiscard]] double weight() const {
    return rows.empty() ? 0 : static_cast<double>(left) / static_cast<double>(rows.size());
  }
};

/// Draws at most n rows of D(S) that are not graded, each equally likely. The same seed draws the same rows, given the
/// same labels. Rows outside D(S) are not offered: their labels cannot change the choice within S.
[[nodiscard]] NextRows choose_next(const CandidateSet& set, std::size_t n, std::uint64_t seed);

}  // namespace signalbox
