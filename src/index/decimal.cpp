#include "index/decimal.h"

#include <array>
#include <cmath>

namespace signalbox {
namespace {

/// The largest power of ten that a double holds exactly. A whole number divided by such a power is rounded only once:
/// the result is the double nearest to that decimal.
constexpr int kMostPlaces = 22;
/// Digits that tell any two float32 apart, and digits that any double keeps.
constexpr int kMostFloatDigits = 9;
constexpr int kKeptDigits = 15;

bool is_decimal(double value) { return value >= 1e-22 && value < 1e22; }

double power_of_ten(int exponent) {
  static constexpr std::array<double, kMostPlaces + 1> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  return kPowers[static_cast<std::size_t>(exponent)];
}

/// Returns the place of the first digit: 0 for 1 to 9.99, -1 for 0.1 to 0.99.
int first_place(double value) {
  int place = 0;
  while (place < kMostPlaces && value >= power_of_ten(place + 1)) ++place;
  if (place > 0) return place;
  while (place > -kMostPlaces && value * power_of_ten(-place) < 1) --place;
  return place;
}

/// Rounds to a place after the decimal point, or before it if negative.
double round_at(double value, int place) {
  if (place > kMostPlaces || place < -kMostPlaces) return value;
  const double power = power_of_ten(place < 0 ? -place : place);
  return place < 0 ? std::nearbyint(value / power) * power : std::nearbyint(value * power) / power;
}

}  // namespace

double shortest_decimal(float value) {
  const double exact = static_cast<double>(value);
  if (!is_decimal(exact)) return exact;
  const int first = first_place(exact);
  for (int digits = 1; digits <= kMostFloatDigits; ++digits) {
    const double rounded = round_at(exact, digits - 1 - first);
    if (static_cast<float>(rounded) == value) return rounded;
  }
  return exact;
}

double rounded_decimal(double value) {
  if (!is_decimal(value)) return value;
  return round_at(value, kKeptDigits - 1 - first_place(value));
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (value < 0) return "-" + number_text(-value);
  if (std::isinf(value)) return "infinity";
  if (value == std::floor(value) && value <= 1e15) return std::to_string(static_cast<long long>(value));
  int exponent = 0;
  if (value < 1e-4 || value >= 1e9) {
    for (; value >= 10; value /= 10) ++exponent;
    for (; value < 1; value *= 10) --exponent;
  }
  constexpr long long kMillion = 1000000;
  const auto millionths = static_cast<long long>(std::floor(value * static_cast<double>(kMillion) + .5));
  std::string places = std::to_string(kMillion + millionths % kMillion);  // 1 and six digits
  places.erase(places.find_last_not_of('0') + 1);
  places[0] = '.';
  return std::to_string(millionths / kMillion) + (places.size() > 1 ? places : "") +
         (exponent == 0 ? "" : "e" + std::to_string(exponent));
}

}  // namespace signalbox
