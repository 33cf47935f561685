// The name that a misspelt one was meant to be.
#pragma once

#include <string>
#include <string_view>

namespace signalbox::bindings {

/// Finds the known name nearest to one that is not known: without regard to case, by its ending after a slash, or by
/// edit distance, up to two fifths of its length. Ties go to the name that was added first.
class NearestName {
 public:
  explicit NearestName(std::string_view got);

  void add(std::string_view known);
  /// Returns ", did you mean '...'?", or nothing if no name is near.
  [[nodiscard]] std::string question() const;

 private:
  std::string got_;
  std::string nearest_;
  std::size_t distance_;
};

}  // namespace signalbox::bindings
