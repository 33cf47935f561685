// The surface of the wasm module in plain C++: handles, pointers and JSON. embind.cpp registers it, and the native
// command of the tests calls it, so that both run the same code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::bindings {

/// An opaque number that names an open index or embedder; 0 is none. A closed handle is never used again.
using Handle = std::uint32_t;

/// Bytes from the heap, or null.
[[nodiscard]] void* allocate(std::size_t size);
void release(void* pointer);

/// Functions that return a string return JSON: {"ok":true,"value":...} or {"ok":false,"error":{"code","message"}}.
/// open_* take ownership of the allocation, also when they fail.
[[nodiscard]] std::string open_index(void* bytes, std::size_t size);
[[nodiscard]] std::string describe_index(Handle handle);
[[nodiscard]] std::string open_embedder(void* bytes, std::size_t size, std::string_view config_json);
/// ids: [offsets[count]], offsets: [count + 1] ascending from 0, out: float32 [count, dim].
[[nodiscard]] std::string embed(Handle handle, const std::uint32_t* ids, const std::uint32_t* offsets,
                                std::size_t count, float* out);
/// vector: float32 [dim].
[[nodiscard]] std::string route(Handle handle, const float* vector, std::string_view options_json);
/// vectors: float32 [count, dim].
[[nodiscard]] std::string route_task(Handle handle, const float* vectors, std::size_t count,
                                     std::string_view options_json);
/// vector: float32 [dim]. The value is a plan; what follows a verdict is the package's.
[[nodiscard]] std::string cascade(Handle handle, const float* vector, std::string_view options_json);
[[nodiscard]] std::string close(Handle handle);
[[nodiscard]] std::size_t live_handles();
[[nodiscard]] std::string error_codes();
/// The value is [{name, input, task, evaluation, singleRows}, ...]: the names of policies, and where each applies.
[[nodiscard]] std::string policies();

}  // namespace signalbox::bindings
