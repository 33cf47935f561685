#include "targets.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "../core/forgery.h"
#include "decision_json.h"
#include "handles.h"
#include "lab_request_json.h"
#include "promises.h"
#include "request_json.h"
#include "safetensors.h"

namespace signalbox::fuzz {
namespace {

using bindings::Handle;
using bindings::Json;
using testing::FileBytes;

void open_and_use(const FileBytes& file) {
  const Json opened = value_of(bindings::open_index(handed_over(file), file.size()));
  if (opened.is_null()) return;
  const auto handle = opened["handle"].get<Handle>();
  const Json info = value_of(bindings::describe_index(handle));
  const auto dim = info["dim"].get<std::size_t>();
  std::vector<float> vectors(2 * dim);
  for (std::size_t i = 0; i < vectors.size(); ++i) vectors[i] = static_cast<float>(i % 7) - 3.25F;
  const std::string labels = R"({"labels":[{"index":1,"outcomes":{}}]})";
  for (const std::string& answer : {bindings::route(handle, vectors.data(), R"({"neighbours":1000})"),
                                    bindings::route_task(handle, vectors.data(), 2, "{}"),
                                    bindings::route_task(handle, vectors.data(), 2, labels)}) {
    const Json decision = value_of(answer);
    if (decision.is_null()) continue;  // no_candidate: nothing was measured.
    for (const char* key : {"confidence", "challengerConfidence"}) {
      const double confidence = decision[key].get<double>();
      require(confidence >= 0 && confidence <= 1);
    }
  }
  value_of(bindings::close(handle));
  require(bindings::live_handles() == 0);
}

void use_table(std::span<const std::uint8_t> file, const char* config) {
  const Result<EmbeddingTable> table = bindings::read_safetensors(file, config);
  if (!table.ok()) return;
  std::vector<float> out(table.value().dim);
  const auto last = static_cast<std::uint32_t>(table.value().tokens() - 1);
  const std::array<std::uint32_t, 5> tokens = {0, last, last + 1, 0xFFFFFFFF, last / 2};
  embed_tokens(table.value(), tokens, out);
  double squared = 0;
  for (const float x : out) squared += static_cast<double>(x) * x;
  require(squared == 0 || std::fabs(squared - 1) < 1e-3);  // Unit or zero, within rounding of 8192 components.
}

/// Returns an index with two models and two rows; built once.
const Index& small_index() {
  static const Index kIndex = [] {
    static constexpr std::array<float, 4> kEmbeddings = {1, 0, 0, 1};
    static constexpr std::array<std::uint16_t, 2> kTasks = {0, 1};
    static constexpr std::array<float, 4> kOutcomes = {1, 0, 0, 1};
    BuildSpec spec;
    spec.dim = 2;
    spec.embeddings = kEmbeddings;
    spec.row_tasks = kTasks;
    spec.outcomes = kOutcomes;
    spec.model_names = {"a", "b"};
    spec.model_numbers.resize(2);
    spec.task_names = {"s", "t"};
    const FileBytes bytes = build_index(spec).take();
    auto* copy = static_cast<std::uint8_t*>(bindings::allocate(bytes.size()));
    std::copy(bytes.begin(), bytes.end(), copy);
    return open_index(Index::Bytes(copy), bytes.size()).take();
  }();
  return kIndex;
}

constexpr std::array<float, 4> kVectors = {3, 4, 0, 1};

void use_input_request(std::string_view json) {
  const Index& index = small_index();
  const Result<RouteOptions> options = bindings::parse_input_request(index, json);
  if (!options.ok()) return require(!options.error().message.empty());
  const Result<Decision> decision = route_input(index, std::span(kVectors).first(2), options.value());
  if (!decision.ok()) return;
  const Json answer = bindings::decision_json(index, options.value().prices, decision.value());
  require(!bindings::success(answer).empty());
}

void use_task_request(std::string_view json) {
  const Index& index = small_index();
  const Result<bindings::TaskRequest> request = bindings::parse_task_request(index, json);
  if (!request.ok()) return require(!request.error().message.empty());
  const auto& [options, labels] = request.value();
  const Result<Decision> decision = route_task(index, kVectors, labels, options);
  if (!decision.ok()) return;
  const Json answer = bindings::task_decision_json(index, options.prices, decision.value());
  require(!bindings::success(answer).empty());
}

void use_spec(std::string_view json) {
  Result<BuildSpec> parsed = bindings::parse_build_spec(json);
  if (!parsed.ok()) return;
  BuildSpec& spec = parsed.value();
  // The arrays come from elsewhere. With these, a small and consistent specification makes an index.
  if (spec.dim > 64 || spec.model_names.size() > 64 || spec.pairs.repeats > 4 || spec.pairs.alphas.size() > 4) return;
  const std::vector<float> embeddings(3 * spec.dim, .5F);
  const std::array<std::uint16_t, 3> tasks = {0, 0, 1};
  const std::vector<float> outcomes(3 * spec.model_names.size(), 1);
  spec.embeddings = embeddings;
  spec.row_tasks = tasks;
  spec.outcomes = outcomes;
  const Result<FileBytes> built = build_index(spec);
  if (built.ok()) open_and_use(built.value());
}

}  // namespace

void fuzz_index(std::span<const std::uint8_t> input) {
  FileBytes file(input.begin(), input.end());
  open_and_use(file);
  if (file.size() < sizeof(layout::Header)) return;
  layout::Header header = testing::header_of(file);
  header.magic = layout::kMagic;
  header.version_major = header.version_major % 2 == 0 ? kFormatMajor : kOldFormatMajor;
  header.header_size = sizeof(header);
  header.file_size = file.size();
  testing::seal(file, header);
  open_and_use(file);
}

void fuzz_boundary(std::span<const std::uint8_t> input) {
  if (input.empty()) return;
  const std::span<const std::uint8_t> rest = input.subspan(1);
  const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
  switch (input[0]) {
    case '0': return use_table(rest, "{}");
    case '1': return use_table(rest, R"({"quantization":"int4"})");
    case '2': return use_input_request(text);
    case '3': return use_task_request(text);
    case '4': return use_spec(text);
    default: return;
  }
}

}  // namespace signalbox::fuzz
