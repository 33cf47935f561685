// Damaged, forged and newer files: each is refused with its own code, and none is read past its end.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "full_file.h"

namespace signalbox {
namespace {

using layout::Kind;
using testing::FileBytes;
using testing::Forgery;
using testing::full_file;
using testing::refusal;
using testing::refusal_of_part;

/// Kinds that the file above has not: those of version 1 only, packed outcomes, and kinds without a writer.
const std::vector<Kind> kAbsent = {layout::kModelNumbers, layout::kPackedOutcomes, layout::kFamilies,
                                   layout::kAddedModels, layout::kAddedMeans};

bool is_absent(std::uint32_t kind) { return std::find(kAbsent.begin(), kAbsent.end(), kind) != kAbsent.end(); }

ErrorCode refusal_of_header(const std::function<void(layout::Header&)>& change) {
  FileBytes file = full_file();
  layout::Header header = testing::header_of(file);
  change(header);
  testing::seal(file, header);
  return refusal(file);
}

TEST(IndexReader, AcceptsTheFilesThatTheTestsForgeFrom) {
  EXPECT_TRUE(testing::open_copy(full_file()).ok());
  EXPECT_EQ(Forgery(full_file()).file(), full_file()) << "taking apart and putting together changes nothing";
}

TEST(IndexReader, RefusesFilesThatDoNotStartWithTheMagicNumber) {
  EXPECT_EQ(refusal({}), ErrorCode::kBadMagic);
  EXPECT_EQ(refusal({'P', 'K'}), ErrorCode::kBadMagic);
  FileBytes text_mode = full_file();
  text_mode.erase(text_mode.begin() + 4);  // like a transfer that drops carriage returns
  EXPECT_EQ(refusal(text_mode), ErrorCode::kBadMagic);
}

TEST(IndexReader, RefusesEveryPrefixAsTruncated) {
  const FileBytes file = full_file();
  for (std::size_t size = 1; size < file.size(); ++size) {
    ASSERT_EQ(refusal({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)}), ErrorCode::kTruncated) << size;
  }
}

TEST(IndexReader, RefusesAFlippedBitInEveryByte) {
  const FileBytes file = full_file();
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (const std::uint8_t mask : {0x01, 0x80, 0xFF}) {
      FileBytes damaged = file;
      damaged[i] ^= mask;
      const ErrorCode code = refusal(damaged);
      if (i < 8) {
        ASSERT_EQ(code, ErrorCode::kBadMagic);
      } else if (i < 10 && testing::header_of(damaged).version_major != kAddedFormatMajor) {
        ASSERT_EQ(code, ErrorCode::kUnsupportedVersion);
      } else {
        ASSERT_EQ(code, ErrorCode::kBadChecksum) << "byte " << i;
      }
    }
  }
}

TEST(IndexReader, RefusesBytesAfterTheEnd) {
  FileBytes file = full_file();
  file.push_back(0);
  EXPECT_EQ(refusal(file), ErrorCode::kBadSection);
}

