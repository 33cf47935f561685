#include "routing/ordering.h"

#include <algorithm>
#include <tuple>

namespace signalbox {

void sort_keyed(std::vector<Keyed>& list) {
  std::sort(list.begin(), list.end(), [](const Keyed& a, const Keyed& b) {
    return std::tie(a.key, a.then, a.place) < std::tie(b.key, b.then, b.place);
  });
}

}  // namespace signalbox
