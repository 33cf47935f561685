#include <algorithm>
#include <cmath>

#include "building/map_layout.h"

namespace signalbox {
namespace {

/// One point in kOutlierShare at each end of an axis may be an outlier. It is one if it lies outside the extent of the
/// other points, stretched by kStretch.
constexpr std::size_t kOutlierShare = 1000;
constexpr double kStretch = .05;
constexpr double kMost = 65535;

/// Rotates the points so that they spread most along x; returns them relative to their mean.
std::vector<MapPoint> turned(std::span<const MapPoint> points) {
  MapPoint mean = {0, 0};
  for (const MapPoint& p : points) {
    for (std::size_t axis = 0; axis < 2; ++axis) mean[axis] += p[axis] / static_cast<double>(points.size());
  }
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (const MapPoint& p : points) {
    const double x = p[0] - mean[0];
    const double y = p[1] - mean[1];
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  // The eigenvector of the larger eigenvalue, in the one of its two forms that does not cancel.
  const double half = (xx - yy) / 2;
  const double root = std::sqrt(half * half + xy * xy);
  MapPoint axis = half >= 0 ? MapPoint{half + root, xy} : MapPoint{xy, root - half};
  const double norm = std::sqrt(axis[0] * axis[0] + axis[1] * axis[1]);
  axis = norm > 0 ? MapPoint{axis[0] / norm, axis[1] / norm} : MapPoint{1, 0};
  std::vector<MapPoint> out;
  for (const MapPoint& p : points) {
    const double x = p[0] - mean[0];
    const double y = p[1] - mean[1];
    out.push_back({x * axis[0] + y * axis[1], y * axis[0] - x * axis[1]});
  }
  return out;
}

struct Extent {
  double low = 0;
  double high = 0;
};

/// Returns the extent of all points except outliers along one axis.
Extent extent(std::span<const MapPoint> points, std::size_t axis) {
  std::vector<double> values;
  for (const MapPoint& p : points) values.push_back(p[axis]);
  std::sort(values.begin(), values.end());
  const std::size_t cut = values.size() / kOutlierShare;
  const double low = values[cut];
  const double high = values[values.size() - 1 - cut];
  const double margin = kStretch * (high - low);
  return {std::max(values.front(), low - margin), std::min(values.back(), high + margin)};
}

}  // namespace

std::vector<std::uint16_t> fit_map(std::span<const MapPoint> points) {
  std::vector<std::uint16_t> out;
  if (points.empty()) return out;
  const std::vector<MapPoint> placed = turned(points);
  const std::array<Extent, 2> extents = {extent(placed, 0), extent(placed, 1)};
  const double width = std::max(extents[0].high - extents[0].low, extents[1].high - extents[1].low);
  for (const MapPoint& p : placed) {
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const double middle = (extents[axis].low + extents[axis].high) / 2;
      const double share = width > 0 ? (p[axis] - middle) / width : 0;
      out.push_back(static_cast<std::uint16_t>(std::clamp((share + .5) * kMost + .5, 0.0, kMost)));
    }
  }
  return out;
}

}  // namespace signalbox
