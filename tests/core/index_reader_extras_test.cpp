// Damaged and forged files of version 2: the rules for packed outcomes, scores, links and the other parts, and
// checksums.
#include <cmath>
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

/// The file of full_file with packed outcomes: rows 0 to 3 have three each.
FileBytes packed_file() {
  Forgery forgery(full_file());
  FileBytes outcomes = forgery.at(layout::kOutcomes);
  std::erase_if(forgery.parts, [](const Forgery::Part& part) { return part.kind == layout::kOutcomes; });
  FileBytes& packed = forgery.at(layout::kPackedOutcomes);
  packed.resize(7 * sizeof(std::uint32_t));
  packed.insert(packed.end(), outcomes.begin(), outcomes.begin() + 4 * 3 * sizeof(float));
  for (std::uint32_t row = 0; row < 7; ++row) {
    forgery.set(layout::kPackedOutcomes, row, std::min(row, 4U) * 3 * static_cast<std::uint32_t>(sizeof(float)));
  }
  forgery.header.flags |= layout::kPacked;
  return forgery.file();
}

ErrorCode refusal_of_packed(const std::function<void(Forgery&)>& change) {
  Forgery forgery(packed_file());
  change(forgery);
  return refusal(forgery.file());
}

TEST(PackedOutcomes, AreThoseOfTheFileThatHasAllOfThem) {
  const Index whole = testing::open_copy(full_file()).take();
  const Result<Index> packed = testing::open_copy(packed_file());
  ASSERT_TRUE(packed.ok()) << packed.error().message;
  ASSERT_NE(packed.value().outcomes.packed, nullptr);
  for (std::size_t row = 0; row < 6; ++row) {
    for (std::size_t m = 0; m < 3; ++m) {
      ASSERT_EQ(packed.value().outcomes.is_measured(row, m), whole.outcomes.is_measured(row, m));
      if (row < 4) {
        ASSERT_EQ(packed.value().outcomes.at(row, m), whole.outcomes.at(row, m));
      }
    }
  }
}

TEST(PackedOutcomes, MustFitTheirMask) {
  const auto refused = [](const std::function<void(Forgery&)>& change) { return refusal_of_packed(change); };
  EXPECT_EQ(refused([](Forgery& f) { f.set(layout::kMeasured, 0, std::uint8_t{3}); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](Forgery& f) { f.set(layout::kPackedOutcomes, 0, 4U); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](Forgery& f) { f.set(layout::kPackedOutcomes, 2, 0xFFFFFFFFU); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](Forgery& f) { f.at(layout::kPackedOutcomes).push_back(0); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](Forgery& f) { f.at(layout::kPackedOutcomes).pop_back(); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](Forgery& f) { f.at(layout::kPackedOutcomes).resize(8); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](Forgery& f) { f.at(layout::kPackedOutcomes).clear(); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](Forgery& f) { f.at(layout::kMeasured).pop_back(); }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](Forgery& f) { f.header.flags &= ~std::uint32_t{layout::kGraded}; }), ErrorCode::kBadSection);
}

TEST(PackedOutcomes, GoWithTheFlagsOfTheHeader) {
  const auto refused = [](const std::function<void(Forgery&)>& change) { return refusal_of_packed(change); };
  EXPECT_EQ(refused([](Forgery& f) { f.header.flags &= ~std::uint32_t{layout::kHasMissing}; }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](Forgery& f) { f.header.flags &= ~std::uint32_t{layout::kPacked}; }), ErrorCode::kBadSection);
  EXPECT_EQ(refused([](Forgery& f) { f.at(layout::kOutcomes).assign(72, 0); }), ErrorCode::kBadSection);
  Forgery unpacked(full_file());
  unpacked.header.flags |= layout::kPacked;
  EXPECT_EQ(refusal(unpacked.file()), ErrorCode::kBadSection);
}

TEST(PackedOutcomes, AreInRange) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), -.1F, 1.1F}) {
    EXPECT_EQ(refusal_of_packed([&](Forgery& f) { f.set(layout::kPackedOutcomes, 7 + 11, value); }),
              ErrorCode::kNonFinite);
  }
}

/// Changes a value of a section.
template <typename T>
ErrorCode refusal_of_value(Kind kind, std::size_t i, T value) {
  Forgery forgery(full_file());
  forgery.set(kind, i, value);
  return refusal(forgery.file());
}

