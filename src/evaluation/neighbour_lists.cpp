#include "evaluation/neighbour_lists.h"

#include <algorithm>

namespace signalbox {
namespace {

constexpr std::size_t kSlack = 100;
constexpr std::size_t kBlock = 256;

}  // namespace

GatheredRows::GatheredRows(const Benchmark& benchmark, const KnownRows& known) {
  const CodeView all = benchmark.codes.view();
  codes_ = {all.type, known.count, all.dim, {}, {}};
  codes_.codes.reserve(known.count * all.stride);
  for (std::size_t row = 0; row < benchmark.rows(); ++row) {
    if (known.left_out[row] != 0) continue;
    const std::uint8_t* code = all.codes + row * all.stride;
    codes_.codes.insert(codes_.codes.end(), code, code + all.stride);
    codes_.scales.push_back(all.scales[row]);
    row_tasks_.push_back(benchmark.row_tasks[row]);
    rows_.push_back(static_cast<std::uint32_t>(row));
  }
}

std::vector<std::vector<Neighbour>> GatheredRows::nearest(const QueryBlock& queries, std::size_t k,
                                                          std::size_t excluded_task) const {
  RowFilter filter;
  if (excluded_task != kNoTask) filter = {row_tasks_, static_cast<std::uint16_t>(excluded_task)};
  auto out = find_nearest(codes_.view(), queries, k, filter);
  for (auto& of_query : out) {
    for (Neighbour& n : of_query) n.row = rows_[n.row];
  }
  return out;
}

NeighbourLists::NeighbourLists(const Benchmark& benchmark)
    : benchmark_(benchmark),
      length_(std::size_t{std::max(benchmark.routing.k, benchmark.routing.kappa)} + kSlack),
      lists_(benchmark.rows()) {
  order_.reserve(benchmark.rows());
  for (const auto& rows : benchmark.task_rows) order_.insert(order_.end(), rows.begin(), rows.end());
}

std::size_t NeighbourLists::search(std::size_t rows) {
  const std::size_t last = done_ + std::min(rows, order_.size() - done_);
  while (done_ < last) {
    const std::uint16_t task = benchmark_.row_tasks[order_[done_]];
    std::size_t end = done_;
    while (end < last && end - done_ < kBlock && benchmark_.row_tasks[order_[end]] == task) ++end;
    const std::span<const std::uint32_t> block = std::span(order_).subspan(done_, end - done_);
    const QueryBlock queries = prepare_queries(benchmark_.codes.type, benchmark_.vectors_of(block), benchmark_.dim);
    auto near = find_nearest(benchmark_.codes.view(), queries, length_, {benchmark_.row_tasks, task});
    for (std::size_t i = 0; i < block.size(); ++i) lists_[block[i]] = std::move(near[i]);
    done_ = end;
  }
  return done_;
}

std::vector<std::vector<Neighbour>> NeighbourLists::nearest(std::span<const std::uint32_t> rows, const KnownRows& known,
                                                            std::size_t count,
                                                            std::optional<GatheredRows>& gathered) const {
  std::vector<std::vector<Neighbour>> out(rows.size());
  std::vector<std::uint32_t> dry;
  std::vector<std::size_t> dry_at;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::vector<Neighbour>& list = lists_[rows[i]];
    out[i].reserve(std::min(count, list.size()));
    for (const Neighbour& n : list) {
      if (known.left_out[n.row] == 0) out[i].push_back(n);
      if (out[i].size() == count) break;
    }
    // A list that is shorter than asked for holds every row there is.
    if (out[i].size() == count || list.size() < length_) continue;
    dry.push_back(rows[i]);
    dry_at.push_back(i);
  }
  if (dry.empty()) return out;
  if (!gathered) gathered.emplace(benchmark_, known);
  const QueryBlock queries = prepare_queries(benchmark_.codes.type, benchmark_.vectors_of(dry), benchmark_.dim);
  auto found = gathered->nearest(queries, count, benchmark_.row_tasks[dry[0]]);
  for (std::size_t i = 0; i < dry.size(); ++i) out[dry_at[i]] = std::move(found[i]);
  return out;
}

}  // namespace signalbox
