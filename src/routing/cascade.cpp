#include "routing/cascade.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "index/decimal.h"
#include "routing/ordering.h"
#include "routing/task_mixture.h"

namespace signalbox {
namespace {

/// A plan that grows by one step at a time.
struct Growing {
  CascadeValue value;
  double reach = 1;

  [[nodiscard]] Growing with(double chance, double price) const {
    return {{value.quality + reach * chance, value.usd_per_mtok + reach * price, value.worst_usd_per_mtok + price},
            reach * (1 - chance)};
  }
};

/// See steps_of.
double threshold_before(std::span<const CascadeStep> rest, double cost_weight) {
  Growing growing;
  double threshold = 0;
  for (const CascadeStep& step : rest) {
    growing = growing.with(step.p_if_reached, step.usd_per_mtok);
    if (!(growing.value.quality > 0)) continue;
    threshold = std::max(threshold, 1 - cost_weight * growing.value.usd_per_mtok / growing.value.quality);
  }
  return threshold;
}

/// Returns the prefix with one more model, or the root if the tree does not reach so far, which only the last step may
/// ask.
std::size_t child_of(const FailureTree& tree, std::size_t prefix, std::size_t model) {
  for (std::size_t i = prefix + 1; i < tree.prefixes.size(); ++i) {
    if (tree.prefixes[i].parent == prefix && tree.prefixes[i].last == model) return i;
  }
  return 0;
}

/// Returns the models of a list that have a price and fit into the limit.
std::vector<std::size_t> within_limit(std::span<const std::size_t> models, std::span<const double> prices,
                                      double limit) {
  std::vector<std::size_t> out;
  double sum = 0;
  for (const std::size_t m : models) {
    if (prices[m] < 0 || (limit >= 0 && rounded_decimal(sum + prices[m]) > limit)) continue;
    sum += prices[m];
    out.push_back(m);
  }
  return out;
}

Status check_models(std::span<const std::size_t> models) {
  if (models.size() > kMostCascadeModels) {
    return Error{ErrorCode::kInvalidArgument, "models are more than " + std::to_string(kMostCascadeModels)};
  }
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (std::count(models.begin(), models.end(), models[i]) > 1) {
      return Error{ErrorCode::kInvalidArgument, "models name one model twice"};
    }
  }
  return {};
}

/// Returns the options of route_input for a forecast of the models that a plan may have.
RouteOptions forecast_options(const CascadeOptions& options) {
  RouteOptions out = options.route;
  out.policy = Policy::kSignalbox;
  out.price_rules = {};  // The limit is the plan's. Forecasts must not depend on it.
  out.neighbours = out.constants.k;
  const std::vector<std::size_t>& models = options.models;
  for (std::size_t m = 0; m < out.exclusions.size(); ++m) {
    if (out.exclusions[m] != Exclusion::kNone) continue;
    if (!models.empty() && std::find(models.begin(), models.end(), m) == models.end()) {
      out.exclusions[m] = Exclusion::kNotACandidate;
    } else if (out.prices[m] < 0) {
      out.exclusions[m] = Exclusion::kPriceUnknown;
    }
  }
  return out;
}

/// Counts the joint failures that a plan needs, and makes the plan.
std::vector<CascadeStep> plan_steps(const Index& index, std::span<const float> vector, const CascadeOptions& options,
                                    const Decision& decision, std::span<const std::size_t> order,
                                    std::span<const double> predicted, std::span<const double> all_prices) {
  const bool chain = !options.models.empty();
  const std::size_t longest = chain ? order.size() - 1 : std::max<std::size_t>(options.rules.max_steps, 1) - 1;
  std::vector<float> outcomes;
  for (std::size_t row = 0; row < index.rows(); ++row) append_outcomes(index.outcomes, row, order, outcomes);
  const FailureTree benchmark = count_failures(outcomes, order.size(), index.row_tasks, index.tasks(), longest, chain);
  outcomes.clear();
  if (!decision.out_of_coverage) {
    for (const Neighbour& n : decision.neighbours) append_outcomes(index.outcomes, n.row, order, outcomes);
  }
  const FailureTree near = count_failures(outcomes, order.size(), {}, 1, longest, chain);
  std::vector<double> expected;
  std::vector<double> prices;
  for (const std::size_t m : order) {
    expected.push_back(predicted[m]);
    prices.push_back(all_prices[m]);
  }
  const TaskProfiles profiles = profiles_of(index);
  const auto resembling = decision.out_of_coverage ? std::span<const float>() : vector;
  const std::vector<double> weights = row_weights(profiles, index.task_rows, resembling, options.route.mixture);
  const std::vector<double> chances = conditional_chances(benchmark, weights, near, expected, FailurePriors());
  std::vector<std::size_t> path(order.size());
  std::iota(path.begin(), path.end(), std::size_t{0});
  if (!chain) path = best_path(benchmark, chances, prices, options.rules);
  std::vector<CascadeStep> steps = steps_of(path, near, chances, prices, options.rules.cost_weight);
  for (CascadeStep& step : steps) step.model = order[step.model];
  return steps;
}

/// Reduces models, the cheapest first, to kMostCascadeModels, as cascade_models says.
std::vector<std::size_t> reduce(const std::vector<std::size_t>& order, std::span<const double> predicted) {
  std::vector<Keyed> beaten;  // Dropping one does not change which others are.
  double best = predicted[order[0]];
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (predicted[order[i]] <= best) beaten.push_back({predicted[order[i]], -static_cast<double>(i), i});
    best = std::max(best, predicted[order[i]]);
  }
  sort_keyed(beaten);
  std::size_t surplus = order.size() - kMostCascadeModels;
  std::vector<std::uint8_t> dropped(order.size(), 0);
  for (std::size_t i = 0; i < beaten.size() && surplus > 0; ++i, --surplus) dropped[beaten[i].place] = 1;
  // Without a beaten one, predictions rise with the price: the worst are the ones after the cheapest.
  for (std::size_t i = 1; surplus > 0; ++i) {
    if (dropped[i] != 0) continue;
    dropped[i] = 1;
    --surplus;
  }
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (dropped[i] == 0) out.push_back(order[i]);
  }
  return out;
}

}  // namespace

