#include "marshal_lab.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>

namespace signalbox::bindings {
namespace {

constexpr double kMostRepeats = 1000;

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) out.push_back(number_or_null(value));
  return out;
}

/// One field of every instance, as a list.
template <typename Field>
Json column(const InstanceEvaluation& evaluation, Field field) {
  Json out = Json::array();
  for (const Instance& i : evaluation.instances) out.push_back(i.*field);
  return out;
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

/// Candidates and cost weights of rows that are judged one by one.
void read_judged(ObjectReader& reader, std::size_t models, std::vector<std::size_t>& pool,
                 std::vector<double>& cost_weights) {
  const Json* list = reader.find("pool");
  pool = list == nullptr ? all_models(models) : read_pool(reader, *list, models);
  const Json* weights = reader.find("costWeights");
  if (weights == nullptr) return;
  if (!weights->is_array()) reader.fail("costWeights is not a list of numbers");
  else
    for (const Json& weight : *weights) {
      cost_weights.push_back(weight.is_number() ? weight.get<double>() : -1);
      if (!(cost_weights.back() >= 0 && cost_weights.back() <= 1e12)) {
        reader.fail("a cost weight is not a number from 0 to 1e12");
      }
    }
}

/// 'task', or {share, seed}.
Status read_held_out(const Json* held_out, std::optional<double>& share, std::uint64_t& seed) {
  if (held_out == nullptr || *held_out == "task") return {};
  double value = -1;
  ObjectReader reader(*held_out, "heldOut");
  reader.number("share", 0, 1, value);
  reader.count("seed", 0, kMostExact, seed);
  if (value < 0) reader.fail("expected 'task' or a share");
  share = value;
  return reader.finish();
}

Json scores_json(const HeldOutOptions& options, const TaskEvaluation& e) {
  Json out = Json::object();
  for (std::size_t i = 0; i < options.policies.size(); ++i) {
    out[std::string(policy_name(options.policies[i]))] =
        numbers(e.scores.empty() ? std::vector<double>() : e.scores[i]);
  }
  return out;
}

Json decisions_json(const HeldOutOptions& options, const TaskEvaluation& e) {
  Json out = Json::array();
  for (const std::vector<Choice>& of_pool : e.decisions) {
    Json pool = Json::object();
    for (std::size_t i = 0; i < of_pool.size(); ++i) {
      const Choice& c = of_pool[i];
      Json& decision = pool[std::string(policy_name(options.policies[i]))];
      if (c.model == kNoModel) continue;
      decision = {{"pick", c.model},
                  {"challenger", c.challenger},
                  {"challengerConfidence", c.challenger_confidence},
                  {"fallback", c.fallback != Fallback::kNone}};
    }
    out.push_back(std::move(pool));
  }
  return out;
}

void add_scores(const HeldOutOptions& options, const TaskEvaluation& e, Json& out) {
  out["judged"] = e.scored;
  out["u"] = e.u;
  out["accuracy"] = numbers(e.accuracy);
  out["predictorAccuracy"] = numbers(e.predictor_accuracy);
  out["p"] = numbers(e.p);
  out["scores"] = scores_json(options, e);
  out["decisions"] = decisions_json(options, e);
}

}  // namespace

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
  reader.count("k", 1, kMostNeighbours, out.k);
  if (const Json* policy = reader.find("policy")) out.policy = read_policy(reader, *policy, Scope::kSingleRows);
  read_judged(reader, models, out.pool, out.cost_weights);
  const Json* held_out = reader.find("heldOut");
  if (Status failed = reader.finish()) return *failed;
  if (Status failed = read_held_out(held_out, out.share, out.seed)) return *failed;
  return out;
}

Result<CascadeEvaluationOptions> parse_cascade_options(std::size_t models, std::uint32_t default_k,
                                                       std::string_view options_json) {
  const Json json = parse_json(options_json);
  ObjectReader reader(json, "options");
  CascadeEvaluationOptions out;
  out.k = default_k;
  reader.count("k", 1, kMostNeighbours, out.k);
  reader.count("judgeSeed", 0, kMostExact, out.judge_seed);
  reader.count("maxSteps", 1, kMostCascadeSteps, out.max_steps);
  read_judged(reader, models, out.pool, out.cost_weights);
  const Json* held_out = reader.find("heldOut");
  const Json* judges = reader.find("judges");
  if (judges != nullptr && !judges->is_array()) reader.fail("judges is not a list");
  if (Status failed = reader.finish()) return *failed;
  if (Status failed = read_held_out(held_out, out.share, out.seed)) return *failed;
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

Json to_json(std::size_t task, const HeldOutOptions& options, const HeldOutEvaluation& e) {
  Json out = {{"task", task},
              {"rows", e.rows},
              {"duplicatesDropped", e.duplicates_dropped},
              {"meanElsewhere", numbers(e.mean_elsewhere)}};
  add_scores(options, e.unlabelled, out);
  if (options.labels) {
    out["draws"] = Json::array();
    for (const TaskEvaluation& of_draw : e.draws) {
      Json item = {{"labelled", of_draw.labelled}};
      add_scores(options, of_draw, item);
      out["draws"].push_back(std::move(item));
    }
  }
  return out;
}

Json to_json(const InstanceEvaluation& e) {
  Json bins = Json::array();
  for (const CalibrationBin& bin : e.bins) {
    bins.push_back(
        {{"count", bin.count}, {"predicted", number_or_null(bin.predicted)}, {"outcome", number_or_null(bin.outcome)}});
  }
  Json frontier = Json::array();
  for (const FrontierPoint& point : e.frontier) {
    frontier.push_back({{"costWeight", point.cost_weight},
                        {"quality", number_or_null(point.quality)},
                        {"cost", number_or_null(point.cost)},
                        {"meanParamsB", number_or_null(point.mean_params_b)}});
  }
  Json out = {{"duplicatesDropped", e.duplicates_dropped}};
  out["rows"] = column(e, &Instance::row);
  out["pick"] = column(e, &Instance::pick);
  out["picked"] = column(e, &Instance::picked);
  out["bestSingle"] = column(e, &Instance::best_single);
  out["oracle"] = column(e, &Instance::oracle);
  out["meanDistance"] = column(e, &Instance::mean_distance);
  out["predicted"] = column(e, &Instance::predicted);
  out["calibration"] = {{"bins", std::move(bins)}, {"brier", number_or_null(e.brier)}, {"ece", e.ece}};
  out["frontier"] = std::move(frontier);
  return out;
}

Json to_json(const CascadeEvaluation& e) {
  Json curves = Json::array();
  for (const std::vector<CascadePoint>& of_judge : e.curves) {
    Json curve = Json::array();
    for (const CascadePoint& point : of_judge) {
      curve.push_back({{"costWeight", point.cost_weight},
                       {"quality", number_or_null(point.quality)},
                       {"cost", number_or_null(point.cost)},
                       {"asked", number_or_null(point.asked)},
                       {"expectedQuality", number_or_null(point.expected_quality)},
                       {"expectedCost", number_or_null(point.expected_cost)}});
    }
    curves.push_back(std::move(curve));
  }
  return {{"duplicatesDropped", e.duplicates_dropped}, {"rows", e.rows}, {"curves", std::move(curves)}};
}

}  // namespace signalbox::bindings
