#include "index/utf8.h"

#include <algorithm>

namespace signalbox {
namespace {

struct Lead {
  std::size_t length;
  std::uint32_t bits;
  std::uint32_t least;  ///< The smallest code point that needs this length.
};

/// Returns length 0 if the byte is not a lead byte.
Lead lead_of(std::uint8_t byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07U, 0x10000};
  return {0, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const Lead lead = lead_of(static_cast<std::uint8_t>(text[i]));
    if (lead.length == 0 || lead.length > text.size() - i) return false;
    std::uint32_t point = lead.bits;
    for (std::size_t j = 1; j < lead.length; ++j) {
      const auto byte = static_cast<std::uint8_t>(text[i + j]);
      if ((byte & 0xC0) != 0x80) return false;
      point = point << 6 | (byte & 0x3FU);
    }
    const bool surrogate = point >= 0xD800 && point < 0xE000;
    if (point < lead.least || surrogate || point > 0x10FFFF) return false;
    i += lead.length;
  }
  return true;
}

std::size_t count_points(std::string_view text) {
  const auto leads =
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<std::uint8_t>(c) & 0xC0) != 0x80; });
  return static_cast<std::size_t>(leads);
}

}  // namespace signalbox
