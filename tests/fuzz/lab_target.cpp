#include <cmath>
#include <cstdint>
#include <string>

#include "building/builder.h"
#include "index/families.h"
#include "lab.h"
#include "lab_plan_json.h"
#include "lab_request_json.h"
#include "promises.h"
#include "targets.h"

namespace signalbox::fuzz {
namespace {

using bindings::Handle;
using bindings::Json;

constexpr std::size_t kRows = 6;
/// Bounds of what one call may compute, so that a slow input is a defect and no large order.
constexpr std::size_t kMostWidth = 32;
constexpr std::size_t kMostRuns = 64;

/// The arrays of a specification.
struct Arrays {
  Arrays(std::size_t dim, std::size_t models)
      : embeddings(kRows * dim), outcomes(kRows * models), costs(kRows * models, .5F) {
    for (std::size_t i = 0; i < embeddings.size(); ++i) embeddings[i] = static_cast<float>(i * i % 7) - 2.5F;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      outcomes[i] = i % 5 == 4 ? std::nanf("") : static_cast<float>(i % 3) / 2;
    }
  }

  std::vector<float> embeddings;
  std::vector<float> outcomes;
  std::vector<float> costs;
  std::vector<std::uint16_t> tasks = {0, 0, 1, 1, 0, 1};
  std::vector<std::uint32_t> inputs = {0, 1, 2, 3, 4, 0};
  std::vector<std::uint32_t> at = {5, 4, 3, 2, 1, 0};
};

/// Whether options order no more runs than kMostRuns.
bool is_small(const Result<HeldOutOptions>& options) {
  if (!options.ok()) return true;
  const HeldOutOptions& o = options.value();
  const std::size_t repeats = o.labels ? o.labels->repeats : 1;
  return o.pools.size() <= kMostRuns && o.policies.size() <= kMostRuns &&
         o.pools.size() * o.policies.size() * repeats <= kMostRuns;
}

bool is_small(const Result<CascadeEvaluationOptions>& options) {
  return !options.ok() || options.value().judges.size() * (options.value().cost_weights.size() + 1) <= kMostRuns;
}

void build_at_once(std::string_view spec, const Arrays& arrays) {
  const Json built = value_of(
      bindings::build_index(spec, arrays.embeddings.data(), arrays.tasks.data(), arrays.outcomes.data(), kRows));
  if (built.is_null()) return;
  // The bytes that the lab writes open again.
  const auto bytes = built["ptr"].get<std::uintptr_t>();
  const Json opened = value_of(bindings::open_index(reinterpret_cast<void*>(bytes), built["size"].get<std::size_t>()));
  require(!opened.is_null());
  value_of(bindings::close(opened["handle"].get<Handle>()));
}

/// Plans on rows whose values the fuzzer writes, one character for each outcome and cost.
class PlanSession {
 public:
  void set_values(std::string_view values) { values_ = values; }

  void open(std::string_view spec_json) {
    const Result<PlanSpec> spec = bindings::parse_plan_spec(spec_json);
    close();
    if (!spec.ok()) return require(!spec.error().message.empty());
    const PlanInput& input = spec.value().input;
    if (input.dim > kMostWidth || input.models > kMostPlanWidth) return;
    std::vector<float> embeddings(kPlanRows * input.dim);
    for (std::size_t i = 0; i < embeddings.size(); ++i) embeddings[i] = static_cast<float>(i * i % 7) - 2.5F;
    std::vector<float> outcomes;
    std::vector<float> costs;
    std::vector<std::uint32_t> groups;
    std::vector<std::uint16_t> labels;
    std::vector<std::uint8_t> chosen;
    for (std::size_t i = 0; i < kPlanRows * input.models; ++i) {
      outcomes.push_back(value(2 * i));
      costs.push_back(value(2 * i + 1));
    }
    for (std::uint32_t row = 0; row < kPlanRows; ++row) {
      groups.push_back(row / 2);
      labels.push_back(static_cast<std::uint16_t>(row % 3));
      chosen.push_back(row % 4 == 3 ? 1 : 0);
    }
    const std::uint16_t* families = input.labels > 0 ? labels.data() : nullptr;
    const std::uint8_t* marks = spec.value().seed % 2 == 1 ? chosen.data() : nullptr;
    const Json opened = value_of(bindings::open_plan(spec_json, embeddings.data(), outcomes.data(), costs.data(),
                                                     groups.data(), families, outcomes.data(), marks, kPlanRows));
    if (!opened.is_null()) plan_ = opened["handle"].get<Handle>();
    dim_ = input.dim;
    models_ = input.models;
  }

  void step(std::size_t work) const { value_of(bindings::step_plan(plan_, work)); }

