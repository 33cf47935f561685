#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <iterator>
#include <utility>

#include "index/format.h"
#include "index/layout.h"
#include "index/writer_parts.h"

namespace signalbox {
namespace {

template <typename T, std::size_t kExtent>
std::span<const std::uint8_t> bytes_of(std::span<T, kExtent> values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
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
  /// Leaves out a section without content.
  void borrow_some(std::uint32_t kind, std::span<const std::uint8_t> bytes) {
    if (!bytes.empty()) borrow(kind, bytes);
  }
  /// The borrowed span stays valid: moving a vector keeps its bytes in place.
  void add(std::uint32_t kind, std::vector<std::uint8_t> bytes) {
    kept_.push_back(std::move(bytes));
    borrow(kind, kept_.back());
  }

  IndexPieces finish(const layout::Header& header) {
    IndexPieces out = lay_out_sections(header, bodies_);
    std::move(kept_.begin(), kept_.end(), std::back_inserter(out.kept));
    return out;
  }

 private:
  std::vector<SectionBytes> bodies_;
  std::vector<std::vector<std::uint8_t>> kept_;
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

template <typename T>
void append_values(std::vector<std::uint8_t>& out, const std::vector<T>& values) {
  if (values.empty()) return;
  const std::size_t at = out.size();
  out.resize(at + values.size() * sizeof(T));
  std::memcpy(out.data() + at, values.data(), values.size() * sizeof(T));
}

/// Begins the section of a sparse matrix: the first entry of each row, and the columns, filled up to four bytes. The
/// entries must be ascending by row and column.
template <typename T, typename Row, typename Column>
std::vector<std::uint8_t> sparse_section(std::span<const T> entries, std::size_t rows, Row row_of, Column column_of) {
  std::vector<std::uint32_t> offsets(rows + 1, 0);
  std::vector<std::uint16_t> columns;
  for (const T& entry : entries) {
    ++offsets[row_of(entry) + std::size_t{1}];
    columns.push_back(column_of(entry));
  }
  for (std::size_t i = 1; i < offsets.size(); ++i) offsets[i] += offsets[i - 1];
  if (columns.size() % 2 != 0) columns.push_back(0);
  std::vector<std::uint8_t> out;
  append_values(out, offsets);
  append_values(out, columns);
  return out;
}

std::vector<std::uint8_t> score_section(std::span<const TaskScore> scores, std::size_t tasks) {
  auto out = sparse_section(
      scores, tasks, [](const TaskScore& s) { return s.task; }, [](const TaskScore& s) { return s.model; });
  std::vector<float> numbers;
  for (const TaskScore& s : scores) numbers.push_back(s.score);
  for (const TaskScore& s : scores) numbers.push_back(s.evidence);
  append_values(out, numbers);
  return out;
}

std::vector<std::uint8_t> link_section(std::span<const TaskLink> links, std::size_t tasks) {
  auto out = sparse_section(
      links, tasks, [](const TaskLink& l) { return l.kind; }, [](const TaskLink& l) { return l.task; });
  std::vector<float> weights;
  for (const TaskLink& l : links) weights.push_back(l.weight);
  append_values(out, weights);
  return out;
}

/// Returns int8 codes of each centroid, then the scales, with which they keep their norm, then the biases.
std::vector<std::uint8_t> centroid_section(const IndexExtras& extras, std::size_t tasks, std::size_t dim) {
  const std::size_t stride = row_stride(CodeType::kInt8, dim);
  std::vector<std::uint8_t> out(tasks * stride, 0);
  std::vector<float> numbers;
  for (std::size_t t = 0; t < tasks; ++t) {
    numbers.push_back(code_centroid(std::span(extras.centroids).subspan(t * dim, dim), out.data() + t * stride));
  }
  for (std::size_t t = 0; t < tasks; ++t) {
    numbers.push_back(extras.centroid_bias.empty() ? 0.0F : extras.centroid_bias[t]);
  }
  append_values(out, numbers);
  return out;
}

/// Returns the first byte of each row of packed outcomes, [rows + 1].
std::vector<std::uint64_t> packed_offsets(const PackedOutcomes& outcomes, std::size_t rows, std::size_t models) {
  OutcomeView view;
  view.models = models;
  view.measured = outcomes.measured.data();
  std::vector<std::uint64_t> out = {0};
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t count = view.count(row);
    out.push_back(out.back() + (outcomes.graded ? count * sizeof(float) : (count + 7) / 8));
  }
  return out;
}

layout::Header header_of(const IndexParts& parts, const PackedOutcomes& outcomes, bool packed) {
  layout::Header header{};
  header.magic = layout::kMagic;
  header.version_major = kFormatMajor;
  const bool has_families = parts.extras != nullptr && parts.extras->families.families > 0;
  header.version_minor = has_families ? kFormatMinor : 0;
  header.header_size = sizeof(header);
  header.rows = static_cast<std::uint32_t>(parts.codes.rows);
  header.dim = static_cast<std::uint32_t>(parts.codes.dim);
  header.models = static_cast<std::uint32_t>(parts.model_names.size());
  header.tasks = static_cast<std::uint32_t>(parts.task_names.size());
  header.code_type = static_cast<std::uint32_t>(parts.codes.type);
  header.flags = (outcomes.graded ? layout::kGraded : 0U) | (outcomes.measured.empty() ? 0U : layout::kHasMissing) |
                 (packed ? layout::kPacked : 0U);
  header.pairs = static_cast<std::uint32_t>(parts.pair_u.size());
  return header;
}

std::vector<std::uint8_t> copy_of(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

std::vector<std::uint8_t> packed_section(const PackedOutcomes& outcomes, std::size_t rows, std::size_t models) {
  if (outcomes.measured.empty()) return {};
  const std::vector<std::uint64_t> offsets = packed_offsets(outcomes, rows, models);
  const std::uint64_t head = offsets.size() * sizeof(std::uint32_t);
  if (head + offsets.back() >= outcomes.outcomes.size() || offsets.back() > 0xFFFFFFFFU) return {};
  OutcomeView view;
  view.models = models;
  view.measured = outcomes.measured.data();
  if (outcomes.graded) view.grades = reinterpret_cast<const float*>(outcomes.outcomes.data());
  else view.bits = outcomes.outcomes.data();
  std::vector<std::uint8_t> out;
  append_values(out, std::vector<std::uint32_t>(offsets.begin(), offsets.end()));
  out.resize(out.size() + static_cast<std::size_t>(offsets.back()), 0);
  for (std::size_t row = 0; row < rows; ++row) {
    std::uint8_t* at = out.data() + head + offsets[row];
    std::size_t place = 0;
    for (std::size_t m = 0; m < models; ++m) {
      if (!view.is_measured(row, m)) continue;
      const float y = view.at(row, m);
      if (outcomes.graded) std::memcpy(at + place * sizeof(y), &y, sizeof(y));
      else if (y == 1) at[place / 8] |= static_cast<std::uint8_t>(1U << (place % 8));
      ++place;
    }
  }
  return out;
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

IndexPieces lay_out_sections(layout::Header header, std::span<const SectionBytes> sections) {
  IndexPieces file;
  const std::size_t head = sizeof(header) + sections.size() * sizeof(layout::Section);
  std::vector<layout::Section> table;
  file.pieces.emplace_back();  // Placeholder for header and table, which are known last.
  file.size_bytes = head;
  const auto append = [&](std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return;
    file.pieces.push_back(bytes);
    file.size_bytes += bytes.size();
  };
  for (const auto& [kind, bytes] : sections) {
    append(std::span(kZeros).first(align(file.size_bytes) - file.size_bytes));
    table.push_back({kind, crc32(bytes), file.size_bytes, bytes.size()});
    append(bytes);
  }
  header.file_size = file.size_bytes;
  header.section_count = static_cast<std::uint32_t>(sections.size());
  header.body_crc32 = crc32(bytes_of(std::span<const layout::Section>(table)));
  const auto* header_bytes = reinterpret_cast<const std::uint8_t*>(&header);
  header.header_crc32 = crc32({header_bytes, offsetof(layout::Header, header_crc32)});
  std::vector<std::uint8_t> front(head);
  std::memcpy(front.data(), &header, sizeof(header));
  std::memcpy(front.data() + sizeof(header), table.data(), head - sizeof(header));
  file.kept.push_back(std::move(front));
  file.pieces.front() = file.kept.back();
  return file;
}

float code_centroid(std::span<const float> centroid, std::uint8_t* out) {
  double squares = 0;
  for (const float x : centroid) squares += static_cast<double>(x) * static_cast<double>(x);
  const float inverse = quantize_row(CodeType::kInt8, centroid, out);
  return static_cast<float>(static_cast<double>(inverse) * std::sqrt(squares));
}

std::vector<float> coded_centroids(const IndexExtras& extras, std::size_t tasks, std::size_t dim) {
  std::vector<float> out;
  if (extras.centroids.empty()) return out;
  std::vector<std::uint8_t> codes;
  for (std::size_t t = 0; t < tasks; ++t) {
    codes.assign(row_stride(CodeType::kInt8, dim), 0);
    const float scale = code_centroid(std::span(extras.centroids).subspan(t * dim, dim), codes.data());
    for (std::size_t i = 0; i < dim; ++i) {
      out.push_back(static_cast<float>(static_cast<std::int8_t>(codes[i])) * scale);
    }
  }
  return out;
}

IndexPieces lay_out_index(const IndexParts& parts, const PackedOutcomes& outcomes) {
  const layout::Routing routing = {parts.routing.k, parts.routing.kappa, parts.routing.threshold, parts.routing.sigma,
                                   parts.routing.eta};
  const std::vector<std::string> embedder = {std::string(parts.embedder_id), std::string(parts.embedder_hash)};
  const std::size_t tasks = parts.task_names.size();
  const std::size_t models = parts.model_names.size();
  static const IndexExtras kNone;
  const IndexExtras& extras = parts.extras == nullptr ? kNone : *parts.extras;
  std::vector<std::uint8_t> packed = packed_section(outcomes, parts.codes.rows, models);
  const layout::Header header = header_of(parts, outcomes, !packed.empty());
  // Everything that a reader needs before the rows comes first, and what only some readers need comes last.
  Writer writer;
  writer.borrow(layout::kMetadata, bytes_of(std::span(parts.metadata)));
  writer.add(layout::kModelNames, string_table(parts.model_names));
  writer.add(layout::kTaskNames, string_table(parts.task_names));
  writer.borrow_some(layout::kModelRecords, bytes_of(std::span(extras.model_records)));
  writer.borrow_some(layout::kTaskRecords, bytes_of(std::span(extras.task_records)));
  writer.add(layout::kEmbedder, string_table(embedder));
  writer.add(layout::kRouting, copy_of(bytes_of(std::span(&routing, 1))));
  writer.borrow_some(layout::kMixture, bytes_of(std::span(extras.mixture)));
  writer.borrow(layout::kModelPrices, bytes_of(parts.model_numbers));
  if (extras.families.families > 0) {
    writer.add(layout::kPromptFamilies, encode_families(extras.families, parts.codes.dim, models));
  }
  if (!extras.links.empty()) writer.add(layout::kTaskLinks, link_section(extras.links, tasks));
  writer.borrow_some(layout::kTaskWeights, bytes_of(std::span(extras.task_weights)));
  if (!extras.centroids.empty()) {
    writer.add(layout::kTaskCentroids, centroid_section(extras, tasks, parts.codes.dim));
  }
  if (!extras.task_scores.empty()) writer.add(layout::kTaskScores, score_section(extras.task_scores, tasks));
  if (!extras.task_tokens.empty()) {
    std::vector<std::uint8_t> tokens;
    append_values(tokens, extras.task_tokens);
    append_values(tokens, extras.model_tokens);
    writer.add(layout::kAnswerTokens, std::move(tokens));
  }
  writer.borrow(layout::kPairU, bytes_of(parts.pair_u));
  writer.borrow(layout::kPairP, bytes_of(parts.pair_p));
  writer.borrow(layout::kCoverage, bytes_of(parts.coverage));
  writer.borrow(layout::kRowTasks, bytes_of(parts.row_tasks));
  writer.borrow_some(layout::kRowOffsets, bytes_of(std::span(extras.row_offsets)));
  writer.borrow(layout::kScales, bytes_of(std::span<const float>(parts.codes.scales, parts.codes.rows)));
  writer.borrow(layout::kCodes, {parts.codes.codes, parts.codes.rows * parts.codes.stride});
  if (!outcomes.measured.empty()) writer.borrow(layout::kMeasured, outcomes.measured);
  if (packed.empty()) writer.borrow(layout::kOutcomes, outcomes.outcomes);
  else writer.add(layout::kPackedOutcomes, std::move(packed));
  if (!parts.sample_ids.empty()) writer.add(layout::kSampleIds, string_table(parts.sample_ids));
  writer.borrow_some(layout::kMap, bytes_of(parts.map));
  if (!extras.texts.empty()) writer.add(layout::kTexts, string_table(extras.texts));
  writer.borrow_some(layout::kPlan, bytes_of(std::span(extras.plan)));
  return writer.finish(header);
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
