// Chances that a model is right if other models were wrong, from joint outcomes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace signalbox {

/// Models that are asked one after the other, as a node of a tree: those of its parent, and one more.
struct Prefix {
  std::size_t parent = 0;
  std::size_t last = 0;    ///< The model that was added; unused for the root, the empty prefix.
  std::size_t length = 0;  ///< Number of models.

  /// Returns the first model that may follow.
  [[nodiscard]] std::size_t next() const { return length == 0 ? 0 : last + 1; }
};

/// Joint failures of models 0..models - 1, all or some of which are asked in this order. If a model has no outcome on a
/// row, every count that involves the model leaves the row out. Graded outcomes are chances to be right, independent
/// given the row.
struct FailureTree {
  std::size_t models = 0;
  std::size_t groups = 0;
  std::vector<Prefix> prefixes;  ///< Preorder, the root first: the same models give the same tree.
  std::vector<double> wrong;     ///< [prefixes, groups, models] rows with an outcome of the model on which every
                                 ///< model of the prefix is wrong.
  std::vector<double> right;     ///< [prefixes, groups, models] rows of `wrong` on which the model is right.
};

/// Counts the joint failures for every prefix of at most `longest` models or, as a chain, only for the prefixes that
/// leave out no model. outcomes: [rows, models], NaN if missing; groups: [rows], each below group_count, or empty: one
/// group. Complexity: O(rows * models * prefixes), but only rows on which a prefix failed are looked at again.
[[nodiscard]] FailureTree count_failures(std::span<const float> outcomes, std::size_t models,
                                         std::span<const std::uint16_t> groups, std::size_t group_count,
                                         std::size_t longest, bool chain);

/// Pseudo-counts of the two steps of conditional_chances.
struct FailurePriors {
  double rows = 20;        ///< Rows of the benchmark that independence is worth.
  double neighbours = 50;  ///< Neighbours that the benchmark's estimate is worth.
};

/// Returns P(model is right | every model of the prefix is wrong), [prefixes, models]; meaningless if the model does
/// not follow the prefix.
///
/// Two Beta priors, one inside the other. `predicted` [models] are the policy's unconditional expectations. The
/// benchmark lowers them by a ratio, that of a model's right answers after failures of the others: with c the share of
/// right answers among the weighted rows where the prefix failed, p that among all rows, and n the effective number of
/// the former, (sum w)^2 / sum w^2,
///   prior = predicted * (n c + rows p) / ((n + rows) p), at most 1.
/// It is a ratio because `predicted` knows more of the input than the rows do; with few rows it stays at 1,
/// independence. The neighbours then count as trials of a Beta distribution with this mean: with r of v right where the
/// prefix failed,
///   (neighbours * prior + r) / (neighbours + v).
/// group_weights: [groups] weight of one row of each group of `benchmark`; `near` has one group. Both must hold the
/// same prefixes.
[[nodiscard]] std::vector<double> conditional_chances(const FailureTree& benchmark,
                                                      std::span<const double> group_weights, const FailureTree& near,
                                                      std::span<const double> predicted, const FailurePriors& priors);

}  // namespace signalbox
