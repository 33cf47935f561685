#include "building/builder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_set>

#include "building/extras_checks.h"
#include "building/index_builder.h"
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

Status check_counts(const IndexDescription& spec) {
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
  if (tasks > rows && !layout::may_exceed_rows(tasks, spec.dim, models)) {
    return invalid("got " + std::to_string(tasks) + " tasks for " + std::to_string(rows) +
                   " rows, expected at most one task per row");
  }
  if (spec.model_numbers.size() != models) return invalid("every model needs its numbers");
  if (!spec.sample_ids.empty() && spec.sample_ids.size() != rows) {
    return Error{ErrorCode::kDimensionMismatch,
                 "got " + std::to_string(spec.sample_ids.size()) + " sample ids, expected " + std::to_string(rows)};
  }
  return {};
}

Status check_sizes(std::size_t rows, const IndexDescription& spec, std::span<const float> embeddings,
                   std::span<const float> outcomes) {
  if (embeddings.size() != rows * spec.dim) {
    return Error{ErrorCode::kDimensionMismatch, "got " + std::to_string(embeddings.size()) +
                                                    " embedding values, expected " + std::to_string(rows * spec.dim)};
  }
  const std::size_t models = spec.model_names.size();
  if (outcomes.size() != rows * models) {
    return Error{ErrorCode::kDimensionMismatch,
                 "got " + std::to_string(outcomes.size()) + " outcomes, expected " + std::to_string(rows * models)};
  }
  return {};
}

/// `rows` holds the row numbers for messages; if empty, rows are numbered from 0.
Status check_arrays(const IndexDescription& spec, std::span<const std::uint32_t> rows,
                    std::span<const float> embeddings, std::span<const float> outcomes) {
  if (!std::all_of(embeddings.begin(), embeddings.end(), [](float x) { return std::isfinite(x); })) {
    return Error{ErrorCode::kNonFinite, "an embedding holds NaN or infinity"};
  }
  const std::size_t models = spec.model_names.size();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const float y = outcomes[i];
    if (std::isnan(y) || (y >= 0 && y <= 1)) continue;
    const std::size_t row = rows.empty() ? i / models : rows[i / models];
    return invalid("the outcome of row " + std::to_string(row) + " and model " + spec.model_names[i % models] +
                   " is outside 0 to 1 (NaN where missing)");
  }
  return {};
}

Status check_values(const IndexDescription& spec) {
  const std::size_t tasks = spec.task_names.size();
  if (!std::all_of(spec.row_tasks.begin(), spec.row_tasks.end(), [&](std::uint16_t t) { return t < tasks; })) {
    return invalid("a row belongs to a task beyond the " + std::to_string(tasks) + " that are named");
  }
  for (const ModelNumbers& n : spec.model_numbers) {
    for (const double x : {n.params_b, n.usd_per_mtok_in, n.usd_per_mtok_out, n.usd_per_mtok_cache_read}) {
      if (!std::isfinite(x) || (x < 0 && x != -1)) return invalid("a price or parameter count is not a number >= 0");
    }
  }
  return {};
}

Status check_routing(const IndexDescription& spec) {
  if (!is_in_range(spec.routing)) {
    return invalid("routing needs 1 <= k, kappa <= 1e9, 0 <= threshold, eta <= 1 and 1e-6 <= sigma <= 10");
  }
  const bool alphas = !spec.pairs.alphas.empty() && std::all_of(spec.pairs.alphas.begin(), spec.pairs.alphas.end(),
                                                                [](double a) { return a >= 0 && a < 1; });
  if (!alphas || spec.pairs.repeats < 1) return invalid("pairs need alphas in [0, 1) and at least one repeat");
  return {};
}

}  // namespace

Status check_description(const IndexDescription& description) {
  for (const auto& step : {check_counts, check_values, check_routing, check_extras}) {
    if (Status failed = step(description)) return failed;
  }
  if (Status failed = check_names(description.model_names, "model", true)) return failed;
  if (Status failed = check_names(description.task_names, "task", true)) return failed;
  if (Status failed = check_names(description.sample_ids, "sample id", false)) return failed;
  return check_names({description.metadata, description.embedder_id, description.embedder_hash}, "metadata text",
                     false);
}

Status check_spec(const BuildSpec& spec) {
  if (Status failed = check_counts(spec)) return failed;
  if (Status failed = check_sizes(spec.row_tasks.size(), spec, spec.embeddings, spec.outcomes)) return failed;
  if (Status failed = check_arrays(spec, {}, spec.embeddings, spec.outcomes)) return failed;
  return check_description(spec);
}

Status check_rows(const IndexDescription& description, std::span<const std::uint32_t> rows,
                  std::span<const float> embeddings, std::span<const float> outcomes) {
  if (Status failed = check_sizes(rows.size(), description, embeddings, outcomes)) return failed;
  return check_arrays(description, rows, embeddings, outcomes);
}

Result<std::vector<std::uint8_t>> build_index(const BuildSpec& spec) {
  if (Status failed = check_spec(spec)) return *failed;
  BuilderSpec whole;
  const IndexDescription& description = spec;
  static_cast<IndexDescription&>(whole) = description;
  whole.sampling.max_work = std::numeric_limits<std::uint64_t>::max();
  whole.missing = std::any_of(spec.outcomes.begin(), spec.outcomes.end(), [](float y) { return std::isnan(y); });
  whole.graded = std::any_of(spec.outcomes.begin(), spec.outcomes.end(),
                             [](float y) { return !std::isnan(y) && y != 0 && y != 1; });
  Result<IndexBuilder> created = IndexBuilder::create(std::move(whole));
  if (!created.ok()) return created.error();
  IndexBuilder& builder = created.value();
  std::vector<std::uint32_t> rows(spec.row_tasks.size());
  std::iota(rows.begin(), rows.end(), 0U);
  if (Status failed = builder.put(rows, spec.embeddings, spec.outcomes)) return *failed;
  const auto searched = builder.step(std::numeric_limits<std::size_t>::max());
  if (!searched.ok()) return searched.error();
  const auto file = builder.finish();
  if (!file.ok()) return file.error();
  return concatenate(*file.value().file);
}

}  // namespace signalbox
