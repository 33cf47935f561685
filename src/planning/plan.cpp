#include "planning/plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "planning/folds.h"

namespace signalbox {
namespace {

constexpr std::size_t kMostFolds = 10;
/// Seeds of the parts of a plan, apart from each other.
constexpr std::uint64_t kFoldSeed = 0x1000000;
constexpr std::uint64_t kFitSeed = 0x10000;
/// Rows that are answered in one step.
constexpr std::size_t kAnswerBlock = 1024;
/// How far the means of other models stay below the baseline, if a plan is to answer with that.
constexpr double kBelowBaseline = 1e-4;

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Status check_constants(const PlanSpec& spec) {
  if (spec.baseline && *spec.baseline >= spec.input.models) {
    return invalid("got baseline " + std::to_string(*spec.baseline) + ", expected less than " +
                   std::to_string(spec.input.models));
  }
  const double value = spec.target.value;
  double most = static_cast<double>(kMostAnswerUsd);
  if (spec.target.kind == TargetKind::kAtMost) most = 100;
  if (spec.target.kind == TargetKind::kSave) most = 1;
  if (value >= 0 && value <= most) return {};
  return invalid("the target is outside 0 to " + std::to_string(static_cast<int>(most)));
}

/// Counts the rows of each group: the random ones, or all of the groups without any; the other groups count as empty.
std::vector<std::uint32_t> count_rows(const PlanData& data, bool of_random) {
  std::vector<std::uint32_t> random(data.groups, 0);
  std::vector<std::uint32_t> all(data.groups, 0);
  for (std::size_t row = 0; row < data.rows; ++row) {
    ++all[data.group[row]];
    if (data.is_random(row)) ++random[data.group[row]];
  }
  if (of_random) return random;
  for (std::size_t group = 0; group < data.groups; ++group) all[group] = random[group] > 0 ? 0 : all[group];
  return all;
}

/// Returns the family of a row: its label, or the one with the largest membership.
std::uint16_t family_of(const PlanData& data, std::size_t row, const std::vector<double>& memberships) {
  if (data.labels > 0) return data.label[row];
  return static_cast<std::uint16_t>(std::max_element(memberships.begin(), memberships.end()) - memberships.begin());
}

/// Gives every family the model's mean over all, so that the rule answers with one model: the baseline at
/// kMostAnswerValue.
void make_constant(FittedPredictor& fitted, std::size_t baseline) {
  FamilyPredictor& p = fitted.predictor;
  const std::size_t models = p.right.size() / p.families;
  std::vector<double> right(models, 0);
  double shares = 0;
  for (std::size_t f = 0; f < p.families; ++f) {
    const auto share = static_cast<double>(p.share[f]);
    shares += share;
    for (std::size_t m = 0; m < models; ++m) right[m] += share * static_cast<double>(p.right[f * models + m]);
  }
  for (std::size_t m = 0; m < models; ++m) right[m] /= shares;
  const double most = std::max(right[baseline] - kBelowBaseline, 0.0);
  right[baseline] = most + kBelowBaseline;
  for (std::size_t f = 0; f < p.families; ++f) {
    for (std::size_t m = 0; m < models; ++m) {
      p.right[f * models + m] = static_cast<float>(m == baseline ? right[m] : std::min(right[m], most));
    }
  }
  p.weights.clear();
  p.intercept.clear();
  fitted.is_constant = true;
}

}  // namespace

std::vector<PickShare> shares_of(std::span<const std::size_t> counts) {
  const auto rows = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
  std::vector<PickShare> out;
  for (std::size_t m = 0; m < counts.size(); ++m) {
    if (counts[m] > 0) out.push_back({m, static_cast<double>(counts[m]) / rows});
  }
  std::stable_sort(out.begin(), out.end(), [](const PickShare& a, const PickShare& b) { return a.share > b.share; });
  return out;
}

PredictorKind kind_of(const FittedPredictor& fitted) {
  if (fitted.is_constant) return PredictorKind::kConstant;
  return fitted.predictor.weights.empty() ? PredictorKind::kFamilies : PredictorKind::kFamiliesAndLinear;
}

Result<std::unique_ptr<Plan>> Plan::open(const PlanSpec& spec) {
  Result<PlanData> data = read_plan_data(spec.input);
  if (!data.ok()) return data.error();
  if (Status failed = check_constants(spec)) return *failed;
  if (spec.baseline && !data.value().may_pick(*spec.baseline)) {
    return invalid("got baseline " + std::to_string(*spec.baseline) + ", which has no cost, expected one with costs");
  }
  return std::unique_ptr<Plan>(new Plan(data.take(), spec));
}

Plan::Plan(PlanData data, const PlanSpec& spec)
    : data_(std::move(data)),
      rules_{spec.target, spec.baseline, data_.exclusions, data_.has_costs},
      seed_(spec.seed),
      space_(data_) {
  fold_rows();
}

/// Finds the random rows, and folds all rows. Groups with random rows are spread evenly, and so are the others.
void Plan::fold_rows() {
  const std::vector<std::uint32_t> random_counts = count_rows(data_, true);
  const auto groups = static_cast<std::size_t>(
      std::count_if(random_counts.begin(), random_counts.end(), [](std::uint32_t rows) { return rows > 0; }));
  folds_ = std::min(kMostFolds, groups);
  const std::vector<std::uint8_t> by_random = fold_groups(random_counts, folds_, seed_ + kFoldSeed);
  const std::vector<std::uint8_t> by_others = fold_groups(count_rows(data_, false), folds_, seed_ + kFoldSeed);
  std::vector<std::size_t> random;
  for (std::size_t row = 0; row < data_.rows; ++row) {
    const std::size_t group = data_.group[row];
    fold_of_row_.push_back(random_counts[group] > 0 ? by_random[group] : by_others[group]);
    if (!data_.is_random(row)) continue;
    random.push_back(row);
    fold_of_scored_.push_back(fold_of_row_.back());
  }
  if (random.size() < data_.rows) random_ = select_rows(data_, random);
}

/// Steps of a fit: its start, its own, and the blocks of rows that its rule answers.
std::size_t Plan::steps_a_fit() const {
  return 1 + PredictorFit::count_steps(data_) + (scored().rows + kAnswerBlock - 1) / kAnswerBlock;
}

Plan::Progress Plan::step(std::size_t work) {
  const std::size_t total = LinearSpace::count_steps(data_) + (folds_ + 1) * steps_a_fit();
  for (; work > 0 && done_ < total; --work) step_once();
  return {done_, total};
}

void Plan::step_once() {
  std::size_t step = done_++;
  if (step < LinearSpace::count_steps(data_)) return space_.step();
  step -= LinearSpace::count_steps(data_);
  step_fit(step % steps_a_fit());
}

void Plan::step_fit(std::size_t step) {
  if (step == 0) return start_fit();
  const std::size_t steps = PredictorFit::count_steps(data_);
  if (step <= steps) {
    fitting_->step();
    if (step == steps) finish_fit();
    return;
  }
  const std::size_t first = (step - steps - 1) * kAnswerBlock;
  answer(first, std::min(first + kAnswerBlock, scored().rows));
  if (step + 1 < steps_a_fit()) return;
  if (fit_++ == folds_) prepare_estimates();
}

void Plan::start_fit() {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < data_.rows; ++row) {
    if (fit_ == 0 || fold_of_row_[row] != fit_ - 1) rows.push_back(row);
  }
  fitting_.emplace(data_, space_, std::move(rows), seed_ + kFitSeed * fit_);
}