TEST(IndexReader, RefusesOtherMajorVersionsBeforeCheckingTheChecksums) {
  FileBytes file = full_file();
  file[8] = kAddedFormatMajor + 1;
  EXPECT_EQ(refusal(file), ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(refusal_of_header([](auto& h) { h.version_major = 0; }), ErrorCode::kUnsupportedVersion);
}

TEST(IndexReader, RefusesUnknownTypesOfCodes) {
  for (const std::uint32_t type : {0U, 5U, 0xFFFFFFFFU}) {
    EXPECT_EQ(refusal_of_header([&](auto& h) { h.code_type = type; }), ErrorCode::kUnsupportedVersion) << type;
  }
}

TEST(IndexReader, IgnoresSectionsOfANewerMinorVersion) {
  Forgery forgery(full_file());
  forgery.header.version_minor = 7;
  forgery.parts.insert(forgery.parts.begin() + 2, {1000, {1, 2, 3}});
  forgery.parts.push_back({layout::kKindEnd, {}});
  forgery.parts.push_back({1000, {4}});  // Only known kinds must be unique.
  const Result<Index> index = testing::open_copy(forgery.file());
  ASSERT_TRUE(index.ok()) << index.error().message;
  EXPECT_EQ(index.value().version_minor, 7);
  EXPECT_EQ(index.value().sections.size(), layout::kKindEnd - 1U - kAbsent.size()) << "unknown kinds are not listed";
}

TEST(IndexReader, ComparesTheSizesInTheHeaderWithTheFile) {
  EXPECT_EQ(refusal_of_header([](auto& h) { h.header_size = 72; }), ErrorCode::kBadSection);
  EXPECT_EQ(refusal_of_header([](auto& h) { ++h.file_size; }), ErrorCode::kTruncated);
  EXPECT_EQ(refusal_of_header([](auto& h) { h.file_size = ~std::uint64_t{0}; }), ErrorCode::kTruncated);
  EXPECT_EQ(refusal_of_header([](auto& h) { --h.file_size; }), ErrorCode::kBadSection);
  // 64 is the largest number of sections; a table of that size ends after the start of this file's first section.
  EXPECT_EQ(refusal_of_header([](auto& h) { h.section_count = 64; }), ErrorCode::kBadSection);
}

TEST(IndexReader, RefusesCountsBeyondTheLimits) {
  const std::vector<std::function<void(layout::Header&)>> changes = {
      [](auto& h) { h.section_count = 65; },
      [](auto& h) { h.section_count = 0xFFFFFFFF; },
      [](auto& h) { h.dim = 8193; },
      [](auto& h) { h.dim = 0xFFFFFFFF; },
      [](auto& h) { h.models = 65536; },
      [](auto& h) { h.models = 0xFFFFFFFF; },
      [](auto& h) { h.tasks = 65536; },
      [](auto& h) { h.dim = 8192, h.tasks = 1025; },
      [](auto& h) { h.rows = h.tasks = 4096, h.models = 1025; },
      [](auto& h) { h.tasks = 1025, h.models = 1024; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i)
    EXPECT_EQ(refusal_of_header(changes[i]), ErrorCode::kSizeOverflow) << i;
}

TEST(IndexReader, RefusesAnEmptyIndex) {
  EXPECT_EQ(refusal_of_header([](auto& h) { h.rows = 0; }), ErrorCode::kBadSection);
  EXPECT_EQ(refusal_of_header([](auto& h) { h.dim = 0; }), ErrorCode::kBadSection);
  EXPECT_EQ(refusal_of_header([](auto& h) { h.models = 0; }), ErrorCode::kBadSection);
  EXPECT_EQ(refusal_of_header([](auto& h) { h.tasks = 0; }), ErrorCode::kBadSection);
}

TEST(IndexReader, ChecksEveryCountAgainstTheSectionsBeforeUsingIt) {
  EXPECT_EQ(refusal_of_header([](auto& h) { h.rows = 0xFFFFFFFF; }), ErrorCode::kBadSection);
  EXPECT_EQ(refusal_of_header([](auto& h) { h.pairs = 0xFFFFFFFF; }), ErrorCode::kBadSection);
  EXPECT_EQ(refusal_of_header([](auto& h) { h.models = 65535; }), ErrorCode::kBadSection);
  EXPECT_EQ(refusal_of_header([](auto& h) { h.rows = 0xFFFFFFFF, h.tasks = 64; }), ErrorCode::kBadSection);
}

TEST(IndexReader, RequiresEverySectionExceptTheOptionalOnes) {
  const FileBytes file = full_file();
  for (std::uint32_t kind = 1; kind < layout::kKindEnd; ++kind) {
    if (is_absent(kind)) continue;
    Forgery forgery(file);
    std::erase_if(forgery.parts, [&](const Forgery::Part& part) { return part.kind == kind; });
    ASSERT_EQ(forgery.parts.size(), layout::kKindEnd - 2U - kAbsent.size()) << "kind " << kind;
    if (kind == layout::kSampleIds || kind == layout::kMap || kind > layout::kModelPrices) {
      EXPECT_TRUE(testing::open_copy(forgery.file()).ok());
    } else {
      EXPECT_EQ(refusal(forgery.file()), ErrorCode::kBadSection) << layout::kKindNames[kind];
    }
  }
}

TEST(IndexReader, RefusesSectionsThatOccurTwice) {
  for (std::uint32_t kind = 1; kind < layout::kKindEnd; ++kind) {
    Forgery forgery(full_file());
    const FileBytes part = forgery.at(kind);  // Adds it, empty, if it is absent.
    forgery.parts.push_back({kind, part});
    EXPECT_EQ(refusal(forgery.file()), ErrorCode::kBadSection) << layout::kKindNames[kind];
  }
}

TEST(IndexReader, RefusesSectionsOfTheWrongSize) {
  for (const Kind kind :
       {layout::kRouting, layout::kCodes, layout::kScales, layout::kOutcomes, layout::kMeasured, layout::kRowTasks,
        layout::kModelPrices, layout::kPairU, layout::kPairP, layout::kCoverage, layout::kMap, layout::kTaskScores,
        layout::kTaskLinks, layout::kTaskWeights, layout::kTaskCentroids, layout::kRowOffsets, layout::kAnswerTokens}) {
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes.push_back(0); }), ErrorCode::kBadSection) << kind;
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes.pop_back(); }), ErrorCode::kBadSection) << kind;
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes.clear(); }), ErrorCode::kBadSection) << kind;
  }
}

