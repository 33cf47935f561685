#include "index/index.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "index/completion.h"
#include "index/means.h"

namespace signalbox {

void Index::Release::operator()(std::uint8_t* pointer) const { std::free(pointer); }  // NOLINT: pairs with malloc

bool is_in_range(const RoutingConstants& constants) {
  const auto is_count = [](std::uint32_t n) { return n >= 1 && n <= kMostNeighbours; };
  const auto is_share = [](double x) { return x >= 0 && x <= 1; };
  return is_count(constants.k) && is_count(constants.kappa) && is_share(constants.threshold) &&
         is_share(constants.eta) && constants.sigma >= kLeastSigma && constants.sigma <= kMostSigma;
}

void OutcomeView::read_row(std::size_t row, std::span<float> out) const {
  std::size_t place = 0;
  for (std::size_t m = 0; m < models; ++m) {
    if (!is_measured(row, m)) out[m] = std::numeric_limits<float>::quiet_NaN();
    else out[m] = packed != nullptr ? packed_at(row, place++) : at(row, m);
  }
}

std::vector<std::uint8_t> measured_bits(std::span<const float> outcomes, std::size_t models) {
  if (std::none_of(outcomes.begin(), outcomes.end(), [](float y) { return std::isnan(y); })) return {};
  const std::size_t row_bytes = (models + 7) / 8;
  std::vector<std::uint8_t> out(outcomes.size() / models * row_bytes, 0);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const std::size_t model = i % models;
    const unsigned bit = std::isnan(outcomes[i]) ? 0U : 1U << (model % 8);
    out[i / models * row_bytes + model / 8] |= static_cast<std::uint8_t>(bit);
  }
  return out;
}

OutcomeView outcome_view(std::span<const float> outcomes, std::size_t models, std::span<const std::uint8_t> measured) {
  OutcomeView out;
  out.models = models;
  out.grades = outcomes.data();
  out.measured = measured.empty() ? nullptr : measured.data();
  return out;
}

std::vector<double> mean_over_tasks(const Index& index, std::size_t excluded_task) {
  if (excluded_task == kNoTask) return index.overall_means;
  return mean_over_tasks(index.task_means, index.models(), excluded_task, index.known_weights);
}

void derive_means(Index& index) {
  TaskTotals totals = total_outcomes(index.outcomes, index.row_tasks, index.tasks());
  add_scores(index.task_scores, totals);
  if (index.task_weights.empty()) {
    for (std::size_t t = 0; t < index.tasks(); ++t) index.task_weights.push_back(index.links.has(t) ? 0 : 1);
  }
  TaskEstimates estimates = estimate_tasks(index.outcomes, index.row_tasks, totals, index.task_scores,
                                           index.task_weights, index.mixture_constants);
  index.task_means = std::move(estimates.means);
  index.task_posterior = std::move(estimates.posterior);
  index.model_tasks = std::move(estimates.measured);
  index.known_weights = std::move(estimates.weights);
  index.overall_means = mean_over_tasks(index.task_means, index.models(), kNoTask, index.known_weights);
  index.task_levels = std::move(estimates.levels);
  index.task_offsets = mean_offsets(index.row_offsets, index.row_tasks, index.tasks());
  index.pool_means = pool_means(totals, kNoTask);
  index.task_rows = std::move(totals.rows);
  if (index.task_centroids.empty()) {
    index.task_centroids = task_centroids(index.codes, index.row_tasks, index.tasks());
  }
}

}  // namespace signalbox
