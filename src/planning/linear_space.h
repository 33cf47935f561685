// Coordinates of embeddings in which the linear part of a predictor is fitted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "planning/plan_data.h"

namespace signalbox {

/// Number of coordinates. Embeddings of more dimensions are projected on their principal axes, so that a fit takes as
/// long for 768 dimensions as for 128.
inline constexpr std::size_t kMostLinearWidth = 128;

/// The coordinates of all rows. Axes are found by subspace iteration (Halko, Martinsson and Tropp 2011) on a sample of
/// the rows; outcomes have no part in them. Equal input gives the same bits natively and in wasm.
class LinearSpace {
 public:
  /// Borrows the data.
  explicit LinearSpace(const PlanData& data);

  /// Returns the number of steps that prepare the coordinates; 0 if no projection is needed.
  [[nodiscard]] static std::size_t count_steps(const PlanData& data);
  void step();

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::span<const float> row(std::size_t row) const;
  /// Returns weights of the embeddings, [models, dim], for weights of the coordinates, [models, width].
  [[nodiscard]] std::vector<float> widen(std::span<const double> weights) const;

 private:
  void turn_axes();
  void project(std::size_t first, std::size_t last);

  const PlanData& data_;
  std::size_t width_;
  std::vector<float> axes_;    ///< [width, dim], orthonormal; empty without a projection.
  std::vector<float> values_;  ///< [rows, width]; likewise.
  std::size_t done_ = 0;
};

}  // namespace signalbox
