#include "embedding/static_embedder.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "support.h"

namespace signalbox {
namespace {

template <typename T>
std::vector<std::uint8_t> bytes_of(const std::vector<T>& values) {
  std::vector<std::uint8_t> out(values.size() * sizeof(T));
  std::memcpy(out.data(), values.data(), out.size());
  return out;
}

struct Embedded {
  std::vector<float> vector;
  std::size_t used = 0;
};

Embedded embed(const EmbeddingTable& table, const std::vector<std::uint32_t>& tokens) {
  Embedded out{std::vector<float>(table.dim, 7), 0};
  out.used = embed_tokens(table, tokens, out.vector);
  return out;
}

/// Returns the expected vector: a sum in double, divided by its norm.
std::vector<double> unit(std::vector<double> v) {
  double squared = 0;
  for (const double x : v) squared += x * x;
  for (double& x : v) x /= std::sqrt(squared);
  return v;
}

void expect_near(const std::vector<float>& got, const std::vector<double>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  // The tolerance covers a few additions in float32 and one multiplication of numbers below 1.
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-6) << "component " << i;
}

const std::vector<float> kRows = {.5F, -1, 2, 0, .25F, .75F, -3, 1, 1};

TEST(StaticEmbedder, SumsFloat32RowsAndNormalises) {
  const auto data = bytes_of(kRows);
  const EmbeddingTable table = {TableType::kFloat32, 3, 3, data.data(), {}, {}};
  const Embedded e = embed(table, {0, 2, 2});
  EXPECT_EQ(e.used, 3U);
  expect_near(e.vector, unit({-5.5, 1, 4}));
}

TEST(StaticEmbedder, ReadsFloat16Rows) {
  const auto data = bytes_of<std::uint16_t>({0x3800, 0xBC00, 0x4000});  // .5, -1, 2
  const EmbeddingTable table = {TableType::kFloat16, 1, 3, data.data(), {}, {}};
  expect_near(embed(table, {0}).vector, unit({.5, -1, 2}));
}

TEST(StaticEmbedder, ReadsInt8Rows) {
  const auto data = bytes_of<std::int8_t>({127, -128, 0, 1, -1, 5});
  const EmbeddingTable table = {TableType::kInt8, 2, 3, data.data(), {}, {}};
  expect_near(embed(table, {0, 1}).vector, unit({128, -129, 5}));
}

TEST(StaticEmbedder, ReadsInt4RowsLowNibbleFirst) {
  const std::vector<std::uint8_t> data = {0x8F, 0x07, 0x21, 0x03};  // -1, -8, 7 | 1, 2, 3: an odd row is padded
  const EmbeddingTable table = {TableType::kInt4, 2, 3, data.data(), {}, {}};
  expect_near(embed(table, {0}).vector, unit({-1, -8, 7}));
  expect_near(embed(table, {1}).vector, unit({1, 2, 3}));
}

TEST(StaticEmbedder, ReadsTablesThatAreNotAligned) {
  std::vector<std::uint8_t> data = bytes_of(kRows);
  data.insert(data.begin(), 1);
  const EmbeddingTable table = {TableType::kFloat32, 3, 3, data.data() + 1, {}, {}};
  expect_near(embed(table, {1}).vector, unit({0, .25, .75}));
}

TEST(StaticEmbedder, WeighsTokensAndSharesRowsByTheMapping) {
  const auto data = bytes_of(kRows);
  const EmbeddingTable table = {TableType::kFloat32, 3, 3, data.data(), {1, 2, .5F, 4}, {2, 0, 0, 1}};
  EXPECT_EQ(table.tokens(), 4U);
  expect_near(embed(table, {1}).vector, unit({.5, -1, 2}));
  // Weights belong to tokens instead of rows: here 2 and 1/2 for the same row.
  expect_near(embed(table, {0, 1, 2, 3}).vector, unit({-3 + 1.25, 1 - 2.5 + 1, 1 + 5 + 3}));
}

TEST(StaticEmbedder, SkipsTokensOutsideTheTable) {
  const auto data = bytes_of(kRows);
  const EmbeddingTable table = {TableType::kFloat32, 3, 3, data.data(), {}, {}};
  const Embedded e = embed(table, {3, 0, 0xFFFFFFFF});
  EXPECT_EQ(e.used, 1U);
  EXPECT_EQ(e.vector, embed(table, {0}).vector);
}

TEST(StaticEmbedder, ReturnsTheZeroVectorWithoutTokens) {
  const auto data = bytes_of(kRows);
  const EmbeddingTable table = {TableType::kFloat32, 3, 3, data.data(), {}, {}};
  for (const Embedded& e : {embed(table, {}), embed(table, {9})}) {
    EXPECT_EQ(e.used, 0U);
    EXPECT_EQ(e.vector, std::vector<float>(3, 0));
  }
}

TEST(StaticEmbedder, ReturnsTheZeroVectorIfValuesAreNotFiniteOrCancelOut) {
  const float nan = std::nanf("");
  const float inf = std::numeric_limits<float>::infinity();
  const float huge = std::numeric_limits<float>::max();
  const auto data = bytes_of<float>({nan, 1, inf, 1, huge, huge, 1, 2, -1, -2, 1e-42F, 0});
  const EmbeddingTable table = {TableType::kFloat32, 6, 2, data.data(), {}, {}};
  for (const std::vector<std::uint32_t>& tokens :
       {std::vector<std::uint32_t>{0}, {1}, {2, 2}, {3, 4}, {0, 3}, {5}}) {  // 5 is too short to be normalised
    const Embedded e = embed(table, tokens);
    EXPECT_EQ(e.used, 0U) << tokens[0];
    EXPECT_EQ(e.vector, std::vector<float>(2, 0)) << tokens[0];
  }
}

TEST(StaticEmbedder, ReturnsOnlyUnitAndZeroVectors) {
  for (int exponent = -44; exponent <= 38; ++exponent) {
    const auto data = bytes_of<float>({static_cast<float>(std::pow(10, exponent)), 0});
    const EmbeddingTable table = {TableType::kFloat32, 1, 2, data.data(), {}, {}};
    const float x = embed(table, {0}).vector[0];
    EXPECT_TRUE(x == 0 || std::fabs(x - 1) < 1e-6F) << "1e" << exponent << " became " << x;
  }
}

TEST(HalfToFloat, ReadsEveryKindOfNumber) {
  EXPECT_EQ(half_to_float(0x0000), 0);
  EXPECT_TRUE(std::signbit(half_to_float(0x8000)));
  EXPECT_EQ(half_to_float(0x3C00), 1);
  EXPECT_EQ(half_to_float(0xC000), -2);
  EXPECT_EQ(half_to_float(0x7BFF), 65504);
  EXPECT_EQ(half_to_float(0x0400), std::ldexp(1.0F, -14)) << "the smallest normal";
  EXPECT_EQ(half_to_float(0x0001), std::ldexp(1.0F, -24)) << "the smallest number";
  EXPECT_EQ(half_to_float(0x83FF), -1023 * std::ldexp(1.0F, -24)) << "the largest subnormal";
  EXPECT_EQ(half_to_float(0x7C00), std::numeric_limits<float>::infinity());
  EXPECT_EQ(half_to_float(0xFC00), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(half_to_float(0x7E00)));
}

}  // namespace
}  // namespace signalbox
