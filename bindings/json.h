// Reading of untrusted JSON, where every access checks type and range, and writing of answers. Nothing throws.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "status.h"

namespace signalbox::bindings {

using Json = nlohmann::ordered_json;

/// A key and its value.
struct Field {
  const char* key;
  Json value;
};
/// Returns an object of these fields, in their order. The library's own braces compile to twice the code.
[[nodiscard]] Json object(std::initializer_list<Field> fields);
/// Returns a list of two values.
[[nodiscard]] Json pair(Json first, Json second);

/// Returns a number as JSON, which has neither NaN nor infinity: they become null.
[[nodiscard]] Json number_or_null(double value);

/// Writes JSON, without blanks. What is not UTF-8 becomes U+FFFD, and a number that JSON does not have null.
[[nodiscard]] std::string written(const Json& json);

/// Returns a value as JSON for a message, cut after some eighty bytes.
[[nodiscard]] std::string shown(const Json& value);

/// Returns {"ok":true,"value":...} or {"ok":false,"error":{"code","message"}}.
[[nodiscard]] std::string success(Json value);
[[nodiscard]] std::string failure(const Error& error);

/// Reads the keys of one object and remembers the first failure, so that a caller checks once at the end. A key that is
/// absent or null leaves the value unchanged.
class ObjectReader {
 public:
  ObjectReader(const Json& object, std::string what);

  void number(const char* key, double low, double high, double& out);
  void number(const char* key, double low, double high, float& out);
  /// Reads an integer; out is any unsigned type that holds `high`.
  template <typename T>
  void count(const char* key, double low, double high, T& out) {
    double value = static_cast<double>(out);
    if (read_number(key, low, high, value, true)) out = static_cast<T>(value);
  }
  void text(const char* key, std::string& out);
  void flag(const char* key, bool& out);
  /// Returns the value of a key, or null if it is absent; marks the key as known.
  const Json* find(const char* key);
  void fail(std::string message);

  /// Returns the first failure. A key that was never read is one, with the nearest of the keys that were.
  [[nodiscard]] Status finish() const;

 private:
  bool read_number(const char* key, double low, double high, double& out, bool integer);

  const Json& object_;
  std::string what_;
  std::vector<std::string_view> known_;
  Status failure_;
};

/// 2^53: above it, JavaScript numbers are not exact.
inline constexpr double kMostExact = 9007199254740992.0;

/// Maximum nesting, and maximum keys of one object. Writing and copying JSON recurse, and a module has 1 MB of stack;
/// a read of a key searches an ordered object from its start.
inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxKeys = 1 << 14;

/// Parses text; discarded() if it is not JSON or exceeds these limits. Objects and lists at the last of the kept levels
/// are left empty, which is much faster for a text that is only checked.
[[nodiscard]] Json parse_json(std::string_view text, std::size_t levels = kMaxDepth + 1);

}  // namespace signalbox::bindings
