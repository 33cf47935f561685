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

/// How much is searched for the pairs and the coverage. Up to rows^2 dim = max_work every row is a query, and the file
/// is that of build_index. Beyond, half of the work goes to the pairs: of every task max(20, max_work / 2 / (tasks rows
/// dim)) rows, drawn with `seed`, are judged against all rows of the other tasks. Half goes to the coverage, which then
/// is that of max_work / 2 / (rows dim) rows, at least 200 and at most 5000. The lower limits may exceed max_work. The
/// rows of the coverage are also the landmarks of the map: comparing all rows with them costs no more than that again.
struct PairSampling {
  std::uint64_t max_work = 1'000'000'000'000;
  std::uint64_t seed = 1;
};

/// What an index will hold. Everything is copied.
struct BuilderSpec : IndexDescription {
  bool graded = false;   ///< Outcomes may lie between 0 and 1, and the file holds float32 where it else holds bits.
  bool missing = false;  ///< Outcomes may be missing, and the file holds a mask.
  /// The file is a part of another: its rows are float32, of unit norm or zero, and stay as they are to the last bit.
  /// There are no pairs and no map, and the coverage is all 0.
  bool shard = false;
  PairSampling sampling;
};

/// What the pairs rest on.
struct PairReport {
  bool exact = true;
  std::size_t rows_a_task = 0;      ///< Rows of the largest sample of a task.
  double max_standard_error_u = 0;  ///< See PairErrors; 0 where exact.
  double max_standard_error_p = 0;
};

/// Memory: the file, the vectors of the rows that are queries, and some bytes a row. Not thread-safe; a moved-from
/// builder is of no use.
class IndexBuilder {
 public:
  struct Progress {
    std::size_t done = 0;
    std::size_t total = 0;  ///< Queries, and steps of the map's layout, each of which takes as long as a few.
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
  /// Values of a row: of its embedding, and of its outcomes.
  [[nodiscard]] Width width() const { return {spec_.dim, spec_.model_names.size()}; }

  /// Stores the rows `at` [n], in any order; every row is stored exactly once. embeddings: [n, dim]; outcomes:
  /// [n, models], NaN missing. On an error nothing is stored.
  /// Errors: dimension_mismatch, non_finite, invalid_argument (a row that does not exist or that was stored before; an
  /// outcome outside 0 to 1, or graded or missing although the specification says that none is).
  [[nodiscard]] Status put(std::span<const std::uint32_t> at, std::span<const float> embeddings,
                           std::span<const float> outcomes);

  /// Searches for the neighbours of at most `max_queries` more queries, or draws the map for as many steps; with 0 only
  /// tells how many there are.
  /// Errors: invalid_argument while rows are missing.
  /// Complexity: O(rows dim) a query; where samples move, O(n^2 dim) more for a task of which n rows are judged.
  [[nodiscard]] Result<Progress> step(std::size_t max_queries);

  /// The file. Errors: invalid_argument until `step` is done.
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
  CodeMatrix codes_;
  std::vector<std::uint8_t> bits_;      ///< Outcomes where they are not graded.
  std::vector<float> grades_;           ///< Outcomes where they are.
  std::vector<std::uint8_t> measured_;  ///< The mask; empty where nothing is missing.
  std::vector<std::uint8_t> stored_;    ///< [rows] 1: put.
  std::size_t stored_count_ = 0;

  bool exact_ = true;
  std::vector<std::vector<std::uint32_t>> judged_;  ///< [tasks] rows that are queries for the pairs, ascending.
  std::vector<std::size_t> task_rows_;              ///< [tasks]
  std::vector<std::uint32_t> covered_;              ///< Rows that are queries for the coverage, ascending.
  std::vector<std::uint32_t> slots_;                ///< [rows] place of its vector, or kNoSlot.
  std::vector<float> vectors_;                      ///< [slots, dim]

  Random random_;
  TaskTotals totals_;
  std::size_t task_ = 0;
  HeldOutTask held_out_;  ///< Task `task_`, as far as it was searched.
  std::size_t done_ = 0;
  std::size_t total_ = 0;
  TrainingPairs pairs_;
  PairErrors errors_;
  std::vector<float> distances_;  ///< Of the covered rows that were searched.
  std::vector<float> coverage_;
  MapBuilder map_;
  std::vector<std::uint16_t> map_places_;
  IndexPieces file_;
};

}  // namespace signalbox
