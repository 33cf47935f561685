#include "building/builder.h"

#include <cmath>
#include <functional>
#include <limits>

#include "support.h"

namespace signalbox {
namespace {

using testing::RandomBenchmark;

ErrorCode refusal(const std::function<void(RandomBenchmark&)>& change) {
  RandomBenchmark benchmark(/*seed=*/61, 6, 3, 2, 2, CodeType::kInt8);
  change(benchmark);
  benchmark.refresh();
  const auto built = build_index(benchmark.spec);
  EXPECT_FALSE(built.ok());
  if (built.ok()) return ErrorCode::kInternal;
  EXPECT_FALSE(built.error().message.empty());
  return built.error().code;
}

TEST(Builder, RefusesAnEmptyIndex) {
  EXPECT_EQ(refusal([](auto& b) { b.row_tasks.clear(); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([](auto& b) { b.spec.model_names.clear(); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([](auto& b) { b.spec.task_names.clear(); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([](auto& b) { b.spec.dim = 0; }), ErrorCode::kInvalidArgument);
}

TEST(Builder, RefusesSizesBeyondTheLimitsOfTheFormat) {
  EXPECT_EQ(refusal([](auto& b) { b.spec.dim = 8193; }), ErrorCode::kSizeOverflow);
  EXPECT_EQ(refusal([](auto& b) { b.spec.model_names.resize(65536); }), ErrorCode::kSizeOverflow);
  EXPECT_EQ(refusal([](auto& b) { b.spec.task_names.resize(65536); }), ErrorCode::kSizeOverflow);
  EXPECT_EQ(refusal([](auto& b) {
              b.spec.model_names.resize(2049);
              b.spec.task_names.resize(2048);
            }),
            ErrorCode::kSizeOverflow);
  EXPECT_EQ(refusal([](auto& b) { b.spec.metadata.assign((1 << 20) + 1, ' '); }), ErrorCode::kSizeOverflow);
  EXPECT_EQ(refusal([](auto& b) {
              b.spec.task_names.clear();
              b.spec.model_names.resize(1);
              b.spec.dim = 8192;
              for (int t = 0; t < 1025; ++t) b.spec.task_names.push_back(std::to_string(t));
            }),
            ErrorCode::kInvalidArgument)
      << "more tasks than rows, of many dimensions";
}

TEST(Builder, RefusesArraysOfTheWrongSize) {
  EXPECT_EQ(refusal([](auto& b) { b.embeddings.pop_back(); }), ErrorCode::kDimensionMismatch);
  EXPECT_EQ(refusal([](auto& b) { b.outcomes.push_back(0); }), ErrorCode::kDimensionMismatch);
  EXPECT_EQ(refusal([](auto& b) { b.spec.sample_ids = {"one"}; }), ErrorCode::kDimensionMismatch);
  EXPECT_EQ(refusal([](auto& b) { b.spec.model_numbers.pop_back(); }), ErrorCode::kInvalidArgument);
}

TEST(Builder, RefusesNumbersOutsideTheirRange) {
  const float nan = std::nanf("");
  const float inf = std::numeric_limits<float>::infinity();
  for (const float x : {nan, inf, -inf}) {
    EXPECT_EQ(refusal([&](auto& b) { b.embeddings[4] = x; }), ErrorCode::kNonFinite);
  }
  for (const float y : {inf, -.1F, 1.1F}) {
    EXPECT_EQ(refusal([&](auto& b) { b.outcomes[3] = y; }), ErrorCode::kInvalidArgument);
  }
  for (const float price : {nan, inf, -.5F}) {
    EXPECT_EQ(refusal([&](auto& b) { b.spec.model_numbers[1].usd_per_mtok_out = price; }), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(refusal([](auto& b) { b.row_tasks[5] = 2; }), ErrorCode::kInvalidArgument);
}

TEST(Builder, RefusesRoutingConstantsAndPairPlansOutsideTheirRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const RoutingConstants& r :
       {RoutingConstants{0, 19, .5, .09, .6}, RoutingConstants{10, 0, .5, .09, .6},
        RoutingConstants{10, 19, nan, .09, .6}, RoutingConstants{10, 19, .5, 0, .6},
        RoutingConstants{10, 19, .5, .09, 1.1}, RoutingConstants{kMostNeighbours + 1, 19, .5, .09, .6}}) {
    EXPECT_EQ(refusal([&](auto& b) { b.spec.routing = r; }), ErrorCode::kInvalidArgument);
  }
  for (const std::vector<double>& alphas : {std::vector<double>{}, {1}, {-.1}, {0, nan}}) {
    EXPECT_EQ(refusal([&](auto& b) { b.spec.pairs.alphas = alphas; }), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(refusal([](auto& b) { b.spec.pairs.repeats = 0; }), ErrorCode::kInvalidArgument);
}

TEST(Builder, RefusesNamesThatAreEmptyRepeatedOrNotUtf8) {
  EXPECT_EQ(refusal([](auto& b) { b.spec.model_names[1] = b.spec.model_names[0]; }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([](auto& b) { b.spec.task_names[1] = ""; }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([](auto& b) { b.spec.model_names[1] = "\xFF"; }), ErrorCode::kBadMetadata);
  EXPECT_EQ(refusal([](auto& b) { b.spec.task_names[1] = "\xC3"; }), ErrorCode::kBadMetadata);
  EXPECT_EQ(refusal([](auto& b) { b.spec.sample_ids = {"", "", "", "", "", "\x80"}; }), ErrorCode::kBadMetadata);
  EXPECT_EQ(refusal([](auto& b) { b.spec.metadata = "\"\xED\xA0\x80\""; }), ErrorCode::kBadMetadata);
  EXPECT_EQ(refusal([](auto& b) { b.spec.embedder_id = "\xC0\x80"; }), ErrorCode::kBadMetadata);
}

TEST(Builder, AcceptsTheSmallestIndexAndZeroVectors) {
  RandomBenchmark benchmark(/*seed=*/62, 1, 1, 1, 1, CodeType::kInt4);
  benchmark.embeddings = {0};
  benchmark.refresh();
  const Index index = benchmark.open();
  EXPECT_EQ(index.rows(), 1U);
  EXPECT_EQ(index.codes.scales[0], 0);
  EXPECT_TRUE(index.pairs.u.empty()) << "a single task leaves no pool";
  EXPECT_EQ(index.coverage.front(), 1) << "a single row has no neighbour";
}

TEST(Builder, AcceptsTasksWithoutRowsAndModelsWithoutOutcomes) {
  RandomBenchmark benchmark(/*seed=*/63, 6, 3, 2, 2, CodeType::kInt8);
  benchmark.spec.task_names.push_back("empty");
  for (std::size_t r = 0; r < 6; ++r) benchmark.outcomes[2 * r] = std::nanf("");
  benchmark.refresh();
  const Index index = benchmark.open();
  EXPECT_EQ(index.task_rows[2], 0U);
  EXPECT_EQ(index.pairs.u.size(), 2U);
  EXPECT_TRUE(std::isnan(index.task_means[2 * 2]));
}

TEST(Builder, IgnoresTheLengthOfTheVectors) {
  for (const CodeType codes : {CodeType::kFloat32, CodeType::kInt8, CodeType::kInt4, CodeType::kBinary}) {
    RandomBenchmark benchmark(/*seed=*/64, 12, 5, 2, 3, codes);
    const std::vector<std::uint8_t> before = benchmark.bytes();
    for (float& x : benchmark.embeddings) x *= 1024;  // A power of two does not change any rounding.
    benchmark.refresh();
    EXPECT_EQ(benchmark.bytes(), before);
  }
}

}  // namespace
}  // namespace signalbox
