// A pass over rows that reports those which may be among the nearest, and stops early in rows that can't be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/codes.h"

namespace signalbox {

/// Points at which a scan may leave a row, and the bytes between them.
struct Stops {
  std::size_t count = 0;
  std::size_t step = 0;
};
[[nodiscard]] Stops stops_of(CodeType type, std::size_t stride);

/// A norm is stored in so many steps of 1, see rest_bounds.
inline constexpr double kRestSteps = 255;

/// A row whose key exceeds the bar of a query.
struct Hit {
  std::uint32_t row = 0;
  std::uint32_t query = 0;
  double key = 0;
};

/// Scans rows for a few queries. A row's key is that of `score_tile`, bit for bit; only keys above the bar of their
/// query are reported, in ascending order of rows.
///
/// With bounds (rest_bounds), a row is left at one of a few points if the rest of it can't lift the key over the bar:
/// by Cauchy-Schwarz, the rest adds at most the product of both norms.
class Scan {
 public:
  /// Prepares queries first..first+count-1 of the block; rows and queries are borrowed.
  Scan(const CodeView& rows, const QueryBlock& queries, std::size_t first, std::size_t count);

  /// Sets the key that a row must exceed for query `first + q`.
  void raise(std::size_t q, double bar);

  /// Appends the hits among rows first..last-1.
  void scan(std::size_t first, std::size_t last, std::vector<Hit>& hits);

  /// Returns the bytes of codes that were multiplied with queries so far.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  template <typename Kernel, bool kTogether>
  void scan_with(const typename Kernel::Value* query, std::size_t first, std::size_t last, std::vector<Hit>& hits);
  template <typename Kernel, bool kTogether>
  void scan_one(const typename Kernel::Value* query, std::size_t q, std::size_t first, std::size_t last,
                std::vector<Hit>& hits);
  template <typename Kernel>
  void scan_four(const typename Kernel::Value* query, std::size_t q, std::size_t first, std::size_t last,
                 std::vector<Hit>& hits);

  CodeView rows_;
  const QueryBlock* queries_;
  std::size_t first_;
  std::size_t count_;
  Stops stops_;
  std::vector<float> bars_;    ///< [count] a little below the exact ones, for keys in float32.
  std::vector<double> norms_;  ///< [count] of the queries.
  std::vector<float> rests_;   ///< [stops, count] norms of what follows each stop in the queries, by the step of rests.
  volatile unsigned touched_ = 0;
  std::uint64_t bytes_ = 0;
};

/// Returns the norms of what follows each stop, [stops, rows] in units of 1/255, rounded up. Empty if there is no stop,
/// or if a row is longer than 1, as only a strange file has it.
[[nodiscard]] std::vector<std::uint8_t> rest_bounds(const CodeView& rows);

}  // namespace signalbox
