#include "handles.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <variant>

#include "decision_json.h"
#include "decision_numbers.h"
#include "index/format.h"
#include "json.h"
#include "request_json.h"
#include "safetensors.h"

namespace signalbox::bindings {
namespace {

struct Embedder {
  Index::Bytes bytes;
  EmbeddingTable table;
};

/// A task that is being routed. Its index may have been closed since.
struct Task {
  Handle index = 0;
  TaskRun run;
  std::vector<double> prices;
};

/// Open objects by handle. The page, the worker and Node each have their own module, and a module has one thread.
struct OpenObjects {
  std::map<Handle, std::variant<std::unique_ptr<Index>, Embedder, Task>> by_handle;
  Handle last_handle = 0;
};

OpenObjects& open_objects() {
  static OpenObjects instance;
  return instance;
}

template <typename T>
T* find(Handle handle) {
  const auto found = open_objects().by_handle.find(handle);
  return found == open_objects().by_handle.end() ? nullptr : std::get_if<T>(&found->second);
}

/// The last decision, which the caller reads in place, or why there is none.
struct LastDecision {
  std::vector<double> numbers;
  std::string failure;

  const double* set(std::vector<double> decided) {
    numbers = std::move(decided);
    return numbers.data();
  }
  const double* fail(std::string answer) {
    failure = std::move(answer);
    return nullptr;
  }
};

LastDecision& last_decision() {
  static LastDecision instance;
  return instance;
}

/// The options of the last decision about an input. Handles are never reused, nor does an index change.
struct LastRequest {
  Handle index = 0;
  std::string text;
  RouteOptions options;
};

std::string disposed() { return failure({ErrorCode::kDisposed, "the handle was closed"}); }

template <typename T>
Handle keep(T value) {
  const Handle handle = ++open_objects().last_handle;
  open_objects().by_handle.emplace(handle, std::move(value));
  return handle;
}

/// Returns the index of a handle, or null.
const Index* find_index(Handle handle) {
  const auto* index = find<std::unique_ptr<Index>>(handle);
  return index == nullptr ? nullptr : index->get();
}

/// Returns the task of a handle, or null if the task or its index was closed.
Task* find_task(Handle handle) {
  Task* task = find<Task>(handle);
  return task == nullptr || find_index(task->index) == nullptr ? nullptr : task;
}

bool is_json(std::string_view text) { return !parse_json(text, 1).is_discarded(); }

/// Checks that records are a list of an object for each name, or absent.
bool are_records(std::string_view text, std::size_t count) {
  if (text.empty()) return true;
  const Json records = parse_json(text, 2);
  return records.is_array() && records.size() == count &&
         std::all_of(records.begin(), records.end(), [](const Json& record) { return record.is_object(); });
}

/// Returns the part of a text that the parser reads: it skips a byte order mark, and ends at a zero byte.
std::string_view parsed_part(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.substr(0, kMark.size()) == kMark) text.remove_prefix(kMark.size());
  return text.substr(0, text.find('\0'));
}

/// Returns the answer with the description of an index. The file's own JSON, which was parsed when the file was opened,
/// joins it as it is.
std::string index_answer(const Index& index) {
  std::string answer = success(index_json(index));
  answer.resize(answer.size() - 2);  // Reopens the value.
  const auto join = [&](const char* key, std::string_view json) {
    if (!json.empty()) answer.append(",\"").append(key).append("\":").append(parsed_part(json));
  };
  join("plan", index.plan);
  join("metadata", index.metadata);
  join("modelRecords", index.model_records);
  join("taskRecords", index.task_records);
  return answer.append("}}");
}

}  // namespace

void* allocate(std::size_t size) { return std::malloc(size == 0 ? 1 : size); }  // NOLINT: crosses the boundary
void release(void* pointer) { std::free(pointer); }                             // NOLINT: pairs with allocate

std::string open_index(void* bytes, std::size_t size) {
  Result<Index> index = signalbox::open_index(Index::Bytes(static_cast<std::uint8_t*>(bytes)), size);
  if (!index.ok()) return failure(index.error());
  if (!is_json(index.value().metadata)) {
    return failure({ErrorCode::kBadMetadata, "the metadata of the index is not JSON"});
  }
  if (!index.value().plan.empty() && !is_json(index.value().plan)) {
    return failure({ErrorCode::kBadMetadata, "the plan of the index is not JSON"});
  }
  if (!are_records(index.value().model_records, index.value().models()) ||
      !are_records(index.value().task_records, index.value().tasks())) {
    return failure({ErrorCode::kBadMetadata, "the records of the index are not a list of an object for each name"});
  }
  return success(object({{"handle", keep(std::make_unique<Index>(index.take()))}}));
}

