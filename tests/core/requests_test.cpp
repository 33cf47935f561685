// JSON from outside: every key, type and range is checked, and no text can exhaust the stack.
#include <cmath>

#include "lab_request_json.h"
#include "nearest_name.h"
#include "request_json.h"
#include "two_fields.h"

namespace signalbox::bindings {
namespace {

using signalbox::testing::TwoFields;

TEST(JsonWriterTest, WritesWhatTheParserReads) {
  const std::string text =
      R"({"a":[1,-2,0.1,1e+300,5e-324,true,null,"q\"\\\n\u0001é😀",18446744073709551615],"b":{},"c":[]})";
  const Json json = parse_json(text);
  ASSERT_FALSE(json.is_discarded());
  EXPECT_EQ(parse_json(written(json)), json);
  EXPECT_EQ(written(Json(std::nan(""))), "null");
  EXPECT_EQ(written(Json(HUGE_VAL)), "null");
}

TEST(JsonWriterTest, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(written(Json("\xFF ok")), "\"\uFFFD ok\"");
  EXPECT_EQ(written(Json("\xC3")), "\"\uFFFD\"");
  for (const char* text : {"a\xE2\x82z", "\xED\xA0\x80", "\xF5\x80\x80\x80"}) {
    EXPECT_FALSE(parse_json(written(Json(text))).is_discarded());
  }
}

class RequestTest : public ::testing::Test {
 protected:
  RouteOptions parse(const std::string& json) { return accepted(parse_input_request(index_, json), json); }
  TaskRequest parse_task(const std::string& json) { return accepted(parse_task_request(index_, json), json); }
  ErrorCode refusal(const std::string& json) { return refused(parse_input_request(index_, json), json); }
  ErrorCode task_refusal(const std::string& json) { return refused(parse_task_request(index_, json), json); }

  template <typename T>
  static T accepted(Result<T> result, const std::string& json) {
    EXPECT_TRUE(result.ok()) << json << ": " << result.error().message;
    return result.ok() ? result.take() : T{};
  }

  template <typename T>
  static ErrorCode refused(const Result<T>& result, const std::string& json) {
    EXPECT_FALSE(result.ok()) << json << " was accepted";
    return result.ok() ? ErrorCode::kInternal : result.error().code;
  }

  TwoFields benchmark_;
  Index index_ = benchmark_.open();
};

TEST_F(RequestTest, TakesTheDefaultsOfTheIndexAndThePolicy) {
  const RouteOptions input = parse(R"({"policy":"s1"})");
  EXPECT_EQ(input.policy, Policy::kS1);
  EXPECT_EQ(input.constants.k, index_.routing.k);
  EXPECT_EQ(input.constants.eta, index_.routing.eta);
  EXPECT_EQ(input.eta, std::nullopt) << "the forecast knows what the policy asks for";
  EXPECT_EQ(input.prices[TwoFields::kGeneralist], 10);
  EXPECT_LT(input.prices[TwoFields::kUnpriced], 0);
  EXPECT_EQ(parse("{}").policy, Policy::kSignalbox);
  EXPECT_EQ(parse_task(R"({"policy":"s2","eta":0.7})").options.eta, .7);
}

