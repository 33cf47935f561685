#include "nearest_name.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace signalbox::bindings {
namespace {

/// Longer names are not compared, which bounds the time for an index of many models.
constexpr std::size_t kMostLength = 128;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// Returns the Levenshtein distance in bytes.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

NearestName::NearestName(std::string_view got)
    : got_(lower(got)), distance_(got.size() == 1 ? 1 : std::max<std::size_t>(2, 2 * got.size() / 5 + 1)) {}

void NearestName::add(std::string_view known) {
  if (got_.empty() || known.size() > kMostLength || got_.size() > kMostLength) return;
  const std::string name = lower(known);
  const std::size_t slash = name.rfind('/');
  const bool is_ending = slash != std::string::npos && name.compare(slash + 1, std::string::npos, got_) == 0;
  const std::size_t difference = std::max(name.size(), got_.size()) - std::min(name.size(), got_.size());
  if (!is_ending && difference >= distance_) return;
  // An ending is the name itself without its owner: only the whole name is nearer.
  const std::size_t distance = is_ending ? std::size_t{1} : edit_distance(name, got_);
  if (distance >= distance_ && !(is_ending && nearest_.empty())) return;
  distance_ = distance;
  nearest_ = known;
}

std::string NearestName::question() const { return nearest_.empty() ? "" : ", did you mean '" + nearest_ + "'?"; }

}  // namespace signalbox::bindings
