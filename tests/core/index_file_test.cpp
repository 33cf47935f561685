// Round trips through the index file, equal bytes for equal parts, and the two small codecs beneath.
#include <cmath>
#include <string_view>

#include "forgery.h"
#include "index/utf8.h"
#include "support.h"

namespace signalbox {
namespace {

struct Variant {
  CodeType codes;
  bool graded;
  bool missing;
  bool ids;
};

class RoundTripTest : public ::testing::TestWithParam<Variant> {
 protected:
  RoundTripTest() {
    const auto [codes, graded, missing, ids] = GetParam();
    benchmark_.spec.codes = codes;
    benchmark_.spec.embedder_id = "static/\xC3\xA9";
    benchmark_.spec.embedder_hash = "sha256:12";
    benchmark_.spec.metadata = R"({"licence":"CC0"})";
    benchmark_.spec.routing = {5, 7, .25, .125, .75};
    benchmark_.spec.model_numbers[1] = {7.1, .1, 1.2345678901234567, .3};
    if (graded) benchmark_.outcomes[3] = .125F;
    if (missing) benchmark_.outcomes[4] = benchmark_.outcomes[9] = std::nanf("");
    if (ids) {
      for (std::size_t r = 0; r < kRows; ++r) benchmark_.spec.sample_ids.push_back(r == 2 ? "" : std::to_string(r));
    }
    benchmark_.refresh();
  }

