// Arithmetic over rows of doubles, such as the tasks of a matrix [tasks, models], as plain loops would do it: every sum
// keeps its order, so that the results have the same bits with vector instructions and without. Not inlined: a copy in
// each caller would take more bytes of the wasm module than it saves time.
#pragma once

#include <cstddef>

namespace signalbox {

/// Writes the sum over each row of value - less[i]; less: [width]. Several rows at a time: no addition waits for the
/// one before it.
[[gnu::noinline]] void sum_rows_less(const double* const* rows, std::size_t count, const double* less,
                                     std::size_t width, double* out);

/// Adds row[i] - less to each out[i].
[[gnu::noinline]] void add_less(const double* row, double less, std::size_t width, double* out);

/// Writes row[i] + more.
[[gnu::noinline]] void add_to_each(const double* row, double more, std::size_t width, double* out);

/// Returns how many numbers of a row are not NaN.
[[gnu::noinline]] std::size_t count_known(const double* row, std::size_t width);

/// Writes the dot product of each row, float32 [count, width], with a vector, in the order of the row.
[[gnu::noinline]] void dot_rows(const float* rows, std::size_t count, const float* vector, std::size_t width,
                                double* out);

/// Moves probabilities p to p * odds / (1 - p + p * odds).
[[gnu::noinline]] void move_by_odds(const double* p, double odds, std::size_t width, double* out);

/// Multiplies variances of probabilities p by the square of the slope of `move_by_odds` there.
[[gnu::noinline]] void spread_by_odds(const double* p, const double* variance, double odds, std::size_t width,
                                      double* out);

/// Numbers of a row, of which `less` is to be subtracted, and what belongs to each: a share, a shift and a variance.
struct WeighedRow {
  const double* values;
  double less;
  double more;  ///< Added for the moments, and the shifts with it.
  const double* shifts;
  const double* shares;
  const double* variances;
};
/// Sums that `add_weighed_row` adds to.
struct WeighedSums {
  double* values;
  double* means;
  double* squares;
  double* variances;
};
/// Adds the values, less `less`, by a weight to those of the sums; by another weight the values plus `more` and their
/// shifts to the means, their squares to the squares, and the variances by the squares of the shares.
[[gnu::noinline]] void add_weighed_row(const WeighedRow& row, double weight, double weight_of_moments,
                                       std::size_t width, const WeighedSums& out);

}  // namespace signalbox
