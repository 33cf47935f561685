#include "building/map_layout.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace signalbox {
namespace {

constexpr std::size_t kEpochs = 200;
/// Points that one step moves. Such a step takes as long as a few queries.
constexpr std::size_t kBlock = 1024;
/// Number of points that push each time an edge pulls.
constexpr std::size_t kPushes = 5;
/// Stronger than UMAP's 1, so that templated tasks, whose rows are nearly equal, form regions instead of dots.
constexpr double kPushStrength = 8;
/// Added to the squared distance of a pushing point, to bound its force. UMAP's .001 also requires clipping the moves
/// on each axis, which stretches small clusters along the diagonals.
constexpr double kSoftening = .3;
/// Share of its distance to the middle that a point moves in the first epoch. Without this, groups that share no edge
/// would drift apart, and most of the map would be empty.
constexpr double kGravity = .05;
/// The initial positions range from -kStartRadius to kStartRadius.
constexpr double kStartRadius = 10;
constexpr double kJitter = .01;
/// Rows used to find the principal axes, and rounds of power iteration.
constexpr std::size_t kAxisRows = 5000;
constexpr std::size_t kAxisRounds = 50;
/// Jitter of points placed after the layout, so that rows with the same neighbours do not coincide.
constexpr double kPlaceJitter = .2;

double draw_within(Random& random, double radius) {
  return radius * (static_cast<double>(random.below(2001)) / 1000 - 1);
}

MapPoint difference(const MapPoint& a, const MapPoint& b) { return {a[0] - b[0], a[1] - b[1]}; }

double squared_length(const MapPoint& v) { return v[0] * v[0] + v[1] * v[1]; }

void pull(MapPoint& a, MapPoint& b, double rate) {
  const MapPoint apart = difference(a, b);
  const double force = 2 * rate / (1 + squared_length(apart));
  a = {a[0] - force * apart[0], a[1] - force * apart[1]};
  b = {b[0] + force * apart[0], b[1] + force * apart[1]};
}

void push(MapPoint& point, const MapPoint& other, double rate) {
  const MapPoint apart = difference(point, other);
  const double squared = squared_length(apart);
  const double force = 2 * kPushStrength * rate / ((kSoftening + squared) * (1 + squared));
  point = {point[0] + force * apart[0], point[1] + force * apart[1]};
}

/// Returns whether an edge of this weight is active in an epoch. The weight is the share of active epochs, which are
/// evenly spread.
bool has_turn(float weight, std::size_t epoch) {
  const auto turns = [&](std::size_t epochs) {
    return static_cast<std::size_t>(static_cast<double>(weight) * static_cast<double>(epochs));
  };
  return turns(epoch + 1) != turns(epoch);
}

/// Returns the weights of neighbours, in (0, 1]. The excess of a neighbour is its distance less that of the nearest:
/// the nearest has weight 1, and a neighbour with the mean excess 1/4. Thus sparse and dense regions spread alike.
std::vector<float> weigh(std::span<const Neighbour> near) {
  double excess = 0;
  for (const Neighbour& n : near) excess += n.cosine_distance - near.front().cosine_distance;
  excess /= static_cast<double>(std::max<std::size_t>(near.size(), 1));
  std::vector<float> out;
  for (const Neighbour& n : near) {
    const double further = n.cosine_distance - near.front().cosine_distance;
    const double share = further > 0 ? excess / (excess + further) : 1;
    out.push_back(static_cast<float>(share * share));
  }
  return out;
}

/// Returns the nearest kMapNeighbours that are closer than a right angle. A zero vector has no such neighbour.
std::span<const Neighbour> related(std::span<const Neighbour> near) {
  std::size_t count = 0;
  while (count < std::min(near.size(), kMapNeighbours) && near[count].cosine_distance < 1) ++count;
  return near.first(count);
}

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Removes the component of `v` along `axis`, then scales `v` to unit norm, or leaves zero if nothing remains.
void orthonormalize(std::vector<double>& v, std::span<const double> axis) {
  const double along = axis.empty() ? 0 : dot(v, axis);
  for (std::size_t i = 0; i < axis.size(); ++i) v[i] -= along * axis[i];
  const double norm = std::sqrt(dot(v, v));
  for (double& x : v) x = norm > 0 ? x / norm : 0;
}

struct Axes {
  std::vector<double> mean;
  std::array<std::vector<double>, 2> directions;
};

/// Finds the two principal axes of an evenly spaced sample of the rows, by orthogonal iteration.
Axes find_axes(const CodeView& rows) {
  const std::size_t count = std::min(rows.rows, kAxisRows);
  std::vector<double> sample(count * rows.dim, 0);
  Axes axes;
  axes.mean.assign(rows.dim, 0);
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = std::span(sample).subspan(i * rows.dim, rows.dim);
    add_row(rows, i * rows.rows / count, row);
    for (std::size_t d = 0; d < rows.dim; ++d) axes.mean[d] += row[d] / static_cast<double>(count);
  }
  for (std::size_t i = 0; i < sample.size(); ++i) sample[i] -= axes.mean[i % rows.dim];
  Random random(1);
  for (auto& axis : axes.directions) {
    for (std::size_t d = 0; d < rows.dim; ++d) axis.push_back(draw_within(random, 1));
  }
  for (std::size_t round = 0; round < kAxisRounds; ++round) {
    for (auto& axis : axes.directions) {
      std::vector<double> next(rows.dim, 0);
      for (std::size_t i = 0; i < count; ++i) {
        const auto row = std::span<const double>(sample).subspan(i * rows.dim, rows.dim);
        const double along = dot(row, axis);
        for (std::size_t d = 0; d < rows.dim; ++d) next[d] += along * row[d];
      }
      axis = std::move(next);
    }
    orthonormalize(axes.directions[0], {});
    orthonormalize(axes.directions[1], axes.directions[0]);
  }
  return axes;
}

