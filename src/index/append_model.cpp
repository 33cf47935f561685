#include "index/append_model.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>

#include "index/families.h"
#include "index/format.h"
#include "index/layout.h"
#include "index/writer_parts.h"

namespace signalbox {
namespace {

template <typename T>
std::vector<std::uint8_t> bytes_of(std::span<const T> values) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.data());
  return {first, first + values.size_bytes()};
}

/// Returns a matrix [rows, models] with one more column.
template <typename T>
std::vector<T> with_column(std::span<const T> matrix, std::size_t models, std::span<const T> column) {
  std::vector<T> out;
  out.reserve(matrix.size() + column.size());
  for (std::size_t row = 0; row < column.size(); ++row) {
    const std::span<const T> of_row = matrix.subspan(row * models, models);
    out.insert(out.end(), of_row.begin(), of_row.end());
    out.push_back(column[row]);
  }
  return out;
}

/// The outcomes with the new column: bits or grades, and the mask.
struct Outcomes {
  std::vector<std::uint8_t> values;
  std::vector<std::uint8_t> measured;
};

Outcomes append_outcomes(const Index& index, const AppendedModel& model) {
  const std::size_t models = index.models() + 1;
  const std::size_t row_bytes = (models + 7) / 8;
  const bool graded = index.outcomes.is_graded();
  const std::size_t value_bytes = graded ? models * sizeof(float) : row_bytes;
  Outcomes out{std::vector<std::uint8_t>(index.rows() * value_bytes, 0),
               std::vector<std::uint8_t>(index.rows() * row_bytes, 0)};
  const auto put = [&](std::size_t row, std::size_t m, float y) {
    const auto bit = static_cast<std::uint8_t>(1U << (m % 8));
    out.measured[row * row_bytes + m / 8] |= bit;
    if (graded) std::memcpy(out.values.data() + row * value_bytes + m * sizeof(y), &y, sizeof(y));
    else if (y == 1) out.values[row * value_bytes + m / 8] |= bit;
  };
  std::vector<float> of_row(index.models());
  for (std::size_t row = 0; row < index.rows(); ++row) {
    index.outcomes.read_row(row, of_row);
    for (std::size_t m = 0; m < of_row.size(); ++m) {
      if (index.outcomes.is_measured(row, m)) put(row, m, of_row[m]);
    }
  }
  for (std::size_t i = 0; i < model.rows.size(); ++i) put(model.rows[i], index.models(), model.outcomes[i]);
  return out;
}

FamilyPredictor append_to_families(const Index& index, const AppendedModel& model) {
  FamilyPredictor out = index.families;
  const std::size_t models = index.models();
  const std::vector<float> unknown(out.families, -1);
  out.right = with_column<float>(out.right, models, model.right);
  out.evidence = with_column<float>(out.evidence, models, model.evidence);
  out.usd = with_column<float>(out.usd, models, unknown);
  if (out.weights.empty()) return out;
  out.weights.insert(out.weights.end(), model.weights.begin(), model.weights.end());
  out.intercept.push_back(model.linear_intercept);
  return out;
}

/// Returns the means of added models, then the variances, with those of the new one.
std::vector<std::uint8_t> append_means(const Index& index, const AppendedModel& model) {
  std::vector<float> out = with_column<float>(index.added.means, index.added.models, model.means);
  const std::vector<float> variance = with_column<float>(index.added.variance, index.added.models, model.variance);
  out.insert(out.end(), variance.begin(), variance.end());
  return bytes_of<float>(out);
}

std::vector<std::uint8_t> append_prices(const Index& index, const AppendedModel& model) {
  std::vector<ModelNumbers> out = index.model_numbers;
  out.push_back(model.numbers);
  return bytes_of<ModelNumbers>(out);
}

/// Returns the names with the new one.
std::vector<std::uint8_t> append_name(const Index& index, const AppendedModel& model) {
  std::vector<std::string> out;
  for (std::size_t m = 0; m < index.models(); ++m) out.emplace_back(index.model_names[m]);
  out.push_back(model.name);
  return string_table(out);
}

