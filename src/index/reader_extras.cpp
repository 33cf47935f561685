#include "index/reader_extras.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "index/format.h"

namespace signalbox {
namespace {

using layout::Header;

constexpr float kLeastFloat = std::numeric_limits<float>::min();

Error fail(ErrorCode code, std::string message) { return {code, std::move(message)}; }

void read_scores(SectionReader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kTaskScores)) return;
  const auto read = reader.sparse(layout::kTaskScores, header.tasks, header.models, 2);
  const auto scores = read.numbers.first(read.columns.size());
  const auto evidence = read.numbers.subspan(read.columns.size());
  const bool good = reader.check_range(layout::kTaskScores, scores, 0.0F, 1.0F) &&
                    reader.check_range(layout::kTaskScores, evidence, kLeastFloat, static_cast<float>(kMostWeight));
  if (good) index.task_scores = {read.offsets, read.columns, scores, evidence};
}

void read_links(SectionReader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kTaskLinks)) return;
  const auto read = reader.sparse(layout::kTaskLinks, header.tasks, header.tasks, 1);
  if (!reader.check_range(layout::kTaskLinks, read.numbers, kLeastFloat, static_cast<float>(kMostWeight))) return;
  const TaskLinkView links = {read.offsets, read.columns, read.numbers};
  const bool chained =
      std::any_of(links.tasks.begin(), links.tasks.end(), [&](std::uint16_t task) { return links.has(task); });
  if (chained) return reader.refuse_content(layout::kTaskLinks, "leads to a task that has links itself");
  index.links = links;
}

void read_families(SectionReader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kPromptFamilies)) return;
  const auto bytes = reader.values<std::uint8_t>(layout::kPromptFamilies, reader.size_of(layout::kPromptFamilies));
  if (reader.failure) return;
  Result<FamilyPredictor> read = decode_families(bytes, header.dim, header.models);
  if (read.ok()) index.families = read.take();
  else reader.failure = read.error();
}

void read_weights(SectionReader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kTaskWeights)) {
    const std::vector<float>& share = index.families.share;
    if (share.size() == header.tasks) index.task_weights.assign(share.begin(), share.end());
    return;
  }
  const auto weights = reader.finite(layout::kTaskWeights, header.tasks, 0.0F, static_cast<float>(kMostWeight));
  if (reader.failure) return;
  const bool none = std::all_of(weights.begin(), weights.end(), [](float w) { return w == 0; });
  if (none) return reader.refuse_content(layout::kTaskWeights, "is 0 for every task");
  index.task_weights.assign(weights.begin(), weights.end());
}

/// Reads the centroids as vectors: codes * scale.
void read_centroids(SectionReader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kTaskCentroids)) return;
  const std::size_t stride = row_stride(CodeType::kInt8, header.dim);
  const std::uint64_t codes_size = std::uint64_t{header.tasks} * stride;
  const auto bytes =
      reader.values<std::uint8_t>(layout::kTaskCentroids, codes_size + std::uint64_t{header.tasks} * 2 * sizeof(float));
  if (reader.failure) return;
  const std::span<const float> numbers(reinterpret_cast<const float*>(bytes.data() + codes_size),
                                       std::size_t{header.tasks} * 2);
  const auto scales = numbers.first(header.tasks);
  const auto bias = numbers.subspan(header.tasks);
  constexpr auto kMostScale = static_cast<float>(kMostCentroidNorm);
  constexpr auto kMost = static_cast<float>(kMostBias);
  if (!reader.check_range(layout::kTaskCentroids, scales, 0.0F, kMostScale) ||
      !reader.check_range(layout::kTaskCentroids, bias, -kMost, kMost)) {
    return;
  }
  index.task_centroids.reserve(std::size_t{header.tasks} * header.dim);
  for (std::size_t t = 0; t < header.tasks; ++t) {
    const auto* codes = reinterpret_cast<const std::int8_t*>(bytes.data() + t * stride);
    double squares = 0;
    for (std::size_t i = 0; i < header.dim; ++i) {
      const float x = static_cast<float>(codes[i]) * scales[t];
      squares += static_cast<double>(x) * static_cast<double>(x);
      index.task_centroids.push_back(x);
    }
    if (std::sqrt(squares) <= kMostCentroidNorm + .001) continue;
    reader.failure = fail(ErrorCode::kNonFinite, "task_centroids holds a vector that is too long");
    return;
  }
  index.task_bias.assign(bias.begin(), bias.end());
}

void read_tokens(SectionReader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kAnswerTokens)) return;
  const std::size_t count = std::size_t{header.tasks} + header.models;
  const auto tokens = reader.finite(layout::kAnswerTokens, count, -1.0F, static_cast<float>(kMostTokens));
  if (!reader.failure) index.answer_tokens = {tokens.first(header.tasks), tokens.subspan(header.tasks)};
}

