#include "contrastive_loss.h"

namespace trainer {
namespace {

using Vector = Eigen::VectorXf;
constexpr float kTiny = 1e-12F;

Vector inverse_norms(const Matrix& x, Eigen::Index width) {
  return (x.leftCols(width).rowwise().squaredNorm().array() + kTiny).rsqrt();
}

}  // namespace

float ContrastiveLoss::gradients(const Matrix& a, const Matrix& b, const Duplicates& same, Matrix& grad_a,
                                 Matrix& grad_b) {
  products_.resize(cuts_.size());
  for (std::size_t cut = 0, from = 0; cut < cuts_.size(); from = static_cast<std::size_t>(cuts_[cut++])) {
    const auto begin = static_cast<Eigen::Index>(from);
    const Eigen::Index width = cuts_[cut] - begin;
    products_[cut].noalias() = a.middleCols(begin, width) * b.middleCols(begin, width).transpose();
    if (cut > 0) products_[cut] += products_[cut - 1];
  }
  grad_a.setZero(a.rows(), a.cols());
  grad_b.setZero(b.rows(), b.cols());
  pull_.setZero(a.rows(), b.rows());
  // From the widest cut down, pull_ accumulates the contributions to every column of the current block.
  float loss = 0;
  for (std::size_t cut = cuts_.size(); cut-- > 0;) {
    const float of_cut = add_cut(cut, a, b, same, grad_a, grad_b);
    if (cut + 1 == cuts_.size()) loss = of_cut;
    const Eigen::Index begin = cut == 0 ? 0 : cuts_[cut - 1];
    const Eigen::Index width = cuts_[cut] - begin;
    grad_a.middleCols(begin, width).noalias() += pull_ * b.middleCols(begin, width);
    grad_b.middleCols(begin, width).noalias() += pull_.transpose() * a.middleCols(begin, width);
  }
  return loss;
}

// With c = cosine of row i of a and row j of b, and p, q the softmax of scale * c over the row and over the column,
// dL/dc = scale / 2n (p + q) - scale / n [i = j]. The gradient of c by a_i is b_j / (|a_i| |b_j|) - c a_i / |a_i|^2:
// the first term goes into pull_, the second is a multiple of a_i.
float ContrastiveLoss::add_cut(std::size_t cut, const Matrix& a, const Matrix& b, const Duplicates& same,
                               Matrix& grad_a, Matrix& grad_b) {
  const Eigen::Index width = cuts_[cut];
  const auto n = static_cast<float>(a.rows());
  const Vector inverse_a = inverse_norms(a, width);
  const Vector inverse_b = inverse_norms(b, width);
  cosine_.noalias() = inverse_a.asDiagonal() * products_[cut] * inverse_b.asDiagonal();
  softmax_ = (scale_ * (cosine_.array() - 1)).exp();
  for (const auto& [i, j] : same) softmax_(i, j) = 0;
  const Vector rows = softmax_.rowwise().sum();
  const Vector columns = softmax_.colwise().sum().transpose();
  const float loss =
      (rows.array().log() + columns.array().log()).mean() / 2 - scale_ * (cosine_.diagonal().array() - 1).mean();

  const Vector inverse_rows = rows.cwiseInverse() * (scale_ / (2 * n));
  const Eigen::RowVectorXf inverse_columns = columns.cwiseInverse().transpose() * (scale_ / (2 * n));
  for (Eigen::Index i = 0; i < softmax_.rows(); ++i) {
    softmax_.row(i).array() *= inverse_columns.array() + inverse_rows[i];
  }
  softmax_.diagonal().array() -= scale_ / n;
  cosine_.array() *= softmax_.array();
  pull_ += inverse_a.asDiagonal() * softmax_ * inverse_b.asDiagonal();
  const Vector back_a = cosine_.rowwise().sum().cwiseProduct(inverse_a.cwiseAbs2());
  const Vector back_b = cosine_.colwise().sum().transpose().cwiseProduct(inverse_b.cwiseAbs2());
  grad_a.leftCols(width).noalias() -= back_a.asDiagonal() * a.leftCols(width);
  grad_b.leftCols(width).noalias() -= back_b.asDiagonal() * b.leftCols(width);
  return loss;
}

}  // namespace trainer
