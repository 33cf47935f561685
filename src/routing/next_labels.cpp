#include "routing/next_labels.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "routing/ordering.h"
#include "routing/random.h"

namespace signalbox {
namespace {

/// A set of candidates of a share of the first one, until so many rows of its D(S) are labelled.
struct Step {
  double share;
  std::size_t labels;
};
constexpr std::array<Step, 4> kSteps = {{{1, 5}, {.6, 10}, {.4, 20}, {.25, 0}}};

std::size_t size_of(const Step& step, std::size_t first) {
  const auto size = static_cast<std::size_t>(std::floor(step.share * static_cast<double>(first) + .5));
  return std::min(first, std::max(kFewestCandidates, size));
}

LabelMeans no_evidence(std::size_t models) {
  return {std::vector<double>(models, 0), std::vector<double>(models, 0), std::vector<double>(models, 0), false};
}

/// Returns the models that may be in a set: those that are not excluded and, with answers, have one.
std::vector<std::size_t> eligible(const AnswerGroups& answers, std::span<const Exclusion> exclusions) {
  std::vector<std::uint8_t> answered(exclusions.size(), answers.known() ? 0 : 1);
  for (std::size_t i = 0; i < answers.groups.size(); ++i) {
    if (answers.groups[i] >= 0) answered[i % answers.models] = 1;
  }
  std::vector<std::size_t> out;
  for (std::size_t m = 0; m < exclusions.size(); ++m) {
    if (exclusions[m] == Exclusion::kNone && answered[m] != 0) out.push_back(m);
  }
  return out;
}

/// Returns the `count` best of some models, best first; ties to the lower model.
std::vector<std::size_t> best_of(const std::vector<std::size_t>& models, const std::vector<double>& scores,
                                 std::size_t count) {
  std::vector<Keyed> order;
  order.reserve(models.size());
  for (const std::size_t m : models) order.push_back({-scores[m], static_cast<double>(m), m});
  sort_keyed(order);
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < std::min(count, order.size()); ++i) out.push_back(order[i].place);
  return out;
}

/// Returns whether the answers of some models to a row are not all known and equal.
bool disagree(const AnswerGroups& answers, std::size_t row, const std::vector<std::size_t>& models) {
  if (!answers.known()) return true;
  const auto of_row = answers.groups.subspan(row * answers.models, answers.models);
  const std::int32_t first = of_row[models.front()];
  return first < 0 || std::any_of(models.begin(), models.end(), [&](std::size_t m) { return of_row[m] != first; });
}

/// Narrows step by step.
class Narrowing {
 public:
  Narrowing(const AnswerGroups& answers, std::size_t rows, const Labels& labels, std::span<const Exclusion> exclusions,
            const MixtureConstants& constants)
      : answers_(answers),
        rows_(rows),
        labels_(labels),
        constants_(constants),
        evidence_(no_evidence(exclusions.size())) {}

  /// Looks at a set, whose models have been in all earlier ones: its D(S), and what the labels there say.
  void enter(const std::vector<std::size_t>& models) {
    set_.models = models;
    set_.disagrees.assign(rows_, 0);
    set_.graded.assign(rows_, 0);
    set_.disagreeing = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      if (!disagree(answers_, row, models)) continue;
      set_.disagrees[row] = 1;
      ++set_.disagreeing;
    }
    add_evidence(outcomes_in_set());
  }

  [[nodiscard]] std::size_t labelled() const { return set_.labelled; }

  /// Returns the evidence so far, relative to the mean of all models that have any.
  [[nodiscard]] LabelMeans means() const {
    LabelMeans out = evidence_;
    double total = 0;
    double centre = 0;
    for (std::size_t m = 0; m < out.counts.size(); ++m) {
      total += out.counts[m];
      centre += out.counts[m] * out.relative[m];
    }
    for (std::size_t m = 0; m < out.counts.size(); ++m) {
      if (out.counts[m] > 0) out.relative[m] -= centre / total;
    }
    return out;
  }