TEST_F(RequestTest, ReadsEveryOption) {
  const TaskRequest request = parse_task(
      R"({"policy":"s2","k":3,"kappa":4,"threshold":0.25,"sigma":0.5,"eta":0.75,"maxCoveragePercentile":50,"distanceScale":0.75,
          "neighbours":7,"maxUsdPerMTok":9,"costWeight":2,"candidates":["cheap","specialist"],
          "deny":["cheap"],"prices":{"cheap":{"in":1,"out":5},"specialist":3},"corrections":{"cheap":-0.25,"specialist":1},
          "labels":[{"index":1,"outcomes":{"cheap":true,"specialist":0.5,"generalist":null}}]})");
  const RouteOptions& o = request.options;
  EXPECT_EQ(o.policy, Policy::kS2);
  EXPECT_EQ(o.constants.k, 3U);
  EXPECT_EQ(o.constants.kappa, 4U);
  EXPECT_EQ(o.constants.threshold, .25);
  EXPECT_EQ(o.constants.sigma, .5);
  EXPECT_EQ(o.eta, .75);
  EXPECT_EQ(o.max_coverage_percentile, 50);
  EXPECT_EQ(o.distance_scale, .75);
  EXPECT_EQ(o.neighbours, 7U);
  EXPECT_EQ(o.price_rules.max_usd_per_mtok, 9);
  EXPECT_EQ(o.price_rules.tolerance, 0) << "the cost weight takes its place";
  EXPECT_EQ(o.price_rules.cost_weight, 2);
  EXPECT_EQ(o.exclusions[TwoFields::kGeneralist], Exclusion::kNotACandidate);
  EXPECT_EQ(o.exclusions[TwoFields::kSpecialist], Exclusion::kNone);
  EXPECT_EQ(o.exclusions[TwoFields::kCheap], Exclusion::kDenied) << "deny wins over candidates";
  EXPECT_EQ(o.prices[TwoFields::kCheap], 2);
  EXPECT_EQ(o.prices[TwoFields::kSpecialist], 3);
  EXPECT_EQ(o.corrections, (std::vector<double>{0, 1, -.25, 0, 0}));
  EXPECT_EQ(request.labels.inputs, std::vector<std::size_t>{1});
  ASSERT_EQ(request.labels.outcomes.size(), std::size_t{TwoFields::kModels});
  EXPECT_EQ(request.labels.outcomes[TwoFields::kCheap], 1);
  EXPECT_EQ(request.labels.outcomes[TwoFields::kSpecialist], .5F);
  EXPECT_TRUE(std::isnan(request.labels.outcomes[TwoFields::kGeneralist]));
}

TEST_F(RequestTest, ReadsTheDialInWordsAndInPoints) {
  EXPECT_EQ(parse("{}").price_rules.tolerance, .02) << "balanced";
  EXPECT_EQ(parse(R"({"prefer":"balanced"})").price_rules.tolerance, .02);
  EXPECT_EQ(parse(R"({"prefer":"best"})").price_rules.tolerance, 0);
  EXPECT_EQ(parse(R"({"prefer":"cheap"})").price_rules.tolerance, .05);
  EXPECT_EQ(parse(R"({"prefer":12.5})").price_rules.tolerance, .125);
  EXPECT_EQ(parse(R"({"prefer":100})").price_rules.tolerance, 1);
  EXPECT_EQ(parse(R"({"prefer":null,"costWeight":1})").price_rules.tolerance, 0);
  EXPECT_EQ(parse_task(R"({"prefer":3})").options.price_rules.tolerance, .03);
  for (const char* json : {R"({"prefer":2,"costWeight":1})", R"({"prefer":"best","costWeight":0})"}) {
    EXPECT_EQ(refusal(json), ErrorCode::kInvalidArgument) << "one dial at a time";
  }
}

TEST_F(RequestTest, ReadsTheModelsThatFiltersExclude) {
  const RouteOptions options =
      parse(R"({"deny":["cheap"],"excluded":{"other_maker":["cheap","specialist"],"unknown_released":["unpriced"]},)"
            R"("maxUsdPerAnswer":0.5,"promptTokens":12.5,"prices":{"cheap":{"in":1,"out":5}}})");
  EXPECT_EQ(options.exclusions[TwoFields::kCheap], Exclusion::kDenied) << "the first reason stays";
  EXPECT_EQ(options.exclusions[TwoFields::kSpecialist], Exclusion::kOtherMaker);
  EXPECT_EQ(options.exclusions[TwoFields::kUnpriced], Exclusion::kUnknownReleased);
  EXPECT_EQ(options.exclusions[TwoFields::kGeneralist], Exclusion::kNone);
  EXPECT_EQ(options.price_rules.max_usd_per_answer, .5);
  EXPECT_EQ(options.prompt_tokens, 12.5);
  EXPECT_EQ(options.token_prices[TwoFields::kCheap].out, 5);
  for (const char* json : {R"({"excluded":["cheap"]})", R"({"excluded":{"denied":["cheap"]}})",
                           R"({"excluded":{"other_maker":["nobody"]}})", R"({"promptTokens":-1})"}) {
    EXPECT_NE(refusal(json), ErrorCode::kInternal) << json;
  }
}

TEST_F(RequestTest, RefusesWhatIsNotAnObject) {
  for (const char* json :
       {"", "null", "[]", "1", "\"text\"", "{", "{\"k\":1}x", "{\"k\":1,}", "{\"\xFF\":1}", "nope"}) {
    EXPECT_EQ(refusal(json), ErrorCode::kInvalidArgument) << json;
  }
}

