#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "index/format.h"
#include "index/layout.h"

namespace signalbox {
namespace {

template <typename T>
std::span<const std::uint8_t> as_bytes(std::span<const T> values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}

std::vector<std::uint8_t> string_table(std::span<const std::string> strings) {
  std::vector<std::uint32_t> offsets = {0};
  std::string text;
  for (const std::string& s : strings) {
    text += s;
    offsets.push_back(static_cast<std::uint32_t>(text.size()));
  }
  std::vector<std::uint8_t> out(offsets.size() * sizeof(std::uint32_t) + text.size());
  std::memcpy(out.data(), offsets.data(), offsets.size() * sizeof(std::uint32_t));
  std::memcpy(out.data() + offsets.size() * sizeof(std::uint32_t), text.data(), text.size());
  return out;
}

template <typename Predicate>
std::vector<std::uint8_t> pack_bits(std::span<const float> values, std::size_t models, Predicate is_set) {
  const std::size_t row_bytes = (models + 7) / 8;
  const std::size_t rows = values.size() / models;
  std::vector<std::uint8_t> out(rows * row_bytes, 0);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t m = 0; m < models; ++m) {
      if (is_set(values[r * models + m])) out[r * row_bytes + m / 8] |= static_cast<std::uint8_t>(1U << (m % 8));
    }
  }
  return out;
}

std::size_t align(std::size_t offset) {
  return (offset + layout::kAlignment - 1) / layout::kAlignment * layout::kAlignment;
}

constexpr std::array<std::uint8_t, layout::kAlignment> kZeros = {};

/// Collects sections and lays out the file.
class Writer {
 public:
  void borrow(std::uint32_t kind, std::span<const std::uint8_t> bytes) { bodies_.push_back({kind, bytes}); }
  /// The borrowed span stays valid: moving a vector keeps its bytes in place.
  void add(std::uint32_t kind, std::vector<std::uint8_t> bytes) {
    file_.kept.push_back(std::move(bytes));
    borrow(kind, file_.kept.back());
  }

  IndexPieces finish(layout::Header header) {
    const std::size_t head = sizeof(header) + bodies_.size() * sizeof(layout::Section);
    std::vector<layout::Section> table;
    file_.pieces.emplace_back();  // Placeholder for header and table, which are known last.
    file_.size_bytes = head;
    for (const auto& [kind, bytes] : bodies_) {
      append(std::span(kZeros).first(align(file_.size_bytes) - file_.size_bytes));
      table.push_back({kind, 0, file_.size_bytes, bytes.size()});
      append(bytes);
    }
    header.file_size = file_.size_bytes;
    header.section_count = static_cast<std::uint32_t>(bodies_.size());
    header.body_crc32 = crc32(as_bytes(std::span<const layout::Section>(table)));
    for (const auto& piece : file_.pieces) header.body_crc32 = crc32(piece, header.body_crc32);
    const auto* header_bytes = reinterpret_cast<const std::uint8_t*>(&header);
    header.header_crc32 = crc32({header_bytes, offsetof(layout::Header, header_crc32)});
    std::vector<std::uint8_t> front(head);
    std::memcpy(front.data(), &header, sizeof(header));
    std::memcpy(front.data() + sizeof(header), table.data(), head - sizeof(header));
    file_.kept.push_back(std::move(front));
    file_.pieces.front() = file_.kept.back();
    return std::move(file_);
  }

 private:
  void append(std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return;
    file_.pieces.push_back(bytes);
    file_.size_bytes += bytes.size();
  }

  std::vector<std::pair<std::uint32_t, std::span<const std::uint8_t>>> bodies_;
  IndexPieces file_;
};

/// Stores missing outcomes as zero; the mask marks them as missing.
std::vector<std::uint8_t> pack_grades(std::span<const float> outcomes) {
  std::vector<std::uint8_t> out(outcomes.size_bytes());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const float grade = std::isnan(outcomes[i]) ? 0.0F : outcomes[i];
    std::memcpy(out.data() + i * sizeof(grade), &grade, sizeof(grade));
  }
  return out;
}

