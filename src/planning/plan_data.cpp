#include "planning/plan_data.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>

#include "kernels/codes.h"

namespace signalbox {
namespace {

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

std::string at_least(std::size_t got, std::size_t least, const std::string& what) {
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
  if (Status failed = check_size("marks of rows", input.chosen.size(), input.chosen.empty() ? 0 : rows)) return failed;
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
  for (const std::uint8_t mark : input.chosen) {
    if (mark > 1) return invalid("got mark " + std::to_string(mark) + " of a row, expected 0 (random) or 1 (chosen)");
  }
  return {};
}

/// Returns the rows that estimates may be made from.
std::string random_rows(const PlanInput& input) { return input.chosen.empty() ? "rows" : "random rows"; }

/// Checks that the outcomes of random rows suffice: of each model, and of rows.
Status check_outcomes(const PlanInput& input) {
  std::vector<bool> is_measured(input.models, false);
  std::size_t rows = 0;
  for (std::size_t at = 0; at < input.outcomes.size(); at += input.models) {
    if (!input.chosen.empty() && input.chosen[at / input.models] == 1) continue;
    bool any = false;
    for (std::size_t m = 0; m < input.models; ++m) {
      if (std::isnan(input.outcomes[at + m])) continue;
      any = true;
      is_measured[m] = true;
    }
    rows += any ? 1 : 0;
  }
  for (std::size_t m = 0; m < input.models; ++m) {
    if (is_measured[m]) continue;
    return invalid("model " + std::to_string(m) + " has no outcome in the " + random_rows(input) +
                   ", expected at least one");
  }
  if (rows < kLeastPlanRows) return invalid(at_least(rows, kLeastPlanRows, random_rows(input) + " with an outcome"));
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

/// Counts the groups that have a random row.
std::size_t count_random_groups(const PlanData& data) {
  std::vector<bool> has_row(data.groups, false);
  for (std::size_t row = 0; row < data.rows; ++row) {
    if (data.is_random(row)) has_row[data.group[row]] = true;
  }
  return static_cast<std::size_t>(std::count(has_row.begin(), has_row.end(), true));
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
  out.chosen.assign(input.chosen.begin(), input.chosen.end());
  const std::size_t groups = count_random_groups(out);
  if (groups < kLeastPlanGroups) return invalid(at_least(groups, kLeastPlanGroups, "groups of " + random_rows(input)));
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

PlanData select_rows(const PlanData& data, std::span<const std::size_t> rows) {
  PlanData out;
  out.rows = rows.size();
  out.dim = data.dim;
  out.models = data.models;
  out.labels = data.labels;
  out.has_costs = data.has_costs;
  out.exclusions = data.exclusions;
  const auto copy = [](const auto& values, auto& to, std::size_t row, std::size_t width) {
    if (values.empty()) return;
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(row * width);
    to.insert(to.end(), first, first + static_cast<std::ptrdiff_t>(width));
  };
  std::vector<std::uint32_t> groups;
  for (const std::size_t row : rows) {
    copy(data.vectors, out.vectors, row, data.dim);
    copy(data.right, out.right, row, data.models);
    copy(data.usd, out.usd, row, data.models);
    copy(data.prior, out.prior, row, data.models);
    copy(data.label, out.label, row, 1);
    copy(data.chosen, out.chosen, row, 1);
    groups.push_back(data.group[row]);
  }
  out.group = renumber(groups, out.groups);
  return out;
}

}  // namespace signalbox
