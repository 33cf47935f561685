#include "evaluation/cascades.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "routing/random.h"

namespace signalbox {
namespace {

/// Returns P(the answer to a step is right | one of the answers before it is), by the law of total probability.
double chance_after_success(const CascadeStep& step) {
  if (!(step.reach < 1)) return step.p_correct;
  return std::clamp((step.p_correct - step.reach * step.p_if_reached) / (1 - step.reach), 0.0, 1.0);
}

/// The models that plans for a group of held-out rows may ask, and their joint failures on the known rows.
struct Askable {
  std::vector<std::size_t> order;
  std::vector<double> prices;  ///< [order]
  FailureTree tree;
};

/// Sums over rows, one for each judge and cost weight.
struct Sums {
  CascadePoint point;
  std::size_t costs_known = 0;
};

class Tally {
 public:
  Tally(const Benchmark& benchmark, const CascadeEvaluationOptions& options)
      : benchmark_(benchmark), options_(options), sums_(options.judges.size() * options.cost_weights.size()) {}

  void add(const HeldOutRows& group);
  [[nodiscard]] CascadeEvaluation finish() &&;

 private:
  [[nodiscard]] Askable askable_in(const HeldOutRows& group) const;
  [[nodiscard]] std::vector<double> chances_of(const HeldOutRows& group, std::size_t i, const Askable& models) const;
  void follow(std::uint32_t row, std::span<const CascadeStep> steps, const Judge& judge, Sums& sums) const;

