// The bytes that searches read, which say what a search costs on any machine.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "kernels/nearest.h"
#include "kernels/scan.h"
#include "kernels/sketch.h"
#include "support.h"

namespace signalbox {
namespace {

constexpr std::size_t kRows = 4096;
constexpr std::size_t kQueries = 8;
constexpr std::size_t kClusters = 64;
constexpr std::size_t kDim = 768;

/// Returns rows, cluster by cluster, and queries in the first of these.
std::vector<float> clustered(std::mt19937& random) {
  const std::vector<float> centres = testing::random_vectors(random, kClusters, kDim);
  std::vector<float> out = testing::random_vectors(random, kRows + kQueries, kDim);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = centres[i / kDim * kClusters / kRows % kClusters * kDim + i % kDim] + .5F * out[i];
  }
  return out;
}

/// Returns the bytes that a query reads, as a share of all codes.
double share_read(const CodeView& rows, const QueryBlock& queries) {
  std::uint64_t bytes = 0;
  EXPECT_EQ(find_nearest(rows, queries, 10, {}, &bytes).size(), kQueries);
  return static_cast<double>(bytes) / static_cast<double>(kQueries * kRows * rows.stride);
}

TEST(Reads, AreAFractionOfTheCodesWhereRowsLieInClusters) {
  std::mt19937 random(41);
  const std::vector<float> all = clustered(random);
  for (const CodeType type : {CodeType::kInt8, CodeType::kInt4}) {
    const CodeMatrix matrix = quantize(type, std::span(all).first(kRows * kDim), kDim);
    const QueryBlock queries = prepare_queries(type, std::span(all).subspan(kRows * kDim), kDim);
    CodeView rows = matrix.view();
    EXPECT_EQ(share_read(rows, queries), 1) << "no bounds, so every row is read to its end";
    const std::vector<std::uint8_t> rests = rest_bounds(rows);
    rows.rests = rests.data();
    EXPECT_LT(share_read(rows, queries), .5) << "most rows are left at their first stop";
    const Sketch sketch(rows);
    rows.sketch = &sketch;
    // All sketches have an eighth of the bytes of int8 codes, and a quarter of those of int4.
    EXPECT_LT(share_read(rows, queries), type == CodeType::kInt8 ? .08 : .13) << "most blocks are left after a part";
  }
}

}  // namespace
}  // namespace signalbox
