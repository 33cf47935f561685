// What routing would have achieved on every task of an index, had it not been there.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "index/index.h"
#include "status.h"

namespace signalbox {

/// Accuracies on one held-out task. The task is in no pool and in no mean.
struct HeldOutAccuracy {
  std::size_t task = 0;
  double picked = 0;       ///< Of the model with the largest S1 (eq. 3).
  double best_single = 0;  ///< Of the model with the best mean over the other tasks.
  double oracle = 0;       ///< Of the best model on the task itself.
};

/// Accuracy of S1 with k neighbours, task by task; tasks without other tasks are left out.
/// embeddings: float32 [rows, dim], the vectors of the index's rows before they were quantised.
/// Errors: dimension_mismatch, non_finite.
[[nodiscard]] Result<std::vector<HeldOutAccuracy>> leave_one_task_out(const Index& index,
                                                                      std::span<const float> embeddings, std::size_t k);

}  // namespace signalbox