std::vector<std::size_t> best_path(const FailureTree& tree, std::span<const double> chances,
                                   std::span<const double> prices, const CascadeRules& rules) {
  const std::vector<Prefix>& prefixes = tree.prefixes;
  std::vector<Growing> values(prefixes.size());
  std::vector<std::uint8_t> possible(prefixes.size(), 1);
  std::pair<std::size_t, std::size_t> best{0, tree.models};
  double best_worth = -std::numeric_limits<double>::infinity();
  double best_cost = 0;
  const auto fits = [&](std::size_t i, std::size_t m) {
    if (prices[m] < 0 || rules.max_usd_per_mtok < 0) return prices[m] >= 0;
    return rounded_decimal(values[i].value.worst_usd_per_mtok + prices[m]) <= rules.max_usd_per_mtok;
  };
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    const auto& [parent, last, length] = prefixes[i];
    if (length > 0) {
      possible[i] = possible[parent] != 0 && fits(parent, last) ? 1 : 0;
      values[i] = values[parent].with(chances[parent * tree.models + last], prices[last]);
    }
    if (possible[i] == 0 || length >= rules.max_steps) continue;
    for (std::size_t m = prefixes[i].next(); m < tree.models; ++m) {
      if (!fits(i, m)) continue;
      const CascadeValue value = values[i].with(chances[i * tree.models + m], prices[m]).value;
      const double worth = value.quality - rules.cost_weight * value.usd_per_mtok;
      if (worth < best_worth || (worth == best_worth && value.usd_per_mtok >= best_cost)) continue;
      best = {i, m};
      best_worth = worth;
      best_cost = value.usd_per_mtok;
    }
  }
  if (best.second == tree.models) return {};
  std::vector<std::size_t> path{best.second};
  for (std::size_t i = best.first; i != 0; i = prefixes[i].parent) path.push_back(prefixes[i].last);
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<CascadeStep> steps_of(std::span<const std::size_t> path, const FailureTree& tree,
                                  std::span<const double> chances, std::span<const double> prices, double cost_weight) {
  std::vector<CascadeStep> out;
  Growing growing;
  std::size_t prefix = 0;
  for (const std::size_t m : path) {
    CascadeStep step;
    step.model = m;
    step.usd_per_mtok = prices[m];
    step.p_correct = chances[m];
    step.p_if_reached = chances[prefix * tree.models + m];
    step.neighbours = tree.wrong[prefix * tree.groups * tree.models + m];
    step.reach = growing.reach;
    growing = growing.with(step.p_if_reached, step.usd_per_mtok);
    step.so_far = growing.value;
    step.so_far.worst_usd_per_mtok = rounded_decimal(step.so_far.worst_usd_per_mtok);
    out.push_back(step);
    prefix = child_of(tree, prefix, m);
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].threshold = threshold_before(std::span(out).subspan(i + 1), cost_weight);
  }
  return out;
}

