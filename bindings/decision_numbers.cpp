#include "decision_numbers.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "index/decimal.h"
#include "json.h"

namespace signalbox::bindings {
namespace {

constexpr std::array<std::string_view, 21> kHead = {"size",
                                                    "policy",
                                                    "model",
                                                    "bestSingleModel",
                                                    "challenger",
                                                    "confidence",
                                                    "challengerConfidence",
                                                    "fallbackReason",
                                                    "meanDistance",
                                                    "percentile",
                                                    "outOfCoverage",
                                                    "usdPerMTok",
                                                    "usdPerAnswer",
                                                    "inputs",
                                                    "labelled",
                                                    "tasks",
                                                    "families",
                                                    "kinds",
                                                    "taskWeights",
                                                    "ranking",
                                                    "neighbours"};
constexpr std::array<std::string_view, 7> kRanked = {"model", "pCorrect",   "low",         "high",
                                                     "votes", "usdPerMTok", "usdPerAnswer"};
constexpr std::array<std::string_view, 5> kRankedOfTask = {"s1", "s2", "s3", "p", "pMeasured"};
constexpr std::array<std::string_view, 6> kNeighbour = {"row",      "task",      "similarity",
                                                        "distance", "idAddress", "idBytes"};

/// The numbers of a decision, in the order of the layout; `size` of them.
class Numbers {
 public:
  explicit Numbers(std::size_t size) : out_(size), next_(out_.data()) {}

  template <typename... Values>
  void add(Values... values) {
    ((*next_++ = static_cast<double>(values)), ...);
  }
  void add_votes(const std::vector<TaskVote>& votes) {
    for (const TaskVote& vote : votes) add(vote.task, vote.weight);
  }
  [[nodiscard]] std::vector<double> take() { return std::move(out_); }

 private:
  std::vector<double> out_;
  double* next_;
};

void add_neighbour(const Index& index, const Neighbour& n, Numbers& out) {
  std::string_view id;
  if (index.sample_ids.size() > 0) id = index.sample_ids[n.row];
  out.add(n.row, index.row_tasks[n.row], 1 - n.cosine_distance, n.cosine_distance,
          reinterpret_cast<std::uintptr_t>(id.data()), id.size());
  for (std::size_t m = 0; m < index.models(); ++m) {
    out.add(index.outcomes.is_measured(n.row, m) ? shortest_decimal(index.outcomes.at(n.row, m)) : -1.0);
  }
}

template <std::size_t kSize>
Json list_of(const std::array<std::string_view, kSize>& names) {
  Json out = Json::array();
  for (const std::string_view name : names) out.push_back(name);
  return out;
}

}  // namespace

std::vector<double> decision_numbers(const Index& index, const std::vector<double>& prices, const Decision& d,
                                     bool of_task) {
  const std::size_t of_ranked = kRanked.size() + (of_task ? kRankedOfTask.size() : 0);
  const std::size_t of_neighbour = kNeighbour.size() + index.models();
  const std::size_t size = kHead.size() + 2 * (d.tasks.size() + d.families.size() + d.kinds.size()) +
                           d.task_weights.size() + of_ranked * d.ranking.size() + of_neighbour * d.neighbours.size() +
                           index.models();
  Numbers out(size);
  out.add(size, d.policy, d.model, d.best_single, d.challenger, d.confidence, d.challenger_confidence, d.fallback,
          d.mean_distance, d.percentile, d.out_of_coverage, prices[d.model], d.answer_costs[d.model], d.inputs,
          d.labelled, d.tasks.size(), d.families.size(), d.kinds.size(), d.task_weights.size(), d.ranking.size(),
          d.neighbours.size());
  out.add_votes(d.tasks);
  out.add_votes(d.families);
  out.add_votes(d.kinds);
  for (const double weight : d.task_weights) out.add(weight);
  for (const RankedModel& m : d.ranking) {
    out.add(m.model, m.score, m.interval.low, m.interval.high, m.votes, prices[m.model], d.answer_costs[m.model]);
    if (of_task) out.add(m.s1, m.s2, m.s3, m.p, m.p_measured);
  }
  for (const Neighbour& n : d.neighbours) add_neighbour(index, n, out);
  for (const Exclusion exclusion : d.exclusions) out.add(exclusion);
  return out.take();
}

std::string decision_layout() {
  Json policies = Json::array();
  for (std::size_t i = 0; i < kPolicyCount; ++i) policies.push_back(policy_name(static_cast<Policy>(i)));
  Json exclusions = Json::array();
  for (std::size_t i = 0; i < kExclusionCount; ++i) exclusions.push_back(exclusion_name(static_cast<Exclusion>(i)));
  return success(object({{"head", list_of(kHead)},
                         {"ranked", list_of(kRanked)},
                         {"rankedOfTask", list_of(kRankedOfTask)},
                         {"neighbour", list_of(kNeighbour)},
                         {"policies", std::move(policies)},
                         {"exclusionReasons", std::move(exclusions)}}));
}

}  // namespace signalbox::bindings
