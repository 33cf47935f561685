#include "evaluation/instances.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "routing/choice.h"

namespace signalbox {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Adds up the report over all rows.
class Tally {
 public:
  Tally(const Benchmark& benchmark, const InstanceOptions& options)
      : benchmark_(benchmark), options_(options), sums_(options.cost_weights.size()) {}

  void add(const HeldOutRows& group, std::size_t i);
  [[nodiscard]] InstanceEvaluation finish() &&;

 private:
  /// Sums of one cost weight.
  struct Sums {
    double quality = 0, cost = 0, params = 0;
    std::size_t costs_known = 0, params_known = 0;
  };

  void calibrate(const std::vector<double>& predicted, std::span<const float> outcomes,
                 std::span<const Exclusion> exclusions);
  void spend(const HeldOutRows& group, std::uint32_t row, const std::vector<double>& predicted,
             std::span<const Exclusion> exclusions);

  const Benchmark& benchmark_;
  const InstanceOptions& options_;
  InstanceEvaluation out_;
  std::vector<Sums> sums_;
  double squared_ = 0;
};

void Tally::add(const HeldOutRows& group, std::size_t i) {
  const std::uint32_t row = group.rows[i];
  const std::span<const float> outcomes = benchmark_.outcomes_of(row);
  std::vector<Exclusion> exclusions(benchmark_.models, Exclusion::kNotACandidate);
  for (const std::size_t m : options_.pool) {
    exclusions[m] = std::isnan(outcomes[m]) ? Exclusion::kNoOutcomes : Exclusion::kNone;
  }
  const InputEvidence evidence = evidence_of(benchmark_, group, i, exclusions, options_.k);
  const Forecast forecast = forecast_input(options_.policy, evidence);
  const Choice choice = choose(forecast, {});
  if (choice.model == kNoModel) return;
  const std::vector<double>& predicted = forecast.scores;
  double oracle = 0;
  for (std::size_t m = 0; m < benchmark_.models; ++m) {
    if (exclusions[m] == Exclusion::kNone) oracle = std::max(oracle, static_cast<double>(outcomes[m]));
  }
  const std::size_t pick = choice.model;
  const double distance = is_zero(evidence.vector) ? 1 : mean_distance(evidence.neighbours, benchmark_.routing.kappa);
  out_.instances.push_back({row,
                            pick,
                            static_cast<double>(outcomes[pick]),
                            static_cast<double>(outcomes[choice.best_single]),
                            oracle,
                            distance,
                            predicted[pick],
                            {}});
  calibrate(predicted, outcomes, exclusions);
  spend(group, row, predicted, exclusions);
}

void Tally::calibrate(const std::vector<double>& predicted, std::span<const float> outcomes,
                      std::span<const Exclusion> exclusions) {
  for (std::size_t m = 0; m < predicted.size(); ++m) {
    if (exclusions[m] != Exclusion::kNone || std::isnan(predicted[m])) continue;
    const auto y = static_cast<double>(outcomes[m]);
    const auto i = static_cast<std::size_t>(predicted[m] * static_cast<double>(kCalibrationBins));
    CalibrationBin& bin = out_.bins[std::min(i, kCalibrationBins - 1)];
    ++bin.count;
    bin.predicted += predicted[m];
    bin.outcome += y;
    squared_ += (predicted[m] - y) * (predicted[m] - y);
  }
}

void Tally::spend(const HeldOutRows& group, std::uint32_t row, const std::vector<double>& predicted,
                  std::span<const Exclusion> exclusions) {
  const std::size_t models = benchmark_.models;
  std::vector<double> worth(models);
  for (std::size_t w = 0; w < sums_.size(); ++w) {
    const double weight = options_.cost_weights[w];
    for (std::size_t m = 0; m < models; ++m) {
      worth[m] = weight > 0 ? predicted[m] - weight * group.expected_costs[m] : predicted[m];
    }
    std::size_t pick = best_allowed(worth, exclusions);
    if (pick == models) pick = out_.instances.back().pick;  // No cost is known: the policy's own choice.
    out_.instances.back().frontier_picks.push_back(pick);
    const ModelNumbers& numbers = benchmark_.model_numbers[pick];
    const double cost =
        benchmark_.costs.empty() ? price_or_nan(numbers) : static_cast<double>(benchmark_.costs[row * models + pick]);
    Sums& sums = sums_[w];
    sums.quality += static_cast<double>(benchmark_.outcomes[row * models + pick]);
    sums.cost += std::isnan(cost) ? 0 : cost;
    sums.costs_known += std::isnan(cost) ? 0 : 1;
    sums.params += numbers.params_b < 0 ? 0 : numbers.params_b;
    sums.params_known += numbers.params_b < 0 ? 0 : 1;
  }
}

InstanceEvaluation Tally::finish() && {
  const auto ratio = [](double sum, std::size_t count) { return count > 0 ? sum / static_cast<double>(count) : kNan; };
  std::size_t count = 0;
  for (const CalibrationBin& bin : out_.bins) count += bin.count;
  for (CalibrationBin& bin : out_.bins) {
    out_.ece += count > 0 ? std::abs(bin.predicted - bin.outcome) / static_cast<double>(count) : 0;
    bin.predicted = ratio(bin.predicted, bin.count);
    bin.outcome = ratio(bin.outcome, bin.count);
  }
  out_.brier = ratio(squared_, count);
  for (std::size_t w = 0; w < sums_.size(); ++w) {
    const Sums& s = sums_[w];
    out_.frontier.push_back({options_.cost_weights[w], ratio(s.quality, out_.instances.size()),
                             ratio(s.cost, s.costs_known), ratio(s.params, s.params_known)});
  }
  // A row is held out once: placing the instances by their rows sorts them.
  std::vector<const Instance*> by_row(benchmark_.rows(), nullptr);
  for (const Instance& instance : out_.instances) by_row[instance.row] = &instance;
  std::vector<Instance> ordered;
  ordered.reserve(out_.instances.size());
  for (const Instance* instance : by_row) {
    if (instance != nullptr) ordered.push_back(*instance);
  }
  out_.instances = std::move(ordered);
  return std::move(out_);
}

}  // namespace

Result<InstanceEvaluation> evaluate_instances(const Benchmark& benchmark, const NeighbourLists& lists,
                                              const InstanceOptions& options) {
  if (Status failed = check_pools(benchmark, lists, {&options.pool, 1})) return *failed;
  if (Status failed = check_applies(options.policy, Scope::kSingleRows)) return *failed;
  const std::size_t k = std::max<std::size_t>(options.k, least_neighbours(benchmark));
  Tally tally(benchmark, options);
  std::size_t duplicates = 0;
  for_each_group(benchmark, lists, options, k, [&](const HeldOutRows& group) {
    duplicates += group.known.duplicates;
    for (std::size_t i = 0; i < group.rows.size(); ++i) tally.add(group, i);
  });
  InstanceEvaluation out = std::move(tally).finish();
  out.duplicates_dropped = duplicates;
  return out;
}

}  // namespace signalbox