std::vector<std::size_t> cascade_models(std::span<const double> predicted, std::span<const double> prices) {
  std::vector<Keyed> priced;
  for (std::size_t m = 0; m < prices.size(); ++m) {
    if (prices[m] >= 0) priced.push_back({prices[m], -predicted[m], m});
  }
  sort_keyed(priced);
  std::vector<std::size_t> order;
  order.reserve(priced.size());
  for (const Keyed& model : priced) order.push_back(model.place);
  return order.size() > kMostCascadeModels ? reduce(order, predicted) : order;
}

std::vector<double> row_weights(const TaskProfiles& profiles, std::span<const std::size_t> task_rows,
                                std::span<const float> vector, const MixtureConstants& constants) {
  std::vector<double> out(task_rows.size(), 1);
  if (!vector.empty()) out = vote_for_tasks(profiles, vector, constants);
  for (std::size_t task = 0; task < out.size(); ++task) {
    out[task] = task_rows[task] > 0 ? out[task] / static_cast<double>(task_rows[task]) : 0;
  }
  return out;
}

void append_outcomes(const OutcomeView& outcomes, std::size_t row, std::span<const std::size_t> order,
                     std::vector<float>& matrix) {
  for (const std::size_t m : order) {
    matrix.push_back(outcomes.is_measured(row, m) ? outcomes.at(row, m) : std::numeric_limits<float>::quiet_NaN());
  }
}

Result<CascadePlan> plan_cascade(const Index& index, std::span<const float> vector, const CascadeOptions& options) {
  if (Status failed = check_models(options.models)) return *failed;
  Result<Decision> decided = route_input(index, vector, forecast_options(options));
  if (!decided.ok()) return decided.error();
  Decision& decision = decided.value();

  std::vector<double> predicted(index.models(), 0);
  std::vector<double> prices(index.models(), -1);
  for (const RankedModel& m : decision.ranking) {
    predicted[m.model] = m.score;
    prices[m.model] = options.route.prices[m.model];
  }
  const double limit = options.rules.max_usd_per_mtok;
  const bool chain = !options.models.empty();
  const std::vector<std::size_t> order =
      chain ? within_limit(options.models, prices, limit) : cascade_models(predicted, prices);
  CascadePlan plan;
  if (!order.empty()) plan.steps = plan_steps(index, vector, options, decision, order, predicted, prices);
  plan.cost_weight = options.rules.cost_weight;
  if (decision.out_of_coverage) plan.fallback = decision.fallback;
  plan.mean_distance = decision.mean_distance;
  plan.percentile = decision.percentile;
  plan.out_of_coverage = decision.out_of_coverage;
  plan.exclusions = std::move(decision.exclusions);
  for (std::size_t m = 0; m < index.models(); ++m) {
    const bool is_left_out = chain && std::find(order.begin(), order.end(), m) == order.end();
    if (plan.exclusions[m] != Exclusion::kNone || !(is_left_out || (limit >= 0 && prices[m] > limit))) continue;
    plan.exclusions[m] = Exclusion::kOverMaxPrice;
  }
  if (plan.steps.empty()) return no_model_left(plan.exclusions, limit >= 0);
  return plan;
}

}  // namespace signalbox
