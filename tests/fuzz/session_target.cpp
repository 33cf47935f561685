#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include "building/builder.h"
#include "promises.h"
#include "targets.h"

namespace signalbox::fuzz {
namespace {

using bindings::Handle;
using bindings::Json;

constexpr std::array<float, 6> kVectors = {3, 4, 0, 1, 0, 0};  // The last one is zero: no token was known.

std::vector<std::uint8_t> index_bytes() {
  static constexpr std::array<float, 8> kEmbeddings = {1, 0, 0, 1, .6F, .8F, .8F, .6F};
  static constexpr std::array<std::uint16_t, 4> kTasks = {0, 1, 1, 0};
  static const std::array<float, 12> kOutcomes = {1, 0, .5F, 0, 1, std::nanf(""), 1, 1, 0, 0, .25F, 1};
  BuildSpec spec;
  spec.dim = 2;
  spec.embeddings = kEmbeddings;
  spec.row_tasks = kTasks;
  spec.outcomes = kOutcomes;
  spec.model_names = {"a", "b", "c"};
  spec.model_numbers = {{7, 1, 2}, {-1, .25F, .5F}, {}};
  spec.task_names = {"s", "t"};
  return build_index(spec).take();
}

std::vector<std::uint8_t> table_bytes() {
  const std::string header = R"({"embeddings":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})";
  std::vector<std::uint8_t> out(8, 0);
  out[0] = static_cast<std::uint8_t>(header.size());
  out.insert(out.end(), header.begin(), header.end());
  out.insert(out.end(), 16, 1);
  return out;
}

void check_decision(const Json& decision) {
  if (decision.is_null()) return;
  for (const char* key : {"confidence", "challengerConfidence"}) {
    const double confidence = decision[key].get<double>();
    require(confidence >= 0 && confidence <= 1);
  }
}

/// Handles of a conversation, open and closed.
class Session {
 public:
  Session() {
    static const std::vector<std::uint8_t> kIndex = index_bytes();
    static const std::vector<std::uint8_t> kTable = table_bytes();
    open(bindings::open_index(handed_over(kIndex), kIndex.size()));
    open(bindings::open_embedder(handed_over(kTable), kTable.size(), "{}"));
  }

  /// Makes the call of a line: a letter, the place of a handle, and the options.
  void call(std::string_view line) {
    if (line.size() < 2) return;
    const auto place = static_cast<std::size_t>(line[1] - '0');
    const Handle handle = place < handles_.size() ? handles_[place] : static_cast<Handle>(line[1]);
    const std::string_view options = line.substr(2);
    switch (line[0]) {
      case 'd': value_of(bindings::describe_index(handle)); return;
      case 'r': return route(handle, options);
      case 'z': return check_decision(value_of(bindings::route(handle, kVectors.data() + 4, options)));
      case 't': return check_decision(value_of(bindings::route_task(handle, kVectors.data(), 3, options)));
      case 'c': value_of(bindings::cascade(handle, kVectors.data(), options)); return;
      case 'e': return embed(handle, options);
      case 'x': value_of(bindings::close(handle)); return;
      default: return;
    }
  }

  ~Session() {
    for (const Handle handle : handles_) value_of(bindings::close(handle));
    require(bindings::live_handles() == 0);
  }

 private:
  void open(const std::string& answer) { handles_.push_back(value_of(answer)["handle"].get<Handle>()); }

  /// Routes an input twice: the decision exists as numbers where it exists as JSON.
  static void route(Handle handle, std::string_view options) {
    const Json decision = value_of(bindings::route(handle, kVectors.data(), options));
    check_decision(decision);
    const double* numbers = bindings::decide_input(handle, kVectors.data(), options);
    require((numbers == nullptr) == decision.is_null());
    if (numbers == nullptr) value_of(bindings::last_failure());
  }

  static void embed(Handle handle, std::string_view text) {
    const std::vector<std::uint32_t> ids(text.begin(), text.end());
    const std::array<std::uint32_t, 3> offsets = {0, static_cast<std::uint32_t>(ids.size() / 2),
                                                  static_cast<std::uint32_t>(ids.size())};
    std::array<float, 4> out{};
    value_of(bindings::embed(handle, ids.data(), offsets.data(), 2, out.data()));
    for (const float x : out) require(std::isfinite(x));
  }

  std::vector<Handle> handles_;
};

}  // namespace

void fuzz_session(std::span<const std::uint8_t> input) {
  Session session;
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  for (const std::string_view line : lines_of(text, 32)) session.call(line);
}

}  // namespace signalbox::fuzz
