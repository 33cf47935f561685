// What the fuzzers feed: each target takes any bytes and must neither crash nor hang. The core tests replay the corpus
// through the same functions.
#pragma once

#include <cstdint>
#include <span>

namespace signalbox::fuzz {

/// An index file: opened as it is and with its checksums mended; what opens is described and routed with.
void fuzz_index(std::span<const std::uint8_t> input);

/// Where text and tables come in. The first byte picks: a model.safetensors (plain or int4), the options of an input or
/// of a task, the specification of an index.
void fuzz_boundary(std::span<const std::uint8_t> input);

}  // namespace signalbox::fuzz