  [[nodiscard]] CandidateSet take() {
    set_.means = means();
    return std::move(set_);
  }

 private:
  /// Marks the graded rows; returns the outcomes of the labels in D(S), [labels, models], NaN outside S.
  std::vector<float> outcomes_in_set() {
    const std::size_t models = evidence_.counts.size();
    std::vector<float> out;
    set_.labelled = 0;
    for (std::size_t label = 0; label < labels_.inputs.size(); ++label) {
      const std::size_t row = labels_.inputs[label];
      std::vector<float> of_label(models, std::nanf(""));
      for (const std::size_t m : set_.models) {
        of_label[m] = labels_.outcomes[label * models + m];
        if (!std::isnan(of_label[m])) set_.graded[row] = 1;
      }
      if (set_.graded[row] == 0 || set_.disagrees[row] == 0) continue;
      ++set_.labelled;
      out.insert(out.end(), of_label.begin(), of_label.end());
    }
    return out;
  }

  /// Replaces the evidence of the models in S by that of the outcomes in D(S). Earlier evidence becomes relative to S,
  /// too, so that models that left earlier can be compared with those that stayed.
  void add_evidence(const std::vector<float>& outcomes) {
    if (set_.labelled == 0) return;
    std::vector<Exclusion> outside(evidence_.counts.size(), Exclusion::kNotACandidate);
    for (const std::size_t m : set_.models) outside[m] = Exclusion::kNone;
    const LabelMeans in_set = label_means(outcomes, outside, constants_);
    const double share = static_cast<double>(set_.disagreeing) / static_cast<double>(rows_);
    double total = 0;
    double before = 0;
    for (const std::size_t m : set_.models) {
      total += in_set.counts[m];
      before += in_set.counts[m] * evidence_.relative[m];
    }
    for (double& x : evidence_.relative) x -= before / total;
    for (const std::size_t m : set_.models) {
      if (!(in_set.counts[m] > 0)) continue;
      evidence_.counts[m] = in_set.counts[m] / share;
      evidence_.relative[m] = in_set.relative[m] * share;
    }
  }

  const AnswerGroups& answers_;
  std::size_t rows_;
  const Labels& labels_;
  const MixtureConstants& constants_;
  CandidateSet set_;
  LabelMeans evidence_;
};

}  // namespace

CandidateSet narrow_candidates(const AnswerGroups& answers, std::size_t rows, const Labels& labels,
                               std::span<const Exclusion> exclusions, const LabelForecast& forecast,
                               const MixtureConstants& constants) {
  Narrowing narrowing(answers, rows, labels, exclusions, constants);
  std::vector<std::size_t> models = eligible(answers, exclusions);
  if (models.empty()) return {};
  models = best_of(models, forecast(no_evidence(exclusions.size())), kFirstCandidates);
  const std::size_t first = models.size();
  for (std::size_t step = 0;; ++step) {
    narrowing.enter(models);
    const std::vector<double> scores = forecast(narrowing.means());
    const bool ends = step + 1 == kSteps.size() || narrowing.labelled() < kSteps[step].labels;
    models = best_of(models, scores, ends ? models.size() : size_of(kSteps[step + 1], first));
    if (!ends) continue;
    CandidateSet out = narrowing.take();
    out.models = models;
    return out;
  }
}

NextRows choose_next(const CandidateSet& set, std::size_t n, std::uint64_t seed) {
  std::vector<std::size_t> free;
  for (std::size_t row = 0; row < set.disagrees.size(); ++row) {
    if (set.disagrees[row] != 0 && set.graded[row] == 0) free.push_back(row);
  }
  NextRows out;
  out.left = free.size();
  // With other labels the rest is drawn anew, not from the same places.
  Random random(Random(seed + set.labelled).next());
  const std::size_t count = std::min(n, free.size());
  for (std::size_t i = 0; i < count; ++i) std::swap(free[i], free[i + random.below(free.size() - i)]);
  free.resize(count);
  out.rows = std::move(free);
  return out;
}

}  // namespace signalbox
