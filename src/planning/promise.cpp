#include "planning/promise.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <unordered_map>
#include <utility>

#include "planning/folds.h"
#include "planning/ledger.h"
#include "planning/settings.h"
#include "routing/random.h"

namespace signalbox {
namespace {

/// Parts that the rows are divided into, and those of them that the rule is made from. More rows make a better rule,
/// fewer leave more to test it; three of ten saved most in simulations (docs/promises.md).
constexpr std::size_t kParts = 10;
constexpr std::size_t kPartsOfRule = 3;
/// Differences of outcomes that are rounding: they are float32.
constexpr double kOutcomeSlack = 1e-6;

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Status check(const PlanInput& test, std::span<const std::uint8_t> answered_by, const TestedRule& rule,
             const PromiseRules& rules) {
  if (test.models != rule.data->models || test.dim != rule.data->dim) {
    return invalid("got test rows of " + std::to_string(test.models) + " models and " + std::to_string(test.dim) +
                   " dimensions, expected " + std::to_string(rule.data->models) + " and " +
                   std::to_string(rule.data->dim));
  }
  if (answered_by.size() != test.groups.size()) {
    return Error{ErrorCode::kDimensionMismatch, "got " + std::to_string(answered_by.size()) +
                                                    " marks of rows, expected " + std::to_string(test.groups.size())};
  }
  for (const std::uint8_t model : answered_by) {
    if (model == kByRule || model < test.models) continue;
    return invalid("got a row that model " + std::to_string(model) + " answers, expected less than " +
                   std::to_string(test.models));
  }
  if (!(rules.limit >= 0 && rules.limit < 1)) return invalid("the limit is outside 0 to 1");
  if (!(rules.delta >= 1e-6 && rules.delta <= .5)) return invalid("delta is outside 0.000001 to 0.5");
  if (!(rules.tolerance >= 0 && rules.tolerance <= 1)) return invalid("the tolerance is outside 0 to 1");
  return {};
}

/// Returns the rows in which every candidate has an outcome, and the model that answers the row if it is given.
std::vector<std::size_t> find_complete(const PlanData& data, const PlanData& candidates,
                                       std::span<const std::uint8_t> answered_by) {
  std::vector<std::size_t> out;
  for (std::size_t row = 0; row < data.rows; ++row) {
    const std::size_t given = answered_by.empty() ? kByRule : answered_by[row];
    bool is_complete = true;
    for (std::size_t m = 0; m < data.models; ++m) {
      const bool is_needed = m == given || candidates.may_pick(m);
      is_complete = is_complete && (!is_needed || !std::isnan(data.right[row * data.models + m]));
    }
    if (is_complete) out.push_back(row);
  }
  return out;
}

double loss_of(double baseline, double pick, const PromiseRules& rules) {
  const double loss = baseline - pick;
  if (rules.kind == LossKind::kNet) return loss;
  return loss > rules.tolerance + kOutcomeSlack ? 1 : 0;
}

/// Picks [settings, rows] for given rows of some data. answered_by: [rows of the data], or empty: all by the rule.
std::vector<std::uint8_t> pick_all(const TestedRule& rule, const PlanData& data, std::span<const std::size_t> rows,
                                   std::span<const std::uint8_t> answered_by) {
  std::vector<std::uint8_t> out(rule.settings.size() * rows.size());
  RowForecast forecast;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint8_t given = answered_by.empty() ? kByRule : answered_by[rows[i]];
    if (given == kByRule) forecast_row(*rule.predictor, data.vector(rows[i]), forecast);
    for (std::size_t s = 0; s < rule.settings.size(); ++s) {
      out[s * rows.size() + i] =
          given != kByRule ? given : static_cast<std::uint8_t>(pick_model(*rule.data, forecast, rule.settings[s]));
    }
  }
  return out;
}

/// Numbers of the groups of rows, in an order drawn by lot.
struct Order {
  Order(const PlanData& data, std::span<const std::size_t> rows, std::uint64_t seed) : of_row(rows.size()) {
    std::vector<std::size_t> numbers(data.groups, data.groups);
    for (const std::size_t row : rows) {
      std::size_t& number = numbers[data.group[row]];
      if (number == data.groups) number = groups++;
    }
    std::vector<std::size_t> places(groups);
    std::iota(places.begin(), places.end(), std::size_t{0});
    Random random(seed);
    for (std::size_t i = groups; i > 1; --i) std::swap(places[i - 1], places[random.below(i)]);
    for (std::size_t i = 0; i < rows.size(); ++i) of_row[i] = places[numbers[data.group[rows[i]]]];
  }

