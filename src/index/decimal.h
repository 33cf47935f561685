// Decimal numbers that were stored or added as binary ones: 1.2 is not 1.2000000476837158.
#pragma once

#include <string>

namespace signalbox {

/// Returns the shortest decimal that reads back as this float32. Unchanged: numbers that are not above 0 (unknown ones
/// are negative or NaN), and those beyond 1e-22..1e22.
[[nodiscard]] double shortest_decimal(float value);

/// Returns a number rounded to 15 significant digits, which undoes the rounding errors of short sums: 0.1 + 0.2 is 0.3.
/// Unchanged: see shortest_decimal.
[[nodiscard]] double rounded_decimal(double value);

/// Writes a number for a message: whole ones up to 1e15 in full, others with at most six places, as in 0.25 or 1.5e-7.
/// std::to_string of a double needs printf, which the wasm modules do not have.
[[nodiscard]] std::string number_text(double value);

}  // namespace signalbox
