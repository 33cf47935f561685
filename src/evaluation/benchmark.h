// A benchmark that is evaluated on itself, and the part of it that is known while rows are held out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "building/builder.h"
#include "building/extras_checks.h"
#include "index/completion.h"
#include "index/index.h"
#include "index/means.h"
#include "routing/pairs.h"
#include "routing/task_mixture.h"
#include "status.h"

namespace signalbox {

/// A benchmark in memory. Owns copies of everything.
struct Benchmark {
  std::size_t dim = 0;
  std::size_t models = 0;
  CodeMatrix codes;                      ///< The rows as neighbours. As queries they are the embeddings themselves.
  std::vector<float> embeddings;         ///< [rows, dim]
  std::vector<std::uint16_t> row_tasks;  ///< [rows]
  std::vector<float> outcomes;           ///< [rows, models], NaN if missing.
  std::vector<std::uint8_t> measured;    ///< Mask of the outcomes; empty if none is missing.
  std::vector<float> costs;              ///< [rows, models] US dollars of the call, NaN if unknown; may be empty.
  std::vector<ModelNumbers> model_numbers;
  RoutingConstants routing;
  MixtureConstants mixture;
  PairPlan pairs;
  IndexExtras extras;            ///< Scores and links are sorted.
  LinkStorage links;             ///< Those of `extras`.
  std::vector<float> centroids;  ///< [tasks, dim] those of `extras`, as an index gives them back; may be empty.

  std::vector<std::vector<std::uint32_t>> task_rows;  ///< [tasks] ascending.
  std::vector<std::uint32_t> inputs;                  ///< [rows] rows with the same number are the same prompt.
  std::vector<std::uint32_t> rows_by_input;           ///< [rows] sorted by input.

  [[nodiscard]] std::size_t rows() const { return row_tasks.size(); }
  [[nodiscard]] std::size_t tasks() const { return task_rows.size(); }
  [[nodiscard]] OutcomeView outcome_view() const { return signalbox::outcome_view(outcomes, models, measured); }
  [[nodiscard]] std::span<const float> outcomes_of(std::size_t row) const {
    return std::span(outcomes).subspan(row * models, models);
  }
  /// Returns the weights of tasks in means over tasks; see Index.
  [[nodiscard]] std::vector<double> task_weights() const;
  /// Returns the embeddings of some rows, [rows, dim].
  [[nodiscard]] std::vector<float> vectors_of(std::span<const std::uint32_t> rows) const;
};

/// Copies the parts of a specification that an index would be built from. inputs: the number of each row's prompt;
/// costs: [rows, models], or empty. Errors: those of build_index; invalid_argument for a cost below 0 or infinite.
[[nodiscard]] Result<Benchmark> make_benchmark(const BuildSpec& spec, std::span<const std::uint32_t> inputs,
                                               std::span<const float> costs);

/// The known rows while others are held out: every other row, except exact duplicates of a held-out prompt, which would
/// give its outcome away. All means are over these rows.
struct KnownRows {
  std::vector<std::uint8_t> left_out;  ///< [rows] 1: held out, or a duplicate of a row that is.
  std::size_t duplicates = 0;          ///< Rows left out as duplicates.
  std::size_t count = 0;               ///< Rows that are left.
  TaskTotals totals;
  TaskEstimates tasks;                   ///< The means, with their posterior.
  std::vector<float> task_centroids;     ///< [tasks, dim]
  std::vector<double> pool_means;        ///< [models]
  std::vector<double> task_offsets;      ///< [tasks] see Index.
  std::vector<double> means_over_tasks;  ///< [models] the best single model is its argmax.
};
/// task: one that is held out as a whole, with its scores, the links to it and its centroid, or kNoTask.
[[nodiscard]] KnownRows leave_out(const Benchmark& benchmark, std::span<const std::uint32_t> held_out,
                                  std::size_t task = kNoTask);

/// Returns how many neighbours a decision needs besides those that vote.
[[nodiscard]] std::size_t least_neighbours(const Benchmark& benchmark);

/// Returns the known tasks as kSignalbox sees them; borrows from both arguments.
[[nodiscard]] TaskProfiles profiles_of(const Benchmark& benchmark, const KnownRows& known);

/// Returns a seed for each task, so that tasks of the same size have different draws: the first output of
/// SplitMix64(seed + task).
[[nodiscard]] std::uint64_t task_seed(std::uint64_t seed, std::size_t task);

}  // namespace signalbox
