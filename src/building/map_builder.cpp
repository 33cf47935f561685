#include "building/map_builder.h"

#include <algorithm>

namespace signalbox {
namespace {

/// Number of queries that share a pass over the landmarks.
constexpr std::size_t kBlock = 256;

CodeMatrix choose(const CodeView& rows, std::span<const std::uint32_t> chosen) {
  CodeMatrix out = {rows.type, chosen.size(), rows.dim, {}, {}};
  for (const std::uint32_t row : chosen) {
    const std::span codes(rows.codes + row * rows.stride, rows.stride);
    out.codes.insert(out.codes.end(), codes.begin(), codes.end());
    out.scales.push_back(rows.scales[row]);
  }
  return out;
}

/// Decodes the chosen rows and prepares them as queries.
QueryBlock queries_of(const CodeView& rows, std::span<const std::uint32_t> chosen) {
  std::vector<float> vectors;
  std::vector<double> v(rows.dim);
  for (const std::uint32_t row : chosen) {
    std::fill(v.begin(), v.end(), 0);
    add_row(rows, row, v);
    for (const double x : v) vectors.push_back(static_cast<float>(x));
  }
  return prepare_queries(rows.type, vectors, rows.dim);
}

}  // namespace

MapBuilder::MapBuilder(std::size_t rows, std::span<const std::uint32_t> landmarks)
    : landmarks_(landmarks.begin(), landmarks.end()) {
  std::size_t next = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    if (next < landmarks.size() && landmarks[next] == row) ++next;
    else others_.push_back(static_cast<std::uint32_t>(row));
  }
}

std::size_t MapBuilder::count_steps() const {
  const std::size_t searches = lays_out_all() ? 0 : landmarks_.size() + others_.size();
  return MapLayout::count_steps(landmarks_.size()) + searches;
}

std::size_t MapBuilder::step(const CodeView& rows, std::size_t most) {
  if (!lays_out_all() && codes_.rows == 0) codes_ = choose(rows, landmarks_);
  if (!lays_out_all() && searched_ < landmarks_.size()) return search_landmarks(most);
  if (moved_ < MapLayout::count_steps(landmarks_.size())) return move_landmarks(rows, most);
  return place_others(rows, most);
}

std::size_t MapBuilder::search_landmarks(std::size_t most) {
  const std::size_t count = std::min({kBlock, most, landmarks_.size() - searched_});
  std::vector<std::uint32_t> chosen(count);
  for (std::size_t i = 0; i < count; ++i) chosen[i] = static_cast<std::uint32_t>(searched_ + i);
  auto near = find_nearest(codes_.view(), queries_of(codes_.view(), chosen), kMapNeighbours + 1);
  for (std::size_t i = 0; i < count; ++i) {
    std::erase_if(near[i], [&](const Neighbour& n) { return n.row == chosen[i]; });
    layout_.add(near[i]);
  }
  searched_ += count;
  return count;
}

std::size_t MapBuilder::move_landmarks(const CodeView& rows, std::size_t most) {
  if (moved_ == 0) layout_.start(lays_out_all() ? rows : codes_.view());
  const std::size_t count = std::min(most, MapLayout::count_steps(landmarks_.size()) - moved_);
  for (std::size_t i = 0; i < count; ++i) layout_.step();
  moved_ += count;
  return count;
}

std::size_t MapBuilder::place_others(const CodeView& rows, std::size_t most) {
  const std::size_t count = std::min({kBlock, most, others_.size() - placed_.size()});
  const auto chosen = std::span(others_).subspan(placed_.size(), count);
  const auto near = find_nearest(codes_.view(), queries_of(rows, chosen), kPlaceNeighbours);
  for (std::size_t i = 0; i < count; ++i) placed_.push_back(layout_.place(near[i], chosen[i]));
  return count;
}

std::vector<std::uint16_t> MapBuilder::finish() const {
  std::vector<MapPoint> places(landmarks_.size() + others_.size());
  for (std::size_t i = 0; i < landmarks_.size(); ++i) places[landmarks_[i]] = layout_.positions()[i];
  for (std::size_t i = 0; i < others_.size(); ++i) places[others_[i]] = placed_[i];
  return fit_map(places);
}

}  // namespace signalbox