  std::size_t groups = 0;
  std::vector<std::size_t> of_row;
};

/// Returns the mean losses of picks [rows] in each group.
std::vector<double> losses_of(const PlanData& data, std::span<const std::size_t> rows,
                              std::span<const std::uint8_t> picks, const Order& order, std::size_t baseline,
                              const PromiseRules& rules) {
  std::vector<double> out(order.groups, 0);
  std::vector<double> counts(order.groups, 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const float* right = data.right.data() + rows[i] * data.models;
    out[order.of_row[i]] += loss_of(static_cast<double>(right[baseline]), static_cast<double>(right[picks[i]]), rules);
    counts[order.of_row[i]] += 1;
  }
  for (std::size_t g = 0; g < order.groups; ++g) out[g] /= counts[g];
  return out;
}

/// A test of one setting.
class SettingTest {
 public:
  /// losses: of the groups. variance: first guess of their variance.
  SettingTest(std::vector<double> losses, double variance, std::size_t rows, const PromiseRules& rules)
      : losses_(std::move(losses)), variance_(variance), rows_(rows), rules_(rules) {}

  [[nodiscard]] double loss() const { return mean_loss(losses_); }

  [[nodiscard]] bool passes() const {
    if (is_counted()) return binomial_tail(count(), rows_, rules_.limit) <= rules_.delta;
    return refutes_by_bet(losses_, variance_, rules_.limit, rules_.delta);
  }

  [[nodiscard]] double bound() const {
    return is_counted() ? bound_clopper_pearson(count(), rows_, rules_.delta)
                        : bound_by_bet(losses_, variance_, rules_.delta);
  }

  [[nodiscard]] double bound_beside() const {
    const std::size_t groups = losses_.size();
    if (rules_.kind == LossKind::kWorse) return bound_hoeffding_bentkus(loss(), groups, rules_.delta);
    return 2 * bound_hoeffding_bentkus((1 + loss()) / 2, groups, rules_.delta) - 1;
  }

  /// Returns the rows that would promise the limit, with as many rows in a group as here.
  [[nodiscard]] std::size_t needed() const {
    if (is_counted()) return rows_for_clopper_pearson(loss(), rules_.limit, rules_.delta);
    const std::size_t groups = rows_for_bet(loss(), loss_variance(losses_), rules_.limit, rules_.delta);
    return groups * rows_ / losses_.size();
  }

 private:
  [[nodiscard]] bool is_counted() const { return rules_.kind == LossKind::kWorse && rows_ == losses_.size(); }
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::llround(loss() * static_cast<double>(rows_)));
  }

  std::vector<double> losses_;
  double variance_;
  std::size_t rows_;
  PromiseRules rules_;
};

/// Returns what the settings and the models alone earn on the rows.
Ledger earn(const PlanData& test, std::span<const std::size_t> rows, std::span<const std::uint8_t> picks,
            const Order& order, const TestedRule& rule) {
  Ledger out;
  out.groups = order.groups;
  out.settings = rule.settings.size();
  out.models = test.models;
  out.rows.assign(out.groups, 0);
  out.right.assign(out.groups * out.columns(), 0);
  out.usd.assign(out.groups * out.columns(), 0);
  out.spread.assign(out.settings, 0);
  out.sole.assign(out.settings, std::nullopt);
  RowForecast forecast;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.rows[order.of_row[i]] += 1;
    forecast_row(*rule.predictor, test.vector(rows[i]), forecast);
    const std::size_t at = order.of_row[i] * out.columns();
    const auto add = [&](std::size_t column, std::size_t model) {
      const std::size_t cell = rows[i] * test.models + model;
      const float usd =
          std::isnan(test.usd[cell]) ? static_cast<float>(std::max(forecast.usd[model], 0.0)) : test.usd[cell];
      out.right[at + column] += std::isnan(test.right[cell]) ? 0 : test.right[cell];
      out.usd[at + column] += rule.data->has_costs ? usd : 0;
    };
    for (std::size_t s = 0; s < out.settings; ++s) add(s, picks[s * rows.size() + i]);
    for (std::size_t m = 0; m < out.models; ++m) add(out.settings + m, m);
  }
  for (std::size_t s = 0; s < out.settings; ++s) {
    const auto own = picks.subspan(s * rows.size(), rows.size());
    if (std::all_of(own.begin(), own.end(), [&](std::uint8_t pick) { return pick == own.front(); }))
      out.sole[s] = own.front();
  }
  return out;
}

/// Returns the table of the families for picks [rows].
std::vector<FamilyRow> tabulate(const PlanData& test, std::span<const std::size_t> rows,
                                std::span<const std::uint8_t> picks, const TestedRule& rule) {
  PlanData data = test;
  data.rows = rows.size();
  data.has_costs = rule.data->has_costs;
  data.exclusions = rule.data->exclusions;
  for (auto* values : {&data.vectors, &data.right, &data.usd}) values->clear();
  data.group.clear();
  for (const std::size_t row : rows) {
    const auto copy = [&](const std::vector<float>& from, std::vector<float>& to, std::size_t width) {
      const auto first = from.begin() + static_cast<std::ptrdiff_t>(row * width);
      to.insert(to.end(), first, first + static_cast<std::ptrdiff_t>(width));
    };
    copy(test.vectors, data.vectors, test.dim);
    copy(test.right, data.right, test.models);
    copy(test.usd, data.usd, test.models);
    data.group.push_back(test.group[row]);
  }
  const Completed values = complete(data, *rule.predictor);
  std::vector<std::uint16_t> families;
  std::vector<float> right;
  std::vector<float> usd;
  RowForecast forecast;
  for (std::size_t i = 0; i < data.rows; ++i) {
    forecast_row(*rule.predictor, data.vector(i), forecast);
    const auto& weights = forecast.memberships;
    families.push_back(static_cast<std::uint16_t>(std::max_element(weights.begin(), weights.end()) - weights.begin()));
    right.push_back(values.right[i * data.models + picks[i]]);
    usd.push_back(values.usd[i * data.models + picks[i]]);
  }
  return tabulate_families(data, *rule.predictor, values, {families, picks, right, usd, rule.baseline});
}

}  // namespace

