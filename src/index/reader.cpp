#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>

#include "index/format.h"
#include "index/layout.h"
#include "index/utf8.h"

namespace signalbox {
namespace {

using layout::Header;
using layout::Section;

Error fail(ErrorCode code, std::string message) { return {code, std::move(message)}; }

std::string kind_name(std::uint32_t kind) { return std::string(layout::kKindNames[kind]); }

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
  if (header.version_major != kFormatMajor) {
    return fail(ErrorCode::kUnsupportedVersion, "the index has format version " + std::to_string(header.version_major) +
                                                    ", this reader knows " + std::to_string(kFormatMajor));
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
  // These two limits keep the means that opening derives within a fixed multiple of the outcomes section.
  if (header.tasks > header.rows || std::uint64_t{header.tasks} * header.models > layout::kMaxTaskMeans) {
    return fail(ErrorCode::kSizeOverflow, "got " + std::to_string(header.tasks) + " tasks and " +
                                              std::to_string(header.models) +
                                              " models, expected at most one task per row" +
                                              " and a product of at most " + std::to_string(layout::kMaxTaskMeans));
  }
  return {};
}

/// Sections by kind; kinds missing from the file have offset 0.
using Sections = std::array<Section, layout::kKindEnd>;

Status check_sections(std::span<const std::uint8_t> file, const Header& header, Sections& sections) {
  std::uint64_t end = sizeof(Header) + std::uint64_t{header.section_count} * sizeof(Section);
  if (end > file.size()) return fail(ErrorCode::kTruncated, "the section table ends after the file");
  for (std::uint32_t i = 0; i < header.section_count; ++i) {
    Section s{};
    std::memcpy(&s, file.data() + sizeof(Header) + i * sizeof(Section), sizeof(s));
    const std::string which = "section " + std::to_string(i);
    if (s.offset % layout::kAlignment != 0 || s.offset < end) {
      return fail(ErrorCode::kBadSection, which + " is misaligned, out of order or overlaps the one before");
    }
    if (s.offset > file.size() || s.size > file.size() - s.offset) {
      return fail(ErrorCode::kTruncated, which + " ends after the file");
    }
    end = s.offset + s.size;
    if (s.kind == 0 || s.kind >= layout::kKindEnd) continue;  // A newer minor version may add kinds.
    if (sections[s.kind].offset != 0) return fail(ErrorCode::kBadSection, kind_name(s.kind) + " occurs twice");
    sections[s.kind] = s;
  }
  return {};
}

/// Reads the sections of a file whose extents have been checked; remembers the first failure.
class Reader {
 public:
  Reader(std::span<const std::uint8_t> file, const Sections& sections) : file_(file), sections_(sections) {}

  Status failure;

  [[nodiscard]] bool has(layout::Kind kind) const { return sections_[kind].offset != 0; }

  /// Returns the section as `count` values of T. If its size differs, records a failure and returns an empty span.
  template <typename T>
  std::span<const T> values(layout::Kind kind, std::uint64_t count) {
    const std::uint64_t size = count * sizeof(T);  // count < 2^32 * 2^16, so this cannot wrap
    if (!has(kind)) return refuse<T>(ErrorCode::kBadSection, kind_name(kind) + " is missing");
    if (sections_[kind].size != size) {
      return refuse<T>(ErrorCode::kBadSection, kind_name(kind) + " has " + std::to_string(sections_[kind].size) +
                                                   " bytes, expected " + std::to_string(size));
    }
    return {reinterpret_cast<const T*>(file_.data() + sections_[kind].offset), static_cast<std::size_t>(count)};
  }

  std::span<const float> finite(layout::Kind kind, std::uint64_t count, float low, float high) {
    const std::span<const float> v = values<float>(kind, count);
    // Written so that NaN fails too.
    const bool good = std::all_of(v.begin(), v.end(), [&](float x) { return x >= low && x <= high; });
    if (!good) return refuse<float>(ErrorCode::kNonFinite, kind_name(kind) + " holds a number outside its range");
    return v;
  }

  std::string_view text(layout::Kind kind, std::uint64_t most) {
    if (sections_[kind].size > most) {
      refuse<char>(ErrorCode::kSizeOverflow, kind_name(kind) + " has " + std::to_string(sections_[kind].size) +
                                                 " bytes, expected at most " + std::to_string(most));
      return {};
    }
    const std::span<const char> v = values<char>(kind, sections_[kind].size);
    const std::string_view s(v.data(), v.size());
    if (!is_utf8(s)) refuse<char>(ErrorCode::kBadMetadata, kind_name(kind) + " is not UTF-8");
    return failure ? std::string_view() : s;
  }

