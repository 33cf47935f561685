#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

#include "index/decimal.h"
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
  if (header.version_major != kFormatMajor && header.version_major != kOldFormatMajor) {
    return fail(ErrorCode::kUnsupportedVersion, "the index has format version " + std::to_string(header.version_major) +
                                                    ", this reader knows " + std::to_string(kOldFormatMajor) + " and " +
                                                    std::to_string(kFormatMajor));
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
    return fail(ErrorCode::kSizeOverflow, "got " + std::to_string(header.tasks) + " tasks and " +
                                              std::to_string(header.models) +
                                              " models, expected a product of at most " +
                                              std::to_string(layout::kMaxTaskMeans));
  }
  const bool few_values = header.version_major != kOldFormatMajor &&
                          std::uint64_t{header.tasks} * header.dim <= layout::kMaxTaskValues;
  if (header.tasks > header.rows && !few_values) {
    return fail(ErrorCode::kSizeOverflow, "got " + std::to_string(header.tasks) + " tasks and " +
                                              std::to_string(header.rows) + " rows, expected at most one task per row");
  }
  return {};
}

/// Sections by kind; kinds missing from the file have offset 0.
using Sections = std::array<Section, layout::kKindEnd>;

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

  template <typename T = float>
  std::span<const T> finite(layout::Kind kind, std::uint64_t count, T low, T high) {
    const std::span<const T> v = values<T>(kind, count);
    return check_range(kind, v, low, high) ? v : std::span<const T>();
  }

  /// Records a failure if a number of the section is outside its range.
  template <typename T>
  bool check_range(layout::Kind kind, std::span<const T> v, T low, T high) {
    // Written so that NaN fails too.
    const bool good = std::all_of(v.begin(), v.end(), [&](T x) { return x >= low && x <= high; });
    if (!good) refuse<T>(ErrorCode::kNonFinite, kind_name(kind) + " holds a number outside its range");
    return good;
  }

  /// Records a failure of the section's content.
  void refuse_content(layout::Kind kind, const std::string& why) {
    refuse<char>(ErrorCode::kBadSection, kind_name(kind) + " " + why);
  }

  [[nodiscard]] std::uint64_t size_of(layout::Kind kind) const { return sections_[kind].size; }

  /// A sparse matrix: the first entry of each row, the columns, and some numbers of each entry.
  struct Sparse {
    std::span<const std::uint32_t> offsets;  ///< [rows + 1]
    std::span<const std::uint16_t> columns;  ///< Ascending in each row.
    std::span<const float> numbers;          ///< [numbers_each, entries]
  };

  /// Reads a sparse matrix [rows, columns]. If it is not one, records a failure and returns empty spans.
  Sparse sparse(layout::Kind kind, std::size_t rows, std::size_t columns, std::size_t numbers_each) {
    const std::uint64_t head = (std::uint64_t{rows} + 1) * sizeof(std::uint32_t);
    if (sections_[kind].size < head) {
      refuse_content(kind, "is too small");
      return {};
    }
    const std::uint8_t* base = file_.data() + sections_[kind].offset;
    Sparse out;
    out.offsets = {reinterpret_cast<const std::uint32_t*>(base), rows + 1};
    const std::uint64_t count = out.offsets.back();
    const std::uint64_t numbers_at = head + (count + count % 2) * sizeof(std::uint16_t);
    const bool ordered = out.offsets.front() == 0 && std::is_sorted(out.offsets.begin(), out.offsets.end());
    if (!ordered || sections_[kind].size != numbers_at + count * numbers_each * sizeof(float)) {
      refuse_content(kind, "has offsets that are out of order, or another size than they state");
      return {};
    }
    out.columns = {reinterpret_cast<const std::uint16_t*>(base + head), static_cast<std::size_t>(count)};
    out.numbers = {reinterpret_cast<const float*>(base + numbers_at), static_cast<std::size_t>(count) * numbers_each};
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t i = out.offsets[row]; i < out.offsets[row + 1]; ++i) {
        const bool ascends = i == out.offsets[row] || out.columns[i] > out.columns[i - 1];
        if (ascends && out.columns[i] < columns) continue;
        refuse_content(kind, "has entries that are out of order or do not exist");
        return {};
      }
    }
    return out;
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

constexpr float kMostFloat = std::numeric_limits<float>::max();
constexpr float kLeastFloat = std::numeric_limits<float>::min();

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
  index.codes.scales = reader.finite(layout::kScales, header.rows, 0.0F, 2.0F).data();
}

