#include "evaluation/held_out_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "routing/random.h"

namespace signalbox {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

HeldOutRows hold_out_task(const Benchmark& benchmark, const NeighbourLists& lists, std::size_t task, std::size_t k) {
  HeldOutRows out{benchmark.task_rows[task], leave_out(benchmark, benchmark.task_rows[task], task), {}, {}};
  std::optional<GatheredRows> gathered;
  out.neighbours = lists.nearest(out.rows, out.known, k, gathered);
  return out;
}

HeldOutRows hold_out_share(const Benchmark& benchmark, double share, std::uint64_t seed, std::size_t k) {
  HeldOutRows out;
  for (std::size_t task = 0; task < benchmark.tasks(); ++task) {
    const std::vector<std::uint32_t>& rows = benchmark.task_rows[task];
    if (rows.empty()) continue;
    Random random(task_seed(seed, task));
    const auto count = std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(rows.size())));
    for (const std::size_t i : draw(random, rows.size(), count)) out.rows.push_back(rows[i]);
  }
  std::sort(out.rows.begin(), out.rows.end());
  out.known = leave_out(benchmark, out.rows);
  const QueryBlock queries = prepare_queries(benchmark.codes.type, benchmark.vectors_of(out.rows), benchmark.dim);
  out.neighbours = GatheredRows(benchmark, out.known).nearest(queries, k, kNoTask);
  return out;
}

std::vector<double> expected_costs(const Benchmark& benchmark, const KnownRows& known) {
  std::vector<double> out;
  for (const ModelNumbers& n : benchmark.model_numbers) out.push_back(price_or_nan(n));
  if (benchmark.costs.empty()) return out;
  for (std::size_t m = 0; m < benchmark.models; ++m) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t row = 0; row < benchmark.rows(); ++row) {
      const float cost = benchmark.costs[row * benchmark.models + m];
      if (known.left_out[row] != 0 || std::isnan(cost)) continue;
      sum += static_cast<double>(cost);
      ++count;
    }
    out[m] = count > 0 ? sum / static_cast<double>(count) : kNan;
  }
  return out;
}

}  // namespace

double price_or_nan(const ModelNumbers& n) {
  const double price = blended_price(n);
  return price < 0 ? kNan : price;
}

InputEvidence evidence_of(const Benchmark& benchmark, const HeldOutRows& held_out, std::size_t i,
                          std::span<const Exclusion> exclusions, std::uint32_t k) {
  const KnownRows& known = held_out.known;
  RoutingConstants constants = benchmark.routing;
  constants.k = k;
  return {{profiles_of(benchmark, known), known.means_over_tasks, exclusions, constants, benchmark.mixture},
          std::span(benchmark.embeddings).subspan(held_out.rows[i] * benchmark.dim, benchmark.dim),
          {benchmark.outcome_view(), benchmark.rows(), known.pool_means, nullptr},
          held_out.neighbours[i]};
}

Status check_pools(const Benchmark& benchmark, const NeighbourLists& lists,
                   std::span<const std::vector<std::size_t>> pools) {
  if (!lists.complete()) return Error{ErrorCode::kInvalidArgument, "the search for neighbours is not complete"};
  for (const std::vector<std::size_t>& pool : pools) {
    const bool known = std::all_of(pool.begin(), pool.end(), [&](std::size_t m) { return m < benchmark.models; });
    if (!known) return Error{ErrorCode::kInvalidArgument, "a pool names a model beyond the last"};
  }
  return {};
}

void for_each_group(const Benchmark& benchmark, const NeighbourLists& lists, const RowOptions& options, std::size_t k,
                    const std::function<void(const HeldOutRows&)>& use) {
  const std::size_t groups = options.share ? 1 : benchmark.tasks();
  for (std::size_t group = 0; group < groups; ++group) {
    HeldOutRows rows = options.share ? hold_out_share(benchmark, *options.share, options.seed, k)
                                     : hold_out_task(benchmark, lists, group, k);
    rows.expected_costs = expected_costs(benchmark, rows.known);
    use(rows);
  }
}

}  // namespace signalbox