  StringTable strings(layout::Kind kind, std::uint64_t count) {
    const std::uint64_t head = (count + 1) * sizeof(std::uint32_t);
    if (!has(kind) || sections_[kind].size < head) {
      refuse<char>(ErrorCode::kBadSection, kind_name(kind) + " is missing or too small");
      return {};
    }
    const std::uint8_t* base = file_.data() + sections_[kind].offset;
    const std::span<const std::uint32_t> offsets(reinterpret_cast<const std::uint32_t*>(base),
                                                 static_cast<std::size_t>(count) + 1);
    const std::uint64_t size = sections_[kind].size - head;
    if (offsets.front() != 0 || offsets.back() != size || !std::is_sorted(offsets.begin(), offsets.end())) {
      refuse<char>(ErrorCode::kBadSection, kind_name(kind) + " has offsets that are out of order");
      return {};
    }
    StringTable table{offsets, reinterpret_cast<const char*>(base + head)};
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (is_utf8(table[i])) continue;
      refuse<char>(ErrorCode::kBadMetadata, kind_name(kind) + " is not UTF-8");
      return {};
    }
    return table;
  }

  /// Reads strings that must be unique and not empty.
  StringTable names(layout::Kind kind, std::uint64_t count) {
    const StringTable table = strings(kind, count);
    std::vector<std::string_view> sorted;
    sorted.reserve(table.size());
    for (std::size_t i = 0; i < table.size(); ++i) sorted.push_back(table[i]);
    std::sort(sorted.begin(), sorted.end());
    const bool repeated = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
    if (repeated || (!sorted.empty() && sorted.front().empty())) {
      refuse<char>(ErrorCode::kBadMetadata, kind_name(kind) + " holds an empty name or one that occurs twice");
    }
    return table;
  }

 private:
  template <typename T>
  std::span<const T> refuse(ErrorCode code, std::string message) {
    if (!failure) failure = fail(code, std::move(message));
    return {};
  }

  std::span<const std::uint8_t> file_;
  const Sections& sections_;
};

constexpr float kMostFloat = 3.4028234e38F;

void read_codes(Reader& reader, const Header& header, Index& index) {
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
  index.codes.scales = reader.finite(layout::kScales, header.rows, 0, 2).data();
}

void read_outcomes(Reader& reader, const Header& header, Index& index) {
  OutcomeView& out = index.outcomes;
  out.models = header.models;
  const std::uint64_t bits = std::uint64_t{header.rows} * out.row_bytes();
  if ((header.flags & layout::kGraded) != 0) {
    out.grades = reader.finite(layout::kOutcomes, std::uint64_t{header.rows} * header.models, 0, 1).data();
  } else {
    out.bits = reader.values<std::uint8_t>(layout::kOutcomes, bits).data();
  }
  if ((header.flags & layout::kHasMissing) != 0) {
    out.measured = reader.values<std::uint8_t>(layout::kMeasured, bits).data();
  }
}

void read_model_numbers(Reader& reader, const Header& header, Index& index) {
  const auto numbers = reader.finite(layout::kModelNumbers, std::uint64_t{header.models} * 3, -1, kMostFloat);
  if (!reader.failure) {
    index.model_numbers = {reinterpret_cast<const ModelNumbers*>(numbers.data()), header.models};
  }
}

void read_routing(Reader& reader, Index& index) {
  const auto bytes = reader.values<std::uint8_t>(layout::kRouting, sizeof(layout::Routing));
  if (reader.failure) return;
  layout::Routing r{};
  std::memcpy(&r, bytes.data(), sizeof(r));
  index.routing = {r.k, r.kappa, r.threshold, r.sigma, r.eta};
  if (!is_in_range(index.routing)) {
    reader.failure = fail(ErrorCode::kNonFinite, "routing holds a number outside its range");
  }
}

Status read_sections(Reader& reader, const Header& header, Index& index) {
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
  index.pairs.u = reader.finite(layout::kPairU, header.pairs, 0, 2.001F);
  index.pairs.p = reader.finite(layout::kPairP, std::uint64_t{header.pairs} * header.models, -1, 1);
  index.coverage = reader.finite(layout::kCoverage, kCoverageQuantiles, 0, 2.001F);
  if (reader.has(layout::kMap)) index.map = reader.values<std::uint16_t>(layout::kMap, std::uint64_t{header.rows} * 2);
  if (reader.failure) return reader.failure;
  index.embedder_id = embedder[0];
  index.embedder_hash = embedder[1];
  if (!std::is_sorted(index.coverage.begin(), index.coverage.end())) {
    return fail(ErrorCode::kBadSection, "the coverage quantiles are out of order");
  }
  const bool tasks_known = std::all_of(index.row_tasks.begin(), index.row_tasks.end(),
                                       [&](std::uint16_t task) { return task < header.tasks; });
  if (!tasks_known) return fail(ErrorCode::kBadSection, "a row belongs to a task that the index does not have");
  return {};
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
  if (header.body_crc32 != crc32(file.subspan(sizeof(Header)))) {
    return fail(ErrorCode::kBadChecksum, "the checksum of the body does not match: the file was changed or damaged");
  }
  Index index;
  Reader reader(file, sections);
  if (Status failed = read_sections(reader, header, index)) return *failed;
  index.version_major = header.version_major;
  index.version_minor = header.version_minor;
  index.size_bytes = size;
  for (std::uint32_t kind = 1; kind < layout::kKindEnd; ++kind) {
    const Section& s = sections[kind];
    if (s.offset != 0) index.sections.push_back({layout::kKindNames[kind], s.offset, s.size});
  }
  derive_means(index);
  index.bytes = std::move(bytes);
  return index;
}

}  // namespace signalbox
