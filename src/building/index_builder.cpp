#include "building/index_builder.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "building/extras_checks.h"
#include "building/family_coverage.h"
#include "kernels/nearest.h"
#include "routing/predictor.h"

namespace signalbox {
namespace {

constexpr std::uint32_t kNoSlot = 0xFFFFFFFFU;
/// Number of queries that share a pass over the rows.
constexpr std::size_t kBlock = 256;
constexpr std::uint64_t kFewestScored = 20;
constexpr std::uint64_t kFewestCovered = 200;
constexpr std::uint64_t kMostCovered = 5000;

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

/// Returns whether rows^2 dim <= most, without computing the product, which may exceed 64 bits.
bool is_affordable(std::uint64_t rows, std::uint64_t dim, std::uint64_t most) { return rows * dim <= most / rows; }

/// Returns percentiles 0..100 of mean distances; all 0 without distances.
std::vector<float> quantiles(std::vector<float> distances) {
  if (distances.empty()) distances.push_back(0);
  std::sort(distances.begin(), distances.end());
  std::vector<float> out(kCoverageQuantiles);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = distances[i * (distances.size() - 1) / (out.size() - 1)];
  }
  return out;
}

/// Draws `count` of the rows and keeps their order.
std::vector<std::uint32_t> draw_rows(Random& random, const std::vector<std::uint32_t>& rows, std::uint64_t count) {
  if (count >= rows.size()) return rows;
  std::vector<std::uint32_t> out;
  for (const std::size_t i : draw(random, rows.size(), static_cast<std::size_t>(count))) out.push_back(rows[i]);
  return out;
}

void set_bit(std::vector<std::uint8_t>& bits, std::size_t row, std::size_t model, std::size_t row_bytes) {
  bits[row * row_bytes + model / 8] |= static_cast<std::uint8_t>(1U << (model % 8));
}

std::span<const std::uint8_t> as_bytes(std::span<const float> values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}

}  // namespace

Result<IndexBuilder> IndexBuilder::create(BuilderSpec spec) {
  if (Status failed = check_description(spec)) return *failed;
  if (spec.shard && spec.codes != CodeType::kFloat32) return invalid("the rows of a shard are float32");
  IndexBuilder builder(std::move(spec));
  builder.choose_queries();
  builder.allocate();
  return builder;
}

IndexBuilder::IndexBuilder(BuilderSpec spec) : spec_(std::move(spec)), random_(spec_.pairs.seed) {
  row_tasks_.assign(spec_.row_tasks.begin(), spec_.row_tasks.end());
  spec_.row_tasks = {};  // Borrowed from the caller for this call only.
  sort_extras(spec_.extras);
  without_outcomes_ = tasks_without_outcomes(spec_);
}

void IndexBuilder::choose_queries() {
  const std::uint64_t row_work = std::uint64_t{rows()} * spec_.dim;
  const std::uint64_t half = spec_.sampling.max_work / 2;
  exact_ = is_affordable(rows(), spec_.dim, spec_.sampling.max_work);
  scored_.resize(spec_.task_names.size());
  std::vector<std::uint32_t> all(rows());
  for (std::size_t row = 0; row < rows(); ++row) {
    all[row] = static_cast<std::uint32_t>(row);
    scored_[row_tasks_[row]].push_back(all[row]);
  }
  for (const auto& of_task : scored_) task_rows_.push_back(of_task.size());
  if (!exact_) {
    Random random(spec_.sampling.seed);
    const std::uint64_t a_task = std::max(kFewestScored, half / row_work / scored_.size());
    for (auto& of_task : scored_) of_task = draw_rows(random, of_task, a_task);
    all = draw_rows(random, all, std::clamp(half / row_work, kFewestCovered, kMostCovered));
  }
  if (spec_.shard) {
    for (auto& of_task : scored_) of_task.clear();
    all.clear();
  }
  covered_ = std::move(all);
  if (!spec_.shard) map_ = MapBuilder(rows(), covered_);
  total_ = covered_.size() + map_.count_steps();
  slots_.assign(rows(), kNoSlot);
  std::uint32_t slots = 0;
  const auto keep = [&](std::uint32_t row) {
    if (slots_[row] == kNoSlot) slots_[row] = slots++;
  };
  for (const std::uint32_t row : covered_) keep(row);
  for (std::size_t task = 0; task < scored_.size(); ++task) {
    if (task_rows_[task] == rows()) scored_[task].clear();  // The rows of the only task have no pool.
    total_ += scored_[task].size();
    for (const std::uint32_t row : scored_[task]) keep(row);
  }
  vectors_.assign(std::size_t{slots} * spec_.dim, 0);
}

