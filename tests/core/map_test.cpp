// The map keeps near rows together, better than principal components do, and handles every kind of rows.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "building/map_builder.h"
#include "support.h"

namespace signalbox {
namespace {

constexpr std::size_t kShown = 10;  ///< Nearest neighbours in the map to examine.

/// Clusters of unit vectors about random centres; row r belongs to cluster r % clusters.
struct Clusters {
  Clusters(std::uint32_t seed, std::size_t count, std::size_t rows, std::size_t dim, float noise) : clusters(count) {
    std::mt19937 random(seed);
    const std::vector<float> centres = testing::random_vectors(random, count, dim);
    std::vector<float> vectors = testing::random_vectors(random, rows, dim);
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      vectors[i] = noise * vectors[i] + centres[i / dim % count * dim + i % dim];
    }
    codes = quantize(CodeType::kInt8, vectors, dim);
    for (std::size_t row = 0; row < rows; ++row) {
      const auto vector = std::span(vectors).subspan(row * dim, dim);
      auto found = find_nearest(codes.view(), prepare_queries(codes.type, vector, dim), kMapNeighbours + 1);
      std::erase_if(found[0], [&](const Neighbour& n) { return n.row == row; });
      near.push_back(found[0]);
    }
  }

  std::size_t clusters;
  CodeMatrix codes;
  std::vector<std::vector<Neighbour>> near;  ///< [rows] neighbours in the space of the vectors.
};

struct Quality {
  double purity = 0;  ///< Share of a row's neighbours in the map that belong to its cluster.
  double kept = 0;    ///< Share of these that are also its neighbours in the space of the vectors.
};

Quality quality_of(std::span<const MapPoint> points, const Clusters& of) {
  Quality sum;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto distance = [&](std::size_t j) {
      return std::hypot(points[j][0] - points[i][0], points[j][1] - points[i][1]);
    };
    std::vector<std::size_t> others(points.size());
    std::iota(others.begin(), others.end(), std::size_t{0});
    std::erase(others, i);
    std::partial_sort(others.begin(), others.begin() + kShown, others.end(),
                      [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); });
    for (std::size_t n = 0; n < kShown; ++n) {
      sum.purity += others[n] % of.clusters == i % of.clusters ? 1 : 0;
      const auto& near = of.near[i];
      sum.kept += std::any_of(near.begin(), near.end(), [&](const Neighbour& x) { return x.row == others[n]; }) ? 1 : 0;
    }
  }
  const auto shown = static_cast<double>(points.size() * kShown);
  return {sum.purity / shown, sum.kept / shown};
}

TEST(MapLayout, KeepsClustersApartThatTwoPrincipalComponentsMix) {
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Clusters clusters(seed, 12, 600, 24, .5F);
    MapLayout layout;
    for (const auto& near : clusters.near) layout.add(near);
    layout.start(clusters.codes.view());
    const Quality start = quality_of(layout.positions(), clusters);
    for (std::size_t i = MapLayout::count_steps(600); i > 0; --i) layout.step();
    const Quality map = quality_of(layout.positions(), clusters);
    // Twelve centres span eleven dimensions, so that two of these show some clusters on top of others.
    EXPECT_LT(start.purity, .8);
    // In 24 dimensions these clusters do not touch: at most one row in a hundred may end up among another cluster.
    EXPECT_GT(map.purity, .99);
    // Two dimensions cannot keep all neighbours in a large cluster; the layout keeps at least half as many again as
    // PCA.
    EXPECT_GT(map.kept, 1.5 * start.kept);
  }
}

TEST(MapBuilder, PlacesRowsBesideTheirLandmarks) {
  const Clusters clusters(/*seed=*/4, 12, 2400, 24, .5F);
  std::vector<std::uint32_t> landmarks;
  for (std::uint32_t row = 0; row < 2400; row += 5) landmarks.push_back(row);
  MapBuilder builder(2400, landmarks);
  std::size_t steps = 0;
  while (steps < builder.count_steps()) steps += builder.step(clusters.codes.view(), 100);
  EXPECT_EQ(steps, builder.count_steps());
  const std::vector<std::uint16_t> map = builder.finish();
  std::vector<MapPoint> points;
  for (std::size_t r = 0; r < 2400; ++r)
    points.push_back({static_cast<double>(map[2 * r]), static_cast<double>(map[2 * r + 1])});
  EXPECT_GT(quality_of(points, clusters).purity, .99) << "as if every row were laid out";
}