layout::Header header_of(const IndexParts& parts, const PackedOutcomes& outcomes) {
  layout::Header header{};
  header.magic = layout::kMagic;
  header.version_major = kFormatMajor;
  header.version_minor = kFormatMinor;
  header.header_size = sizeof(header);
  header.rows = static_cast<std::uint32_t>(parts.codes.rows);
  header.dim = static_cast<std::uint32_t>(parts.codes.dim);
  header.models = static_cast<std::uint32_t>(parts.model_names.size());
  header.tasks = static_cast<std::uint32_t>(parts.task_names.size());
  header.code_type = static_cast<std::uint32_t>(parts.codes.type);
  header.flags = (outcomes.graded ? layout::kGraded : 0U) | (outcomes.measured.empty() ? 0U : layout::kHasMissing);
  header.pairs = static_cast<std::uint32_t>(parts.pair_u.size());
  return header;
}

std::vector<std::uint8_t> copy_of(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

IndexPieces lay_out_index(const IndexParts& parts, const PackedOutcomes& outcomes) {
  const layout::Routing routing = {parts.routing.k, parts.routing.kappa, parts.routing.threshold, parts.routing.sigma,
                                   parts.routing.eta};
  const std::vector<std::string> embedder = {std::string(parts.embedder_id), std::string(parts.embedder_hash)};
  Writer writer;
  writer.borrow(layout::kMetadata,
                {reinterpret_cast<const std::uint8_t*>(parts.metadata.data()), parts.metadata.size()});
  writer.add(layout::kModelNames, string_table(parts.model_names));
  writer.add(layout::kTaskNames, string_table(parts.task_names));
  if (!parts.sample_ids.empty()) writer.add(layout::kSampleIds, string_table(parts.sample_ids));
  writer.add(layout::kEmbedder, string_table(embedder));
  writer.add(layout::kRouting, copy_of(as_bytes(std::span(&routing, 1))));
  writer.borrow(layout::kModelNumbers, as_bytes(parts.model_numbers));
  writer.borrow(layout::kPairU, as_bytes(parts.pair_u));
  writer.borrow(layout::kPairP, as_bytes(parts.pair_p));
  writer.borrow(layout::kCoverage, as_bytes(parts.coverage));
  writer.borrow(layout::kRowTasks, as_bytes(parts.row_tasks));
  if (!parts.map.empty()) writer.borrow(layout::kMap, as_bytes(parts.map));
  writer.borrow(layout::kOutcomes, outcomes.outcomes);
  if (!outcomes.measured.empty()) writer.borrow(layout::kMeasured, outcomes.measured);
  writer.borrow(layout::kScales, as_bytes(std::span<const float>(parts.codes.scales, parts.codes.rows)));
  writer.borrow(layout::kCodes, {parts.codes.codes, parts.codes.rows * parts.codes.stride});
  return writer.finish(header_of(parts, outcomes));
}

std::vector<std::uint8_t> concatenate(const IndexPieces& file) {
  std::vector<std::uint8_t> out;
  out.reserve(static_cast<std::size_t>(file.size_bytes));
  for (const auto& piece : file.pieces) out.insert(out.end(), piece.begin(), piece.end());
  return out;
}

std::vector<std::uint8_t> write_index(const IndexParts& parts) {
  const std::size_t models = parts.model_names.size();
  const bool graded = std::any_of(parts.outcomes.begin(), parts.outcomes.end(),
                                  [](float y) { return !std::isnan(y) && y != 0 && y != 1; });
  const std::vector<std::uint8_t> outcomes =
      graded ? pack_grades(parts.outcomes) : pack_bits(parts.outcomes, models, [](float y) { return y == 1; });
  const std::vector<std::uint8_t> measured = measured_bits(parts.outcomes, models);
  return concatenate(lay_out_index(parts, {graded, outcomes, measured}));
}

}  // namespace signalbox
