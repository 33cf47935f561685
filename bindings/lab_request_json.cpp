// More than 400 lines: the lab's requests share the readers of lists at the beginning.
#include "lab_request_json.h"

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "request_json.h"

namespace signalbox::bindings {
namespace {

constexpr double kMostRepeats = 1000;

/// Reads the name and the numbers of a model.
void read_model(ObjectReader& reader, std::string& name, ModelNumbers& numbers) {
  reader.text("name", name);
  reader.number("paramsB", 0, 1e9, numbers.params_b);
  reader.number("usdPerMTokIn", 0, kMostUsd, numbers.usd_per_mtok_in);
  reader.number("usdPerMTokOut", 0, kMostUsd, numbers.usd_per_mtok_out);
  reader.number("usdPerMTokCacheRead", 0, kMostUsd, numbers.usd_per_mtok_cache_read);
}

Status read_models(const Json* models, IndexDescription& spec) {
  if (models == nullptr || !models->is_array()) return Error{ErrorCode::kInvalidArgument, "models is not a list"};
  for (const Json& model : *models) {
    ObjectReader reader(model, "model");
    std::string name;
    ModelNumbers numbers;
    read_model(reader, name, numbers);
    if (Status failed = reader.finish()) return failed;
    spec.model_names.push_back(std::move(name));
    spec.model_numbers.push_back(numbers);
  }
  return {};
}

Status read_strings(const Json* list, const char* what, std::vector<std::string>& out) {
  if (list == nullptr) return {};
  if (!list->is_array()) return Error{ErrorCode::kInvalidArgument, std::string(what) + " is not a list of strings"};
  for (const Json& item : *list) {
    if (!item.is_string()) return Error{ErrorCode::kInvalidArgument, std::string(what) + " is not a list of strings"};
    out.push_back(item.get<std::string>());
  }
  return {};
}

/// Reads a list of numbers; anything else than a number is NaN, which the builder refuses.
template <typename T>
Status read_numbers(const Json* list, const char* what, std::vector<T>& out) {
  if (list == nullptr) return {};
  if (!list->is_array()) return Error{ErrorCode::kInvalidArgument, std::string(what) + " is not a list of numbers"};
  out.reserve(list->size());
  for (const Json& item : *list) {
    out.push_back(item.is_number() ? static_cast<T>(item.get<double>()) : std::numeric_limits<T>::quiet_NaN());
  }
  return {};
}

/// Reads a list of lists of `width` numbers. The first `whole` of each are numbers of tasks or models.
Status read_tuples(const Json* list, const char* what, std::size_t width, std::size_t whole,
                   const std::function<void(const double*)>& add) {
  if (list == nullptr) return {};
  const Error wrong = {ErrorCode::kInvalidArgument,
                       std::string(what) + " is not a list of lists of " + std::to_string(width) + " numbers"};
  if (!list->is_array()) return wrong;
  std::vector<double> values(width);
  for (const Json& item : *list) {
    if (!item.is_array() || item.size() != width) return wrong;
    for (std::size_t i = 0; i < width; ++i) {
      const Json& value = item[i];
      if (!value.is_number()) return wrong;
      values[i] = value.get<double>();
      const bool is_place = values[i] >= 0 && values[i] <= 65535 && values[i] == std::floor(values[i]);
      if (i < whole && !is_place) return wrong;
    }
    add(values.data());
  }
  return {};
}

Status read_row_offsets(const Json* list, std::vector<std::int8_t>& out) {
  std::vector<double> values;
  if (Status failed = read_numbers(list, "rowOffsets", values)) return failed;
  for (const double value : values) {
    if (!(value >= -128 && value <= 127 && value == std::floor(value))) {
      return Error{ErrorCode::kInvalidArgument, "rowOffsets holds a number that is not whole, from -128 to 127"};
    }
    out.push_back(static_cast<std::int8_t>(value));
  }
  return {};
}

/// Reads the bytes of encode_families, as a list of numbers. Errors: those of decode_families, invalid_argument.
Status read_families(const Json* list, std::size_t dim, std::size_t models, FamilyPredictor& out) {
  if (list == nullptr) return {};
  std::vector<double> values;
  if (Status failed = read_numbers(list, "families", values)) return failed;
  std::vector<std::uint8_t> bytes;
  for (const double value : values) {
    if (!(value >= 0 && value <= 255 && value == std::floor(value))) {
      return Error{ErrorCode::kInvalidArgument, "families holds a number that is not a byte"};
    }
    bytes.push_back(static_cast<std::uint8_t>(value));
  }
  Result<FamilyPredictor> read = decode_families(bytes, dim, models);
  if (!read.ok()) return read.error();
  out = read.take();
  return {};
}

std::string dump(const Json* value) {
  return value == nullptr ? std::string() : value->dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Reads the parts beside rows and outcomes.
Status read_extras(const Json* json, std::size_t dim, std::size_t models, IndexExtras& extras) {
  if (json == nullptr) return {};
  ObjectReader reader(*json, "extras");
  const Json* scores = reader.find("taskScores");
  const Json* links = reader.find("links");
  const Json* weights = reader.find("taskWeights");
  const Json* centroids = reader.find("centroids");
  const Json* bias = reader.find("centroidBias");
  const Json* offsets = reader.find("rowOffsets");
  const Json* mixture = reader.find("mixture");
  const Json* task_tokens = reader.find("taskTokens");
  const Json* model_tokens = reader.find("modelTokens");
  const Json* texts = reader.find("texts");
  const Json* families = reader.find("families");
  extras.model_records = dump(reader.find("modelRecords"));
  extras.task_records = dump(reader.find("taskRecords"));
  extras.plan = dump(reader.find("plan"));
  if (Status failed = reader.finish()) return failed;
  const auto add_score = [&](const double* v) {
    extras.task_scores.push_back({static_cast<std::uint16_t>(v[0]), static_cast<std::uint16_t>(v[1]),
                                  static_cast<float>(v[2]), static_cast<float>(v[3])});
  };
  const auto add_link = [&](const double* v) {
    extras.links.push_back(
        {static_cast<std::uint16_t>(v[0]), static_cast<std::uint16_t>(v[1]), static_cast<float>(v[2])});
  };
  if (Status failed = read_tuples(scores, "taskScores", 4, 2, add_score)) return failed;
  if (Status failed = read_tuples(links, "links", 3, 2, add_link)) return failed;
  if (Status failed = read_numbers(weights, "taskWeights", extras.task_weights)) return failed;
  if (Status failed = read_numbers(centroids, "centroids", extras.centroids)) return failed;
  if (Status failed = read_numbers(bias, "centroidBias", extras.centroid_bias)) return failed;
  if (Status failed = read_row_offsets(offsets, extras.row_offsets)) return failed;
  if (Status failed = read_numbers(mixture, "mixture", extras.mixture)) return failed;
  if (Status failed = read_numbers(task_tokens, "taskTokens", extras.task_tokens)) return failed;
  if (Status failed = read_numbers(model_tokens, "modelTokens", extras.model_tokens)) return failed;
  if (Status failed = read_families(families, dim, models, extras.families)) return failed;
  return read_strings(texts, "texts", extras.texts);
}

Status read_pairs(const Json* pairs, PairPlan& plan) {
  if (pairs == nullptr) return {};
  ObjectReader reader(*pairs, "pairs");
  reader.count("repeats", 1, 1000, plan.repeats);
  reader.count("seed", 0, kMostExact, plan.seed);
  if (const Json* alphas = reader.find("alphas")) {
    plan.alphas.clear();
    if (!alphas->is_array()) reader.fail("alphas is not a list of numbers");
    else
      for (const Json& alpha : *alphas) plan.alphas.push_back(alpha.is_number() ? alpha.get<double>() : -1);
  }
  return reader.finish();
}

/// Reads everything but the arrays from the object's own keys. Keys of the caller's must have been read before.
Status read_description(ObjectReader& reader, IndexDescription& spec) {
  reader.count("dim", 1, kMaxDimension, spec.dim);
  std::string codes = "int8";
  reader.text("codes", codes);
  if (codes == "float32") spec.codes = CodeType::kFloat32;
  else if (codes == "int8") spec.codes = CodeType::kInt8;
  else if (codes == "int4") spec.codes = CodeType::kInt4;
  else if (codes == "binary") spec.codes = CodeType::kBinary;
  else reader.fail("codes is '" + codes + "', expected float32, int8, int4 or binary");
  const Json* models = reader.find("models");
  const Json* tasks = reader.find("tasks");
  const Json* ids = reader.find("sampleIds");
  const Json* pairs = reader.find("pairs");
  const Json* extras = reader.find("extras");
  if (const Json* metadata = reader.find("metadata")) {
    spec.metadata = dump(metadata);
  }
  if (const Json* embedder = reader.find("embedder")) {
    ObjectReader names(*embedder, "embedder");
    names.text("id", spec.embedder_id);
    names.text("hash", spec.embedder_hash);
    if (Status failed = names.finish()) return *failed;
  }
  if (const Json* routing = reader.find("routing")) {
    ObjectReader constants(*routing, "routing");
    read_constants(constants, spec.routing);
    constants.number("eta", 0, 1, spec.routing.eta);
    if (Status failed = constants.finish()) return *failed;
  }
  if (Status failed = reader.finish()) return *failed;
  if (Status failed = read_models(models, spec)) return *failed;
  if (Status failed = read_strings(tasks, "tasks", spec.task_names)) return *failed;
  if (Status failed = read_strings(ids, "sampleIds", spec.sample_ids)) return *failed;
  if (Status failed = read_extras(extras, spec.dim, spec.model_names.size(), spec.extras)) return failed;
  return read_pairs(pairs, spec.pairs);
}

std::vector<std::size_t> all_models(std::size_t models) {
  std::vector<std::size_t> out(models);
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

std::vector<std::size_t> read_pool(ObjectReader& reader, const Json& list, std::size_t models) {
  std::vector<std::size_t> out;
  if (!list.is_array()) reader.fail("a pool is not a list of model numbers");
  else
    for (const Json& item : list) {
      const double number = item.is_number() ? item.get<double>() : -1;
      if (number >= 0 && number < static_cast<double>(models) && number == std::floor(number)) {
        out.push_back(static_cast<std::size_t>(number));
      } else {
        reader.fail("a pool holds what is not a number of one of the " + std::to_string(models) + " models");
      }
    }
  return out;
}

Policy read_policy(ObjectReader& reader, const Json& item, Scope scope) {
  const Result<Policy> policy = policy_named(item.is_string() ? item.get<std::string>() : "", scope);
  if (!policy.ok()) reader.fail(policy.error().message);
  return policy.ok() ? policy.value() : Policy::kSignalbox;
}

Result<LabelPlan> read_labels(const Json& labels) {
  LabelPlan out;
  ObjectReader reader(labels, "labels");
  std::size_t count = 0;
  const bool by_count = reader.find("count") != nullptr;
  reader.count("count", 0, 1e9, count);
  if (by_count) out.count = count;
  else if (reader.find("alpha") == nullptr) reader.fail("expected a count or a share alpha");
  reader.number("alpha", 0, 1, out.alpha);
  reader.count("repeats", 1, kMostRepeats, out.repeats);
  reader.count("seed", 0, kMostExact, out.seed);
  if (Status failed = reader.finish()) return *failed;
  return out;
}

Result<std::vector<std::size_t>> read_numbers(const Json& list, const char* what, std::size_t end) {
  std::vector<std::size_t> out;
  bool is_right = list.is_array();
  for (std::size_t i = 0; is_right && i < list.size(); ++i) {
    const double value = list[i].is_number() ? list[i].get<double>() : -1;
    is_right = value >= 0 && value < static_cast<double>(end) && value == std::floor(value);
    if (is_right) out.push_back(static_cast<std::size_t>(value));
  }
  if (is_right) return out;
  return Error{ErrorCode::kInvalidArgument,
               std::string(what) + " is not a list of whole numbers below " + std::to_string(end)};
}

/// Reads the options of every evaluation of single rows, after the caller's own. Fails on other keys.
Status read_row_options(ObjectReader& reader, std::size_t models, RowOptions& out) {
  reader.count("k", 1, kMostNeighbours, out.k);
  const Json* pool = reader.find("pool");
  out.pool = pool == nullptr ? all_models(models) : read_pool(reader, *pool, models);
  const Json* weights = reader.find("costWeights");
  if (weights != nullptr && !weights->is_array()) reader.fail("costWeights is not a list of numbers");
  else if (weights != nullptr) {
    for (const Json& weight : *weights) {
      out.cost_weights.push_back(weight.is_number() ? weight.get<double>() : -1);
      if (!(out.cost_weights.back() >= 0 && out.cost_weights.back() <= 1e12)) {
        reader.fail("a cost weight is not a number from 0 to 1e12");
      }
    }
  }
  const Json* held_out = reader.find("heldOut");
  if (Status failed = reader.finish()) return failed;
  if (held_out == nullptr || *held_out == "task") return {};
  ObjectReader draw(*held_out, "heldOut");
  double share = -1;
  draw.number("share", 0, 1, share);
  draw.count("seed", 0, kMostExact, out.seed);
  if (share < 0) draw.fail("expected 'task' or a share");
  out.share = share;
  return draw.finish();
}

}  // namespace

Result<BuildSpec> parse_build_spec(std::string_view spec_json) {
  const Json json = parse_json(spec_json);
  BuildSpec spec;
  ObjectReader reader(json, "index");
  if (Status failed = read_description(reader, spec)) return *failed;
  return spec;
}

Result<BuilderSpec> parse_builder_spec(std::string_view spec_json) {
  const Json json = parse_json(spec_json);
  BuilderSpec spec;
  ObjectReader reader(json, "index");
  reader.flag("graded", spec.graded);
  reader.flag("missing", spec.missing);
  reader.flag("shard", spec.shard);
  if (const Json* sampling = reader.find("pairSampling")) {
    ObjectReader limits(*sampling, "pairSampling");
    limits.count("maxWork", 0, kMostExact, spec.sampling.max_work);
    limits.count("seed", 0, kMostExact, spec.sampling.seed);
    if (Status failed = limits.finish()) return *failed;
  }
  if (Status failed = read_description(reader, spec)) return *failed;
  return spec;
}

Result<HeldOutOptions> parse_held_out_options(std::size_t models, std::string_view options_json) {
  const Json json = parse_json(options_json);
  ObjectReader reader(json, "options");
  HeldOutOptions out;
  if (const Json* pools = reader.find("pools"); pools == nullptr) out.pools.push_back(all_models(models));
  else if (!pools->is_array()) reader.fail("pools is not a list of pools");
  else
    for (const Json& pool : *pools) out.pools.push_back(read_pool(reader, pool, models));
  if (const Json* policies = reader.find("policies"); policies == nullptr) {
    for (std::size_t i = 0; i < kPolicyCount; ++i) {
      if (applies(static_cast<Policy>(i), Scope::kEvaluation)) out.policies.push_back(static_cast<Policy>(i));
    }
  } else if (!policies->is_array()) {
    reader.fail("policies is not a list of names");
  } else {
    for (const Json& policy : *policies) out.policies.push_back(read_policy(reader, policy, Scope::kEvaluation));
  }
  const Json* labels = reader.find("labels");
  if (Status failed = reader.finish()) return *failed;
  if (labels != nullptr) {
    const Result<LabelPlan> plan = read_labels(*labels);
    if (!plan.ok()) return plan.error();
    out.labels = plan.value();
  }
  return out;
}

Result<InstanceOptions> parse_instance_options(std::size_t models, std::uint32_t default_k,
                                               std::string_view options_json) {
  const Json json = parse_json(options_json);
  ObjectReader reader(json, "options");
  InstanceOptions out;
  out.k = default_k;
  if (const Json* policy = reader.find("policy")) out.policy = read_policy(reader, *policy, Scope::kSingleRows);
  if (Status failed = read_row_options(reader, models, out)) return *failed;
  return out;
}

Result<CascadeEvaluationOptions> parse_cascade_options(std::size_t models, std::uint32_t default_k,
                                                       std::string_view options_json) {
  const Json json = parse_json(options_json);
  ObjectReader reader(json, "options");
  CascadeEvaluationOptions out;
  out.k = default_k;
  reader.count("judgeSeed", 0, kMostExact, out.judge_seed);
  reader.count("maxSteps", 1, kMostCascadeSteps, out.max_steps);
  const Json* judges = reader.find("judges");
  if (judges != nullptr && !judges->is_array()) reader.fail("judges is not a list");
  if (Status failed = read_row_options(reader, models, out)) return *failed;
  if (judges == nullptr) out.judges.push_back({});
  else
    for (const Json& item : *judges) {
      ObjectReader judge(item, "judge");
      Judge& of = out.judges.emplace_back();
      judge.number("sensitivity", 0, 1, of.sensitivity);
      judge.number("specificity", 0, 1, of.specificity);
      if (Status failed = judge.finish()) return *failed;
    }
  return out;
}

Result<std::vector<std::size_t>> parse_numbers(std::string_view json, std::size_t end) {
  return read_numbers(parse_json(json), "rows", end);
}

Result<StudyRequest> parse_study_request(const Index& index, std::string_view request_json) {
  const Json json = parse_json(request_json);
  ObjectReader reader(json, "request");
  StudyRequest out;
  const auto read = [&](const char* key, std::size_t end, std::vector<std::size_t>& into) {
    const Json* list = reader.find(key);
    if (list == nullptr) return;
    Result<std::vector<std::size_t>> numbers = read_numbers(*list, key, end);
    if (!numbers.ok()) reader.fail(numbers.error().message);
    else into = numbers.take();
  };
  read("tasks", index.tasks(), out.tasks);
  read("rows", index.rows(), out.rows);
  read("centroids", index.tasks(), out.centroids);
  const Json* inputs = reader.find("inputs");
  if (inputs != nullptr && !inputs->is_array()) reader.fail("inputs is not a list of lists of rows");
  else if (inputs != nullptr) {
    for (const Json& rows : *inputs) {
      Result<std::vector<std::size_t>> numbers = read_numbers(rows, "inputs", index.rows());
      if (!numbers.ok()) reader.fail(numbers.error().message);
      else if (numbers.value().empty()) reader.fail("a list of inputs is empty");
      else out.inputs.push_back(numbers.take());
    }
  }
  const Json* mixture = reader.find("mixture");
  if (mixture != nullptr && !mixture->is_array()) reader.fail("mixture is not a list of numbers");
  else if (mixture != nullptr) {
    out.mixture.emplace();
    for (const Json& value : *mixture) {
      if (!value.is_number() || std::abs(value.get<double>()) > kMostMixture)
        reader.fail("mixture is not a list of numbers");
      else out.mixture->push_back(value.get<double>());
    }
  }
  if (Status failed = reader.finish()) return *failed;
  return out;
}

Result<NewModel> parse_new_model(std::string_view json) {
  const Json model = parse_json(json);
  ObjectReader reader(model, "model");
  NewModel out;
  read_model(reader, out.name, out.numbers);
  reader.text("records", out.model_records);
  if (Status failed = reader.finish()) return *failed;
  return out;
}

}  // namespace signalbox::bindings
