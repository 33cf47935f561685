#include "planning/plan_data.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>

#include "kernels/codes.h"

namespace signalbox {
namespace {

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

std::string at_least(std::size_t got, std::size_t least, const char* what) {
  return "got " + std::to_string(got) + ' ' + what + ", expected at least " + std::to_string(least);
}

Status check_counts(const PlanInput& input) {
  const std::size_t rows = input.groups.size();
  if (input.models < 2) return invalid(at_least(input.models, 2, "models"));
  if (rows < kLeastPlanRows) return invalid(at_least(rows, kLeastPlanRows, "rows"));
  if (input.dim == 0) return invalid("got 0 dimensions, expected at least 1");
  const bool too_large = rows > kMostPlanRows || input.models > kMostPlanModels || input.dim > kMaxDimension ||
                         rows * input.dim > kMostPlanValues || input.labels > kMostPlanLabels;
  if (too_large) {
    return Error{ErrorCode::kSizeOverflow,
                 "got " + std::to_string(rows) + " rows, " + std::to_string(input.models) + " models, " +
                     std::to_string(input.dim) + " dimensions and " + std::to_string(input.labels) +
                     " families, expected at most " + std::to_string(kMostPlanRows) + ", " +
                     std::to_string(kMostPlanModels) + ", " + std::to_string(kMaxDimension) + " and " +
                     std::to_string(kMostPlanLabels) + ", and rows times dimensions at most " +
                     std::to_string(kMostPlanValues)};
  }
  return {};
}

Status check_size(const char* what, std::size_t got, std::size_t expected) {
  if (got == expected) return {};
  return Error{ErrorCode::kDimensionMismatch,
               "got " + std::to_string(got) + ' ' + what + ", expected " + std::to_string(expected)};
}

Status check_sizes(const PlanInput& input) {
  const std::size_t rows = input.groups.size();
  const std::size_t cells = rows * input.models;
  if (Status failed = check_size("embedding values", input.embeddings.size(), rows * input.dim)) return failed;
  if (Status failed = check_size("outcomes", input.outcomes.size(), cells)) return failed;
  if (Status failed = check_size("costs", input.costs.size(), input.costs.empty() ? 0 : cells)) return failed;
  if (Status failed = check_size("priors", input.prior.size(), input.prior.empty() ? 0 : cells)) return failed;
  return check_size("families of rows", input.row_labels.size(), input.labels == 0 ? 0 : rows);
}

/// Checks that every value is missing or in 0..most.
Status check_range(const char* what, std::span<const float> values, std::size_t models, float most) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = values[i];
    if (std::isnan(value) || (value >= 0 && value <= most)) continue;
    return invalid(std::string("the ") + what + " of row " + std::to_string(i / models) + " and model " +
                   std::to_string(i % models) + " is outside 0 to " + std::to_string(static_cast<int>(most)) +
                   " (NaN where missing)");
  }
  return {};
}

Status check_values(const PlanInput& input) {
  if (!std::all_of(input.embeddings.begin(), input.embeddings.end(), [](float x) { return std::isfinite(x); })) {
    return Error{ErrorCode::kNonFinite, "an embedding holds NaN or infinity"};
  }
  if (Status failed = check_range("outcome", input.outcomes, input.models, 1)) return failed;
  if (Status failed = check_range("cost", input.costs, input.models, kMostAnswerUsd)) return failed;
  if (Status failed = check_range("prior", input.prior, input.models, 1)) return failed;
  for (const std::uint16_t label : input.row_labels) {
    if (label >= input.labels) {
      return invalid("got family " + std::to_string(label) + " of a row, expected less than " +
                     std::to_string(input.labels));
    }
  }
  return {};
}

/// Checks that the outcomes suffice: of each model, and of rows.
Status check_outcomes(const PlanInput& input) {
  std::vector<bool> is_measured(input.models, false);
  std::size_t rows = 0;
  for (std::size_t at = 0; at < input.outcomes.size(); at += input.models) {
    bool any = false;
    for (std::size_t m = 0; m < input.models; ++m) {
      if (std::isnan(input.outcomes[at + m])) continue;
      any = true;
      is_measured[m] = true;
    }
    rows += any ? 1 : 0;
  }
  for (std::size_t m = 0; m < input.models; ++m) {
    if (!is_measured[m]) return invalid("model " + std::to_string(m) + " has no outcome, expected at least one");
  }
  if (rows < kLeastPlanRows) return invalid(at_least(rows, kLeastPlanRows, "rows with an outcome"));
  return {};
}

/// Returns a row scaled to unit norm; zero stays zero. Scaled by its largest component first, so that squares neither
/// overflow nor vanish.
void add_unit(std::span<const float> row, std::vector<float>& out) {
  double most = 0;
  for (const float x : row) most = std::max(most, std::fabs(static_cast<double>(x)));
  double squares = 0;
  for (const float x : row) squares += most > 0 ? (static_cast<double>(x) / most) * (static_cast<double>(x) / most) : 0;
  const double norm = std::sqrt(squares);
  for (const float x : row) out.push_back(most > 0 ? static_cast<float>(static_cast<double>(x) / most / norm) : 0.0F);
}

/// Numbers the groups in the order of their first rows.
std::vector<std::uint32_t> renumber(std::span<const std::uint32_t> groups, std::size_t& count) {
  std::unordered_map<std::uint32_t, std::uint32_t> numbers;
  std::vector<std::uint32_t> out;
  out.reserve(groups.size());
  for (const std::uint32_t group : groups) {
    out.push_back(numbers.emplace(group, static_cast<std::uint32_t>(numbers.size())).first->second);
  }
  count = numbers.size();
  return out;
}

/// Finds the models to choose from: those with a cost, or all if fewer than two have one.
void find_candidates(PlanData& data) {
  data.exclusions.assign(data.models, Exclusion::kPriceUnknown);
  for (std::size_t i = 0; i < data.usd.size(); ++i) {
    if (!std::isnan(data.usd[i])) data.exclusions[i % data.models] = Exclusion::kNone;
  }
  data.has_costs = std::count(data.exclusions.begin(), data.exclusions.end(), Exclusion::kNone) >= 2;
  if (!data.has_costs) data.exclusions.assign(data.models, Exclusion::kNone);
}

}  // namespace

Result<PlanData> read_plan_data(const PlanInput& input) {
  for (const auto& check : {check_counts, check_sizes, check_values, check_outcomes}) {
    if (Status failed = check(input)) return *failed;
  }
  PlanData out;
  out.rows = input.groups.size();
  out.dim = input.dim;
  out.models = input.models;
  out.labels = input.labels;
  out.group = renumber(input.groups, out.groups);
  if (out.groups < kLeastPlanGroups) return invalid(at_least(out.groups, kLeastPlanGroups, "groups of rows"));
  out.vectors.reserve(input.embeddings.size());
  for (std::size_t row = 0; row < out.rows; ++row) {
    add_unit(input.embeddings.subspan(row * out.dim, out.dim), out.vectors);
  }
  out.right.assign(input.outcomes.begin(), input.outcomes.end());
  out.usd.assign(input.costs.begin(), input.costs.end());
  out.usd.resize(out.right.size(), std::nanf(""));
  out.label.assign(input.row_labels.begin(), input.row_labels.end());
  out.prior.assign(input.prior.begin(), input.prior.end());
  find_candidates(out);
  return out;
}

}  // namespace signalbox
