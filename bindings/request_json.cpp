#include "request_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "nearest_name.h"

namespace signalbox::bindings {
namespace {

constexpr double kMostCount = 1e9;
/// Percentage points that the names of the dial give up; `best` gives up none.
constexpr double kBalancedPoints = 2;
constexpr double kCheapPoints = 5;

using ModelNumbersByName = std::map<std::string_view, std::size_t>;

ModelNumbersByName models_by_name(const Index& index) {
  ModelNumbersByName out;
  for (std::size_t m = 0; m < index.models(); ++m) out.emplace(index.model_names[m], m);
  return out;
}

Error unknown_model(const std::string& name, const ModelNumbersByName& models) {
  std::vector<std::string_view> in_order(models.size());
  for (const auto& [known, number] : models) in_order[number] = known;
  NearestName nearest(name);
  for (const std::string_view known : in_order) nearest.add(known);
  return {ErrorCode::kUnknownModel, "the index has no model '" + name + "'" + nearest.question()};
}

/// Returns the models of a list of names.
Result<std::vector<std::size_t>> model_list(const Json& names, const ModelNumbersByName& models, const char* what) {
  std::vector<std::size_t> out;
  const auto refused = [&](const Json& got) {
    return Error{ErrorCode::kInvalidArgument, std::string(what) + " is not a list of names: got " + shown(got)};
  };
  if (!names.is_array()) return refused(names);
  for (const Json& name : names) {
    if (!name.is_string()) return refused(name);
    const auto found = models.find(name.get_ref<const std::string&>());
    if (found == models.end()) return unknown_model(name.get<std::string>(), models);
    out.push_back(found->second);
  }
  return out;
}

Status read_candidates(const Json* allow, const Json* deny, const ModelNumbersByName& models, RouteOptions& options) {
  if (allow != nullptr) {
    const Result<std::vector<std::size_t>> list = model_list(*allow, models, "candidates");
    if (!list.ok()) return list.error();
    options.exclusions.assign(options.exclusions.size(), Exclusion::kNotACandidate);
    for (const std::size_t m : list.value()) options.exclusions[m] = Exclusion::kNone;
  }
  if (deny != nullptr) {
    const Result<std::vector<std::size_t>> list = model_list(*deny, models, "deny");
    if (!list.ok()) return list.error();
    for (const std::size_t m : list.value()) options.exclusions[m] = Exclusion::kDenied;
  }
  return {};
}

/// Reads the models that the caller's filters exclude: lists of names by reason. Earlier reasons stay.
Status read_excluded(const Json* excluded, const ModelNumbersByName& models, RouteOptions& options) {
  if (excluded == nullptr) return {};
  if (!excluded->is_object()) {
    return Error{ErrorCode::kInvalidArgument, "excluded is not an object: got " + shown(*excluded)};
  }
  for (const auto& item : excluded->items()) {
    auto reason = static_cast<std::size_t>(Exclusion::kReleasedOutside);
    while (reason < kExclusionCount && exclusion_name(static_cast<Exclusion>(reason)) != item.key()) ++reason;
    if (reason == kExclusionCount) {
      return Error{ErrorCode::kInvalidArgument, "excluded: '" + item.key() + "' is not a filter's reason"};
    }
    const Result<std::vector<std::size_t>> list = model_list(item.value(), models, "excluded");
    if (!list.ok()) return list.error();
    for (const std::size_t m : list.value()) {
      if (options.exclusions[m] == Exclusion::kNone) options.exclusions[m] = static_cast<Exclusion>(reason);
    }
  }
  return {};
}

Status read_prices(const Json* prices, const ModelNumbersByName& models, RouteOptions& options) {
  if (prices == nullptr) return {};
  if (!prices->is_object()) {
    return Error{ErrorCode::kInvalidArgument, "prices is not an object: got " + shown(*prices)};
  }
  for (const auto& item : prices->items()) {
    const auto found = models.find(item.key());
    if (found == models.end()) return unknown_model(item.key(), models);
    double in = -1;
    double out = -1;
    if (item.value().is_number()) {
      in = out = item.value().get<double>();
    } else if (item.value().is_object()) {
      ObjectReader reader(item.value(), "price of " + item.key());
      reader.number("in", 0, kMostUsd, in);
      reader.number("out", 0, kMostUsd, out);
      if (Status failed = reader.finish()) return failed;
    }
    const double price = blended_price(in, out);
    if (!(price >= 0 && price <= kMostUsd)) {
      return Error{ErrorCode::kInvalidArgument,
                   "price of " + item.key() + " is " + shown(item.value()) +
                       ", expected US dollars per million tokens: a number >= 0, or { in, out }"};
    }
    options.prices[found->second] = price;
    options.token_prices[found->second] = {in, out};
  }
  return {};
}

Status read_corrections(const Json* corrections, const ModelNumbersByName& models, RouteOptions& options) {
  if (corrections == nullptr) return {};
  if (!corrections->is_object()) {
    return Error{ErrorCode::kInvalidArgument, "corrections is not an object: got " + shown(*corrections)};
  }
  options.corrections.assign(options.exclusions.size(), 0);
  for (const auto& item : corrections->items()) {
    const auto found = models.find(item.key());
    if (found == models.end()) return unknown_model(item.key(), models);
    const double value = item.value().is_number() ? item.value().get<double>() : std::nan("");
    if (!(value >= -1 && value <= 1)) {
      return Error{ErrorCode::kInvalidArgument,
                   "correction of " + item.key() + " is " + shown(item.value()) + ", which is not a number in -1..1"};
    }
    options.corrections[found->second] = value;
  }
  return {};
}

Status read_label(const Json& label, std::size_t model_count, const ModelNumbersByName& models, Labels& labels) {
  ObjectReader reader(label, "label");
  std::size_t input = 0;
  if (reader.find("index") == nullptr) reader.fail("index is missing, expected the number of an input, from 0");
  reader.count("index", 0, kMostCount, input);
  const Json* outcomes = reader.find("outcomes");
  if (outcomes == nullptr || !outcomes->is_object()) reader.fail("outcomes is not an object");
  if (Status failed = reader.finish()) return failed;
  labels.inputs.push_back(input);
  const std::size_t offset = labels.outcomes.size();
  labels.outcomes.resize(offset + model_count, std::numeric_limits<float>::quiet_NaN());
  for (const auto& item : outcomes->items()) {
    const auto found = models.find(item.key());
    if (found == models.end()) return unknown_model(item.key(), models);
    const Json& value = item.value();
    if (value.is_boolean()) labels.outcomes[offset + found->second] = value.get<bool>() ? 1.0F : 0.0F;
    else if (value.is_number()) labels.outcomes[offset + found->second] = value.get<float>();
    else if (!value.is_null()) {
      return Error{ErrorCode::kInvalidArgument, "label: the outcome of " + item.key() + " is not a number or boolean"};
    }
  }
  return {};
}

Status read_decided(const Json* name, const ModelNumbersByName& models, RouteOptions& options) {
  if (name == nullptr) return {};
  const Result<std::vector<std::size_t>> list = model_list(Json::array({*name}), models, "decided");
  if (!list.ok()) return list.error();
  options.decided = list.value().front();
  return {};
}

/// Reads the policy. `paper` never leaves the best single model of one input for lack of confidence: the paper has no
/// such rule.
void read_policy(ObjectReader& reader, Scope scope, RouteOptions& options) {
  std::string name(policy_name(options.policy));
  reader.text("policy", name);
  const Result<Policy> policy = policy_named(name, scope);
  if (!policy.ok()) return reader.fail(policy.error().message);
  options.policy = policy.value();
  if (name == kPaper && scope == Scope::kInput) options.eta = 0;
}

/// Reads the dial between quality and price: `prefer`, or a cost weight in its place.
/// Without either, and for `balanced`, an answer value of the options stays, and takes precedence over the points.
void read_dial(ObjectReader& reader, PriceRules& rules) {
  static constexpr double kMostPoints = 100;
  const Json* prefer = reader.find("prefer");
  const Json* weight = reader.find("costWeight");
  reader.number("costWeight", 0, kMostUsd, rules.cost_weight);
  if (prefer != nullptr && weight != nullptr)
    return reader.fail("prefer and costWeight are given, expected one of them");
  double points = weight == nullptr ? kBalancedPoints : 0;
  if (prefer != nullptr) {
    points = prefer->is_number() ? prefer->get<double>() : std::nan("");
    if (*prefer == "best") points = 0;
    if (*prefer == "balanced") points = kBalancedPoints;
    if (*prefer == "cheap") points = kCheapPoints;
  }
  if (!(points >= 0 && points <= kMostPoints)) {
    return reader.fail("prefer is " + shown(*prefer) +
                       ", expected best, balanced, cheap or percentage points from 0 to 100");
  }
  rules.tolerance = points / 100;
  const bool is_default = weight == nullptr && (prefer == nullptr || *prefer == "balanced");
  if (rules.answer_value < 0 || is_default) return;
  // At best, prices decide between models that are equally good.
  rules.answer_value = weight == nullptr && points == 0 ? kMostAnswerValue : -1;
}

/// Returns options with every model a candidate, at the index's prices.
RouteOptions default_options(const Index& index) {
  RouteOptions options;
  options.constants = index.routing;
  options.mixture = index.mixture_constants;
  if (index.families.families > 0) {
    options.policy = Policy::kFamilies;
    options.price_rules.answer_value = index.families.answer_value;
  }
  options.exclusions.assign(index.models(), Exclusion::kNone);
  for (const ModelNumbers& n : index.model_numbers) {
    options.prices.push_back(blended_price(n));
    options.token_prices.push_back({n.usd_per_mtok_in, n.usd_per_mtok_out});
  }
  return options;
}

/// Reads all options but a task's own, which must have been found before. Fails on other keys.
Status read_options(ObjectReader& reader, Scope scope, const Index& index, RouteOptions& options) {
  read_policy(reader, scope, options);
  read_constants(reader, options.constants);
  double eta = options.eta.value_or(-1);
  reader.number("eta", 0, 1, eta);
  if (eta >= 0) options.eta = eta;
  reader.number("maxCoveragePercentile", 0, 100, options.max_coverage_percentile);
  reader.count("neighbours", 0, 1000, options.neighbours);
  reader.number("maxUsdPerMTok", 0, kMostUsd, options.price_rules.max_usd_per_mtok);
  reader.number("maxUsdPerAnswer", 0, kMostUsd, options.price_rules.max_usd_per_answer);
  reader.number("promptTokens", 0, kMostPromptTokens, options.prompt_tokens);
  reader.number("distanceScale", kLeastDistanceScale, 1, options.distance_scale);
  read_dial(reader, options.price_rules);
  const Json* allow = reader.find("candidates");
  const Json* deny = reader.find("deny");
  const Json* excluded = reader.find("excluded");
  const Json* prices = reader.find("prices");
  const Json* corrections = reader.find("corrections");
  const Json* decided = reader.find("decided");
  if (Status failed = reader.finish()) return failed;
  const std::array lists = {allow, deny, excluded, prices, corrections, decided};
  // Most requests name no model.
  if (std::all_of(lists.begin(), lists.end(), [](const Json* list) { return list == nullptr; })) return {};
  const ModelNumbersByName models = models_by_name(index);
  if (Status failed = read_candidates(allow, deny, models, options)) return failed;
  if (Status failed = read_excluded(excluded, models, options)) return failed;
  if (Status failed = read_prices(prices, models, options)) return failed;
  if (Status failed = read_decided(decided, models, options)) return failed;
  return read_corrections(corrections, models, options);
}

}  // namespace

void read_constants(ObjectReader& reader, RoutingConstants& constants) {
  reader.count("k", 1, kMostNeighbours, constants.k);
  reader.count("kappa", 1, kMostNeighbours, constants.kappa);
  reader.number("threshold", 0, 1, constants.threshold);
  reader.number("sigma", kLeastSigma, kMostSigma, constants.sigma);
}

Result<RouteOptions> parse_input_request(const Index& index, std::string_view options_json) {
  const Json json = parse_json(options_json);
  RouteOptions options = default_options(index);
  ObjectReader reader(json, "options");
  if (Status failed = read_options(reader, Scope::kInput, index, options)) return *failed;
  return options;
}

Result<TaskRequest> parse_task_request(const Index& index, std::string_view options_json) {
  const Json json = parse_json(options_json);
  TaskRequest request{default_options(index), {}};
  ObjectReader reader(json, "options");
  const Json* labels = reader.find("labels");
  if (Status failed = read_options(reader, Scope::kTask, index, request.options)) return *failed;
  if (labels == nullptr) return request;
  if (!labels->is_array()) return Error{ErrorCode::kInvalidArgument, "options: labels is not a list"};
  const ModelNumbersByName models = models_by_name(index);
  for (const Json& label : *labels) {
    if (Status failed = read_label(label, index.models(), models, request.labels)) return *failed;
  }
  return request;
}

Result<CascadeOptions> parse_cascade_request(const Index& index, std::string_view options_json) {
  const Json json = parse_json(options_json);
  const ModelNumbersByName models = models_by_name(index);
  CascadeOptions out;
  out.route = default_options(index);
  ObjectReader reader(json, "options");
  reader.count("k", 1, kMostNeighbours, out.route.constants.k);
  reader.count("kappa", 1, kMostNeighbours, out.route.constants.kappa);
  reader.number("maxCoveragePercentile", 0, 100, out.route.max_coverage_percentile);
  reader.number("distanceScale", kLeastDistanceScale, 1, out.route.distance_scale);
  reader.number("maxUsdPerMTok", 0, kMostUsd, out.rules.max_usd_per_mtok);
  reader.number("costWeight", 0, kMostUsd, out.rules.cost_weight);
  reader.count("maxSteps", 1, kMostCascadeSteps, out.rules.max_steps);
  const Json* allow = reader.find("candidates");
  const Json* deny = reader.find("deny");
  const Json* excluded = reader.find("excluded");
  const Json* prices = reader.find("prices");
  const Json* order = reader.find("models");
  if (order != nullptr && order->is_array() && order->empty()) reader.fail("models is an empty list");
  if (Status failed = reader.finish()) return *failed;
  if (Status failed = read_candidates(allow, deny, models, out.route)) return *failed;
  if (Status failed = read_excluded(excluded, models, out.route)) return *failed;
  if (Status failed = read_prices(prices, models, out.route)) return *failed;
  if (order != nullptr) {
    Result<std::vector<std::size_t>> list = model_list(*order, models, "models");
    if (!list.ok()) return list.error();
    out.models = list.take();
  }
  return out;
}

}  // namespace signalbox::bindings
