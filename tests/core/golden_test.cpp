// The method's own numbers, computed by an independent implementation: tests/fixtures/golden.
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "routing/predictor.h"
#include "routing/router.h"
#include "support.h"

namespace signalbox {
namespace {

using nlohmann::json;

json read_golden(const std::string& name) {
  std::ifstream file(std::string(SIGNALBOX_FIXTURES) + "/golden/" + name + ".json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return json::parse(text);
}

std::vector<float> matrix(const json& rows) {
  std::vector<float> out;
  for (const json& row : rows)
    for (const json& x : row) out.push_back(x.get<float>());
  return out;
}

class GoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenTest, IsReproducedWithinItsTolerances) {
  constexpr double kScoreTolerance = 1e-5;       // as the file says
  constexpr double kConfidenceTolerance = 1e-5;  // 1e-6 given p, and p itself is stored as float32
  const json golden = read_golden(GetParam());
  const json& expected = golden["expected"];
  const std::vector<float> embeddings = matrix(golden["index"]["embeddings"]);
  const std::vector<float> outcomes = matrix(golden["index"]["outcomes"]);
  const std::vector<float> queries = matrix(golden["queries"]);
  const auto row_tasks = golden["index"]["task"].get<std::vector<std::uint16_t>>();
  BuildSpec spec;
  spec.dim = golden["dim"];
  spec.codes = CodeType::kFloat32;
  spec.embeddings = embeddings;
  spec.row_tasks = row_tasks;
  spec.outcomes = outcomes;
  spec.model_names = golden["models"].get<std::vector<std::string>>();
  spec.model_numbers.resize(spec.model_names.size());
  for (std::size_t t = 0; t < expected["pair_u"].size(); ++t) spec.task_names.push_back("task" + std::to_string(t));
  spec.routing = {golden["k"], golden["kappa"], golden["t"], golden["sigma"], golden["eta"]};
  Result<std::vector<std::uint8_t>> bytes = build_index(spec);
  ASSERT_TRUE(bytes.ok()) << bytes.error().message;
  Result<Index> opened = testing::open_copy(bytes.value());
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  const Index& index = opened.value();
  const std::size_t models = index.models();

  for (std::size_t z = 0; z < index.pairs.u.size(); ++z) {
    EXPECT_NEAR(index.pairs.u[z], expected["pair_u"][z].get<double>(), kScoreTolerance);
    for (std::size_t m = 0; m < models; ++m) {
      EXPECT_NEAR(index.pairs.p[z * models + m], expected["pair_p"][z][m].get<double>(), kScoreTolerance);
    }
  }
  const auto near = find_nearest(index.codes, prepare_queries(index.codes.type, queries, spec.dim), spec.routing.k);
  for (std::size_t q = 0; q < near.size(); ++q) {
    const Prediction prediction = predict_correctness(index, nullptr, near[q], spec.routing.k);
    for (std::size_t m = 0; m < models; ++m) {
      EXPECT_NEAR(prediction.g[m], expected["g"][q][m].get<double>(), kScoreTolerance);
    }
  }

  RouteOptions options;
  options.policy = Policy::kS3;
  options.constants = spec.routing;
  options.max_coverage_percentile = 100;
  options.exclusions.assign(models, Exclusion::kNone);
  options.prices.assign(models, -1);
  Result<Decision> routed = route_task(index, queries, {}, options);
  ASSERT_TRUE(routed.ok()) << routed.error().message;
  const Decision& decision = routed.value();
  EXPECT_NEAR(decision.mean_distance, expected["u"].get<double>(), kScoreTolerance);
  EXPECT_EQ(decision.best_single, expected["bma"].get<std::size_t>());
  EXPECT_EQ(decision.challenger, expected["m3"].get<std::size_t>());
  EXPECT_EQ(decision.model, expected["pick"].get<std::size_t>());
  EXPECT_NEAR(decision.challenger_confidence, expected["confidence"].get<double>(), kConfidenceTolerance);
  ASSERT_EQ(decision.ranking.size(), models);
  for (const RankedModel& m : decision.ranking) {
    EXPECT_NEAR(m.s1, expected["S1"][m.model].get<double>(), kScoreTolerance);
    EXPECT_NEAR(m.s2, expected["S2"][m.model].get<double>(), kScoreTolerance);
    EXPECT_NEAR(m.s3, expected["S3"][m.model].get<double>(), kScoreTolerance);
    EXPECT_NEAR(m.p, expected["p"][m.model].get<double>(), kScoreTolerance);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, GoldenTest, ::testing::Values("golden1", "golden2", "golden5"),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace signalbox
