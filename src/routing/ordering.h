// Sorting by numbers. One function for every list: each call of std::sort with a comparison of its own is a kilobyte of
// the wasm module.
#pragma once

#include <cstddef>
#include <vector>

namespace signalbox {

/// A place in some list, and the numbers that order it.
struct Keyed {
  double key = 0;
  double then = 0;  ///< Decides among equal keys; among equal ones of these too, the lower place comes first.
  std::size_t place = 0;
};

/// Sorts in ascending order. NaN is not allowed.
void sort_keyed(std::vector<Keyed>& list);

}  // namespace signalbox
