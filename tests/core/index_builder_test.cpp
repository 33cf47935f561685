// Indexes built row by row: equal to those of build_index if every row is a query, with truthful errors for a sample.
#include "building/index_builder.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "support.h"

namespace signalbox {
namespace {

using testing::RandomBenchmark;

BuilderSpec spec_of(const RandomBenchmark& b) {
  BuilderSpec spec;
  static_cast<IndexDescription&>(spec) = b.spec;
  spec.missing = std::any_of(b.outcomes.begin(), b.outcomes.end(), [](float y) { return std::isnan(y); });
  spec.graded =
      std::any_of(b.outcomes.begin(), b.outcomes.end(), [](float y) { return !std::isnan(y) && y != 0 && y != 1; });
  return spec;
}

IndexBuilder create(const BuilderSpec& spec) {
  Result<IndexBuilder> builder = IndexBuilder::create(spec);
  EXPECT_TRUE(builder.ok()) << builder.error().message;
  return builder.take();
}

Status put(IndexBuilder& builder, const RandomBenchmark& b, const std::vector<std::uint32_t>& rows) {
  const std::size_t models = b.spec.model_names.size();
  std::vector<float> embeddings;
  std::vector<float> outcomes;
  for (const std::uint32_t row : rows) {
    for (std::size_t i = 0; i < b.spec.dim; ++i) embeddings.push_back(b.embeddings[row * b.spec.dim + i]);
    for (std::size_t m = 0; m < models; ++m) outcomes.push_back(b.outcomes[row * models + m]);
  }
  return builder.put(rows, embeddings, outcomes);
}

/// Puts every row, in shuffled order and in blocks whose size does not divide the number of rows.
void put_all(IndexBuilder& builder, const RandomBenchmark& b, std::uint32_t seed) {
  std::vector<std::uint32_t> rows(b.row_tasks.size());
  std::iota(rows.begin(), rows.end(), 0U);
  std::mt19937 random(seed);
  std::shuffle(rows.begin(), rows.end(), random);
  for (std::size_t first = 0; first < rows.size(); first += 17) {
    const std::size_t last = std::min(rows.size(), first + 17);
    const Status failed =
        put(builder, b,
            {rows.begin() + static_cast<std::ptrdiff_t>(first), rows.begin() + static_cast<std::ptrdiff_t>(last)});
    ASSERT_FALSE(failed) << failed->message;
  }
}

std::vector<std::uint8_t> finish(IndexBuilder& builder, std::size_t queries_a_step, PairReport* report = nullptr) {
  for (std::size_t done = 0;;) {
    const auto progress = builder.step(queries_a_step);
    EXPECT_TRUE(progress.ok());
    EXPECT_LE(progress.value().done - done, queries_a_step);
    done = progress.value().done;
    if (done == progress.value().total) break;
  }
  const auto finished = builder.finish();
  EXPECT_TRUE(finished.ok());
  if (report != nullptr) *report = finished.value().pairs;
  std::vector<std::uint8_t> bytes = concatenate(*finished.value().file);
  EXPECT_EQ(bytes.size(), finished.value().file->size_bytes);
  return bytes;
}

struct Variant {
  CodeType codes;
  bool graded;
  bool missing;
};

class IndexBuilderTest : public ::testing::TestWithParam<Variant> {};

TEST_P(IndexBuilderTest, ReturnsTheBytesOfBuildIndexForEveryOrderOfRows) {
  const auto [codes, graded, missing] = GetParam();
  RandomBenchmark b(/*seed=*/71, 333, 19, 9, 5, codes, missing ? .2 : 0);
  if (graded) b.outcomes[40] = .375F;
  b.spec.pairs = {{0, .1, .4}, 2, 7};
  b.spec.task_names.push_back("without rows");
  for (std::size_t r = 0; r < 333; ++r) b.spec.sample_ids.push_back("id " + std::to_string(r));
  b.refresh();
  const std::vector<std::uint8_t> expected = b.bytes();
  for (const std::size_t queries : {1U, 50U, 1000U}) {
    IndexBuilder builder = create(spec_of(b));
    put_all(builder, b, static_cast<std::uint32_t>(queries));
    PairReport report;
    EXPECT_EQ(finish(builder, queries, &report), expected) << queries;
    EXPECT_TRUE(report.exact);
    EXPECT_EQ(report.max_standard_error_u, 0);
    EXPECT_EQ(report.max_standard_error_p, 0);
  }
  EXPECT_TRUE(testing::open_copy(expected).ok());
}

std::vector<Variant> variants() {
  std::vector<Variant> out;
  for (const CodeType codes : {CodeType::kFloat32, CodeType::kInt8, CodeType::kInt4, CodeType::kBinary}) {
    for (const bool graded : {false, true}) {
      for (const bool missing : {false, true}) out.push_back({codes, graded, missing});
    }
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Variants, IndexBuilderTest, ::testing::ValuesIn(variants()), [](const auto& tested) {
  const Variant& v = tested.param;
  return "type" + std::to_string(static_cast<int>(v.codes)) + (v.graded ? "_graded" : "_binary") +
         (v.missing ? "_missing" : "_complete");
});

/// A benchmark too large for 60 million products: separate tasks on which the models differ.
RandomBenchmark large_benchmark() {
  RandomBenchmark b(/*seed=*/72, 4000, 16, 5, 4, CodeType::kInt8);
  for (std::size_t r = 0; r < 4000; ++r) b.embeddings[r * 16 + b.row_tasks[r]] += 2;
  b.refresh();
  return b;
}

std::vector<std::uint8_t> sampled(const RandomBenchmark& b, std::uint64_t seed, PairReport& report) {
  BuilderSpec spec = spec_of(b);
  spec.sampling = {60'000'000, seed};
  IndexBuilder builder = create(spec);
  put_all(builder, b, 1);
  return finish(builder, 100, &report);
}

TEST(SampledPairs, LieWithinFourStandardErrorsOfTheExactOnes) {
  const RandomBenchmark b = large_benchmark();
  const Index exact = b.open();
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PairReport report;
    const Index index = testing::open_copy(sampled(b, seed, report)).take();
    EXPECT_FALSE(report.exact);
    EXPECT_EQ(report.rows_a_task, 117U) << "30 000 000 / (4 tasks * 4000 rows * 16)";
    EXPECT_GT(report.max_standard_error_u, 0);
    EXPECT_GT(report.max_standard_error_p, 0);
    EXPECT_LT(report.max_standard_error_p, .05) << "at most .5 / sqrt(117)";
    ASSERT_EQ(index.pairs.u.size(), exact.pairs.u.size());
    for (std::size_t z = 0; z < exact.pairs.u.size(); ++z) {
      EXPECT_NEAR(index.pairs.u[z], exact.pairs.u[z], 4 * report.max_standard_error_u) << z;
    }
    for (std::size_t i = 0; i < exact.pairs.p.size(); ++i) {
      EXPECT_NEAR(index.pairs.p[i], exact.pairs.p[i], 4 * report.max_standard_error_p) << i;
    }
    // For 468 of 4000 rows, a quantile lies within four of its standard errors, 4 * .5 / sqrt(468) < .1, of its rank.
    for (std::size_t i = 10; i + 10 < kCoverageQuantiles; ++i) {
      EXPECT_GE(index.coverage[i], exact.coverage[i - 10]) << i;
      EXPECT_LE(index.coverage[i], exact.coverage[i + 10]) << i;
    }
    EXPECT_EQ(std::memcmp(index.codes.codes, exact.codes.codes, 4000 * exact.codes.stride), 0);
  }
}

TEST(SampledPairs, AreDrawnByTheSeedAlone) {
  const RandomBenchmark b = large_benchmark();
  PairReport report;
  const auto one = sampled(b, 1, report);
  EXPECT_EQ(sampled(b, 1, report), one);
  EXPECT_NE(sampled(b, 2, report), one);
}

TEST(SampledPairs, UseAtLeastTwentyRowsOfEveryTaskAndMoveSomeOfThem) {
  RandomBenchmark b = large_benchmark();
  b.spec.pairs = {{0, .5}, 3, 1};
  BuilderSpec spec = spec_of(b);
  spec.sampling = {0, 1};
  IndexBuilder builder = create(spec);
  put_all(builder, b, 1);
  PairReport report;
  const Index index = testing::open_copy(finish(builder, 1000, &report)).take();
  EXPECT_EQ(report.rows_a_task, 20U);
  ASSERT_EQ(index.pairs.u.size(), 4U * (1 + 3));
  for (std::size_t i = 0; i < index.pairs.p.size(); ++i) {
    const float scored = i / 5 % 4 == 0 ? 20 : 10;
    EXPECT_NEAR(index.pairs.p[i] * scored, std::round(index.pairs.p[i] * scored), 1e-4) << i;
  }
}

TEST(SampledPairs, UseEveryRowOfATaskSmallerThanItsSample) {
  RandomBenchmark b(/*seed=*/73, 600, 8, 3, 2, CodeType::kInt8);
  for (std::size_t r = 0; r < 600; ++r) b.row_tasks[r] = r < 7 ? 0 : 1;
  b.refresh();
  BuilderSpec spec = spec_of(b);
  spec.sampling.max_work = 600 * 600;
  IndexBuilder builder = create(spec);
  put_all(builder, b, 1);
  const Index index = testing::open_copy(finish(builder, 1000)).take();
  EXPECT_EQ(index.pairs.u[0], b.open().pairs.u[0]);
}

/// Builds an index with 200 rows as landmarks of the map.
std::vector<std::uint8_t> with_landmarks(const RandomBenchmark& b, std::size_t queries_a_step) {
  BuilderSpec spec = spec_of(b);
  spec.sampling = {0, 1};
  IndexBuilder builder = create(spec);
  put_all(builder, b, static_cast<std::uint32_t>(queries_a_step));
  return finish(builder, queries_a_step);
}

TEST(BuiltMap, PlacesEveryRowForAllStepsAndOrders) {
  const RandomBenchmark b(/*seed=*/75, 700, 8, 2, 3, CodeType::kInt4);
  for (const auto& build : {with_landmarks, +[](const RandomBenchmark&of, std::size_t queries) {
                              IndexBuilder builder = create(spec_of(of));
                              put_all(builder, of, static_cast<std::uint32_t>(queries));
                              return finish(builder, queries);
                            }}) {
    const std::vector<std::uint8_t> bytes = build(b, 1000000);
    EXPECT_EQ(build(b, 1), bytes);
    EXPECT_EQ(build(b, 77), bytes);
    const Index index = testing::open_copy(bytes).take();
    ASSERT_EQ(index.map.size(), 2 * 700U);
    std::vector<std::pair<std::uint16_t, std::uint16_t>> places;
    for (std::size_t r = 0; r < 700; ++r) places.emplace_back(index.map[2 * r], index.map[2 * r + 1]);
    std::sort(places.begin(), places.end());
    // 700 random places among 65536^2 coincide in one of 17 000 maps; a cluttered map has a few coincidences.
    EXPECT_GT(std::unique(places.begin(), places.end()) - places.begin(), 690);
  }
}

TEST(BuiltMap, DoesNotDependOnKappa) {
  RandomBenchmark few(/*seed=*/76, 60, 8, 2, 3, CodeType::kInt8);
  RandomBenchmark many = few;
  few.spec.routing.kappa = 1;
  many.spec.routing.kappa = 40;
  few.refresh();
  many.refresh();
  const Index a = few.open();
  const Index b = many.open();
  EXPECT_TRUE(std::equal(a.map.begin(), a.map.end(), b.map.begin(), b.map.end())) << "kappa is only for the coverage";
}

TEST(BuiltMap, ExistsForRowsThatAreEqualZeroOrFew) {
  for (const std::size_t rows : {1U, 2U, 3U, 16U, 17U, 300U}) {
    for (const float value : {0.0F, .5F}) {
      for (const auto& build : {with_landmarks, +[](const RandomBenchmark&of, std::size_t) { return of.bytes(); }}) {
        RandomBenchmark b(/*seed=*/77, rows, 4, 2, 1, CodeType::kInt8);
        b.embeddings.assign(b.embeddings.size(), value);
        b.refresh();
        EXPECT_EQ(testing::open_copy(build(b, 50)).take().map.size(), 2 * rows);
      }
    }
  }
}

TEST(BuiltMap, IsMissingFromAShard) {
  RandomBenchmark b(/*seed=*/78, 20, 4, 2, 2, CodeType::kFloat32);
  for (std::size_t i = 0; i < b.embeddings.size(); ++i) b.embeddings[i] = i % 4 == 0 ? 1 : 0;
  b.refresh();
  BuilderSpec spec = spec_of(b);
  spec.shard = true;
  IndexBuilder builder = create(spec);
  put_all(builder, b, 1);
  const Index index = testing::open_copy(finish(builder, 10)).take();
  EXPECT_TRUE(index.map.empty());
  EXPECT_TRUE(
      std::none_of(index.sections.begin(), index.sections.end(), [](const SectionInfo& s) { return s.name == "map"; }));
}

class RefusalTest : public ::testing::Test {
 protected:
  ErrorCode code_of(const Status& failed) {
    if (!failed) return ErrorCode::kInternal;
    EXPECT_FALSE(failed->message.empty());
    return failed->code;
  }

