// Between JSON and the core: the one conversion that the wasm module and the native tests share.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "building/builder.h"
#include "building/index_builder.h"
#include "embedding/static_embedder.h"
#include "index/index.h"
#include "json.h"
#include "routing/cascade.h"
#include "routing/router.h"

namespace signalbox::bindings {

/// {"ok":true,"value":...} and {"ok":false,"error":{"code","message"}}.
[[nodiscard]] std::string success(Json value);
[[nodiscard]] std::string failure(const Error& error);

/// Options of a decision (the RouteOptions of the TypeScript package, flattened) for an index.
struct Request {
  RouteOptions options;
  Labels labels;
};
/// Errors: invalid_argument (unknown keys included), unknown_model.
[[nodiscard]] Result<Request> parse_request(const Index& index, std::string_view options_json, bool is_task);

/// {candidates, deny, prices, k, kappa, maxCoveragePercentile, models, maxSteps, maxUsdPerMTok, costWeight}.
/// Errors: invalid_argument (unknown keys included), unknown_model.
[[nodiscard]] Result<CascadeOptions> parse_cascade_request(const Index& index, std::string_view options_json);

[[nodiscard]] Json to_json(const Index& index, const CascadePlan& plan);
[[nodiscard]] Json to_json(const Index& index, const Request& request, const Decision& decision, bool is_task);
[[nodiscard]] Json describe(const Index& index);

/// A specification of an index without its arrays. Errors: invalid_argument.
[[nodiscard]] Result<BuildSpec> parse_build_spec(std::string_view spec_json);
/// The same, and {graded, missing, shard, pairSampling: {maxWork, seed}}. Errors: invalid_argument.
[[nodiscard]] Result<BuilderSpec> parse_builder_spec(std::string_view spec_json);

/// An embedding table in place, from the bytes of a Model2Vec `model.safetensors` and its `config.json`.
/// Tensors: "embeddings" F32, F16, I8 [rows, dim], or U8 [rows, dim / 2] with "quantization": "int4" in the
/// configuration; optional "weights" F32, F16 or F64 [tokens] and "mapping" I32 or I64 [tokens].
/// Errors: bad_embedder.
[[nodiscard]] Result<EmbeddingTable> read_safetensors(std::span<const std::uint8_t> bytes,
                                                      std::string_view config_json);

}  // namespace signalbox::bindings