std::string check_index_start(const void* start, std::size_t size, double file_size) {
  const std::optional<std::uint64_t> known =
      file_size < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(file_size));
  const Result<std::uint64_t> stated =
      signalbox::check_index_start({static_cast<const std::uint8_t*>(start), size}, known);
  if (!stated.ok()) return failure(stated.error());
  return success(object({{"sizeBytes", stated.value()}}));
}

std::string describe_index(Handle handle) {
  const Index* index = find_index(handle);
  return index == nullptr ? disposed() : index_answer(*index);
}

std::string sketch_index(Handle handle) {
  const auto* index = find<std::unique_ptr<Index>>(handle);
  if (index == nullptr) return disposed();
  make_sketch(**index);
  const std::size_t size = (*index)->sketch == nullptr ? 0 : (*index)->sketch->size_bytes();
  return success(object({{"sizeBytes", size}}));
}

std::string open_embedder(void* bytes, std::size_t size, std::string_view config_json) {
  Embedder embedder{Index::Bytes(static_cast<std::uint8_t*>(bytes)), {}};
  Result<EmbeddingTable> table = read_safetensors({embedder.bytes.get(), size}, config_json);
  if (!table.ok()) return failure(table.error());
  embedder.table = table.take();
  Json value = object({{"dim", embedder.table.dim}, {"vocabulary", embedder.table.tokens()}, {"sizeBytes", size}});
  value["handle"] = keep(std::move(embedder));
  return success(std::move(value));
}

std::string embed(Handle handle, const std::uint32_t* ids, const std::uint32_t* offsets, std::size_t count,
                  float* out) {
  const Embedder* embedder = find<Embedder>(handle);
  if (embedder == nullptr) return disposed();
  const std::size_t dim = embedder->table.dim;
  Json tokens = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    if (offsets[i] > offsets[i + 1]) return failure({ErrorCode::kInvalidArgument, "token offsets are out of order"});
    tokens.push_back(
        embed_tokens(embedder->table, {ids + offsets[i], offsets[i + 1] - offsets[i]}, {out + i * dim, dim}));
  }
  return success(object({{"tokens", std::move(tokens)}}));
}

const double* decide_input(Handle handle, const float* vector, std::string_view options_json, double prompt_tokens,
                           double distance_scale) {
  const Index* index = find_index(handle);
  if (index == nullptr) return last_decision().fail(disposed());
  static LastRequest last;
  if (last.index != handle || last.text != options_json) {
    Result<RouteOptions> parsed = parse_input_request(*index, options_json);
    if (!parsed.ok()) return last_decision().fail(failure(parsed.error()));
    last = {handle, std::string(options_json), parsed.take()};
  }
  RouteOptions options = last.options;
  if (prompt_tokens >= 0) options.prompt_tokens = std::min(prompt_tokens, kMostPromptTokens);
  if (distance_scale >= 0) options.distance_scale = std::clamp(distance_scale, kLeastDistanceScale, 1.0);
  const Result<Decision> decision = route_input(*index, {vector, index->codes.dim}, options);
  if (!decision.ok()) return last_decision().fail(failure(decision.error()));
  return last_decision().set(decision_numbers(*index, options.prices, decision.value(), false));
}

std::string last_failure() { return last_decision().failure; }

std::string route(Handle handle, const float* vector, std::string_view options_json) {
  const Index* index = find_index(handle);
  if (index == nullptr) return disposed();
  const Result<RouteOptions> options = parse_input_request(*index, options_json);
  if (!options.ok()) return failure(options.error());
  const Result<Decision> decision = route_input(*index, {vector, index->codes.dim}, options.value());
  if (!decision.ok()) return failure(decision.error());
  return success(decision_json(*index, options.value().prices, decision.value()));
}

std::string route_task(Handle handle, const float* vectors, std::size_t count, std::string_view options_json) {
  const Index* index = find_index(handle);
  if (index == nullptr) return disposed();
  const Result<TaskRequest> request = parse_task_request(*index, options_json);
  if (!request.ok()) return failure(request.error());
  const auto& [options, labels] = request.value();
  const Result<Decision> decision = signalbox::route_task(*index, {vectors, count * index->codes.dim}, labels, options);
  if (!decision.ok()) return failure(decision.error());
  return success(task_decision_json(*index, options.prices, decision.value()));
}

