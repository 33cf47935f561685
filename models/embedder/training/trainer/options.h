// Command-line options.
#pragma once

#include <map>
#include <stdexcept>
#include <string>

namespace trainer {

/// Parses options of the form `--name value`.
class Options {
 public:
  Options(int count, char** arguments) {
    for (int i = 1; i + 1 < count; i += 2) values_[arguments[i]] = arguments[i + 1];
  }
  std::string text(const std::string& name) const {
    if (!values_.contains(name)) throw std::runtime_error(name + " is missing");
    return values_.at(name);
  }
  double number(const std::string& name, double otherwise) const {
    return values_.contains(name) ? std::stod(values_.at(name)) : otherwise;
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace trainer