  RandomBenchmark b_{/*seed=*/74, 12, 3, 2, 3, CodeType::kInt8};
};

TEST_F(RefusalTest, OfRowsLeavesTheBuilderUnchanged) {
  IndexBuilder builder = create(spec_of(b_));
  ASSERT_FALSE(put(builder, b_, {4, 2}));
  EXPECT_EQ(code_of(put(builder, b_, {0, 2})), ErrorCode::kInvalidArgument) << "already added";
  EXPECT_EQ(code_of(put(builder, b_, {0, 1, 0})), ErrorCode::kInvalidArgument) << "twice at once";
  const std::vector<float> three(3, 1);
  const std::vector<float> two(2, 1);
  const float nan = std::nanf("");
  const float inf = std::numeric_limits<float>::infinity();
  const auto put_one = [&](std::uint32_t row, const std::vector<float>& embedding, const std::vector<float>& outcomes) {
    return code_of(builder.put(std::vector<std::uint32_t>{row}, embedding, outcomes));
  };
  EXPECT_EQ(put_one(12, three, two), ErrorCode::kInvalidArgument) << "no such row";
  EXPECT_EQ(put_one(0xFFFFFFFF, three, two), ErrorCode::kInvalidArgument);
  EXPECT_EQ(put_one(0, two, two), ErrorCode::kDimensionMismatch);
  EXPECT_EQ(put_one(0, three, three), ErrorCode::kDimensionMismatch);
  for (const float x : {nan, inf, -inf}) EXPECT_EQ(put_one(0, {1, x, 1}, two), ErrorCode::kNonFinite);
  for (const float y : {inf, -.5F, 1.5F}) EXPECT_EQ(put_one(0, three, {0, y}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(put_one(0, three, {.5F, 0}), ErrorCode::kInvalidArgument) << "graded, against the specification";
  EXPECT_EQ(put_one(0, three, {0, nan}), ErrorCode::kInvalidArgument) << "missing, against the specification";
  EXPECT_FALSE(put(builder, b_, {})) << "an empty list of rows is valid";
  ASSERT_FALSE(put(builder, b_, {0, 1, 3, 5, 6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(finish(builder, 5), b_.bytes());
}

TEST_F(RefusalTest, OfStepsEndsWithTheLastRowAndOfTheFileWithTheLastStep) {
  IndexBuilder builder = create(spec_of(b_));
  EXPECT_FALSE(builder.step(1).ok());
  EXPECT_FALSE(builder.finish().ok());
  put_all(builder, b_, 1);
  EXPECT_FALSE(builder.finish().ok());
  EXPECT_EQ(builder.step(0).value().done, 0U);
  const std::size_t total = 24 + MapLayout::count_steps(12);
  EXPECT_EQ(builder.step(0).value().total, total) << "every row for the pairs and the coverage, then the map";
  EXPECT_EQ(builder.step(total - 1).value().done, total - 1);
  EXPECT_EQ(builder.finish().error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(builder.step(9).value().done, total);
  EXPECT_TRUE(builder.finish().ok());
  EXPECT_EQ(concatenate(*builder.finish().value().file), b_.bytes()) << "a second time";
}

TEST_F(RefusalTest, OfASpecificationEqualsThatOfBuildIndex) {
  const auto refusal = [&](const std::function<void(BuilderSpec&)>& change) {
    BuilderSpec spec = spec_of(b_);
    change(spec);
    const auto created = IndexBuilder::create(spec);
    return created.ok() ? ErrorCode::kInternal : created.error().code;
  };
  EXPECT_EQ(refusal([](auto& s) { s.row_tasks = {}; }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([](auto& s) { s.dim = 8193; }), ErrorCode::kSizeOverflow);
  EXPECT_EQ(refusal([](auto& s) { s.sample_ids = {"one"}; }), ErrorCode::kDimensionMismatch);
  EXPECT_EQ(refusal([](auto& s) { s.task_names.pop_back(); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([](auto& s) { s.routing.k = 0; }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([](auto& s) { s.metadata = "\xFF"; }), ErrorCode::kBadMetadata);
}

TEST_F(RefusalTest, OfGradesAndGapsEndsIfTheSpecificationAllowsThem) {
  b_.outcomes[3] = .5F;
  b_.outcomes[4] = std::nanf("");
  b_.refresh();
  BuilderSpec spec = spec_of(b_);
  for (const auto& [graded, missing] : {std::pair{true, false}, {false, true}}) {
    spec.graded = graded;
    spec.missing = missing;
    IndexBuilder builder = create(spec);
    EXPECT_EQ(code_of(put(builder, b_, {1, 2})), ErrorCode::kInvalidArgument);
  }
  spec.graded = spec.missing = true;
  IndexBuilder builder = create(spec);
  put_all(builder, b_, 1);
  EXPECT_EQ(finish(builder, 100), b_.bytes());
}

}  // namespace
}  // namespace signalbox
