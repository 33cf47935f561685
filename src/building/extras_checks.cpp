#include "building/extras_checks.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

#include "index/decimal.h"
#include "index/layout.h"
#include "index/utf8.h"

namespace signalbox {
namespace {

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

/// Checks that a part is absent or has as many entries as expected.
Status check_count(const char* what, std::size_t got, std::size_t expected) {
  if (got == 0 || got == expected) return {};
  return Error{ErrorCode::kDimensionMismatch,
               std::string(what) + " has " + std::to_string(got) + " entries, expected " + std::to_string(expected)};
}

template <typename T>
Status check_range(const char* what, const std::vector<T>& values, double low, double high) {
  // Written so that NaN fails too.
  for (const T value : values) {
    if (static_cast<double>(value) >= low && static_cast<double>(value) <= high) continue;
    return invalid(std::string(what) + " holds " + number_text(value) + ", expected a number from " + number_text(low) +
                   " to " + number_text(high));
  }
  return {};
}

bool is_weight(float x) { return x >= std::numeric_limits<float>::min() && static_cast<double>(x) <= kMostWeight; }

Status check_scores(const IndexDescription& d) {
  std::vector<std::pair<std::uint16_t, std::uint16_t>> cells;
  for (const TaskScore& s : d.extras.task_scores) {
    if (s.task >= d.task_names.size() || s.model >= d.model_names.size()) {
      return invalid("a task score belongs to task " + std::to_string(s.task) + " and model " +
                     std::to_string(s.model) + ", which the index does not have");
    }
    const std::string which = "the score of task " + d.task_names[s.task] + " and model " + d.model_names[s.model];
    if (!(s.score >= 0 && s.score <= 1))
      return invalid(which + " is " + number_text(static_cast<double>(s.score)) + ", expected 0 to 1");
    if (!is_weight(s.evidence)) {
      return invalid(which + " has the evidence " + number_text(static_cast<double>(s.evidence)) +
                     ", expected more than 0, at most 1e6");
    }
    cells.emplace_back(s.task, s.model);
  }
  std::sort(cells.begin(), cells.end());
  const auto twice = std::adjacent_find(cells.begin(), cells.end());
  if (twice == cells.end()) return {};
  return invalid("task " + d.task_names[twice->first] + " has two scores of model " + d.model_names[twice->second]);
}

Status check_links(const IndexDescription& d) {
  const std::size_t tasks = d.task_names.size();
  std::vector<std::pair<std::uint16_t, std::uint16_t>> pairs;
  std::vector<bool> is_kind(tasks, false);
  for (const TaskLink& link : d.extras.links) {
    if (link.kind >= tasks || link.task >= tasks) {
      return invalid("a link leads from task " + std::to_string(link.kind) + " to task " + std::to_string(link.task) +
                     ", the index has " + std::to_string(tasks));
    }
    if (!is_weight(link.weight)) {
      return invalid("the link from " + d.task_names[link.kind] + " to " + d.task_names[link.task] +
                     " has the weight " + number_text(static_cast<double>(link.weight)) +
                     ", expected more than 0, at most 1e6");
    }
    is_kind[link.kind] = true;
    pairs.emplace_back(link.kind, link.task);
  }
  for (const TaskLink& link : d.extras.links) {
    if (!is_kind[link.task]) continue;
    return invalid("a link leads from " + d.task_names[link.kind] + " to " + d.task_names[link.task] +
                   ", which has links itself");
  }
  for (const TaskScore& s : d.extras.task_scores) {
    if (is_kind[s.task]) return invalid("task " + d.task_names[s.task] + " has links and scores");
  }
  std::sort(pairs.begin(), pairs.end());
  const auto twice = std::adjacent_find(pairs.begin(), pairs.end());
  if (twice == pairs.end()) return {};
  return invalid("two links lead from " + d.task_names[twice->first] + " to " + d.task_names[twice->second]);
}

Status check_weights(const IndexDescription& d) {
  const std::vector<float>& weights = d.extras.task_weights;
  if (Status failed = check_count("taskWeights", weights.size(), d.task_names.size())) return failed;
  if (Status failed = check_range("taskWeights", weights, 0, kMostWeight)) return failed;
  const bool none = std::all_of(weights.begin(), weights.end(), [](float w) { return w == 0; });
  return none && !weights.empty() ? Status(invalid("taskWeights are all 0")) : Status();
}

Status check_centroids(const IndexDescription& d) {
  const IndexExtras& e = d.extras;
  const std::size_t tasks = d.task_names.size();
  if (Status failed = check_count("centroids", e.centroids.size(), tasks * d.dim)) return failed;
  if (e.centroids.empty() && !e.centroid_bias.empty()) return invalid("the bias of centroids needs the centroids");
  if (Status failed = check_count("the bias of centroids", e.centroid_bias.size(), tasks)) return failed;
  if (Status failed = check_range("the bias of centroids", e.centroid_bias, -kMostBias, kMostBias)) return failed;
  for (std::size_t t = 0; t < (e.centroids.empty() ? 0 : tasks); ++t) {
    double squares = 0;
    for (std::size_t i = 0; i < d.dim; ++i) squares += std::pow(static_cast<double>(e.centroids[t * d.dim + i]), 2);
    if (std::sqrt(squares) <= kMostCentroidNorm) continue;  // False for NaN.
    return invalid("the centroid of task " + d.task_names[t] + " is not a vector of norm 16 or less");
  }
  return {};
}

/// Checks the families as a reader will.
Status check_families(const IndexDescription& d) {
  if (d.extras.families.families == 0) return {};
  const std::size_t models = d.model_names.size();
  const auto read = decode_families(encode_families(d.extras.families, d.dim, models), d.dim, models);
  return read.ok() ? Status() : Status(read.error());
}

Status check_rest(const IndexDescription& d) {
  const IndexExtras& e = d.extras;
  const std::size_t rows = d.row_tasks.size();
  if (Status failed = check_count("rowOffsets", e.row_offsets.size(), rows)) return failed;
  if (e.mixture.size() > layout::kMaxMixture) return invalid("mixture has more than 64 constants");
  if (Status failed = check_range("mixture", e.mixture, 0, kMostMixture)) return failed;
  const Result<MixtureConstants> constants = mixture_constants(e.mixture);
  if (!constants.ok()) return invalid(constants.error().message);
  if (e.task_tokens.empty() != e.model_tokens.empty()) {
    return invalid("answerTokens needs the lengths of tasks and the ratios of models");
  }
  if (Status failed = check_count("the lengths of answers", e.task_tokens.size(), d.task_names.size())) return failed;
  if (Status failed = check_count("the ratios of answers", e.model_tokens.size(), d.model_names.size())) return failed;
  if (Status failed = check_range("the lengths of answers", e.task_tokens, -1, kMostTokens)) return failed;
  if (Status failed = check_range("the ratios of answers", e.model_tokens, -1, kMostTokens)) return failed;
  if (Status failed = check_count("texts", e.texts.size(), rows)) return failed;
  for (std::size_t row = 0; row < e.texts.size(); ++row) {
    if (!is_utf8(e.texts[row])) return Error{ErrorCode::kBadMetadata, "a text is not UTF-8"};
    if (count_points(e.texts[row]) <= layout::kMaxTextPoints) continue;
    return invalid("the text of row " + std::to_string(row) + " has more than 160 characters");
  }
  if (!is_utf8(e.plan)) return Error{ErrorCode::kBadMetadata, "the plan is not UTF-8"};
  if (e.plan.size() > layout::kMaxMetadataBytes) {
    return Error{ErrorCode::kSizeOverflow, "the plan has " + std::to_string(e.plan.size()) +
                                               " bytes, expected at most " + std::to_string(layout::kMaxMetadataBytes)};
  }
  for (const std::string* records : {&e.model_records, &e.task_records}) {
    if (!is_utf8(*records)) return Error{ErrorCode::kBadMetadata, "a record is not UTF-8"};
    if (records->size() <= layout::kMaxRecordBytes) continue;
    return Error{ErrorCode::kSizeOverflow, "the records have " + std::to_string(records->size()) +
                                               " bytes, expected at most " + std::to_string(layout::kMaxRecordBytes)};
  }
  return {};
}

}  // namespace

void sort_extras(IndexExtras& extras) {
  std::sort(extras.task_scores.begin(), extras.task_scores.end(), [](const TaskScore& a, const TaskScore& b) {
    return std::tie(a.task, a.model) < std::tie(b.task, b.model);
  });
  std::sort(extras.links.begin(), extras.links.end(),
            [](const TaskLink& a, const TaskLink& b) { return std::tie(a.kind, a.task) < std::tie(b.kind, b.task); });
}

Status check_extras(const IndexDescription& description) {
  for (const auto& step : {check_scores, check_links, check_weights, check_centroids, check_families, check_rest}) {
    if (Status failed = step(description)) return failed;
  }
  return {};
}

std::vector<bool> tasks_without_outcomes(const IndexDescription& description) {
  std::vector<bool> out(description.task_names.size(), false);
  for (const TaskScore& s : description.extras.task_scores) out[s.task] = true;
  for (const TaskLink& link : description.extras.links) out[link.kind] = true;
  return out;
}

TaskScoreView score_view(const IndexExtras& extras, std::size_t tasks, ScoreStorage& storage,
                         std::size_t left_out_task) {
  if (extras.task_scores.empty()) return {};
  storage = {std::vector<std::uint32_t>(tasks + 1, 0), {}, {}, {}};
  for (const TaskScore& s : extras.task_scores) {
    if (s.task == left_out_task) continue;
    ++storage.offsets[s.task + std::size_t{1}];
    storage.models.push_back(s.model);
    storage.scores.push_back(s.score);
    storage.evidence.push_back(s.evidence);
  }
  for (std::size_t t = 0; t < tasks; ++t) storage.offsets[t + 1] += storage.offsets[t];
  return {storage.offsets, storage.models, storage.scores, storage.evidence};
}

LinkStorage store_links(const IndexExtras& extras, std::size_t tasks) {
  LinkStorage out;
  if (extras.links.empty()) return out;
  out.offsets.assign(tasks + 1, 0);
  for (const TaskLink& link : extras.links) {
    ++out.offsets[link.kind + std::size_t{1}];
    out.tasks.push_back(link.task);
    out.weights.push_back(link.weight);
  }
  for (std::size_t t = 0; t < tasks; ++t) out.offsets[t + 1] += out.offsets[t];
  return out;
}

}  // namespace signalbox
