// The surface of the wasm module: handles, ownership, and answers that are always JSON.
#include "handles.h"

#include <algorithm>

#include "decision_numbers.h"
#include "forgery.h"
#include "full_file.h"
#include "json.h"
#include "lab.h"
#include "two_fields.h"

namespace signalbox::bindings {
namespace {

using signalbox::testing::FileBytes;
using signalbox::testing::Forgery;
using signalbox::testing::full_file;
using signalbox::testing::TwoFields;

Json answer(const std::string& text) {
  const Json json = parse_json(text);
  EXPECT_TRUE(json.is_object() && json.contains("ok")) << text;
  return json;
}

std::string code_of(const std::string& text) {
  const Json json = answer(text);
  return json["ok"] == true ? "" : json["error"]["code"].get<std::string>();
}

/// Hands a copy over, as the package does.
std::string open(const FileBytes& file) {
  void* copy = allocate(file.size());
  std::copy(file.begin(), file.end(), static_cast<std::uint8_t*>(copy));
  return open_index(copy, file.size());
}

class HandlesTest : public ::testing::Test {
 protected:
  HandlesTest() : handle_(answer(open(TwoFields().bytes()))["value"]["handle"].get<Handle>()) {}
  ~HandlesTest() override {
    EXPECT_EQ(code_of(close(handle_)), "");
    EXPECT_EQ(live_handles(), 0U);
  }

