#include "lab_plan_json.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "index/families.h"

namespace signalbox::bindings {
namespace {

Status read_target(const Json& json, PlanTarget& target) {
  ObjectReader reader(json, "target");
  std::string kind = "knee";
  reader.text("kind", kind);
  reader.number("value", 0, 1e6, target.value);
  if (kind == "knee") target.kind = TargetKind::kKnee;
  else if (kind == "at-most") target.kind = TargetKind::kAtMost;
  else if (kind == "save") target.kind = TargetKind::kSave;
  else if (kind == "budget") target.kind = TargetKind::kBudget;
  else reader.fail("kind is '" + kind + "', expected knee, at-most, save or budget");
  return reader.finish();
}

/// Reads the keys that both specifications have.
void read_input(ObjectReader& reader, PlanSpec& spec) {
  reader.count("dim", 1, kMaxDimension, spec.input.dim);
  reader.count("models", 0, kMostExact, spec.input.models);
  reader.count("families", 0, kMostPlanLabels, spec.input.labels);
  reader.count("seed", 0, kMostExact, spec.seed);
}

Json bounded_json(double value, double low, double high) {
  if (std::isnan(value)) return nullptr;
  return object({{"value", value}, {"low", low}, {"high", high}});
}

/// Returns one number of an estimate with its interval.
Json number_json(const BoundedEstimate& of, double Estimate::*number) {
  return bounded_json(of.value.*number, of.low.*number, of.high.*number);
}

Json shares_json(const std::vector<PickShare>& picks) {
  Json out = Json::array();
  for (const PickShare& pick : picks) out.push_back(object({{"model", pick.model}, {"share", pick.share}}));
  return out;
}

Json point_json(const PlanPoint& point) {
  const bool is_quality = point.answer_value >= kMostAnswerValue;
  return object({{"answerValue", is_quality ? Json(nullptr) : Json(point.answer_value)},
                 {"right", number_json(point.estimate, &Estimate::right)},
                 {"points", number_json(point.estimate, &Estimate::points)},
                 {"usd", number_json(point.estimate, &Estimate::usd)},
                 {"saved", number_json(point.estimate, &Estimate::saved)},
                 {"picks", shares_json(point.picks)}});
}

Json models_json(const std::vector<BoundedEstimate>& singles) {
  Json out = Json::array();
  for (const BoundedEstimate& model : singles) {
    out.push_back(object({{"right", number_json(model, &Estimate::right)},
                          {"points", number_json(model, &Estimate::points)},
                          {"usd", number_json(model, &Estimate::usd)},
                          {"saved", number_json(model, &Estimate::saved)}}));
  }
  return out;
}

Json mixtures_json(const std::vector<Mixture>& mixtures) {
  Json out = Json::array();
  for (const Mixture& m : mixtures) {
    out.push_back(
        object({{"first", m.first}, {"second", m.second}, {"share", m.share}, {"right", m.right}, {"usd", m.usd}}));
  }
  return out;
}

Json numbers_json(const std::vector<double>& numbers) {
  Json out = Json::array();
  for (const double number : numbers) out.push_back(number_or_null(number));
  return out;
}

Json families_json(const std::vector<FamilyRow>& families) {
  Json out = Json::array();
  for (const FamilyRow& family : families) {
    out.push_back(object({{"rows", family.rows},
                          {"best", family.best},
                          {"points", bounded_json(family.points, family.low, family.high)},
                          {"usd", number_or_null(family.usd)},
                          {"baselineUsd", number_or_null(family.baseline_usd)},
                          {"picks", shares_json(shares_of(family.picked))},
                          {"right", numbers_json(family.right)},
                          {"modelUsd", numbers_json(family.model_usd)}}));
  }
  return out;
}

}  // namespace

Result<PlanSpec> parse_plan_spec(std::string_view spec_json) {
  const Json json = parse_json(spec_json);
  PlanSpec spec;
  ObjectReader reader(json, "plan");
  read_input(reader, spec);
  std::size_t baseline = kMostPlanModels;
  reader.count("baseline", 0, kMostPlanModels - 1, baseline);
  if (baseline < kMostPlanModels) spec.baseline = baseline;
  const Json* target = reader.find("target");
  if (Status failed = reader.finish()) return *failed;
  if (target != nullptr) {
    if (Status failed = read_target(*target, spec.target)) return *failed;
  }
  return spec;
}

Result<PlanSpec> parse_fit_spec(std::string_view spec_json) {
  const Json json = parse_json(spec_json);
  PlanSpec spec;
  ObjectReader reader(json, "families");
  read_input(reader, spec);
  if (Status failed = reader.finish()) return *failed;
  return spec;
}

Result<PromiseRules> parse_promise_spec(std::string_view spec_json) {
  const Json json = parse_json(spec_json);
  PromiseRules rules;
  ObjectReader reader(json, "promise");
  std::string kind = "net";
  double points = 100 * rules.limit;
  reader.text("kind", kind);
  reader.number("points", 0, 100, points);
  reader.number("delta", 0, 1, rules.delta);
  reader.number("tolerance", 0, 1, rules.tolerance);
  reader.count("seed", 0, kMostExact, rules.seed);
  if (kind == "worse") rules.kind = LossKind::kWorse;
  else if (kind != "net") reader.fail("kind is '" + kind + "', expected net or worse");
  rules.limit = points / 100;
  if (Status failed = reader.finish()) return *failed;
  return rules;
}

Json kind_json(PredictorKind kind) {
  switch (kind) {
    case PredictorKind::kConstant: return "constant";
    case PredictorKind::kFamilies: return "families";
    case PredictorKind::kFamiliesAndLinear: return "families-and-linear";
  }
  return nullptr;
}

Json to_json(const PlanNumbers& numbers) {
  Json curve = Json::array();
  for (const PlanPoint& point : numbers.curve) curve.push_back(point_json(point));
  Json models = models_json(numbers.singles);
  for (std::size_t m = 0; m < numbers.measured.size(); ++m) models[m]["measured"] = numbers.measured[m];
  return object({{"rows", numbers.rows},
                 {"groups", numbers.groups},
                 {"chosenRows", numbers.chosen_rows},
                 {"graded", numbers.graded},
                 {"hasCosts", numbers.has_costs},
                 {"predictor", kind_json(numbers.predictor)},
                 {"hasGain", numbers.chosen.setting.has_value()},
                 {"isReached", numbers.chosen.is_reached},
                 {"baseline", numbers.chosen.baseline},
                 {"proposed", point_json(numbers.proposed)},
                 {"curve", std::move(curve)},
                 {"models", std::move(models)},
                 {"mixtures", mixtures_json(numbers.mixtures)},
                 {"families", families_json(numbers.families)}});
}

Json promise_json(const PromiseNumbers& numbers, const std::vector<double>& answer_values) {
  Json settings = Json::array();
  for (std::size_t s = 0; s < numbers.settings.size(); ++s) {
    const TestedSetting& tested = numbers.settings[s];
    Json point = point_json({answer_values[s], tested.estimate, shares_of(tested.picked)});
    point["loss"] = tested.loss;
    point["isPromised"] = tested.is_promised;
    settings.push_back(std::move(point));
  }
  return object({{"rows", numbers.rows},
                 {"groups", numbers.groups},
                 {"leftOut", numbers.left_out},
                 {"setting", numbers.setting ? Json(*numbers.setting) : Json(nullptr)},
                 {"bound", numbers.bound},
                 {"beside", numbers.beside},
                 {"smallest", numbers.smallest},
                 {"needed", numbers.needed == 0 ? Json(nullptr) : Json(numbers.needed)},
                 {"models", models_json(numbers.singles)},
                 {"mixtures", mixtures_json(mix_singles(numbers.singles))},
                 {"families", families_json(numbers.families)},
                 {"settings", std::move(settings)}});
}

Json change_json(const ChangeNumbers& numbers) {
  Json families = Json::array();
  for (std::size_t f = 0; f < numbers.families_now.size(); ++f) {
    families.push_back(object({{"before", numbers.families_before[f]}, {"now", numbers.families_now[f]}}));
  }
  const auto test = [](const ChangeTest& of) {
    return object({{"p", of.p}, {"adjusted", of.adjusted}, {"smallest", of.smallest}});
  };
  return object({{"before", numbers.before},
                 {"now", numbers.now},
                 {"uncovered", object({{"before", numbers.uncovered_before}, {"now", numbers.uncovered_now}})},
                 {"families", std::move(families)},
                 {"tests", object({{"coverage", test(numbers.coverage)},
                                   {"families", test(numbers.families)},
                                   {"meaning", test(numbers.meaning)}})}});
}

}  // namespace signalbox::bindings
