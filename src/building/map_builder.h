// The map of an index: a place in two dimensions for every row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "building/map_layout.h"
#include "kernels/codes.h"
#include "kernels/nearest.h"

namespace signalbox {

/// Lays out all rows, or some of them, the landmarks, beside which it places the others. What comes out depends on the
/// rows' codes and order, the landmarks and what `add` took, and not on the size of the steps. Not thread-safe.
class MapBuilder {
 public:
  /// No rows, no map.
  MapBuilder() = default;
  /// `landmarks`, ascending: the rows that are laid out. Copied.
  MapBuilder(std::size_t rows, std::span<const std::uint32_t> landmarks);

  /// Whether every row is laid out. Then their neighbours come from outside: `add` takes those of the next row, before
  /// the first step, as MapLayout::add does.
  [[nodiscard]] bool lays_out_all() const { return others_.empty(); }
  void add(std::span<const Neighbour> near) { layout_.add(near); }

  /// Steps in all: those of the layout; and a search for each row, where only landmarks are laid out.
  [[nodiscard]] std::size_t count_steps() const;
  /// Does at most `most` more steps, at least one where any is left; gives how many it did.
  [[nodiscard]] std::size_t step(const CodeView& rows, std::size_t most);

  /// [rows, 2], as the file holds it. For once every step is done.
  [[nodiscard]] std::vector<std::uint16_t> finish() const;

 private:
  [[nodiscard]] std::size_t search_landmarks(std::size_t most);
  [[nodiscard]] std::size_t move_landmarks(const CodeView& rows, std::size_t most);
  [[nodiscard]] std::size_t place_others(const CodeView& rows, std::size_t most);

  std::vector<std::uint32_t> landmarks_;
  std::vector<std::uint32_t> others_;
  CodeMatrix codes_;  ///< Of the landmarks, where there are others.
  MapLayout layout_;
  std::size_t searched_ = 0;
  std::size_t moved_ = 0;         ///< Steps of the layout.
  std::vector<MapPoint> placed_;  ///< Others.
};

}  // namespace signalbox
