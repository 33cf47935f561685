#include "json.h"

#include <algorithm>
#include <cmath>

namespace signalbox::bindings {

Json parse_json(std::string_view text) { return Json::parse(text.begin(), text.end(), nullptr, false); }

ObjectReader::ObjectReader(const Json& object, std::string what) : object_(object), what_(std::move(what)) {
  if (!object.is_object()) fail("expected an object");
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
    fail(std::string(key) + " is " + value->dump(-1, ' ', false, Json::error_handler_t::replace) + ", expected " +
         (integer ? "an integer" : "a number") + " from " + Json(low).dump() + " to " + Json(high).dump());
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
  else fail(std::string(key) + " is not a string");
}

Status ObjectReader::finish() const {
  if (failure_ || !object_.is_object()) return failure_;
  for (const auto& item : object_.items()) {
    if (std::find(known_.begin(), known_.end(), item.key()) == known_.end()) {
      return Error{ErrorCode::kInvalidArgument, what_ + ": '" + item.key() + "' is not known"};
    }
  }
  return {};
}

}  // namespace signalbox::bindings
