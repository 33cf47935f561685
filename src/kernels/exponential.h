// The exponential function with the same bits on every platform.
#pragma once

namespace signalbox {

/// Returns e^x, within 2 units of the last place: 0 below -708, infinity above 709, NaN for NaN. Native and wasm agree
/// to the bit, unlike those of two C libraries: only sums, products and whole powers of 2 are used.
[[nodiscard]] double exact_exp(double x);

}  // namespace signalbox