  static constexpr std::size_t kRows = 11;
  static constexpr std::size_t kModels = 9;  // One more than fits into a byte of outcomes.
  testing::RandomBenchmark benchmark_{/*seed=*/21, kRows, 5, kModels, 3, CodeType::kInt8};
};

TEST_P(RoundTripTest, ReturnsEveryPartAsWritten) {
  const Index index = benchmark_.open();
  const BuildSpec& spec = benchmark_.spec;
  EXPECT_EQ(index.rows(), kRows);
  EXPECT_EQ(index.models(), kModels);
  EXPECT_EQ(index.tasks(), 3U);
  for (std::size_t m = 0; m < kModels; ++m) {
    EXPECT_EQ(index.model_names[m], spec.model_names[m]);
    EXPECT_EQ(index.model_numbers[m].params_b, spec.model_numbers[m].params_b);
    EXPECT_EQ(index.model_numbers[m].usd_per_mtok_in, spec.model_numbers[m].usd_per_mtok_in);
    EXPECT_EQ(index.model_numbers[m].usd_per_mtok_out, spec.model_numbers[m].usd_per_mtok_out);
    EXPECT_EQ(index.model_numbers[m].usd_per_mtok_cache_read, spec.model_numbers[m].usd_per_mtok_cache_read);
  }
  for (std::size_t t = 0; t < 3; ++t) EXPECT_EQ(index.task_names[t], spec.task_names[t]);
  EXPECT_EQ(index.sample_ids.size(), spec.sample_ids.size());
  for (std::size_t r = 0; r < index.sample_ids.size(); ++r) EXPECT_EQ(index.sample_ids[r], spec.sample_ids[r]);
  EXPECT_EQ(index.embedder_id, spec.embedder_id);
  EXPECT_EQ(index.embedder_hash, spec.embedder_hash);
  EXPECT_EQ(index.metadata, spec.metadata);
  EXPECT_EQ(index.routing.k, 5U);
  EXPECT_EQ(index.routing.kappa, 7U);
  EXPECT_EQ(index.routing.threshold, .25);
  EXPECT_EQ(index.routing.sigma, .125);
  EXPECT_EQ(index.routing.eta, .75);
  EXPECT_TRUE(std::equal(index.row_tasks.begin(), index.row_tasks.end(), benchmark_.row_tasks.begin()));
  EXPECT_EQ(index.pairs.u.size(), 3U);
  EXPECT_EQ(index.coverage.size(), kCoverageQuantiles);
  EXPECT_EQ(index.map.size(), 2 * kRows);
}

TEST_P(RoundTripTest, KeepsEveryOutcomeAndEveryGap) {
  const auto [codes, graded, missing, ids] = GetParam();
  const Index index = benchmark_.open();
  EXPECT_EQ(index.outcomes.grades != nullptr, graded);
  EXPECT_EQ(index.outcomes.measured != nullptr, missing);
  for (std::size_t i = 0; i < benchmark_.outcomes.size(); ++i) {
    const float y = benchmark_.outcomes[i];
    ASSERT_EQ(index.outcomes.is_measured(i / kModels, i % kModels), !std::isnan(y));
    if (std::isnan(y)) continue;
    ASSERT_EQ(index.outcomes.at(i / kModels, i % kModels), y);
  }
}

TEST_P(RoundTripTest, KeepsTheCodesBitForBit) {
  const Index index = benchmark_.open();
  const CodeMatrix codes = quantize(benchmark_.spec.codes, benchmark_.embeddings, 5);
  EXPECT_EQ(index.codes.type, codes.type);
  EXPECT_EQ(index.codes.dim, 5U);
  ASSERT_EQ(index.codes.rows * index.codes.stride, codes.codes.size());
  EXPECT_EQ(std::memcmp(index.codes.codes, codes.codes.data(), codes.codes.size()), 0);
  EXPECT_EQ(std::memcmp(index.codes.scales, codes.scales.data(), kRows * sizeof(float)), 0);
}

TEST_P(RoundTripTest, WritesTheSameBytesTwice) { EXPECT_EQ(benchmark_.bytes(), benchmark_.bytes()); }

TEST_P(RoundTripTest, AlignsEverySectionAndListsItsPlace) {
  const Index index = benchmark_.open();
  std::uint64_t end = 0;
  for (const SectionInfo& s : index.sections) {
    EXPECT_EQ(s.offset % 64, 0U) << s.name;
    end = std::max(end, s.offset + s.size);
  }
  EXPECT_EQ(end, index.size_bytes);
}

std::vector<Variant> variants() {
  std::vector<Variant> out;
  for (const CodeType codes : {CodeType::kFloat32, CodeType::kInt8, CodeType::kInt4, CodeType::kBinary}) {
    for (const bool graded : {false, true}) {
      for (const bool missing : {false, true}) out.push_back({codes, graded, missing, graded != missing});
    }
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Variants, RoundTripTest, ::testing::ValuesIn(variants()), [](const auto& tested) {
  const Variant& v = tested.param;
  return "type" + std::to_string(static_cast<int>(v.codes)) + (v.graded ? "_graded" : "_binary") +
         (v.missing ? "_missing" : "_complete") + (v.ids ? "_ids" : "_no_ids");
});

TEST(Index, DerivesMeansOverTheMeasuredOutcomesOnly) {
  testing::RandomBenchmark benchmark(/*seed=*/22, 4, 2, 2, 2, CodeType::kInt8);
  const float none = std::nanf("");
  // Rows 0 and 2 belong to task 0, rows 1 and 3 to task 1.
  benchmark.outcomes = {1, none, 0, none, 0, none, .5F, none};
  benchmark.refresh();
  const Index index = benchmark.open();
  EXPECT_EQ(index.task_rows, (std::vector<std::size_t>{2, 2}));
  EXPECT_DOUBLE_EQ(index.task_means[0], .5);
  EXPECT_DOUBLE_EQ(index.task_means[2], .25);
  EXPECT_DOUBLE_EQ(index.pool_means[0], .375);
  EXPECT_TRUE(std::isnan(index.task_means[1]) && std::isnan(index.pool_means[1]));
  EXPECT_DOUBLE_EQ(mean_over_tasks(index, kNoTask)[0], .375);
  EXPECT_DOUBLE_EQ(mean_over_tasks(index, 0)[0], .25) << "a held-out task does not enter the mean";
  EXPECT_TRUE(std::isnan(mean_over_tasks(index, kNoTask)[1]));
}

TEST(Index, WeighsTasksInsteadOfRowsInTheMeanOverTasks) {
  testing::RandomBenchmark benchmark(/*seed=*/23, 4, 2, 1, 2, CodeType::kInt8);
  benchmark.row_tasks = {0, 0, 0, 1};
  benchmark.outcomes = {1, 1, 1, 0};
  benchmark.refresh();
  EXPECT_DOUBLE_EQ(mean_over_tasks(benchmark.open(), kNoTask)[0], .5);
}

TEST(OutcomeView, ReadsAMatrixInMemoryLikeAFile) {
  std::vector<float> outcomes(3 * 9, .5F);  // Nine models: one more than fits into a byte.
  EXPECT_TRUE(measured_bits(outcomes, 9).empty()) << "nothing is missing";
  EXPECT_TRUE(outcome_view(outcomes, 9, {}).is_measured(2, 8));
  outcomes[8] = outcomes[9] = outcomes[20] = std::nanf("");
  const std::vector<std::uint8_t> measured = measured_bits(outcomes, 9);
  EXPECT_EQ(measured, (std::vector<std::uint8_t>{0xFF, 0, 0xFE, 1, 0xFB, 1}));
  const OutcomeView view = outcome_view(outcomes, 9, measured);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    ASSERT_EQ(view.is_measured(i / 9, i % 9), !std::isnan(outcomes[i])) << i;
    if (std::isnan(outcomes[i])) continue;
    ASSERT_EQ(view.at(i / 9, i % 9), .5F);
  }
}

TEST(Crc32, MatchesZlib) {
  const std::string_view text = "123456789";
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  EXPECT_EQ(crc32(bytes), 0xCBF43926U);  // the check value of every CRC catalogue
  EXPECT_EQ(crc32({}), 0U);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32(bytes.subspan(cut), crc32(bytes.first(cut))), 0xCBF43926U) << "continued at " << cut;
  }
}

TEST(Utf8, AcceptsWellFormedTextAndNothingElse) {
  using namespace std::string_view_literals;
  for (const std::string_view good :
       {""sv, "a"sv, "\0"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv,
        "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const std::string_view bad :
       {"\x80"sv, "\xBF"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC2"sv, "\xC2\x41"sv, "\xE0\x9F\xBF"sv, "\xE1\x80"sv,
        "\xED\xA0\x80"sv, "\xED\xBF\xBF"sv, "\xF0\x8F\xBF\xBF"sv, "\xF0\x90\x80"sv, "\xF4\x90\x80\x80"sv,
        "\xF5\x80\x80\x80"sv, "\xFF"sv, "a\xE2\x82"sv}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace signalbox
