// Takes index files apart, changes them and puts them together with valid checksums, so that tests and fuzzers reach
// the checks behind the checksums.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include "index/format.h"
#include "index/layout.h"

namespace signalbox::testing {

using FileBytes = std::vector<std::uint8_t>;

inline layout::Header header_of(const FileBytes& file) {
  layout::Header header{};
  std::memcpy(&header, file.data(), sizeof(header));
  return header;
}

inline layout::Section entry_of(const FileBytes& file, std::size_t i) {
  layout::Section entry{};
  std::memcpy(&entry, file.data() + sizeof(layout::Header) + i * sizeof(entry), sizeof(entry));
  return entry;
}

inline void set_entry(FileBytes& file, std::size_t i, const layout::Section& entry) {
  std::memcpy(file.data() + sizeof(layout::Header) + i * sizeof(entry), &entry, sizeof(entry));
}

/// Writes the checksums of the sections that lie within the file, and returns that of the table, as far as it does.
inline std::uint32_t seal_sections(FileBytes& file, std::uint32_t count) {
  const std::span<const std::uint8_t> bytes(file);
  const std::size_t room = (file.size() - sizeof(layout::Header)) / sizeof(layout::Section);
  const std::size_t entries = std::min<std::size_t>(count, room);
  for (std::size_t i = 0; i < entries; ++i) {
    layout::Section entry = entry_of(file, i);
    if (entry.offset > file.size() || entry.size > file.size() - entry.offset) continue;
    entry.crc32 = crc32(bytes.subspan(entry.offset, entry.size));
    set_entry(file, i, entry);
  }
  return crc32(bytes.subspan(sizeof(layout::Header), entries * sizeof(layout::Section)));
}

/// Writes the header with all checksums recomputed and all other fields unchanged.
inline void seal(FileBytes& file, layout::Header header) {
  const std::span<const std::uint8_t> bytes(file);
  header.body_crc32 = header.version_major == kOldFormatMajor ? crc32(bytes.subspan(sizeof(header)))
                                                              : seal_sections(file, header.section_count);
  std::memcpy(file.data(), &header, sizeof(header));
  header.header_crc32 = crc32(bytes.first(offsetof(layout::Header, header_crc32)));
  std::memcpy(file.data(), &header, sizeof(header));
}

inline void seal(FileBytes& file) { seal(file, header_of(file)); }

/// A valid file as its header and sections. `file()` lays out the sections in order, aligned, and seals the file.
struct Forgery {
  struct Part {
    std::uint32_t kind = 0;
    FileBytes bytes;
  };

  explicit Forgery(const FileBytes& file) : header(header_of(file)) {
    for (std::size_t i = 0; i < header.section_count; ++i) {
      const layout::Section s = entry_of(file, i);
      const auto first = file.begin() + static_cast<std::ptrdiff_t>(s.offset);
      parts.push_back({s.kind, {first, first + static_cast<std::ptrdiff_t>(s.size)}});
    }
  }

  [[nodiscard]] FileBytes& at(std::uint32_t kind) {
    for (Part& part : parts) {
      if (part.kind == kind) return part.bytes;
    }
    parts.push_back({kind, {}});
    return parts.back().bytes;
  }

  template <typename T>
  void set(std::uint32_t kind, std::size_t i, T value) {
    std::memcpy(at(kind).data() + i * sizeof(T), &value, sizeof(T));
  }

  [[nodiscard]] FileBytes file() const {
    FileBytes out(sizeof(layout::Header) + parts.size() * sizeof(layout::Section), 0);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      out.resize((out.size() + layout::kAlignment - 1) / layout::kAlignment * layout::kAlignment, 0);
      set_entry(out, i, {parts[i].kind, 0, out.size(), parts[i].bytes.size()});
      out.insert(out.end(), parts[i].bytes.begin(), parts[i].bytes.end());
    }
    layout::Header sealed = header;
    sealed.section_count = static_cast<std::uint32_t>(parts.size());
    sealed.file_size = out.size();
    seal(out, sealed);
    return out;
  }

  layout::Header header;
  std::vector<Part> parts;
};

}  // namespace signalbox::testing