/// Takes over the predictor. That of all rows decides the settings, and fills the gaps.
void Plan::finish_fit() {
  fitted_ = fitting_->finish();
  fitting_.reset();
  if (fit_ > 0) return;
  shipped_ = fitted_;
  settings_ = settings_of(scored(), shipped_.predictor);
  values_ = complete(scored(), shipped_.predictor);
  scores_ = CorrectedScores(scored().rows, settings_.size(), folds_);
  shipped_picks_.assign(settings_.size() * scored().rows, 0);
}

/// Answers random rows by the rule of the fit.
void Plan::answer(std::size_t first, std::size_t last) {
  const PlanData& data = scored();
  RowForecast forecast;
  for (std::size_t row = first; row < last; ++row) {
    forecast_row(fitted_.predictor, data.vector(row), forecast);
    const bool is_own = fit_ > 0 && fold_of_scored_[row] == fit_ - 1;
    for (std::size_t s = 0; s < settings_.size(); ++s) {
      const std::size_t pick = pick_model(data, forecast, settings_[s]);
      const std::size_t cell = row * data.models + pick;
      const Earned earned = {pick, values_.right[cell], values_.usd[cell]};
      if (fit_ > 0) {
        scores_.add_fold(fit_ - 1, is_own, row, s, earned);
        continue;
      }
      scores_.add_shipped(row, s, earned);
      shipped_picks_[s * data.rows + row] = static_cast<std::uint8_t>(pick);
    }
  }
}

void Plan::prepare_estimates() {
  ledger_ = make_ledger(scored(), scores_, values_);
  chosen_ = choose_plan(ledger_, sum_groups(ledger_), rules_);
}

Result<PlanNumbers> Plan::finish() {
  const auto [done, total] = step(0);
  if (done < total) {
    return invalid("the plan is not done: " + std::to_string(done) + " of " + std::to_string(total) + " steps");
  }
  if (!is_finished_) answer_shipped();
  const PlanData& data = scored();
  PlanNumbers out;
  out.rows = data.rows;
  out.groups = data.groups;
  out.chosen_rows = data_.rows - data.rows;
  out.has_costs = data.has_costs;
  out.measured.assign(data.models, 0);
  for (std::size_t i = 0; i < data.right.size(); ++i) {
    if (std::isnan(data.right[i])) continue;
    ++out.measured[i % data.models];
    out.graded = out.graded || (data.right[i] > 0 && data.right[i] < 1);
  }
  out.chosen = chosen_;
  out.predictor = kind_of(shipped_);
  add_curve(estimate(ledger_, sum_groups(ledger_), rules_, chosen_.baseline), out);
  out.mixtures = mix_singles(out.singles);
  add_proposed(out);
  add_families(out);
  return out;
}

