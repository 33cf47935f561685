// The index file: one versioned little-endian buffer. models/FORMAT.md documents it byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/extras.h"
#include "index/index.h"
#include "status.h"

namespace signalbox {

/// The version that is written; the minor one is 0 for a file without families. A file with added models has the
/// version kAddedFormatMajor.0: a reader that does not know their section would take a few outcomes for the means of
/// tasks. Files of kOldFormatMajor are read as well.
inline constexpr std::uint16_t kFormatMajor = 2;
inline constexpr std::uint16_t kFormatMinor = 1;
inline constexpr std::uint16_t kAddedFormatMajor = 3;
inline constexpr std::uint16_t kOldFormatMajor = 1;

/// CRC-32 as in zlib, PNG and gzip (polynomial 0xEDB88320), continued from `crc`.
[[nodiscard]] std::uint32_t crc32(std::span<const std::uint8_t> bytes, std::uint32_t crc = 0);

/// Checks the whole file, then views it in place. No allocation depends on a size in the file before that size has been
/// checked against the file's own length.
/// Errors: bad_magic, unsupported_version, truncated, bad_section, size_overflow, non_finite, bad_checksum,
/// bad_metadata (text that is not UTF-8, or a model or task name that is empty or repeated).
[[nodiscard]] Result<Index> open_index(Index::Bytes bytes, std::size_t size);

/// Checks the header of a file, its first 64 bytes, before there is room for the rest. size: the file's size, if it is
/// known. Returns the size that the header states. Errors: bad_magic, unsupported_version, truncated, bad_section,
/// bad_checksum.
[[nodiscard]] Result<std::uint64_t> check_index_start(std::span<const std::uint8_t> start,
                                                      std::optional<std::uint64_t> size);

/// Contents of an index file. All spans are borrowed for the duration of the call.
struct IndexParts {
  CodeView codes;
  std::span<const std::uint16_t> row_tasks;     ///< [rows]
  std::span<const float> outcomes;              ///< [rows, models]; NaN if missing.
  std::span<const std::string> model_names;     ///< [models]
  std::span<const std::string> task_names;      ///< [tasks]
  std::span<const std::string> sample_ids;      ///< [rows], or empty.
  std::span<const ModelNumbers> model_numbers;  ///< [models]
  std::string_view embedder_id;
  std::string_view embedder_hash;
  std::string_view metadata;  ///< JSON
  RoutingConstants routing;
  std::span<const float> pair_u;       ///< [pairs]
  std::span<const float> pair_p;       ///< [pairs, models]
  std::span<const float> coverage;     ///< [kCoverageQuantiles]
  std::span<const std::uint16_t> map;  ///< [rows, 2], or empty if the file has no map.
  const IndexExtras* extras = nullptr;
};

/// Returns the file's bytes; equal parts produce equal bytes. Outcomes that are all 0, 1 or missing are stored as bits.
[[nodiscard]] std::vector<std::uint8_t> write_index(const IndexParts& parts);

/// Outcomes as stored in the file: bits or grades, with a mask if any are missing. Missing outcomes are 0.
struct PackedOutcomes {
  bool graded = false;
  std::span<const std::uint8_t> outcomes;  ///< Bits [rows, ceil(models / 8) bytes], or float32 [rows, models].
  std::span<const std::uint8_t> measured;  ///< Bits; empty if none is missing.
};

/// A file as consecutive pieces, so that it can be written without a second copy of its largest sections. Pieces borrow
/// from the parts, except those in `kept`. Movable, but not copyable.
struct IndexPieces {
  IndexPieces() = default;
  IndexPieces(IndexPieces&&) = default;
  IndexPieces& operator=(IndexPieces&&) = default;
  IndexPieces(const IndexPieces&) = delete;
  IndexPieces& operator=(const IndexPieces&) = delete;
  ~IndexPieces() = default;

  std::vector<std::span<const std::uint8_t>> pieces;
  std::uint64_t size_bytes = 0;
  std::vector<std::vector<std::uint8_t>> kept;
};

/// Returns the file of write_index for the given outcomes, as pieces; ignores `parts.outcomes`. Outcomes are packed if
/// that is smaller.
[[nodiscard]] IndexPieces lay_out_index(const IndexParts& parts, const PackedOutcomes& outcomes);

/// Joins the pieces into one buffer.
[[nodiscard]] std::vector<std::uint8_t> concatenate(const IndexPieces& file);

}  // namespace signalbox
