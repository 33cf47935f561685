#include "routing/joint_failures.h"

#include <algorithm>
#include <cmath>

namespace signalbox {
namespace {

/// A row on which a prefix failed; graded outcomes make failures partial.
struct FailedRow {
  std::uint32_t row = 0;
  double wrong = 1;
};

class Counter {
 public:
  Counter(std::span<const float> outcomes, std::span<const std::uint16_t> groups, std::size_t longest, bool chain,
          FailureTree& tree)
      : outcomes_(outcomes), groups_(groups), longest_(longest), chain_(chain), tree_(tree) {}

  void visit(const Prefix& prefix, const std::vector<FailedRow>& rows);

 private:
  [[nodiscard]] double outcome(std::uint32_t row, std::size_t model) const {
    return static_cast<double>(outcomes_[row * tree_.models + model]);
  }
  void count(std::size_t first_model, const std::vector<FailedRow>& rows);

  std::span<const float> outcomes_;
  std::span<const std::uint16_t> groups_;
  std::size_t longest_;
  bool chain_;
  FailureTree& tree_;
};

void Counter::count(std::size_t first_model, const std::vector<FailedRow>& rows) {
  const std::size_t offset = tree_.wrong.size();
  tree_.wrong.resize(offset + tree_.groups * tree_.models, 0);
  tree_.right.resize(offset + tree_.groups * tree_.models, 0);
  for (const FailedRow& r : rows) {
    const std::size_t at = offset + (groups_.empty() ? 0 : groups_[r.row]) * tree_.models;
    double* wrong = tree_.wrong.data() + at;
    double* right = tree_.right.data() + at;
    const float* outcomes = outcomes_.data() + r.row * tree_.models;
    for (std::size_t m = first_model; m < tree_.models; ++m) {
      const auto y = static_cast<double>(outcomes[m]);
      if (std::isnan(y)) continue;
      wrong[m] += r.wrong;
      right[m] += r.wrong * y;
    }
  }
}

void Counter::visit(const Prefix& prefix, const std::vector<FailedRow>& rows) {
  const std::size_t self = tree_.prefixes.size();
  tree_.prefixes.push_back(prefix);
  count(prefix.next(), rows);
  if (prefix.length == longest_) return;
  const std::size_t end = chain_ ? std::min(prefix.next() + 1, tree_.models) : tree_.models;
  for (std::size_t m = prefix.next(); m < end; ++m) {
    std::vector<FailedRow> failed;
    for (const FailedRow& r : rows) {
      const double wrong = r.wrong * (1 - outcome(r.row, m));
      if (wrong > 0) failed.push_back({r.row, wrong});  // False for NaN.
    }
    visit({self, m, prefix.length + 1}, failed);
  }
}

}  // namespace

FailureTree count_failures(std::span<const float> outcomes, std::size_t models, std::span<const std::uint16_t> groups,
                           std::size_t group_count, std::size_t longest, bool chain) {
  FailureTree out;
  out.models = models;
  out.groups = group_count;
  std::vector<FailedRow> rows(outcomes.size() / models);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].row = static_cast<std::uint32_t>(i);
  Counter(outcomes, groups, longest, chain, out).visit({}, rows);
  return out;
}

std::vector<double> conditional_chances(const FailureTree& benchmark, std::span<const double> group_weights,
                                        const FailureTree& near, std::span<const double> predicted,
                                        const FailurePriors& priors) {
  const std::size_t models = benchmark.models;
  std::vector<double> out(benchmark.prefixes.size() * models, 0);
  std::vector<double> shares(models, 0);  // Shares of right answers among all rows, as at the root.
  for (std::size_t i = 0; i < benchmark.prefixes.size(); ++i) {
    for (std::size_t m = benchmark.prefixes[i].next(); m < models; ++m) {
      double wrong = 0;
      double right = 0;
      double squared = 0;
      for (std::size_t g = 0; g < benchmark.groups; ++g) {
        const std::size_t at = (i * benchmark.groups + g) * models + m;
        wrong += group_weights[g] * benchmark.wrong[at];
        right += group_weights[g] * benchmark.right[at];
        squared += group_weights[g] * group_weights[g] * benchmark.wrong[at];
      }
      if (i == 0) shares[m] = wrong > 0 ? right / wrong : 0;
      double prior = predicted[m];
      if (i > 0 && wrong > 0 && shares[m] > 0) {
        const double n = wrong * wrong / squared;
        prior *= (n * right / wrong + priors.rows * shares[m]) / ((n + priors.rows) * shares[m]);
      }
      const std::size_t at = i * models + m;
      out[at] = (priors.neighbours * std::min(1.0, prior) + near.right[at]) / (priors.neighbours + near.wrong[at]);
    }
  }
  return out;
}

}  // namespace signalbox
