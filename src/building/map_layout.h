// Places points in two dimensions so that those which are near in the space of the embeddings are near each other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/codes.h"
#include "kernels/nearest.h"
#include "routing/random.h"

namespace signalbox {

/// Nearest others of a point that pull at it.
inline constexpr std::size_t kMapNeighbours = 15;
/// Nearest points beside which something else is placed. Forces upon it, as in UMAP's transform, were tried, and
/// placed it worse than the mean of these three.
inline constexpr std::size_t kPlaceNeighbours = 3;

using MapPoint = std::array<double, 2>;

/// A layout of the graph of nearest neighbours, in the manner of UMAP (McInnes, Healy and Melville 2018, arXiv
/// 1802.03426): edges pull, points that are drawn push. Two departures let native and wasm place every point alike, to
/// the last bit: a = b = 1, so that points at distance d belong together by 1 / (1 + d^2), and a rational function
/// weighs the edges where UMAP has an exponential one.
///
/// Zero vectors, and points that are at right angles to all others or beyond, have no edges, and sink to the middle.
/// Equal vectors are spread by jitter. Memory: about 500 bytes a point. Not thread-safe.
class MapLayout {
 public:
  /// The neighbours of the next point, nearest first and without itself; those beyond kMapNeighbours are left out.
  void add(std::span<const Neighbour> near);

  /// Once every one of `points` was added: joins the neighbours to a graph, and places the points by their two
  /// principal components. Complexity: O(dim) a point, O(edges log edges), and a fixed number of rounds over a few
  /// thousand rows.
  void start(const CodeView& points);

  /// The number of steps of a layout: of every epoch, one for each block of points.
  [[nodiscard]] static std::size_t count_steps(std::size_t points);
  void step();

  /// A place for what is no point of the layout, beside the points that are near it; `seed` is its own.
  [[nodiscard]] MapPoint place(std::span<const Neighbour> near, std::uint64_t seed) const;

  [[nodiscard]] std::span<const MapPoint> positions() const { return positions_; }

 private:
  struct Edge {
    std::uint32_t to = 0;
    float weight = 0;  ///< In (0, 1]: the share of epochs in which it pulls.
  };

  void join_edges();
  void move_point(std::size_t point, double rate);

  std::vector<Edge> edges_;        ///< Of every point, one after the other.
  std::vector<std::size_t> ends_;  ///< [points] where the edges of each end.
  std::vector<MapPoint> positions_;
  Random random_{1};
  std::size_t epoch_ = 0;
  std::size_t next_ = 0;  ///< The point that moves next.
};

/// x and y of every point in 0..65535, [points, 2]: the longer axis is x, both axes have one scale, and the points lie
/// in the middle. The few that are far outside are drawn in to the rim.
[[nodiscard]] std::vector<std::uint16_t> fit_map(std::span<const MapPoint> points);

}  // namespace signalbox