  /// Finishes the plan: its predictor opens again.
  void finish() const {
    const bool is_done = !value_of(bindings::finish_plan(plan_)).is_null();
    const Json view = value_of(bindings::plan_predictor(plan_));
    require(view.is_null() != is_done && value_of(bindings::plan_rows(plan_)).is_null() != is_done);
    if (!is_done) return;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(view["ptr"].get<std::uintptr_t>());
    require(decode_families({bytes, view["size"].get<std::size_t>()}, dim_, models_).ok());
  }

  void close() const { value_of(bindings::close_plan(plan_)); }

 private:
  static constexpr std::size_t kPlanRows = 40;
  static constexpr std::size_t kMostPlanWidth = 6;

  [[nodiscard]] float value(std::size_t i) const {
    if (values_.empty()) return i % 3 == 0 ? 1.0F : 0.0F;
    switch (values_[i % values_.size()]) {
      case '0': return 0;
      case '5': return .5F;
      case 'n': return std::nanf("");
      case 'i': return HUGE_VALF;
      case '-': return -1;
      case 'x': return 1e6F;
      case 't': return 1e-42F;
      default: return 1;
    }
  }

  std::string_view values_;
  Handle plan_ = 0;
  std::size_t dim_ = 0;
  std::size_t models_ = 0;
};

class LabSession {
 public:
  LabSession(std::string_view spec, std::size_t dim, std::size_t models)
      : spec_(spec), dim_(dim), models_(models), arrays_(dim, models) {}

  /// Makes the call of a line: a letter, and options.
  void call(std::string_view line) {
    if (line.empty()) return;
    const std::string_view options = line.substr(1);
    switch (line[0]) {
      case 'b': return build_at_once(spec_, arrays_);
      case 'o': return replace(build_, bindings::open_build(spec_, arrays_.tasks.data(), kRows));
      case 'p':
        value_of(
            bindings::put_rows(build_, arrays_.at.data(), arrays_.embeddings.data(), arrays_.outcomes.data(), kRows));
        return;
      case 's': value_of(bindings::step_build(build_, options.size())); return;
      case 'f': value_of(bindings::finish_build(build_)); return;
      case 'w':
        value_of(bindings::choose_rows(arrays_.embeddings.data(), arrays_.outcomes.data(), kRows, dim_, models_,
                                       options.size()));
        return;
      case 'e':
        return replace(evaluation_, bindings::open_evaluation(spec_, arrays_.embeddings.data(), arrays_.tasks.data(),
                                                              arrays_.outcomes.data(), arrays_.inputs.data(),
                                                              arrays_.costs.data(), kRows));
      case 'n': value_of(bindings::search_neighbours(evaluation_, options.size())); return;
      case 'h':
        if (!is_small(bindings::parse_held_out_options(models_, options))) return;
        for (const std::size_t task : {0, 1, 2}) value_of(bindings::held_out_task(evaluation_, task, options));
        return;
      case 'i': value_of(bindings::instances(evaluation_, options)); return;
      case 'c':
        if (is_small(bindings::parse_cascade_options(models_, 1, options))) {
          value_of(bindings::cascades(evaluation_, options));
        }
        return;
      case 'V': return plan_.set_values(options);
      case 'P': return plan_.open(options);
      case 'S': return plan_.step(options.size() * options.size());
      case 'F': return plan_.finish();
      case 'x': return close();
      default: return;
    }
  }

  ~LabSession() {
    close();
    require(bindings::live_in_lab() == 0);
  }

 private:
  void replace(Handle& handle, const std::string& answer) {
    close();
    const Json opened = value_of(answer);
    if (!opened.is_null()) handle = opened["handle"].get<Handle>();
  }

  void close() const {
    value_of(bindings::close_build(build_));
    value_of(bindings::close_evaluation(evaluation_));
    plan_.close();
  }

  std::string_view spec_;
  std::size_t dim_;
  std::size_t models_;
  Arrays arrays_;
  Handle build_ = 0;
  Handle evaluation_ = 0;
  PlanSession plan_;
};

}  // namespace

void fuzz_lab(std::span<const std::uint8_t> input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  const std::vector<std::string_view> lines = lines_of(text, 24);
  if (lines.empty()) return;
  const Result<BuildSpec> as_whole = bindings::parse_build_spec(lines[0]);
  const Result<BuilderSpec> in_pieces = bindings::parse_builder_spec(lines[0]);
  if (!in_pieces.ok()) return require(!in_pieces.error().message.empty());
  const std::size_t dim = in_pieces.value().dim;
  const std::size_t models = in_pieces.value().model_names.size();
  if (dim > kMostWidth || models > kMostWidth) return;
  const PairPlan& pairs = in_pieces.value().pairs;
  if (pairs.repeats * pairs.alphas.size() > kMostRuns) return;
  if (as_whole.ok()) require(as_whole.value().dim == dim && as_whole.value().model_names.size() == models);
  LabSession session(lines[0], dim, models);
  for (std::size_t i = 1; i < lines.size(); ++i) session.call(lines[i]);
}

}  // namespace signalbox::fuzz