Result<PromiseNumbers> Plan::promise(const PlanInput& test, std::span<const std::uint8_t> answered_by,
                                     const PromiseRules& rules) {
  if (!is_finished_) return invalid("the plan is not finished");
  const TestedRule rule = {&scored(), &found_, settings_, chosen_.baseline};
  Result<PromiseNumbers> tested = test_promise(test, answered_by, rule, rules);
  if (!tested.ok()) return tested;
  const std::optional<std::size_t> setting = tested.value().setting;
  shipped_.predictor = found_;
  shipped_.predictor.answer_value = setting ? settings_[*setting] : kMostAnswerValue;
  if (!setting) make_constant(shipped_, chosen_.baseline);
  return tested;
}

/// Settles the predictor that ships, and the families of the rows.
void Plan::answer_shipped() {
  is_finished_ = true;
  shipped_.predictor.answer_value = chosen_.setting ? settings_[*chosen_.setting] : kMostAnswerValue;
  const PlanData& data = scored();
  RowForecast forecast;
  for (std::size_t row = 0; row < data.rows; ++row) {
    forecast_row(shipped_.predictor, data.vector(row), forecast);
    row_families_.push_back(family_of(data, row, forecast.memberships));
  }
  found_ = shipped_.predictor;
  if (!chosen_.setting) make_constant(shipped_, chosen_.baseline);
}

/// Adds the settings and the models alone. Settings that earn the same as the one before are left out.
void Plan::add_curve(const std::vector<BoundedEstimate>& columns, PlanNumbers& out) const {
  const PlanData& data = scored();
  for (std::size_t s = 0; s < settings_.size(); ++s) {
    const Estimate& now = columns[s].value;
    const bool is_new = out.curve.empty() || now.right != out.curve.back().estimate.value.right ||
                        now.usd != out.curve.back().estimate.value.usd || s == chosen_.setting;
    if (!is_new) continue;
    std::vector<std::size_t> counts(data.models, 0);
    for (std::size_t row = 0; row < data.rows; ++row) ++counts[shipped_picks_[s * data.rows + row]];
    out.curve.push_back({settings_[s], columns[s], shares_of(counts)});
  }
  out.singles.assign(columns.begin() + static_cast<std::ptrdiff_t>(settings_.size()), columns.end());
}

void Plan::add_proposed(PlanNumbers& out) const {
  if (!chosen_.setting) {
    out.proposed = {kMostAnswerValue, out.singles[chosen_.baseline], {{chosen_.baseline, 1}}};
    return;
  }
  for (const PlanPoint& point : out.curve) {
    if (point.answer_value == settings_[*chosen_.setting]) out.proposed = point;
  }
}

void Plan::add_families(PlanNumbers& out) const {
  const PlanData& data = scored();
  std::vector<std::uint8_t> picks(data.rows, static_cast<std::uint8_t>(chosen_.baseline));
  std::vector<float> right;
  std::vector<float> usd;
  for (std::size_t row = 0; row < data.rows; ++row) {
    if (!chosen_.setting) {
      right.push_back(values_.right[row * data.models + chosen_.baseline]);
      usd.push_back(values_.usd[row * data.models + chosen_.baseline]);
      continue;
    }
    picks[row] = shipped_picks_[*chosen_.setting * data.rows + row];
    right.push_back(static_cast<float>(scores_.right(row, *chosen_.setting)));
    usd.push_back(static_cast<float>(scores_.usd(row, *chosen_.setting)));
  }
  out.families = tabulate_families(data, found_, values_, {row_families_, picks, right, usd, chosen_.baseline});
}

Result<FamilyFit> fit_families(const PlanInput& input, std::uint64_t seed) {
  const Result<PlanData> read = read_plan_data(input);
  if (!read.ok()) return read.error();
  const PlanData& data = read.value();
  LinearSpace space(data);
  for (std::size_t i = 0; i < LinearSpace::count_steps(data); ++i) space.step();
  std::vector<std::uint32_t> rows(data.rows);
  std::iota(rows.begin(), rows.end(), 0U);
  PredictorFit fit(data, space, std::move(rows), seed);
  for (std::size_t i = 0; i < PredictorFit::count_steps(data); ++i) fit.step();
  FamilyFit out;
  out.fitted = fit.finish();
  RowForecast forecast;
  for (std::size_t row = 0; row < data.rows; ++row) {
    forecast_row(out.fitted.predictor, data.vector(row), forecast);
    out.row_families.push_back(family_of(data, row, forecast.memberships));
  }
  return out;
}

}  // namespace signalbox