void IndexBuilder::allocate() {
  const std::size_t models = spec_.model_names.size();
  const std::size_t bit_bytes = rows() * ((models + 7) / 8);
  codes_ = {spec_.codes, rows(), spec_.dim, {}, {}};
  codes_.codes.assign(rows() * row_stride(spec_.codes, spec_.dim), 0);
  codes_.scales.assign(rows(), 0);
  if (spec_.graded) grades_.assign(rows() * models, 0);
  else bits_.assign(bit_bytes, 0);
  if (spec_.missing) measured_.assign(bit_bytes, 0);
  stored_.assign(rows(), 0);
}

Status IndexBuilder::check_new(std::span<const std::uint32_t> at, std::span<const float> outcomes) const {
  const std::size_t models = spec_.model_names.size();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const float y = outcomes[i];
    const bool missing = std::isnan(y);
    const std::size_t row = at[i / models];
    if (!missing && row < rows() && without_outcomes_[row_tasks_[row]]) {
      return invalid("row " + std::to_string(row) + " has outcomes, but its task " + spec_.task_names[row_tasks_[row]] +
                     " has scores or links");
    }
    if (missing ? spec_.missing : spec_.graded || y == 0 || y == 1) continue;
    return invalid("the outcome of row " + std::to_string(at[i / models]) + " and model " +
                   spec_.model_names[i % models] + (missing ? " is missing" : " is graded") +
                   ", which the specification rules out");
  }
  return {};
}

Status IndexBuilder::mark(std::span<const std::uint32_t> at) {
  for (std::size_t i = 0; i < at.size(); ++i) {
    const bool exists = at[i] < rows();
    if (exists && stored_[at[i]] == 0) {
      stored_[at[i]] = 1;
      continue;
    }
    for (const std::uint32_t row : at.first(i)) stored_[row] = 0;
    if (exists) return invalid("row " + std::to_string(at[i]) + " was already added");
    return invalid("got row " + std::to_string(at[i]) + ", expected one of " + std::to_string(rows()) + " rows");
  }
  stored_count_ += at.size();
  return {};
}

void IndexBuilder::store_outcomes(std::size_t row, std::span<const float> outcomes) {
  const std::size_t row_bytes = (outcomes.size() + 7) / 8;
  for (std::size_t m = 0; m < outcomes.size(); ++m) {
    if (std::isnan(outcomes[m])) continue;
    if (spec_.missing) set_bit(measured_, row, m, row_bytes);
    if (spec_.graded) grades_[row * outcomes.size() + m] = outcomes[m];
    else if (outcomes[m] == 1) set_bit(bits_, row, m, row_bytes);
  }
}

void IndexBuilder::store_vector(std::size_t row, std::span<const float> vector) {
  std::uint8_t* out = codes_.codes.data() + row * row_stride(spec_.codes, spec_.dim);
  codes_.scales[row] = spec_.shard ? store_row_verbatim(vector, out) : quantize_row(spec_.codes, vector, out);
}

Status IndexBuilder::put(std::span<const std::uint32_t> at, std::span<const float> embeddings,
                         std::span<const float> outcomes) {
  if (Status failed = check_rows(spec_, at, embeddings, outcomes)) return failed;
  if (Status failed = check_new(at, outcomes)) return failed;
  // The same tolerance as in the file's reader.
  const auto is_unit = [](float x) { return x >= -1.001F && x <= 1.001F; };
  if (spec_.shard && !std::all_of(embeddings.begin(), embeddings.end(), is_unit)) {
    return invalid("a row of a shard does not have unit norm");
  }
  if (Status failed = mark(at)) return failed;
  const std::size_t dim = spec_.dim;
  const std::size_t models = spec_.model_names.size();
  for (std::size_t i = 0; i < at.size(); ++i) {
    const std::size_t row = at[i];
    const std::span<const float> vector = embeddings.subspan(i * dim, dim);
    store_vector(row, vector);
    if (slots_[row] != kNoSlot) std::copy(vector.begin(), vector.end(), vectors_.data() + slots_[row] * dim);
    store_outcomes(row, outcomes.subspan(i * models, models));
  }
  return {};
}

OutcomeView IndexBuilder::outcomes() const {
  OutcomeView out;
  out.models = spec_.model_names.size();
  if (spec_.graded) out.grades = grades_.data();
  else out.bits = bits_.data();
  if (spec_.missing) out.measured = measured_.data();
  return out;
}

std::vector<float> IndexBuilder::vectors_of(std::span<const std::uint32_t> rows) const {
  std::vector<float> out;
  out.reserve(rows.size() * spec_.dim);
  for (const std::uint32_t row : rows) {
    const auto v = std::span(vectors_).subspan(slots_[row] * spec_.dim, spec_.dim);
    out.insert(out.end(), v.begin(), v.end());
  }
  return out;
}

