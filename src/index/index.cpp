#include "index/index.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "index/completion.h"
#include "index/means.h"
#include "index/task_posterior.h"

namespace signalbox {

void Index::Release::operator()(std::uint8_t* pointer) const { std::free(pointer); }  // NOLINT: pairs with malloc

bool is_in_range(const RoutingConstants& constants) {
  const auto is_count = [](std::uint32_t n) { return n >= 1 && n <= kMostNeighbours; };
  const auto is_share = [](double x) { return x >= 0 && x <= 1; };
  return is_count(constants.k) && is_count(constants.kappa) && is_share(constants.threshold) &&
         is_share(constants.eta) && constants.sigma >= kLeastSigma && constants.sigma <= kMostSigma;
}

void OutcomeView::read_row(std::size_t row, std::span<float> out) const {
  std::fill_n(out.begin(), models, std::numeric_limits<float>::quiet_NaN());
  for_each(row, [&](std::size_t m, float y) { out[m] = y; });
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

namespace {

/// Appends `more` numbers to each row of a matrix [rows, models]: those of `value(row, i)`.
template <typename Value>
std::vector<double> widened(const std::vector<double>& matrix, std::size_t models, std::size_t more, Value value) {
  std::vector<double> out;
  out.reserve(matrix.size() / models * (models + more));
  for (std::size_t row = 0; row * models < matrix.size(); ++row) {
    const auto first = matrix.begin() + static_cast<std::ptrdiff_t>(row * models);
    out.insert(out.end(), first, first + static_cast<std::ptrdiff_t>(models));
    for (std::size_t i = 0; i < more; ++i) out.push_back(value(row, i));
  }
  return out;
}

/// Returns the mean over models, [tasks]; NaN without any.
std::vector<double> mean_over_models(const std::vector<double>& means, std::size_t models) {
  std::vector<double> out;
  for (std::size_t first = 0; first < means.size(); first += models) {
    double sum = 0;
    double count = 0;
    for (std::size_t m = first; m < first + models; ++m) {
      if (std::isnan(means[m])) continue;
      sum += means[m];
      ++count;
    }
    out.push_back(count > 0 ? sum / count : std::nan(""));
  }
  return out;
}

/// Appends the added models to what was estimated from the others.
void append_added(const Index& index, const TaskTotals& totals, TaskEstimates& estimates) {
  const std::size_t added = index.added.models;
  const std::size_t built = index.built_models();
  const std::vector<double> difficulty = mean_over_models(estimates.means, built);
  const auto mean = [&](std::size_t t, std::size_t i) {
    const auto value = static_cast<double>(index.added.means[t * added + i]);
    return value < 0 ? std::nan("") : value;
  };
  const auto correctness = [&](std::size_t t, std::size_t i) { return std::isnan(mean(t, i)) ? 0 : mean(t, i); };
  const auto deviation = [&](std::size_t t, std::size_t i) {
    const double off = mean(t, i) - difficulty[t];
    return std::isnan(off) ? 0 : off;
  };
  const auto variance = [&](std::size_t t, std::size_t i) {
    return static_cast<double>(index.added.variance[t * added + i]);
  };
  TaskPosterior& posterior = estimates.posterior;
  estimates.means = widened(estimates.means, built, added, mean);
  posterior.deviation = widened(posterior.deviation, built, added, deviation);
  posterior.deviation_variance = widened(posterior.deviation_variance, built, added, variance);
  posterior.correctness = widened(posterior.correctness, built, added, correctness);
  posterior.correctness_variance = widened(posterior.correctness_variance, built, added, variance);
  for (std::size_t m = built; m < index.models(); ++m) {
    std::size_t tasks = 0;
    for (std::size_t i = m; i < totals.counts.size(); i += totals.models) tasks += totals.counts[i] > 0 ? 1 : 0;
    estimates.measured.push_back(tasks);
  }
}

/// Returns the mean over rows of a model's means by task: its few rows are not drawn like those of the benchmark.
double mean_over_rows(const std::vector<double>& means, std::size_t models, std::size_t model,
                      const std::vector<std::size_t>& rows) {
  double sum = 0;
  double count = 0;
  for (std::size_t t = 0; t < rows.size(); ++t) {
    const double mean = means[t * models + model];
    if (std::isnan(mean)) continue;
    sum += mean * static_cast<double>(rows[t]);
    count += static_cast<double>(rows[t]);
  }
  return count > 0 ? sum / count : std::nan("");
}

}  // namespace

void derive_means(Index& index) {
  TaskTotals totals = total_outcomes(index.outcomes, index.row_tasks, index.tasks());
  add_scores(index.task_scores, totals);
  if (index.task_weights.empty()) {
    for (std::size_t t = 0; t < index.tasks(); ++t) index.task_weights.push_back(index.links.has(t) ? 0 : 1);
  }
  const std::size_t built = index.built_models();
  const bool has_added = index.added.models > 0;
  TaskEstimates estimates =
      estimate_tasks(index.outcomes, index.row_tasks, has_added ? first_models(totals, built) : totals,
                     index.task_scores, index.task_weights, index.mixture_constants);
  if (has_added) append_added(index, totals, estimates);
  index.task_means = std::move(estimates.means);
  index.task_posterior = std::move(estimates.posterior);
  index.mean_facts = facts_of(index.task_means, index.models(), &index.task_posterior);
  index.model_tasks = std::move(estimates.measured);
  index.known_weights = std::move(estimates.weights);
  index.overall_means = mean_over_tasks(index.task_means, index.models(), kNoTask, index.known_weights);
  index.task_levels = std::move(estimates.levels);
  index.task_offsets = mean_offsets(index.row_offsets, index.row_tasks, index.tasks());
  index.pool_means = pool_means(totals, kNoTask);
  index.added_rows.assign(index.added.models, 0);
  for (std::size_t m = built; m < index.models(); ++m) {
    index.pool_means[m] = mean_over_rows(index.task_means, index.models(), m, totals.rows);
    for (std::size_t row = 0; row < index.rows(); ++row)
      index.added_rows[m - built] += index.outcomes.is_measured(row, m);
  }
  index.task_rows = std::move(totals.rows);
  if (index.task_centroids.empty()) {
    index.task_centroids = task_centroids(index.codes, index.row_tasks, index.tasks());
  }
}

void make_sketch(Index& index) {
  if (index.codes.type == CodeType::kBinary) return;
  index.sketch = std::make_unique<Sketch>(index.codes);
  index.codes.sketch = index.sketch.get();
}

}  // namespace signalbox
