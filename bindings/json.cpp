#include "json.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "nearest_name.h"

namespace signalbox::bindings {

namespace {

std::string expected_json() {
  return "expected JSON of at most " + std::to_string(kMaxDepth) + " levels, and " + std::to_string(kMaxKeys) +
         " keys per object";
}

/// Writes a limit as people do: 1, not 1.0.
std::string limit(double value) {
  const bool whole = value == std::floor(value) && std::abs(value) <= 1e15;
  return whole ? std::to_string(static_cast<long long>(value)) : written(value);
}

}  // namespace

Json object(std::initializer_list<Field> fields) {
  Json out = Json::object();
  for (const Field& field : fields) out[field.key] = field.value;
  return out;
}

Json pair(Json first, Json second) {
  Json out = Json::array();
  out.push_back(std::move(first));
  out.push_back(std::move(second));
  return out;
}

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

std::string shown(const Json& value) {
  constexpr std::size_t kMostShown = 80;
  std::string out = written(value);
  if (out.size() <= kMostShown) return out;
  std::size_t end = kMostShown;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;  // Not within a character.
  return out.substr(0, end) + "...";
}

std::string success(Json value) {
  Json out = object({{"ok", true}});
  out["value"] = std::move(value);
  return written(out);
}

std::string failure(const Error& error) {
  return written(object({{"ok", false}, {"error", object({{"code", error.name()}, {"message", error.message}})}}));
}

ObjectReader::ObjectReader(const Json& object, std::string what) : object_(object), what_(std::move(what)) {
  if (object.is_discarded()) fail(expected_json());
  else if (!object.is_object()) fail("expected an object, got " + shown(object));
}

const Json* ObjectReader::find(const char* key) {
  known_.emplace_back(key);
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

void ObjectReader::fail(std::string message) {
  if (!failure_) failure_ = Error{ErrorCode::kInvalidArgument, what_ + ": " + std::move(message)};
}

bool ObjectReader::read_number(const char* key, double low, double high, double& out, bool integer) {
  const Json* value = find(key);
  if (value == nullptr) return false;
  const double number = value->is_number() ? value->get<double>() : std::nan("");
  // Written so that NaN fails, too.
  const bool good = number >= low && number <= high && (!integer || number == std::floor(number));
  if (!good) {
    fail(std::string(key) + " is " + shown(*value) + ", expected " + (integer ? "an integer" : "a number") + " from " +
         limit(low) + " to " + limit(high));
    return false;
  }
  out = number;
  return true;
}

void ObjectReader::number(const char* key, double low, double high, double& out) {
  read_number(key, low, high, out, false);
}

void ObjectReader::number(const char* key, double low, double high, float& out) {
  double value = static_cast<double>(out);
  if (read_number(key, low, high, value, false)) out = static_cast<float>(value);
}

void ObjectReader::text(const char* key, std::string& out) {
  const Json* value = find(key);
  if (value == nullptr) return;
  if (value->is_string()) out = value->get<std::string>();
  else fail(std::string(key) + " is " + shown(*value) + ", expected a string");
}

void ObjectReader::flag(const char* key, bool& out) {
  const Json* value = find(key);
  if (value == nullptr) return;
  if (value->is_boolean()) out = value->get<bool>();
  else fail(std::string(key) + " is " + shown(*value) + ", expected true or false");
}

Status ObjectReader::finish() const {
  if (failure_ || !object_.is_object()) return failure_;
  for (const auto& item : object_.items()) {
    if (std::find(known_.begin(), known_.end(), item.key()) != known_.end()) continue;
    NearestName nearest(item.key());
    for (const std::string_view key : known_) nearest.add(key);
    return Error{ErrorCode::kInvalidArgument, what_ + ": '" + item.key() + "' is not known" + nearest.question()};
  }
  return {};
}

}  // namespace signalbox::bindings
