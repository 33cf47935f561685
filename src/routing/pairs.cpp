#include "routing/pairs.h"

#include <algorithm>
#include <utility>

#include "index/means.h"
#include "routing/predictor.h"
#include "routing/random.h"

namespace signalbox {
namespace {

std::vector<float> gather_vectors(const PairSource& source, const std::vector<std::uint32_t>& rows) {
  const std::size_t dim = source.codes.dim;
  std::vector<float> out;
  out.reserve(rows.size() * dim);
  for (const std::uint32_t row : rows) {
    const auto v = source.embeddings.subspan(row * dim, dim);
    out.insert(out.end(), v.begin(), v.end());
  }
  return out;
}

/// [rows, rows] cosine similarities of a task's rows.
std::vector<double> similarities_within(const PairSource& source, const std::vector<std::uint32_t>& rows) {
  const std::vector<float> vectors = gather_vectors(source, rows);
  const CodeMatrix own = quantize(source.codes.type, vectors, source.codes.dim);
  return similarities(own.view(), prepare_queries(source.codes.type, vectors, source.codes.dim));
}

/// A task with what moving some of its samples back into the pool needs.
struct MovableTask : HeldOutTask {
  std::vector<double> within;  ///< Similarities of its rows; only where samples move.
};

/// Neighbours of sample i of the task once `moved` of its samples are back in the pool.
std::vector<Neighbour> with_moved(const MovableTask& task, std::size_t i, const std::vector<std::size_t>& moved,
                                  std::size_t k) {
  std::vector<Neighbour> near = task.outside[i];
  for (const std::size_t j : moved) near.push_back({task.rows[j], 1 - task.within[i * task.rows.size() + j]});
  std::sort(near.begin(), near.end(), [](const Neighbour& a, const Neighbour& b) {
    return a.cosine_distance != b.cosine_distance ? a.cosine_distance < b.cosine_distance : a.row < b.row;
  });
  if (near.size() > k) near.resize(k);
  return near;
}

void add_pair(const PairSource& source, const OutcomeView& outcomes, const MovableTask& task,
              const std::vector<std::size_t>& moved, TrainingPairs& out) {
  const std::size_t k = std::max(source.constants.k, source.constants.kappa);
  const Pool pool{outcomes, source.codes.rows, task.pool_means, nullptr};
  Prediction prediction;
  Agreement agreement(source.models);
  double distance = 0;
  std::size_t left = 0;
  std::vector<Neighbour> joined;
  for (std::size_t i = 0, next = 0; i < task.rows.size(); ++i) {
    if (next < moved.size() && moved[next] == i) {
      ++next;
      continue;
    }
    if (!moved.empty()) joined = with_moved(task, i, moved, k);
    const std::vector<Neighbour>& near = moved.empty() ? task.outside[i] : joined;
    distance += mean_distance(near, source.constants.kappa);
    predict_correctness(pool, near, source.constants.k, prediction);
    agreement.add(prediction, source.outcomes.subspan(task.rows[i] * source.models, source.models),
                  source.constants.threshold);
    ++left;
  }
  out.u.push_back(static_cast<float>(std::clamp(distance / static_cast<double>(left), 0.0, 2.0)));
  for (std::size_t m = 0; m < source.models; ++m) {
    out.p.push_back(agreement.judged[m] > 0 ? static_cast<float>(agreement.share(m)) : -1);
  }
}

/// Holds tasks out by searching the rest for each of them.
HoldOut hold_out_by_search(const PairSource& source, const OutcomeView& outcomes) {
  TaskTotals totals = total_outcomes(outcomes, source.row_tasks, source.tasks);
  return [&source, totals = std::move(totals)](std::size_t task) {
    HeldOutTask out;
    for (std::size_t row = 0; row < source.codes.rows; ++row) {
      if (source.row_tasks[row] == task) out.rows.push_back(static_cast<std::uint32_t>(row));
    }
    out.pool_rows = source.codes.rows - out.rows.size();
    out.pool_means = pool_means(totals, task);
    const QueryBlock queries = prepare_queries(source.codes.type, gather_vectors(source, out.rows), source.codes.dim);
    const std::size_t k = std::max(source.constants.k, source.constants.kappa);
    out.outside = find_nearest(source.codes, queries, k, {source.row_tasks, static_cast<std::uint16_t>(task)});
    return out;
  };
}

}  // namespace

TrainingPairs training_pairs(const PairSource& source, const PairPlan& plan) {
  const std::vector<std::uint8_t> measured = measured_bits(source.outcomes, source.models);
  return training_pairs(source, plan,
                        hold_out_by_search(source, outcome_view(source.outcomes, source.models, measured)));
}

TrainingPairs training_pairs(const PairSource& source, const PairPlan& plan, const HoldOut& hold_out) {
  TrainingPairs out;
  Random random(plan.seed);
  const std::vector<std::uint8_t> measured = measured_bits(source.outcomes, source.models);
  const OutcomeView outcomes = outcome_view(source.outcomes, source.models, measured);
  const bool moves = std::any_of(plan.alphas.begin(), plan.alphas.end(), [](double a) { return a > 0; });
  for (std::size_t z = 0; z < source.tasks; ++z) {
    MovableTask task{hold_out(z), {}};
    const std::size_t n = task.rows.size();
    if (n == 0 || task.pool_rows == 0) continue;
    if (moves) task.within = similarities_within(source, task.rows);
    for (const double alpha : plan.alphas) {
      const auto count = std::min(kMostMoved, static_cast<std::size_t>(alpha * static_cast<double>(n)));
      for (std::uint32_t repeat = 0; repeat < plan.repeats; ++repeat) {
        add_pair(source, outcomes, task, draw(random, n, count), out);
        if (count == 0) break;  // Without a draw every repeat is the same.
      }
    }
  }
  return out;
}

std::vector<float> mean_distances_within(const PairSource& source) {
  constexpr std::size_t kBlock = 256;
  const std::size_t dim = source.codes.dim;
  std::vector<float> out;
  out.reserve(source.codes.rows);
  for (std::size_t first = 0; first < source.codes.rows; first += kBlock) {
    const std::size_t count = std::min(kBlock, source.codes.rows - first);
    const QueryBlock queries =
        prepare_queries(source.codes.type, source.embeddings.subspan(first * dim, count * dim), dim);
    auto near = find_nearest(source.codes, queries, source.constants.kappa + std::size_t{1});
    for (std::size_t q = 0; q < count; ++q) {
      std::erase_if(near[q], [&](const Neighbour& n) { return n.row == first + q; });
      out.push_back(static_cast<float>(std::clamp(mean_distance(near[q], source.constants.kappa), 0.0, 2.0)));
    }
  }
  return out;
}

}  // namespace signalbox
