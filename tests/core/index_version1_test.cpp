// Files of version 1, which earlier releases wrote: they open, decide as files of version 2 with the same content, and
// keep their own rules.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "decision_json.h"
#include "forgery.h"
#include "routing/router.h"
#include "support.h"
#include "two_fields.h"

namespace signalbox {
namespace {

using testing::FileBytes;
using testing::Forgery;

FileBytes corpus_file(const std::string& name) {
  std::ifstream file(std::string(SIGNALBOX_CORPUS) + "/index/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Index opened(const std::string& name) {
  Result<Index> index = testing::open_copy(corpus_file(name));
  EXPECT_TRUE(index.ok()) << name << ": " << index.error().message;
  return index.take();
}

/// Returns the JSON of decisions on a few vectors by every policy that routes.
std::string decisions_of(const Index& index) {
  std::string out;
  for (const Policy policy : {Policy::kSignalbox, Policy::kS1, Policy::kS2, Policy::kS3}) {
    for (const std::vector<float>& vector :
         std::vector<std::vector<float>>{{1, 0, 0}, {0, 1, 0}, {1, 2, 3}, {0, 0, 0}}) {
      RouteOptions options = testing::options_of(index, policy);
      options.neighbours = 3;
      const Result<Decision> decision =
          applies(policy, Scope::kInput) ? route_input(index, vector, options) : route_task(index, vector, {}, options);
      EXPECT_TRUE(decision.ok()) << decision.error().message;
      out += bindings::decision_json(index, options.prices, decision.value()).dump() + "\n";
    }
  }
  return out;
}

TEST(Version1, DecidesLikeVersion2WithTheSameContent) {
  for (const std::string name :
       {"int8-binary.sbx", "int4-binary-missing.sbx", "binary-graded.sbx", "float32-graded-missing-ids.sbx"}) {
    const Index old = opened("v1-" + name);
    const Index now = opened(name);
    EXPECT_EQ(old.version_major, 1);
    EXPECT_EQ(now.version_major, 2);
    EXPECT_EQ(decisions_of(old), decisions_of(now)) << name;
    EXPECT_TRUE(std::equal(old.map.begin(), old.map.end(), now.map.begin(), now.map.end()));
  }
}

TEST(Version1, OpensWithoutAMap) {
  const Index first = opened("v1.0-int8-binary.sbx");
  EXPECT_EQ(first.version_minor, 0);
  EXPECT_TRUE(first.map.empty());
  EXPECT_EQ(decisions_of(first), decisions_of(opened("int8-binary.sbx")));
}

TEST(Version1, StatesDecimalsOfItsFloats) {
  Forgery forgery(corpus_file("v1-int8-binary.sbx"));
  forgery.set(layout::kModelNumbers, 0, 1.2F);
  forgery.set(layout::kModelNumbers, 5, .15F);
  const Index index = testing::open_copy(forgery.file()).take();
  EXPECT_EQ(index.model_numbers[0].params_b, 1.2);
  EXPECT_EQ(index.model_numbers[1].usd_per_mtok_out, .15);
  EXPECT_EQ(index.model_numbers[1].usd_per_mtok_in, -1);
  EXPECT_EQ(index.model_numbers[1].usd_per_mtok_cache_read, -1);
}

ErrorCode refusal(const Forgery& forgery) {
  const Result<Index> index = testing::open_copy(forgery.file());
  EXPECT_FALSE(index.ok());
  return index.ok() ? ErrorCode::kInternal : index.error().code;
}

TEST(Version1, KeepsItsOwnRules) {
  const FileBytes file = corpus_file("v1-int8-binary.sbx");
  Forgery newer(file);
  for (std::uint32_t kind = layout::kModelPrices; kind < layout::kKindEnd; ++kind) newer.parts.push_back({kind, {1}});
  newer.parts.push_back({layout::kTexts, {2}});
  newer.header.flags |= layout::kPacked;
  const Result<Index> index = testing::open_copy(newer.file());
  ASSERT_TRUE(index.ok()) << "kinds of version 2 are unknown ones: " << index.error().message;
  EXPECT_EQ(index.value().sections.size(), Forgery(file).parts.size());
  Forgery tasks(file);
  tasks.header.tasks = 4;
  EXPECT_EQ(refusal(tasks), ErrorCode::kSizeOverflow) << "more tasks than rows";
  for (const float value : {std::nanf(""), -2.0F}) {
    Forgery numbers(file);
    numbers.set(layout::kModelNumbers, 5, value);
    EXPECT_EQ(refusal(numbers), ErrorCode::kNonFinite);
  }
  Forgery prices(file);
  std::erase_if(prices.parts, [](const Forgery::Part& part) { return part.kind == layout::kModelNumbers; });
  EXPECT_EQ(refusal(prices), ErrorCode::kBadSection);
  FileBytes damaged = file;
  damaged.back() ^= 1;
  EXPECT_EQ(testing::open_copy(damaged).error().code, ErrorCode::kBadChecksum);
}

}  // namespace
}  // namespace signalbox
