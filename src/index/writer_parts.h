// Parts of writing an index file, for all that write one.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "index/format.h"
#include "index/layout.h"

namespace signalbox {

/// The order of sections in a written file: first what a reader needs before the rows, last what only some need.
inline constexpr std::array kSectionOrder = {
    layout::kMetadata,       layout::kModelNames, layout::kTaskNames,   layout::kModelRecords,  layout::kTaskRecords,
    layout::kEmbedder,       layout::kRouting,    layout::kMixture,     layout::kModelPrices,   layout::kAddedMeans,
    layout::kPromptFamilies, layout::kTaskLinks,  layout::kTaskWeights, layout::kTaskCentroids, layout::kTaskScores,
    layout::kAnswerTokens,   layout::kPairU,      layout::kPairP,       layout::kCoverage,      layout::kRowTasks,
    layout::kRowOffsets,     layout::kScales,     layout::kCodes,       layout::kMeasured,      layout::kOutcomes,
    layout::kPackedOutcomes, layout::kSampleIds,  layout::kMap,         layout::kTexts,         layout::kPlan,
    layout::kFamilies,       layout::kAddedModels};

/// A section's kind and bytes, borrowed.
struct SectionBytes {
  std::uint32_t kind = 0;
  std::span<const std::uint8_t> bytes;
};

/// Returns the file of these sections, in their order, which it borrows. header: all but the fields that follow from
/// the sections.
[[nodiscard]] IndexPieces lay_out_sections(layout::Header header, std::span<const SectionBytes> sections);

/// Returns the bytes of a string table.
[[nodiscard]] std::vector<std::uint8_t> string_table(std::span<const std::string> strings);

/// Returns the section of packed outcomes, or nothing if it is not smaller than that of all outcomes.
[[nodiscard]] std::vector<std::uint8_t> packed_section(const PackedOutcomes& outcomes, std::size_t rows,
                                                       std::size_t models);

}  // namespace signalbox
