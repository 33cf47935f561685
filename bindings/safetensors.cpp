#include "safetensors.h"

#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "index/index.h"
#include "json.h"

namespace signalbox::bindings {
namespace {

constexpr std::uint64_t kMaxHeaderBytes = 1 << 20;
constexpr std::uint64_t kMaxTokens = 1 << 24;

Error bad(std::string message) { return {ErrorCode::kBadEmbedder, "model.safetensors: " + std::move(message)}; }

struct Tensor {
  std::string dtype;
  std::vector<std::uint64_t> shape;
  std::span<const std::uint8_t> bytes;
};

std::size_t element_size(const std::string& dtype) {
  if (dtype == "F64" || dtype == "I64") return 8;
  if (dtype == "F32" || dtype == "I32") return 4;
  if (dtype == "F16") return 2;
  if (dtype == "I8" || dtype == "U8") return 1;
  return 0;
}

/// Returns a tensor of the header, with its extent checked; nothing if it is absent.
Result<std::optional<Tensor>> find_tensor(const Json& header, const char* name, std::span<const std::uint8_t> data) {
  const auto found = header.find(name);
  if (found == header.end()) return std::optional<Tensor>();
  const std::string what = "tensor '" + std::string(name) + "' ";
  if (!found->is_object() || !found->contains("dtype") || !found->contains("shape") ||
      !found->contains("data_offsets")) {
    return bad(what + "has no dtype, shape or offsets");
  }
  const Json& dtype = (*found)["dtype"];
  const Json& shape = (*found)["shape"];
  const Json& offsets = (*found)["data_offsets"];
  if (!dtype.is_string() || !shape.is_array() || shape.empty() || shape.size() > 2 || !offsets.is_array() ||
      offsets.size() != 2 || !offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()) {
    return bad(what + "is malformed");
  }
  Tensor tensor{dtype.get<std::string>(), {}, {}};
  std::uint64_t size = element_size(tensor.dtype);
  if (size == 0) return bad(what + "has the unknown type " + tensor.dtype);
  for (const Json& side : shape) {
    if (!side.is_number_unsigned() || side.get<std::uint64_t>() > kMaxTokens) return bad(what + "has a bad shape");
    tensor.shape.push_back(side.get<std::uint64_t>());
    size *= tensor.shape.back();  // at most 8 * 2^24 * 2^24
  }
  const auto begin = offsets[0].get<std::uint64_t>();
  const auto end = offsets[1].get<std::uint64_t>();
  if (begin > end || end > data.size() || end - begin != size) return bad(what + "does not fit into the file");
  tensor.bytes = data.subspan(begin, size);
  return std::optional<Tensor>(std::move(tensor));
}

template <typename T>
T load(const Tensor& tensor, std::size_t i) {
  T value;
  std::memcpy(&value, tensor.bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

/// Returns the values of a one-dimensional tensor of floats.
std::vector<float> floats(const Tensor& tensor) {
  const std::size_t count = tensor.shape[0];
  std::vector<float> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (tensor.dtype == "F64") out[i] = static_cast<float>(load<double>(tensor, i));
    else if (tensor.dtype == "F32") out[i] = load<float>(tensor, i);
    else out[i] = half_to_float(load<std::uint16_t>(tensor, i));
  }
  return out;
}

Status add_weights(const Tensor& weights, EmbeddingTable& table) {
  const bool is_float = weights.dtype == "F64" || weights.dtype == "F32" || weights.dtype == "F16";
  if (!is_float || weights.shape.size() != 1 || weights.shape[0] != table.tokens()) {
    return bad("'weights' is not one number a token");
  }
  table.weights = floats(weights);
  for (const float w : table.weights) {
    if (!std::isfinite(w)) return bad("'weights' holds NaN or infinity");
  }
  return {};
}

Status add_mapping(const Tensor& mapping, EmbeddingTable& table) {
  if (mapping.shape.size() != 1 || (mapping.dtype != "I64" && mapping.dtype != "I32")) {
    return bad("'mapping' is not one row number a token");
  }
  for (std::size_t i = 0; i < mapping.shape[0]; ++i) {
    const std::int64_t row = mapping.dtype == "I64" ? load<std::int64_t>(mapping, i) : load<std::int32_t>(mapping, i);
    if (row < 0 || static_cast<std::uint64_t>(row) >= table.rows) return bad("'mapping' points outside the table");
    table.mapping.push_back(static_cast<std::uint32_t>(row));
  }
  return {};
}

Status shape_table(const Tensor& embeddings, bool is_int4, EmbeddingTable& table) {
  if (embeddings.shape.size() != 2) return bad("'embeddings' is not a matrix");
  if (is_int4) table.type = TableType::kInt4;
  else if (embeddings.dtype == "F32") table.type = TableType::kFloat32;
  else if (embeddings.dtype == "F16") table.type = TableType::kFloat16;
  else if (embeddings.dtype == "I8") table.type = TableType::kInt8;
  else return bad("'embeddings' has the type " + embeddings.dtype + ", expected F32, F16 or I8");
  if (is_int4 && embeddings.dtype != "U8") return bad("'embeddings' of int4 has the type " + embeddings.dtype);
  table.rows = embeddings.shape[0];
  table.dim = embeddings.shape[1] * (is_int4 ? 2 : 1);
  if (table.rows == 0 || table.dim == 0 || table.dim > kMaxDimension) return bad("'embeddings' has a bad shape");
  table.data = embeddings.bytes.data();
  return {};
}

}  // namespace

Result<EmbeddingTable> read_safetensors(std::span<const std::uint8_t> bytes, std::string_view config_json) {
  const Json config = parse_json(config_json);
  if (!config.is_object()) return Error{ErrorCode::kBadEmbedder, "config.json is not a JSON object"};
  const auto quantization = config.find("quantization");
  const bool is_int4 = quantization != config.end() && *quantization == "int4";

  std::uint64_t header_size = 0;
  if (bytes.size() < sizeof(header_size)) return bad("it is truncated");
  std::memcpy(&header_size, bytes.data(), sizeof(header_size));
  if (header_size > kMaxHeaderBytes || header_size > bytes.size() - sizeof(header_size)) {
    return bad("its header does not fit into the file");
  }
  const auto text = bytes.subspan(sizeof(header_size), header_size);
  const Json header = parse_json({reinterpret_cast<const char*>(text.data()), text.size()});
  if (!header.is_object()) return bad("its header is not a JSON object");
  const auto data = bytes.subspan(sizeof(header_size) + header_size);

  EmbeddingTable table;
  Result<std::optional<Tensor>> embeddings = find_tensor(header, "embeddings", data);
  if (!embeddings.ok()) return embeddings.error();
  if (!embeddings.value()) return bad("it has no tensor 'embeddings'");
  if (Status failed = shape_table(*embeddings.value(), is_int4, table)) return *failed;
  using Add = Status (*)(const Tensor&, EmbeddingTable&);
  for (const auto& [name, add] : {std::pair<const char*, Add>{"mapping", add_mapping}, {"weights", add_weights}}) {
    Result<std::optional<Tensor>> tensor = find_tensor(header, name, data);
    if (!tensor.ok()) return tensor.error();
    if (!tensor.value()) continue;
    if (Status failed = add(*tensor.value(), table)) return *failed;
  }
  return table;
}

}  // namespace signalbox::bindings
