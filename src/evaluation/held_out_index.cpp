#include "evaluation/held_out_index.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "index/means.h"
#include "index/totals.h"
#include "routing/router.h"

namespace signalbox {
namespace {

/// Copies what the file says; nothing that is derived from outcomes.
Index shallow_copy(const Index& whole) {
  Index out;
  out.version_major = whole.version_major;
  out.version_minor = whole.version_minor;
  out.size_bytes = whole.size_bytes;
  out.codes = whole.codes;
  out.outcomes = whole.outcomes;
  out.row_tasks = whole.row_tasks;
  out.model_names = whole.model_names;
  out.task_names = whole.task_names;
  out.sample_ids = whole.sample_ids;
  out.embedder_id = whole.embedder_id;
  out.embedder_hash = whole.embedder_hash;
  out.metadata = whole.metadata;
  out.model_numbers = whole.model_numbers;
  out.task_scores = whole.task_scores;
  out.links = whole.links;
  out.row_offsets = whole.row_offsets;
  out.mixture = whole.mixture;
  out.mixture_constants = whole.mixture_constants;
  out.routing = whole.routing;
  out.pairs = whole.pairs;
  out.coverage = whole.coverage;
  out.task_centroids = whole.task_centroids;
  out.task_bias = whole.task_bias;
  out.task_weights = whole.task_weights;
  return out;
}

std::string_view codes_of(const CodeView& codes, std::size_t row) {
  return {reinterpret_cast<const char*>(codes.codes) + row * codes.stride, codes.stride};
}

Status check_numbers(std::span<const std::size_t> numbers, std::size_t count, const char* what) {
  for (const std::size_t number : numbers) {
    if (number < count) continue;
    return Error{ErrorCode::kInvalidArgument, std::string(what) + " " + std::to_string(number) +
                                                  " does not exist, there are " + std::to_string(count)};
  }
  return {};
}

}  // namespace

void HeldOutIndex::forget_scores(const Index& whole, std::span<const std::uint8_t> left_out) {
  if (whole.task_scores.offsets.empty()) return;
  score_offsets_ = {0};
  for (std::size_t t = 0; t < whole.tasks(); ++t) {
    const std::size_t end = left_out[t] != 0 ? 0 : whole.task_scores.offsets[t + 1];
    for (std::size_t i = whole.task_scores.offsets[t]; i < end; ++i) {
      score_models_.push_back(whole.task_scores.models[i]);
      scores_.push_back(whole.task_scores.scores[i]);
      score_evidence_.push_back(whole.task_scores.evidence[i]);
    }
    score_offsets_.push_back(static_cast<std::uint32_t>(scores_.size()));
  }
  index_.task_scores = {score_offsets_, score_models_, scores_, score_evidence_};
}

void HeldOutIndex::forget_links(const Index& whole, std::span<const std::uint8_t> without_results) {
  if (whole.links.offsets.empty()) return;
  link_offsets_ = {0};
  for (std::size_t t = 0; t < whole.tasks(); ++t) {
    for (std::size_t i = whole.links.offsets[t]; i < whole.links.offsets[t + 1]; ++i) {
      if (without_results[whole.links.tasks[i]] != 0) continue;
      link_tasks_.push_back(whole.links.tasks[i]);
      link_weights_.push_back(whole.links.weights[i]);
    }
    link_offsets_.push_back(static_cast<std::uint32_t>(link_tasks_.size()));
    // A kind that no task speaks for any more has no vote to hand on.
    if (!whole.links.has(t) || link_offsets_[t] < link_offsets_[t + 1]) continue;
    std::fill_n(index_.task_centroids.begin() + static_cast<std::ptrdiff_t>(t * whole.codes.dim), whole.codes.dim,
                0.0F);
  }
  index_.links = {link_offsets_, link_tasks_, link_weights_};
}

void HeldOutIndex::forget_outcomes(const Index& whole, std::span<const std::uint8_t> left_out) {
  const std::size_t row_bytes = whole.outcomes.row_bytes();
  const std::size_t bytes = whole.rows() * row_bytes;
  if (whole.outcomes.measured != nullptr) measured_.assign(whole.outcomes.measured, whole.outcomes.measured + bytes);
  else measured_.assign(bytes, 0xFF);
  row_offsets_.assign(whole.row_offsets.begin(), whole.row_offsets.end());
  for (std::size_t row = 0; row < whole.rows(); ++row) {
    if (left_out[row] == 0) continue;
    std::memset(measured_.data() + row * row_bytes, 0, row_bytes);
    if (!row_offsets_.empty()) row_offsets_[row] = kNoOffset;
  }
  index_.outcomes.measured = measured_.data();
  index_.row_offsets = row_offsets_;
}

Result<HeldOutIndex> HeldOutIndex::make(const Index& whole, std::span<const std::size_t> tasks,
                                        std::span<const std::size_t> rows,
                                        const std::optional<std::vector<double>>& mixture) {
  if (Status failed = check_numbers(tasks, whole.tasks(), "task")) return *failed;
  if (Status failed = check_numbers(rows, whole.rows(), "row")) return *failed;
  std::vector<std::uint8_t> task_out(whole.tasks(), 0);
  for (const std::size_t t : tasks) task_out[t] = 1;
  std::unordered_set<std::string_view> held_codes;
  for (const std::size_t row : rows) held_codes.insert(codes_of(whole.codes, row));
  std::vector<std::uint8_t> row_out(whole.rows(), 0);
  for (std::size_t row = 0; row < whole.rows(); ++row) {
    const bool is_out = task_out[whole.row_tasks[row]] != 0 || held_codes.contains(codes_of(whole.codes, row));
    row_out[row] = is_out ? 1 : 0;
  }
  HeldOutIndex out;
  out.index_ = shallow_copy(whole);
  if (mixture) {
    const Result<MixtureConstants> constants = mixture_constants(*mixture);
    if (!constants.ok()) return constants.error();
    out.index_.mixture = *mixture;
    out.index_.mixture_constants = constants.value();
  }
  out.index_.added = whole.added;
  if (!tasks.empty() || !rows.empty()) {
    out.added_means_.assign(whole.added.means.size(), -1);
    out.index_.added.means = out.added_means_;
  }
  out.forget_scores(whole, task_out);
  out.forget_outcomes(whole, row_out);
  TaskTotals totals = total_outcomes(out.index_.outcomes, whole.row_tasks, whole.tasks());
  add_scores(out.index_.task_scores, totals);
  std::vector<std::uint8_t> without(whole.tasks(), 1);
  for (std::size_t i = 0; i < totals.counts.size(); ++i) {
    if (totals.counts[i] > 0) without[i / totals.models] = 0;
  }
  if (std::all_of(without.begin(), without.end(), [](std::uint8_t none) { return none != 0; })) {
    return Error{ErrorCode::kInvalidArgument, "no outcome is left"};
  }
  for (std::size_t t = 0; t < whole.tasks(); ++t) {
    if (without[t] == 0 || whole.links.has(t)) continue;
    std::fill_n(out.index_.task_centroids.begin() + static_cast<std::ptrdiff_t>(t * whole.codes.dim), whole.codes.dim,
                0.0F);
    out.index_.task_weights[t] = 0;
  }
  out.forget_links(whole, without);
  derive_means(out.index_);
  return out;
}

std::vector<float> vectors_of_rows(const Index& index, std::span<const std::size_t> rows) {
  std::vector<float> out;
  out.reserve(rows.size() * index.codes.dim);
  std::vector<double> sum(index.codes.dim);
  for (const std::size_t row : rows) {
    std::fill(sum.begin(), sum.end(), 0);
    add_row(index.codes, row, sum);
    for (const double x : sum) out.push_back(static_cast<float>(x));
  }
  return out;
}

Result<std::vector<double>> expected_correctness(const Index& index, std::span<const float> vectors) {
  RouteOptions options;
  options.constants = index.routing;
  options.mixture = index.mixture_constants;
  options.max_coverage_percentile = 100;
  options.exclusions.assign(index.models(), Exclusion::kNone);
  options.prices.assign(index.models(), -1);
  const Result<Decision> decision = vectors.size() == index.codes.dim ? route_input(index, vectors, options)
                                                                      : route_task(index, vectors, {}, options);
  if (!decision.ok()) return decision.error();
  std::vector<double> out(index.models(), std::numeric_limits<double>::quiet_NaN());
  for (const RankedModel& of_model : decision.value().ranking) out[of_model.model] = of_model.score;
  return out;
}

Result<StudyForecast> forecast_held_out(const Index& whole, const StudyRequest& request) {
  Result<HeldOutIndex> held_out = HeldOutIndex::make(whole, request.tasks, request.rows, request.mixture);
  if (!held_out.ok()) return held_out.error();
  const Index& known = held_out.value().index();
  StudyForecast out;
  out.mean_outcome = mean_over_tasks(known, kNoTask);
  for (const std::vector<std::size_t>& rows : request.inputs) {
    Result<std::vector<double>> expected = expected_correctness(known, vectors_of_rows(whole, rows));
    if (!expected.ok()) return expected.error();
    out.of_inputs.push_back(expected.take());
  }
  for (const std::size_t task : request.centroids) {
    const std::span centroid = std::span(whole.task_centroids).subspan(task * whole.codes.dim, whole.codes.dim);
    Result<std::vector<double>> expected = expected_correctness(known, centroid);
    if (!expected.ok()) return expected.error();
    out.of_centroids.push_back(expected.take());
  }
  return out;
}

}  // namespace signalbox
