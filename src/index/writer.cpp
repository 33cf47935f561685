#include <algorithm>
#include <cmath>
#include <cstring>

#include "index/format.h"
#include "index/layout.h"

namespace signalbox {
namespace {

struct Body {
  std::uint32_t kind;
  std::vector<std::uint8_t> owned;
  std::span<const std::uint8_t> bytes;
};

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

class Writer {
 public:
  void add(std::uint32_t kind, std::vector<std::uint8_t> bytes) { bodies_.push_back({kind, std::move(bytes), {}}); }
  void borrow(std::uint32_t kind, std::span<const std::uint8_t> bytes) { bodies_.push_back({kind, {}, bytes}); }

  std::vector<std::uint8_t> finish(layout::Header header) {
    for (Body& body : bodies_) {
      if (!body.owned.empty()) body.bytes = body.owned;
    }
    std::size_t offset = sizeof(layout::Header) + bodies_.size() * sizeof(layout::Section);
    std::vector<layout::Section> table;
    for (const Body& body : bodies_) {
      offset = align(offset);
      table.push_back({body.kind, 0, offset, body.bytes.size()});
      offset += body.bytes.size();
    }
    std::vector<std::uint8_t> out(offset, 0);
    std::memcpy(out.data() + sizeof(header), table.data(), table.size() * sizeof(layout::Section));
    for (std::size_t i = 0; i < bodies_.size(); ++i) {
      if (!bodies_[i].bytes.empty()) {
        std::memcpy(out.data() + table[i].offset, bodies_[i].bytes.data(), bodies_[i].bytes.size());
      }
    }
    header.file_size = out.size();
    header.section_count = static_cast<std::uint32_t>(bodies_.size());
    header.body_crc32 = crc32(std::span<const std::uint8_t>(out).subspan(sizeof(header)));
    std::memcpy(out.data(), &header, sizeof(header));
    header.header_crc32 = crc32(std::span<const std::uint8_t>(out).first(offsetof(layout::Header, header_crc32)));
    std::memcpy(out.data(), &header, sizeof(header));
    return out;
  }

 private:
  std::vector<Body> bodies_;
};

}  // namespace

std::vector<std::uint8_t> write_index(const IndexParts& parts) {
  const std::size_t models = parts.model_names.size();
  const bool missing = std::any_of(parts.outcomes.begin(), parts.outcomes.end(), [](float y) { return std::isnan(y); });
  const bool graded = std::any_of(parts.outcomes.begin(), parts.outcomes.end(),
                                  [](float y) { return !std::isnan(y) && y != 0 && y != 1; });
  std::vector<float> grades;
  if (graded) {  // A missing outcome is zero in the file; the mask says that it is missing.
    grades.assign(parts.outcomes.begin(), parts.outcomes.end());
    std::replace_if(
        grades.begin(), grades.end(), [](float y) { return std::isnan(y); }, 0.0F);
  }
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
  writer.borrow(layout::kRouting, {reinterpret_cast<const std::uint8_t*>(&routing), sizeof(routing)});
  writer.borrow(layout::kModelNumbers, as_bytes(parts.model_numbers));
  writer.borrow(layout::kPairU, as_bytes(parts.pair_u));
  writer.borrow(layout::kPairP, as_bytes(parts.pair_p));
  writer.borrow(layout::kCoverage, as_bytes(parts.coverage));
  writer.borrow(layout::kRowTasks, as_bytes(parts.row_tasks));
  if (graded) writer.borrow(layout::kOutcomes, as_bytes(std::span<const float>(grades)));
  else writer.add(layout::kOutcomes, pack_bits(parts.outcomes, models, [](float y) { return y == 1; }));
  if (missing) writer.add(layout::kMeasured, measured_bits(parts.outcomes, models));
  writer.borrow(layout::kScales, as_bytes(std::span<const float>(parts.codes.scales, parts.codes.rows)));
  writer.borrow(layout::kCodes, {parts.codes.codes, parts.codes.rows * parts.codes.stride});

  layout::Header header{};
  header.magic = layout::kMagic;
  header.version_major = kFormatMajor;
  header.version_minor = kFormatMinor;
  header.header_size = sizeof(header);
  header.rows = static_cast<std::uint32_t>(parts.codes.rows);
  header.dim = static_cast<std::uint32_t>(parts.codes.dim);
  header.models = static_cast<std::uint32_t>(models);
  header.tasks = static_cast<std::uint32_t>(parts.task_names.size());
  header.code_type = static_cast<std::uint32_t>(parts.codes.type);
  header.flags = (graded ? layout::kGraded : 0U) | (missing ? layout::kHasMissing : 0U);
  header.pairs = static_cast<std::uint32_t>(parts.pair_u.size());
  return writer.finish(header);
}

}  // namespace signalbox