std::string open_task(Handle handle, std::size_t count, std::string_view options_json) {
  const Index* index = find_index(handle);
  if (index == nullptr) return disposed();
  const Result<TaskRequest> request = parse_task_request(*index, options_json);
  if (!request.ok()) return failure(request.error());
  const auto& [options, labels] = request.value();
  Result<TaskRun> run = TaskRun::open(*index, count, labels, options);
  if (!run.ok()) return failure(run.error());
  return success(object({{"handle", keep(Task{handle, run.take(), options.prices})}}));
}

std::string add_inputs(Handle handle, const float* vectors, std::size_t count) {
  Task* task = find_task(handle);
  if (task == nullptr) return disposed();
  const Status failed = task->run.add({vectors, count * find_index(task->index)->codes.dim});
  return failed ? failure(*failed) : success(nullptr);
}

std::string step_task(Handle handle, std::size_t most) {
  Task* task = find_task(handle);
  if (task == nullptr) return disposed();
  const std::size_t scored = task->run.score(most);
  return success(object({{"scored", scored}, {"ready", task->run.ready()}}));
}

const double* decide_task(Handle handle, double distance_scale) {
  Task* task = find_task(handle);
  if (task == nullptr) return last_decision().fail(disposed());
  if (!(distance_scale >= kLeastDistanceScale && distance_scale <= 1)) {
    return last_decision().fail(
        failure({ErrorCode::kInvalidArgument, "the factor of distances is not between 0.1 and 1"}));
  }
  task->run.set_distance_scale(distance_scale);
  const Result<Decision> decision = task->run.finish();
  if (!decision.ok()) return last_decision().fail(failure(decision.error()));
  return last_decision().set(decision_numbers(*find_index(task->index), task->prices, decision.value(), true));
}

std::string set_answers(Handle handle, const std::int32_t* groups, std::size_t count) {
  Task* task = find_task(handle);
  if (task == nullptr) return disposed();
  const std::size_t cells = count * find_index(task->index)->models();
  const Status failed = task->run.set_answers({groups, groups + cells});
  return failed ? failure(*failed) : success(nullptr);
}

std::string next_labels(Handle handle, double n, double seed) {
  const Task* task = find_task(handle);
  if (task == nullptr) return disposed();
  if (!(n >= 1 && n <= kMostExact && seed >= 0 && seed <= kMostExact)) {
    return failure({ErrorCode::kInvalidArgument, "n is not a number from 1, or the seed is not one from 0"});
  }
  const Result<CandidateSet> set = task->run.narrow();
  if (!set.ok()) return failure(set.error());
  const NextRows next = choose_next(set.value(), static_cast<std::size_t>(n), static_cast<std::uint64_t>(seed));
  const Index& index = *find_index(task->index);
  Json models = Json::array();
  for (const std::size_t m : set.value().models) models.push_back(index.model_names[m]);
  return success(object({{"rows", next.rows},
                         {"weight", next.weight()},
                         {"models", std::move(models)},
                         {"disagreeing", set.value().disagreeing},
                         {"labelled", set.value().labelled}}));
}

std::string cascade(Handle handle, const float* vector, std::string_view options_json) {
  const Index* index = find_index(handle);
  if (index == nullptr) return disposed();
  const Result<CascadeOptions> options = parse_cascade_request(*index, options_json);
  if (!options.ok()) return failure(options.error());
  const Result<CascadePlan> plan = plan_cascade(*index, {vector, index->codes.dim}, options.value());
  return plan.ok() ? success(plan_json(*index, plan.value())) : failure(plan.error());
}

std::string close(Handle handle) {
  open_objects().by_handle.erase(handle);
  return success(nullptr);
}

std::size_t live_handles() { return open_objects().by_handle.size(); }

std::string policies() {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kPolicyCount; ++i) names.push_back(policy_name(static_cast<Policy>(i)));
  names.push_back(kPaper);
  Json out = Json::array();
  for (const std::string_view name : names) {
    const auto is_for = [&](Scope scope) { return policy_named(name, scope).ok(); };
    out.push_back(object({{"name", name},
                          {"input", is_for(Scope::kInput)},
                          {"task", is_for(Scope::kTask)},
                          {"evaluation", is_for(Scope::kEvaluation)},
                          {"singleRows", is_for(Scope::kSingleRows)}}));
  }
  return success(std::move(out));
}

std::string error_codes() {
  Json codes = Json::array();
  for (const std::string_view name : kErrorNames) codes.push_back(name);
  return success(std::move(codes));
}

}  // namespace signalbox::bindings
