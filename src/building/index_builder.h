// Builds an index row by row, for benchmarks whose embeddings do not fit into memory at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "building/builder.h"
#include "building/map_builder.h"
#include "index/format.h"
#include "index/means.h"
#include "kernels/codes.h"
#include "routing/pairs.h"
#include "routing/random.h"
#include "status.h"

namespace signalbox {

/// Budget for the searches behind the pairs and the coverage. If rows^2 dim <= max_work, every row is a query, and the
/// file equals that of build_index. Otherwise half of the work goes to the pairs: of every task, max(20, max_work / 2 /
/// (tasks rows dim)) rows, drawn with `seed`, are compared with all rows of the other tasks. The other half goes to the
/// coverage, which is then that of max_work / 2 / (rows dim) rows, at least 200 and at most 5000. The lower limits may
/// exceed max_work. The rows of the coverage are also the landmarks of the map; comparing all rows with them costs at
/// most that much again.
struct PairSampling {
  std::uint64_t max_work = 1'000'000'000'000;
  std::uint64_t seed = 1;
};

/// Specification of an index that is built row by row. Everything is copied.
struct BuilderSpec : IndexDescription {
  bool graded = false;   ///< Outcomes may lie between 0 and 1; the file holds float32 instead of bits.
  bool missing = false;  ///< Outcomes may be missing; the file holds a mask.
  /// The file is one part of a larger index: its rows are float32, of unit norm or zero, and are stored unchanged to
  /// the last bit. It has no pairs and no map, and its coverage is all 0.
  bool shard = false;
  PairSampling sampling;
};

/// Samples behind the pairs, and their errors.
struct PairReport {
  bool exact = true;
  std::size_t rows_a_task = 0;      ///< Rows in the largest sample of a task.
  double max_standard_error_u = 0;  ///< See PairErrors; 0 if exact.
  double max_standard_error_p = 0;
};

/// Memory: the file, the vectors of the rows that are queries, and some bytes per row. Not thread-safe; a moved-from
/// builder must not be used.
class IndexBuilder {
 public:
  struct Progress {
    std::size_t done = 0;
    std::size_t total = 0;  ///< Queries, and steps of the map's layout, each as long as a few queries.
  };
  /// Borrowed from the builder until it is changed, moved or destroyed.
  struct Finished {
    const IndexPieces* file = nullptr;
    PairReport pairs;
  };

  /// Errors: those of build_index.
  [[nodiscard]] static Result<IndexBuilder> create(BuilderSpec spec);

  struct Width {
    std::size_t dim = 0;
    std::size_t models = 0;
  };
  /// Number of values in a row's embedding and in its outcomes.
  [[nodiscard]] Width width() const { return {spec_.dim, spec_.model_names.size()}; }

  /// Stores the rows `at` [n], in any order; every row is stored exactly once. embeddings: [n, dim]; outcomes: [n,
  /// models], NaN if missing. On an error nothing is stored.
  /// Errors: dimension_mismatch, non_finite, invalid_argument (a row that does not exist or that was stored before; an
  /// outcome outside 0 to 1, or one that is graded or missing although the specification rules this out).
  [[nodiscard]] Status put(std::span<const std::uint32_t> at, std::span<const float> embeddings,
                           std::span<const float> outcomes);

  /// Runs at most `max_queries` more queries, or as many steps of the map's layout; with 0 it only reports the
  /// progress.
  /// Errors: invalid_argument while rows are missing.
  /// Complexity: O(rows dim) per query; if the plan moves samples, O(n^2 dim) more for a task with n queries.
  [[nodiscard]] Result<Progress> step(std::size_t max_queries);

  /// Returns the file. Errors: invalid_argument until `step` is done.
  [[nodiscard]] Result<Finished> finish();

 private:
  explicit IndexBuilder(BuilderSpec spec);

  void allocate();
  void choose_queries();
  void store_vector(std::size_t row, std::span<const float> vector);
  [[nodiscard]] Status check_new(std::span<const std::uint32_t> at, std::span<const float> outcomes) const;
  [[nodiscard]] Status mark(std::span<const std::uint32_t> at);
  void store_outcomes(std::size_t row, std::span<const float> outcomes);
  [[nodiscard]] std::size_t rows() const { return row_tasks_.size(); }
  [[nodiscard]] OutcomeView outcomes() const;
  [[nodiscard]] std::vector<float> vectors_of(std::span<const std::uint32_t> rows) const;
  [[nodiscard]] std::size_t search_task(std::size_t max_queries);
  [[nodiscard]] std::size_t search_coverage(std::size_t max_queries);
  void finish_task();

  BuilderSpec spec_;
  std::vector<std::uint16_t> row_tasks_;
  std::vector<bool> without_outcomes_;  ///< [tasks] the task has scores or links instead.
  CodeMatrix codes_;
  std::vector<std::uint8_t> bits_;      ///< Outcomes, if not graded.
  std::vector<float> grades_;           ///< Outcomes, if graded.
  std::vector<std::uint8_t> measured_;  ///< The mask; empty if no outcome may be missing.
  std::vector<std::uint8_t> stored_;    ///< [rows] 1 if the row was put.
  std::size_t stored_count_ = 0;

  bool exact_ = true;
  std::vector<std::vector<std::uint32_t>> scored_;  ///< [tasks] rows that are queries for the pairs, ascending.
  std::vector<std::size_t> task_rows_;              ///< [tasks]
  std::vector<std::uint32_t> covered_;              ///< Rows that are queries for the coverage, ascending.
  std::vector<std::uint32_t> slots_;                ///< [rows] place of the row's vector, or kNoSlot.
  std::vector<float> vectors_;                      ///< [slots, dim]

  Random random_;
  TaskTotals totals_;
  std::size_t task_ = 0;
  HeldOutTask held_out_;  ///< Results so far for task `task_`.
  std::size_t done_ = 0;
  std::size_t total_ = 0;
  TrainingPairs pairs_;
  PairErrors errors_;
  std::vector<float> distances_;  ///< Mean distances of the covered rows searched so far.
  std::vector<float> coverage_;
  MapBuilder map_;
  std::vector<std::uint16_t> map_places_;
  IndexPieces file_;
};

}  // namespace signalbox
