#include "lab_json.h"

#include <string>
#include <utility>
#include <vector>

#include "index/totals.h"

namespace signalbox::bindings {
namespace {

Json numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) out.push_back(number_or_null(value));
  return out;
}

Json known_or_null(double value) { return value >= 0 ? Json(value) : Json(nullptr); }

/// Returns one member of every instance, as a list.
template <typename T>
Json column(const InstanceEvaluation& evaluation, T Instance::*member) {
  Json out = Json::array();
  for (const Instance& i : evaluation.instances) out.push_back(i.*member);
  return out;
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
      decision = object({{"pick", c.model},
                         {"challenger", c.challenger},
                         {"challengerConfidence", c.challenger_confidence},
                         {"fallback", c.fallback != Fallback::kNone}});
    }
    out.push_back(std::move(pool));
  }
  return out;
}

void add_scores(const HeldOutOptions& options, const TaskEvaluation& e, Json& out) {
  out["scored"] = e.scored;
  out["u"] = e.u;
  out["accuracy"] = numbers(e.accuracy);
  out["predictorAccuracy"] = numbers(e.predictor_accuracy);
  out["p"] = numbers(e.p);
  out["scores"] = scores_json(options, e);
  out["decisions"] = decisions_json(options, e);
}

}  // namespace

Json to_json(std::size_t task, const HeldOutOptions& options, const HeldOutEvaluation& e) {
  Json out = object({{"task", task},
                     {"rows", e.rows},
                     {"duplicatesDropped", e.duplicates_dropped},
                     {"meanElsewhere", numbers(e.mean_elsewhere)}});
  add_scores(options, e.unlabelled, out);
  if (options.labels) {
    out["draws"] = Json::array();
    for (const TaskEvaluation& of_draw : e.draws) {
      Json item = object({{"labelled", of_draw.labelled}});
      add_scores(options, of_draw, item);
      out["draws"].push_back(std::move(item));
    }
  }
  return out;
}

Json to_json(const InstanceEvaluation& e) {
  Json bins = Json::array();
  for (const CalibrationBin& bin : e.bins) {
    bins.push_back(object({{"count", bin.count},
                           {"predicted", number_or_null(bin.predicted)},
                           {"outcome", number_or_null(bin.outcome)}}));
  }
  Json frontier = Json::array();
  for (const FrontierPoint& point : e.frontier) {
    frontier.push_back(object({{"costWeight", point.cost_weight},
                               {"quality", number_or_null(point.quality)},
                               {"cost", number_or_null(point.cost)},
                               {"meanParamsB", number_or_null(point.mean_params_b)}}));
  }
  Json out = object({{"duplicatesDropped", e.duplicates_dropped}});
  out["rows"] = column(e, &Instance::row);
  out["pick"] = column(e, &Instance::pick);
  out["picked"] = column(e, &Instance::picked);
  out["bestSingle"] = column(e, &Instance::best_single);
  out["oracle"] = column(e, &Instance::oracle);
  out["meanDistance"] = column(e, &Instance::mean_distance);
  out["predicted"] = column(e, &Instance::predicted);
  out["calibration"] = object({{"bins", std::move(bins)}, {"brier", number_or_null(e.brier)}, {"ece", e.ece}});
  out["frontier"] = std::move(frontier);
  out["frontierPicks"] = e.frontier.empty() ? Json::array() : column(e, &Instance::frontier_picks);
  return out;
}

Json to_json(const CascadeEvaluation& e) {
  Json curves = Json::array();
  for (const std::vector<CascadePoint>& of_judge : e.curves) {
    Json curve = Json::array();
    for (const CascadePoint& point : of_judge) {
      curve.push_back(object({{"costWeight", point.cost_weight},
                              {"quality", number_or_null(point.quality)},
                              {"cost", number_or_null(point.cost)},
                              {"asked", number_or_null(point.asked)},
                              {"expectedQuality", number_or_null(point.expected_quality)},
                              {"expectedCost", number_or_null(point.expected_cost)}}));
    }
    curves.push_back(std::move(curve));
  }
  return object({{"duplicatesDropped", e.duplicates_dropped}, {"rows", e.rows}, {"curves", std::move(curves)}});
}

Json to_json(const StudyForecast& forecast) {
  const auto lists = [](const std::vector<std::vector<double>>& of) {
    Json out = Json::array();
    for (const std::vector<double>& values : of) out.push_back(numbers(values));
    return out;
  };
  return object({{"meanOutcome", numbers(forecast.mean_outcome)},
                 {"ofInputs", lists(forecast.of_inputs)},
                 {"ofCentroids", lists(forecast.of_centroids)}});
}

Json study_json(const Index& index) {
  const std::size_t models = index.models();
  Json of_models = Json::array();
  for (std::size_t m = 0; m < models; ++m) {
    const ModelNumbers& n = index.model_numbers[m];
    of_models.push_back(object({{"name", index.model_names[m]},
                                {"usdPerMTokIn", known_or_null(n.usd_per_mtok_in)},
                                {"usdPerMTokOut", known_or_null(n.usd_per_mtok_out)}}));
  }
  TaskTotals totals = total_outcomes(index.outcomes, index.row_tasks, index.tasks());
  add_scores(index.task_scores, totals);
  std::vector<Json> rows(index.tasks(), Json::array());
  for (std::size_t row = 0; row < index.rows(); ++row) rows[index.row_tasks[row]].push_back(row);
  const Json records = parse_json(index.task_records);
  Json of_tasks = Json::array();
  for (std::size_t t = 0; t < index.tasks(); ++t) {
    Json scores = Json::array();
    Json evidence = Json::array();
    for (std::size_t i = t * models; i < (t + 1) * models; ++i) {
      scores.push_back(totals.counts[i] > 0 ? Json(totals.sums[i] / totals.counts[i]) : Json(nullptr));
      evidence.push_back(totals.counts[i]);
    }
    of_tasks.push_back(object({{"name", index.task_names[t]},
                               {"weight", index.task_weights[t]},
                               {"isKind", index.links.has(t)},
                               {"rows", std::move(rows[t])},
                               {"scores", std::move(scores)},
                               {"evidence", std::move(evidence)},
                               {"record", records.is_array() && t < records.size() ? records[t] : Json::object()}}));
  }
  return object({{"models", std::move(of_models)}, {"tasks", std::move(of_tasks)}, {"mixture", Json(index.mixture)}});
}

}  // namespace signalbox::bindings
