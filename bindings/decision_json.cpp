#include "decision_json.h"

#include <string>
#include <utility>

#include "index/decimal.h"

namespace signalbox::bindings {
namespace {

/// Returns a number, or null for a negative one, which means unknown.
Json known_or_null(double value) { return value >= 0 ? Json(value) : Json(nullptr); }

/// Returns an outcome as the shortest decimal that reads back as it.
Json decimal(float value) { return known_or_null(shortest_decimal(value)); }

Json fallback_reason(Fallback fallback) {
  switch (fallback) {
    case Fallback::kNone: return nullptr;
    case Fallback::kLowConfidence: return "low_confidence";
    case Fallback::kOutOfCoverage: return "out_of_coverage";
    case Fallback::kUnread: return "unread";
  }
  return nullptr;
}

std::string name(const Index& index, std::size_t model) { return std::string(index.model_names[model]); }

Json ranked_json(const Index& index, const std::vector<double>& prices, const std::vector<double>& answer_costs,
                 const std::vector<double>& means, const RankedModel& m) {
  return object({{"model", name(index, m.model)},
                 {"pCorrect", number_or_null(m.score)},
                 {"interval", pair(m.interval.low, m.interval.high)},
                 {"votes", m.votes},
                 {"ownMean", m.is_own_mean()},
                 {"meanOutcome", number_or_null(means[m.model])},
                 {"paramsB", known_or_null(index.model_numbers[m.model].params_b)},
                 {"usdPerMTok", known_or_null(prices[m.model])},
                 {"usdPerAnswer", known_or_null(answer_costs[m.model])}});
}

Json coverage_json(double mean_distance, double percentile, bool out_of_coverage) {
  return object({{"meanDistance", mean_distance}, {"percentile", percentile}, {"outOfCoverage", out_of_coverage}});
}

/// Lists the models that were left out, and why.
Json excluded_json(const Index& index, const std::vector<Exclusion>& exclusions) {
  Json out = Json::array();
  for (std::size_t m = 0; m < index.models(); ++m) {
    const Exclusion why = exclusions[m];
    if (why != Exclusion::kNone) out.push_back(object({{"model", name(index, m)}, {"reason", exclusion_name(why)}}));
  }
  return out;
}

void add_value(const CascadeValue& value, Json& out) {
  out["expectedQuality"] = value.quality;
  out["expectedUsdPerMTok"] = value.usd_per_mtok;
  out["worstUsdPerMTok"] = value.worst_usd_per_mtok;
}

Json neighbour_json(const Index& index, const Neighbour& n) {
  Json outcomes = Json::object();
  auto& fields = outcomes.get_ref<Json::object_t&>();
  fields.reserve(index.models());
  for (std::size_t m = 0; m < index.models(); ++m) {
    const bool measured = index.outcomes.is_measured(n.row, m);
    // Names are unique: a search for each among all before it would take the square of their number.
    fields.emplace_back(name(index, m), measured ? decimal(index.outcomes.at(n.row, m)) : Json(nullptr));
  }
  const bool has_id = index.sample_ids.size() > 0;
  Json out = object({{"row", n.row},
                     {"task", index.task_names[index.row_tasks[n.row]]},
                     {"id", has_id ? Json(index.sample_ids[n.row]) : Json(std::to_string(n.row))},
                     {"similarity", 1 - n.cosine_distance},
                     {"distance", n.cosine_distance}});
  out["outcomes"] = std::move(outcomes);
  return out;
}

/// Families that are the tasks have their names.
std::string family_name(const Index& index, std::size_t family) {
  if (index.families.families == index.tasks()) return std::string(index.task_names[family]);
  return "family " + std::to_string(family + 1);
}

}  // namespace

Json decision_json(const Index& index, const std::vector<double>& prices, const Decision& d) {
  const std::vector<double> means = mean_over_tasks(index, kNoTask);
  Json ranking = Json::array();
  for (const RankedModel& m : d.ranking) ranking.push_back(ranked_json(index, prices, d.answer_costs, means, m));
  Json neighbours = Json::array();
  for (const Neighbour& n : d.neighbours) neighbours.push_back(neighbour_json(index, n));
  Json out = object({{"model", name(index, d.model)},
                     {"policy", policy_name(d.policy)},
                     {"confidence", d.confidence},
                     {"challengerConfidence", d.challenger_confidence},
                     {"fallback", d.fallback != Fallback::kNone},
                     {"fallbackReason", fallback_reason(d.fallback)},
                     {"bestSingleModel", name(index, d.best_single)},
                     {"challenger", name(index, d.challenger)},
                     {"coverage", coverage_json(d.mean_distance, d.percentile, d.out_of_coverage)},
                     {"price", object({{"usdPerMTok", known_or_null(prices[d.model])},
                                       {"usdPerAnswer", known_or_null(d.answer_costs[d.model])}})}});
  out["tasks"] = Json::array();
  for (const TaskVote& vote : d.tasks) {
    out["tasks"].push_back(object({{"task", index.task_names[vote.task]}, {"weight", vote.weight}}));
  }
  out["taskWeights"] = d.task_weights;
  for (const TaskVote& family : d.families) {
    out["families"].push_back(object({{"name", family_name(index, family.task)}, {"weight", family.weight}}));
  }
  out["kinds"] = Json::array();
  for (const TaskVote& kind : d.kinds) {
    out["kinds"].push_back(object({{"name", index.task_names[kind.task]}, {"probability", kind.weight}}));
  }
  out["ranking"] = std::move(ranking);
  out["neighbours"] = std::move(neighbours);
  out["excluded"] = excluded_json(index, d.exclusions);
  return out;
}

Json task_decision_json(const Index& index, const std::vector<double>& prices, const Decision& d) {
  Json out = decision_json(index, prices, d);
  out["inputs"] = d.inputs;
  out["labelled"] = d.labelled;
  out["u"] = d.mean_distance;
  for (std::size_t i = 0; i < d.ranking.size(); ++i) {
    const RankedModel& m = d.ranking[i];
    Json& ranked = out["ranking"][i];
    ranked["s1"] = m.s1;
    ranked["s2"] = m.s2;
    ranked["s3"] = m.s3;
    ranked["p"] = m.p;
    ranked["pMeasured"] = m.p_measured;
  }
  return out;
}

Json plan_json(const Index& index, const CascadePlan& plan) {
  Json out;
  Json& steps = out["steps"] = Json::array();
  for (const CascadeStep& s : plan.steps) {
    Json step = object({{"model", name(index, s.model)},
                        {"usdPerMTok", s.usd_per_mtok},
                        {"pCorrect", s.p_correct},
                        {"pIfReached", s.p_if_reached},
                        {"reach", s.reach},
                        {"neighbours", s.neighbours},
                        {"threshold", s.threshold}});
    add_value(s.so_far, step);
    steps.push_back(std::move(step));
  }
  out["verdicts"] = Json::array();
  add_value(plan.steps.back().so_far, out);
  out["costWeight"] = plan.cost_weight;
  out["fallbackReason"] = fallback_reason(plan.fallback);
  out["coverage"] = coverage_json(plan.mean_distance, plan.percentile, plan.out_of_coverage);
  out["excluded"] = excluded_json(index, plan.exclusions);
  return out;
}

Json index_json(const Index& index) {
  static constexpr const char* kTypes[] = {"", "float32", "int8", "int4", "binary"};
  const std::vector<double> means = mean_over_tasks(index, kNoTask);
  Json models = Json::array();
  for (std::size_t m = 0; m < index.models(); ++m) {
    const ModelNumbers& n = index.model_numbers[m];
    models.push_back(object({{"name", name(index, m)},
                             {"paramsB", known_or_null(n.params_b)},
                             {"usdPerMTokIn", known_or_null(n.usd_per_mtok_in)},
                             {"usdPerMTokOut", known_or_null(n.usd_per_mtok_out)},
                             {"usdPerMTokCacheRead", known_or_null(n.usd_per_mtok_cache_read)},
                             {"meanOutcome", number_or_null(means[m])}}));
    if (m >= index.built_models()) models.back()["addedFromRows"] = index.added_rows[m - index.built_models()];
  }
  Json tasks = Json::array();
  for (std::size_t t = 0; t < index.tasks(); ++t) {
    tasks.push_back(object({{"name", index.task_names[t]}, {"rows", index.task_rows[t]}}));
    if (index.task_scores.has(t))
      tasks.back()["scores"] = index.task_scores.offsets[t + 1] - index.task_scores.offsets[t];
    if (index.links.has(t)) tasks.back()["links"] = index.links.offsets[t + 1] - index.links.offsets[t];
  }
  Json sections = Json::array();
  for (const SectionInfo& s : index.sections) {
    sections.push_back(object({{"name", s.name}, {"offsetBytes", s.offset}, {"sizeBytes", s.size}}));
  }
  std::size_t missing = 0;
  if (index.outcomes.measured != nullptr) {
    for (std::size_t row = 0; row < index.rows(); ++row) missing += index.models() - index.outcomes.count(row);
  }
  const std::vector<Exclusion> all(index.models(), Exclusion::kNone);
  const std::size_t best = best_allowed(means, all);
  Json out = object({{"rows", index.rows()},
                     {"dim", index.codes.dim},
                     {"codes", kTypes[static_cast<std::size_t>(index.codes.type)]},
                     {"sizeBytes", index.size_bytes},
                     {"formatVersion", pair(index.version_major, index.version_minor)},
                     {"embedder", object({{"id", index.embedder_id}, {"hash", index.embedder_hash}})},
                     {"routing", object({{"k", index.routing.k},
                                         {"kappa", index.routing.kappa},
                                         {"threshold", index.routing.threshold},
                                         {"sigma", index.routing.sigma},
                                         {"eta", index.routing.eta}})},
                     {"pairs", index.pairs.u.size()},
                     {"missingOutcomes", missing},
                     {"graded", index.outcomes.is_graded()},
                     {"bestSingleModel", best < index.models() ? Json(name(index, best)) : Json(nullptr)}});
  out["models"] = std::move(models);
  out["tasks"] = std::move(tasks);
  out["sections"] = std::move(sections);
  const FamilyPredictor& families = index.families;
  if (families.families > 0) {
    out["families"] = object({{"count", families.families},
                              {"answerValue", known_or_null(families.answer_value)},
                              {"linear", !families.weights.empty()}});
  }
  return out;
}

}  // namespace signalbox::bindings
