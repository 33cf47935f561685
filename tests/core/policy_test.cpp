// The table of policies, and what each needs to leave the best single model.
#include "routing/policy.h"

#include <set>

#include "two_fields.h"

namespace signalbox {
namespace {

using testing::options_of;
using testing::take;
using testing::TwoFields;

std::vector<Policy> policies_for(Scope scope) {
  std::vector<Policy> out;
  for (std::size_t i = 0; i < kPolicyCount; ++i) {
    if (applies(static_cast<Policy>(i), scope)) out.push_back(static_cast<Policy>(i));
  }
  return out;
}

TEST(Policies, AreFoundByTheirNamesWhereTheyApply) {
  std::set<std::string_view> names;
  for (const Scope scope : {Scope::kInput, Scope::kTask, Scope::kEvaluation, Scope::kSingleRows}) {
    for (std::size_t i = 0; i < kPolicyCount; ++i) {
      const auto policy = static_cast<Policy>(i);
      names.insert(policy_name(policy));
      const Result<Policy> found = policy_named(policy_name(policy), scope);
      ASSERT_EQ(found.ok(), applies(policy, scope)) << policy_name(policy);
      EXPECT_EQ(check_applies(policy, scope).has_value(), !found.ok());
      EXPECT_EQ(found.ok() ? found.value() : policy, policy);
    }
  }
  EXPECT_EQ(names.size(), kPolicyCount);
}

TEST(Policies, ApplyToWhatTheyCanForecast) {
  EXPECT_EQ(policies_for(Scope::kInput), (std::vector{Policy::kSignalbox, Policy::kS1, Policy::kFamilies}));
  EXPECT_EQ(policies_for(Scope::kTask),
            (std::vector{Policy::kSignalbox, Policy::kS1, Policy::kS2, Policy::kS3, Policy::kFamilies}));
  EXPECT_EQ(policies_for(Scope::kEvaluation).size(), kPolicyCount - 1);
  EXPECT_EQ(policies_for(Scope::kSingleRows), (std::vector{Policy::kSignalbox, Policy::kS1, Policy::kBestSingle}));
}

TEST(Policies, NameThePapersOwnChoiceInRoutingOnly) {
  EXPECT_EQ(policy_named("paper", Scope::kInput).value(), Policy::kS1);
  EXPECT_EQ(policy_named("paper", Scope::kTask).value(), Policy::kS3);
  EXPECT_FALSE(policy_named("paper", Scope::kEvaluation).ok());
}

TEST(Policies, ListThoseThatApplyWhenOneDoesNot) {
  const auto message = [](std::string_view name, Scope scope) { return policy_named(name, scope).error().message; };
  EXPECT_EQ(message("s3", Scope::kInput),
            "policy is 's3', expected signalbox, paper, s1 or families to route one input");
  EXPECT_EQ(message("oracle", Scope::kTask),
            "policy is 'oracle', expected signalbox, paper, s1, s2, s3 or families to route a task");
  EXPECT_EQ(message("s9", Scope::kSingleRows),
            "policy is 's9', expected signalbox, s1 or best_single to evaluate single rows");
}

class DefaultEtaTest : public ::testing::Test {
 protected:
  /// The fallback at this confidence of the policy's challenger, without an eta of the caller's.
  Decision input(Policy policy) {
    options_.policy = policy;
    return take(route_input(index_, TwoFields::second_field(), options_));
  }
  Decision task(Policy policy) {
    options_.policy = policy;
    return take(route_task(index_, TwoFields::second_field(), {}, options_));
  }

  TwoFields benchmark_;
  Index index_ = benchmark_.open();
  RouteOptions options_ = options_of(index_);
};

TEST_F(DefaultEtaTest, IsTheIndexsForAnInputsS1AndATasksS3) {
  options_.constants.eta = 1;
  EXPECT_EQ(input(Policy::kS1).fallback, Fallback::kLowConfidence);
  EXPECT_EQ(task(Policy::kS3).fallback, Fallback::kLowConfidence);
  for (const Policy policy : {Policy::kS1, Policy::kS2, Policy::kSignalbox}) {
    EXPECT_EQ(task(policy).fallback, Fallback::kNone) << policy_name(policy);
  }
  EXPECT_EQ(input(Policy::kSignalbox).fallback, Fallback::kNone);
}

TEST_F(DefaultEtaTest, IsTheMixturesForATaskOfSignalbox) {
  options_.mixture.eta = 1;
  EXPECT_EQ(task(Policy::kSignalbox).fallback, Fallback::kLowConfidence);
  EXPECT_EQ(input(Policy::kSignalbox).fallback, Fallback::kNone) << "an input asks for none";
  EXPECT_EQ(task(Policy::kS3).fallback, Fallback::kNone);
}

TEST_F(DefaultEtaTest, GivesWayToTheCallers) {
  options_.mixture.eta = 1;
  options_.eta = 0;
  EXPECT_EQ(task(Policy::kSignalbox).fallback, Fallback::kNone);
}

TEST_F(DefaultEtaTest, ComesWithTheOtherConstantsOfTheMixture) {
  const double sharp = input(Policy::kSignalbox).tasks[0].weight;
  options_.mixture.temperature = 10;
  EXPECT_LT(input(Policy::kSignalbox).tasks[0].weight, sharp) << "constants that are handed in are used";
  EXPECT_NEAR(input(Policy::kSignalbox).tasks[0].weight, 1.0 / TwoFields::kTasks, .05);
}

TEST(RouteWithAPolicy, RefusesOneThatDoesNotApply) {
  TwoFields benchmark;
  const Index index = benchmark.open();
  for (const Policy policy : {Policy::kS2, Policy::kS3, Policy::kS3TrueP, Policy::kBestSingle, Policy::kOracle}) {
    const RouteOptions options = options_of(index, policy);
    EXPECT_EQ(route_input(index, TwoFields::second_field(), options).error().code, ErrorCode::kInvalidArgument);
  }
  const RouteOptions options = options_of(index, Policy::kOracle);
  EXPECT_EQ(route_task(index, TwoFields::second_field(), {}, options).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace signalbox