using Bodies = std::map<std::uint32_t, std::vector<std::uint8_t>>;

/// Returns the sections that have a column for each model.
Bodies changed_sections(const Index& index, const AppendedModel& model) {
  const std::vector<float> none(index.pairs.u.size(), -1);
  Bodies out;
  out[layout::kModelNames] = append_name(index, model);
  out[layout::kModelPrices] = append_prices(index, model);
  out[layout::kAddedMeans] = append_means(index, model);
  out[layout::kPairP] = bytes_of<float>(with_column<float>(index.pairs.p, index.models(), none));
  if (!model.model_records.empty()) {
    out[layout::kModelRecords].assign(model.model_records.begin(), model.model_records.end());
  }
  if (index.families.families > 0) {
    out[layout::kPromptFamilies] =
        encode_families(append_to_families(index, model), index.codes.dim, index.models() + 1);
  }
  if (!index.answer_tokens.tasks.empty()) {
    std::vector<float> tokens(index.answer_tokens.tasks.begin(), index.answer_tokens.tasks.end());
    tokens.insert(tokens.end(), index.answer_tokens.models.begin(), index.answer_tokens.models.end());
    tokens.push_back(-1);
    out[layout::kAnswerTokens] = bytes_of<float>(tokens);
  }
  return out;
}

layout::Header header_of(const Index& index, bool packed) {
  layout::Header header{};
  header.magic = layout::kMagic;
  header.version_major = kAddedFormatMajor;
  header.header_size = sizeof(header);
  header.rows = static_cast<std::uint32_t>(index.rows());
  header.dim = static_cast<std::uint32_t>(index.codes.dim);
  header.models = static_cast<std::uint32_t>(index.models() + 1);
  header.tasks = static_cast<std::uint32_t>(index.tasks());
  header.code_type = static_cast<std::uint32_t>(index.codes.type);
  header.flags =
      (index.outcomes.is_graded() ? layout::kGraded : 0U) | layout::kHasMissing | (packed ? layout::kPacked : 0U);
  header.pairs = static_cast<std::uint32_t>(index.pairs.u.size());
  return header;
}

Status check_sizes(const Index& index, const AppendedModel& model) {
  const std::uint64_t models = std::uint64_t{index.models()} + 1;
  if (models > layout::kMaxNames || models * index.tasks() > layout::kMaxTaskMeans ||
      (index.tasks() > index.rows() && !layout::may_exceed_rows(index.tasks(), index.codes.dim, models)) ||
      model.model_records.size() > layout::kMaxRecordBytes) {
    return Error{ErrorCode::kSizeOverflow, "the index with the new model exceeds the limits of the format"};
  }
  return {};
}

}  // namespace

Result<std::vector<std::uint8_t>> append_model(const Index& index, const AppendedModel& model) {
  if (Status failed = check_sizes(index, model)) return *failed;
  Outcomes outcomes = append_outcomes(index, model);
  const PackedOutcomes all{index.outcomes.is_graded(), outcomes.values, outcomes.measured};
  std::vector<std::uint8_t> packed = packed_section(all, index.rows(), index.models() + 1);
  const layout::Header header = header_of(index, !packed.empty());
  Bodies changed = changed_sections(index, model);
  if (packed.empty()) changed[layout::kOutcomes] = std::move(outcomes.values);
  else changed[layout::kPackedOutcomes] = std::move(packed);
  changed[layout::kMeasured] = std::move(outcomes.measured);
  std::vector<SectionBytes> sections;
  for (const layout::Kind kind : kSectionOrder) {
    const auto of_kind = [&](const SectionInfo& s) { return s.kind == kind; };
    const auto found = std::find_if(index.sections.begin(), index.sections.end(), of_kind);
    if (const auto body = changed.find(kind); body != changed.end()) {
      sections.push_back({kind, body->second});
    } else if (found != index.sections.end() && kind != layout::kOutcomes && kind != layout::kPackedOutcomes) {
      sections.push_back({kind, {index.bytes.get() + found->offset, static_cast<std::size_t>(found->size)}});
    }
  }
  return concatenate(lay_out_sections(header, sections));
}

}  // namespace signalbox
