#include "kernels/exponential.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace signalbox {
namespace {

TEST(ExactExp, AgreesWithTheStandardFunction) {
  for (double x = -707.9; x < 709; x += .0371) {
    const double expected = std::exp(x);
    EXPECT_LE(std::fabs(exact_exp(x) - expected), 4.5e-16 * expected) << x;
  }
  EXPECT_EQ(exact_exp(0), 1);
  EXPECT_EQ(exact_exp(-0.0), 1);
}

TEST(ExactExp, HasLimits) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(exact_exp(-708.5), 0);
  EXPECT_EQ(exact_exp(-kInfinity), 0);
  EXPECT_EQ(exact_exp(709.5), kInfinity);
  EXPECT_EQ(exact_exp(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(exact_exp(std::nan(""))));
}

/// Bits that were printed once; both the native and the wasm build must have them.
TEST(ExactExp, HasFixedBits) {
  EXPECT_EQ(exact_exp(-1), 0x1.78b56362cef38p-2);
  EXPECT_EQ(exact_exp(-10.25), 0x1.2899a7a835446p-15);
}

}  // namespace
}  // namespace signalbox
