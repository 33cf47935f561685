#include "bench.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "index/format.h"
#include "kernels/nearest.h"
#include "kernels/scan.h"
#include "kernels/sketch.h"

namespace {

using signalbox::CodeMatrix;
using signalbox::CodeType;
using signalbox::CodeView;

constexpr std::uint64_t kSeed = 20240607;
constexpr std::size_t kClusters = 100;
enum class Shape : std::uint32_t { kClustered, kUniform, kDuplicated, kSkewed };
constexpr float kSpread = .5F;  ///< Deviation of a row from the centre of its cluster, whose components are N(0, 1).

/// splitmix64: the same numbers on every platform, and any stream can start at once.
class Random {
 public:
  explicit Random(std::uint64_t stream) : state_(kSeed + stream * 0xD1342543DE82EF95U) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  /// Returns about N(0, 1): four 16-bit uniforms, summed exactly; libm's logarithms differ between platforms.
  float normal() {
    const std::uint64_t bits = next();
    const auto sum =
        static_cast<std::int64_t>((bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48));
    return static_cast<float>(sum - 2 * 65535) * (1.7320508F / 65536);
  }

 private:
  std::uint64_t state_;
};

struct Data {
  CodeMatrix matrix;
  std::optional<signalbox::Index> index;
  CodeView view;
  std::vector<std::uint8_t> rests;
  std::unique_ptr<signalbox::Sketch> sketch;
  std::uint64_t bytes = 0;
  std::vector<float> given;  ///< Rows and queries of the caller.
  std::vector<float> queries;
  std::vector<std::uint32_t> neighbours;
  std::vector<std::uint8_t> file;
};

Data& data() {
  static Data instance;
  return instance;
}

/// Skewed vectors: all point one way, and their first components are ten times the others.
constexpr std::size_t kLarge = 8;

float component(Shape shape, float centre, std::size_t i, bool is_copy, float noise) {
  switch (shape) {
    case Shape::kClustered: return centre + kSpread * noise;
    case Shape::kUniform: return noise;
    case Shape::kDuplicated: return is_copy ? centre : centre + kSpread / 10 * noise;
    case Shape::kSkewed: return 1 + (i < kLarge ? 10.0F : 1.0F) * noise;
  }
  return 0;
}

void add_vectors(std::uint64_t stream, std::size_t count, Shape shape, const std::vector<float>& centres,
                 std::size_t dim, std::vector<float>& out) {
  Random random(stream);
  for (std::size_t r = 0; r < count; ++r) {
    const float* centre = centres.data() + random.next() % kClusters * dim;
    for (std::size_t i = 0; i < dim; ++i) out.push_back(component(shape, centre[i], i, r % 2 == 1, random.normal()));
  }
}

/// Appends the codes of a row as a vector, of arbitrary norm.
void add_row(const CodeView& rows, std::size_t row, std::vector<float>& out) {
  const std::uint8_t* p = rows.codes + row * rows.stride;
  for (std::size_t i = 0; i < rows.dim; ++i) {
    if (rows.type == CodeType::kFloat32) {
      out.push_back(reinterpret_cast<const float*>(p)[i]);
    } else if (rows.type == CodeType::kInt8) {
      out.push_back(static_cast<std::int8_t>(p[i]));
    } else {
      const int nibble = (p[i / 2] >> (i % 2 * 4)) & 0xF;
      out.push_back(static_cast<float>(nibble >= 8 ? nibble - 16 : nibble));
    }
  }
}

/// Sets the view of the data's own matrix, with bounds.
void bound() {
  Data& d = data();
  d.view = d.matrix.view();
  d.rests = signalbox::rest_bounds(d.view);
  if (!d.rests.empty()) d.view.rests = d.rests.data();
}

}  // namespace

void bench_generate(std::uint32_t rows, std::uint32_t dim, std::uint32_t code_type, std::uint32_t shape_number) {
  const auto shape = static_cast<Shape>(shape_number);
  constexpr std::size_t kBlock = 1000;
  const auto type = static_cast<CodeType>(code_type);
  data() = {};
  std::vector<float> centres;
  Random random(0);
  for (std::size_t i = 0; i < kClusters * dim; ++i) centres.push_back(random.normal());
  add_vectors(1, kBenchQueries, shape, centres, dim, data().queries);

  CodeMatrix& matrix = data().matrix;
  matrix = {type, rows, dim, {}, {}};
  matrix.codes.reserve(rows * signalbox::row_stride(type, dim));
  for (std::size_t first = 0; first < rows; first += kBlock) {
    std::vector<float> vectors;
    add_vectors(2 + first / kBlock, std::min<std::size_t>(kBlock, rows - first), shape, centres, dim, vectors);
    const CodeMatrix block = signalbox::quantize(type, vectors, dim);
    matrix.codes.insert(matrix.codes.end(), block.codes.begin(), block.codes.end());
    matrix.scales.insert(matrix.scales.end(), block.scales.begin(), block.scales.end());
  }
  bound();
}

