// Offers the functions of the wasm module as a native command, for parity tests:
//   signalbox_native build SPEC.json EMBEDDINGS.f32 ROW_TASKS.u16 OUTCOMES.f32 OUT.sbx
//   signalbox_native route|route-task INDEX.sbx VECTORS.f32 OPTIONS_JSON
//   signalbox_native decision-layout
//   signalbox_native next-labels INDEX.sbx VECTORS.f32 OPTIONS_JSON GROUPS.i32 N SEED
//   signalbox_native anchors INDEX.sbx COUNT
//   signalbox_native add-model INDEX.sbx MODEL_JSON ROWS.u32 OUTCOMES.f32 OUT.sbx
//   signalbox_native plan SPEC_JSON EMBEDDINGS.f32 OUTCOMES.f32 COSTS.f32 GROUPS.u32 OUT.bin [CHOSEN.u8]
// It prints the same JSON; build, add-model and plan write the index or the predictor if they succeed.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "decision_numbers.h"
#include "handles.h"
#include "json.h"
#include "lab.h"

namespace {

namespace core = signalbox::bindings;

std::string read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::cerr << "cannot read " << path << "\n";
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

template <typename T>
std::vector<T> read_values(const char* path) {
  const std::string bytes = read_file(path);
  std::vector<T> out(bytes.size() / sizeof(T));
  std::copy_n(bytes.data(), out.size() * sizeof(T), reinterpret_cast<char*>(out.data()));
  return out;
}

core::Json handle_of(const std::string& answer) { return core::parse_json(answer)["value"]["handle"]; }

/// Writes the index of an answer, or prints why there is none.
int write_index(const std::string& answer, const char* path) {
  const core::Json json = core::parse_json(answer);
  if (json["ok"] == true) {
    auto* bytes = reinterpret_cast<char*>(json["value"]["ptr"].get<std::uintptr_t>());
    std::ofstream(path, std::ios::binary).write(bytes, json["value"]["size"].get<std::streamsize>());
    core::release(bytes);
    std::cout << R"({"ok":true})"
              << "\n";
  } else {
    std::cout << answer << "\n";
  }
  return 0;
}

int build(char** argv) {
  const std::string spec = read_file(argv[2]);
  const auto embeddings = read_values<float>(argv[3]);
  const auto row_tasks = read_values<std::uint16_t>(argv[4]);
  const auto outcomes = read_values<float>(argv[5]);
  const std::string answer =
      core::build_index(spec, embeddings.data(), row_tasks.data(), outcomes.data(), row_tasks.size());
  return write_index(answer, argv[6]);
}

/// Returns the answer to opening an index file as a study.
std::string open_study(const char* path) {
  const std::string file = read_file(path);
  void* bytes = core::allocate(file.size());
  std::copy(file.begin(), file.end(), static_cast<char*>(bytes));
  return core::open_study(bytes, file.size());
}

int anchors(char** argv) {
  const std::string opened = open_study(argv[2]);
  const bool is_open = core::parse_json(opened)["ok"] == true;
  const std::size_t count = std::strtoul(argv[3], nullptr, 10);
  std::cout << (is_open ? core::anchors_of_study(handle_of(opened).get<core::Handle>(), count) : opened) << "\n";
  return 0;
}

int add_model(char** argv) {
  const std::string opened = open_study(argv[2]);
  if (core::parse_json(opened)["ok"] != true) return write_index(opened, argv[6]);
  const auto rows = read_values<std::uint32_t>(argv[4]);
  const auto outcomes = read_values<float>(argv[5]);
  return write_index(
      core::add_to_study(handle_of(opened).get<core::Handle>(), argv[3], rows.data(), outcomes.data(), rows.size()),
      argv[6]);
}

/// Prints the answer of `decide` for an index and vectors, or why the index did not open.
template <typename Decide>
int route(char** argv, Decide decide) {
  const std::string file = read_file(argv[2]);
  void* bytes = core::allocate(file.size());
  std::copy(file.begin(), file.end(), static_cast<char*>(bytes));
  const std::string opened = core::open_index(bytes, file.size());
  if (core::parse_json(opened)["ok"] != true) {
    std::cout << opened << "\n";
    return 0;
  }
  const auto handle = handle_of(opened).get<core::Handle>();
  const core::Json info = core::parse_json(core::describe_index(handle))["value"];
  const auto vectors = read_values<float>(argv[3]);
  const std::size_t count = vectors.size() / info["dim"].get<std::size_t>();
  std::cout << decide(handle, vectors.data(), count) << "\n";
  return 0;
}

int route_input(char** argv) {
  return route(
      argv, [&](core::Handle index, const float* vector, std::size_t) { return core::route(index, vector, argv[4]); });
}

int route_task(char** argv) {
  return route(argv, [&](core::Handle index, const float* vectors, std::size_t count) {
    return core::route_task(index, vectors, count, argv[4]);
  });
}

int decision_layout() {
  std::cout << core::decision_layout() << "\n";
  return 0;
}

int next_labels(char** argv) {
  const auto groups = read_values<std::int32_t>(argv[5]);
  return route(argv, [&](core::Handle index, const float* vectors, std::size_t count) -> std::string {
    const std::string opened = core::open_task(index, count, argv[4]);
    if (core::parse_json(opened)["ok"] != true) return opened;
    const auto task = handle_of(opened).get<core::Handle>();
    for (const std::string& done :
         {core::set_answers(task, groups.data(), count), core::add_inputs(task, vectors, count)}) {
      if (core::parse_json(done)["ok"] != true) return done;
    }
    return core::next_labels(task, std::stod(argv[6]), std::stod(argv[7]));
  });
}

int plan(int argc, char** argv) {
  const auto embeddings = read_values<float>(argv[3]);
  const auto outcomes = read_values<float>(argv[4]);
  const auto costs = read_values<float>(argv[5]);
  const auto groups = read_values<std::uint32_t>(argv[6]);
  const auto chosen = argc == 9 ? read_values<std::uint8_t>(argv[8]) : std::vector<std::uint8_t>();
  const std::string opened = core::open_plan(argv[2], embeddings.data(), outcomes.data(), costs.data(), groups.data(),
                                             nullptr, nullptr, chosen.empty() ? nullptr : chosen.data(), groups.size());
  const core::Json json = core::parse_json(opened);
  if (json["ok"] != true) {
    std::cout << opened << "\n";
    return 0;
  }
  const auto handle = json["value"]["handle"].get<core::Handle>();
  const std::string stepped = core::step_plan(handle, json["value"]["total"].get<std::size_t>());
  if (core::parse_json(stepped)["ok"] != true) return 1;
  std::cout << core::finish_plan(handle) << "\n";
  const core::Json bytes = core::parse_json(core::plan_predictor(handle))["value"];
  std::ofstream(argv[7], std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes["ptr"].get<std::uintptr_t>()), bytes["size"].get<std::streamsize>());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "build" && argc == 7) return build(argv);
  if (verb == "decision-layout" && argc == 2) return decision_layout();
  if (verb == "route" && argc == 5) return route_input(argv);
  if (verb == "route-task" && argc == 5) return route_task(argv);
  if (verb == "next-labels" && argc == 8) return next_labels(argv);
  if (verb == "anchors" && argc == 4) return anchors(argv);
  if (verb == "add-model" && argc == 7) return add_model(argv);
  if (verb == "plan" && (argc == 8 || argc == 9)) return plan(argc, argv);
  std::cerr
      << "usage: signalbox_native build|route|route-task|decision-layout|next-labels|anchors|add-model|plan ...\n";
  return 2;
}
