// Compares new prompts with those that a plan was made for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/families.h"
#include "status.h"

namespace signalbox {

/// A test of "the new prompts are drawn like the old ones".
struct ChangeTest {
  double p = 1;         ///< Chance of a difference as large as this one or larger, if nothing has changed.
  double adjusted = 1;  ///< After Holm, for all tests together.
  double smallest = 1;  ///< About the smallest shift that the test finds with a chance of 80%; see below.
};

/// Numbers of the comparison. A change is one whose adjusted p is at most the level.
struct ChangeNumbers {
  std::size_t before = 0;       ///< Old prompts that were compared.
  std::size_t now = 0;          ///< New prompts.
  double uncovered_before = 0;  ///< Share beyond the reach of their family, each old prompt compared with the others.
  double uncovered_now = 0;
  std::vector<std::size_t> families_before;  ///< [F] prompts by their likeliest family.
  std::vector<std::size_t> families_now;     ///< [F]
  ChangeTest coverage;  ///< More prompts beyond reach (Fisher's exact test, one-sided). smallest: rise of the share.
  ChangeTest families;  ///< Other shares of families (chi-squared, by permutations). smallest: change of the share of a
                        ///< family of mean size.
  ChangeTest meaning;  ///< Other embeddings (maximum mean discrepancy, Gretton et al. 2012, by permutations). smallest:
                       ///< share of new prompts of a kind that is unlike all old ones.
};

inline constexpr double kChangeLevel = .05;
inline constexpr std::size_t kFewestNewPrompts = 20;
/// Prompts of either side that are compared; of more, as many are drawn.
inline constexpr std::size_t kMostCompared = 800;

/// Compares prompts. before, now: float32 [n, dim], of any norm but zero; kappa: neighbours of the reach.
/// Complexity: O(n^2 (dim + permutations)) with n at most twice kMostCompared. Equal input and seed give the same
/// numbers natively and in wasm. Errors: invalid_argument: fewer than kFewestNewPrompts on either side, or a predictor
/// without a reach; non_finite; dimension_mismatch.
[[nodiscard]] Result<ChangeNumbers> compare_prompts(std::span<const float> before, std::span<const float> now,
                                                    std::size_t dim, const FamilyPredictor& predictor,
                                                    std::size_t kappa, std::uint64_t seed);

}  // namespace signalbox
