#include "lab_plan.h"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "index/families.h"
#include "kernels/codes.h"
#include "lab_plan_json.h"
#include "planning/change.h"

namespace signalbox::bindings {
namespace {

struct OpenPlan {
  std::unique_ptr<Plan> plan;
  std::vector<std::uint8_t> predictor;  ///< Bytes, once they were asked for.
};

struct Plans {
  std::map<Handle, OpenPlan> open;
  Handle last_handle = 0;
};

Plans& plans() {
  static Plans instance;
  return instance;
}

OpenPlan* find(Handle handle) {
  const auto found = plans().open.find(handle);
  return found == plans().open.end() ? nullptr : &found->second;
}

std::string disposed() { return failure({ErrorCode::kDisposed, "the plan was closed"}); }

std::string unfinished() { return failure({ErrorCode::kInvalidArgument, "the plan is not finished"}); }

Json view(const void* bytes, std::size_t size) {
  return object({{"ptr", reinterpret_cast<std::uintptr_t>(bytes)}, {"size", size}});
}

/// Points the input at the arrays.
void lend(PlanInput& input, const float* embeddings, const float* outcomes, const float* costs,
          const std::uint32_t* groups, const std::uint16_t* families, const float* prior, std::size_t rows) {
  const std::size_t cells = rows * input.models;
  input.embeddings = {embeddings, rows * input.dim};
  input.outcomes = {outcomes, cells};
  if (costs != nullptr) input.costs = {costs, cells};
  input.groups = {groups, rows};
  if (families != nullptr) input.row_labels = {families, rows};
  if (prior != nullptr) input.prior = {prior, cells};
}

/// Returns a copy of the bytes on the heap, or null if memory is exhausted.
void* copy_out(const void* bytes, std::size_t size) {
  void* copy = allocate(size);
  if (copy != nullptr) std::copy_n(static_cast<const std::uint8_t*>(bytes), size, static_cast<std::uint8_t*>(copy));
  return copy;
}

}  // namespace

std::string open_plan(std::string_view spec_json, const float* embeddings, const float* outcomes, const float* costs,
                      const std::uint32_t* groups, const std::uint16_t* families, const float* prior,
                      const std::uint8_t* chosen, std::size_t rows) {
  Result<PlanSpec> spec = parse_plan_spec(spec_json);
  if (!spec.ok()) return failure(spec.error());
  lend(spec.value().input, embeddings, outcomes, costs, groups, families, prior, rows);
  if (chosen != nullptr) spec.value().input.chosen = {chosen, rows};
  Result<std::unique_ptr<Plan>> plan = Plan::open(spec.value());
  if (!plan.ok()) return failure(plan.error());
  const Handle handle = ++plans().last_handle;
  const std::size_t total = plan.value()->step(0).total;
  plans().open.emplace(handle, OpenPlan{plan.take(), {}});
  return success(object({{"handle", handle}, {"total", total}}));
}

std::string step_plan(Handle plan, std::size_t work) {
  const OpenPlan* open = find(plan);
  if (open == nullptr) return disposed();
  const Plan::Progress progress = open->plan->step(work);
  return success(object({{"done", progress.done}, {"total", progress.total}}));
}

std::string finish_plan(Handle plan) {
  const OpenPlan* open = find(plan);
  if (open == nullptr) return disposed();
  const Result<PlanNumbers> numbers = open->plan->finish();
  return numbers.ok() ? success(to_json(numbers.value())) : failure(numbers.error());
}

std::string plan_predictor(Handle plan) {
  OpenPlan* open = find(plan);
  if (open == nullptr) return disposed();
  const FamilyPredictor* predictor = open->plan->predictor();
  if (predictor == nullptr) return unfinished();
  open->predictor = encode_families(*predictor, open->plan->dim(), open->plan->models());
  return success(view(open->predictor.data(), open->predictor.size()));
}

std::string plan_rows(Handle plan) {
  const OpenPlan* open = find(plan);
  if (open == nullptr) return disposed();
  const std::vector<std::uint16_t>& rows = open->plan->row_families();
  if (rows.empty()) return unfinished();
  return success(view(rows.data(), rows.size() * sizeof(std::uint16_t)));
}

std::string promise_plan(Handle plan, std::string_view spec_json, const float* embeddings, const float* outcomes,
                         const float* costs, const std::uint32_t* groups, const std::uint8_t* answered_by,
                         std::size_t rows) {
  OpenPlan* open = find(plan);
  if (open == nullptr) return disposed();
  const Result<PromiseRules> rules = parse_promise_spec(spec_json);
  if (!rules.ok()) return failure(rules.error());
  PlanInput input;
  input.dim = open->plan->dim();
  input.models = open->plan->models();
  lend(input, embeddings, outcomes, costs, groups, nullptr, nullptr, rows);
  const Result<PromiseNumbers> numbers = open->plan->promise(input, {answered_by, rows}, rules.value());
  if (!numbers.ok()) return failure(numbers.error());
  return success(promise_json(numbers.value(), open->plan->settings()));
}

std::string draw_test_rows(const std::uint32_t* groups, std::size_t rows, double seed) {
  const std::vector<std::uint8_t> marks =
      signalbox::draw_test_rows({groups, rows}, static_cast<std::uint64_t>(std::max(seed, 0.0)));
  void* copy = copy_out(marks.data(), marks.size());
  if (copy == nullptr) return failure({ErrorCode::kOutOfMemory, "the marks do not fit into memory"});
  return success(view(copy, marks.size()));
}

std::string close_plan(Handle plan) {
  plans().open.erase(plan);
  return success(nullptr);
}

std::string compare_with_index(const Index& index, const float* vectors, std::size_t rows, double seed) {
  const std::size_t dim = index.codes.dim;
  std::vector<float> before;
  std::vector<double> row_vector(dim);
  for (std::size_t row = 0; row < index.rows(); ++row) {
    std::fill(row_vector.begin(), row_vector.end(), 0);
    add_row(index.codes, row, row_vector);
    if (std::all_of(row_vector.begin(), row_vector.end(), [](double x) { return x == 0; })) continue;
    for (const double x : row_vector) before.push_back(static_cast<float>(x));
  }
  const Result<ChangeNumbers> compared =
      compare_prompts(before, {vectors, rows * dim}, dim, index.families, index.routing.kappa,
                      static_cast<std::uint64_t>(std::max(seed, 0.0)));
  return compared.ok() ? success(change_json(compared.value())) : failure(compared.error());
}

std::string fit_families(std::string_view spec_json, const float* embeddings, const float* outcomes, const float* costs,
                         const std::uint32_t* groups, const std::uint16_t* families, const float* prior,
                         std::size_t rows) {
  Result<PlanSpec> spec = parse_fit_spec(spec_json);
  if (!spec.ok()) return failure(spec.error());
  PlanInput& input = spec.value().input;
  lend(input, embeddings, outcomes, costs, groups, families, prior, rows);
  const Result<FamilyFit> fit = signalbox::fit_families(input, spec.value().seed);
  if (!fit.ok()) return failure(fit.error());
  const FittedPredictor& fitted = fit.value().fitted;
  const std::vector<std::uint8_t> predictor = encode_families(fitted.predictor, input.dim, input.models);
  const std::size_t rows_size = rows * sizeof(std::uint16_t);
  void* of_predictor = copy_out(predictor.data(), predictor.size());
  void* of_rows = copy_out(fit.value().row_families.data(), rows_size);
  if (of_predictor == nullptr || of_rows == nullptr) {
    release(of_predictor);
    release(of_rows);
    return failure({ErrorCode::kOutOfMemory, "the predictor does not fit into memory"});
  }
  return success(object({{"predictor", view(of_predictor, predictor.size())},
                         {"rows", view(of_rows, rows_size)},
                         {"kind", kind_json(kind_of(fitted))}}));
}

std::size_t live_plans() { return plans().open.size(); }

}  // namespace signalbox::bindings
