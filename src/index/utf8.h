// Checks that bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
#pragma once

#include <cstdint>
#include <string_view>

namespace signalbox {

[[nodiscard]] bool is_utf8(std::string_view text);

/// Returns the number of code points of valid UTF-8.
[[nodiscard]] std::size_t count_points(std::string_view text);

}  // namespace signalbox
