#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

#include "index/decimal.h"
#include "index/format.h"
#include "index/layout.h"
#include "index/reader_extras.h"
#include "index/section_reader.h"
#include "kernels/scan.h"

namespace signalbox {
namespace {

using layout::Header;
using layout::Section;

Error fail(ErrorCode code, std::string message) { return {code, std::move(message)}; }

/// Checks what the header says by itself, whatever the size of the file.
Status check_start(std::span<const std::uint8_t> file, Header& header) {
  const std::size_t known = std::min(file.size(), layout::kMagic.size());
  if (known == 0 ||
      !std::equal(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(known), layout::kMagic.begin())) {
    return fail(ErrorCode::kBadMagic, "the bytes are not a signalbox index: the magic number is missing");
  }
  if (file.size() < sizeof(Header)) {
    return fail(ErrorCode::kTruncated, "got " + std::to_string(file.size()) + " bytes, expected a header of " +
                                           std::to_string(sizeof(Header)));
  }
  std::memcpy(&header, file.data(), sizeof(header));
  if (header.version_major < kOldFormatMajor || header.version_major > kAddedFormatMajor) {
    return fail(ErrorCode::kUnsupportedVersion, "the index has format version " + std::to_string(header.version_major) +
                                                    ", this reader knows " + std::to_string(kOldFormatMajor) + " to " +
                                                    std::to_string(kAddedFormatMajor));
  }
  if (header.header_crc32 != crc32(file.first(offsetof(Header, header_crc32)))) {
    return fail(ErrorCode::kBadChecksum, "the checksum of the header does not match");
  }
  if (header.header_size != sizeof(Header)) return fail(ErrorCode::kBadSection, "the header has an unknown size");
  return {};
}

Status check_size(const Header& header, std::uint64_t size) {
  if (header.file_size > size) {
    return fail(ErrorCode::kTruncated,
                "got " + std::to_string(size) + " bytes, the header states " + std::to_string(header.file_size));
  }
  if (header.file_size < size) {
    return fail(ErrorCode::kBadSection, "there are bytes after the end that the header states");
  }
  return {};
}

Status check_header(std::span<const std::uint8_t> file, Header& header) {
  if (Status failed = check_start(file, header)) return failed;
  if (Status failed = check_size(header, file.size())) return failed;
  const bool known_type = header.code_type >= 1 && header.code_type <= static_cast<std::uint32_t>(CodeType::kBinary);
  if (!known_type) {
    return fail(ErrorCode::kUnsupportedVersion, "the code type " + std::to_string(header.code_type) + " is not known");
  }
  if (header.section_count > layout::kMaxSections || header.dim > kMaxDimension || header.models > layout::kMaxNames ||
      header.tasks > layout::kMaxNames) {
    return fail(ErrorCode::kSizeOverflow, "a count in the header exceeds the limits of the format");
  }
  if (header.rows == 0 || header.dim == 0 || header.models == 0 || header.tasks == 0) {
    return fail(ErrorCode::kBadSection, "an index needs at least one row, dimension, model and task");
  }
  // These limits keep what opening derives within a fixed size or a fixed multiple of the outcomes and codes.
  if (std::uint64_t{header.tasks} * header.models > layout::kMaxTaskMeans) {
    return fail(ErrorCode::kSizeOverflow,
                "got " + std::to_string(header.tasks) + " tasks and " + std::to_string(header.models) +
                    " models, expected a product of at most " + std::to_string(layout::kMaxTaskMeans));
  }
  const bool may_exceed =
      header.version_major != kOldFormatMajor && layout::may_exceed_rows(header.tasks, header.dim, header.models);
  if (header.tasks > header.rows && !may_exceed) {
    return fail(ErrorCode::kSizeOverflow, "got " + std::to_string(header.tasks) + " tasks and " +
                                              std::to_string(header.rows) + " rows, expected at most one task per row");
  }
  return {};
}

Section section_at(std::span<const std::uint8_t> file, std::uint32_t i) {
  Section out{};
  std::memcpy(&out, file.data() + sizeof(Header) + i * sizeof(out), sizeof(out));
  return out;
}

std::uint64_t table_end(const Header& header) {
  return sizeof(Header) + std::uint64_t{header.section_count} * sizeof(Section);
}

Error damaged(const std::string& what) {
  return fail(ErrorCode::kBadChecksum, "the checksum of " + what + " does not match: the file was changed or damaged");
}

/// Finds the sections. Kinds that the file's version does not know are skipped.
Status check_sections(std::span<const std::uint8_t> file, const Header& header, Sections& sections) {
  std::uint64_t end = table_end(header);
  if (end > file.size()) return fail(ErrorCode::kTruncated, "the section table ends after the file");
  const bool is_old = header.version_major == kOldFormatMajor;
  if (!is_old && header.body_crc32 != crc32(file.subspan(sizeof(Header), end - sizeof(Header)))) {
    return damaged("the section table");
  }
  const std::uint32_t known = is_old ? layout::kKindEndOfVersion1 : layout::kKindEnd;
  for (std::uint32_t i = 0; i < header.section_count; ++i) {
    const Section s = section_at(file, i);
    const std::string which = "section " + std::to_string(i);
    if (s.offset % layout::kAlignment != 0 || s.offset < end) {
      return fail(ErrorCode::kBadSection, which + " is misaligned, out of order or overlaps the one before");
    }
    if (s.offset > file.size() || s.size > file.size() - s.offset) {
      return fail(ErrorCode::kTruncated, which + " ends after the file");
    }
    end = s.offset + s.size;
    if (s.kind == 0 || s.kind >= known) continue;  // A newer minor version may add kinds.
    if (sections[s.kind].offset != 0) return fail(ErrorCode::kBadSection, kind_name(s.kind) + " occurs twice");
    sections[s.kind] = s;
  }
  return {};
}

bool is_zero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

/// Checks every byte after the header, or after the section table, which was checked before. Bytes between sections
/// have no checksum in version 2: they are 0.
Status check_body(std::span<const std::uint8_t> file, const Header& header) {
  if (header.version_major == kOldFormatMajor) {
    return header.body_crc32 == crc32(file.subspan(sizeof(Header))) ? Status() : damaged("the body");
  }
  std::uint64_t end = table_end(header);
  for (std::uint32_t i = 0; i < header.section_count; ++i) {
    const Section s = section_at(file, i);
    if (!is_zero(file.subspan(end, s.offset - end))) {
      return fail(ErrorCode::kBadChecksum, "the bytes before section " + std::to_string(i) + " are not 0");
    }
    end = s.offset + s.size;
    if (s.crc32 == crc32(file.subspan(s.offset, s.size))) continue;
    return damaged(s.kind > 0 && s.kind < layout::kKindEnd ? kind_name(s.kind) : "section " + std::to_string(i));
  }
  if (is_zero(file.subspan(end))) return {};
  return fail(ErrorCode::kBadChecksum, "the bytes after the last section are not 0");
}

constexpr float kMostFloat = std::numeric_limits<float>::max();

void read_codes(SectionReader& reader, const Header& header, Index& index) {
  index.codes.type = static_cast<CodeType>(header.code_type);
  index.codes.rows = header.rows;
  index.codes.dim = header.dim;
  index.codes.stride = row_stride(index.codes.type, header.dim);
  const std::uint64_t size = std::uint64_t{header.rows} * index.codes.stride;
  if (index.codes.type == CodeType::kFloat32) {  // Unit rows, within rounding.
    const auto values = reader.finite(layout::kCodes, size / sizeof(float), -1.001F, 1.001F);
    index.codes.codes = reinterpret_cast<const std::uint8_t*>(values.data());
  } else {
    index.codes.codes = reader.values<std::uint8_t>(layout::kCodes, size).data();
  }
  index.codes.scales = reader.finite(layout::kScales, header.rows, 0.0F, 2.0F).data();
}

/// Reads the outcomes of the measured pairs. The offsets must be those that follow from the mask.
void read_packed(SectionReader& reader, const Header& header, OutcomeView& out) {
  const std::uint64_t head = (std::uint64_t{header.rows} + 1) * sizeof(std::uint32_t);
  const std::uint64_t size = reader.size_of(layout::kPackedOutcomes);
  const auto bytes = reader.values<std::uint8_t>(layout::kPackedOutcomes, size);
  if (reader.failure) return;
  if (size < head) return reader.refuse_content(layout::kPackedOutcomes, "is too small");
  const bool graded = (header.flags & layout::kGraded) != 0;
  const auto* offsets = reinterpret_cast<const std::uint32_t*>(bytes.data());
  std::uint64_t end = 0;
  for (std::size_t row = 0; row <= header.rows; ++row) {
    if (offsets[row] != end) return reader.refuse_content(layout::kPackedOutcomes, "has offsets unlike its mask");
    if (row == header.rows) break;
    const std::size_t count = out.count(row);
    end += graded ? count * sizeof(float) : (count + 7) / 8;
  }
  if (size != head + end) return reader.refuse_content(layout::kPackedOutcomes, "has another size than it states");
  const std::uint8_t* values = bytes.data() + head;
  if (graded) {
    const std::span<const float> grades(reinterpret_cast<const float*>(values), end / sizeof(float));
    if (!reader.check_range(layout::kPackedOutcomes, grades, 0.0F, 1.0F)) return;
    out.grades = grades.data();
  } else {
    out.bits = values;
  }
  out.packed = offsets;
}

void read_outcomes(SectionReader& reader, const Header& header, Index& index) {
  OutcomeView& out = index.outcomes;
  out.models = header.models;
  const std::uint64_t bits = std::uint64_t{header.rows} * out.row_bytes();
  const bool packed = header.version_major != kOldFormatMajor && (header.flags & layout::kPacked) != 0;
  const layout::Kind other = packed ? layout::kOutcomes : layout::kPackedOutcomes;
  if (reader.has(other)) reader.refuse_content(other, "does not go with the flags of the header");
  if (packed) {
    if ((header.flags & layout::kHasMissing) == 0) reader.refuse_content(layout::kPackedOutcomes, "needs a mask");
    out.measured = reader.values<std::uint8_t>(layout::kMeasured, bits).data();
    if (!reader.failure) read_packed(reader, header, out);
    return;
  }
  if ((header.flags & layout::kGraded) != 0) {
    out.grades = reader.finite(layout::kOutcomes, std::uint64_t{header.rows} * header.models, 0.0F, 1.0F).data();
  } else {
    out.bits = reader.values<std::uint8_t>(layout::kOutcomes, bits).data();
  }
  if ((header.flags & layout::kHasMissing) != 0) {
    out.measured = reader.values<std::uint8_t>(layout::kMeasured, bits).data();
  }
}

/// Reads sizes and prices. Version 1 stored decimals as float32.
void read_model_numbers(SectionReader& reader, const Header& header, Index& index) {
  if (header.version_major == kOldFormatMajor) {
    const auto old = reader.finite(layout::kModelNumbers, std::uint64_t{header.models} * 3, -1.0F, kMostFloat);
    for (std::size_t i = 0; i < old.size(); i += 3) {
      index.model_numbers.push_back(
          {shortest_decimal(old[i]), shortest_decimal(old[i + 1]), shortest_decimal(old[i + 2]), -1});
    }
    return;
  }
  const auto numbers = reader.finite<double>(layout::kModelPrices, std::uint64_t{header.models} * 4, -1,
                                             std::numeric_limits<double>::max());
  for (std::size_t i = 0; i < numbers.size(); i += 4) {
    index.model_numbers.push_back({numbers[i], numbers[i + 1], numbers[i + 2], numbers[i + 3]});
  }
}

void read_routing(SectionReader& reader, Index& index) {
  const auto bytes = reader.values<std::uint8_t>(layout::kRouting, sizeof(layout::Routing));
  if (reader.failure) return;
  layout::Routing r{};
  std::memcpy(&r, bytes.data(), sizeof(r));
  index.routing = {r.k, r.kappa, r.threshold, r.sigma, r.eta};
  if (!is_in_range(index.routing)) {
    reader.failure = fail(ErrorCode::kNonFinite, "routing holds a number outside its range");
  }
}

Status read_sections(SectionReader& reader, const Header& header, Index& index) {
  index.metadata = reader.text(layout::kMetadata, layout::kMaxMetadataBytes);
  index.model_names = reader.names(layout::kModelNames, header.models);
  index.task_names = reader.names(layout::kTaskNames, header.tasks);
  if (reader.has(layout::kSampleIds)) index.sample_ids = reader.strings(layout::kSampleIds, header.rows);
  const StringTable embedder = reader.strings(layout::kEmbedder, 2);
  read_routing(reader, index);
  read_codes(reader, header, index);
  read_outcomes(reader, header, index);
  read_model_numbers(reader, header, index);
  index.row_tasks = reader.values<std::uint16_t>(layout::kRowTasks, header.rows);
  index.pairs.u = reader.finite(layout::kPairU, header.pairs, 0.0F, 2.001F);
  index.pairs.p = reader.finite(layout::kPairP, std::uint64_t{header.pairs} * header.models, -1.0F, 1.0F);
  index.coverage = reader.finite(layout::kCoverage, kCoverageQuantiles, 0.0F, 2.001F);
  if (reader.has(layout::kMap)) index.map = reader.values<std::uint16_t>(layout::kMap, std::uint64_t{header.rows} * 2);
  if (header.version_major != kOldFormatMajor) read_extras(reader, header, index);
  if (reader.failure) return reader.failure;
  index.embedder_id = embedder[0];
  index.embedder_hash = embedder[1];
  if (!std::is_sorted(index.coverage.begin(), index.coverage.end())) {
    return fail(ErrorCode::kBadSection, "the coverage quantiles are out of order");
  }
  const bool tasks_known = std::all_of(index.row_tasks.begin(), index.row_tasks.end(),
                                       [&](std::uint16_t task) { return task < header.tasks; });
  if (!tasks_known) return fail(ErrorCode::kBadSection, "a row belongs to a task that the index does not have");
  return check_extras(index);
}

}  // namespace

Result<std::uint64_t> check_index_start(std::span<const std::uint8_t> start, std::optional<std::uint64_t> size) {
  Header header{};
  if (Status failed = check_start(start, header)) return *failed;
  if (size.has_value()) {
    if (Status failed = check_size(header, *size)) return *failed;
  }
  return header.file_size;
}

Result<Index> open_index(Index::Bytes bytes, std::size_t size) {
  const std::span<const std::uint8_t> file(bytes.get(), size);
  Header header{};
  if (Status failed = check_header(file, header)) return *failed;
  Sections sections{};
  if (Status failed = check_sections(file, header, sections)) return *failed;
  if (Status failed = check_body(file, header)) return *failed;
  Index index;
  SectionReader reader(file, sections);
  if (Status failed = read_sections(reader, header, index)) return *failed;
  index.version_major = header.version_major;
  index.version_minor = header.version_minor;
  index.size_bytes = size;
  for (std::uint32_t kind = 1; kind < layout::kKindEnd; ++kind) {
    const Section& s = sections[kind];
    if (s.offset != 0) index.sections.push_back({layout::kKindNames[kind], s.offset, s.size, kind});
  }
  index.rests = rest_bounds(index.codes);
  if (!index.rests.empty()) index.codes.rests = index.rests.data();
  derive_means(index);
  index.bytes = std::move(bytes);
  return index;
}

}  // namespace signalbox