/// Returns the code of the refusal after a change to one entry of the section table.
ErrorCode refusal_of_entry(std::size_t i, const std::function<void(layout::Section&)>& change) {
  FileBytes file = full_file();
  layout::Section entry = testing::entry_of(file, i);
  change(entry);
  testing::set_entry(file, i, entry);
  testing::seal(file);
  return refusal(file);
}

TEST(IndexReader, RefusesSectionsThatAreMisplaced) {
  const std::size_t last = testing::header_of(full_file()).section_count - 1;
  EXPECT_EQ(refusal_of_entry(2, [](auto& s) { s.offset += 1; }), ErrorCode::kBadSection) << "misaligned";
  EXPECT_EQ(refusal_of_entry(2, [](auto& s) { s.offset -= 64; }), ErrorCode::kBadSection) << "overlapping";
  EXPECT_EQ(refusal_of_entry(1, [](auto& s) { s.size += 64; }), ErrorCode::kBadSection) << "overlapping the next";
  EXPECT_EQ(refusal_of_entry(0, [](auto& s) { s.offset = 0; }), ErrorCode::kBadSection) << "overlapping the header";
  EXPECT_EQ(refusal_of_entry(0, [](auto& s) { s.offset = 64; }), ErrorCode::kBadSection) << "overlapping the table";
  EXPECT_EQ(refusal_of_entry(last, [](auto& s) { s.size += 1; }), ErrorCode::kTruncated) << "past the end";
  EXPECT_EQ(refusal_of_entry(last, [](auto& s) { s.size = ~std::uint64_t{0}; }), ErrorCode::kTruncated) << "wrapping";
  EXPECT_EQ(refusal_of_entry(last, [](auto& s) { s.offset = ~std::uint64_t{63}; }), ErrorCode::kTruncated);

  FileBytes swapped = full_file();
  const layout::Section first = testing::entry_of(swapped, 0);
  testing::set_entry(swapped, 0, testing::entry_of(swapped, 1));
  testing::set_entry(swapped, 1, first);
  testing::seal(swapped);
  EXPECT_EQ(refusal(swapped), ErrorCode::kBadSection) << "out of order";
}

TEST(IndexReader, RefusesASectionTableThatEndsAfterTheFile) {
  FileBytes file = full_file();
  file.resize(64 + 3 * sizeof(layout::Section));
  layout::Header header = testing::header_of(file);
  header.file_size = file.size();
  testing::seal(file, header);
  EXPECT_EQ(refusal(file), ErrorCode::kTruncated);
}

TEST(IndexReader, RefusesNumbersThatAreNotFiniteOrOutsideTheirRange) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::pair<Kind, std::vector<float>>> cases = {
      {layout::kCodes, {kNan, kInf, -kInf, 1.01F}},        {layout::kScales, {kNan, kInf, -1, 2.01F}},
      {layout::kOutcomes, {kNan, kInf, -.1F, 1.1F}},       {layout::kTaskScores, {kNan, kInf, 0, -1, 1.1e6F}},
      {layout::kTaskLinks, {kNan, kInf, 0, -1, 1.1e6F}},   {layout::kTaskWeights, {kNan, kInf, -1, 1.1e6F}},
      {layout::kTaskCentroids, {kNan, kInf, 1001, -1001}}, {layout::kAnswerTokens, {kNan, kInf, -2, 1.1e9F}},
      {layout::kPairU, {kNan, kInf, -.1F, 2.01F}},         {layout::kPairP, {kNan, kInf, -1.1F, 1.1F}},
      {layout::kCoverage, {kNan, kInf, -.1F, 2.01F}}};
  for (const auto& [kind, values] : cases) {
    for (const float value : values) {
      Forgery forgery(full_file());
      forgery.set(kind, forgery.at(kind).size() / sizeof(float) - 1,
                  value);  // the last number, padding of codes included
      EXPECT_EQ(refusal(forgery.file()), ErrorCode::kNonFinite) << layout::kKindNames[kind] << " " << value;
    }
  }
}

