// Model2Vec files: what is read, and what a hostile header cannot do.
#include <cmath>
#include <cstring>

#include "safetensors.h"
#include "support.h"

namespace signalbox::bindings {
namespace {

std::vector<std::uint8_t> file_with_header_size(std::uint64_t size, const std::string& header,
                                                const std::vector<std::uint8_t>& data) {
  std::vector<std::uint8_t> out(sizeof(size));
  std::memcpy(out.data(), &size, sizeof(size));
  out.insert(out.end(), header.begin(), header.end());
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

std::vector<std::uint8_t> file_of(const std::string& header, const std::vector<std::uint8_t>& data) {
  return file_with_header_size(header.size(), header, data);
}

/// One tensor of a header.
std::string tensor(const std::string& name, const std::string& dtype, const std::string& shape, std::size_t begin,
                   std::size_t end) {
  return '"' + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":[)" +
         std::to_string(begin) + "," + std::to_string(end) + "]}";
}

template <typename T>
void append(std::vector<std::uint8_t>& out, std::initializer_list<T> values) {
  for (const T value : values) {
    const std::size_t at = out.size();
    out.resize(at + sizeof(T));
    std::memcpy(out.data() + at, &value, sizeof(T));
  }
}

std::vector<std::uint8_t> zeros(std::size_t size) { return std::vector<std::uint8_t>(size, 0); }

void expect_refused(const std::vector<std::uint8_t>& file, const std::string& config = "{}") {
  const Result<EmbeddingTable> table = read_safetensors(file, config);
  ASSERT_FALSE(table.ok()) << "the file was accepted";
  EXPECT_EQ(table.error().code, ErrorCode::kBadEmbedder);
  EXPECT_FALSE(table.error().message.empty());
}

TEST(Safetensors, ReadsATableInPlace) {
  std::vector<std::uint8_t> data;
  append<float>(data, {1, 2, 3, 4, 5, 6});
  const auto file = file_of("{" + tensor("embeddings", "F32", "[2,3]", 0, 24) + "}", data);
  const Result<EmbeddingTable> table = read_safetensors(file, "{}");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(table.value().type, TableType::kFloat32);
  EXPECT_EQ(table.value().rows, 2U);
  EXPECT_EQ(table.value().dim, 3U);
  EXPECT_EQ(table.value().tokens(), 2U);
  EXPECT_EQ(table.value().data, file.data() + file.size() - 24);
}

TEST(Safetensors, ReadsEveryTypeOfTable) {
  const auto type_of = [](const std::string& dtype, std::size_t size, const std::string& config) {
    const auto file = file_of("{" + tensor("embeddings", dtype, "[2,3]", 0, size) + "}", zeros(size));
    const Result<EmbeddingTable> table = read_safetensors(file, config);
    EXPECT_TRUE(table.ok()) << table.error().message;
    return std::pair(table.value().type, table.value().dim);
  };
  EXPECT_EQ(type_of("F16", 12, "{}"), std::pair(TableType::kFloat16, std::size_t{3}));
  EXPECT_EQ(type_of("I8", 6, R"({"quantization":null})"), std::pair(TableType::kInt8, std::size_t{3}));
  EXPECT_EQ(type_of("U8", 6, R"({"quantization":"int4"})"), std::pair(TableType::kInt4, std::size_t{6}));
}

TEST(Safetensors, ReadsWeightsAndMappingOfEveryType) {
  for (const std::string weights : {"F64", "F32", "F16"}) {
    for (const std::string mapping : {"I64", "I32"}) {
      std::vector<std::uint8_t> data = zeros(2);  // I8 [2, 1]
      const std::size_t mapping_at = data.size();
      if (mapping == "I64") append<std::int64_t>(data, {1, 0, 1});
      else append<std::int32_t>(data, {1, 0, 1});
      const std::size_t weights_at = data.size();
      if (weights == "F64") append<double>(data, {.5, 1, -2});
      else if (weights == "F32") append<float>(data, {.5, 1, -2});
      else append<std::uint16_t>(data, {0x3800, 0x3C00, 0xC000});
      const auto file = file_of("{" + tensor("embeddings", "I8", "[2,1]", 0, 2) + "," +
                                    tensor("mapping", mapping, "[3]", mapping_at, weights_at) + "," +
                                    tensor("weights", weights, "[3]", weights_at, data.size()) + "}",
                                data);
      const Result<EmbeddingTable> table = read_safetensors(file, "{}");
      ASSERT_TRUE(table.ok()) << table.error().message;
      EXPECT_EQ(table.value().mapping, (std::vector<std::uint32_t>{1, 0, 1}));
      EXPECT_EQ(table.value().weights, (std::vector<float>{.5F, 1, -2}));
      EXPECT_EQ(table.value().tokens(), 3U);
    }
  }
}

TEST(Safetensors, IgnoresTensorsAndMetadataThatItDoesNotKnow) {
  const auto file = file_of(
      R"({"__metadata__":{"a":"b"},"other":{"dtype":"BF16"},)" + tensor("embeddings", "I8", "[1,2]", 0, 2) + "}",
      zeros(2));
  EXPECT_TRUE(read_safetensors(file, "{}").ok());
}

TEST(Safetensors, RefusesEveryPrefix) {
  const auto file = file_of("{" + tensor("embeddings", "I8", "[1,2]", 0, 2) + "}", zeros(2));
  for (std::size_t size = 0; size < file.size(); ++size) {
    expect_refused({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)});
  }
}

TEST(Safetensors, RefusesHeadersThatDoNotFit) {
  const std::string header = "{" + tensor("embeddings", "I8", "[1,2]", 0, 2) + "}";
  for (const std::uint64_t size : {std::uint64_t{0}, header.size() + 3, std::uint64_t{1} << 20, std::uint64_t{1} << 32,
                                   (std::uint64_t{1} << 32) + header.size(), ~std::uint64_t{0}, ~std::uint64_t{7}}) {
    expect_refused(file_with_header_size(size, header, zeros(2)));
  }
  for (const std::string& text :
       {std::string("["), std::string("[]"), std::string("null"), std::string("{\"a\":}"), std::string(100000, '['),
        "{\"a\":" + std::string(70, '[') + std::string(70, ']') + "}"}) {
    expect_refused(file_of(text, {}));
  }
}

TEST(Safetensors, RefusesTensorsWithoutTheirParts) {
  expect_refused(file_of("{}", {}));
  for (const char* value :
       {"null", "1", "[]", "{}", R"({"dtype":"I8","shape":[1,2]})", R"({"dtype":1,"shape":[1,2],"data_offsets":[0,2]})",
        R"({"dtype":"I8","shape":2,"data_offsets":[0,2]})", R"({"dtype":"I8","shape":[],"data_offsets":[0,1]})",
        R"({"dtype":"I8","shape":[1,1,2],"data_offsets":[0,2]})",
        R"({"dtype":"I8","shape":[1,-2],"data_offsets":[0,2]})",
        R"({"dtype":"I8","shape":[1,2.0],"data_offsets":[0,2]})",
        R"({"dtype":"I8","shape":[1,"2"],"data_offsets":[0,2]})", R"({"dtype":"I8","shape":[1,2],"data_offsets":[0]})",
        R"({"dtype":"I8","shape":[1,2],"data_offsets":[0,2,2]})",
        R"({"dtype":"I8","shape":[1,2],"data_offsets":[-1,1]})",
        R"({"dtype":"I8","shape":[1,2],"data_offsets":["0",2]})"}) {
    expect_refused(file_of(std::string("{\"embeddings\":") + value + "}", zeros(2)));
  }
}

TEST(Safetensors, RefusesExtentsThatOverflowOrLeaveTheFile) {
  constexpr std::size_t kHuge = 18446744073709551615ULL;
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[1,2]", 2, 4) + "}", zeros(2)));
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[1,2]", 2, 0) + "}", zeros(2)));
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[1,2]", kHuge - 1, kHuge) + "}", zeros(2)));
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[1,3]", 0, 2) + "}", zeros(2)));
  // 2^32 * 2^32 and 2^63 * 2 are 0 in 64 bits, 2^16 * 2^16 is in 32.
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[4294967296,4294967296]", 0, 0) + "}", zeros(2)));
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[9223372036854775808,2]", 0, 0) + "}", zeros(2)));
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[65536,65536]", 0, 0) + "}", zeros(2)));
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[0,2]", 0, 0) + "}", zeros(2)));
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[2,0]", 0, 0) + "}", zeros(2)));
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[1,8193]", 0, 8193) + "}", zeros(8193)));
}

