// Plans through the surface of the lab: JSON, handles and arrays.
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "index/families.h"
#include "json.h"
#include "lab.h"

namespace signalbox::bindings {
namespace {

constexpr std::size_t kRows = 60;

struct Arrays {
  Arrays() {
    for (std::uint32_t r = 0; r < kRows; ++r) {
      embeddings.insert(embeddings.end(), {r % 2 == 0 ? 1.0F : .1F, r % 2 == 0 ? .1F : 1.0F});
      outcomes.insert(outcomes.end(), {1, r % 2 == 0 ? 1.0F : 0.0F});
      costs.insert(costs.end(), {.04F, .01F});
      groups.push_back(r);
      families.push_back(static_cast<std::uint16_t>(r % 2));
    }
  }

  [[nodiscard]] Json open(const std::string& spec, bool labelled = false) const {
    return parse_json(open_plan(spec, embeddings.data(), outcomes.data(), costs.data(), groups.data(),
                                labelled ? families.data() : nullptr, nullptr, nullptr, kRows));
  }
  [[nodiscard]] Json fit(const std::string& spec) const {
    return parse_json(
        fit_families(spec, embeddings.data(), outcomes.data(), nullptr, groups.data(), nullptr, nullptr, kRows));
  }

  std::vector<float> embeddings;
  std::vector<float> outcomes;
  std::vector<float> costs;
  std::vector<std::uint32_t> groups;
  std::vector<std::uint16_t> families;
};

template <typename T>
std::vector<T> copy_of(const Json& view) {
  std::vector<T> out(view["size"].get<std::size_t>() / sizeof(T));
  std::memcpy(out.data(), reinterpret_cast<const void*>(view["ptr"].get<std::uintptr_t>()), out.size() * sizeof(T));
  return out;
}

std::string code_of(const Json& answer) { return answer["error"]["code"].get<std::string>(); }

TEST(LabPlan, IsMadeStepByStep) {
  const Arrays arrays;
  const Json opened = arrays.open(R"({"dim":2,"models":2,"seed":3,"target":{"kind":"at-most","value":1}})");
  ASSERT_TRUE(opened["ok"] == true) << opened.dump();
  const auto handle = opened["value"]["handle"].get<Handle>();
  EXPECT_EQ(live_in_lab(), 1U);
  EXPECT_EQ(code_of(parse_json(finish_plan(handle))), "invalid_argument");
  EXPECT_EQ(code_of(parse_json(plan_predictor(handle))), "invalid_argument");
  EXPECT_EQ(code_of(parse_json(plan_rows(handle))), "invalid_argument");
  Json progress = parse_json(step_plan(handle, 1))["value"];
  EXPECT_EQ(progress["done"], 1);
  while (progress["done"] != progress["total"]) progress = parse_json(step_plan(handle, 100))["value"];
  const Json numbers = parse_json(finish_plan(handle))["value"];
  EXPECT_EQ(numbers["rows"], kRows);
  EXPECT_EQ(numbers["baseline"], 0);
  EXPECT_EQ(numbers["hasGain"], true);
  EXPECT_NEAR(numbers["proposed"]["saved"]["value"].get<double>(), .375, .01);
  EXPECT_TRUE(numbers["curve"][0]["answerValue"].is_null());
  EXPECT_EQ(numbers["models"][1]["measured"], kRows);
  EXPECT_EQ(numbers["families"][0]["right"].size(), 2U);
  const auto bytes = copy_of<std::uint8_t>(parse_json(plan_predictor(handle))["value"]);
  const Result<FamilyPredictor> predictor = decode_families(bytes, 2, 2);
  ASSERT_TRUE(predictor.ok());
  EXPECT_EQ(predictor.value().families, numbers["families"].size());
  EXPECT_EQ(copy_of<std::uint16_t>(parse_json(plan_rows(handle))["value"]).size(), kRows);
  EXPECT_TRUE(parse_json(close_plan(handle))["ok"] == true);
  EXPECT_EQ(code_of(parse_json(step_plan(handle, 1))), "disposed");
  EXPECT_EQ(code_of(parse_json(finish_plan(handle))), "disposed");
  EXPECT_EQ(code_of(parse_json(plan_predictor(handle))), "disposed");
  EXPECT_EQ(code_of(parse_json(plan_rows(handle))), "disposed");
  EXPECT_EQ(live_in_lab(), 0U);
}

TEST(LabPlan, RefusesWrongSpecifications) {
  const Arrays arrays;
  for (const char* spec :
       {"", "[]", R"({"models":2})", R"({"dim":2})", R"({"dim":2,"models":2,"seeds":1})",
        R"({"dim":2,"models":2,"baseline":2})", R"({"dim":2,"models":2,"baseline":-1})",
        R"({"dim":2,"models":2,"target":"knee"})", R"({"dim":2,"models":2,"target":{"kind":"most"}})",
        R"({"dim":2,"models":2,"target":{"kind":"save","value":2}})", R"({"dim":2,"models":2,"families":1e9})",
        R"({"dim":1e9,"models":2})"}) {
    const Json answer = arrays.open(spec);
    EXPECT_TRUE(answer["ok"] == false) << spec;
    EXPECT_EQ(code_of(answer), "invalid_argument") << spec;
  }
  EXPECT_EQ(code_of(arrays.open(R"({"dim":2,"models":65})")), "size_overflow");
  EXPECT_EQ(code_of(arrays.open(R"({"dim":2,"models":2,"families":2})")), "dimension_mismatch");
  EXPECT_EQ(code_of(arrays.open(R"({"dim":2,"models":2})", true)), "dimension_mismatch");
}

TEST(LabPlan, FitsFamiliesAlone) {
  const Arrays arrays;
  const Json fitted = arrays.fit(R"({"dim":2,"models":2})");
  ASSERT_TRUE(fitted["ok"] == true) << fitted.dump();
  const Json& value = fitted["value"];
  const auto bytes = copy_of<std::uint8_t>(value["predictor"]);
  EXPECT_TRUE(decode_families(bytes, 2, 2).ok());
  EXPECT_EQ(copy_of<std::uint16_t>(value["rows"]).size(), kRows);
  EXPECT_NE(value["kind"], "constant");
  for (const char* part : {"predictor", "rows"}) {
    release(reinterpret_cast<void*>(value[part]["ptr"].get<std::uintptr_t>()));
  }
  EXPECT_EQ(code_of(arrays.fit(R"({"dim":2,"models":2,"target":{}})")), "invalid_argument");
}

}  // namespace
}  // namespace signalbox::bindings