// Scores: offsets [6], columns 0 and 2 of task 2, two scores, two evidences.
TEST(TaskScores, AreASparseMatrix) {
  EXPECT_EQ(refusal_of_value(layout::kTaskScores, 0, 1U), ErrorCode::kBadSection) << "starts late";
  EXPECT_EQ(refusal_of_value(layout::kTaskScores, 3, 0xFFFFFFFFU), ErrorCode::kBadSection) << "descends";
  EXPECT_EQ(refusal_of_value(layout::kTaskScores, 5, 0xFFFFFFFFU), ErrorCode::kBadSection) << "too many";
  EXPECT_EQ(refusal_of_value(layout::kTaskScores, 5, 1U), ErrorCode::kBadSection) << "too few";
  EXPECT_EQ(refusal_of_value(layout::kTaskScores, 13, std::uint16_t{3}), ErrorCode::kBadSection) << "no such model";
  EXPECT_EQ(refusal_of_value(layout::kTaskScores, 13, std::uint16_t{0}), ErrorCode::kBadSection) << "twice";
  EXPECT_EQ(refusal_of_value(layout::kTaskScores, 12, std::uint16_t{2}), ErrorCode::kBadSection) << "out of order";
  EXPECT_EQ(refusal_of_part(layout::kTaskScores, [](auto& bytes) { bytes.resize(20); }), ErrorCode::kBadSection);
}

TEST(TaskScores, AreFromZeroToOne) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), -.1F, 1.1F}) {
    EXPECT_EQ(refusal_of_value(layout::kTaskScores, 7, value), ErrorCode::kNonFinite);
  }
}

TEST(TaskScores, AreOfTasksWithoutOutcomes) {
  Forgery of_outcomes(full_file());
  for (const std::size_t task : {1U, 2U}) of_outcomes.set(layout::kTaskScores, task, 2U);
  EXPECT_EQ(refusal(of_outcomes.file()), ErrorCode::kBadSection);
  Forgery unmasked(full_file());
  unmasked.header.flags &= ~std::uint32_t{layout::kHasMissing};
  EXPECT_EQ(refusal(unmasked.file()), ErrorCode::kBadSection) << "all outcomes are measured";
  Forgery without_links(full_file());
  std::erase_if(without_links.parts, [](const Forgery::Part& part) { return part.kind == layout::kTaskLinks; });
  without_links.at(layout::kMeasured)[4] = 1;
  EXPECT_EQ(refusal(without_links.file()), ErrorCode::kBadSection) << "a row of the task has one";
}

// Links: offsets [6], columns 0, 1, 2 of task 3, two bytes, three weights.
TEST(TaskLinks, LeadToTasksWithoutLinks) {
  EXPECT_EQ(refusal_of_value(layout::kTaskLinks, 14, std::uint16_t{3}), ErrorCode::kBadSection) << "to itself";
  EXPECT_EQ(refusal_of_value(layout::kTaskLinks, 14, std::uint16_t{5}), ErrorCode::kBadSection) << "nowhere";
  Forgery to_a_kind(full_file());
  to_a_kind.set(layout::kTaskLinks, 4, 2U);
  EXPECT_TRUE(testing::open_copy(to_a_kind.file()).ok()) << "task 4 leads to task 2";
  to_a_kind.set(layout::kTaskLinks, 14, std::uint16_t{3});
  EXPECT_EQ(refusal(to_a_kind.file()), ErrorCode::kBadSection) << "task 4 leads to a kind";
  EXPECT_EQ(refusal_of_part(layout::kTaskLinks, [](auto& bytes) { bytes.clear(); }), ErrorCode::kBadSection);
  Forgery filled(full_file());
  filled.set(layout::kTaskLinks, 15, std::uint16_t{0xFFFF});
  EXPECT_TRUE(testing::open_copy(filled.file()).ok()) << "the two bytes are ignored";
}

TEST(TaskLinks, AreOfTasksWithNeitherOutcomesNorScores) {
  Forgery of_scores(full_file());
  for (const std::size_t task : {3U, 4U, 5U}) of_scores.set(layout::kTaskScores, task, task == 3 ? 0U : 2U);
  EXPECT_EQ(refusal(of_scores.file()), ErrorCode::kBadSection);
  Forgery of_outcomes(full_file());
  of_outcomes.at(layout::kMeasured)[5] = 1;
  EXPECT_EQ(refusal(of_outcomes.file()), ErrorCode::kBadSection);
}

TEST(TaskWeights, AreNotAllZero) {
  EXPECT_EQ(refusal_of_part(layout::kTaskWeights, [](auto& bytes) { bytes.assign(20, 0); }), ErrorCode::kBadSection);
}

