// Reads the sections of an index file whose extents were checked, and checks their contents.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/index.h"
#include "index/layout.h"
#include "index/utf8.h"
#include "status.h"

namespace signalbox {

/// Sections by kind; kinds missing from the file have offset 0.
using Sections = std::array<layout::Section, layout::kKindEnd>;

inline std::string kind_name(std::uint32_t kind) { return std::string(layout::kKindNames[kind]); }

/// Reads the sections of a file whose extents have been checked; remembers the first failure.
class SectionReader {
 public:
  SectionReader(std::span<const std::uint8_t> file, const Sections& sections) : file_(file), sections_(sections) {}

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
    if (!failure) failure = Error{code, std::move(message)};
    return {};
  }

  std::span<const std::uint8_t> file_;
  const Sections& sections_;
};

}  // namespace signalbox
