#include "routing/predictor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace signalbox {

float outcome_at(const Index& index, const LabelledPool* labels, std::size_t row, std::size_t model) {
  if (row >= index.rows()) return labels->outcomes[(row - index.rows()) * index.models() + model];
  if (!index.outcomes.is_measured(row, model)) return std::numeric_limits<float>::quiet_NaN();
  return index.outcomes.at(row, model);
}

Prediction predict_correctness(const Index& index, const LabelledPool* labels, std::span<const Neighbour> neighbours,
                               std::size_t k) {
  const std::size_t models = index.models();
  Prediction out{std::vector<double>(models, 0), std::vector<std::size_t>(models, 0)};
  for (const Neighbour& n : neighbours.first(std::min(k, neighbours.size()))) {
    for (std::size_t m = 0; m < models; ++m) {
      const float y = outcome_at(index, labels, n.row, m);
      if (std::isnan(y)) continue;
      out.g[m] += static_cast<double>(y);
      ++out.votes[m];
    }
  }
  for (std::size_t m = 0; m < models; ++m) {
    out.g[m] = out.votes[m] > 0 ? out.g[m] / static_cast<double>(out.votes[m]) : index.pool_means[m];
  }
  return out;
}

std::vector<std::vector<Neighbour>> pool_neighbours(const Index& index, const LabelledPool* labels,
                                                    const QueryBlock& queries, std::size_t k,
                                                    std::span<const std::size_t> skip_label) {
  std::vector<std::vector<Neighbour>> out = find_nearest(index.codes, queries, k);
  if (labels == nullptr || labels->rows() == 0) return out;
  // One more, for the label that may have to be skipped.
  const auto near_labels = find_nearest(labels->codes.view(), queries, k + 1);
  for (std::size_t q = 0; q < out.size(); ++q) {
    for (Neighbour n : near_labels[q]) {
      if (!skip_label.empty() && n.row == skip_label[q]) continue;
      n.row += static_cast<std::uint32_t>(index.rows());
      out[q].push_back(n);
    }
    // The index's rows come first and have lower numbers, so a stable sort keeps the order of ties.
    std::stable_sort(out[q].begin(), out[q].end(),
                     [](const Neighbour& a, const Neighbour& b) { return a.cosine_distance < b.cosine_distance; });
    if (out[q].size() > k) out[q].resize(k);
  }
  return out;
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
