// Families of prompts: the section of the file, the predictor by hand-made numbers, and decisions by it.
#include "index/families.h"

#include <cmath>
#include <limits>

#include "full_file.h"
#include "kernels/exponential.h"
#include "request_json.h"
#include "routing/family_forecast.h"
#include "two_fields.h"

namespace signalbox {
namespace {

using testing::FileBytes;
using testing::Forgery;
using testing::full_file;
using testing::refusal;
using testing::small_predictor;
using testing::TwoFields;

constexpr std::size_t kHead = 24;  // Bytes before the arrays.

template <typename T>
ErrorCode refusal_of_value(std::size_t i, T value) {
  Forgery forgery(full_file());
  forgery.set(layout::kPromptFamilies, i, value);
  return refusal(forgery.file());
}

TEST(FamilySection, IsReadAsWritten) {
  const FamilyPredictor written = small_predictor();
  const FileBytes bytes = encode_families(written, 3, 3);
  EXPECT_EQ(bytes.size(), kHead + 4 * (6 + 2 + 2 + 6 + 6 + 6 + 2 + 9 + 3));
  const Index index = testing::open_copy(full_file()).take();
  const FamilyPredictor& read = index.families;
  EXPECT_EQ(encode_families(read, 3, 3), bytes);
  EXPECT_EQ(read.families, 2U);
  EXPECT_EQ(read.temperature, written.temperature);
  EXPECT_EQ(read.answer_value, written.answer_value);
  EXPECT_EQ(read.right, written.right);
  EXPECT_EQ(read.intercept, written.intercept);
  EXPECT_EQ(index.plan, R"({"format":"signalbox-plan-1"})");
  EXPECT_EQ(index.version_minor, 1);
}

TEST(FamilySection, IsOptionalInAllItsParts) {
  Forgery forgery(full_file());
  std::erase_if(forgery.parts, [](const Forgery::Part& part) { return part.kind == layout::kPromptFamilies; });
  EXPECT_EQ(testing::open_copy(forgery.file()).value().families.families, 0U);
  FamilyPredictor predictor = small_predictor();
  predictor.reach.clear();
  predictor.weights.clear();
  predictor.intercept.clear();
  predictor.answer_value = std::numeric_limits<double>::infinity();
  const Result<FamilyPredictor> read = decode_families(encode_families(predictor, 3, 3), 3, 3);
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read.value().reach.empty());
  EXPECT_TRUE(read.value().weights.empty());
  EXPECT_EQ(read.value().answer_value, kMostAnswerValue);
}

TEST(FamilySection, HasTheSizeThatItsCountsState) {
  const auto refused = [](const std::function<void(FileBytes&)>& change) {
    return testing::refusal_of_part(layout::kPromptFamilies, change);
  };
  EXPECT_EQ(refused([](auto& bytes) { bytes.pop_back(); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](auto& bytes) { bytes.push_back(0); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](auto& bytes) { bytes.clear(); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](auto& bytes) { bytes.resize(kHead - 1); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](auto& bytes) { bytes.resize(kHead); }), ErrorCode::kBadSection);
  for (const std::uint32_t families : {0U, 1U, 3U, 65536U, 0xFFFFFFFFU}) {
    EXPECT_EQ(refusal_of_value(0, families), ErrorCode::kBadSection) << families;
  }
  for (const std::uint32_t flags : {0U, 1U, 2U}) EXPECT_EQ(refusal_of_value(1, flags), ErrorCode::kBadSection) << flags;
}

TEST(FamilySection, HoldsNumbersInTheirRange) {
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double temperature : {nan, infinity, 0.0, 9e-4, 11.0}) {
    EXPECT_EQ(refusal_of_value(1, temperature), ErrorCode::kNonFinite) << temperature;
  }
  for (const double value : {nan, infinity, -1.1, 2e9}) {
    EXPECT_EQ(refusal_of_value(2, value), ErrorCode::kNonFinite) << value;
  }
  const auto beyond = [](std::size_t place, std::initializer_list<float> values) {
    for (const float value : values) {
      EXPECT_EQ(refusal_of_value(kHead / 4 + place, value), ErrorCode::kNonFinite) << place << ": " << value;
    }
    EXPECT_EQ(refusal_of_value(kHead / 4 + place, std::nanf("")), ErrorCode::kNonFinite) << place;
    EXPECT_EQ(refusal_of_value(kHead / 4 + place, std::numeric_limits<float>::infinity()), ErrorCode::kNonFinite);
  };
  beyond(0, {1.1F, .9F});     // centroids
  beyond(6, {1001, -1001});   // bias
  beyond(8, {-.1F, 1.1F});    // share
  beyond(10, {-.1F, 1.1F});   // right
  beyond(16, {-.1F, 2e6F});   // evidence
  beyond(22, {-1.1F, 2e6F});  // usd
  beyond(28, {-.1F, 2.1F});   // reach
  beyond(30, {2e6F, -2e6F});  // weights
  beyond(39, {2e6F, -2e6F});  // intercept
}

