// Fits the predictor of families to graded prompts, and chooses how much structure the prompts bear.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "index/families.h"
#include "planning/linear_space.h"
#include "planning/plan_data.h"
#include "planning/ridge.h"
#include "planning/soft_kmeans.h"

namespace signalbox {

/// Pseudo-rows with the overall mean that are added to each family.
inline constexpr double kPseudoRows = 20;
/// Folds of the cross-validation that chooses the structure.
inline constexpr std::size_t kChoiceFolds = 5;

/// A fitted predictor.
struct FittedPredictor {
  FamilyPredictor predictor;
  /// `true` if all families have the same means and there is no linear part: then one model is best for all prompts.
  /// Given labels stay families of their own.
  bool is_constant = true;
};

/// Fits a predictor to part of the rows, step by step. The choices are made by cross-validation within these rows, by
/// group. The loss is that of the differences between models, since the difficulty of a row decides nothing.
///
/// 1. Families: found by SoftKMeans, or given, with the mean of a label's rows as centroid. Their means are weighted by
///    membership (of its label alone for a row that has one; other rows have none), and drawn towards the model's mean
///    over all rows by kPseudoRows. With a prior the target is that mean
///    plus a share of the family's deviation in the prior. Compared are numbers of families, or temperatures for given
///    ones, and shares of the prior.
/// 2. A linear part: ridge regression of what the means leave, on the embedding (LinearSpace). Compared are penalties,
///    and none, for one family and for the best structures of the first step.
class PredictorFit {
 public:
  /// rows: ascending, at least two groups. The space must be ready. Borrows data and space.
  PredictorFit(const PlanData& data, const LinearSpace& space, std::vector<std::uint32_t> rows, std::uint64_t seed);

  /// Returns the number of steps of every fit to this data.
  [[nodiscard]] static std::size_t count_steps(const PlanData& data);
  void step();
  /// Returns the predictor. All steps must be done.
  [[nodiscard]] FittedPredictor finish() const;

 private:
  /// A structure without its means.
  struct Candidate {
    std::vector<float> centroids;  ///< [families, dim]
    double temperature = .1;
    double prior_share = 0;
    bool is_constant = false;  ///< One family for all; `centroids` are those of the labels all the same.
    double loss = 0;           ///< Loss of the means alone.
  };
  /// [folds][families, models] mean outcomes for each fold of the choice, from the other folds.
  using FoldMeans = std::vector<std::vector<double>>;

  void step_families(std::size_t step);
  [[nodiscard]] std::vector<double> memberships_of(const Candidate& candidate) const;
  [[nodiscard]] std::vector<double> training_memberships_of(const Candidate& candidate) const;
  [[nodiscard]] FoldMeans means_of(const Candidate& candidate, const std::vector<double>& memberships,
                                   double prior_share) const;
  void consider(Candidate candidate);
  void add_moments(std::size_t fold);
  void compare_penalties(const Candidate& candidate);
  void fit_means(FamilyPredictor& predictor, const Candidate& candidate) const;
  void fit_linear_part(FamilyPredictor& predictor) const;

  const PlanData& data_;
  const LinearSpace& space_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint8_t> folds_;  ///< [rows] of the choice.
  std::uint64_t seed_;
  std::size_t done_ = 0;
  std::optional<KMeansRows> kmeans_rows_;
  std::optional<SoftKMeans> kmeans_;
  Candidate best_start_;
  std::optional<double> best_fit_;
  Candidate constant_;
  std::vector<Candidate> finalists_;  ///< In ascending order of loss.
  std::vector<Moments> moments_;      ///< [folds]
  std::optional<double> best_loss_;
  Candidate best_;
  double best_penalty_ = 0;  ///< 0: no linear part.
};

}  // namespace signalbox