TEST_F(RequestTest, RefusesKeysThatItDoesNotKnow) {
  for (const char* json : {R"({"K":1})", R"({"":1})", R"({"labels":[]})", R"({"prices":{"cheap":{"input":1}}})"}) {
    EXPECT_EQ(refusal(json), ErrorCode::kInvalidArgument) << json << ", which is not an option for a single input";
  }
  EXPECT_EQ(task_refusal(R"({"labels":[{"index":0,"outcomes":{},"weight":1}]})"), ErrorCode::kInvalidArgument);
}

TEST_F(RequestTest, RefusesNumbersOutsideTheirRange) {
  for (const char* json : {R"({"k":0})",
                           R"({"k":1.5})",
                           R"({"k":-1})",
                           R"({"k":1000000001})",
                           R"({"k":1e999})",
                           R"({"k":1e300})",
                           R"({"k":"3"})",
                           R"({"k":true})",
                           R"({"k":[3]})",
                           R"({"kappa":0})",
                           R"({"threshold":1.1})",
                           R"({"threshold":-0.1})",
                           R"({"sigma":0})",
                           R"({"sigma":11})",
                           R"({"eta":1.01})",
                           R"({"maxCoveragePercentile":101})",
                           R"({"distanceScale":1.1})",
                           R"({"distanceScale":0})",
                           R"({"neighbours":1001})",
                           R"({"neighbours":18446744073709551616})",
                           R"({"maxUsdPerMTok":-1})",
                           R"({"prefer":100.5})",
                           R"({"prefer":-1})",
                           R"({"prefer":"Best"})",
                           R"({"prefer":true})",
                           R"({"prefer":[2]})",
                           R"({"costWeight":-1})",
                           R"({"costWeight":NaN})",
                           R"({"costWeight":1e7})",
                           R"({"prices":{"cheap":-1}})",
                           R"({"prices":{"cheap":1e7}})",
                           R"({"prices":{"cheap":{"in":1}}})",
                           R"({"prices":{"cheap":"1"}})",
                           R"({"prices":{"cheap":null}})",
                           R"({"corrections":{"cheap":1.01}})",
                           R"({"corrections":{"cheap":-2}})",
                           R"({"corrections":{"cheap":"1"}})",
                           R"({"corrections":{"cheap":null}})"}) {
    EXPECT_EQ(refusal(json), ErrorCode::kInvalidArgument) << json;
  }
}

TEST_F(RequestTest, RefusesTheWrongTypes) {
  for (const char* json : {R"({"policy":1})", R"({"policy":"s4"})", R"({"policy":"s3"})", R"({"candidates":"cheap"})",
                           R"({"candidates":[1]})", R"({"deny":{}})", R"({"prices":[]})", R"({"corrections":[]})"}) {
    EXPECT_EQ(refusal(json), ErrorCode::kInvalidArgument) << json;
  }
  for (const char* json : {R"({"labels":{}})", R"({"labels":[1]})", R"({"labels":[{"index":0}]})",
                           R"({"labels":[{"index":0,"outcomes":[]}]})", R"({"labels":[{"index":-1,"outcomes":{}}]})",
                           R"({"labels":[{"index":0,"outcomes":{"cheap":"1"}}]})"}) {
    EXPECT_EQ(task_refusal(json), ErrorCode::kInvalidArgument) << json;
  }
}

TEST_F(RequestTest, RefusesModelsThatTheIndexDoesNotHold) {
  for (const char* json : {R"({"candidates":["Cheap"]})", R"({"deny":["nobody"]})", R"({"prices":{"nobody":1}})",
                           R"({"corrections":{"nobody":0}})"}) {
    EXPECT_EQ(refusal(json), ErrorCode::kUnknownModel) << json;
  }
  EXPECT_EQ(task_refusal(R"({"labels":[{"index":0,"outcomes":{"nobody":1}}]})"), ErrorCode::kUnknownModel);
}

TEST_F(RequestTest, NamesTheNearestKeyAndModel) {
  const auto message = [&](const std::string& json) { return parse_task_request(index_, json).error().message; };
  EXPECT_EQ(message(R"({"maxUsdPerMtok":1})"), "options: 'maxUsdPerMtok' is not known, did you mean 'maxUsdPerMTok'?");
  EXPECT_EQ(message(R"({"distance":1})"), "options: 'distance' is not known");
  EXPECT_EQ(message(R"({"candidates":["CHEAP"]})"), "the index has no model 'CHEAP', did you mean 'cheap'?");
  EXPECT_EQ(message(R"({"prices":{"specialst":1}})"), "the index has no model 'specialst', did you mean 'specialist'?");
  EXPECT_EQ(message(R"({"candidates":["gpt"]})"), "the index has no model 'gpt'");
}