std::size_t IndexBuilder::search_task(std::size_t max_queries) {
  const std::vector<std::uint32_t>& scored = scored_[task_];
  const std::size_t first = held_out_.outside.size();
  const std::size_t count = std::min({kBlock, max_queries, scored.size() - first});
  if (count > 0) {
    const std::vector<float> vectors = vectors_of(std::span(scored).subspan(first, count));
    const std::size_t k = std::max(spec_.routing.k, spec_.routing.kappa);
    auto near = find_nearest(codes_.view(), prepare_queries(spec_.codes, vectors, spec_.dim), k,
                             {row_tasks_, static_cast<std::uint16_t>(task_)});
    std::move(near.begin(), near.end(), std::back_inserter(held_out_.outside));
  }
  if (held_out_.outside.size() == scored.size()) finish_task();
  return count;
}

void IndexBuilder::finish_task() {
  if (!scored_[task_].empty()) {
    held_out_.rows = scored_[task_];
    held_out_.pool_rows = rows() - task_rows_[task_];
    held_out_.pool_means = pool_means(totals_, task_);
    const PairPool pool = {outcomes(), spec_.codes, rows(), spec_.dim, spec_.routing};
    const std::vector<float> vectors = moves_samples(spec_.pairs) ? vectors_of(held_out_.rows) : std::vector<float>();
    add_task_pairs(pool, spec_.pairs, std::move(held_out_), task_rows_[task_], vectors, random_, pairs_, errors_);
  }
  held_out_ = {};
  ++task_;
}

std::size_t IndexBuilder::search_coverage(std::size_t max_queries) {
  const std::size_t first = distances_.size();
  const std::size_t count = std::min({kBlock, max_queries, covered_.size() - first});
  const auto rows = std::span(covered_).subspan(first, count);
  const QueryBlock queries = prepare_queries(spec_.codes, vectors_of(rows), spec_.dim);
  const bool maps = map_.lays_out_all();
  const std::size_t others = std::max<std::size_t>(spec_.routing.kappa, maps ? kMapNeighbours : 0);
  auto near = find_nearest(codes_.view(), queries, others + 1);
  for (std::size_t q = 0; q < count; ++q) {
    std::erase_if(near[q], [&](const Neighbour& n) { return n.row == rows[q]; });
    distances_.push_back(static_cast<float>(std::clamp(mean_distance(near[q], spec_.routing.kappa), 0.0, 2.0)));
    if (maps) map_.add(near[q]);
  }
  return count;
}

Result<IndexBuilder::Progress> IndexBuilder::step(std::size_t max_queries) {
  if (stored_count_ < rows()) {
    return invalid("got " + std::to_string(stored_count_) + " rows, expected all " + std::to_string(rows()));
  }
  if (max_queries > 0 && totals_.rows.empty()) {
    totals_ = total_outcomes(outcomes(), row_tasks_, spec_.task_names.size());
    ScoreStorage storage;
    add_scores(score_view(spec_.extras, spec_.task_names.size(), storage), totals_);
  }
  while (max_queries > 0 && done_ < total_) {
    std::size_t count = 0;
    if (task_ < scored_.size()) count = search_task(max_queries);
    else if (distances_.size() < covered_.size()) count = search_coverage(max_queries);
    else count = map_.step(codes_.view(), max_queries);
    done_ += count;
    max_queries -= count;
  }
  return Progress{done_, total_};
}

Result<IndexBuilder::Finished> IndexBuilder::finish() {
  if (stored_count_ < rows() || done_ < total_) {
    return invalid("got " + std::to_string(done_) + " queries, expected all " + std::to_string(total_));
  }
  coverage_ = quantiles(distances_);
  FamilyPredictor& families = spec_.extras.families;
  if (families.families > 0 && families.reach.empty() && !distances_.empty()) {
    families.reach = reach_of_families(families, vectors_of(covered_), distances_);
  }
  map_places_ = map_.finish();
  const IndexParts parts = {.codes = codes_.view(),
                            .row_tasks = row_tasks_,
                            .outcomes = {},
                            .model_names = spec_.model_names,
                            .task_names = spec_.task_names,
                            .sample_ids = spec_.sample_ids,
                            .model_numbers = spec_.model_numbers,
                            .embedder_id = spec_.embedder_id,
                            .embedder_hash = spec_.embedder_hash,
                            .metadata = spec_.metadata,
                            .routing = spec_.routing,
                            .pair_u = pairs_.u,
                            .pair_p = pairs_.p,
                            .coverage = coverage_,
                            .map = map_places_,
                            .extras = &spec_.extras};
  file_ = lay_out_index(parts, {spec_.graded, spec_.graded ? as_bytes(grades_) : bits_, measured_});
  PairReport report = {exact_, 0, errors_.u, errors_.p};
  for (const auto& of_task : scored_) report.rows_a_task = std::max(report.rows_a_task, of_task.size());
  return Finished{&file_, report};
}

}  // namespace signalbox
