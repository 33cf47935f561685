// A benchmark whose right answers are known by construction: two fields of inputs and models that master one of them.
#pragma once

#include <cmath>

#include "routing/router.h"
#include "support.h"

namespace signalbox::testing {

/// Three tasks lie around the first axis (the field of the generalist), two around the second (the specialist's); the
/// third axis is near neither. A held-out task finds its neighbours in another task of its own field, so that the
/// predictors of generalist and specialist are always right: p = 1 at a small u.
struct TwoFields : RandomBenchmark {
  enum Model : std::size_t { kGeneralist, kSpecialist, kCheap, kUnmeasured, kUnpriced, kModels };
  static constexpr std::size_t kDim = 4;
  static constexpr std::size_t kRows = 100;
  static constexpr std::size_t kTasks = 5;

  explicit TwoFields(CodeType codes = CodeType::kFloat32)
      : RandomBenchmark(/*seed=*/31, kRows, kDim, kModels, kTasks, codes) {
    for (std::size_t r = 0; r < kRows; ++r) {
      const bool first_field = row_tasks[r] < 3;
      for (std::size_t i = 0; i < kDim; ++i) embeddings[r * kDim + i] *= .05F;
      embeddings[r * kDim + (first_field ? 0 : 1)] += 1;
      float* y = &outcomes[r * kModels];
      y[kGeneralist] = first_field ? 1 : 0;
      y[kSpecialist] = first_field ? 0 : 1;
      y[kCheap] = !first_field && r % 4 != 0 ? 1 : 0;  // Like the specialist, but wrong on a quarter.
      y[kUnmeasured] = std::nanf("");
      y[kUnpriced] = 0;
    }
    spec.model_names = {"generalist", "specialist", "cheap", "unmeasured", "unpriced"};
    spec.model_numbers = {{70, 10, 10}, {30, 8, 8}, {3, 1, 1}, {1, 1, 1}, {1, -1, -1}};
    refresh();
  }

  static std::vector<float> first_field() { return {1, 0, 0, 0}; }
  static std::vector<float> second_field() { return {0, 1, 0, 0}; }
  static std::vector<float> nowhere() { return {0, 0, 1, 0}; }
  static std::vector<float> unread() { return {0, 0, 0, 0}; }
};

/// The options that an index suggests, without rules.
inline RouteOptions options_of(const Index& index, Policy policy = Policy::kS1) {
  RouteOptions options;
  options.policy = policy;
  options.constants = index.routing;
  options.exclusions.assign(index.models(), Exclusion::kNone);
  for (const ModelNumbers& n : index.model_numbers) {
    options.prices.push_back(blended_price(n.usd_per_mtok_in, n.usd_per_mtok_out));
  }
  options.neighbours = 5;
  return options;
}

inline const RankedModel& ranked(const Decision& decision, std::size_t model) {
  for (const RankedModel& m : decision.ranking) {
    if (m.model == model) return m;
  }
  ADD_FAILURE() << "model " << model << " is not in the ranking";
  return decision.ranking.front();
}

inline Decision take(Result<Decision> result) {
  EXPECT_TRUE(result.ok()) << result.error().message;
  return result.take();
}

}  // namespace signalbox::testing
