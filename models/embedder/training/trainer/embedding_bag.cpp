#include "embedding_bag.h"

#include <cmath>

namespace trainer {

EmbeddingBag::EmbeddingBag(Matrix start) : table_(std::move(start)) {
  first_ = second_ = Matrix::Zero(table_.rows(), table_.cols());
  steps_.assign(static_cast<std::size_t>(table_.rows()), 0);
}

void EmbeddingBag::forward(const Bags& bags, Matrix& means) const {
  means.resize(static_cast<Eigen::Index>(bags.size()), table_.cols());
#pragma omp parallel for schedule(static)
  for (Eigen::Index i = 0; i < means.rows(); ++i) {
    const auto bag = bags.bag(static_cast<std::size_t>(i));
    means.row(i).setZero();
    for (const Token token : bag) means.row(i) += table_.row(token);
    means.row(i) /= static_cast<float>(bag.size());
  }
}

void EmbeddingBag::collect_uses(const Bags& a, const Bags& b) {
  use_bounds_.assign(static_cast<std::size_t>(table_.rows()) + 1, 0);
  for (const Bags* side : {&a, &b}) {
    for (const Token token : side->tokens) ++use_bounds_[std::size_t{token} + 1];
  }
  for (std::size_t i = 1; i < use_bounds_.size(); ++i) use_bounds_[i] += use_bounds_[i - 1];
  uses_.resize(use_bounds_.back());
  std::vector<std::uint32_t> next(use_bounds_.begin(), use_bounds_.end() - 1);
  std::uint32_t first = 0;
  for (const Bags* side : {&a, &b}) {
    for (std::size_t i = 0; i < side->size(); ++i) {
      const auto bag = side->bag(i);
      const float share = 1.0F / static_cast<float>(bag.size());
      for (const Token token : bag) uses_[next[token]++] = {first + static_cast<std::uint32_t>(i), share};
    }
    first += static_cast<std::uint32_t>(side->size());
  }
}

void EmbeddingBag::step(const Bags& a, const Matrix& grad_a, const Bags& b, const Matrix& grad_b, float rate) {
  collect_uses(a, b);
  const auto& [decay1, decay2, epsilon] = options_;
#pragma omp parallel
  {
    Eigen::Array<float, 1, Eigen::Dynamic> gradient(table_.cols());
#pragma omp for schedule(dynamic, 64)
    for (Eigen::Index row = 0; row < table_.rows(); ++row) {
      const auto token = static_cast<std::size_t>(row);
      if (use_bounds_[token] == use_bounds_[token + 1]) continue;
      gradient.setZero();
      for (std::size_t i = use_bounds_[token]; i < use_bounds_[token + 1]; ++i) {
        const Eigen::Index bag = uses_[i].bag;
        if (bag < grad_a.rows()) gradient += uses_[i].share * grad_a.row(bag).array();
        else gradient += uses_[i].share * grad_b.row(bag - grad_a.rows()).array();
      }
      const float count = ++steps_[token];
      const float correction = std::sqrt(1 - std::pow(decay2, count)) / (1 - std::pow(decay1, count));
      auto first = first_.row(row).array();
      auto second = second_.row(row).array();
      first = decay1 * first + (1 - decay1) * gradient;
      second = decay2 * second + (1 - decay2) * gradient.square();
      table_.row(row).array() -= rate * correction * first / (second.sqrt() + epsilon);
    }
  }
}

}  // namespace trainer
