#include "kernels/nearest.h"

#include <algorithm>
#include <cmath>

#include "kernels/scan.h"
#include "kernels/sketch.h"
#include "support.h"

namespace signalbox {
namespace {

/// Reads the code of one component.
double code_at(const CodeView& rows, std::size_t row, std::size_t i) {
  const std::uint8_t* p = rows.codes + row * rows.stride;
  if (rows.type == CodeType::kFloat32) return static_cast<double>(reinterpret_cast<const float*>(p)[i]);
  if (rows.type == CodeType::kInt8) return static_cast<std::int8_t>(p[i]);
  if (rows.type == CodeType::kBinary) return ((p[i / 8] >> (i % 8)) & 1) != 0 ? 1 : -1;
  const int nibble = (p[i / 2] >> (i % 2 * 4)) & 0xF;
  return nibble >= 8 ? nibble - 16 : nibble;
}

/// Cosine distances in float64 between the codes of a row and the unquantised query.
std::vector<double> slow_distances(const CodeView& rows, std::span<const float> query) {
  std::vector<double> out(rows.rows);
  for (std::size_t r = 0; r < rows.rows; ++r) {
    double dot = 0;
    double row_squared = 0;
    double query_squared = 0;
    for (std::size_t i = 0; i < rows.dim; ++i) {
      const double c = code_at(rows, r, i);
      const auto q = static_cast<double>(query[i]);
      dot += c * q;
      row_squared += c * c;
      query_squared += q * q;
    }
    const double norm = std::sqrt(row_squared * query_squared);
    out[r] = norm > 0 ? 1 - dot / norm : 1;
  }
  return out;
}

struct Case {
  CodeType type;
  std::size_t dim;
};

class NearestTest : public ::testing::TestWithParam<Case> {};

TEST_P(NearestTest, AgreesWithBruteForceForEveryKAndNumberOfQueries) {
  const auto [type, dim] = GetParam();
  constexpr std::uint32_t kSeed = 7;
  std::mt19937 random(kSeed);
  for (const std::size_t rows : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{77}, std::size_t{900}}) {
    const CodeMatrix matrix = quantize(type, testing::random_vectors(random, rows, dim), dim);
    for (const std::size_t count : {std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{70}}) {
      const std::vector<float> queries = testing::random_vectors(random, count, dim);
      for (const std::size_t k : {std::size_t{0}, std::size_t{1}, std::size_t{10}, rows + 5}) {
        const auto found = find_nearest(matrix.view(), prepare_queries(type, queries, dim), k);
        ASSERT_EQ(found.size(), count);
        for (std::size_t q = 0; q < count; ++q) {
          const std::vector<double> slow = slow_distances(matrix.view(), std::span(queries).subspan(q * dim, dim));
          std::vector<double> sorted = slow;
          std::sort(sorted.begin(), sorted.end());
          ASSERT_EQ(found[q].size(), std::min(k, rows)) << "seed " << kSeed;
          for (std::size_t i = 0; i < found[q].size(); ++i) {
            // Rounding a query to 16 bits, or summing in float32, changes a cosine by less than 1e-4, and the order
            // likewise.
            ASSERT_NEAR(found[q][i].cosine_distance, slow[found[q][i].row], 1e-4) << "seed " << kSeed;
            ASSERT_NEAR(found[q][i].cosine_distance, sorted[i], 1e-4) << "seed " << kSeed;
            if (i > 0) {
              ASSERT_LE(found[q][i - 1].cosine_distance, found[q][i].cosine_distance);
            }
          }
        }
      }
    }
  }
}

std::vector<Case> all_cases() {
  std::vector<Case> out;
  for (const CodeType type : {CodeType::kFloat32, CodeType::kInt8, CodeType::kInt4, CodeType::kBinary}) {
    for (const std::size_t dim : {1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 127, 128, 130, 256, 768})
      out.push_back({type, dim});
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(TypesAndDimensions, NearestTest, ::testing::ValuesIn(all_cases()), [](const auto& tested) {
  return "type" + std::to_string(static_cast<int>(tested.param.type)) + "_dim" + std::to_string(tested.param.dim);
});

TEST(Nearest, BreaksTiesByTheLowerRowAtEveryPosition) {
  constexpr std::size_t kDim = 24;
  std::mt19937 random(11);
  const std::vector<float> one = testing::random_vectors(random, 1, kDim);
  std::vector<float> rows;
  for (int r = 0; r < 300; ++r) rows.insert(rows.end(), one.begin(), one.end());
  for (const CodeType type : {CodeType::kFloat32, CodeType::kInt8, CodeType::kInt4, CodeType::kBinary}) {
    const CodeMatrix matrix = quantize(type, rows, kDim);
    const auto found = find_nearest(matrix.view(), prepare_queries(type, one, kDim), 7)[0];
    for (std::uint32_t i = 0; i < 7; ++i) EXPECT_EQ(found[i].row, i);
  }
}

TEST(Nearest, ReturnsTheSameBitsForOneQueryAndForABlock) {
  constexpr std::size_t kDim = 128;
  std::mt19937 random(12);
  const std::vector<float> queries = testing::random_vectors(random, 67, kDim);
  for (const CodeType type : {CodeType::kFloat32, CodeType::kInt8, CodeType::kInt4, CodeType::kBinary}) {
    const CodeMatrix matrix = quantize(type, testing::random_vectors(random, 501, kDim), kDim);
    const auto block = find_nearest(matrix.view(), prepare_queries(type, queries, kDim), 10);
    for (std::size_t q = 0; q < 67; ++q) {
      const auto one = std::span(queries).subspan(q * kDim, kDim);
      EXPECT_EQ(find_nearest(matrix.view(), prepare_queries(type, one, kDim), 10)[0], block[q]);
    }
  }
}

/// Vectors in a few clusters, of which every third has an exact copy and some are zero.
std::vector<float> clustered_vectors(std::mt19937& random, std::size_t count, std::size_t dim) {
  const std::vector<float> centres = testing::random_vectors(random, 8, dim);
  std::vector<float> out = testing::random_vectors(random, count, dim);
  for (std::size_t r = 0; r < count; ++r) {
    const std::size_t centre = random() % 8;
    for (std::size_t i = 0; i < dim; ++i) {
      float& x = out[r * dim + i];
      x = r % 50 == 49 ? 0 : r % 3 == 2 ? out[(r - 1) * dim + i] : centres[centre * dim + i] + .4F * x;
    }
  }
  return out;
}

TEST(Scan, LeavesRowsEarlyWithoutChangingABitOfTheResult) {
  std::mt19937 random(21);
  for (const CodeType type : {CodeType::kInt8, CodeType::kInt4}) {
    for (const std::size_t dim : {64, 130, 250, 768}) {
      const CodeMatrix matrix = quantize(type, clustered_vectors(random, 1003, dim), dim);
      const std::vector<std::uint8_t> rests = rest_bounds(matrix.view());
      CodeView bounded = matrix.view();
      bounded.rests = rests.empty() ? nullptr : rests.data();
      std::vector<std::uint16_t> tasks(1003);
      for (std::size_t r = 0; r < tasks.size(); ++r) tasks[r] = static_cast<std::uint16_t>(r % 4);
      for (const std::size_t count : {1, 3, 70}) {
        const QueryBlock queries = prepare_queries(type, clustered_vectors(random, count, dim), dim);
        for (const std::size_t k : {1, 10, 400}) {
          EXPECT_EQ(find_nearest(bounded, queries, k), find_nearest(matrix.view(), queries, k)) << dim;
          EXPECT_EQ(find_nearest(bounded, queries, k, {tasks, 2}), find_nearest(matrix.view(), queries, k, {tasks, 2}));
        }
      }
    }
  }
}

/// Returns the first row as a query.
std::vector<float> clustered_query(const CodeMatrix& matrix) {
  std::vector<double> sum(matrix.dim);
  add_row(matrix.view(), 0, sum);
  return {sum.begin(), sum.end()};
}

TEST(Scan, ReadsLessThanHalfOfClusteredRows) {
  constexpr std::size_t kDim = 768;
  constexpr std::size_t kRows = 1000;
  std::mt19937 random(22);
  const CodeMatrix matrix = quantize(CodeType::kInt8, clustered_vectors(random, kRows, kDim), kDim);
  const std::vector<std::uint8_t> rests = rest_bounds(matrix.view());
  CodeView rows = matrix.view();
  rows.rests = rests.data();
  const QueryBlock query = prepare_queries(CodeType::kInt8, clustered_query(matrix), kDim);
  std::vector<Hit> hits;
  Scan scan(rows, query, 0, 1);
  scan.scan(0, kRows, hits);
  EXPECT_EQ(scan.bytes(), kRows * kDim) << "without a bar nothing can be left out";
  EXPECT_EQ(hits.size(), kRows);
  const std::uint64_t before = scan.bytes();
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.key > b.key; });
  scan.raise(0, hits[9].key);
  const std::vector<Hit> all = std::move(hits);
  hits.clear();
  scan.scan(0, kRows, hits);
  EXPECT_LT(scan.bytes() - before, kRows * kDim / 2);
  for (std::size_t i = 0; all[i].key > all[9].key; ++i) {
    EXPECT_TRUE(std::any_of(hits.begin(), hits.end(), [&](const Hit& hit) { return hit.row == all[i].row; }));
  }
}

TEST(Scan, HasNoBoundsForRowsLongerThanOne) {
  std::mt19937 random(23);
  CodeMatrix matrix = quantize(CodeType::kInt8, testing::random_vectors(random, 20, 256), 256);
  EXPECT_FALSE(rest_bounds(matrix.view()).empty());
  matrix.scales[13] *= 1.5F;
  EXPECT_TRUE(rest_bounds(matrix.view()).empty());
}

/// Rows and queries that a sketch may find hard, by name.
std::vector<float> hard_vectors(const std::string& name, std::mt19937& random, std::size_t count, std::size_t dim) {
  std::vector<float> out = name == "clustered" || name == "duplicated" ? clustered_vectors(random, count, dim)
                                                                       : testing::random_vectors(random, count, dim);
  for (std::size_t i = 0; i < out.size(); ++i) {
    // Most of the norm is in few components, which a sign bit can't tell apart without a rotation.
    if (name == "skewed") out[i] = 1 + (i % dim < 4 ? 20.0F : 1.0F) * out[i];
    if (name == "alike") out[i] = 1 + .01F * out[i];
    if (name == "at the end" && i % dim < dim * 3 / 4) out[i] *= .01F;
  }
  if (name == "duplicated") {
    for (std::size_t r = 10; r < count; ++r) {
      std::copy_n(out.begin() + static_cast<std::ptrdiff_t>(r % 10 * dim), dim,
                  out.begin() + static_cast<std::ptrdiff_t>(r * dim));
    }
  }
  return out;
}

TEST(Sketch, FindsNinetyNineOfAHundredNeighboursWhateverTheData) {
  constexpr std::size_t kRows = 1500;
  constexpr std::size_t kQueries = 50;
  constexpr std::size_t kNear = 10;
  for (const std::string name : {"clustered", "uniform", "duplicated", "skewed", "alike", "at the end"}) {
    for (const std::size_t dim : {96, 600}) {
      for (const CodeType type : {CodeType::kFloat32, CodeType::kInt8, CodeType::kInt4}) {
        std::mt19937 random(31);
        const std::vector<float> all = hard_vectors(name, random, kRows + kQueries, dim);
        const CodeMatrix matrix = quantize(type, std::span(all).first(kRows * dim), dim);
        const QueryBlock queries = prepare_queries(type, std::span(all).subspan(kRows * dim), dim);
        const Sketch sketch(matrix.view());
        CodeView fast = matrix.view();
        fast.sketch = &sketch;
        std::uint64_t bytes = 0;
        const auto exact = find_nearest(matrix.view(), queries, kNear);
        const auto found = find_nearest(fast, queries, kNear, {}, &bytes);
        std::size_t hits = 0;
        for (std::size_t q = 0; q < kQueries; ++q) {
          ASSERT_EQ(found[q].size(), kNear);
          for (const Neighbour& n : found[q]) {
            hits += static_cast<std::size_t>(std::count(exact[q].begin(), exact[q].end(), n));
          }
        }
        EXPECT_GE(hits, kQueries * kNear * 99 / 100) << name << " " << dim << " " << static_cast<int>(type);
        if (name != "clustered" || dim < 600) continue;
        EXPECT_LT(bytes, kQueries * kRows * matrix.view().stride / 2) << "rows must be ruled out by their sketches";
      }
    }
  }
}

TEST(Sketch, AnswersEdgeCasesAsTheScanDoes) {
  std::mt19937 random(32);
  for (const std::size_t dim : {1, 2, 3, 5, 17, 100, 1500, 8192}) {
    for (const std::size_t rows : {1, 31, 33, 70}) {
      std::vector<float> vectors = testing::random_vectors(random, rows, dim);
      std::fill_n(vectors.begin(), dim, 0.0F);
      const CodeMatrix matrix = quantize(CodeType::kInt8, vectors, dim);
      const Sketch sketch(matrix.view());
      CodeView fast = matrix.view();
      fast.sketch = &sketch;
      std::vector<float> of_two(2 * dim, 0);  // The first query is zero.
      std::copy(vectors.end() - static_cast<std::ptrdiff_t>(dim), vectors.end(), of_two.begin() + dim);
      const QueryBlock queries = prepare_queries(CodeType::kInt8, of_two, dim);
      EXPECT_EQ(find_nearest(fast, queries, rows), find_nearest(matrix.view(), queries, rows));
      const std::vector<std::uint16_t> tasks(rows, 3);
      EXPECT_TRUE(find_nearest(fast, queries, 5, {tasks, 3})[0].empty());
      EXPECT_TRUE(find_nearest(fast, queries, 0)[1].empty());
    }
  }
}

TEST(Nearest, LeavesOutTheRowsOfTheExcludedTask) {
  constexpr std::size_t kDim = 16;
  std::mt19937 random(13);
  const CodeMatrix matrix = quantize(CodeType::kInt8, testing::random_vectors(random, 60, kDim), kDim);
  std::vector<std::uint16_t> tasks(60);
  for (std::size_t r = 0; r < 60; ++r) tasks[r] = static_cast<std::uint16_t>(r % 3);
  const QueryBlock query = prepare_queries(CodeType::kInt8, testing::random_vectors(random, 1, kDim), kDim);
  const auto all = find_nearest(matrix.view(), query, 60)[0];
  std::vector<Neighbour> expected;
  for (const Neighbour& n : all) {
    if (tasks[n.row] != 1) expected.push_back(n);
  }
  EXPECT_EQ(find_nearest(matrix.view(), query, 60, {tasks, 1})[0], expected);
  EXPECT_EQ(expected.size(), 40U);
}

TEST(Nearest, FindsNothingIfNoRowPassesTheFilter) {
  std::mt19937 random(16);
  const CodeMatrix matrix = quantize(CodeType::kInt8, testing::random_vectors(random, 40, 8), 8);
  const std::vector<std::uint16_t> tasks(40, 3);
  const QueryBlock queries = prepare_queries(CodeType::kInt8, testing::random_vectors(random, 5, 8), 8);
  const auto found = find_nearest(matrix.view(), queries, 10, {tasks, 3});
  ASSERT_EQ(found.size(), 5U);
  for (const auto& of_query : found) EXPECT_TRUE(of_query.empty());
  EXPECT_EQ(find_nearest(matrix.view(), queries, 10, {tasks, 2})[0].size(), 10U);
}

TEST(Nearest, AcceptsAnEmptyBlockOfQueries) {
  std::mt19937 random(17);
  const CodeMatrix matrix = quantize(CodeType::kInt4, testing::random_vectors(random, 4, 8), 8);
  EXPECT_TRUE(find_nearest(matrix.view(), prepare_queries(CodeType::kInt4, {}, 8), 3).empty());
}

TEST(Nearest, DoesNotOverflowOnTheCodesOfAForgedFile) {
  // -128 and -8 in every place produce the largest possible sums of products, at the largest dimension.
  for (const CodeType type : {CodeType::kInt8, CodeType::kInt4}) {
    CodeMatrix matrix{type, 1, kMaxDimension, {}, {1}};
    matrix.codes.assign(row_stride(type, kMaxDimension), type == CodeType::kInt8 ? 0x80 : 0x88);
    const std::vector<float> query(kMaxDimension, -1);
    const auto found = find_nearest(matrix.view(), prepare_queries(type, query, kMaxDimension), 1)[0];
    EXPECT_EQ(found[0].cosine_distance, 0) << "an overflowing sum would be negative";
  }
}

TEST(Nearest, IgnoresThePaddingBitsOfAForgedFile) {
  std::mt19937 random(19);
  for (const std::size_t dim : {1, 7, 9, 127, 130}) {
    CodeMatrix matrix = quantize(CodeType::kBinary, testing::random_vectors(random, 5, dim), dim);
    const QueryBlock queries = prepare_queries(CodeType::kBinary, testing::random_vectors(random, 5, dim), dim);
    const auto before = find_nearest(matrix.view(), queries, 5);
    const std::size_t stride = row_stride(CodeType::kBinary, dim);
    for (std::size_t bit = dim; bit < stride * 8; ++bit) {
      for (std::size_t r = 0; r < 5; ++r)
        matrix.codes[r * stride + bit / 8] |= static_cast<std::uint8_t>(1U << (bit % 8));
    }
    EXPECT_EQ(find_nearest(matrix.view(), queries, 5), before) << dim;
  }
}

TEST(Similarities, AreOneMinusTheDistances) {
  std::mt19937 random(18);
  for (const CodeType type : {CodeType::kFloat32, CodeType::kInt8, CodeType::kInt4, CodeType::kBinary}) {
    const CodeMatrix matrix = quantize(type, testing::random_vectors(random, 33, 24), 24);
    const QueryBlock queries = prepare_queries(type, testing::random_vectors(random, 3, 24), 24);
    const std::vector<double> all = similarities(matrix.view(), queries);
    const auto near = find_nearest(matrix.view(), queries, 33);
    for (std::size_t q = 0; q < 3; ++q) {
      for (const Neighbour& n : near[q]) EXPECT_EQ(1 - all[q * 33 + n.row], n.cosine_distance);
    }
  }
}

TEST(Nearest, PutsAZeroQueryAtDistanceOneFromEveryRow) {
  std::mt19937 random(14);
  for (const CodeType type : {CodeType::kFloat32, CodeType::kInt8, CodeType::kInt4, CodeType::kBinary}) {
    const CodeMatrix matrix = quantize(type, testing::random_vectors(random, 9, 8), 8);
    const std::vector<float> zero(8, 0);
    const auto found = find_nearest(matrix.view(), prepare_queries(type, zero, 8), 9)[0];
    ASSERT_EQ(found.size(), 9U);
    for (const Neighbour& n : found) {
      EXPECT_EQ(n.cosine_distance, 1);
    }
  }
}

TEST(Quantize, KeepsEveryRowCloseToItsVector) {
  constexpr std::size_t kDim = 128;
  std::mt19937 random(15);
  const std::vector<float> vectors = testing::random_vectors(random, 200, kDim);
  // Worst cosine distances after rounding Gaussian components to 127 levels, to 7 levels with the best clipping, and to
  // signs, where the mean is 1 - sqrt(2 / pi) = .2.
  for (const auto& [type, worst] : {std::pair{CodeType::kFloat32, 1e-6},
                                    {CodeType::kInt8, 1e-4},
                                    {CodeType::kInt4, .02},
                                    {CodeType::kBinary, .3}}) {
    const CodeMatrix matrix = quantize(type, vectors, kDim);
    for (std::size_t r = 0; r < 200; ++r) {
      const auto one = std::span(vectors).subspan(r * kDim, kDim);
      EXPECT_LT(slow_distances(matrix.view(), one)[r], worst);
    }
  }
}

TEST(Quantize, StoresSignsFromTheLowestBitAndAcceptsARowOfZeros) {
  std::vector<float> vectors(2 * 9, 0);
  for (std::size_t i = 0; i < 9; ++i) vectors[i] = i % 3 == 0 ? -.5F : 2.0F;
  vectors[1] = 0;
  const CodeMatrix matrix = quantize(CodeType::kBinary, vectors, 9);
  EXPECT_EQ(matrix.view().stride, 16U);
  EXPECT_EQ(matrix.codes[0], 0xB6);
  EXPECT_EQ(matrix.codes[1], 1);
  EXPECT_EQ(matrix.scales[0], 1.0F / 3);
  EXPECT_EQ(matrix.scales[1], 0);
  const auto near =
      find_nearest(matrix.view(), prepare_queries(CodeType::kBinary, std::span(vectors).first(9), 9), 2)[0];
  EXPECT_EQ(near[1], (Neighbour{1, 1})) << "a row of zeros is similar to nothing";
  std::vector<double> sum(9, 0);
  add_row(matrix.view(), 0, sum);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(sum[i], i % 3 == 0 ? -1.0 / 3 : 1.0 / 3, 1e-7);
}

}  // namespace
}  // namespace signalbox
