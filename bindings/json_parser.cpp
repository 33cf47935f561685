#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "json.h"

namespace signalbox::bindings {
namespace {

/// Returns whether text keeps to the limits, if it is JSON at all: other text is left to the parser.
bool keeps_to_limits(std::string_view text) {
  std::array<std::size_t, kMaxDepth + 1> keys{};  // of the open object at each depth
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      else if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return false;
      keys[depth] = 0;
    } else if (c == ']' || c == '}') {
      if (depth > 0) --depth;
    } else if (c == ':' && ++keys[depth] > kMaxKeys) {
      return false;
    }
  }
  return true;
}

/// Keeps the last value of a key that occurs several times, at the place of the first.
void join_repeated(Json::object_t& object) {
  std::map<std::string_view, std::size_t> places;
  Json::object_t joined;
  joined.reserve(object.size());
  for (auto& [key, value] : object) {
    const auto [at, is_new] = places.emplace(key, joined.size());
    if (is_new) joined.emplace_back(key, std::move(value));
    else (joined.begin() + static_cast<std::ptrdiff_t>(at->second))->second = std::move(value);
  }
  object.swap(joined);
}

/// Builds a value from the parser's events. The library's own builder looks for each key among all before it. Objects
/// and lists at the last of the kept levels are left empty.
class Builder {
 public:
  explicit Builder(std::size_t levels) : levels_(levels) {}

  Json root = Json(Json::value_t::discarded);

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(Json::number_integer_t value) { return add(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return add(value); }
  bool number_float(Json::number_float_t value, const Json::string_t& /*text*/) { return add(value); }
  bool string(Json::string_t& value) { return is_left_out() || add(std::move(value)); }
  bool binary(Json::binary_t& /*value*/) { return false; }

  bool start_object(std::size_t /*size*/) { return open(Json::value_t::object); }
  bool key(Json::string_t& value) {
    if (!is_left_out()) open_.back().key = std::move(value);
    return true;
  }
  bool end_object() {
    if (is_left_out()) return close();
    auto& object = open_.back().value.get_ref<Json::object_t&>();
    if (object.size() > 1) join_repeated(object);
    return close();
  }
  bool start_array(std::size_t /*size*/) { return open(Json::value_t::array); }
  bool end_array() { return close(); }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/, const Json::exception& /*error*/) {
    return false;
  }

 private:
  /// An object or list that has not ended, and the last key of an object.
  struct Open {
    Json value;
    std::string key;
  };

  /// Returns whether the values that the parser is among are left out.
  [[nodiscard]] bool is_left_out() const { return level_ >= levels_; }

  bool open(Json::value_t type) {
    if (level_++ < levels_) open_.push_back({Json(type), {}});
    return true;
  }

  bool close() {
    if (level_-- > levels_) return true;
    Json value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }

  bool add(Json value) {
    if (is_left_out()) return true;
    if (open_.empty()) root = std::move(value);
    else if (Open& parent = open_.back(); parent.value.is_array()) parent.value.push_back(std::move(value));
    else parent.value.get_ref<Json::object_t&>().emplace_back(std::move(parent.key), std::move(value));
    return true;
  }

  std::vector<Open> open_;
  std::size_t levels_;
  std::size_t level_ = 0;  ///< Number of open values around the parser.
};

}  // namespace

Json parse_json(std::string_view text, std::size_t levels) {
  Builder builder(levels);
  if (!keeps_to_limits(text) || !Json::sax_parse(text.begin(), text.end(), &builder)) {
    return Json(Json::value_t::discarded);
  }
  return std::move(builder.root);
}

}  // namespace signalbox::bindings