TEST(FamilySection, HasAShare) {
  FamilyPredictor predictor = small_predictor();
  predictor.share = {0, 0};
  EXPECT_EQ(decode_families(encode_families(predictor, 3, 3), 3, 3).error().code, ErrorCode::kNonFinite);
}

TEST(FamilySection, IsCheckedByTheBuilderAsByAReader) {
  testing::RandomBenchmark benchmark(/*seed=*/3, 12, 3, 3, 2, CodeType::kFloat32);
  const auto refused = [&](const std::function<void(FamilyPredictor&)>& change) {
    benchmark.spec.extras.families = small_predictor();
    change(benchmark.spec.extras.families);
    const auto built = build_index(benchmark.spec);
    EXPECT_FALSE(built.ok());
    return built.ok() ? ErrorCode::kInternal : built.error().code;
  };
  EXPECT_EQ(refused([](auto& p) { p.bias.clear(); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](auto& p) { p.right.push_back(0); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](auto& p) { p.usd[0] = std::nanf(""); }), ErrorCode::kNonFinite);
  benchmark.spec.extras.families = {};
  benchmark.spec.extras.plan = "\xC3";
  EXPECT_EQ(build_index(benchmark.spec).error().code, ErrorCode::kBadMetadata);
  benchmark.spec.extras.plan.assign((1 << 20) + 1, ' ');
  EXPECT_EQ(build_index(benchmark.spec).error().code, ErrorCode::kSizeOverflow);
}

TEST(FamilyForecast, IsAMeanOverTheFamiliesByMembership) {
  const FamilyPredictor p = small_predictor();
  const std::vector<float> vector = {0, 3, 0};  // Cosines 0 and .6.
  const double second = 1 / (1 + std::exp(-(static_cast<double>(.6F) / .25 - .5)));
  const FamilyForecast forecast = forecast_families(p, vector, 3);
  EXPECT_NEAR(forecast.memberships[1], second, 1e-14);
  EXPECT_NEAR(forecast.memberships[0], 1 - second, 1e-14);
  EXPECT_NEAR(forecast.correctness[0], (1 - second) * .9F + second * .25, 1e-12);
  EXPECT_NEAR(forecast.correctness[1], .5 + second * .25 + .0625 + .125, 1e-12) << "with the linear part";
  EXPECT_NEAR(forecast.usd[0], (1 - second) * .01F + second * .03F, 1e-9);
  EXPECT_NEAR(forecast.usd[2], .004F, 1e-9) << "known in one family only";
  EXPECT_NEAR(forecast.evidence[0], 100 - 80 * second, 1e-10);
  for (std::size_t m = 0; m < 3; ++m) {
    EXPECT_LT(forecast.intervals[m].low, forecast.correctness[m]);
    EXPECT_GT(forecast.intervals[m].high, forecast.correctness[m]);
  }
  const std::vector<double> overall = overall_costs(p);
  EXPECT_NEAR(overall[0], .75 * .01F + .25 * .03F, 1e-12);
  EXPECT_NEAR(family_reach(p, forecast.memberships), .25 + .25 * second, 1e-14);
}

TEST(FamilyForecast, OfATaskIsTheMeanOverItsInputs) {
  const FamilyPredictor p = small_predictor();
  const std::vector<float> vectors = {0, 3, 0, 1, 0, 0, -1, .5F, .5F};
  const FamilyForecast all = forecast_families(p, vectors, 3);
  std::vector<double> mean(3, 0);
  for (std::size_t i = 0; i < 3; ++i) {
    const FamilyForecast one = forecast_families(p, std::span(vectors).subspan(3 * i, 3), 3);
    for (std::size_t m = 0; m < 3; ++m) mean[m] += one.correctness[m] / 3;
  }
  for (std::size_t m = 0; m < 3; ++m) EXPECT_DOUBLE_EQ(all.correctness[m], mean[m]);
}