TEST_F(RequestTest, SaysWhatItGot) {
  const auto message = [&](const std::string& json) { return parse_task_request(index_, json).error().message; };
  EXPECT_EQ(message(R"({"prices":{"cheap":"0.5"}})"),
            "price of cheap is \"0.5\", expected US dollars per million tokens: a number >= 0, or { in, out }");
  EXPECT_EQ(message(R"({"labels":[{"outcomes":{"cheap":1}}]})"),
            "label: index is missing, expected the number of an input, from 0");
  EXPECT_EQ(message(R"({"policy":5})"), "options: policy is 5, expected a string");
  EXPECT_EQ(message(R"({"prices":["cheap"]})"), "prices is not an object: got [\"cheap\"]");
  const std::string long_one = message("{\"k\":\"" + std::string(1000, 'x') + "\"}");
  EXPECT_LT(long_one.size(), 200U);
}

TEST(NearestName, IsFoundByItsEndingOrByAFewEdits) {
  const auto question = [](const char* got, std::initializer_list<const char*> known) {
    NearestName nearest(got);
    for (const char* name : known) nearest.add(name);
    return nearest.question();
  };
  EXPECT_EQ(question("qwq-32b", {"Qwen/Qwen-72B", "Qwen/QwQ-32B"}), ", did you mean 'Qwen/QwQ-32B'?");
  EXPECT_EQ(question("QWEN/QWQ-32B", {"Other/QwQ-32B", "Qwen/QwQ-32B"}), ", did you mean 'Qwen/QwQ-32B'?");
  EXPECT_EQ(question("abcdef", {"abcxyz", "abcdxf", "abcdeg"}), ", did you mean 'abcdxf'?") << "the first of two";
  EXPECT_EQ(question("abcdef", {"abcxyz"}), "");
  EXPECT_EQ(question("", {"a"}), "");
  EXPECT_EQ(question(std::string(300, 'a').c_str(), {"a"}), "");
}

TEST_F(RequestTest, TreatsNullAsAbsent) {
  EXPECT_EQ(parse(R"({"k":null,"policy":null,"candidates":null,"prices":null})").constants.k, index_.routing.k);
}

TEST_F(RequestTest, LeavesHugeOutcomesOfLabelsToTheRouter) {
  const TaskRequest request = parse_task(R"({"labels":[{"index":0,"outcomes":{"cheap":1e300}}]})");
  EXPECT_EQ(route_task(index_, TwoFields::first_field(), request.labels, request.options).error().code,
            ErrorCode::kInvalidArgument);
}

// Nesting. The wasm module has 1 MB of stack; none of these texts may need more than a fixed part of it.

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST_F(RequestTest, SurvivesAMegabyteOfBrackets) {
  for (const std::string& text : {std::string(1 << 20, '['), std::string(1 << 20, '{'), nested(1 << 19)}) {
    EXPECT_EQ(refusal(text), ErrorCode::kInvalidArgument);
    EXPECT_EQ(refusal("{\"k\":" + text + "}"), ErrorCode::kInvalidArgument);
    EXPECT_FALSE(parse_build_spec("{\"metadata\":" + text + "}").ok());
  }
}

TEST(ParseJson, ReadsNestingUpToItsLimitAndNoDeeper) {
  EXPECT_FALSE(parse_json(nested(kMaxDepth)).is_discarded());
  EXPECT_TRUE(parse_json(nested(kMaxDepth + 1)).is_discarded());
  EXPECT_FALSE(parse_json("\"" + nested(100) + "\"").is_discarded()) << "brackets in a string are not nesting";
  EXPECT_FALSE(parse_json("\"\\\"" + nested(100) + "\"").is_discarded()) << "nor behind an escaped quote";
  EXPECT_FALSE(parse_json("[" + nested(60) + "," + nested(60) + "]").is_discarded()) << "siblings do not add up";
}

TEST(ParseJson, RefusesObjectsWithMoreKeysThanItsLimit) {
  const auto object = [](std::size_t keys) {
    std::string out = "{";
    for (std::size_t i = 0; i < keys; ++i) out += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
    return out + "}";
  };
  EXPECT_FALSE(parse_json(object(1000)).is_discarded());
  EXPECT_TRUE(parse_json(object(kMaxKeys + 1)).is_discarded());
}