TEST(MapLayout, LeavesZeroVectorsAtRestAndSpreadsEqualOnes) {
  for (const float value : {0.0F, 1.0F}) {
    const CodeMatrix codes = quantize(CodeType::kInt8, std::vector<float>(40 * 3, value), 3);
    MapLayout layout;
    for (std::uint32_t row = 0; row < 40; ++row) {
      std::vector<Neighbour> near;
      for (std::uint32_t other = 0; other < 40; ++other) {
        if (other != row) near.push_back({other, value == 0 ? 1.0 : 0.0});
      }
      layout.add(near);
    }
    layout.start(codes.view());
    const std::vector<MapPoint> start(layout.positions().begin(), layout.positions().end());
    for (std::size_t i = MapLayout::count_steps(40); i > 0; --i) layout.step();
    double widest = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < 40; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const MapPoint& a = layout.positions()[i];
        const MapPoint& b = layout.positions()[j];
        ASSERT_TRUE(std::isfinite(a[0]) && std::isfinite(a[1]));
        widest = std::max(widest, std::hypot(a[0] - b[0], a[1] - b[1]));
        least = std::min(least, std::hypot(a[0] - b[0], a[1] - b[1]));
      }
    }
    EXPECT_GT(least, 0);
    if (value == 0) EXPECT_LT(widest, .03) << "the initial jitter";
    else EXPECT_GT(widest, 1) << "the distance at which the affinity is one half";
  }
}

TEST(MapLayout, PlacesRowsWithoutNeighboursInTheMiddle) {
  const CodeMatrix codes = quantize(CodeType::kInt8, std::vector<float>{1, 0, 0, 1}, 2);
  MapLayout layout;
  layout.add(std::vector<Neighbour>{{1, 1.0}});
  layout.add(std::vector<Neighbour>{{0, 1.0}});
  layout.start(codes.view());
  for (const auto& near : {std::vector<Neighbour>{}, std::vector<Neighbour>{{0, 1.0}, {1, 1.5}}}) {
    for (const double x : layout.place(near, 1)) EXPECT_LE(std::fabs(x), .2) << "jitter";
  }
  const MapPoint beside = layout.place(std::vector<Neighbour>{{1, .5}}, 1);
  EXPECT_NEAR(beside[0], layout.positions()[1][0], .2);
  EXPECT_NEAR(beside[1], layout.positions()[1][1], .2);
  EXPECT_NE(beside, layout.place(std::vector<Neighbour>{{1, .5}}, 2)) << "two rows with the same neighbour";
}

TEST(FittedMap, UsesTheFullWidthOfTheFormatAndKeepsShapes) {
  // A rectangle of 4 by 2, rotated by a right angle and moved.
  const auto map = fit_map(std::vector<MapPoint>{{7, 5}, {9, 5}, {9, 9}, {7, 9}});
  std::vector<std::uint16_t> xs;
  std::vector<std::uint16_t> ys;
  for (std::size_t i = 0; i < 4; ++i) {
    xs.push_back(map[2 * i]);
    ys.push_back(map[2 * i + 1]);
  }
  std::sort(xs.begin(), xs.end());
  std::sort(ys.begin(), ys.end());
  EXPECT_EQ(xs, (std::vector<std::uint16_t>{0, 0, 65535, 65535}));
  EXPECT_EQ(ys, (std::vector<std::uint16_t>{16384, 16384, 49151, 49151})) << "half as high, in the middle";
}

TEST(FittedMap, DoesNotShrinkForAFewOutliers) {
  std::vector<MapPoint> points;
  for (std::size_t i = 0; i < 2000; ++i) points.push_back({static_cast<double>(i % 50), static_cast<double>(i / 50)});
  points.push_back({1e6, 0});
  const auto map = fit_map(points);
  std::size_t at_the_rim = 0;
  double least = 65535;
  double most = 0;
  for (std::size_t i = 0; i < 2000; ++i) {
    least = std::min(least, static_cast<double>(map[2 * i]));
    most = std::max(most, static_cast<double>(map[2 * i]));
    at_the_rim += map[2 * i] == 65535 ? 1 : 0;
  }
  EXPECT_GT(most - least, .9 * 65535);
  EXPECT_EQ(at_the_rim, 0U);
  EXPECT_EQ(map[4000], 65535);
}

TEST(FittedMap, PutsCoincidingPointsInTheMiddle) {
  EXPECT_TRUE(fit_map({}).empty());
  EXPECT_EQ(fit_map(std::vector<MapPoint>(3, {5, -5})), std::vector<std::uint16_t>(6, 32768));
}

}  // namespace
}  // namespace signalbox