/// Reads the outcomes of the measured pairs. The offsets must be those that follow from the mask.
void read_packed(Reader& reader, const Header& header, OutcomeView& out) {
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

void read_outcomes(Reader& reader, const Header& header, Index& index) {
  OutcomeView& out = index.outcomes;
  out.models = header.models;
  const std::uint64_t bits = std::uint64_t{header.rows} * out.row_bytes();
  if (header.version_major != kOldFormatMajor && (header.flags & layout::kPacked) != 0) {
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
void read_model_numbers(Reader& reader, const Header& header, Index& index) {
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

void read_scores(Reader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kTaskScores)) return;
  const auto read = reader.sparse(layout::kTaskScores, header.tasks, header.models, 2);
  const auto scores = read.numbers.first(read.columns.size());
  const auto evidence = read.numbers.subspan(read.columns.size());
  const bool good = reader.check_range(layout::kTaskScores, scores, 0.0F, 1.0F) &&
                    reader.check_range(layout::kTaskScores, evidence, kLeastFloat, static_cast<float>(kMostWeight));
  if (good) index.task_scores = {read.offsets, read.columns, scores, evidence};
}

void read_links(Reader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kTaskLinks)) return;
  const auto read = reader.sparse(layout::kTaskLinks, header.tasks, header.tasks, 1);
  if (!reader.check_range(layout::kTaskLinks, read.numbers, kLeastFloat, static_cast<float>(kMostWeight))) return;
  const TaskLinkView links = {read.offsets, read.columns, read.numbers};
  const bool chained =
      std::any_of(links.tasks.begin(), links.tasks.end(), [&](std::uint16_t task) { return links.has(task); });
  if (chained) return reader.refuse_content(layout::kTaskLinks, "leads to a task that has links itself");
  index.links = links;
}

void read_weights(Reader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kTaskWeights)) return;
  const auto weights = reader.finite(layout::kTaskWeights, header.tasks, 0.0F, static_cast<float>(kMostWeight));
  if (reader.failure) return;
  const bool none = std::all_of(weights.begin(), weights.end(), [](float w) { return w == 0; });
  if (none) return reader.refuse_content(layout::kTaskWeights, "is 0 for every task");
  index.task_weights.assign(weights.begin(), weights.end());
}

/// Reads the centroids as vectors: codes * scale.
void read_centroids(Reader& reader, const Header& header, Index& index) {
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

void read_tokens(Reader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kAnswerTokens)) return;
  const std::size_t count = std::size_t{header.tasks} + header.models;
  const auto tokens = reader.finite(layout::kAnswerTokens, count, -1.0F, static_cast<float>(kMostTokens));
  if (!reader.failure) index.answer_tokens = {tokens.first(header.tasks), tokens.subspan(header.tasks)};
}

void read_mixture(Reader& reader, Index& index) {
  if (!reader.has(layout::kMixture)) return;
  const std::uint64_t count = std::min<std::uint64_t>(reader.size_of(layout::kMixture) / sizeof(double),
                                                      layout::kMaxMixture);
  const auto mixture = reader.finite<double>(layout::kMixture, count, 0, kMostMixture);
  if (!reader.failure) index.mixture.assign(mixture.begin(), mixture.end());
}

void read_texts(Reader& reader, const Header& header, Index& index) {
  if (!reader.has(layout::kTexts)) return;
  index.texts = reader.strings(layout::kTexts, header.rows);
  for (std::size_t row = 0; row < index.texts.size(); ++row) {
    if (count_points(index.texts[row]) <= layout::kMaxTextPoints) continue;
    return reader.refuse_content(layout::kTexts, "holds a text that is too long");
  }
}

/// Reads what version 2 added, but for prices and packed outcomes.
void read_additions(Reader& reader, const Header& header, Index& index) {
  if (header.version_major == kOldFormatMajor) return;
  const auto text = [&](layout::Kind kind, std::uint64_t most) {
    return reader.has(kind) ? reader.text(kind, most) : std::string_view();
  };
  index.model_records = text(layout::kModelRecords, layout::kMaxRecordBytes);
  index.task_records = text(layout::kTaskRecords, layout::kMaxRecordBytes);
  for (const layout::Kind kind : {layout::kFamilies, layout::kPlan, layout::kAddedModels}) {
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

/// Checks that the tasks with scores have no outcomes, and that those with links have neither.
Status check_parts(const Index& index) {
  for (std::size_t task = 0; task < index.tasks(); ++task) {
    if (index.links.has(task) && index.task_scores.has(task)) {
      return fail(ErrorCode::kBadSection, "a task has links and scores");
    }
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
  index.pairs.u = reader.finite(layout::kPairU, header.pairs, 0.0F, 2.001F);
  index.pairs.p = reader.finite(layout::kPairP, std::uint64_t{header.pairs} * header.models, -1.0F, 1.0F);
  index.coverage = reader.finite(layout::kCoverage, kCoverageQuantiles, 0.0F, 2.001F);
  if (reader.has(layout::kMap)) index.map = reader.values<std::uint16_t>(layout::kMap, std::uint64_t{header.rows} * 2);
  read_additions(reader, header, index);
  if (reader.failure) return reader.failure;
  index.embedder_id = embedder[0];
  index.embedder_hash = embedder[1];
  if (!std::is_sorted(index.coverage.begin(), index.coverage.end())) {
    return fail(ErrorCode::kBadSection, "the coverage quantiles are out of order");
  }
  const bool tasks_known = std::all_of(index.row_tasks.begin(), index.row_tasks.end(),
                                       [&](std::uint16_t task) { return task < header.tasks; });
  if (!tasks_known) return fail(ErrorCode::kBadSection, "a row belongs to a task that the index does not have");
  return check_parts(index);
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
