// The policies that an evaluation compares, as functions of what may be known of a held-out task.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "routing/selection.h"
#include "routing/task_mixture.h"
#include "routing/task_scores.h"

namespace signalbox {

enum class EvaluatedPolicy : std::uint8_t { kS1, kS2, kS3, kS3TrueP, kBestSingle, kOracle, kSignalbox };

/// Names, in the order of the policies.
inline constexpr std::array<std::string_view, 7> kEvaluatedPolicyNames = {
    "s1", "s2", "s3", "s3_true_p", "best_single", "oracle", "signalbox"};

/// What a policy may know of a task. true_p, s3_true_p and accuracy are for the two bounds only, S3 with the true p and
/// the oracle.
struct TaskKnowledge {
  const TaskScores* scores = nullptr;  ///< Null where no input has a known token: every policy keeps m*.
  std::span<const double> means;       ///< [models] mean over the other tasks (m* is its argmax).
  double eta = 0;
  std::span<const double> true_p;     ///< [models] how often gbar is right on the task; NaN where never judged.
  std::span<const double> s3_true_p;  ///< [models]
  std::span<const double> accuracy;   ///< [models] on the task itself; NaN without an outcome.
  // For kSignalbox.
  TaskProfiles profiles;
  std::span<const double> votes;          ///< [tasks] of the task's inputs.
  std::span<const float> label_outcomes;  ///< [labels, models], NaN missing.
};

inline constexpr std::size_t kNoModel = std::numeric_limits<std::size_t>::max();

struct PolicyDecision {
  std::size_t pick = kNoModel;        ///< kNoModel: no candidate has an outcome here and elsewhere.
  std::size_t challenger = kNoModel;  ///< The argmax, before the fallback to m*.
  double confidence = 1;              ///< P(the challenger beats m*) (eq. 8); see Decision in router.h.
  bool fallback = false;
};

/// What kSignalbox expects of the models that are not excluded; those without an outcome elsewhere are left out.
[[nodiscard]] TaskMixture expect(const TaskKnowledge& knowledge, std::span<const Exclusion> exclusions);

/// The decision among the models that are not excluded. S1 and S2 are plain argmaxes, S3 and kSignalbox leave m* on
/// confidence.
[[nodiscard]] PolicyDecision decide(EvaluatedPolicy policy, const TaskKnowledge& knowledge,
                                    std::span<const Exclusion> exclusions);

}  // namespace signalbox