TEST(ParseJson, KeepsTheLastOfEqualKeysAtTheFirstPlace) {
  EXPECT_EQ(parse_json(R"({"a":1,"b":[{"c":1,"c":2}],"a":{"d":-0.5,"e":null},"f":"\u00e4"})").dump(),
            R"({"a":{"d":-0.5,"e":null},"b":[{"c":2}],"f":"ä"})");
  EXPECT_EQ(parse_json("{}").dump(), "{}");
  EXPECT_EQ(parse_json(" [true, 18446744073709551615, -3, {}] ").dump(), "[true,18446744073709551615,-3,{}]");
  for (const char* text : {"", "{", "[1,]", "{\"a\":1}x", "{\"a\"}", "1e999", "\"\x80\""}) {
    EXPECT_TRUE(parse_json(text).is_discarded()) << text;
  }
}

// Specifications of an index.

ErrorCode spec_refusal(const std::string& json) {
  const Result<BuildSpec> spec = parse_build_spec(json);
  EXPECT_FALSE(spec.ok()) << json << " was accepted";
  return spec.ok() ? ErrorCode::kInternal : spec.error().code;
}

TEST(BuildSpecJson, ReadsEveryPart) {
  const Result<BuildSpec> parsed = parse_build_spec(
      R"({"dim":8,"codes":"int4","models":[{"name":"a","paramsB":7,"usdPerMTokIn":1,"usdPerMTokOut":2},{"name":"b"}],
          "tasks":["t"],"sampleIds":["x","y"],"metadata":{"z":1,"a":[2]},"embedder":{"id":"e","hash":"h"},
          "routing":{"k":3},"pairs":{"alphas":[0,0.5],"repeats":2,"seed":9007199254740991}})");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  const BuildSpec& spec = parsed.value();
  EXPECT_EQ(spec.dim, 8U);
  EXPECT_EQ(spec.codes, CodeType::kInt4);
  EXPECT_EQ(spec.model_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(spec.model_numbers[0].usd_per_mtok_out, 2);
  EXPECT_EQ(spec.model_numbers[1].params_b, -1);
  EXPECT_EQ(spec.task_names, std::vector<std::string>{"t"});
  EXPECT_EQ(spec.sample_ids.size(), 2U);
  EXPECT_EQ(spec.metadata, R"({"z":1,"a":[2]})") << "keys keep their order";
  EXPECT_EQ(spec.embedder_id, "e");
  EXPECT_EQ(spec.embedder_hash, "h");
  EXPECT_EQ(spec.routing.k, 3U);
  EXPECT_EQ(spec.pairs.alphas, (std::vector<double>{0, .5}));
  EXPECT_EQ(spec.pairs.repeats, 2U);
  EXPECT_EQ(spec.pairs.seed, 9007199254740991U);
}

TEST(BuildSpecJson, RefusesWhatIsMalformed) {
  for (const char* json : {"",
                           "[]",
                           "{}",
                           R"({"models":[]," :1})",
                           R"({"models":{}})",
                           R"({"models":[1]})",
                           R"({"models":[{"nom":"a"}]})",
                           R"({"models":[{"name":1}]})",
                           R"({"models":[{"paramsB":-1}]})",
                           R"({"models":[],"dim":0})",
                           R"({"models":[],"dim":8193})",
                           R"({"models":[],"dim":4294967297})",
                           R"({"models":[],"codes":"int2"})",
                           R"({"models":[],"codes":8})",
                           R"({"models":[],"tasks":"t"})",
                           R"({"models":[],"tasks":[1]})",
                           R"({"models":[],"sampleIds":[null]})",
                           R"({"models":[],"embedder":"e"})",
                           R"({"models":[],"embedder":{"id":1}})",
                           R"({"models":[],"routing":{"k":0}})",
                           R"({"models":[],"routing":{"q":0}})",
                           R"({"models":[],"pairs":[]})",
                           R"({"models":[],"pairs":{"alphas":0}})",
                           R"({"models":[],"pairs":{"repeats":0}})",
                           R"({"models":[],"pairs":{"seed":-1}})",
                           R"({"models":[],"unknown":0})"}) {
    EXPECT_EQ(spec_refusal(json), ErrorCode::kInvalidArgument) << json;
  }
}

}  // namespace
}  // namespace signalbox::bindings
