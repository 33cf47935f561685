// Reader of the embedding tables of Model2Vec.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "embedding/static_embedder.h"
#include "status.h"

namespace signalbox::bindings {

/// Returns an embedding table in place, from the bytes of a Model2Vec `model.safetensors` and its `config.json`.
/// Tensors: "embeddings" F32, F16, I8 [rows, dim], or U8 [rows, dim / 2] with "quantization": "int4" in the
/// configuration; optional "weights" F32, F16 or F64 [tokens] and "mapping" I32 or I64 [tokens].
/// Errors: bad_embedder.
[[nodiscard]] Result<EmbeddingTable> read_safetensors(std::span<const std::uint8_t> bytes,
                                                      std::string_view config_json);

}  // namespace signalbox::bindings
