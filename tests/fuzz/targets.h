// Targets of the fuzzers: each takes any bytes and must neither crash nor hang. The core tests replay the corpus
// through the same functions.
#pragma once

#include <cstdint>
#include <span>

namespace signalbox::fuzz {

/// Opens an index file as it is and with repaired checksums; an index that opens is described and used for routing.
void fuzz_index(std::span<const std::uint8_t> input);

/// Feeds the readers of text and tables. The first byte selects: a model.safetensors (plain or int4), the options of an
/// input or of a task, the specification of an index.
void fuzz_boundary(std::span<const std::uint8_t> input);

/// Makes the calls of a page that routes, a line each: a letter, the place of a handle, and the JSON of the options.
void fuzz_session(std::span<const std::uint8_t> input);

/// Makes the calls of a build and of an evaluation. The first line is a specification, each further one a letter and
/// options.
void fuzz_lab(std::span<const std::uint8_t> input);

}  // namespace signalbox::fuzz
