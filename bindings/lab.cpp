#include "lab.h"

#include <algorithm>
#include <map>
#include <memory>

#include "building/added_model.h"
#include "building/anchors.h"
#include "building/builder.h"
#include "building/coreset.h"
#include "building/index_builder.h"
#include "evaluation/benchmark.h"
#include "evaluation/held_out_index.h"
#include "evaluation/neighbour_lists.h"
#include "json.h"
#include "lab_json.h"
#include "lab_request_json.h"

namespace signalbox::bindings {
namespace {

/// An open evaluation; it never moves, since the lists refer to the benchmark.
struct Evaluation {
  explicit Evaluation(Benchmark b) : benchmark(std::move(b)), lists(benchmark) {}

  Benchmark benchmark;
  NeighbourLists lists;
};

struct Lab {
  std::map<Handle, std::unique_ptr<Evaluation>> open;
  std::map<Handle, IndexBuilder> builds;
  std::map<Handle, std::unique_ptr<Index>> studies;
  Handle last_handle = 0;
};

Lab& lab() {
  static Lab instance;
  return instance;
}

Evaluation* find(Handle handle) {
  const auto found = lab().open.find(handle);
  return found == lab().open.end() ? nullptr : found->second.get();
}

IndexBuilder* find_build(Handle handle) {
  const auto found = lab().builds.find(handle);
  return found == lab().builds.end() ? nullptr : &found->second;
}

const Index* find_study(Handle handle) {
  const auto found = lab().studies.find(handle);
  return found == lab().studies.end() ? nullptr : found->second.get();
}

std::string build_disposed() { return failure({ErrorCode::kDisposed, "the build was closed"}); }

std::string disposed() { return failure({ErrorCode::kDisposed, "the evaluation was closed"}); }

std::string study_disposed() { return failure({ErrorCode::kDisposed, "the study was closed"}); }

/// Returns {ptr, size} of a copy of an index, which the caller releases.
std::string copied_out(const std::vector<std::uint8_t>& bytes) {
  void* copy = allocate(bytes.size());
  if (copy == nullptr) return failure({ErrorCode::kOutOfMemory, "the index does not fit into memory"});
  std::copy(bytes.begin(), bytes.end(), static_cast<std::uint8_t*>(copy));
  return success(object({{"ptr", reinterpret_cast<std::uintptr_t>(copy)}, {"size", bytes.size()}}));
}

Result<BuildSpec> read_spec(std::string_view spec_json, const float* embeddings, const std::uint16_t* row_tasks,
                            const float* outcomes, std::size_t rows) {
  Result<BuildSpec> spec = parse_build_spec(spec_json);
  if (!spec.ok()) return spec;
  BuildSpec& s = spec.value();
  s.embeddings = {embeddings, rows * s.dim};
  s.row_tasks = {row_tasks, rows};
  s.outcomes = {outcomes, rows * s.model_names.size()};
  return spec;
}

}  // namespace

std::string build_index(std::string_view spec_json, const float* embeddings, const std::uint16_t* row_tasks,
                        const float* outcomes, std::size_t rows) {
  const Result<BuildSpec> spec = read_spec(spec_json, embeddings, row_tasks, outcomes, rows);
  if (!spec.ok()) return failure(spec.error());
  const Result<std::vector<std::uint8_t>> bytes = signalbox::build_index(spec.value());
  if (!bytes.ok()) return failure(bytes.error());
  return copied_out(bytes.value());
}

std::string open_build(std::string_view spec_json, const std::uint16_t* row_tasks, std::size_t rows) {
  Result<BuilderSpec> spec = parse_builder_spec(spec_json);
  if (!spec.ok()) return failure(spec.error());
  spec.value().row_tasks = {row_tasks, rows};
  Result<IndexBuilder> builder = IndexBuilder::create(spec.take());
  if (!builder.ok()) return failure(builder.error());
  const Handle handle = ++lab().last_handle;
  const auto [dim, models] = builder.value().width();
  lab().builds.emplace(handle, builder.take());
  return success(object({{"handle", handle}, {"dim", dim}, {"models", models}}));
}

std::string put_rows(Handle build, const std::uint32_t* at, const float* embeddings, const float* outcomes,
                     std::size_t rows) {
  IndexBuilder* builder = find_build(build);
  if (builder == nullptr) return build_disposed();
  const auto [dim, models] = builder->width();
  const Status failed = builder->put({at, rows}, {embeddings, rows * dim}, {outcomes, rows * models});
  return failed ? failure(*failed) : success(nullptr);
}

std::string step_build(Handle build, std::size_t queries) {
  IndexBuilder* builder = find_build(build);
  if (builder == nullptr) return build_disposed();
  const auto progress = builder->step(queries);
  if (!progress.ok()) return failure(progress.error());
  return success(object({{"done", progress.value().done}, {"total", progress.value().total}}));
}

std::string finish_build(Handle build) {
  IndexBuilder* builder = find_build(build);
  if (builder == nullptr) return build_disposed();
  const auto finished = builder->finish();
  if (!finished.ok()) return failure(finished.error());
  const auto& [file, pairs] = finished.value();
  Json pieces = Json::array();
  for (const auto piece : file->pieces) {
    pieces.push_back(pair(reinterpret_cast<std::uintptr_t>(piece.data()), piece.size()));
  }
  return success(object({{"pieces", std::move(pieces)},
                         {"sizeBytes", file->size_bytes},
                         {"pairs", object({{"exact", pairs.exact},
                                           {"rowsATask", pairs.rows_a_task},
                                           {"maxStandardErrorU", pairs.max_standard_error_u},
                                           {"maxStandardErrorP", pairs.max_standard_error_p}})}}));
}

std::string close_build(Handle build) {
  lab().builds.erase(build);
  return success(nullptr);
}

std::string choose_rows(const float* embeddings, const float* outcomes, std::size_t rows, std::size_t dim,
                        std::size_t models, std::size_t keep) {
  return success(Json(signalbox::choose_rows({embeddings, rows * dim}, {outcomes, rows * models}, dim, models, keep)));
}

std::string open_evaluation(std::string_view spec_json, const float* embeddings, const std::uint16_t* row_tasks,
                            const float* outcomes, const std::uint32_t* inputs, const float* costs, std::size_t rows) {
  const Result<BuildSpec> spec = read_spec(spec_json, embeddings, row_tasks, outcomes, rows);
  if (!spec.ok()) return failure(spec.error());
  const std::size_t cost_count = costs == nullptr ? 0 : spec.value().outcomes.size();
  Result<Benchmark> benchmark = make_benchmark(spec.value(), {inputs, rows}, {costs, cost_count});
  if (!benchmark.ok()) return failure(benchmark.error());
  const Handle handle = ++lab().last_handle;
  lab().open.emplace(handle, std::make_unique<Evaluation>(benchmark.take()));
  return success(object({{"handle", handle}}));
}

std::string search_neighbours(Handle evaluation, std::size_t rows) {
  Evaluation* e = find(evaluation);
  if (e == nullptr) return disposed();
  const std::size_t done = e->lists.search(rows);
  return success(object({{"done", done}, {"total", e->benchmark.rows()}}));
}

std::string held_out_task(Handle evaluation, std::size_t task, std::string_view options_json) {
  const Evaluation* e = find(evaluation);
  if (e == nullptr) return disposed();
  const Result<HeldOutOptions> options = parse_held_out_options(e->benchmark.models, options_json);
  if (!options.ok()) return failure(options.error());
  const auto value = evaluate_held_out_task(e->benchmark, e->lists, task, options.value());
  return value.ok() ? success(to_json(task, options.value(), value.value())) : failure(value.error());
}

std::string instances(Handle evaluation, std::string_view options_json) {
  const Evaluation* e = find(evaluation);
  if (e == nullptr) return disposed();
  const auto options = parse_instance_options(e->benchmark.models, e->benchmark.routing.k, options_json);
  if (!options.ok()) return failure(options.error());
  const auto value = evaluate_instances(e->benchmark, e->lists, options.value());
  return value.ok() ? success(to_json(value.value())) : failure(value.error());
}

std::string cascades(Handle evaluation, std::string_view options_json) {
  const Evaluation* e = find(evaluation);
  if (e == nullptr) return disposed();
  const auto options = parse_cascade_options(e->benchmark.models, e->benchmark.routing.k, options_json);
  if (!options.ok()) return failure(options.error());
  const auto value = evaluate_cascades(e->benchmark, e->lists, options.value());
  return value.ok() ? success(to_json(value.value())) : failure(value.error());
}

std::string close_evaluation(Handle evaluation) {
  lab().open.erase(evaluation);
  return success(nullptr);
}

std::string open_study(void* bytes, std::size_t size) {
  Result<Index> index = signalbox::open_index(Index::Bytes(static_cast<std::uint8_t*>(bytes)), size);
  if (!index.ok()) return failure(index.error());
  const Handle handle = ++lab().last_handle;
  lab().studies.emplace(handle, std::make_unique<Index>(index.take()));
  return success(object({{"handle", handle}}));
}

std::string describe_study(Handle study) {
  const Index* index = find_study(study);
  return index == nullptr ? study_disposed() : success(study_json(*index));
}

std::string compare_in_study(Handle study, const float* vectors, std::size_t rows, double seed) {
  const Index* index = find_study(study);
  return index == nullptr ? study_disposed() : compare_with_index(*index, vectors, rows, seed);
}

std::string outcomes_of_study(Handle study, std::string_view rows_json) {
  const Index* index = find_study(study);
  if (index == nullptr) return study_disposed();
  const Result<std::vector<std::size_t>> rows = parse_numbers(rows_json, index->rows());
  if (!rows.ok()) return failure(rows.error());
  Json out = Json::array();
  std::vector<float> outcomes(index->models());
  for (const std::size_t row : rows.value()) {
    index->outcomes.read_row(row, outcomes);
    Json of_row = Json::array();
    for (const float y : outcomes) of_row.push_back(number_or_null(static_cast<double>(y)));
    out.push_back(std::move(of_row));
  }
  return success(std::move(out));
}

std::string forecast_in_study(Handle study, std::string_view request_json) {
  const Index* index = find_study(study);
  if (index == nullptr) return study_disposed();
  const Result<StudyRequest> request = parse_study_request(*index, request_json);
  if (!request.ok()) return failure(request.error());
  const auto value = forecast_held_out(*index, request.value());
  return value.ok() ? success(to_json(value.value())) : failure(value.error());
}

std::string anchors_of_study(Handle study, std::size_t count) {
  const Index* index = find_study(study);
  if (index == nullptr) return study_disposed();
  const Result<std::vector<std::uint32_t>> rows = choose_anchors(*index, count);
  return rows.ok() ? success(Json(rows.value())) : failure(rows.error());
}

std::string add_to_study(Handle study, std::string_view model_json, const std::uint32_t* rows, const float* outcomes,
                         std::size_t count) {
  const Index* index = find_study(study);
  if (index == nullptr) return study_disposed();
  const Result<NewModel> model = parse_new_model(model_json);
  if (!model.ok()) return failure(model.error());
  const auto bytes = add_model(*index, model.value(), {{rows, count}, {outcomes, count}});
  return bytes.ok() ? copied_out(bytes.value()) : failure(bytes.error());
}

std::string close_study(Handle study) {
  lab().studies.erase(study);
  return success(nullptr);
}

std::size_t live_in_lab() { return lab().open.size() + lab().builds.size() + lab().studies.size() + live_plans(); }

}  // namespace signalbox::bindings
