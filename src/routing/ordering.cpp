#include "routing/ordering.h"

#include <algorithm>

namespace signalbox {

void sort_keyed(std::vector<Keyed>& list) {
  std::sort(list.begin(), list.end(), [](const Keyed& a, const Keyed& b) {
    if (a.key != b.key) return a.key < b.key;
    return a.then != b.then ? a.then < b.then : a.place < b.place;
  });
}

}  // namespace signalbox