  Handle handle_;
};

TEST_F(HandlesTest, DescribesAnIndexByItsNamesAndNumbers) {
  const Json info = answer(describe_index(handle_))["value"];
  EXPECT_EQ(info["rows"], 100);
  EXPECT_EQ(info["bestSingleModel"], "generalist");
  EXPECT_EQ(info["missingOutcomes"], 100);
  EXPECT_EQ(info["models"][4]["usdPerMTokIn"], nullptr);
  EXPECT_EQ(info["models"][3]["meanOutcome"], nullptr);
}

TEST_F(HandlesTest, RoutesInputsAndTasksInNames) {
  const Json input = answer(route(handle_, TwoFields::second_field().data(), "{}"))["value"];
  EXPECT_EQ(input["model"], "specialist");
  EXPECT_EQ(input["fallbackReason"], nullptr);
  EXPECT_EQ(input["challengerConfidence"], input["confidence"]);
  EXPECT_FALSE(input.contains("reason")) << "facts only: the package writes the sentences";
  EXPECT_EQ(input["excluded"][0], (Json{{"model", "unmeasured"}, {"reason", "no_outcomes"}}));
  const Json task = answer(route_task(handle_, TwoFields::first_field().data(), 1, "{}"))["value"];
  EXPECT_EQ(task["model"], "generalist");
  EXPECT_EQ(code_of(route_task(handle_, nullptr, 0, "{}")), "dimension_mismatch") << "a task without inputs";
  EXPECT_EQ(code_of(route(handle_, TwoFields::second_field().data(), "{")), "invalid_argument");
}

/// Returns the numbers of a decision, or none if it failed.
std::vector<double> numbers_of(const double* numbers) {
  if (numbers == nullptr) return {};
  return {numbers, numbers + static_cast<std::size_t>(*numbers)};
}

TEST_F(HandlesTest, DecidesInNumbers) {
  const auto field = TwoFields::second_field();
  const float* input = field.data();
  const Json layout = answer(decision_layout())["value"];
  const std::vector<double> numbers = numbers_of(decide_input(handle_, input, "{}"));
  ASSERT_GT(numbers.size(), layout["head"].size());
  const auto head = [&](const std::string& key) {
    const auto at = std::find(layout["head"].begin(), layout["head"].end(), key) - layout["head"].begin();
    return numbers[static_cast<std::size_t>(at)];
  };
  const Json decision = answer(route(handle_, input, "{}"))["value"];
  const Json models = answer(describe_index(handle_))["value"]["models"];
  EXPECT_EQ(models[static_cast<std::size_t>(head("model"))]["name"], decision["model"]);
  EXPECT_EQ(models[static_cast<std::size_t>(head("bestSingleModel"))]["name"], decision["bestSingleModel"]);
  for (const char* key : {"confidence", "challengerConfidence"}) EXPECT_EQ(head(key), decision[key]);
  EXPECT_EQ(head("percentile"), decision["coverage"]["percentile"]);
  EXPECT_EQ(head("ranking"), decision["ranking"].size());
  EXPECT_EQ(numbers.back(), static_cast<double>(Exclusion::kNone)) << "the last model is a candidate";
}

TEST_F(HandlesTest, TellsWhyThereAreNoNumbers) {
  const auto field = TwoFields::second_field();
  const float* input = field.data();
  EXPECT_EQ(decide_input(handle_, input, "{"), nullptr);
  EXPECT_EQ(code_of(last_failure()), "invalid_argument");
  EXPECT_EQ(decide_input(Handle{0}, input, "{}"), nullptr);
  EXPECT_EQ(code_of(last_failure()), "disposed");
  EXPECT_EQ(decide_task(handle_, 1), nullptr) << "an index is not a task";
  EXPECT_EQ(code_of(last_failure()), "disposed");
}

TEST_F(HandlesTest, ReadsTheSameOptionsOnceForEachIndex) {
  const auto field = TwoFields::second_field();
  const float* input = field.data();
  const auto other = answer(open(TwoFields().bytes()))["value"]["handle"].get<Handle>();
  const std::string few = R"({"candidates":["generalist"]})";
  const std::vector<double> all = numbers_of(decide_input(handle_, input, "{}"));
  EXPECT_NE(numbers_of(decide_input(handle_, input, few)), all);
  EXPECT_EQ(numbers_of(decide_input(other, input, "{}")), all);
  EXPECT_EQ(numbers_of(decide_input(handle_, input, "{}")), all);
  EXPECT_EQ(decide_input(handle_, input, R"({"candidate":[]})"), nullptr);
  EXPECT_EQ(numbers_of(decide_input(handle_, input, "{}")), all) << "an error does not stay";
  EXPECT_EQ(code_of(close(other)), "");
  EXPECT_EQ(decide_input(other, input, "{}"), nullptr);
}

TEST_F(HandlesTest, TakesWhatIsKnownOfAnInputBesideTheOptions) {
  const auto field = TwoFields::second_field();
  const float* input = field.data();
  const auto by_options = numbers_of(decide_input(handle_, input, R"({"promptTokens":5000,"distanceScale":0.5})"));
  EXPECT_EQ(numbers_of(decide_input(handle_, input, "{}", 5000, .5)), by_options);
  EXPECT_NE(numbers_of(decide_input(handle_, input, "{}")), by_options) << "only for that input";
}

TEST_F(HandlesTest, AnswersDisposedForHandlesThatAreNotOpen) {
  const auto other = answer(open(TwoFields().bytes()))["value"]["handle"].get<Handle>();
  EXPECT_NE(other, handle_);
  EXPECT_EQ(live_handles(), 2U);
  EXPECT_EQ(code_of(close(other)), "");
  EXPECT_EQ(code_of(close(other)), "") << "closing twice is not an error";
  for (const Handle closed : {other, Handle{0}, Handle{12345}}) {
    EXPECT_EQ(code_of(describe_index(closed)), "disposed");
    EXPECT_EQ(code_of(route(closed, nullptr, "{}")), "disposed");
    EXPECT_EQ(code_of(route_task(closed, nullptr, 0, "{}")), "disposed");
    EXPECT_EQ(code_of(embed(closed, nullptr, nullptr, 0, nullptr)), "disposed");
  }
  EXPECT_EQ(code_of(embed(handle_, nullptr, nullptr, 0, nullptr)), "disposed") << "an index is not an embedder";
}

TEST_F(HandlesTest, KeepsNothingOfAFileThatDoesNotOpen) {
  FileBytes damaged = TwoFields().bytes();
  damaged.back() ^= 1;
  EXPECT_EQ(code_of(open(damaged)), "bad_checksum");
  EXPECT_EQ(code_of(open_embedder(allocate(3), 3, "{}")), "bad_embedder");
  EXPECT_EQ(live_handles(), 1U);
}

TEST_F(HandlesTest, RefusesMetadataThatIsNotJsonOrTooDeep) {
  for (const std::string& metadata :
       {std::string("{"), std::string(), std::string(200000, '['), std::string(200000, '[') + std::string(200000, ']'),
        std::string(R"({"a":{"b":[1,]}})"), std::string(R"({"a":["\q"]})")}) {
    Forgery forgery(TwoFields().bytes());
    forgery.at(layout::kMetadata).assign(metadata.begin(), metadata.end());
    EXPECT_EQ(code_of(open(forgery.file())), "bad_metadata");
  }
}

TEST_F(HandlesTest, ChecksRecordsToTheirEnd) {
  const auto code_with = [](std::string_view records) {
    constexpr std::string_view kOfTasks = "[{},{},{},{},{}]";
    Forgery forgery(full_file());
    forgery.at(layout::kModelRecords).assign(records.begin(), records.end());
    forgery.at(layout::kTaskRecords).assign(kOfTasks.begin(), kOfTasks.end());
    const Json opened = answer(open(forgery.file()));
    if (opened["ok"] != true) return opened["error"]["code"].get<std::string>();
    EXPECT_EQ(code_of(close(opened["value"]["handle"].get<Handle>())), "");
    return std::string();
  };
  EXPECT_EQ(code_with(R"([{"a":[{"b":"\u00e9"}],"c":{}},{"a":1},{}])"), "");
  for (const std::string_view records :
       {R"([{"a":[1,]},{},{}])", R"([{"a":"\q"},{},{}])", R"([{"a":{"b":1}]},{},{}])", "[{},{}]", "[{},{},1]",
        "[{},{},[]]", R"({"a":1,"b":2,"c":3})", "[{},{},{}] 1"}) {
    EXPECT_EQ(code_with(records), "bad_metadata") << records;
  }
}

TEST_F(HandlesTest, EmbedsTextsOfWhichSomeHaveNoToken) {
  const std::string header = R"({"embeddings":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]}})";
  FileBytes file(8, 0);
  file[0] = static_cast<std::uint8_t>(header.size());
  file.insert(file.end(), header.begin(), header.end());
  file.insert(file.end(), {3, 4, 0, 5});
  void* copy = allocate(file.size());
  std::copy(file.begin(), file.end(), static_cast<std::uint8_t*>(copy));
  const Json opened = answer(open_embedder(copy, file.size(), "{}"))["value"];
  EXPECT_EQ(opened["dim"], 2);
  EXPECT_EQ(opened["vocabulary"], 2);
  const auto embedder = opened["handle"].get<Handle>();
  const std::vector<std::uint32_t> ids = {0, 9, 1};
  const std::vector<std::uint32_t> offsets = {0, 2, 2, 3};
  std::vector<float> out(6, 7);
  EXPECT_EQ(answer(embed(embedder, ids.data(), offsets.data(), 3, out.data()))["value"]["tokens"], (Json{1, 0, 1}));
  EXPECT_EQ(out, (std::vector<float>{.6F, .8F, 0, 0, 0, 1}));
  const std::vector<std::uint32_t> descending = {2, 0};
  EXPECT_EQ(code_of(embed(embedder, ids.data(), descending.data(), 1, out.data())), "invalid_argument");
  EXPECT_EQ(code_of(describe_index(embedder)), "disposed") << "an embedder is not an index";
  EXPECT_EQ(code_of(close(embedder)), "");
}

TEST_F(HandlesTest, DescribesWhatTheParserReadOfTheMetadata) {
  const std::string marked = "\xEF\xBB\xBF {\"x\":1}";
  for (const std::string& metadata : {marked, std::string("{\"x\":1}\0}", 9)}) {
    Forgery forgery(TwoFields().bytes());
    forgery.at(layout::kMetadata).assign(metadata.begin(), metadata.end());
    const auto index = answer(open(forgery.file()))["value"]["handle"].get<Handle>();
    const std::string description = describe_index(index);
    EXPECT_EQ(answer(description)["value"]["metadata"], (Json{{"x", 1}}));
    EXPECT_EQ(description.find('\0'), std::string::npos);
    EXPECT_EQ(description.find(marked.substr(0, 3)), std::string::npos);
    EXPECT_EQ(code_of(close(index)), "");
  }
}

TEST_F(HandlesTest, BuildsAnIndexThatOpens) {
  const std::vector<float> embeddings = {1, 0, 0, 1, 1, 1};
  const std::vector<std::uint16_t> tasks = {0, 1, 1};
  const std::vector<float> outcomes = {1, 0, 1};
  const Json built = answer(build_index(R"({"dim":2,"models":[{"name":"m"}],"tasks":["a","b"],"metadata":{"x":1}})",
                                        embeddings.data(), tasks.data(), outcomes.data(), 3))["value"];
  auto* bytes = reinterpret_cast<std::uint8_t*>(built["ptr"].get<std::uintptr_t>());
  const FileBytes file(bytes, bytes + built["size"].get<std::size_t>());
  release(bytes);
  const auto index = answer(open(file))["value"]["handle"].get<Handle>();
  EXPECT_EQ(answer(describe_index(index))["value"]["metadata"], (Json{{"x", 1}}));
  EXPECT_EQ(code_of(close(index)), "");
  EXPECT_EQ(code_of(build_index("{}", nullptr, nullptr, nullptr, 0)), "invalid_argument");
}

TEST_F(HandlesTest, ListsItsPoliciesAndWhereEachApplies) {
  const Json table = answer(policies())["value"];
  EXPECT_EQ(table.size(), kPolicyCount + 1);
  EXPECT_EQ(table[0],
            (Json{{"name", "signalbox"}, {"input", true}, {"task", true}, {"evaluation", true}, {"singleRows", true}}));
  EXPECT_EQ(table[kPolicyCount],
            (Json{{"name", "paper"}, {"input", true}, {"task", true}, {"evaluation", false}, {"singleRows", false}}));
}

TEST_F(HandlesTest, ListsItsErrorCodesInTheOrderOfTheirNumbers) {
  const Json codes = answer(error_codes())["value"];
  ASSERT_EQ(codes.size(), kErrorNames.size());
  EXPECT_EQ(codes[static_cast<std::size_t>(ErrorCode::kBadChecksum) - 1], "bad_checksum");
  EXPECT_EQ(codes[static_cast<std::size_t>(ErrorCode::kInternal) - 1], "internal");
  EXPECT_EQ(static_cast<std::size_t>(ErrorCode::kQuotaExceeded), kErrorNames.size());
}

}  // namespace
}  // namespace signalbox::bindings
