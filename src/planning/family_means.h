// Mean outcomes and costs of families, weighted by membership and shrunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace signalbox {

/// Weighted sums of values per family and model.
struct FamilySums {
  FamilySums(std::size_t families, std::size_t of_models)
      : models(of_models), sums(families * of_models), weights(families * of_models) {}

  /// Adds the values [models] of a row, NaN left out, with its memberships [families].
  void add(std::span<const double> memberships, std::span<const float> values);
  /// Takes the sums of another one, of the same shape, away.
  [[nodiscard]] FamilySums without(const FamilySums& other) const;

  /// Returns the mean [models] over all families; NaN without any value.
  [[nodiscard]] std::vector<double> overall() const;
  /// Returns the means [families, models], where `pseudo_rows` rows with the target [families, models] are added to
  /// each family. A target of NaN stays NaN.
  [[nodiscard]] std::vector<double> shrunk(std::span<const double> targets, double pseudo_rows) const;

  std::size_t models;
  std::vector<double> sums;     ///< [families, models]
  std::vector<double> weights;  ///< [families, models]
};

}  // namespace signalbox
