// The table in training: one row per token, the mean of a text's rows, and the optimiser.
#pragma once

#include "contrastive_loss.h"
#include "pairs.h"

namespace trainer {

struct AdamOptions {
  float first_decay = 0.9F;
  float second_decay = 0.999F;
  float epsilon = 1e-10F;
};

/// A table trained by Adam (Kingma and Ba, 2015). Rows outside a batch stay unchanged, and so do their moments, so that
/// rare tokens keep more of their start.
class EmbeddingBag {
 public:
  EmbeddingBag(Matrix start);

  /// Writes the mean of the rows of each bag to `means`.
  void forward(const Bags& bags, Matrix& means) const;

  /// Takes one step down the gradients of the means.
  void step(const Bags& a, const Matrix& grad_a, const Bags& b, const Matrix& grad_b, float rate);

  [[nodiscard]] const Matrix& table() const { return table_; }

 private:
  struct Use {
    std::uint32_t bag;  ///< index of a bag of a; for bags of b, plus the number of bags of a
    float share;        ///< 1 / tokens of the bag
  };
  void collect_uses(const Bags& a, const Bags& b);

  Matrix table_, first_, second_;
  std::vector<std::uint32_t> use_bounds_;  ///< uses of token i: use_bounds_[i] to use_bounds_[i + 1]
  std::vector<Use> uses_;
  std::vector<float> steps_;  ///< number of steps that changed a row, to correct its moments
  AdamOptions options_;
};

}  // namespace trainer