std::vector<MapPoint> project(const CodeView& rows, const Axes& axes) {
  std::vector<MapPoint> out;
  double widest = 0;
  for (std::size_t r = 0; r < rows.rows; ++r) {
    std::vector<double> v(rows.dim, 0);
    add_row(rows, r, v);
    for (std::size_t d = 0; d < rows.dim; ++d) v[d] -= axes.mean[d];
    out.push_back({dot(v, axes.directions[0]), dot(v, axes.directions[1])});
    for (const double x : out.back()) widest = std::max(widest, std::fabs(x));
  }
  Random random(2);
  for (MapPoint& point : out) {
    for (double& x : point) x = (widest > 0 ? x / widest * kStartRadius : 0) + draw_within(random, kJitter);
  }
  return out;
}

}  // namespace

void MapLayout::add(std::span<const Neighbour> near) {
  near = related(near);
  const std::vector<float> weights = weigh(near);
  for (std::size_t i = 0; i < near.size(); ++i) edges_.push_back({near[i].row, weights[i]});
  ends_.push_back(edges_.size());
}

/// Stores each edge at both ends. Its weight is the probability that at least one of two independent edges exists, as
/// in UMAP.
void MapLayout::join_edges() {
  std::vector<std::vector<Edge>> joined(ends_.size());
  for (std::size_t from = 0, i = 0; from < ends_.size(); ++from) {
    for (; i < ends_[from]; ++i) {
      joined[from].push_back(edges_[i]);
      joined[edges_[i].to].push_back({static_cast<std::uint32_t>(from), edges_[i].weight});
    }
  }
  edges_.clear();
  for (std::size_t from = 0; from < joined.size(); ++from) {
    std::vector<Edge>& mine = joined[from];
    std::sort(mine.begin(), mine.end(), [](const Edge& a, const Edge& b) { return a.to < b.to; });
    for (std::size_t i = 0; i < mine.size(); ++i) {
      if (i > 0 && mine[i].to == mine[i - 1].to) {
        const float a = mine[i - 1].weight;
        edges_.back().weight = a + mine[i].weight - a * mine[i].weight;
      } else {
        edges_.push_back(mine[i]);
      }
    }
    ends_[from] = edges_.size();
    mine = {};
  }
}

void MapLayout::start(const CodeView& points) {
  join_edges();
  positions_ = project(points, find_axes(points));
}

std::size_t MapLayout::count_steps(std::size_t points) { return kEpochs * ((points + kBlock - 1) / kBlock); }

void MapLayout::move_point(std::size_t point, double rate) {
  MapPoint& mine = positions_[point];
  for (double& x : mine) x *= 1 - kGravity * rate;
  for (std::size_t i = point == 0 ? 0 : ends_[point - 1]; i < ends_[point]; ++i) {
    if (!has_turn(edges_[i].weight, epoch_)) continue;
    pull(mine, positions_[edges_[i].to], rate);
    for (std::size_t p = 0; p < kPushes; ++p) push(mine, positions_[random_.below(positions_.size())], rate);
  }
}

void MapLayout::step() {
  const double rate = 1 - static_cast<double>(epoch_) / kEpochs;
  const std::size_t end = std::min(next_ + kBlock, positions_.size());
  for (; next_ < end; ++next_) move_point(next_, rate);
  if (next_ < positions_.size()) return;
  next_ = 0;
  ++epoch_;
}

MapPoint MapLayout::place(std::span<const Neighbour> near, std::uint64_t seed) const {
  near = related(near);
  near = near.first(std::min(near.size(), kPlaceNeighbours));
  const std::vector<float> weights = weigh(near);
  MapPoint at = {0, 0};
  double sum = 0;
  for (std::size_t i = 0; i < near.size(); ++i) {
    const MapPoint& other = positions_[near[i].row];
    const auto weight = static_cast<double>(weights[i]);
    at = {at[0] + weight * other[0], at[1] + weight * other[1]};
    sum += weight;
  }
  Random random(seed);
  for (double& x : at) x = (sum > 0 ? x / sum : 0) + draw_within(random, kPlaceJitter);
  return at;
}

}  // namespace signalbox
