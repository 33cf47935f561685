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

/// Returns these rows, with the candidates of the rule.
PlanData take_rows(const PlanData& from, std::span<const std::size_t> rows, const PlanData& candidates) {
  PlanData out = select_rows(from, rows);
  out.has_costs = candidates.has_costs;
  out.exclusions = candidates.exclusions;
  return out;
}

/// The answers to rows: picks and families.
struct Answers {
  std::vector<std::uint8_t> picks;      ///< [settings, rows]
  std::vector<std::uint16_t> families;  ///< [rows] the one with the largest membership.
};

/// Answers rows. answered_by: [rows], or empty: all by the rule.
Answers answer_rows(const TestedRule& rule, const PlanData& data, std::span<const std::uint8_t> answered_by) {
  Answers out;
  out.picks.resize(rule.settings.size() * data.rows);
  RowForecast forecast;
  for (std::size_t row = 0; row < data.rows; ++row) {
    forecast_row(*rule.predictor, data.vector(row), forecast);
    const auto& weights = forecast.memberships;
    out.families.push_back(
        static_cast<std::uint16_t>(std::max_element(weights.begin(), weights.end()) - weights.begin()));
    const std::uint8_t given = answered_by.empty() ? kByRule : answered_by[row];
    for (std::size_t s = 0; s < rule.settings.size(); ++s) {
      out.picks[s * data.rows + row] =
          given != kByRule ? given : static_cast<std::uint8_t>(pick_model(data, forecast, rule.settings[s]));
    }
  }
  return out;
}

/// Numbers of the groups that have rows, in an order drawn by lot.
struct Order {
  Order(const PlanData& data, std::uint64_t seed) {
    std::vector<std::size_t> numbers(data.groups, data.groups);
    for (const std::uint32_t group : data.group) {
      if (numbers[group] == data.groups) numbers[group] = groups++;
    }
    std::vector<std::size_t> places(groups);
    std::iota(places.begin(), places.end(), std::size_t{0});
    Random random(seed);
    for (std::size_t i = groups; i > 1; --i) std::swap(places[i - 1], places[random.below(i)]);
    for (const std::uint32_t group : data.group) of_row.push_back(places[numbers[group]]);
  }

  std::size_t groups = 0;
  std::vector<std::size_t> of_row;
};

