// Anchors: the rows of an index whose outcomes tell most about a model that is new.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/index.h"
#include "status.h"

namespace signalbox {

inline constexpr std::size_t kMostAnchors = 1000;

/// Returns `count` different rows, the most telling one first: every beginning of the list is a choice of its own.
///
/// Tasks take turns: no task has two rows more than another one that has candidates left, because a new model may be
/// better at any task than the linear model expects. Of the tasks whose turn it is, the next row is the one that
/// reduces the sum of the variances of the means of all tasks most, by the weights of the tasks, given the rows before
/// it, in the linear model of model_profiles.h with the noise kAnchorNoise v (greedy A-optimal design; Krause, Singh
/// and Guestrin 2008 on greedy choices in Gaussian processes; the aim is that of tinyBenchmarks, Maia Polo et al.
/// 2024). Ties go to the lower row. A row is a candidate if at least half as many models have an outcome on it as on
/// the most measured row of its task. If count or the number of tasks times the candidates exceeds kMostAnchorCells,
/// evenly spaced candidates are considered only.
///
///     const Result<std::vector<std::uint32_t>> rows = choose_anchors(index, 50);
///
/// Errors: invalid_argument (a count outside 1 to kMostAnchors, or above the number of candidates; no outcomes).
/// Complexity: O(count * candidates * (models + tasks + count)).
[[nodiscard]] Result<std::vector<std::uint32_t>> choose_anchors(const Index& index, std::size_t count);

inline constexpr std::size_t kMostAnchorCells = std::size_t{1} << 24;
/// More than kNoiseVariance: the linear model is an approximation, and rows that only it finds telling are not.
inline constexpr double kAnchorNoise = 16;

}  // namespace signalbox
