// The predictor of an index with families of prompts: section 32 of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "status.h"

namespace signalbox {

/// A predictor of correctness and cost by families of prompts. Families are soft: a prompt belongs to each of them with
/// a weight (routing/family_forecast.h). If an index has as many families as tasks, family f is task f.
struct FamilyPredictor {
  std::size_t families = 0;      ///< F, at least 1; 0: no predictor.
  double temperature = .1;       ///< kLeastFamilyTemperature to kMostFamilyTemperature.
  double answer_value = -1;      ///< US dollars that one right answer is worth, at most kMostAnswerValue, which stands
                                 ///< for infinity; negative: none was chosen.
  std::vector<float> centroids;  ///< [F, dim], of unit norm or zero.
  std::vector<float> bias;       ///< [F] logits.
  std::vector<float> share;      ///< [F] share of the rows, 0..1; not all 0. With as many families as tasks, it is the
                                 ///< default weight of the tasks in means.
  std::vector<float> right;      ///< [F, models] mean outcome, 0..1.
  std::vector<float> evidence;   ///< [F, models] outcomes that the mean is worth, >= 0.
  std::vector<float> usd;        ///< [F, models] US dollars an answer; -1: unknown.
  std::vector<float> reach;    ///< [F] mean distance to the kappa nearest rows up to which a prompt is covered; empty:
                               ///< the index's quantiles decide.
  std::vector<float> weights;  ///< [models, dim] linear part; empty: none.
  std::vector<float> intercept;  ///< [models]; with weights.
};

/// Limits of the section.
inline constexpr std::size_t kMostFamilies = 65535;
inline constexpr double kLeastFamilyTemperature = 1e-3;
inline constexpr double kMostFamilyTemperature = 10;
inline constexpr double kMostAnswerValue = 1e9;

/// Returns the bytes of the section. The predictor must be one that decode_families accepts, except that an answer
/// value above the limit, or infinity, is written as the limit, and any negative one as -1.
[[nodiscard]] std::vector<std::uint8_t> encode_families(const FamilyPredictor& predictor, std::size_t dim,
                                                        std::size_t models);

/// Reads the section of an index of this size; checks every number. The bytes need no alignment. Allocates no more than
/// they hold.
/// Errors: bad_section (another size than the counts state), non_finite (a number outside its range).
[[nodiscard]] Result<FamilyPredictor> decode_families(std::span<const std::uint8_t> bytes, std::size_t dim,
                                                      std::size_t models);

}  // namespace signalbox
