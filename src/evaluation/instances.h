// Every held-out row routed on its own: the picks and their value, calibration, and cost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluation/benchmark.h"
#include "evaluation/held_out_rows.h"
#include "evaluation/neighbour_lists.h"
#include "routing/policy.h"
#include "status.h"

namespace signalbox {

struct InstanceOptions : RowOptions {
  Policy policy = Policy::kS1;
};

/// One scored row.
struct Instance {
  std::uint32_t row = 0;
  std::size_t pick = 0;    ///< Argmax of the predicted correctness; ties go to the lower model.
  double picked = 0;       ///< Outcome of the pick.
  double best_single = 0;  ///< Outcome of the model with the best mean over tasks among the known rows.
  double oracle = 0;       ///< The best outcome.
  double mean_distance = 1;
  double predicted = 0;  ///< Predicted correctness of the pick.
  /// [cost weights] Picks of the frontier's points.
  std::vector<std::size_t> frontier_picks;
};

struct CalibrationBin {
  std::size_t count = 0;
  double predicted = 0;  ///< Mean; NaN in an empty bin.
  double outcome = 0;
};
inline constexpr std::size_t kCalibrationBins = 20;

/// Means over all scored rows of the argmax of predicted correctness - cost_weight * expected cost.
struct FrontierPoint {
  double cost_weight = 0;
  double quality = 0;  ///< Mean outcome.
  double cost = 0;     ///< Mean of the known costs: of the call, or the price per million tokens; NaN if none is known.
  double mean_params_b = 0;  ///< Mean of the known sizes; NaN if none is known.
};

struct InstanceEvaluation {
  std::size_t duplicates_dropped = 0;                   ///< Summed over the held-out groups.
  std::vector<Instance> instances;                      ///< By row.
  std::array<CalibrationBin, kCalibrationBins> bins{};  ///< Equal bins of the prediction, over every (row, candidate).
  double brier = 0;
  double ece = 0;  ///< Expected calibration error: mean |predicted - outcome| of the bins, weighted by their counts.
  std::vector<FrontierPoint> frontier;
};

/// Routes the held-out rows. The pick is the policy's challenger, whatever its confidence. Held-out rows are known as
/// in leave_out. A candidate of a row is a model of the pool with an outcome on it; rows without a candidate are left
/// out. A row without a known token is routed by the means over tasks. The expected cost of a model is its mean over
/// the known rows, or its price; if it is unknown, the model is not a candidate at a cost weight > 0. The lists must be
/// complete. Errors: invalid_argument, also for a policy that does not apply to single rows.
[[nodiscard]] Result<InstanceEvaluation> evaluate_instances(const Benchmark& benchmark, const NeighbourLists& lists,
                                                            const InstanceOptions& options);

}  // namespace signalbox