TEST(TaskCentroids, AreNotTooLong) {
  const std::size_t scales = 5 * 16 / sizeof(float);
  for (const float scale : {std::numeric_limits<float>::quiet_NaN(), -.1F, 16.1F, 1.0F}) {
    EXPECT_EQ(refusal_of_value(layout::kTaskCentroids, scales, scale), ErrorCode::kNonFinite) << scale;
  }
}

TEST(Mixture, IsOfAFewConstantsInRange) {
  EXPECT_EQ(refusal_of_part(layout::kMixture, [](auto& bytes) { bytes.pop_back(); }), ErrorCode::kBadSection);
  EXPECT_EQ(refusal_of_part(layout::kMixture, [](auto& bytes) { bytes.assign(65 * 8, 0); }), ErrorCode::kBadSection);
  for (const double value : {std::nan(""), -.1, 1.1e6}) {
    EXPECT_EQ(refusal_of_value(layout::kMixture, 1, value), ErrorCode::kNonFinite);
  }
}

TEST(ModelPrices, AreInRange) {
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(), -1.1}) {
    EXPECT_EQ(refusal_of_value(layout::kModelPrices, 11, value), ErrorCode::kNonFinite);
  }
}

TEST(Texts, HaveAtMost160Characters) {
  const auto with_text = [](const FileBytes& text) {
    return [&text](FileBytes& bytes) {
      bytes.assign(7 * sizeof(std::uint32_t), 0);
      const auto size = static_cast<std::uint32_t>(text.size());
      std::memcpy(bytes.data() + 6 * sizeof(size), &size, sizeof(size));
      bytes.insert(bytes.end(), text.begin(), text.end());
    };
  };
  FileBytes text;
  for (int i = 0; i < 160; ++i) text.insert(text.end(), {0xF0, 0x9F, 0x98, 0x80});
  Forgery longest(full_file());
  with_text(text)(longest.at(layout::kTexts));
  EXPECT_TRUE(testing::open_copy(longest.file()).ok());
  text.push_back('x');
  EXPECT_EQ(refusal_of_part(layout::kTexts, with_text(text)), ErrorCode::kBadSection);
}

TEST(ReservedKinds, AreTextThatTheCoreDoesNotRead) {
  for (const Kind kind : {layout::kFamilies, layout::kPlan, layout::kAddedModels}) {
    Forgery forgery(full_file());
    forgery.at(kind) = {'{', '}'};
    EXPECT_TRUE(testing::open_copy(forgery.file()).ok());
    EXPECT_EQ(refusal_of_part(kind, [](auto& bytes) { bytes = {0xC3}; }), ErrorCode::kBadMetadata);
  }
}

/// Returns a file whose checksums of header and table fit, and no others.
FileBytes sealed_table(FileBytes file) {
  layout::Header header = testing::header_of(file);
  const std::span<const std::uint8_t> bytes(file);
  header.body_crc32 = crc32(bytes.subspan(sizeof(header), header.section_count * sizeof(layout::Section)));
  std::memcpy(file.data(), &header, sizeof(header));
  header.header_crc32 = crc32(bytes.first(offsetof(layout::Header, header_crc32)));
  std::memcpy(file.data(), &header, sizeof(header));
  return file;
}

TEST(Checksums, CoverEverySectionAlsoOfAnUnknownKind) {
  Forgery forgery(full_file());
  forgery.parts.push_back({1000, {1, 2, 3}});
  const FileBytes file = forgery.file();
  ASSERT_TRUE(testing::open_copy(file).ok());
  for (std::size_t i = 0; i < testing::header_of(file).section_count; ++i) {
    FileBytes damaged = file;
    layout::Section entry = testing::entry_of(damaged, i);
    entry.crc32 ^= 1;
    testing::set_entry(damaged, i, entry);
    EXPECT_EQ(refusal(sealed_table(damaged)), ErrorCode::kBadChecksum) << i;
  }
}

TEST(Checksums, AreReplacedByZerosBetweenSections) {
  FileBytes between = full_file();
  const std::size_t first = testing::entry_of(between, 0).offset;
  between[first - 1] = 1;
  EXPECT_EQ(refusal(between), ErrorCode::kBadChecksum);
  FileBytes after = full_file();
  after.push_back(0);
  layout::Header header = testing::header_of(after);
  header.file_size = after.size();
  testing::seal(after, header);
  EXPECT_TRUE(testing::open_copy(after).ok());
  after.back() = 1;
  EXPECT_EQ(refusal(after), ErrorCode::kBadChecksum);
}

}  // namespace
}  // namespace signalbox
