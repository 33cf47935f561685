// The table that is trained: one row a token, the mean of a text's rows, and the optimiser.
#pragma once

#include "contrastive_loss.h"
#include "pairs.h"

namespace trainer {

struct AdamOptions {
  float first_decay = 0.9F;
  float second_decay = 0.999F;
  float epsilon = 1e-10F;
};

/// A table that Adam (Kingma and Ba, 2015) trains. Rows that a batch does not hold stay as they are, their moments too:
/// rare tokens so keep more of what they start from.
class EmbeddingBag {
 public:
  EmbeddingBag(Matrix start);

  /// Mean of the rows of each bag.
  void forward(const Bags& bags, Matrix& means) const;

  /// One step down the gradients of the means.
  void step(const Bags& a, const Matrix& grad_a, const Bags& b, const Matrix& grad_b, float rate);

  [[nodiscard]] const Matrix& table() const { return table_; }

 private:
  struct Use {
    std::uint32_t bag;  ///< of a, or of b plus the number of bags of a
    float share;        ///< 1 / tokens of the bag
  };
  void collect_uses(const Bags& a, const Bags& b);

  Matrix table_, first_, second_;
  std::vector<std::uint32_t> use_bounds_;  ///< uses of token i: use_bounds_[i] to use_bounds_[i + 1]
  std::vector<Use> uses_;
  std::vector<float> steps_;  ///< steps that touched a row, for the correction of its moments
  AdamOptions options_;
};

}  // namespace trainer
