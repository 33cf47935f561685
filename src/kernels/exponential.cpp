#include "kernels/exponential.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace signalbox {

double exact_exp(double x) {
  constexpr double kLeast = -708;
  constexpr double kMost = 709;
  constexpr double kLog2E = 1.4426950408889634074;
  // ln 2 in two parts: the first has 21 zero bits at its end, so that its product with a power is exact.
  constexpr double kLn2High = 6.93147180369123816490e-01;
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  // 1 / i!, from i = 13 down to 0: the remainder of the series is below 2^-56 for |r| <= ln 2 / 2.
  constexpr std::array<double, 14> kSeries = {
      1 / 6227020800.0, 1 / 479001600.0, 1 / 39916800.0, 1 / 3628800.0, 1 / 362880.0, 1 / 40320.0, 1 / 5040.0,
      1 / 720.0,        1 / 120.0,       1 / 24.0,       1 / 6.0,       .5,           1,           1};
  if (std::isnan(x)) return x;
  if (x < kLeast) return 0;
  if (x > kMost) return std::numeric_limits<double>::infinity();
  const double power = std::floor(x * kLog2E + .5);
  const double rest = (x - power * kLn2High) - power * kLn2Low;
  // By pairs of terms, which do not wait for each other.
  const double square = rest * rest;
  double sum = 0;
  for (std::size_t i = 0; i < kSeries.size(); i += 2) sum = sum * square + (kSeries[i] * rest + kSeries[i + 1]);
  const auto exponent = static_cast<std::uint64_t>(static_cast<std::int64_t>(power) + 1023);
  // std::bit_cast is missing in the libc++ of Emscripten 3.1.6, and memcpy is a call there.
  return sum * __builtin_bit_cast(double, exponent << 52);
}

}  // namespace signalbox
