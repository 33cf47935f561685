// How often a model is right where other models were wrong: joint outcomes, counted once and turned into chances.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace signalbox {

/// Models that are asked one after the other, as a node of a tree: its parent's, and then one more.
struct Prefix {
  std::size_t parent = 0;
  std::size_t last = 0;    ///< The model that was added; unused of the root, the empty prefix.
  std::size_t length = 0;  ///< Models in it.

  /// The first model that may follow.
  [[nodiscard]] std::size_t next() const { return length == 0 ? 0 : last + 1; }
};

/// Joint failures of models 0..models - 1, which are asked in this order, some of them or all. A model that is not
/// measured on a row says nothing there: the row is left out of every count that the model has part in. Graded outcomes
/// are chances to be right, independent given the row.
struct FailureTree {
  std::size_t models = 0;
  std::size_t groups = 0;
  std::vector<Prefix> prefixes;  ///< Preorder, the root first: the same models give the same tree.
  std::vector<double> wrong;     ///< [prefixes, groups, models] rows with an outcome of the model on which all of the
                                 ///< prefix are wrong.
  std::vector<double> right;     ///< [prefixes, groups, models] of these, those on which the model is right.
};

/// outcomes: [rows, models], NaN missing; groups: [rows], each below group_count, or empty: one group. Counted for
/// every prefix of at most `longest` models, or, as a chain, for those alone that leave out no model.
/// Complexity: O(rows * models * prefixes), but only rows on which a prefix failed are looked at again.
[[nodiscard]] FailureTree count_failures(std::span<const float> outcomes, std::size_t models,
                                         std::span<const std::uint16_t> groups, std::size_t group_count,
                                         std::size_t longest, bool chain);

/// Pseudo-counts of the two steps below.
struct FailurePriors {
  double rows = 20;        ///< Rows of the benchmark that independence is worth.
  double neighbours = 50;  ///< Neighbours that the benchmark's estimate is worth.
};

/// P(model is right | every model of the prefix is wrong), [prefixes, models]; meaningless where the model does not
/// follow the prefix.
///
/// Two Beta priors, one inside the other. `predicted` [models] is what the policy expects without conditions. The
/// benchmark says by which ratio failures of the others lower it: with c the share of right answers among the weighted
/// rows where the prefix failed, p that among all rows, and n the effective number of the former, (sum w)^2 / sum w^2,
///   prior = predicted * (n c + rows p) / ((n + rows) p), at most 1.
/// A ratio, because `predicted` knows more of the input than the rows do; few rows leave it at 1, independence. The
/// neighbours then count as trials of a Beta distribution with this mean: with r of v right where the prefix failed,
///   (neighbours * prior + r) / (neighbours + v).
/// group_weights: [groups] weight of one row of each group of `benchmark`; `near` has one group. Both must hold the
/// same prefixes.
[[nodiscard]] std::vector<double> conditional_chances(const FailureTree& benchmark,
                                                      std::span<const double> group_weights, const FailureTree& near,
                                                      std::span<const double> predicted, const FailurePriors& priors);

}  // namespace signalbox