std::vector<std::uint8_t> draw_test_rows(std::span<const std::uint32_t> groups, std::uint64_t seed) {
  std::unordered_map<std::uint32_t, std::uint32_t> numbers;
  std::vector<std::uint32_t> counts;
  for (const std::uint32_t group : groups) {
    const auto [at, is_new] = numbers.emplace(group, static_cast<std::uint32_t>(counts.size()));
    if (is_new) counts.push_back(0);
    ++counts[at->second];
  }
  const std::vector<std::uint8_t> parts = fold_groups(counts, kParts, seed);
  std::vector<std::uint8_t> out;
  out.reserve(groups.size());
  for (const std::uint32_t group : groups) out.push_back(parts[numbers.at(group)] >= kPartsOfRule ? 1 : 0);
  return out;
}

Result<PromiseNumbers> test_promise(const PlanInput& test, std::span<const std::uint8_t> answered_by,
                                    const TestedRule& rule, const PromiseRules& rules) {
  if (Status failed = check(test, answered_by, rule, rules)) return *failed;
  const Result<PlanData> read = read_plan_data(test);
  if (!read.ok()) return read.error();
  const PlanData& data = read.value();
  const PlanData& fit = *rule.data;
  const std::vector<std::size_t> rows = find_complete(data, fit, answered_by);
  if (rows.size() < kLeastPlanRows) {
    return invalid("got " + std::to_string(rows.size()) + " test rows with all outcomes, expected at least " +
                   std::to_string(kLeastPlanRows));
  }
  const std::vector<std::size_t> fit_rows = find_complete(fit, fit, {});
  const Order order(data, rows, rules.seed);
  const Order fit_order(fit, fit_rows, rules.seed);
  const std::vector<std::uint8_t> picks = pick_all(rule, data, rows, answered_by);
  const std::vector<std::uint8_t> fit_picks = pick_all(rule, fit, fit_rows, {});

  std::vector<SettingTest> tests;
  for (std::size_t s = 0; s < rule.settings.size(); ++s) {
    const auto own = std::span(picks).subspan(s * rows.size(), rows.size());
    const auto in_fit = std::span(fit_picks).subspan(s * fit_rows.size(), fit_rows.size());
    const std::vector<double> guess = losses_of(fit, fit_rows, in_fit, fit_order, rule.baseline, rules);
    tests.emplace_back(losses_of(data, rows, own, order, rule.baseline, rules), loss_variance(guess), rows.size(),
                       rules);
  }

  PromiseNumbers out;
  out.rows = rows.size();
  out.groups = order.groups;
  out.left_out = data.rows - rows.size();
  const Ledger ledger = earn(data, rows, picks, order, rule);
  const Sums sums = sum_groups(ledger);
  const PlanRules estimated = {{}, rule.baseline, fit.exclusions, fit.has_costs};
  const std::vector<BoundedEstimate> columns = estimate(ledger, sums, estimated, rule.baseline);
  out.singles.assign(columns.begin() + static_cast<std::ptrdiff_t>(ledger.settings), columns.end());
  std::size_t passed = 0;
  while (passed < tests.size() && tests[passed].passes()) ++passed;
  for (std::size_t s = 0; s < tests.size(); ++s) {
    TestedSetting setting = {columns[s], std::vector<std::size_t>(data.models, 0), tests[s].loss(), s < passed};
    for (std::size_t i = 0; i < rows.size(); ++i) ++setting.picked[picks[s * rows.size() + i]];
    out.settings.push_back(std::move(setting));
    const auto better = [&](std::size_t a, std::size_t b) {
      return fit.has_costs ? sums.usd[a] < sums.usd[b] : sums.right[a] > sums.right[b];
    };
    const std::size_t base = ledger.settings + rule.baseline;
    if (s < passed && better(s, out.setting.value_or(base))) out.setting = s;
  }
  const std::vector<std::uint8_t> kept(rows.size(), static_cast<std::uint8_t>(rule.baseline));
  const auto proposed =
      out.setting ? std::span(picks).subspan(*out.setting * rows.size(), rows.size()) : std::span(kept);
  out.families = tabulate(data, rows, proposed, rule);
  const SettingTest& chosen = tests[out.setting.value_or(0)];
  out.bound = chosen.bound();
  out.beside = chosen.bound_beside();
  out.smallest = tests.front().bound();
  out.needed = passed < tests.size() ? tests[passed].needed() : 0;
  return out;
}

}  // namespace signalbox