/// Returns the mean losses of picks [rows] in each group.
std::vector<double> losses_of(const PlanData& data, std::span<const std::uint8_t> picks, const Order& order,
                              std::size_t baseline, const PromiseRules& rules) {
  std::vector<double> out(order.groups, 0);
  std::vector<double> counts(order.groups, 0);
  for (std::size_t row = 0; row < data.rows; ++row) {
    const float* right = data.right.data() + row * data.models;
    out[order.of_row[row]] +=
        loss_of(static_cast<double>(right[baseline]), static_cast<double>(right[picks[row]]), rules);
    counts[order.of_row[row]] += 1;
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
Ledger earn(const PlanData& data, const Completed& values, std::span<const std::uint8_t> picks, const Order& order,
            std::size_t settings) {
  Ledger out;
  out.groups = order.groups;
  out.settings = settings;
  out.models = data.models;
  out.rows.assign(out.groups, 0);
  out.right.assign(out.groups * out.columns(), 0);
  out.usd.assign(out.groups * out.columns(), 0);
  out.spread.assign(settings, 0);
  out.sole.assign(settings, std::nullopt);
  for (std::size_t row = 0; row < data.rows; ++row) {
    out.rows[order.of_row[row]] += 1;
    const std::size_t at = order.of_row[row] * out.columns();
    const auto add = [&](std::size_t column, std::size_t model) {
      out.right[at + column] += values.right[row * data.models + model];
      out.usd[at + column] += values.usd[row * data.models + model];
    };
    for (std::size_t s = 0; s < settings; ++s) add(s, picks[s * data.rows + row]);
    for (std::size_t m = 0; m < out.models; ++m) add(settings + m, m);
  }
  for (std::size_t s = 0; s < settings; ++s) {
    const auto own = picks.subspan(s * data.rows, data.rows);
    const bool is_sole = std::all_of(own.begin(), own.end(), [&](std::uint8_t pick) { return pick == own.front(); });
    if (is_sole) out.sole[s] = own.front();
  }
  return out;
}

/// Returns the table of the families for picks [rows].
std::vector<FamilyRow> tabulate(const PlanData& data, const Completed& values, const Answers& answers,
                                std::span<const std::uint8_t> picks, const TestedRule& rule) {
  std::vector<float> right;
  std::vector<float> usd;
  for (std::size_t row = 0; row < data.rows; ++row) {
    right.push_back(values.right[row * data.models + picks[row]]);
    usd.push_back(values.usd[row * data.models + picks[row]]);
  }
  return tabulate_families(data, *rule.predictor, values, {answers.families, picks, right, usd, rule.baseline});
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
  const PlanData& fit = *rule.data;
  const std::vector<std::size_t> rows = find_complete(read.value(), fit, answered_by);
  if (rows.size() < kLeastPlanRows) {
    return invalid("got " + std::to_string(rows.size()) + " test rows with all outcomes, expected at least " +
                   std::to_string(kLeastPlanRows));
  }
  const PlanData data = take_rows(read.value(), rows, fit);
  const PlanData made = take_rows(fit, find_complete(fit, fit, {}), fit);
  std::vector<std::uint8_t> given;
  given.reserve(rows.size());
  for (const std::size_t row : rows) given.push_back(answered_by[row]);
  const Order order(data, rules.seed);
  const Order made_order(made, rules.seed);
  const Answers answers = answer_rows(rule, data, given);
  const Answers made_answers = answer_rows(rule, made, {});
  const auto picks_at = [](const Answers& of, std::size_t setting, std::size_t count) {
    return std::span(of.picks).subspan(setting * count, count);
  };

  std::vector<SettingTest> tests;
  for (std::size_t s = 0; s < rule.settings.size(); ++s) {
    const std::vector<double> guess =
        losses_of(made, picks_at(made_answers, s, made.rows), made_order, rule.baseline, rules);
    tests.emplace_back(losses_of(data, picks_at(answers, s, data.rows), order, rule.baseline, rules),
                       loss_variance(guess), data.rows, rules);
  }

  PromiseNumbers out;
  out.rows = data.rows;
  out.groups = order.groups;
  out.left_out = read.value().rows - data.rows;
  const Completed values = complete(data, *rule.predictor);
  const Ledger ledger = earn(data, values, answers.picks, order, rule.settings.size());
  const Sums sums = sum_groups(ledger);
  const PlanRules estimated = {{}, rule.baseline, fit.exclusions, fit.has_costs};
  const std::vector<BoundedEstimate> columns = estimate(ledger, sums, estimated, rule.baseline);
  out.singles.assign(columns.begin() + static_cast<std::ptrdiff_t>(ledger.settings), columns.end());
  std::size_t passed = 0;
  while (passed < tests.size() && tests[passed].passes()) ++passed;
  for (std::size_t s = 0; s < tests.size(); ++s) {
    TestedSetting setting = {columns[s], std::vector<std::size_t>(data.models, 0), tests[s].loss(), s < passed};
    for (const std::uint8_t pick : picks_at(answers, s, data.rows)) ++setting.picked[pick];
    out.settings.push_back(std::move(setting));
    const auto better = [&](std::size_t a, std::size_t b) {
      return fit.has_costs ? sums.usd[a] < sums.usd[b] : sums.right[a] > sums.right[b];
    };
    const std::size_t base = ledger.settings + rule.baseline;
    if (s < passed && better(s, out.setting.value_or(base))) out.setting = s;
  }
  const std::vector<std::uint8_t> kept(data.rows, static_cast<std::uint8_t>(rule.baseline));
  const auto proposed = out.setting ? picks_at(answers, *out.setting, data.rows) : std::span(kept);
  out.families = tabulate(data, values, answers, proposed, rule);
  const SettingTest& chosen = tests[out.setting.value_or(0)];
  out.bound = chosen.bound();
  out.beside = chosen.bound_beside();
  out.smallest = tests.front().bound();
  out.needed = passed < tests.size() ? tests[passed].needed() : 0;
  return out;
}

}  // namespace signalbox