TEST(FamilyForecast, StaysWithinZeroAndOne) {
  FamilyPredictor p = small_predictor();
  p.intercept = {2, -2, 0};
  const FamilyForecast forecast = forecast_families(p, std::vector<float>{1, 1, 1}, 3);
  EXPECT_EQ(forecast.correctness[0], 1);
  EXPECT_EQ(forecast.correctness[1], 0);
}

TEST(FamilyForecast, TakesAnyTemperatureAndBias) {
  FamilyPredictor p = small_predictor();
  p.temperature = kLeastFamilyTemperature;
  p.bias = {-1000, 1000};
  const FamilyForecast forecast = forecast_families(p, std::vector<float>{1e-20F, 0, 0}, 3);
  EXPECT_EQ(forecast.memberships[0] + forecast.memberships[1], 1);
}

TEST(BestValue, IsTheLargestUtilityWithTiesToTheCheaper) {
  const std::vector<double> scores = {.9, .8, .9, .7, std::nan("")};
  const std::vector<double> costs = {.02, .01, .01, -1, 0};
  EXPECT_EQ(best_value(scores, costs, {}, 1), 2U);
  EXPECT_EQ(best_value(scores, costs, {}, 0), 1U) << "only the cost counts: a tie goes to the lower model";
  const std::vector<double> dear = {.03, .01, .04, -1, 0};
  EXPECT_EQ(best_value(scores, dear, {}, .1), 1U) << ".08 - .01 beats .09 - .03";
  EXPECT_EQ(best_value(scores, dear, {}, kMostAnswerValue), 0U) << "of equally good models the cheaper one";
  std::vector<Exclusion> exclusions(5, Exclusion::kNone);
  exclusions[1] = Exclusion::kDenied;
  EXPECT_EQ(best_value(scores, dear, exclusions, .1), 0U);
  const std::vector<double> unknown(5, -1);
  EXPECT_EQ(best_value(scores, unknown, {}, 1), 5U);
}

/// The fields of TwoFields as families, which are not its tasks. Generalist, specialist and cheap cost 20, 10 and 1
/// thousandths of a dollar.
FamilyPredictor two_families() {
  FamilyPredictor out;
  out.families = 2;
  out.answer_value = .1;
  out.centroids = {1, 0, 0, 0, 0, 1, 0, 0};
  out.bias = {0, 0};
  out.share = {.6F, .4F};
  out.right = {.95F, .1F, .1F, 0, .05F, .1F, .95F, .75F, 0, .05F};
  out.evidence.assign(10, 60);
  out.usd = {.02F, .01F, .001F, -1, -1, .02F, .01F, .001F, -1, -1};
  return out;
}

class FamilyRoutingTest : public ::testing::Test {
 protected:
  FamilyRoutingTest() {
    benchmark_.spec.extras.families = two_families();
    index_ = benchmark_.open();
  }

  Decision route(const std::vector<float>& vector, const std::string& options = "{}") {
    const auto request = bindings::parse_input_request(index_, options);
    EXPECT_TRUE(request.ok()) << request.error().message;
    return testing::take(route_input(index_, vector, request.value()));
  }

  TwoFields benchmark_;
  Index index_;
};

TEST_F(FamilyRoutingTest, IsTheDefaultAtThePlansOwnSetting) {
  const Decision second = route(TwoFields::second_field());
  EXPECT_EQ(second.policy, Policy::kFamilies);
  EXPECT_EQ(second.challenger, TwoFields::kSpecialist);
  // .095 - .01 against .075 - .001.
  EXPECT_EQ(second.model, TwoFields::kSpecialist);
  EXPECT_NEAR(second.answer_costs[TwoFields::kCheap], .001F, 1e-9);
  ASSERT_EQ(second.families.size(), 2U);
  EXPECT_EQ(second.families[0].task, 1U);
  EXPECT_NEAR(second.families[0].weight, 1 / (1 + std::exp(-10)), 1e-12);
  EXPECT_TRUE(second.tasks.empty()) << "the families are not the tasks";
  index_.families.answer_value = .04;
  EXPECT_EQ(route(TwoFields::second_field()).model, TwoFields::kCheap) << ".030 - .001 against .038 - .010";
  EXPECT_EQ(route(TwoFields::first_field()).model, TwoFields::kGeneralist);
}

