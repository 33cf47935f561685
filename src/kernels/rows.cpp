#include "kernels/rows.h"

namespace signalbox {
namespace {

bool is_nan(double x) { return x != x; }  // NOLINT(misc-redundant-expression): std::isnan is a call in some builds.

}  // namespace

void sum_rows_less(const double* const* rows, std::size_t count, const double* less, std::size_t width, double* out) {
  std::size_t row = 0;
  for (; row + 4 <= count; row += 4) {
    const double* a = rows[row];
    const double* b = rows[row + 1];
    const double* c = rows[row + 2];
    const double* d = rows[row + 3];
    double of_a = 0;
    double of_b = 0;
    double of_c = 0;
    double of_d = 0;
    for (std::size_t i = 0; i < width; ++i) {
      of_a += a[i] - less[i];
      of_b += b[i] - less[i];
      of_c += c[i] - less[i];
      of_d += d[i] - less[i];
    }
    out[row] = of_a;
    out[row + 1] = of_b;
    out[row + 2] = of_c;
    out[row + 3] = of_d;
  }
  for (; row < count; ++row) {
    double sum = 0;
    for (std::size_t i = 0; i < width; ++i) sum += rows[row][i] - less[i];
    out[row] = sum;
  }
}

void add_less(const double* row, double less, std::size_t width, double* out) {
  for (std::size_t i = 0; i < width; ++i) out[i] += row[i] - less;
}

void add_to_each(const double* row, double more, std::size_t width, double* out) {
  for (std::size_t i = 0; i < width; ++i) out[i] = row[i] + more;
}

std::size_t count_known(const double* row, std::size_t width) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < width; ++i) count += is_nan(row[i]) ? 0 : 1;
  return count;
}

void dot_rows(const float* rows, std::size_t count, const float* vector, std::size_t width, double* out) {
  std::size_t row = 0;
  for (; row + 4 <= count; row += 4) {
    const float* a = rows + row * width;
    const float* b = a + width;
    const float* c = b + width;
    const float* d = c + width;
    double of_a = 0;
    double of_b = 0;
    double of_c = 0;
    double of_d = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const auto x = static_cast<double>(vector[i]);
      of_a += static_cast<double>(a[i]) * x;
      of_b += static_cast<double>(b[i]) * x;
      of_c += static_cast<double>(c[i]) * x;
      of_d += static_cast<double>(d[i]) * x;
    }
    out[row] = of_a;
    out[row + 1] = of_b;
    out[row + 2] = of_c;
    out[row + 3] = of_d;
  }
  for (; row < count; ++row) {
    double sum = 0;
    for (std::size_t i = 0; i < width; ++i)
      sum += static_cast<double>(rows[row * width + i]) * static_cast<double>(vector[i]);
    out[row] = sum;
  }
}

void move_by_odds(const double* p, double odds, std::size_t width, double* out) {
  for (std::size_t i = 0; i < width; ++i) out[i] = p[i] * odds / (1 - p[i] + p[i] * odds);
}

void spread_by_odds(const double* p, const double* variance, double odds, std::size_t width, double* out) {
  for (std::size_t i = 0; i < width; ++i) {
    const double scale = 1 - p[i] + p[i] * odds;
    const double slope = odds / (scale * scale);
    out[i] = variance[i] * (slope * slope);
  }
}

// A loop for each kind of sum: with all rows in one, the compiler would have too many to compare for overlaps.
void add_weighed_row(const WeighedRow& row, double weight, double weight_of_moments, std::size_t width,
                     const WeighedSums& out) {
  const double less = row.less;
  const double more = row.more;
  for (std::size_t i = 0; i < width; ++i) out.values[i] += weight * (row.values[i] - less);
  for (std::size_t i = 0; i < width; ++i) {
    const double value = row.values[i] - less + more + row.shifts[i];
    out.means[i] += weight_of_moments * value;
    out.squares[i] += weight_of_moments * value * value;
  }
  for (std::size_t i = 0; i < width; ++i) {
    out.variances[i] += weight_of_moments * row.shares[i] * row.shares[i] * row.variances[i];
  }
}

}  // namespace signalbox