TEST(Safetensors, RefusesTypesThatDoNotBelong) {
  for (const auto& [dtype, size] :
       {std::pair<std::string, std::size_t>{"F64", 16}, {"I64", 16}, {"U8", 2}, {"BF16", 4}}) {
    expect_refused(file_of("{" + tensor("embeddings", dtype, "[1,2]", 0, size) + "}", zeros(size)));
  }
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[1,2]", 0, 2) + "}", zeros(2)),
                 R"({"quantization":"int4"})");
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[2]", 0, 2) + "}", zeros(2)));
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[1,2]", 0, 2) + "}", zeros(2)), "[]");
  expect_refused(file_of("{" + tensor("embeddings", "I8", "[1,2]", 0, 2) + "}", zeros(2)), "not json");
}

void expect_side_tensor_refused(const std::string& name, const std::string& dtype, const std::string& shape,
                                const std::vector<std::uint8_t>& values) {
  std::vector<std::uint8_t> data = zeros(4);
  data.insert(data.end(), values.begin(), values.end());
  expect_refused(file_of(
      "{" + tensor("embeddings", "I8", "[2,2]", 0, 4) + "," + tensor(name, dtype, shape, 4, data.size()) + "}", data));
}

TEST(Safetensors, RefusesWeightsThatAreNotOneFiniteNumberAToken) {
  const float nan = std::nanf("");
  std::vector<std::uint8_t> bad;
  append<float>(bad, {1, nan});
  expect_side_tensor_refused("weights", "F32", "[2]", bad);
  std::vector<std::uint8_t> beyond_float;
  append<double>(beyond_float, {1, 1e300});
  expect_side_tensor_refused("weights", "F64", "[2]", beyond_float);
  std::vector<std::uint8_t> infinite;
  append<std::uint16_t>(infinite, {0x7C00, 0});
  expect_side_tensor_refused("weights", "F16", "[2]", infinite);
  expect_side_tensor_refused("weights", "F32", "[3]", zeros(12));
  expect_side_tensor_refused("weights", "F32", "[1,2]", zeros(8));
  expect_side_tensor_refused("weights", "I32", "[2]", zeros(8));
}

TEST(Safetensors, RefusesAMappingThatPointsOutsideTheTable) {
  std::vector<std::uint8_t> after;
  append<std::int64_t>(after, {0, 2});
  expect_side_tensor_refused("mapping", "I64", "[2]", after);
  std::vector<std::uint8_t> negative;
  append<std::int32_t>(negative, {0, -1});
  expect_side_tensor_refused("mapping", "I32", "[2]", negative);
  std::vector<std::uint8_t> wrapping;
  append<std::int64_t>(wrapping, {std::int64_t{1} << 32, 0});
  expect_side_tensor_refused("mapping", "I64", "[2]", wrapping);
  expect_side_tensor_refused("mapping", "F32", "[2]", zeros(8));
  expect_side_tensor_refused("mapping", "I32", "[1,2]", zeros(8));
}

}  // namespace
}  // namespace signalbox::bindings