TEST_F(FamilyRoutingTest, TakesADial) {
  const auto pick = [&](const char* options) { return route(TwoFields::second_field(), options).model; };
  index_.families.answer_value = .04;
  EXPECT_EQ(pick(R"({"prefer":"balanced"})"), TwoFields::kCheap);
  EXPECT_EQ(pick(R"({"prefer":"best"})"), TwoFields::kSpecialist);
  EXPECT_EQ(pick(R"({"prefer":"cheap"})"), TwoFields::kSpecialist) << "20 points are more than 5";
  EXPECT_EQ(pick(R"({"prefer":25})"), TwoFields::kCheap);
  EXPECT_EQ(pick(R"({"costWeight":0})"), TwoFields::kSpecialist);
  index_.families.answer_value = -1;
  EXPECT_EQ(pick("{}"), TwoFields::kSpecialist) << "without a setting, 2 points as ever";
}

TEST_F(FamilyRoutingTest, AtBestPricesDecideBetweenEquals) {
  index_.families.right[7] = .95F;
  EXPECT_EQ(route(TwoFields::second_field(), R"({"prefer":"best"})").model, TwoFields::kCheap);
  index_.families.usd[6] = -1;
  EXPECT_EQ(route(TwoFields::second_field(), R"({"prefer":"best"})").model, TwoFields::kCheap)
      << "the cost of the specialist is not known there, so that of the other family counts";
}

TEST_F(FamilyRoutingTest, HasTheConfidenceOfWhatTheSettingGivesUp) {
  index_.families.answer_value = .04;
  const Decision d = route(TwoFields::second_field());
  EXPECT_EQ(d.best_single, TwoFields::kGeneralist);
  EXPECT_GT(d.confidence, .999) << "70 points ahead of the best single model";
  EXPECT_GT(d.challenger_confidence, .999);
  const Decision own = route(TwoFields::first_field());
  EXPECT_GT(own.confidence, .99) << "against the runner-up";
  index_.families.evidence.assign(10, 0);
  EXPECT_LT(route(TwoFields::second_field()).confidence, .99) << "without evidence";
  EXPECT_GT(testing::ranked(d, TwoFields::kCheap).votes, 59U);
}

TEST_F(FamilyRoutingTest, StaysWithTheBestSingleModelWithoutTheConfidenceAskedFor) {
  index_.families.right[5] = .93F;  // The generalist, in the field of the specialist.
  const auto d = route(TwoFields::second_field(), R"({"eta":0.99,"prefer":"best"})");
  EXPECT_EQ(d.challenger, TwoFields::kSpecialist);
  EXPECT_EQ(d.fallback, Fallback::kLowConfidence);
  EXPECT_EQ(d.model, TwoFields::kSpecialist) << "as good as the generalist, whose score is the most that counts";
  EXPECT_EQ(route(TwoFields::second_field(), R"({"eta":0.99,"prefer":"best","deny":["specialist"]})").model,
            TwoFields::kGeneralist);
}

TEST_F(FamilyRoutingTest, KeepsCandidatesAndLimits) {
  const auto pick = [&](const char* options) { return route(TwoFields::second_field(), options).model; };
  EXPECT_EQ(pick(R"({"deny":["specialist"]})"), TwoFields::kCheap);
  EXPECT_EQ(pick(R"({"maxUsdPerAnswer":0.005})"), TwoFields::kCheap);
  EXPECT_EQ(pick(R"({"candidates":["generalist"]})"), TwoFields::kGeneralist);
}

TEST_F(FamilyRoutingTest, ScalesCostsWithPrices) {
  const Decision d = route(TwoFields::second_field(), R"({"prices":{"specialist":80}})");
  EXPECT_NEAR(d.answer_costs[TwoFields::kSpecialist], 10 * static_cast<double>(.01F), 1e-12);
  EXPECT_EQ(d.model, TwoFields::kCheap);
}

TEST_F(FamilyRoutingTest, FallsBackToTheBestOverallOutsideTheReach) {
  index_.families.answer_value = 0;  // Else the cheapest.
  EXPECT_EQ(route(TwoFields::second_field()).model, TwoFields::kCheap);
  for (const auto& vector : {TwoFields::nowhere(), TwoFields::unread()}) {
    const Decision d = route(vector);
    EXPECT_TRUE(d.out_of_coverage);
    EXPECT_NE(d.fallback, Fallback::kNone);
    EXPECT_EQ(d.model, TwoFields::kGeneralist) << "no setting trades where nothing is predicted";
    EXPECT_TRUE(d.families.empty() || vector == TwoFields::nowhere());
    EXPECT_NEAR(d.answer_costs[TwoFields::kGeneralist], .02F, 1e-9) << "the mean over all rows";
  }
}

