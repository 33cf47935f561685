// Promises of the boundary that every target holds it to.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "handles.h"
#include "json.h"

namespace signalbox::fuzz {

/// Makes a broken promise of the code under test visible to the fuzzer.
inline void require(bool promise) {
  if (!promise) std::abort();
}

/// Returns the value of an answer; null for an error, which has a code and a message.
inline bindings::Json value_of(const std::string& answer) {
  bindings::Json json = bindings::parse_json(answer);
  require(json.is_object() && json.contains("ok"));
  if (json["ok"] == true) return std::move(json["value"]);
  const bindings::Json& error = json["error"];
  require(error["code"].is_string() && error["message"].is_string() && error["message"] != "");
  return nullptr;
}

/// Copies bytes into an allocation that the boundary takes over.
inline void* handed_over(const std::vector<std::uint8_t>& bytes) {
  void* copy = bindings::allocate(bytes.size());
  std::copy(bytes.begin(), bytes.end(), static_cast<std::uint8_t*>(copy));
  return copy;
}

/// Splits text into its first `most` lines.
inline std::vector<std::string_view> lines_of(std::string_view text, std::size_t most) {
  std::vector<std::string_view> out;
  while (!text.empty() && out.size() < most) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace signalbox::fuzz
