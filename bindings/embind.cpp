// Registers the functions of handles.h. Pointers cross as numbers.
#include <emscripten/bind.h>

#include "handles.h"
#include "index/format.h"

namespace {

using Address = std::uintptr_t;
namespace core = signalbox::bindings;

template <typename T>
T* at(Address address) {
  return reinterpret_cast<T*>(address);
}

Address address_of(const double* numbers) { return reinterpret_cast<Address>(numbers); }

}  // namespace

EMSCRIPTEN_BINDINGS(signalbox) {
  using emscripten::function;
  using emscripten::optional_override;
  function("allocate",
           optional_override([](std::size_t size) { return reinterpret_cast<Address>(core::allocate(size)); }));
  function("release", optional_override([](Address p) { core::release(at<void>(p)); }));
  function("openIndex",
           optional_override([](Address p, std::size_t size) { return core::open_index(at<void>(p), size); }));
  function("checkIndexStart", optional_override([](Address p, std::size_t size, double file_size) {
             return core::check_index_start(at<void>(p), size, file_size);
           }));
  function("describeIndex", &core::describe_index);
  function("sketchIndex", &core::sketch_index);
  function("openEmbedder", optional_override([](Address p, std::size_t size, const std::string& config) {
             return core::open_embedder(at<void>(p), size, config);
           }));
  function("embed", optional_override([](core::Handle h, Address ids, Address offsets, std::size_t count, Address out) {
             return core::embed(h, at<std::uint32_t>(ids), at<std::uint32_t>(offsets), count, at<float>(out));
           }));
  function("decideInput", optional_override([](core::Handle h, Address vector, const std::string& options,
                                               double prompt_tokens, double distance_scale) {
             return address_of(core::decide_input(h, at<float>(vector), options, prompt_tokens, distance_scale));
           }));
  function("lastFailure", &core::last_failure);
  function("openTask", optional_override([](core::Handle h, std::size_t count, const std::string& options) {
             return core::open_task(h, count, options);
           }));
  function("addInputs", optional_override([](core::Handle h, Address vectors, std::size_t count) {
             return core::add_inputs(h, at<float>(vectors), count);
           }));
  function("setAnswers", optional_override([](core::Handle h, Address groups, std::size_t count) {
             return core::set_answers(h, at<std::int32_t>(groups), count);
           }));
  function("nextLabels", &core::next_labels);
  function("stepTask", &core::step_task);
  function("decideTask", optional_override([](core::Handle h, double distance_scale) {
             return address_of(core::decide_task(h, distance_scale));
           }));
  function("cascade", optional_override([](core::Handle h, Address vector, const std::string& options) {
             return core::cascade(h, at<float>(vector), options);
           }));
  function("close", &core::close);
  function("liveHandles", &core::live_handles);
  function("errorCodes", &core::error_codes);
  function("policies", &core::policies);
  function("crc32", optional_override([](Address p, std::size_t size) {
             return signalbox::crc32({at<std::uint8_t>(p), size});
           }));
}
