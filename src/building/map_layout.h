// Places points in two dimensions so that points near in the space of the embeddings are near each other.
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

/// Number of nearest points that pull at a point.
inline constexpr std::size_t kMapNeighbours = 15;
/// Number of nearest points that place a point outside the layout, by their weighted mean. Forces on such a point, as
/// in UMAP's transform, were tried and placed it worse than the mean of these three.
inline constexpr std::size_t kPlaceNeighbours = 3;

using MapPoint = std::array<double, 2>;

/// Lays out the graph of nearest neighbours in the manner of UMAP (McInnes, Healy and Melville 2018, arXiv 1802.03426):
/// edges pull, randomly drawn points push. Two departures make native and wasm place every point identically, to the
/// last bit: a = b = 1, so that points at distance d have affinity 1 / (1 + d^2), and the edges are weighted by a
/// rational function instead of UMAP's exponential one.
///
/// Zero vectors, and points whose angle to all others is at least a right angle, have no edges and sink to the middle.
/// Equal vectors are spread by jitter. Memory: about 500 bytes per point. Not thread-safe.
class MapLayout {
 public:
  /// Adds the neighbours of the next point, nearest first and without the point itself; ignores those beyond
  /// kMapNeighbours.
  void add(std::span<const Neighbour> near);

  /// Joins the neighbours to a graph and places the points by their two principal components. Call it once the
  /// neighbours of all `points` have been added. Complexity: O(dim) per point, O(edges log edges), and a fixed number
  /// of rounds over a few thousand rows.
  void start(const CodeView& points);

  /// Returns the number of steps of a layout: one per block of points and epoch.
  [[nodiscard]] static std::size_t count_steps(std::size_t points);
  void step();

  /// Returns a place for a point outside the layout, beside its nearest points `near`. Each such point needs its own
  /// `seed`.
  [[nodiscard]] MapPoint place(std::span<const Neighbour> near, std::uint64_t seed) const;

  [[nodiscard]] std::span<const MapPoint> positions() const { return positions_; }

 private:
  struct Edge {
    std::uint32_t to = 0;
    float weight = 0;  ///< In (0, 1]: the share of epochs in which the edge pulls.
  };

  void join_edges();
  void move_point(std::size_t point, double rate);

  std::vector<Edge> edges_;        ///< Edges of all points, point by point.
  std::vector<std::size_t> ends_;  ///< [points] end of each point's edges in edges_.
  std::vector<MapPoint> positions_;
  Random random_{1};
  std::size_t epoch_ = 0;
  std::size_t next_ = 0;  ///< The next point to move.
};

/// Returns x and y of every point in 0..65535, [points, 2]: the longer axis is x, both axes have one scale, and the
/// points are centred. The few points far outside are moved to the edge.
[[nodiscard]] std::vector<std::uint16_t> fit_map(std::span<const MapPoint> points);

}  // namespace signalbox
