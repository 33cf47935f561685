// Shared by several core tests: random data with a printed seed, and an index that is built and opened.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "building/builder.h"
#include "index/format.h"

namespace signalbox::testing {

inline std::vector<float> random_vectors(std::mt19937& random, std::size_t rows, std::size_t dim) {
  std::normal_distribution<float> normal;
  std::vector<float> out(rows * dim);
  for (float& x : out) x = normal(random);
  return out;
}

/// Opens a copy of the bytes, which the index owns.
inline Result<Index> open_copy(const std::vector<std::uint8_t>& bytes) {
  auto* copy = static_cast<std::uint8_t*>(std::malloc(bytes.empty() ? 1 : bytes.size()));
  if (!bytes.empty()) std::memcpy(copy, bytes.data(), bytes.size());
  return open_index(Index::Bytes(copy), bytes.size());
}

/// A benchmark of random vectors and outcomes: row r belongs to task r % tasks.
struct RandomBenchmark {
  RandomBenchmark(std::uint32_t seed, std::size_t rows, std::size_t dim, std::size_t models, std::size_t tasks,
                  CodeType codes, double missing = 0) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform;
    embeddings = random_vectors(random, rows, dim);
    for (std::size_t r = 0; r < rows; ++r) {
      row_tasks.push_back(static_cast<std::uint16_t>(r % tasks));
      for (std::size_t m = 0; m < models; ++m) {
        const double chance = .2 + .6 * static_cast<double>(m + 1) / static_cast<double>(models + 1);
        const float y = uniform(random) < chance ? 1.0F : 0.0F;
        outcomes.push_back(uniform(random) < missing ? std::nanf("") : y);
      }
    }
    spec.dim = dim;
    spec.codes = codes;
    for (std::size_t m = 0; m < models; ++m) spec.model_names.push_back("model" + std::to_string(m));
    for (std::size_t t = 0; t < tasks; ++t) spec.task_names.push_back("task" + std::to_string(t));
    spec.model_numbers.resize(models);
    refresh();
  }

  /// Points the specification at the arrays after a change.
  void refresh() {
    spec.embeddings = embeddings;
    spec.row_tasks = row_tasks;
    spec.outcomes = outcomes;
  }

  [[nodiscard]] std::vector<std::uint8_t> bytes() const {
    Result<std::vector<std::uint8_t>> built = build_index(spec);
    EXPECT_TRUE(built.ok()) << built.error().message;
    return built.take();
  }

  [[nodiscard]] Index open() const {
    Result<Index> index = open_copy(bytes());
    EXPECT_TRUE(index.ok()) << index.error().message;
    return index.take();
  }

  std::vector<float> embeddings;
  std::vector<std::uint16_t> row_tasks;
  std::vector<float> outcomes;
  BuildSpec spec;
};

}  // namespace signalbox::testing
