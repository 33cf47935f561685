// A subset of a task's rows that represents all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace signalbox {

/// Returns `keep` rows of a task, ascending, whose mean embedding and mean outcomes are close to those of all its rows;
/// returns all rows if keep >= n.
///
/// embeddings: row-major [n, dim], finite, need not have unit norm; outcomes: row-major [n, models] in [0, 1], NaN if
/// missing. dim and models are at least 1.
/// Kernel herding (Welling 2009; Chen, Welling and Smola 2010, whose error falls as 1 / keep) with a linear kernel on
/// [unit embedding; outcomes less the task's mean of each model, 0 where missing], both parts scaled to the same mean
/// squared norm: the next row is the one whose feature has the largest dot product with (t + 1) mean - sum of the t
/// taken. Ties go to the lower row. Every prefix of the picks is itself such a subset.
/// Complexity: O(n keep (dim + models)), and n (dim + models) floats of memory.
[[nodiscard]] std::vector<std::uint32_t> choose_rows(std::span<const float> embeddings, std::span<const float> outcomes,
                                                     std::size_t dim, std::size_t models, std::size_t keep);

}  // namespace signalbox
