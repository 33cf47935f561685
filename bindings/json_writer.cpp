// Writes JSON. The library's own writer would take three kilobytes of the wasm modules, most of them for numbers, which
// JavaScript writes there.
#include <cmath>
#include <string>
#include <string_view>

#include "index/utf8.h"
#include "json.h"

#ifdef __EMSCRIPTEN__
/// Writes a finite number as JavaScript does, in at most 25 characters, and returns their number (wasm-library.js).
extern "C" std::size_t signalbox_write_number(double value, char* out);
#endif

namespace signalbox::bindings {
namespace {

void write_number(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
#ifdef __EMSCRIPTEN__
  char text[32];  // NOLINT(modernize-avoid-c-arrays): crosses the boundary
  out.append(text, signalbox_write_number(value, text));
#else
  out += Json(value).dump();
#endif
}

/// Returns whether a character stands for itself in a text.
bool is_plain(char c) { return c >= 0x20 && static_cast<unsigned char>(c) < 0x80 && c != '"' && c != '\\'; }

/// Writes a text; what is not UTF-8 becomes U+FFFD.
void write_text(std::string_view text, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kMostBytes = 4;
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    std::size_t size = 1;
    if (is_plain(text[i])) {
      while (i + size < text.size() && is_plain(text[i + size])) ++size;
      out += text.substr(i, size);
    } else if (byte < 0x20) {
      out.append("\\u00") += kDigits[byte >> 4U];
      out += kDigits[byte & 0xFU];
    } else if (byte < 0x80) {
      out += '\\';
      out += text[i];
    } else {
      while (size <= kMostBytes && !is_utf8(text.substr(i, size))) ++size;
      const bool is_character = size <= kMostBytes;
      if (!is_character) size = 1;
      out += is_character ? text.substr(i, size) : std::string_view("\xEF\xBF\xBD");
    }
    i += size;
  }
  out += '"';
}

void write(const Json& json, std::string& out) {
  switch (json.type()) {
    case Json::value_t::object: {
      char before = '{';
      for (const auto& [key, value] : json.get_ref<const Json::object_t&>()) {
        out += before;
        write_text(key, out);
        out += ':';
        write(value, out);
        before = ',';
      }
      out += json.empty() ? "{}" : "}";
      return;
    }
    case Json::value_t::array: {
      char before = '[';
      for (const Json& value : json.get_ref<const Json::array_t&>()) {
        out += before;
        write(value, out);
        before = ',';
      }
      out += json.empty() ? "[]" : "]";
      return;
    }
    case Json::value_t::string: return write_text(json.get_ref<const std::string&>(), out);
    case Json::value_t::boolean: out += json.get<bool>() ? "true" : "false"; return;
    case Json::value_t::number_integer: out += std::to_string(json.get<std::int64_t>()); return;
    case Json::value_t::number_unsigned: out += std::to_string(json.get<std::uint64_t>()); return;
    case Json::value_t::number_float: return write_number(json.get<double>(), out);
    default: out += "null";
  }
}

}  // namespace

std::string written(const Json& json) {
  std::string out;
  write(json, out);
  return out;
}

}  // namespace signalbox::bindings
