// The method once more, slow and obvious: distances from the embeddings themselves, votes by sorting every row.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "support.h"

namespace signalbox::testing {

struct SlowPairs {
  std::vector<double> u;
  std::vector<double> p;
};

/// Works on a benchmark whose embeddings are stored as float32, so that codes and embeddings are the same vectors.
class SlowReference {
 public:
  explicit SlowReference(const RandomBenchmark& benchmark)
      : b_(benchmark), models_(benchmark.spec.model_names.size()), tasks_(benchmark.spec.task_names.size()) {}

  [[nodiscard]] double distance(std::size_t a, std::size_t b) const {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < b_.spec.dim; ++i) {
      const double x = b_.embeddings[a * b_.spec.dim + i];
      const double y = b_.embeddings[b * b_.spec.dim + i];
      dot += x * y;
      aa += x * x;
      bb += y * y;
    }
    return 1 - dot / std::sqrt(aa * bb);
  }

  /// Rows that are allowed, nearest to `row` first.
  [[nodiscard]] std::vector<std::size_t> nearest(std::size_t row,
                                                 const std::function<bool(std::size_t)>& allowed) const {
    std::vector<std::pair<double, std::size_t>> all;
    for (std::size_t r = 0; r < b_.row_tasks.size(); ++r) {
      if (allowed(r)) all.emplace_back(distance(row, r), r);
    }
    std::sort(all.begin(), all.end());
    std::vector<std::size_t> out;
    for (const auto& [unused, r] : all) out.push_back(r);
    return out;
  }

  [[nodiscard]] double mean_distance(std::size_t row, std::vector<std::size_t> near) const {
    if (near.size() > b_.spec.routing.kappa) near.resize(b_.spec.routing.kappa);
    double sum = 0;
    for (const std::size_t r : near) sum += distance(row, r);
    return near.empty() ? 1 : sum / static_cast<double>(near.size());
  }

  /// Mean of the outcomes of `rows` that are known, or `without` where none is.
  [[nodiscard]] double vote(const std::vector<std::size_t>& rows, std::size_t model, double without) const {
    double sum = 0;
    int count = 0;
    for (const std::size_t r : rows) {
      const float y = outcome(r, model);
      if (std::isnan(y)) continue;
      sum += static_cast<double>(y);
      ++count;
    }
    return count > 0 ? sum / count : without;
  }

  [[nodiscard]] float outcome(std::size_t row, std::size_t model) const { return b_.outcomes[row * models_ + model]; }

  [[nodiscard]] std::vector<std::size_t> rows_where(const std::function<bool(std::size_t)>& allowed) const {
    std::vector<std::size_t> out;
    for (std::size_t r = 0; r < b_.row_tasks.size(); ++r) {
      if (allowed(r)) out.push_back(r);
    }
    return out;
  }

  /// u_z and p_z of every task with alpha = 0 (eqs. 12-13).
  [[nodiscard]] SlowPairs pairs() const {
    SlowPairs out;
    for (std::size_t task = 0; task < tasks_; ++task) {
      const auto inside = rows_where([&](std::size_t r) { return b_.row_tasks[r] == task; });
      const auto is_outside = [&](std::size_t r) { return b_.row_tasks[r] != task; };
      const auto outside = rows_where(is_outside);
      if (inside.empty() || outside.empty()) continue;
      double u = 0;
      std::vector<double> right(models_, 0);
      std::vector<double> scored(models_, 0);
      for (const std::size_t row : inside) {
        const auto near = nearest(row, is_outside);
        u += mean_distance(row, near);
        for (std::size_t m = 0; m < models_; ++m) {
          if (std::isnan(outcome(row, m))) continue;
          const double g = vote(first(near, b_.spec.routing.k), m, vote(outside, m, 0));
          const bool predicted = g > b_.spec.routing.threshold;
          const bool correct = static_cast<double>(outcome(row, m)) > b_.spec.routing.threshold;
          scored[m] += 1;
          right[m] += predicted == correct ? 1 : 0;
        }
      }
      out.u.push_back(u / static_cast<double>(inside.size()));
      for (std::size_t m = 0; m < models_; ++m) out.p.push_back(scored[m] > 0 ? right[m] / scored[m] : -1);
    }
    return out;
  }

  static std::vector<std::size_t> first(const std::vector<std::size_t>& rows, std::size_t k) {
    return {rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(std::min(k, rows.size()))};
  }

 private:
  const RandomBenchmark& b_;
  std::size_t models_;
  std::size_t tasks_;
};

}  // namespace signalbox::testing
