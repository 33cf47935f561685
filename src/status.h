// Errors: a closed, append-only set of codes, and a result that holds a value or an error.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace signalbox {

/// Kinds of failure. Append-only: a number never changes its meaning. The TypeScript package has the same list in the
/// same order; a test keeps the two in step.
enum class ErrorCode : std::uint32_t {
  kInvalidArgument = 1,     ///< An option or a specification is outside its range, or unknown.
  kDimensionMismatch = 2,   ///< A vector or matrix does not have the size that the index or its shape requires.
  kNonFinite = 3,           ///< NaN or infinity in place of a number.
  kUnknownModel = 4,        ///< A model name is not in the index.
  kNoCandidate = 5,         ///< The candidate, deny and price rules leave no model.
  kBadMagic = 6,            ///< The bytes are not a signalbox index.
  kUnsupportedVersion = 7,  ///< The index was written by a newer major version of the format.
  kTruncated = 8,           ///< The file has fewer bytes than its header states.
  kBadSection = 9,          ///< A section is missing, repeated, overlapping, misplaced or of the wrong size.
  kSizeOverflow = 10,       ///< A count in the file exceeds the format's limits.
  kBadChecksum = 11,        ///< The bytes changed since they were written.
  kBadMetadata = 12,        ///< Text is not UTF-8, a name is empty or repeated, or the metadata is not JSON.
  kEmbedderMismatch = 13,   ///< The index was built with another embedder.
  kBadEmbedder = 14,        ///< The embedder's files are not a Model2Vec model.
  kOutOfMemory = 15,        ///< An allocation failed.
  kDisposed = 16,           ///< The handle was closed, or never existed.
  kAborted = 17,            ///< The caller's signal was aborted (raised by the package).
  kNetwork = 18,            ///< A file could not be fetched or read (raised by the package).
  kBadWasm = 19,            ///< The WebAssembly module could not be compiled (raised by the package).
  kInternal = 20,           ///< A defect of signalbox itself.
  kQuotaExceeded = 21,      ///< There is not enough storage for a download (raised by the package).
};

/// Names of the codes outside the core; entry i is the name of code i + 1.
inline constexpr std::array<std::string_view, 21> kErrorNames = {"invalid_argument",
                                                                 "dimension_mismatch",
                                                                 "non_finite",
                                                                 "unknown_model",
                                                                 "no_candidate",
                                                                 "bad_magic",
                                                                 "unsupported_version",
                                                                 "truncated",
                                                                 "bad_section",
                                                                 "size_overflow",
                                                                 "bad_checksum",
                                                                 "bad_metadata",
                                                                 "embedder_mismatch",
                                                                 "bad_embedder",
                                                                 "out_of_memory",
                                                                 "disposed",
                                                                 "aborted",
                                                                 "network",
                                                                 "bad_wasm",
                                                                 "internal",
                                                                 "quota_exceeded"};

struct Error {
  ErrorCode code;
  std::string message;  ///< States the value received and the value expected.

  [[nodiscard]] std::string_view name() const { return kErrorNames[static_cast<std::size_t>(code) - 1]; }
};

/// A value or an error. Reading the value of a failed result is a defect of the caller.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return value_.has_value(); }
  [[nodiscard]] const T& value() const& { return *value_; }
  [[nodiscard]] T& value() & { return *value_; }
  [[nodiscard]] T&& take() { return std::move(*value_); }
  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  std::optional<T> value_;
  std::optional<Error> error_;
};

/// Success without a value, or an error.
using Status = std::optional<Error>;

}  // namespace signalbox
