#include "evaluation/benchmark.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "routing/random.h"

namespace signalbox {
namespace {

Status check_extras(const BuildSpec& spec, std::span<const std::uint32_t> inputs, std::span<const float> costs) {
  const std::size_t rows = spec.row_tasks.size();
  if (inputs.size() != rows) {
    return Error{ErrorCode::kDimensionMismatch,
                 "got the inputs of " + std::to_string(inputs.size()) + " rows, expected " + std::to_string(rows)};
  }
  if (!costs.empty() && costs.size() != spec.outcomes.size()) {
    return Error{ErrorCode::kDimensionMismatch,
                 "got " + std::to_string(costs.size()) + " costs, expected " + std::to_string(spec.outcomes.size())};
  }
  const bool good =
      std::all_of(costs.begin(), costs.end(), [](float c) { return std::isnan(c) || (std::isfinite(c) && c >= 0); });
  if (!good) return Error{ErrorCode::kInvalidArgument, "a cost is not a number of US dollars >= 0 (NaN where unknown)"};
  return {};
}

}  // namespace

std::vector<float> Benchmark::vectors_of(std::span<const std::uint32_t> rows) const {
  std::vector<float> out;
  out.reserve(rows.size() * dim);
  for (const std::uint32_t row : rows) {
    const auto v = std::span(embeddings).subspan(row * dim, dim);
    out.insert(out.end(), v.begin(), v.end());
  }
  return out;
}

Result<Benchmark> make_benchmark(const BuildSpec& spec, std::span<const std::uint32_t> inputs,
                                 std::span<const float> costs) {
  if (Status failed = check_spec(spec)) return *failed;
  if (Status failed = check_extras(spec, inputs, costs)) return *failed;
  Benchmark out;
  out.dim = spec.dim;
  out.models = spec.model_names.size();
  out.codes = quantize(spec.codes, spec.embeddings, spec.dim);
  out.embeddings.assign(spec.embeddings.begin(), spec.embeddings.end());
  out.row_tasks.assign(spec.row_tasks.begin(), spec.row_tasks.end());
  out.outcomes.assign(spec.outcomes.begin(), spec.outcomes.end());
  out.measured = measured_bits(spec.outcomes, out.models);
  out.costs.assign(costs.begin(), costs.end());
  out.model_numbers = spec.model_numbers;
  out.routing = spec.routing;
  out.pairs = spec.pairs;
  out.extras = spec.extras;
  sort_extras(out.extras);
  out.links = store_links(out.extras, spec.task_names.size());
  out.centroids = coded_centroids(out.extras, spec.task_names.size(), spec.dim);
  out.mixture = mixture_constants(out.extras.mixture).value();  // Checked with the specification.
  out.task_rows.resize(spec.task_names.size());
  for (std::size_t row = 0; row < out.rows(); ++row) {
    out.task_rows[out.row_tasks[row]].push_back(static_cast<std::uint32_t>(row));
  }
  out.inputs.assign(inputs.begin(), inputs.end());
  out.rows_by_input.resize(out.rows());
  std::iota(out.rows_by_input.begin(), out.rows_by_input.end(), 0U);
  std::sort(out.rows_by_input.begin(), out.rows_by_input.end(), [&](std::uint32_t a, std::uint32_t b) {
    return out.inputs[a] != out.inputs[b] ? out.inputs[a] < out.inputs[b] : a < b;
  });
  return out;
}

std::vector<double> Benchmark::task_weights() const {
  std::vector<double> out(extras.task_weights.begin(), extras.task_weights.end());
  if (!out.empty()) return out;
  for (std::size_t t = 0; t < tasks(); ++t) out.push_back(links.view().has(t) ? 0 : 1);
  return out;
}

KnownRows leave_out(const Benchmark& benchmark, std::span<const std::uint32_t> held_out, std::size_t task) {
  KnownRows out;
  out.left_out.assign(benchmark.rows(), 0);
  for (const std::uint32_t row : held_out) out.left_out[row] = 1;
  const std::vector<std::uint32_t>& sorted = benchmark.rows_by_input;
  for (const std::uint32_t row : held_out) {
    const std::uint32_t input = benchmark.inputs[row];
    auto same = std::lower_bound(sorted.begin(), sorted.end(), input,
                                 [&](std::uint32_t r, std::uint32_t value) { return benchmark.inputs[r] < value; });
    for (; same != sorted.end() && benchmark.inputs[*same] == input; ++same) {
      if (out.left_out[*same] != 0) continue;
      out.left_out[*same] = 1;
      ++out.duplicates;
    }
  }
  out.count = benchmark.rows() - held_out.size() - out.duplicates;
  const std::size_t tasks = benchmark.tasks();
  out.totals = total_outcomes(benchmark.outcome_view(), benchmark.row_tasks, tasks, out.left_out);
  ScoreStorage storage;
  const TaskScoreView scores = score_view(benchmark.extras, tasks, storage, task);
  add_scores(scores, out.totals);
  out.pool_means = pool_means(out.totals, kNoTask);
  out.tasks = estimate_tasks(benchmark.outcome_view(), benchmark.row_tasks, out.totals, scores,
                             benchmark.task_weights(), benchmark.mixture, out.left_out);
  out.task_offsets = mean_offsets(benchmark.extras.row_offsets, benchmark.row_tasks, tasks, out.left_out);
  out.means_over_tasks = mean_over_tasks(out.tasks.means, benchmark.models, kNoTask, out.tasks.weights);
  out.task_centroids = benchmark.centroids;
  if (out.task_centroids.empty()) {
    out.task_centroids = task_centroids(benchmark.codes.view(), benchmark.row_tasks, tasks, out.left_out);
  } else if (task != kNoTask) {
    std::fill_n(out.task_centroids.begin() + static_cast<std::ptrdiff_t>(task * benchmark.dim), benchmark.dim, 0.0F);
  }
  return out;
}

std::size_t least_neighbours(const Benchmark& benchmark) {
  const std::size_t of_offset = benchmark.extras.row_offsets.empty() ? 0 : rows_for_offset(benchmark.mixture);
  return std::max<std::size_t>(benchmark.routing.kappa, of_offset);
}

TaskProfiles profiles_of(const Benchmark& benchmark, const KnownRows& known) {
  return {benchmark.dim,          benchmark.models,       known.task_centroids,
          known.tasks.means,      &known.tasks.posterior, benchmark.extras.centroid_bias,
          benchmark.links.view(), known.tasks.weights,    known.tasks.measured,
          known.tasks.levels,     known.task_offsets,     benchmark.extras.row_offsets,
          benchmark.row_tasks};
}

std::uint64_t task_seed(std::uint64_t seed, std::size_t task) { return Random(seed + task).next(); }

}  // namespace signalbox
