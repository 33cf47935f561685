#include "routing/predictor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace signalbox {

namespace {

/// Adds a complete row: most rows of an evaluation are, and the loop has no branch.
void add_complete(const float* y, std::size_t models, double* g) {
  for (std::size_t m = 0; m < models; ++m) g[m] += static_cast<double>(y[m]);
}

}  // namespace

Pool pool_of(const Index& index, const LabelledPool* labels) {
  return {index.outcomes, index.rows(), index.pool_means, labels};
}

float outcome_at(const Pool& pool, std::size_t row, std::size_t model) {
  if (row >= pool.rows) return pool.labels->outcomes[(row - pool.rows) * pool.outcomes.models + model];
  if (!pool.outcomes.is_measured(row, model)) return std::numeric_limits<float>::quiet_NaN();
  return pool.outcomes.at(row, model);
}

void predict_correctness(const Pool& pool, std::span<const Neighbour> neighbours, std::size_t k, Prediction& out) {
  const std::size_t models = pool.outcomes.models;
  const bool complete = pool.outcomes.is_graded() && pool.outcomes.measured == nullptr;
  out.g.assign(models, 0);
  out.votes.assign(models, 0);
  std::size_t votes_of_all = 0;
  for (const Neighbour& n : neighbours.first(std::min(k, neighbours.size()))) {
    if (complete && n.row < pool.rows) {
      add_complete(pool.outcomes.grades + n.row * models, models, out.g.data());
      ++votes_of_all;
      continue;
    }
    for (std::size_t m = 0; m < models; ++m) {
      const float y = outcome_at(pool, n.row, m);
      if (std::isnan(y)) continue;
      out.g[m] += static_cast<double>(y);
      ++out.votes[m];
    }
  }
  for (std::size_t m = 0; m < models; ++m) {
    out.votes[m] += votes_of_all;
    out.g[m] = out.votes[m] > 0 ? out.g[m] / static_cast<double>(out.votes[m]) : pool.means[m];
  }
}

Prediction predict_correctness(const Pool& pool, std::span<const Neighbour> neighbours, std::size_t k) {
  Prediction out;
  predict_correctness(pool, neighbours, k, out);
  return out;
}

Prediction predict_correctness(const Index& index, const LabelledPool* labels, std::span<const Neighbour> neighbours,
                               std::size_t k) {
  return predict_correctness(pool_of(index, labels), neighbours, k);
}

void Agreement::add(const Prediction& prediction, std::span<const float> outcomes, double threshold) {
  for (std::size_t m = 0; m < outcomes.size(); ++m) {
    if (std::isnan(outcomes[m])) continue;
    const bool predicted = prediction.g[m] > threshold;
    const bool correct = static_cast<double>(outcomes[m]) > threshold;
    ++scored[m];
    agreed[m] += predicted == correct ? 1 : 0;
  }
}

double Agreement::share(std::size_t model) const {
  if (scored[model] == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(agreed[model]) / static_cast<double>(scored[model]);
}

std::vector<std::vector<Neighbour>> pool_neighbours(const Index& index, const LabelledPool* labels,
                                                    const QueryBlock& queries, std::size_t k,
                                                    std::span<const std::size_t> skip_label) {
  std::vector<std::vector<Neighbour>> out = find_nearest(index.codes, queries, k);
  if (labels != nullptr) join_labels(*labels, queries, k, skip_label, index.rows(), out);
  return out;
}

void join_labels(const LabelledPool& labels, const QueryBlock& queries, std::size_t k,
                 std::span<const std::size_t> skip_label, std::size_t first_label,
                 std::vector<std::vector<Neighbour>>& neighbours) {
  if (labels.rows() == 0) return;
  // One more, for the label that may have to be skipped; bounded first, so that the largest k does not overflow.
  const auto near_labels = find_nearest(labels.codes.view(), queries, std::min(k, labels.rows()) + 1);
  for (std::size_t q = 0; q < neighbours.size(); ++q) {
    std::vector<Neighbour>& near = neighbours[q];
    const auto others = static_cast<std::ptrdiff_t>(near.size());
    for (Neighbour n : near_labels[q]) {
      if (!skip_label.empty() && n.row == skip_label[q]) continue;
      n.row += static_cast<std::uint32_t>(first_label);
      near.push_back(n);
    }
    // Of ties the other rows come first, which have lower numbers.
    std::inplace_merge(near.begin(), near.begin() + others, near.end(),
                       [](const Neighbour& a, const Neighbour& b) { return a.cosine_distance < b.cosine_distance; });
    if (near.size() > k) near.resize(k);
  }
}

double mean_distance(std::span<const Neighbour> neighbours, std::size_t kappa) {
  const std::span<const Neighbour> near = neighbours.first(std::min(kappa, neighbours.size()));
  if (near.empty()) return 1;
  double sum = 0;
  for (const Neighbour& n : near) sum += n.cosine_distance;
  return sum / static_cast<double>(near.size());
}

double coverage_percentile(std::span<const float> quantiles, double distance) {
  const auto above = std::upper_bound(quantiles.begin(), quantiles.end(), distance,
                                      [](double d, float q) { return d < static_cast<double>(q); });
  if (above == quantiles.begin()) return 0;
  const auto i = static_cast<std::size_t>(above - quantiles.begin()) - 1;
  const double step = 100.0 / static_cast<double>(quantiles.size() - 1);
  if (above == quantiles.end()) return 100;
  const auto low = static_cast<double>(quantiles[i]);
  const auto high = static_cast<double>(*above);
  return step * (static_cast<double>(i) + (distance - low) / (high - low));
}

}  // namespace signalbox
