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

/// Adds weight * row[i] to each out[i].
[[gnu::noinline]] void add_weighted(const double* row, double weight, std::size_t width, double* out);

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

/// Writes p[i] + more within 0..1, moved as by move_by_odds and divided, or 0 where `known` is NaN.
[[gnu::noinline]] void share_moved(const double* p, double more, double odds, const double* known, double divisor,
                                   std::size_t width, double* out);

/// Adds weight * value to each mean, and weight * value * value to each square.
[[gnu::noinline]] void add_moments(const double* values, double weight, std::size_t width, double* means,
                                   double* squares);

/// Knowledge of the probabilities of a row: their means, and a posterior that counts by its share.
struct PosteriorRow {
  const double* means;
  const double* posterior;
  const double* variance;
  const double* share;
};
/// Sums that `add_posterior` adds to.
struct PosteriorSums {
  double* values;
  double* shifts;
  double* variances;
};
/// Adds share * (posterior - mean) to each value, the same times the weight to each shift, and weight * share^2 *
/// variance to each variance. A mean that is NaN shifts nothing.
[[gnu::noinline]] void add_posterior(const PosteriorRow& row, double weight, std::size_t width,
                                     const PosteriorSums& out);

/// Probabilities of a row, as they are and moved by `odds`, with their variances.
struct MovedRow {
  const double* p;
  const double* moved;
  const double* variance;
  double odds;
};
/// Sums that `add_moved_row` adds to; none is a part of the row.
struct MovedRowSums {
  double* relative;
  double* means;
  double* squares;
  double* variances;
};
/// Adds the moved probabilities less their centre, by a weight, to `relative`, and what add_moments and spread_by_odds
/// make of them to the others: add_to_each, add_weighted, add_to_each, add_moments and the rest at once.
[[gnu::noinline]] void add_moved_row(const MovedRow& row, double centre, double weight, std::size_t width,
                                     const MovedRowSums& out);

}  // namespace signalbox
