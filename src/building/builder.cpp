#include "building/builder.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "index/format.h"
#include "index/layout.h"
#include "index/utf8.h"

namespace signalbox {
namespace {

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Status check_names(const std::vector<std::string>& names, const char* what, bool unique) {
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : names) {
    if (!is_utf8(name)) return Error{ErrorCode::kBadMetadata, std::string("a ") + what + " is not UTF-8"};
    if (unique && (name.empty() || !seen.insert(name).second)) {
      return invalid(std::string(what) + " names must be unique and not empty, got '" + name + "'");
    }
  }
  return {};
}

Status check_counts(const BuildSpec& spec) {
  const std::size_t rows = spec.row_tasks.size();
  const std::size_t models = spec.model_names.size();
  const std::size_t tasks = spec.task_names.size();
  if (rows == 0 || models == 0 || tasks == 0 || spec.dim == 0) {
    return invalid("an index needs at least one row, model, task and dimension");
  }
  if (spec.dim > kMaxDimension || models > layout::kMaxNames || tasks > layout::kMaxNames || rows > 0xFFFFFFFFU ||
      std::uint64_t{tasks} * models > layout::kMaxTaskMeans || spec.metadata.size() > layout::kMaxMetadataBytes) {
    return Error{ErrorCode::kSizeOverflow, "the index exceeds the limits of the format"};
  }
  if (tasks > rows) {
    return invalid("got " + std::to_string(tasks) + " tasks for " + std::to_string(rows) +
                   " rows, expected at most one task a row");
  }
  if (spec.embeddings.size() != rows * spec.dim) {
    return Error{ErrorCode::kDimensionMismatch, "got " + std::to_string(spec.embeddings.size()) +
                                                    " embedding values, expected " + std::to_string(rows * spec.dim)};
  }
  if (spec.outcomes.size() != rows * models) {
    return Error{ErrorCode::kDimensionMismatch, "got " + std::to_string(spec.outcomes.size()) + " outcomes, expected " +
                                                    std::to_string(rows * models)};
  }
  if (spec.model_numbers.size() != models) return invalid("every model needs its numbers");
  if (!spec.sample_ids.empty() && spec.sample_ids.size() != rows) {
    return Error{ErrorCode::kDimensionMismatch,
                 "got " + std::to_string(spec.sample_ids.size()) + " sample ids, expected " + std::to_string(rows)};
  }
  return {};
}

Status check_values(const BuildSpec& spec) {
  if (!std::all_of(spec.embeddings.begin(), spec.embeddings.end(), [](float x) { return std::isfinite(x); })) {
    return Error{ErrorCode::kNonFinite, "an embedding holds NaN or infinity"};
  }
  const std::size_t models = spec.model_names.size();
  for (std::size_t i = 0; i < spec.outcomes.size(); ++i) {
    const float y = spec.outcomes[i];
    if (std::isnan(y) || (y >= 0 && y <= 1)) continue;
    return invalid("the outcome of row " + std::to_string(i / models) + " and model " + spec.model_names[i % models] +
                   " is outside 0 to 1 (NaN where missing)");
  }
  const std::size_t tasks = spec.task_names.size();
  if (!std::all_of(spec.row_tasks.begin(), spec.row_tasks.end(), [&](std::uint16_t t) { return t < tasks; })) {
    return invalid("a row belongs to a task beyond the " + std::to_string(tasks) + " that are named");
  }
  for (const ModelNumbers& n : spec.model_numbers) {
    for (const float x : {n.params_b, n.usd_per_mtok_in, n.usd_per_mtok_out}) {
      if (!std::isfinite(x) || (x < 0 && x != -1)) return invalid("a price or parameter count is not a number >= 0");
    }
  }
  return {};
}

Status check_routing(const BuildSpec& spec) {
  if (!is_in_range(spec.routing)) {
    return invalid("routing needs 1 <= k, kappa <= 1e9, 0 <= threshold, eta <= 1 and 1e-6 <= sigma <= 10");
  }
  const bool alphas = !spec.pairs.alphas.empty() && std::all_of(spec.pairs.alphas.begin(), spec.pairs.alphas.end(),
                                                                [](double a) { return a >= 0 && a < 1; });
  if (!alphas || spec.pairs.repeats < 1) return invalid("pairs need alphas in [0, 1) and at least one repeat");
  return {};
}

/// Percentiles 0..100 of the mean distance of each row to its kappa nearest others.
std::vector<float> coverage_quantiles(std::vector<float> distances) {
  std::sort(distances.begin(), distances.end());
  std::vector<float> out(kCoverageQuantiles);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = distances[i * (distances.size() - 1) / (out.size() - 1)];
  }
  return out;
}

}  // namespace

Status check_spec(const BuildSpec& spec) {
  for (const auto& step : {check_counts, check_values, check_routing}) {
    if (Status failed = step(spec)) return failed;
  }
  if (Status failed = check_names(spec.model_names, "model", true)) return failed;
  if (Status failed = check_names(spec.task_names, "task", true)) return failed;
  if (Status failed = check_names(spec.sample_ids, "sample id", false)) return failed;
  return check_names({spec.metadata, spec.embedder_id, spec.embedder_hash}, "metadata text", false);
}

Result<std::vector<std::uint8_t>> build_index(const BuildSpec& spec) {
  if (Status failed = check_spec(spec)) return *failed;
  const CodeMatrix codes = quantize(spec.codes, spec.embeddings, spec.dim);
  const PairSource source = {codes.view(),  spec.embeddings,         spec.row_tasks,
                             spec.outcomes, spec.model_names.size(), spec.task_names.size(),
                             spec.routing};
  const TrainingPairs pairs = training_pairs(source, spec.pairs);
  const std::vector<float> coverage = coverage_quantiles(mean_distances_within(source));
  return write_index({.codes = codes.view(),
                      .row_tasks = spec.row_tasks,
                      .outcomes = spec.outcomes,
                      .model_names = spec.model_names,
                      .task_names = spec.task_names,
                      .sample_ids = spec.sample_ids,
                      .model_numbers = spec.model_numbers,
                      .embedder_id = spec.embedder_id,
                      .embedder_hash = spec.embedder_hash,
                      .metadata = spec.metadata,
                      .routing = spec.routing,
                      .pair_u = pairs.u,
                      .pair_p = pairs.p,
                      .coverage = coverage});
}

}  // namespace signalbox
