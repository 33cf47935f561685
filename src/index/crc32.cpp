// CRC-32, eight bytes per step ("slicing by 8", Kounavis and Berry 2005).
#include <algorithm>
#include <array>

#include "index/format.h"

namespace signalbox {
namespace {

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

Tables make_tables() {
  Tables t{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1) != 0 ? 0xEDB88320U : 0U);
    t[0][i] = c;
  }
  for (std::size_t slice = 1; slice < 8; ++slice) {
    for (std::size_t i = 0; i < 256; ++i) {
      t[slice][i] = (t[slice - 1][i] >> 8) ^ t[0][t[slice - 1][i] & 0xFF];
    }
  }
  return t;
}

/// Computed on first use: 8 KB of tables would not compress in the wasm file.
const Tables& tables() {
  static const Tables kTables = make_tables();
  return kTables;
}

/// Bytes per call of `update`. An engine replaces a wasm function by its optimised code between calls, not during one:
/// the first megabytes of a page would all be read by the slow code.
constexpr std::size_t kPiece = 1 << 14;

[[gnu::noinline]] std::uint32_t update(const Tables& t, std::uint32_t crc, std::span<const std::uint8_t> bytes) {
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    const std::uint8_t* p = bytes.data() + i;
    crc ^= static_cast<std::uint32_t>(p[0]) | static_cast<std::uint32_t>(p[1]) << 8 |
           static_cast<std::uint32_t>(p[2]) << 16 | static_cast<std::uint32_t>(p[3]) << 24;
    crc = t[7][crc & 0xFF] ^ t[6][(crc >> 8) & 0xFF] ^ t[5][(crc >> 16) & 0xFF] ^ t[4][crc >> 24] ^ t[3][p[4]] ^
          t[2][p[5]] ^ t[1][p[6]] ^ t[0][p[7]];
  }
  for (; i < bytes.size(); ++i) crc = (crc >> 8) ^ t[0][(crc ^ bytes[i]) & 0xFF];
  return crc;
}

}  // namespace

std::uint32_t crc32(std::span<const std::uint8_t> bytes, std::uint32_t crc) {
  crc = ~crc;
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    crc = update(tables(), crc, bytes.subspan(at, std::min(kPiece, bytes.size() - at)));
  }
  return ~crc;
}

}  // namespace signalbox
