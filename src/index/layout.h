// The fixed structures of the index file, shared by reader and writer.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signalbox::layout {

static_assert(std::endian::native == std::endian::little, "the index is read in place and is little-endian");

/// A high byte, a name and both line endings, so that a transfer in text mode is detected.
inline constexpr std::array<std::uint8_t, 8> kMagic = {0x89, 'S', 'B', 'X', '\r', '\n', 0x1A, '\n'};
inline constexpr std::size_t kAlignment = 64;
inline constexpr std::uint32_t kMaxSections = 64;
inline constexpr std::uint32_t kMaxNames = 65535;  ///< Limit for models, and for tasks.
/// Limit for tasks times models. Opening derives a mean for each such pair, but the file's length bounds only tasks
/// plus models.
inline constexpr std::uint64_t kMaxTaskMeans = 1U << 22;
/// Limits for tasks times dimensions, and for tasks times models, where there are more tasks than rows: opening derives
/// a centroid for each task, and a few bytes of the file make a task.
inline constexpr std::uint64_t kMaxTaskValues = 1U << 23;
inline constexpr std::uint64_t kMaxRowlessMeans = 1U << 20;
inline constexpr bool may_exceed_rows(std::uint64_t tasks, std::uint64_t dim, std::uint64_t models) {
  return tasks * dim <= kMaxTaskValues && tasks * models <= kMaxRowlessMeans;
}
inline constexpr std::uint64_t kMaxMetadataBytes = 1U << 20;
inline constexpr std::uint64_t kMaxRecordBytes = 1U << 21;  ///< Limit for the records of models, and of tasks.
inline constexpr std::size_t kMaxMixture = 64;              ///< Limit for the constants of the policy.
inline constexpr std::size_t kMaxTextPoints = 160;          ///< Limit for the code points of a row's text.

enum Flags : std::uint32_t { kGraded = 1, kHasMissing = 2, kPacked = 4 };

struct Header {
  std::array<std::uint8_t, 8> magic;
  std::uint16_t version_major;
  std::uint16_t version_minor;
  std::uint32_t header_size;
  std::uint64_t file_size;
  std::uint32_t section_count;
  std::uint32_t body_crc32;  ///< Covers the section table; in version 1 everything after the header.
  std::uint32_t rows;
  std::uint32_t dim;
  std::uint32_t models;
  std::uint32_t tasks;
  std::uint32_t code_type;
  std::uint32_t flags;
  std::uint32_t pairs;
  std::uint32_t header_crc32;  ///< Covers the 60 bytes before it.
};
static_assert(sizeof(Header) == 64);

struct Section {
  std::uint32_t kind;
  std::uint32_t crc32;  ///< Covers the section; 0 in version 1.
  std::uint64_t offset;
  std::uint64_t size;
};
static_assert(sizeof(Section) == 24);

struct Routing {
  std::uint32_t k;
  std::uint32_t kappa;
  double threshold;
  double sigma;
  double eta;
};
static_assert(sizeof(Routing) == 32);

enum Kind : std::uint32_t {
  kMetadata = 1,
  kModelNames,
  kTaskNames,
  kSampleIds,
  kEmbedder,
  kRouting,
  kCodes,
  kScales,
  kOutcomes,
  kMeasured,
  kRowTasks,
  kModelNumbers,
  kPairU,
  kPairP,
  kCoverage,
  kMap,
  kModelPrices,
  kModelRecords,
  kTaskRecords,
  kPackedOutcomes,
  kTaskScores,
  kTaskLinks,
  kTaskWeights,
  kTaskCentroids,
  kRowOffsets,
  kMixture,
  kAnswerTokens,
  kTexts,
  kFamilies,
  kPlan,
  kAddedModels,
  kPromptFamilies,
  kAddedMeans,
  kKindEnd,
  kKindEndOfVersion1 = kModelPrices,
};

/// Names of the kinds, for messages and inspection; entry i is kind i.
inline constexpr std::array<std::string_view, kKindEnd> kKindNames = {"",
                                                                      "metadata",
                                                                      "model_names",
                                                                      "task_names",
                                                                      "sample_ids",
                                                                      "embedder",
                                                                      "routing",
                                                                      "codes",
                                                                      "scales",
                                                                      "outcomes",
                                                                      "measured",
                                                                      "row_tasks",
                                                                      "model_numbers",
                                                                      "pair_u",
                                                                      "pair_p",
                                                                      "coverage",
                                                                      "map",
                                                                      "model_prices",
                                                                      "model_records",
                                                                      "task_records",
                                                                      "packed_outcomes",
                                                                      "task_scores",
                                                                      "task_links",
                                                                      "task_weights",
                                                                      "task_centroids",
                                                                      "row_offsets",
                                                                      "mixture",
                                                                      "answer_tokens",
                                                                      "texts",
                                                                      "families",
                                                                      "plan",
                                                                      "added_models",
                                                                      "prompt_families",
                                                                      "added_means"};

}  // namespace signalbox::layout
