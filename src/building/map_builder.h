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

/// Lays out all rows, or only some of them, the landmarks, and places the other rows beside those. The result depends
/// on the rows' codes and order, the landmarks and the neighbours passed to `add`, but not on the sizes of the steps.
/// Not thread-safe.
class MapBuilder {
 public:
  /// A map without rows.
  MapBuilder() = default;
  /// `landmarks` are the rows to lay out, ascending. Copied.
  MapBuilder(std::size_t rows, std::span<const std::uint32_t> landmarks);

  /// Returns whether every row is laid out. If so, `add` must receive the neighbours of each row, in order and before
  /// the first step, as MapLayout::add does.
  [[nodiscard]] bool lays_out_all() const { return others_.empty(); }
  void add(std::span<const Neighbour> near) { layout_.add(near); }

  /// Returns the number of all steps: those of the layout, and a search per row if only landmarks are laid out.
  [[nodiscard]] std::size_t count_steps() const;
  /// Runs at most `most` more steps, at least one if any is left, and returns how many it ran.
  [[nodiscard]] std::size_t step(const CodeView& rows, std::size_t most);

  /// Returns the map [rows, 2] as stored in the file. Call it after the last step.
  [[nodiscard]] std::vector<std::uint16_t> finish() const;

 private:
  [[nodiscard]] std::size_t search_landmarks(std::size_t most);
  [[nodiscard]] std::size_t move_landmarks(const CodeView& rows, std::size_t most);
  [[nodiscard]] std::size_t place_others(const CodeView& rows, std::size_t most);

  std::vector<std::uint32_t> landmarks_;
  std::vector<std::uint32_t> others_;
  CodeMatrix codes_;  ///< Codes of the landmarks; empty if every row is laid out.
  MapLayout layout_;
  std::size_t searched_ = 0;
  std::size_t moved_ = 0;         ///< Steps of the layout that have run.
  std::vector<MapPoint> placed_;  ///< Places of the other rows, as far as they are known.
};

}  // namespace signalbox