TEST_F(FamilyRoutingTest, CoversWhatAFamilyReaches) {
  const std::vector<float> between = {.5F, 1, .9F, 0};
  const Decision d = route(between);
  EXPECT_LT(d.mean_distance, .5);
  index_.families.reach = {.01F, .01F};
  EXPECT_TRUE(route(between).out_of_coverage);
  EXPECT_EQ(route(between).percentile, 100);
  EXPECT_FALSE(route(between, R"({"maxCoveragePercentile":100})").out_of_coverage);
  index_.families.reach = {.6F, .6F};
  EXPECT_FALSE(route(between).out_of_coverage);
  EXPECT_LE(route(between).percentile, 99);
  index_.families.reach.clear();
  EXPECT_TRUE(route(between).out_of_coverage) << "the rows of a field are very near to each other";
}

TEST_F(FamilyRoutingTest, HasAReachFromItsBuilder) {
  ASSERT_EQ(index_.families.reach.size(), 2U);
  // The fields are at right angles, so that half the distance between them is about .5.
  for (const float reach : index_.families.reach) EXPECT_NEAR(reach, .5, .1);
  benchmark_.spec.extras.families.reach = {.1F, .2F};
  EXPECT_EQ(benchmark_.open().families.reach, (std::vector<float>{.1F, .2F})) << "a given one stays";
}

TEST_F(FamilyRoutingTest, IsForRoutingAndForIndexesThatHaveFamilies) {
  EXPECT_FALSE(applies(Policy::kFamilies, Scope::kEvaluation));
  EXPECT_FALSE(applies(Policy::kFamilies, Scope::kSingleRows));
  const Index without = TwoFields().open();
  const auto request = bindings::parse_input_request(without, R"({"policy":"families"})");
  ASSERT_TRUE(request.ok());
  const auto decision = route_input(without, TwoFields::second_field(), request.value());
  EXPECT_EQ(decision.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(bindings::parse_input_request(without, "{}").value().policy, Policy::kSignalbox);
  EXPECT_EQ(route(TwoFields::second_field(), R"({"policy":"s1"})").policy, Policy::kS1);
}

TEST_F(FamilyRoutingTest, RoutesATaskByTheMeanOfItsInputs) {
  const auto request = bindings::parse_task_request(index_, "{}");
  ASSERT_TRUE(request.ok());
  std::vector<float> vectors = TwoFields::second_field();
  const std::vector<float> unread = TwoFields::unread();
  vectors.insert(vectors.end(), unread.begin(), unread.end());
  const Decision task = testing::take(route_task(index_, vectors, {}, request.value().options));
  const Decision input = route(TwoFields::second_field());
  EXPECT_EQ(task.policy, Policy::kFamilies);
  EXPECT_EQ(task.model, input.model);
  EXPECT_EQ(testing::ranked(task, task.model).score, testing::ranked(input, input.model).score)
      << "an unread input says nothing";
  const Decision unknown = testing::take(route_task(index_, unread, {}, request.value().options));
  EXPECT_EQ(unknown.model, TwoFields::kGeneralist);
}

TEST(FamiliesThatAreTasks, AreWeighedAndReportedAsSuch) {
  TwoFields benchmark;
  for (std::uint16_t& task : benchmark.row_tasks) task = task < 3 ? 0 : 1;
  benchmark.spec.task_names = {"first", "second"};
  benchmark.spec.extras.families = two_families();
  benchmark.spec.extras.families.share = {.25F, .75F};
  benchmark.refresh();
  const Index index = benchmark.open();
  EXPECT_EQ(index.task_weights, (std::vector<double>{.25, .75}));
  const auto means = mean_over_tasks(index, kNoTask);
  EXPECT_NEAR(means[TwoFields::kGeneralist], .25, 1e-12);
  const auto request = bindings::parse_input_request(index, "{}");
  const Decision d = testing::take(route_input(index, TwoFields::second_field(), request.value()));
  ASSERT_EQ(d.tasks.size(), 2U);
  EXPECT_EQ(d.tasks[0].task, 1U);
  EXPECT_EQ(d.best_single, TwoFields::kSpecialist);
}

}  // namespace
}  // namespace signalbox
