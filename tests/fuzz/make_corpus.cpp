// Writes the seed corpus: small valid files of every kind, and damaged ones, one for each check of the readers.
//   make_corpus tests/fuzz/corpus
// The files of version 1, v1*.sbx, were written by earlier releases and stay as they are.
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "../core/forgery.h"
#include "building/added_model.h"
#include "building/builder.h"

namespace {

using signalbox::CodeType;
using signalbox::testing::FileBytes;
using signalbox::testing::Forgery;
namespace layout = signalbox::layout;

void save(const std::filesystem::path& path, const FileBytes& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

FileBytes index_file(CodeType codes, bool graded, bool missing, bool ids) {
  const std::vector<float> embeddings = {1, 0, 0, .9F, .1F, 0, 0, 1, 0};
  const std::vector<std::uint16_t> tasks = {0, 1, 1};
  const float last = missing ? std::nanf("") : 1.0F;
  const std::vector<float> outcomes = {1, 0, 0, graded ? .5F : 1.0F, 1, last};
  signalbox::BuildSpec spec;
  spec.dim = 3;
  spec.codes = codes;
  spec.embeddings = embeddings;
  spec.row_tasks = tasks;
  spec.outcomes = outcomes;
  spec.model_names = {"a", "b"};
  spec.model_numbers = {{7, 1, 2, .1}, {}};
  spec.task_names = {"s", "t"};
  if (ids) spec.sample_ids = {"x", "", "z"};
  return signalbox::build_index(spec).take();
}

/// Returns two families of prompts in three dimensions, with a linear part and a reach.
signalbox::FamilyPredictor families_of(std::size_t models) {
  signalbox::FamilyPredictor out;
  out.families = 2;
  out.answer_value = .01;
  out.centroids = {1, 0, 0, 0, .6F, .8F};
  out.bias = {0, -.5F};
  out.share = {.75F, .25F};
  out.reach = {.25F, .5F};
  for (std::size_t i = 0; i < 2 * models; ++i) {
    out.right.push_back(static_cast<float>(i % 8) / 8);
    out.evidence.push_back(static_cast<float>(i % 5) * 10);
    out.usd.push_back(i % 7 == 0 ? -1 : static_cast<float>(i) / 1024);
  }
  out.weights.assign(3 * models, .125F);
  out.intercept.assign(models, -.25F);
  return out;
}

/// Returns an index with every part: tasks `s` and `t` have outcomes of a few of the models, `means` has scores, `kind`
/// has links, and `rowless` has nothing.
FileBytes full_index_file(bool graded) {
  constexpr std::size_t kModels = 70;
  constexpr std::size_t kRows = 6;
  const std::vector<float> embeddings = {1, 0, 0, .9F, .1F, 0, 0, 1, 0, 0, .9F, .2F, 0, 0, 1, .1F, 0, .9F};
  const std::vector<std::uint16_t> tasks = {0, 0, 1, 1, 2, 3};
  std::vector<float> outcomes(kRows * kModels, std::nanf(""));
  for (const std::size_t cell : {0, 3, 70, 71, 139, 140, 200, 210, 211}) outcomes[cell] = cell % 2 == 0 ? 1 : 0;
  if (graded) outcomes[3] = .5F;
  signalbox::BuildSpec spec;
  spec.dim = 3;
  spec.codes = CodeType::kInt8;
  spec.embeddings = embeddings;
  spec.row_tasks = tasks;
  spec.outcomes = outcomes;
  for (std::size_t m = 0; m < kModels; ++m) spec.model_names.push_back("m" + std::to_string(m));
  spec.model_numbers.resize(kModels);
  spec.task_names = {"s", "t", "means", "kind", "rowless"};
  spec.sample_ids = {"1", "2", "3", "4", "5", "6"};
  signalbox::IndexExtras& extras = spec.extras;
  extras.model_records = "[{\"name\":\"m0\",\"tools\":true}";
  for (std::size_t m = 1; m < kModels; ++m) extras.model_records += ",{\"name\":\"m" + std::to_string(m) + "\"}";
  extras.model_records += "]";
  extras.task_records =
      R"([{"name":"s"},{"name":"t"},{"name":"means","kind":"means"},{"name":"kind","kind":"kind"},{"name":"rowless"}])";
  extras.task_scores = {{2, 1, .25F, 10}, {2, 7, .75F, 2.5F}, {2, 69, 1, 100}};
  extras.links = {{3, 0, 1}, {3, 2, .5F}};
  extras.task_weights = {1, 1, .5F, 0, 1};
  extras.centroids = {1, 0, 0, 0, 1, 0, 0, 0, 1, .5F, 0, .5F, 0, 0, 0};
  extras.centroid_bias = {0, 0, -1, .5F, 0};
  extras.row_offsets = {-16, 0, 16, 1, 2, 3};
  extras.mixture = {.1, 2};
  extras.task_tokens = {100, 200, -1, 20, -1};
  extras.model_tokens.assign(kModels, 1.5F);
  extras.families = families_of(kModels);
  extras.plan = R"({"format":"signalbox-plan-1"})";
  extras.texts = {"one", "", "three", "four", "five", "six"};
  return signalbox::build_index(spec).take();
}

void save_damaged_extras(const std::filesystem::path& folder) {
  const FileBytes valid = full_index_file(false);
  const auto forge = [&](const char* name, auto change) {
    Forgery forgery(valid);
    change(forgery);
    save(folder / name, forgery.file());
  };
  forge("links-to-a-kind.sbx", [](Forgery& f) { f.set(layout::kTaskLinks, 13, std::uint16_t{3}); });
  forge("links-without-end.sbx", [](Forgery& f) { f.set(layout::kTaskLinks, 5, 0xFFFFFFFFU); });
  forge("scores-of-outcomes.sbx", [](Forgery& f) {
    f.set(layout::kTaskScores, 1, 3U);
    f.set(layout::kTaskScores, 2, 3U);
  });
  forge("scores-out-of-order.sbx", [](Forgery& f) { f.set(layout::kTaskScores, 12, std::uint16_t{69}); });
  forge("evidence-zero.sbx",
        [](Forgery& f) { f.set(layout::kTaskScores, f.at(layout::kTaskScores).size() / 4 - 1, 0.0F); });
  forge("weights-zero.sbx", [](Forgery& f) { f.at(layout::kTaskWeights).assign(20, 0); });
  forge("centroid-long.sbx", [](Forgery& f) { f.set(layout::kTaskCentroids, 20, 16.0F); });
  forge("packed-offsets.sbx", [](Forgery& f) { f.set(layout::kPackedOutcomes, 1, 0xFFFFFFFFU); });
  forge("packed-unlike-mask.sbx", [](Forgery& f) { f.set(layout::kMeasured, 0, std::uint16_t{0xFFFF}); });
  forge("packed-twice.sbx", [](Forgery& f) { f.at(layout::kOutcomes).assign(54, 0); });
  forge("packed-complete.sbx", [](Forgery& f) { f.header.flags &= ~std::uint32_t{layout::kHasMissing}; });
  forge("texts-long.sbx", [](Forgery& f) {
    f.at(layout::kTexts).insert(f.at(layout::kTexts).end(), 200, 'x');
    f.set(layout::kTexts, 6, static_cast<std::uint32_t>(f.at(layout::kTexts).size() - 28));
  });
  forge("records-nested.sbx", [](Forgery& f) { f.at(layout::kModelRecords).assign(200, '['); });
  forge("records-short.sbx", [](Forgery& f) { f.at(layout::kTaskRecords) = {'[', ']'}; });
  forge("families-many.sbx", [](Forgery& f) { f.set(layout::kPromptFamilies, 0, 0xFFFFU); });
  forge("families-short.sbx", [](Forgery& f) { f.at(layout::kPromptFamilies).resize(23); });
  forge("families-without-reach.sbx", [](Forgery& f) { f.set(layout::kPromptFamilies, 1, 2U); });
  forge("families-nan.sbx", [](Forgery& f) { f.set(layout::kPromptFamilies, 40, std::nanf("")); });
  forge("families-long-centroid.sbx", [](Forgery& f) { f.set(layout::kPromptFamilies, 7, 1.0F); });
  forge("plan-nested.sbx", [](Forgery& f) { f.at(layout::kPlan).assign(200, '['); });
  forge("mixture-nan.sbx", [](Forgery& f) { f.set(layout::kMixture, 0, std::nan("")); });
}

signalbox::Index opened(const FileBytes& file) {
  auto* copy = static_cast<std::uint8_t*>(std::malloc(file.size()));
  std::memcpy(copy, file.data(), file.size());
  return signalbox::open_index(signalbox::Index::Bytes(copy), file.size()).take();
}

/// Returns an index with a model that was added from results on two of its rows.
FileBytes added_file(bool full) {
  const FileBytes built = full ? full_index_file(true) : index_file(CodeType::kInt8, true, true, true);
  Forgery forgery(built);  // The index of a plan takes no other model.
  std::erase_if(forgery.parts, [](const Forgery::Part& part) { return part.kind == layout::kPlan; });
  const signalbox::Index index = opened(forgery.file());
  const std::vector<std::uint32_t> rows = {0, 2};
  const std::vector<float> outcomes = {1, .5F};
  signalbox::NewModel model;
  model.name = "new";
  model.numbers = {-1, 1, 2, -1};
  model.model_records = index.model_records;
  if (full) model.model_records.replace(model.model_records.size() - 1, 1, R"(,{"name":"new"}])");
  return signalbox::add_model(index, model, {rows, outcomes}).take();
}

void save_added(const std::filesystem::path& folder) {
  const FileBytes valid = added_file(false);
  save(folder / "added.sbx", valid);
  save(folder / "added-full.sbx", added_file(true));
  const auto forge = [&](const char* name, auto change) {
    Forgery forgery(valid);
    change(forgery);
    save(folder / name, forgery.file());
  };
  forge("added-in-version-2.sbx", [](Forgery& f) { f.header.version_major = 2; });
  forge("added-missing.sbx", [](Forgery& f) {
    std::erase_if(f.parts, [](const Forgery::Part& part) { return part.kind == layout::kAddedMeans; });
  });
  forge("added-short.sbx", [](Forgery& f) { f.at(layout::kAddedMeans).pop_back(); });
  forge("added-all.sbx", [](Forgery& f) { f.at(layout::kAddedMeans).resize(48); });
  forge("added-nan.sbx", [](Forgery& f) { f.set(layout::kAddedMeans, 0, std::nanf("")); });
}

void save_damaged_indexes(const std::filesystem::path& folder) {
  const FileBytes valid = index_file(CodeType::kFloat32, true, true, true);
  const auto forge = [&](const char* name, auto change) {
    Forgery forgery(valid);
    change(forgery);
    save(folder / name, forgery.file());
  };
  save(folder / "truncated.sbx", {valid.begin(), valid.begin() + 700});
  save(folder / "header-only.sbx", {valid.begin(), valid.begin() + 64});
  forge("newer-minor.sbx", [](Forgery& f) {
    f.header.version_minor = 2;
    f.parts.push_back({99, {1, 2, 3}});
  });
  forge("section-twice.sbx", [](Forgery& f) { f.parts.push_back(f.parts.front()); });
  forge("section-missing.sbx", [](Forgery& f) {
    std::erase_if(f.parts, [](const Forgery::Part& part) { return part.kind == layout::kCodes; });
  });
  forge("names-repeated.sbx", [](Forgery& f) { f.at(layout::kModelNames).back() = 'a'; });
  forge("offsets-descending.sbx", [](Forgery& f) { f.set(layout::kTaskNames, 1, 0xFFFFFFFFU); });
  forge("not-utf8.sbx", [](Forgery& f) { f.at(layout::kMetadata) = {'"', 0xC3, '"'}; });
  forge("metadata-nested.sbx", [](Forgery& f) { f.at(layout::kMetadata).assign(200, '['); });
  forge("nan-scale.sbx", [](Forgery& f) { f.set(layout::kScales, 0, std::nanf("")); });
  forge("map-missing.sbx", [](Forgery& f) {
    std::erase_if(f.parts, [](const Forgery::Part& part) { return part.kind == layout::kMap; });
  });
  forge("map-short.sbx", [](Forgery& f) { f.at(layout::kMap).pop_back(); });
  forge("many-tasks.sbx", [](Forgery& f) { f.header.tasks = 65535; });
  forge("many-rows.sbx", [](Forgery& f) { f.header.rows = 0xFFFFFFFF; });
  forge("nothing-measured.sbx", [](Forgery& f) { f.at(layout::kMeasured).assign(3, 0); });
}

void save_text(const std::filesystem::path& path, char selector, const std::string& text) {
  FileBytes bytes(1, static_cast<std::uint8_t>(selector));
  bytes.insert(bytes.end(), text.begin(), text.end());
  save(path, bytes);
}

std::string safetensors(const std::string& header, std::size_t data_bytes) {
  std::string out(8, '\0');
  out[0] = static_cast<char>(header.size() & 0xFF);
  out[1] = static_cast<char>(header.size() >> 8);
  return out + header + std::string(data_bytes, '\x01');
}

void save_boundary(const std::filesystem::path& folder) {
  save_text(folder / "table-float32", '0',
            safetensors(R"({"embeddings":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}})", 8));
  save_text(folder / "table-mapped", '0',
            safetensors(R"({"embeddings":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]},)"
                        R"("mapping":{"dtype":"I32","shape":[1],"data_offsets":[4,8]},)"
                        R"("weights":{"dtype":"F16","shape":[1],"data_offsets":[8,10]}})",
                        10));
  save_text(folder / "table-int4", '1',
            safetensors(R"({"embeddings":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]}})", 4));
  save_text(folder / "table-overflow", '0',
            safetensors(R"({"embeddings":{"dtype":"F16","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 2));
  save_text(folder / "input-empty", '2', "{}");
  save_text(folder / "input-options", '2',
            R"({"k":1,"eta":0,"candidates":["a"],"deny":[],"prices":{"a":1,"b":{"in":1,"out":2}},"prefer":10,)"
            R"("corrections":{"a":0.5}})");
  save_text(folder / "input-nested", '2', "{\"k\":" + std::string(200, '[') + std::string(200, ']') + "}");
  save_text(folder / "task-labels", '3',
            R"({"policy":"s3","labels":[{"index":0,"outcomes":{"a":true,"b":0.5}}],"costWeight":1,"neighbours":3})");
  save_text(
      folder / "spec", '4',
      R"({"dim":2,"codes":"int4","models":[{"name":"m","paramsB":1}],"tasks":["s","t"],"sampleIds":["x","y","z"],)"
      R"("metadata":{"a":[1]},"pairs":{"alphas":[0,0.5],"repeats":2,"seed":3},"routing":{"k":2}})");
  save_text(folder / "spec-extras", '4',
            R"({"dim":2,"models":[{"name":"m","usdPerMTokCacheRead":0.1}],"tasks":["s","t","means","kind"],"extras":{)"
            R"("taskScores":[[2,0,0.5,10]],"links":[[3,2,1],[3,0,0.5]],"taskWeights":[1,1,0.5,0],"mixture":[0.1],)"
            R"("centroids":[1,0,0,1,1,1,0,0],"centroidBias":[0,0,-1,0],"rowOffsets":[-1,0,1],"texts":["a","","c"],)"
            R"("taskTokens":[1,2,-1,3],"modelTokens":[1],"modelRecords":[{"name":"m"}],"plan":{"a":1},)"
            R"("families":[1,0,0,0,0,0,0,0,0,0,0,0,0,0,240,63,0,0,0,0,0,0,240,191,)"
            R"(0,0,128,63,0,0,0,0,0,0,0,0,0,0,128,63,0,0,0,63,0,0,0,65,0,0,128,191]}})");
}

void save_lines(const std::filesystem::path& path, const std::string& lines) {
  save(path, {lines.begin(), lines.end()});
}

void save_sessions(const std::filesystem::path& folder) {
  save_lines(folder / "session" / "decisions",
             "d0\n"
             "r0{\"neighbours\":4,\"prices\":{\"c\":1},\"costWeight\":0.1,\"corrections\":{\"a\":0.5}}\n"
             "r0{\"policy\":\"s1\",\"k\":2,\"maxUsdPerMTok\":1}\n"
             "z0{}\n");
  save_lines(folder / "session" / "tasks-and-cascades",
             "t0{\"policy\":\"s3\",\"labels\":[{\"index\":0,\"outcomes\":{\"a\":true,\"b\":0.5}}]}\n"
             "c0{\"maxSteps\":2,\"costWeight\":0.01}\n"
             "c0{\"models\":[\"b\",\"a\"],\"prices\":{\"a\":{\"in\":1,\"out\":2}}}\n");
  save_lines(folder / "session" / "closed", "e1ab\nx1\ne1ab\nx0\nr0{}\nd0\nx9\n");
  const std::string spec =
      R"({"dim":3,"codes":"int8","models":[{"name":"a","paramsB":7},{"name":"b","usdPerMTokIn":1,"usdPerMTokOut":2}],)"
      R"("tasks":["s","t"],"sampleIds":["1","2","3","4","5","6"],"metadata":{"name":"x"},"routing":{"k":2,"kappa":2}})";
  const std::string in_pieces =
      spec.substr(0, spec.size() - 1) + R"(,"graded":true,"missing":true,"pairSampling":{"maxWork":100,"seed":1}})";
  save_lines(folder / "lab" / "build", spec + "\nb\nw123\n");
  save_lines(folder / "lab" / "build-in-pieces", in_pieces + "\nf\no\np\ns123\nf\ns123456\nf\nx\nf\n");
  save_lines(folder / "lab" / "evaluation",
             spec +
                 "\nh{}\ne\nh{}\nn123456\n"
                 "h{\"pools\":[[0,1]],\"policies\":[\"s3\",\"oracle\"],\"labels\":{\"count\":1,\"repeats\":3}}\n"
                 "i{\"heldOut\":{\"share\":0.5,\"seed\":1},\"k\":2,\"costWeights\":[0,1]}\n"
                 "c{\"maxSteps\":2,\"judges\":[{\"sensitivity\":0.9,\"specificity\":0.8}]}\n");
  const std::string all_steps = "S" + std::string(200, '.') + "\n";
  save_lines(
      folder / "lab" / "plan",
      spec +
          "\nV1101n05011\nP{\"dim\":3,\"models\":2,\"seed\":2,\"target\":{\"kind\":\"at-most\",\"value\":1}}\nF\nS.\n" +
          all_steps + "F\nP{\"dim\":3,\"models\":2,\"families\":3,\"baseline\":1}\n" + all_steps + "F\nV1i\n" +
          "P{\"dim\":3,\"models\":2}\nV1-\nP{\"dim\":3,\"models\":2}\nVxt\nP{\"dim\":3,\"models\":2}\n" + all_steps +
          "F\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_corpus FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  save(folder / "index" / "float32-graded-missing-ids.sbx", index_file(CodeType::kFloat32, true, true, true));
  save(folder / "index" / "int8-binary.sbx", index_file(CodeType::kInt8, false, false, false));
  save(folder / "index" / "int4-binary-missing.sbx", index_file(CodeType::kInt4, false, true, false));
  save(folder / "index" / "binary-graded.sbx", index_file(CodeType::kBinary, true, false, false));
  save(folder / "index" / "packed-full.sbx", full_index_file(false));
  save(folder / "index" / "packed-full-graded.sbx", full_index_file(true));
  save_damaged_indexes(folder / "index");
  save_damaged_extras(folder / "index");
  save_added(folder / "index");
  save_boundary(folder / "boundary");
  save_sessions(folder);
  return 0;
}