  const Benchmark& benchmark_;
  const CascadeEvaluationOptions& options_;
  std::vector<Sums> sums_;
  CascadeEvaluation out_;
};

Askable Tally::askable_in(const HeldOutRows& group) const {
  Askable out;
  std::vector<double> prices(benchmark_.models, -1);
  for (const std::size_t m : options_.pool) {
    const bool is_known = !std::isnan(group.expected_costs[m]) && !std::isnan(group.known.means_over_tasks[m]);
    if (is_known) prices[m] = group.expected_costs[m];
  }
  out.order = cascade_models(group.known.means_over_tasks, prices);
  for (const std::size_t m : out.order) out.prices.push_back(prices[m]);
  if (out.order.empty()) return out;
  std::vector<float> outcomes;
  std::vector<std::uint16_t> tasks;
  for (std::size_t row = 0; row < benchmark_.rows(); ++row) {
    if (group.known.left_out[row] != 0) continue;
    append_outcomes(benchmark_.outcome_view(), row, out.order, outcomes);
    tasks.push_back(benchmark_.row_tasks[row]);
  }
  out.tree = count_failures(outcomes, out.order.size(), tasks, benchmark_.tasks(), options_.max_steps - 1, false);
  return out;
}

std::vector<double> Tally::chances_of(const HeldOutRows& group, std::size_t i, const Askable& models) const {
  const std::uint32_t row = group.rows[i];
  std::vector<Exclusion> exclusions(benchmark_.models, Exclusion::kNotACandidate);
  for (const std::size_t m : options_.pool) {
    if (!std::isnan(benchmark_.outcomes_of(row)[m])) exclusions[m] = Exclusion::kNone;
  }
  const InputEvidence evidence = evidence_of(benchmark_, group, i, exclusions, options_.k);
  const std::vector<double> predicted = forecast_input(Policy::kSignalbox, evidence).scores;
  std::span<const float> vector = evidence.vector;
  std::vector<float> outcomes;
  if (is_zero(vector)) {
    vector = {};
  } else {
    const std::size_t near = std::min<std::size_t>(options_.k, evidence.neighbours.size());
    for (const Neighbour& n : evidence.neighbours.first(near)) {
      append_outcomes(benchmark_.outcome_view(), n.row, models.order, outcomes);
    }
  }
  std::vector<double> expected;
  for (const std::size_t m : models.order) expected.push_back(predicted[m]);
  const FailureTree near = count_failures(outcomes, models.order.size(), {}, 1, options_.max_steps - 1, false);
  const std::vector<double> weights =
      row_weights(evidence.profiles, group.known.totals.rows, vector, benchmark_.mixture);
  return conditional_chances(models.tree, weights, near, expected, FailurePriors());
}

void Tally::follow(std::uint32_t row, std::span<const CascadeStep> steps, const Judge& judge, Sums& sums) const {
  Verdicts verdicts;
  double cost = 0;
  double kept = -1;  // Confidence of the answer to keep; its prediction and outcome follow.
  double kept_prediction = 0;
  double kept_outcome = 0;
  for (const CascadeStep& step : steps) {
    const std::size_t at = row * benchmark_.models + step.model;
    const auto outcome = static_cast<double>(benchmark_.outcomes[at]);
    cost += benchmark_.costs.empty() ? step.usd_per_mtok : static_cast<double>(benchmark_.costs[at]);
    const bool is_right = outcome > benchmark_.routing.threshold;
    const double draw = static_cast<double>(Random(options_.judge_seed + at).next() >> 11) * 0x1p-53;
    const bool accepted = draw < (is_right ? judge.sensitivity : 1 - judge.specificity);
    const double confidence = verdicts.confidence(step, accepted, judge);
    if (confidence > kept || (confidence == kept && step.p_correct > kept_prediction)) {
      kept = confidence;
      kept_prediction = step.p_correct;
      kept_outcome = outcome;
    }
    sums.point.asked += 1;
    if (!verdicts.add(step, confidence)) break;
  }
  sums.point.quality += kept_outcome;
  sums.point.expected_quality += steps.back().so_far.quality;
  sums.point.expected_cost += steps.back().so_far.usd_per_mtok;
  sums.point.cost += std::isnan(cost) ? 0 : cost;
  sums.costs_known += std::isnan(cost) ? 0 : 1;
}

void Tally::add(const HeldOutRows& group) {
  out_.duplicates_dropped += group.known.duplicates;
  const Askable models = askable_in(group);
  if (models.order.empty()) return;
  for (std::size_t i = 0; i < group.rows.size(); ++i) {
    const std::uint32_t row = group.rows[i];
    std::vector<double> prices = models.prices;
    for (std::size_t j = 0; j < prices.size(); ++j) {
      if (std::isnan(benchmark_.outcomes_of(row)[models.order[j]])) prices[j] = -1;
    }
    if (std::all_of(prices.begin(), prices.end(), [](double price) { return price < 0; })) continue;
    ++out_.rows;
    const std::vector<double> chances = chances_of(group, i, models);
    for (std::size_t w = 0; w < options_.cost_weights.size(); ++w) {
      const double weight = options_.cost_weights[w];
      const auto path = best_path(models.tree, chances, prices, {weight, -1, options_.max_steps});
      std::vector<CascadeStep> steps = steps_of(path, models.tree, chances, prices, weight);
      for (CascadeStep& step : steps) step.model = models.order[step.model];
      for (std::size_t j = 0; j < options_.judges.size(); ++j) {
        follow(row, steps, options_.judges[j], sums_[j * options_.cost_weights.size() + w]);
      }
    }
  }
}

CascadeEvaluation Tally::finish() && {
  const auto ratio = [](double sum, std::size_t count) {
    return count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
  };
  const std::size_t weights = options_.cost_weights.size();
  for (std::size_t j = 0; j < options_.judges.size(); ++j) {
    std::vector<CascadePoint>& curve = out_.curves.emplace_back();
    for (std::size_t w = 0; w < weights; ++w) {
      const Sums& s = sums_[j * weights + w];
      curve.push_back({options_.cost_weights[w], ratio(s.point.quality, out_.rows), ratio(s.point.cost, s.costs_known),
                       ratio(s.point.asked, out_.rows), ratio(s.point.expected_quality, out_.rows),
                       ratio(s.point.expected_cost, out_.rows)});
    }
  }
  return std::move(out_);
}

}  // namespace

double Verdicts::chance(const CascadeStep& step) const {
  return all_wrong_ * step.p_if_reached + (1 - all_wrong_) * chance_after_success(step);
}

double Verdicts::confidence(const CascadeStep& step, bool accepted, const Judge& judge) const {
  const double prior = chance(step);
  const double right = prior * (accepted ? judge.sensitivity : 1 - judge.sensitivity);
  const double wrong = (1 - prior) * (accepted ? 1 - judge.specificity : judge.specificity);
  if (right + wrong > 0) return right / (right + wrong);
  return accepted ? 1 : 0;  // A judge that never errs says what seemed impossible.
}

bool Verdicts::add(const CascadeStep& step, double confidence) {
  const double both = all_wrong_ * (1 - step.p_if_reached);
  const double this_wrong = both + (1 - all_wrong_) * (1 - chance_after_success(step));
  if (this_wrong > 0) all_wrong_ = both / this_wrong;
  all_wrong_ *= 1 - confidence;
  return 1 - all_wrong_ < step.threshold;
}

Result<CascadeEvaluation> evaluate_cascades(const Benchmark& benchmark, const NeighbourLists& lists,
                                            const CascadeEvaluationOptions& options) {
  if (Status failed = check_pools(benchmark, lists, {&options.pool, 1})) return *failed;
  Tally tally(benchmark, options);
  const std::size_t k = std::max<std::size_t>(options.k, least_neighbours(benchmark));
  for_each_group(benchmark, lists, options, k, [&](const HeldOutRows& group) { tally.add(group); });
  return std::move(tally).finish();
}

}  // namespace signalbox
