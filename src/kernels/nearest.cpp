#include "kernels/nearest.h"

#include <algorithm>

#include "kernels/dot.h"

namespace signalbox {
namespace {

/// Size of a tile of rows. It stays in the first-level cache while every query of the group visits it.
constexpr std::size_t kTileBytes = 16 * 1024;
constexpr std::size_t kQueryGroup = 64;

std::size_t tile_rows(const CodeView& rows) {
  return std::max<std::size_t>(2, kTileBytes / std::max<std::size_t>(rows.stride, 1) / 2 * 2);
}

struct Candidate {
  double key;
  std::uint32_t row;
};

/// Orders the better candidate first: larger key, then lower row.
bool is_better(const Candidate& a, const Candidate& b) { return a.key > b.key || (a.key == b.key && a.row < b.row); }

/// Keeps the k best candidates so far in a heap with the worst at the front.
class TopK {
 public:
  explicit TopK(std::size_t k) : k_(k) { heap_.reserve(k); }

  /// Cheap test before `push`. A tie with the worst candidate cannot enter, because rows come in ascending order.
  [[nodiscard]] bool may_enter(double key) const { return heap_.size() < k_ || key > heap_.front().key; }

  void push(Candidate c) {
    if (heap_.size() < k_) {
      heap_.push_back(c);
      std::push_heap(heap_.begin(), heap_.end(), is_better);
      return;
    }
    std::pop_heap(heap_.begin(), heap_.end(), is_better);
    heap_.back() = c;
    std::push_heap(heap_.begin(), heap_.end(), is_better);
  }

  [[nodiscard]] std::vector<Neighbour> take(double inverse_norm) {
    std::sort_heap(heap_.begin(), heap_.end(), is_better);
    std::vector<Neighbour> out;
    out.reserve(heap_.size());
    for (const Candidate& c : heap_) out.push_back({c.row, 1 - std::clamp(c.key * inverse_norm, -1.0, 1.0)});
    return out;
  }

 private:
  std::size_t k_;
  std::vector<Candidate> heap_;
};

}  // namespace

std::vector<std::vector<Neighbour>> find_nearest(const CodeView& rows, const QueryBlock& queries, std::size_t k,
                                                 const RowFilter& filter) {
  k = std::min(k, rows.rows);
  std::vector<TopK> best(queries.count, TopK(k));
  if (k > 0) {
    const std::size_t step = tile_rows(rows);
    std::vector<double> keys(step * std::min(kQueryGroup, std::max<std::size_t>(queries.count, 1)));
    for (std::size_t group = 0; group < queries.count; group += kQueryGroup) {
      const std::size_t count = std::min(kQueryGroup, queries.count - group);
      for (std::size_t first = 0; first < rows.rows; first += step) {
        const std::size_t last = std::min(rows.rows, first + step);
        score_tile(rows, first, last, queries, group, count, keys.data());
        for (std::size_t q = 0; q < count; ++q) {
          TopK& top = best[group + q];
          for (std::size_t row = first; row < last; ++row) {
            const double key = keys[(row - first) * count + q];
            if (top.may_enter(key) && filter.passes(row)) top.push({key, static_cast<std::uint32_t>(row)});
          }
        }
      }
    }
  }
  std::vector<std::vector<Neighbour>> out;
  out.reserve(queries.count);
  for (std::size_t q = 0; q < queries.count; ++q) out.push_back(best[q].take(queries.inverse_norms[q]));
  return out;
}

std::vector<double> similarities(const CodeView& rows, const QueryBlock& queries) {
  std::vector<double> keys(rows.rows * queries.count);
  score_tile(rows, 0, rows.rows, queries, 0, queries.count, keys.data());
  std::vector<double> out(keys.size());
  for (std::size_t r = 0; r < rows.rows; ++r) {
    for (std::size_t q = 0; q < queries.count; ++q) {
      out[q * rows.rows + r] = std::clamp(keys[r * queries.count + q] * queries.inverse_norms[q], -1.0, 1.0);
    }
  }
  return out;
}

}  // namespace signalbox