std::uint32_t bench_open(std::uint8_t* bytes, std::size_t size) {
  data() = {};
  auto index = signalbox::open_index(signalbox::Index::Bytes(bytes), size);
  if (!index.ok() || index.value().rows() < kBenchQueries) return 0;
  data().index = index.take();
  data().view = data().index->codes;
  const CodeView& view = data().view;
  for (std::size_t q = 0; q < kBenchQueries; ++q) add_row(view, q * (view.rows / kBenchQueries), data().queries);
  return 1;
}

float* bench_reserve(std::uint32_t rows, std::uint32_t dim) {
  data() = {};
  data().given.resize((rows + kBenchQueries) * std::size_t{dim});
  return data().given.data();
}

void bench_quantise(std::uint32_t rows, std::uint32_t dim, std::uint32_t code_type) {
  Data& d = data();
  const std::span<const float> given(d.given);
  d.matrix = signalbox::quantize(static_cast<CodeType>(code_type), given.first(std::size_t{rows} * dim), dim);
  const auto queries = given.subspan(std::size_t{rows} * dim);
  d.queries.assign(queries.begin(), queries.end());
  d.given = {};
  bound();
}

void bench_make_fast(std::uint32_t is_fast) {
  Data& d = data();
  if (is_fast != 0 && d.sketch == nullptr) d.sketch = std::make_unique<signalbox::Sketch>(d.view);
  d.view.sketch = is_fast != 0 ? d.sketch.get() : nullptr;
}

double bench_bytes() { return static_cast<double>(data().bytes); }

std::uint32_t bench_read() {
  using Lanes [[gnu::vector_size(16)]] = std::uint64_t;
  constexpr std::size_t kStep = 4;
  const CodeView& view = data().view;
  const std::size_t vectors = view.rows * view.stride / sizeof(Lanes);
  Lanes sums[kStep] = {};
  const auto at = [&](std::size_t i) {
    Lanes v;
    std::memcpy(&v, view.codes + i * sizeof(Lanes), sizeof(Lanes));
    return v;
  };
  std::size_t i = 0;
  for (; i + kStep <= vectors; i += kStep) {
    for (std::size_t j = 0; j < kStep; ++j) sums[j] += at(i + j);
  }
  for (; i < vectors; ++i) sums[0] += at(i);
  const Lanes sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  const std::uint64_t both = sum[0] + sum[1];
  return static_cast<std::uint32_t>(both ^ (both >> 32));
}

std::uint32_t bench_search(std::uint32_t first, std::uint32_t count) {
  const CodeView& view = data().view;
  const std::span<const float> queries = std::span(data().queries).subspan(first * view.dim, count * view.dim);
  const auto found = signalbox::find_nearest(view, signalbox::prepare_queries(view.type, queries, view.dim),
                                             kBenchNeighbours, {}, &data().bytes);
  data().neighbours.clear();
  std::uint32_t crc = 0;
  for (const auto& of_query : found) {
    for (const signalbox::Neighbour& n : of_query) {
      data().neighbours.push_back(n.row);
      std::uint8_t bytes[sizeof(n.row) + sizeof(n.cosine_distance)];
      std::memcpy(bytes, &n.row, sizeof(n.row));
      std::memcpy(bytes + sizeof(n.row), &n.cosine_distance, sizeof(n.cosine_distance));
      crc = signalbox::crc32(bytes, crc);
    }
  }
  return crc;
}

const std::uint32_t* bench_neighbours() { return data().neighbours.data(); }
std::uint32_t bench_rows() { return static_cast<std::uint32_t>(data().view.rows); }
std::uint32_t bench_dim() { return static_cast<std::uint32_t>(data().view.dim); }
std::uint32_t bench_code_type() { return static_cast<std::uint32_t>(data().view.type); }

const std::uint8_t* bench_index_file(std::size_t* size) {
  constexpr std::size_t kModels = 20;
  constexpr std::size_t kTasks = 10;
  const std::size_t rows = data().view.rows;
  signalbox::IndexParts parts;
  parts.codes = data().view;
  std::vector<std::uint16_t> row_tasks(rows);
  std::vector<float> outcomes(rows * kModels);
  Random random(1);
  for (std::size_t r = 0; r < rows; ++r) row_tasks[r] = static_cast<std::uint16_t>(r % kTasks);
  for (float& y : outcomes) y = static_cast<float>(random.next() & 1);
  std::vector<std::string> model_names;
  std::vector<std::string> task_names;
  for (std::size_t m = 0; m < kModels; ++m) model_names.push_back("model-" + std::to_string(m));
  for (std::size_t t = 0; t < kTasks; ++t) task_names.push_back("task-" + std::to_string(t));
  const std::vector<signalbox::ModelNumbers> numbers(kModels);
  const std::vector<float> coverage(signalbox::kCoverageQuantiles, 1);
  parts.row_tasks = row_tasks;
  parts.outcomes = outcomes;
  parts.model_names = model_names;
  parts.task_names = task_names;
  parts.model_numbers = numbers;
  parts.embedder_id = "benchmark";
  parts.metadata = "{}";
  parts.coverage = coverage;
  data().file = signalbox::write_index(parts);
  *size = data().file.size();
  return data().file.data();
}