TEST(IndexReader, RefusesRoutingConstantsOutsideTheirRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<layout::Routing> wrong = {
      {0, 19, .5, .09, .6},   {10, 0, .5, .09, .6},   {0xFFFFFFFF, 19, .5, .09, .6}, {10, 0xFFFFFFFF, .5, .09, .6},
      {10, 19, nan, .09, .6}, {10, 19, -.1, .09, .6}, {10, 19, 1.1, .09, .6},        {10, 19, .5, nan, .6},
      {10, 19, .5, 0, .6},    {10, 19, .5, 1e-7, .6}, {10, 19, .5, 10.1, .6},        {10, 19, .5, .09, nan},
      {10, 19, .5, .09, -.1}, {10, 19, .5, .09, 1.01}};
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    Forgery forgery(full_file());
    forgery.set(layout::kRouting, 0, wrong[i]);
    EXPECT_EQ(refusal(forgery.file()), ErrorCode::kNonFinite) << i;
  }
}

TEST(IndexReader, RefusesQuantilesOutOfOrderAndRowsOfUnknownTasks) {
  Forgery descending(full_file());
  descending.set(layout::kCoverage, 0, 1.9F);
  EXPECT_EQ(refusal(descending.file()), ErrorCode::kBadSection);
  Forgery taskless(full_file());
  taskless.set(layout::kRowTasks, 5, std::uint16_t{5});
  EXPECT_EQ(refusal(taskless.file()), ErrorCode::kBadSection);
}

TEST(IndexReader, AcceptsEveryPlaceOnAMapAndIndexesWithoutAMap) {
  Forgery corners(full_file());
  corners.at(layout::kMap).assign(6 * 2 * sizeof(std::uint16_t), 0xFF);
  corners.set(layout::kMap, 0, std::uint16_t{0});
  const Index index = testing::open_copy(corners.file()).take();
  EXPECT_EQ(index.map.size(), 12U);
  EXPECT_EQ(index.map.front(), 0U);
  EXPECT_EQ(index.map.back(), 65535U);
  std::erase_if(corners.parts, [](const Forgery::Part& part) { return part.kind == layout::kMap; });
  EXPECT_TRUE(testing::open_copy(corners.file()).take().map.empty());
}

TEST(IndexReader, RefusesTextThatIsNotUtf8) {
  for (const Kind kind : {layout::kMetadata, layout::kModelNames, layout::kTaskNames, layout::kSampleIds,
                          layout::kEmbedder, layout::kModelRecords, layout::kTaskRecords, layout::kTexts}) {
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes.back() = 0xC3; }), ErrorCode::kBadMetadata) << kind;
  }
}

TEST(IndexReader, RefusesNamesThatAreEmptyOrRepeated) {
  for (const Kind kind : {layout::kModelNames, layout::kTaskNames}) {
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes.back() = '0'; }), ErrorCode::kBadMetadata) << kind;
    Forgery forgery(full_file());
    forgery.set(kind, 1, std::uint32_t{0});
    EXPECT_EQ(refusal(forgery.file()), ErrorCode::kBadMetadata) << kind;
  }
}

TEST(IndexReader, RefusesMoreTextThanTheLimits) {
  for (const Kind kind : {layout::kMetadata, layout::kFamilies, layout::kPlan, layout::kAddedModels}) {
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes.assign((1 << 20) + 1, ' '); }), ErrorCode::kSizeOverflow);
  }
  for (const Kind kind : {layout::kModelRecords, layout::kTaskRecords}) {
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes.assign((1 << 21) + 1, ' '); }), ErrorCode::kSizeOverflow);
  }
}

TEST(IndexReader, RefusesHostileStringTables) {
  for (const Kind kind :
       {layout::kModelNames, layout::kTaskNames, layout::kSampleIds, layout::kEmbedder, layout::kTexts}) {
    const auto with_offset = [&](std::size_t i, std::uint32_t value) {
      Forgery forgery(full_file());
      forgery.set(kind, i, value);
      return refusal(forgery.file());
    };
    EXPECT_EQ(with_offset(0, 1), ErrorCode::kBadSection) << "the first does not start at 0";
    EXPECT_EQ(with_offset(1, 0xFFFFFFFF), ErrorCode::kBadSection) << "past the end, and back";
    EXPECT_EQ(with_offset(1, 1000000), ErrorCode::kBadSection) << "past the end, and back";
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes.push_back('x'); }), ErrorCode::kBadSection) << "text left";
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes.pop_back(); }), ErrorCode::kBadSection) << "text missing";
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes.resize(4); }), ErrorCode::kBadSection) << "few offsets";
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes.clear(); }), ErrorCode::kBadSection) << "no offsets";
  }
}

}  // namespace
}  // namespace signalbox
