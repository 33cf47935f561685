// Registers the functions of lab.h. Pointers cross as numbers.
#include <emscripten/bind.h>

#include "lab.h"

namespace {

using Address = std::uintptr_t;
namespace core = signalbox::bindings;

template <typename T>
T* at(Address address) {
  return reinterpret_cast<T*>(address);
}

}  // namespace

EMSCRIPTEN_BINDINGS(signalbox_lab) {
  using emscripten::function;
  using emscripten::optional_override;
  function("allocate",
           optional_override([](std::size_t size) { return reinterpret_cast<Address>(core::allocate(size)); }));
  function("release", optional_override([](Address p) { core::release(at<void>(p)); }));
  function("buildIndex", optional_override([](const std::string& spec, Address embeddings, Address row_tasks,
                                              Address outcomes, std::size_t rows) {
             return core::build_index(spec, at<float>(embeddings), at<std::uint16_t>(row_tasks), at<float>(outcomes),
                                      rows);
           }));
  function("openBuild", optional_override([](const std::string& spec, Address row_tasks, std::size_t rows) {
             return core::open_build(spec, at<std::uint16_t>(row_tasks), rows);
           }));
  function("putRows", optional_override([](core::Handle h, Address rows_at, Address embeddings, Address outcomes,
                                           std::size_t rows) {
             return core::put_rows(h, at<std::uint32_t>(rows_at), at<float>(embeddings), at<float>(outcomes), rows);
           }));
  function("stepBuild", &core::step_build);
  function("finishBuild", &core::finish_build);
  function("closeBuild", &core::close_build);
  function("chooseRows", optional_override([](Address embeddings, Address outcomes, std::size_t rows, std::size_t dim,
                                              std::size_t models, std::size_t keep) {
             return core::choose_rows(at<float>(embeddings), at<float>(outcomes), rows, dim, models, keep);
           }));
  function("openEvaluation", optional_override([](const std::string& spec, Address embeddings, Address row_tasks,
                                                  Address outcomes, Address inputs, Address costs, std::size_t rows) {
             return core::open_evaluation(spec, at<float>(embeddings), at<std::uint16_t>(row_tasks),
                                          at<float>(outcomes), at<std::uint32_t>(inputs), at<float>(costs), rows);
           }));
  function("searchNeighbours", &core::search_neighbours);
  function("heldOutTask", optional_override([](core::Handle h, std::size_t task, const std::string& options) {
             return core::held_out_task(h, task, options);
           }));
  function("instances",
           optional_override([](core::Handle h, const std::string& options) { return core::instances(h, options); }));
  function("cascades",
           optional_override([](core::Handle h, const std::string& options) { return core::cascades(h, options); }));
  function("closeEvaluation", &core::close_evaluation);
  function("openStudy",
           optional_override([](Address bytes, std::size_t size) { return core::open_study(at<void>(bytes), size); }));
  function("describeStudy", &core::describe_study);
  function("outcomesOfStudy",
           optional_override([](core::Handle h, const std::string& rows) { return core::outcomes_of_study(h, rows); }));
  function("forecastInStudy", optional_override([](core::Handle h, const std::string& request) {
             return core::forecast_in_study(h, request);
           }));
  function("compareInStudy", optional_override([](core::Handle h, Address vectors, std::size_t rows, double seed) {
             return core::compare_in_study(h, at<float>(vectors), rows, seed);
           }));
  function("anchorsOfStudy", &core::anchors_of_study);
  function("addToStudy", optional_override([](core::Handle h, const std::string& model, Address rows, Address outcomes,
                                              std::size_t count) {
             return core::add_to_study(h, model, at<std::uint32_t>(rows), at<float>(outcomes), count);
           }));
  function("closeStudy", &core::close_study);
  function("openPlan",
           optional_override([](const std::string& spec, Address embeddings, Address outcomes, Address costs,
                                Address groups, Address families, Address prior, Address chosen, std::size_t rows) {
             return core::open_plan(spec, at<float>(embeddings), at<float>(outcomes), at<float>(costs),
                                    at<std::uint32_t>(groups), at<std::uint16_t>(families), at<float>(prior),
                                    at<std::uint8_t>(chosen), rows);
           }));
  function("stepPlan", &core::step_plan);
  function("finishPlan", &core::finish_plan);
  function("planPredictor", &core::plan_predictor);
  function("planRows", &core::plan_rows);
  function("promisePlan",
           optional_override([](core::Handle h, const std::string& spec, Address embeddings, Address outcomes,
                                Address costs, Address groups, Address answered_by, std::size_t rows) {
             return core::promise_plan(h, spec, at<float>(embeddings), at<float>(outcomes), at<float>(costs),
                                       at<std::uint32_t>(groups), at<std::uint8_t>(answered_by), rows);
           }));
  function("drawTestRows", optional_override([](Address groups, std::size_t rows, double seed) {
             return core::draw_test_rows(at<std::uint32_t>(groups), rows, seed);
           }));
  function("closePlan", &core::close_plan);
  function("fitFamilies",
           optional_override([](const std::string& spec, Address embeddings, Address outcomes, Address costs,
                                Address groups, Address families, Address prior, std::size_t rows) {
             return core::fit_families(spec, at<float>(embeddings), at<float>(outcomes), at<float>(costs),
                                       at<std::uint32_t>(groups), at<std::uint16_t>(families), at<float>(prior), rows);
           }));
  function("liveHandles", &core::live_in_lab);
}