void read_mixture(SectionReader& reader, Index& index) {
  if (!reader.has(layout::kMixture)) return;
  const std::uint64_t count =
      std::min<std::uint64_t>(reader.size_of(layout::kMixture) / sizeof(double), layout::kMaxMixture);
  const auto mixture = reader.finite<double>(layout::kMixture, count, 0, kMostMixture);
  if (reader.failure) return;
  index.mixture.assign(mixture.begin(), mixture.end());
  const Result<MixtureConstants> constants = mixture_constants(mixture);
  if (constants.ok()) index.mixture_constants = constants.value();
  else reader.failure = constants.error();
}

/// Reads the means of added models. Their number follows from the size of the section.
void read_added(SectionReader& reader, const Header& header, Index& index) {
  const bool is_expected = header.version_major == kAddedFormatMajor;
  if (reader.has(layout::kAddedMeans) != is_expected) {
    return reader.refuse_content(layout::kAddedMeans, is_expected ? "is missing" : "needs version 3 of the format");
  }
  if (!is_expected) return;
  const std::uint64_t of_model = std::uint64_t{header.tasks} * 2 * sizeof(float);
  const std::uint64_t models = reader.size_of(layout::kAddedMeans) / of_model;
  if (models == 0 || models >= header.models) {
    return reader.refuse_content(layout::kAddedMeans, "has " + std::to_string(models) + " models, expected 1 to " +
                                                          std::to_string(header.models - 1));
  }
  const auto numbers = reader.finite(layout::kAddedMeans, models * header.tasks * 2, -1.0F, 1.0F);
  if (reader.failure) return;
  const auto means = numbers.first(numbers.size() / 2);
  const auto variance = numbers.subspan(numbers.size() / 2);
  if (!reader.check_range(layout::kAddedMeans, variance, 0.0F, 1.0F)) return;
  index.added = {static_cast<std::size_t>(models), means, variance};
}

void read_texts(SectionReader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kTexts)) return;
  index.texts = reader.strings(layout::kTexts, header.rows);
  for (std::size_t row = 0; row < index.texts.size(); ++row) {
    if (count_points(index.texts[row]) <= layout::kMaxTextPoints) continue;
    return reader.refuse_content(layout::kTexts, "holds a text that is too long");
  }
}

}  // namespace

void read_extras(SectionReader& reader, const Header& header, Index& index) {
  const auto text = [&](layout::Kind kind, std::uint64_t most) {
    return reader.has(kind) ? reader.text(kind, most) : std::string_view();
  };
  index.model_records = text(layout::kModelRecords, layout::kMaxRecordBytes);
  index.task_records = text(layout::kTaskRecords, layout::kMaxRecordBytes);
  read_added(reader, header, index);
  read_families(reader, header, index);
  index.plan = text(layout::kPlan, layout::kMaxMetadataBytes);
  for (const layout::Kind kind : {layout::kFamilies, layout::kAddedModels}) {
    static_cast<void>(text(kind, layout::kMaxMetadataBytes));
  }
  read_mixture(reader, index);
  read_scores(reader, header, index);
  read_links(reader, header, index);
  read_weights(reader, header, index);
  read_centroids(reader, header, index);
  read_tokens(reader, header, index);
  if (reader.has(layout::kRowOffsets)) {
    index.row_offsets = reader.values<std::int8_t>(layout::kRowOffsets, header.rows);
  }
  read_texts(reader, header, index);
}

Status check_extras(const Index& index) {
  for (std::size_t task = 0; task < index.tasks(); ++task) {
    if (index.links.has(task) && index.task_scores.has(task)) {
      return fail(ErrorCode::kBadSection, "a task has links and scores");
    }
  }
  const std::span<const std::uint16_t> scored = index.task_scores.models;
  if (std::any_of(scored.begin(), scored.end(), [&](std::uint16_t model) { return model >= index.built_models(); })) {
    return fail(ErrorCode::kBadSection, "an added model has scores of tasks");
  }
  if (index.links.offsets.empty() && index.task_scores.offsets.empty()) return {};
  for (std::size_t row = 0; row < index.rows(); ++row) {
    const std::size_t task = index.row_tasks[row];
    if (!index.links.has(task) && !index.task_scores.has(task)) continue;
    if (index.outcomes.measured != nullptr && index.outcomes.count(row) == 0) continue;
    return fail(ErrorCode::kBadSection, "a row has outcomes, but its task has links or scores");
  }
  return {};
}

}  // namespace signalbox
