// Symmetric InfoNCE with in-batch negatives, summed over the leading dimensions of a Matryoshka embedding.
#pragma once

#include <Eigen/Core>
#include <utility>
#include <vector>

namespace trainer {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Pairs (i, j) of a batch that must not count as negatives, because text i and text j are the same.
using Duplicates = std::vector<std::pair<Eigen::Index, Eigen::Index>>;

/// InfoNCE (van den Oord et al., 2018) in both directions, over the cuts of a Matryoshka embedding (Kusupati et al.,
/// 2022).
class ContrastiveLoss {
 public:
  /// cuts: the leading dimensions whose losses are added, ascending; the last one is the whole width.
  ContrastiveLoss(std::vector<Eigen::Index> cuts, float scale) : cuts_(std::move(cuts)), scale_(scale) {}

  /// a, b: [n, width], not normalised; row i of a belongs to row i of b. Writes the gradients of the mean loss and
  /// returns the loss at the whole width.
  float gradients(const Matrix& a, const Matrix& b, const Duplicates& same, Matrix& grad_a, Matrix& grad_b);

 private:
  float add_cut(std::size_t cut, const Matrix& a, const Matrix& b, const Duplicates& same, Matrix& grad_a,
                Matrix& grad_b);

  std::vector<Eigen::Index> cuts_;
  float scale_;
  std::vector<Matrix> products_;  // a b^T over the leading dimensions of each cut
  Matrix cosine_, softmax_, pull_;
};

}  // namespace trainer
