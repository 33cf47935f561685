#include "kernels/nearest.h"

#include <algorithm>
#include <bit>

#include "kernels/dot.h"
#include "kernels/scan.h"
#include "kernels/sketch.h"

namespace signalbox {
namespace {

/// Size of a tile of rows. It stays in the first-level cache while every query of the group visits it.
constexpr std::size_t kTileBytes = 16 * 1024;
constexpr std::size_t kQueryGroup = 64;

std::size_t tile_rows(const CodeView& rows) {
  return std::max<std::size_t>(4, kTileBytes / std::max<std::size_t>(rows.stride, 1) / 4 * 4);
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

  [[nodiscard]] bool is_full() const { return heap_.size() == k_; }
  /// Returns the key of the worst candidate; needs one.
  [[nodiscard]] double worst() const { return heap_.front().key; }

  void push(Candidate c) {
    if (heap_.size() < k_) {
      heap_.push_back(c);
      std::push_heap(heap_.begin(), heap_.end(), is_better);
      return;
    }
    replace_worst(c);
  }

  [[nodiscard]] std::vector<Neighbour> take(double inverse_norm) {
    std::sort_heap(heap_.begin(), heap_.end(), is_better);
    std::vector<Neighbour> out;
    out.reserve(heap_.size());
    for (const Candidate& c : heap_) out.push_back({c.row, 1 - std::clamp(c.key * inverse_norm, -1.0, 1.0)});
    return out;
  }

 private:
  /// Puts a candidate in the place of the worst one. One walk down: std::pop_heap and std::push_heap would take two.
  void replace_worst(Candidate c) {
    Candidate* heap = heap_.data();
    std::size_t at = 0;
    for (std::size_t child = 1; child < k_; child = 2 * at + 1) {
      if (child + 1 < k_ && is_better(heap[child], heap[child + 1])) ++child;
      if (!is_better(c, heap[child])) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = c;
  }

  std::size_t k_;
  std::vector<Candidate> heap_;
};

/// Offers the rows to the best of some queries; returns the bytes that were read.
std::uint64_t scan_all(const CodeView& rows, const QueryBlock& queries, std::size_t group, std::size_t count,
                       const RowFilter& filter, std::vector<TopK>& best) {
  const std::size_t step = tile_rows(rows);
  Scan scan(rows, queries, group, count);
  std::vector<Hit> hits;
  for (std::size_t first = 0; first < rows.rows; first += step) {
    hits.clear();
    scan.scan(first, std::min(rows.rows, first + step), hits);
    for (const Hit& hit : hits) {
      TopK& top = best[hit.query];
      if (!top.may_enter(hit.key) || !filter.passes(hit.row)) continue;
      top.push({hit.key, hit.row});
      if (top.is_full()) scan.raise(hit.query - group, top.worst());
    }
  }
  return scan.bytes();
}

/// Does the same with the rows that their sketches do not rule out.
std::uint64_t score_candidates(const CodeView& rows, const QueryBlock& queries, std::size_t group, std::size_t count,
                               const RowFilter& filter, std::vector<TopK>& best) {
  const Sketch& sketch = *rows.sketch;
  std::vector<float> vector(rows.dim);
  std::vector<Sketch::Query> prepared;
  for (std::size_t q = group; q < group + count; ++q) {
    read_query(queries, q, vector);
    prepared.push_back(sketch.prepare(vector));
  }
  std::uint64_t bytes = 0;
  for (std::size_t first = 0; first < rows.rows; first += Sketch::kBlock) {
    for (std::size_t q = 0; q < count; ++q) {
      TopK& top = best[group + q];
      const double bar = top.is_full() ? top.worst() * queries.inverse_norms[group + q] : -2;
      std::uint32_t left = sketch.candidates(prepared[q], first / Sketch::kBlock, bar, bytes);
      for (; left != 0; left &= left - 1) {
        const std::size_t row = first + static_cast<std::size_t>(std::countr_zero(left));
        if (row >= rows.rows) break;
        if (!filter.passes(row)) continue;
        double key = 0;
        score_tile(rows, row, row + 1, queries, group + q, 1, &key);
        bytes += rows.stride;
        if (top.may_enter(key)) top.push({key, static_cast<std::uint32_t>(row)});
      }
    }
  }
  return bytes;
}

}  // namespace

std::vector<std::vector<Neighbour>> find_nearest(const CodeView& rows, const QueryBlock& queries, std::size_t k,
                                                 const RowFilter& filter, std::uint64_t* bytes_read) {
  k = std::min(k, rows.rows);
  std::vector<TopK> best(queries.count, TopK(k));
  std::uint64_t bytes = 0;
  for (std::size_t group = 0; k > 0 && group < queries.count; group += kQueryGroup) {
    const std::size_t count = std::min(kQueryGroup, queries.count - group);
    bytes += rows.sketch == nullptr ? scan_all(rows, queries, group, count, filter, best)
                                    : score_candidates(rows, queries, group, count, filter, best);
  }
  if (bytes_read != nullptr) *bytes_read = bytes;
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
