#include "routing/pairs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/nearest.h"
#include "routing/predictor.h"

namespace signalbox {
namespace {

/// SplitMix64 (Steele, Lea and Flood 2014): the same draws on every platform, unlike the standard distributions.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::size_t below(std::size_t bound) {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return static_cast<std::size_t>((z ^ (z >> 31)) % bound);  // The bias is below bound / 2^64.
  }

 private:
  std::uint64_t state_;
};

/// `count` of the numbers 0..n-1, in ascending order (partial Fisher-Yates shuffle).
std::vector<std::size_t> draw(Random& random, std::size_t n, std::size_t count) {
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (std::size_t i = 0; i < count; ++i) std::swap(all[i], all[i + random.below(n - i)]);
  all.resize(count);
  std::sort(all.begin(), all.end());
  return all;
}

struct HeldOutTask {
  std::vector<std::uint32_t> rows;
  std::vector<std::vector<Neighbour>> outside;  ///< [rows] nearest rows of other tasks.
  std::vector<double> within;                   ///< [rows, rows] cosine similarity; only where samples move.
  std::vector<double> pool_means;               ///< [models] mean outcome outside the task; NaN without any.
};

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

HeldOutTask hold_out(const PairSource& source, std::size_t task, bool moves) {
  HeldOutTask out;
  std::vector<double> sums(source.models, 0);
  std::vector<std::size_t> counts(source.models, 0);
  for (std::size_t row = 0; row < source.codes.rows; ++row) {
    if (source.row_tasks[row] == task) {
      out.rows.push_back(static_cast<std::uint32_t>(row));
      continue;
    }
    for (std::size_t m = 0; m < source.models; ++m) {
      const float y = source.outcomes[row * source.models + m];
      if (std::isnan(y)) continue;
      sums[m] += static_cast<double>(y);
      ++counts[m];
    }
  }
  out.pool_means.resize(source.models);
  for (std::size_t m = 0; m < source.models; ++m) out.pool_means[m] = sums[m] / static_cast<double>(counts[m]);
  const std::vector<float> vectors = gather_vectors(source, out.rows);
  const QueryBlock queries = prepare_queries(source.codes.type, vectors, source.codes.dim);
  const std::size_t k = std::max(source.constants.k, source.constants.kappa);
  out.outside = find_nearest(source.codes, queries, k, {source.row_tasks, static_cast<std::uint16_t>(task)});
  if (moves) {
    const CodeMatrix own = quantize(source.codes.type, vectors, source.codes.dim);
    out.within = similarities(own.view(), queries);
  }
  return out;
}

/// Neighbours of sample i of the task once `moved` of its samples are back in the pool.
std::vector<Neighbour> with_moved(const HeldOutTask& task, std::size_t i, const std::vector<std::size_t>& moved,
                                  std::size_t k) {
  std::vector<Neighbour> near = task.outside[i];
  for (const std::size_t j : moved) near.push_back({task.rows[j], 1 - task.within[i * task.rows.size() + j]});
  std::sort(near.begin(), near.end(), [](const Neighbour& a, const Neighbour& b) {
    return a.cosine_distance != b.cosine_distance ? a.cosine_distance < b.cosine_distance : a.row < b.row;
  });
  if (near.size() > k) near.resize(k);
  return near;
}

/// How often gbar of each model agrees with its outcome on one judged sample.
void judge(const PairSource& source, const HeldOutTask& task, std::span<const Neighbour> near, std::size_t row,
           std::vector<std::size_t>& agreed, std::vector<std::size_t>& judged) {
  const double threshold = source.constants.threshold;
  const auto votes = near.first(std::min<std::size_t>(source.constants.k, near.size()));
  for (std::size_t m = 0; m < source.models; ++m) {
    const float y = source.outcomes[row * source.models + m];
    if (std::isnan(y)) continue;
    double sum = 0;
    std::size_t count = 0;
    for (const Neighbour& n : votes) {
      const float vote = source.outcomes[n.row * source.models + m];
      if (std::isnan(vote)) continue;
      sum += static_cast<double>(vote);
      ++count;
    }
    const double g = count > 0 ? sum / static_cast<double>(count) : task.pool_means[m];
    ++judged[m];
    agreed[m] += (g > threshold) == (static_cast<double>(y) > threshold) ? 1 : 0;
  }
}

void add_pair(const PairSource& source, const HeldOutTask& task, const std::vector<std::size_t>& moved,
              TrainingPairs& out) {
  const std::size_t k = std::max(source.constants.k, source.constants.kappa);
  std::vector<std::size_t> agreed(source.models, 0);
  std::vector<std::size_t> judged(source.models, 0);
  double distance = 0;
  std::size_t left = 0;
  for (std::size_t i = 0, next = 0; i < task.rows.size(); ++i) {
    if (next < moved.size() && moved[next] == i) {
      ++next;
      continue;
    }
    const std::vector<Neighbour> near = moved.empty() ? task.outside[i] : with_moved(task, i, moved, k);
    distance += mean_distance(near, source.constants.kappa);
    judge(source, task, near, task.rows[i], agreed, judged);
    ++left;
  }
  out.u.push_back(static_cast<float>(std::clamp(distance / static_cast<double>(left), 0.0, 2.0)));
  for (std::size_t m = 0; m < source.models; ++m) {
    const double p = judged[m] > 0 ? static_cast<double>(agreed[m]) / static_cast<double>(judged[m]) : -1;
    out.p.push_back(static_cast<float>(p));
  }
}

}  // namespace

TrainingPairs training_pairs(const PairSource& source, const PairPlan& plan) {
  TrainingPairs out;
  Random random(plan.seed);
  const bool moves = std::any_of(plan.alphas.begin(), plan.alphas.end(), [](double a) { return a > 0; });
  for (std::size_t task = 0; task < source.tasks; ++task) {
    const HeldOutTask held_out = hold_out(source, task, moves);
    const std::size_t n = held_out.rows.size();
    if (n == 0 || n == source.codes.rows) continue;
    for (const double alpha : plan.alphas) {
      const auto count = std::min(kMostMoved, static_cast<std::size_t>(alpha * static_cast<double>(n)));
      for (std::uint32_t repeat = 0; repeat < plan.repeats; ++repeat) {
        add_pair(source, held_out, draw(random, n, count), out);
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
