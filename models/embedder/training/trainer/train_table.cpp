// Trains the token vectors of a static embedder from tokenised pairs.
//
//   train_table --tokens DIR --pieces FILE --out FILE [--width 256] [--steps N] [--batch N] [--rate R] [--seed N] ...
//
// Writes pieces x width float32 values. Prints the running loss and, at the end, the share of held-out pairs whose
// right side is the nearest among all held-out right sides, averaged over sources.

#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <unordered_map>

#include "embedding_bag.h"
#include "options.h"
#include "start.h"

namespace {

using namespace trainer;

std::uint64_t hash_of(std::span<const Token> bag) {
  std::uint64_t hash = 1469598103934665603ULL;  // FNV-1a
  for (const Token token : bag) hash = (hash ^ token) * 1099511628211ULL;
  return hash;
}

/// Returns pairs (i, j), i != j, with the same text on one side: the partner of j is then not a wrong answer to i.
Duplicates find_duplicates(const Bags& a, const Bags& b) {
  Duplicates same;
  for (const Bags* side : {&a, &b}) {
    std::unordered_map<std::uint64_t, std::vector<Eigen::Index>> groups;
    for (std::size_t i = 0; i < side->size(); ++i)
      groups[hash_of(side->bag(i))].push_back(static_cast<Eigen::Index>(i));
    for (const auto& [hash, group] : groups) {
      for (const Eigen::Index i : group) {
        for (const Eigen::Index j : group) {
          if (i != j) same.emplace_back(i, j);
        }
      }
    }
  }
  return same;
}

double held_out_recall(const EmbeddingBag& model, const Source& source) {
  Bags a, b;
  for (const std::size_t pair : source.held_out) {
    a.add(source.text(2 * pair));
    b.add(source.text(2 * pair + 1));
  }
  Matrix left, right;
  model.forward(a, left);
  model.forward(b, right);
  right.rowwise().normalize();
  const Matrix scores = left * right.transpose();
  int hits = 0;
  for (Eigen::Index i = 0; i < scores.rows(); ++i) {
    Eigen::Index best = 0;
    scores.row(i).maxCoeff(&best);
    hits += best == i ? 1 : 0;
  }
  return hits / static_cast<double>(scores.rows());
}

void print_held_out(const EmbeddingBag& model, const std::vector<Source>& sources) {
  double sum = 0;
  for (const Source& source : sources) sum += held_out_recall(model, source);
  std::printf("held-out recall %.4f\n", sum / static_cast<double>(sources.size()));
}

/// Rises over the first steps, then falls linearly to zero.
float rate_at(double rate, long step, long steps) {
  constexpr double kWarmUp = 50;
  const double left = 1 - static_cast<double>(step) / static_cast<double>(steps);
  return static_cast<float>(rate * std::min(1.0, (step + 1) / kWarmUp) * left);
}

void train(EmbeddingBag& model, Sampler& sampler, const Options& options) {
  const auto width = static_cast<Eigen::Index>(options.number("--width", 256));
  const auto steps = static_cast<long>(options.number("--steps", 4000));
  const double rate = options.number("--rate", 0.1);
  ContrastiveLoss loss({width / 4, width / 2, width}, static_cast<float>(options.number("--scale", 20)));
  const auto start = std::chrono::steady_clock::now();
  Bags a, b;
  Matrix mean_a, mean_b, grad_a, grad_b;
  double running = 0;
  for (long step = 0; step < steps; ++step) {
    const float rate_now = rate_at(rate, step, steps);
    sampler.draw(a, b);
    model.forward(a, mean_a);
    model.forward(b, mean_b);
    running += loss.gradients(mean_a, mean_b, find_duplicates(a, b), grad_a, grad_b);
    model.step(a, grad_a, b, grad_b, rate_now);
    if ((step + 1) % 250 == 0) {
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      std::printf("step %ld of %ld, %.0f s, loss %.4f\n", step + 1, steps, seconds.count(), running / 250);
      std::fflush(stdout);
      running = 0;
    }
  }
}

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.empty()) throw std::runtime_error("nothing in " + path);
  return lines;
}

void run(const Options& options) {
  const std::vector<Source> sources = read_sources(options.text("--tokens"));
  StartOptions start;
  start.sif = options.number("--sif", start.sif);
  start.spelling = options.number("--spelling", start.spelling);
  start.seed = static_cast<std::uint64_t>(options.number("--seed", 1));
  const auto width = static_cast<Eigen::Index>(options.number("--width", 256));
  EmbeddingBag model(start_table(read_lines(options.text("--pieces")), sources, width, start));
  SamplingOptions sampling;
  sampling.batch = static_cast<std::size_t>(options.number("--batch", 1024));
  sampling.chunk = static_cast<std::size_t>(options.number("--chunk", 128));
  sampling.max_tokens = static_cast<std::size_t>(options.number("--max-tokens", 96));
  sampling.drop = options.number("--drop", 0.1);
  sampling.halves = options.number("--halves", 0.1);
  Sampler sampler(sources, sampling, start.seed);
  train(model, sampler, options);
  print_held_out(model, sources);
  std::ofstream out(options.text("--out"), std::ios::binary);
  out.write(reinterpret_cast<const char*>(model.table().data()),
            static_cast<std::streamsize>(sizeof(float) * static_cast<std::size_t>(model.table().size())));
  if (!out) throw std::runtime_error("cannot write " + options.text("--out"));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(Options(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "train_table: %s\n", error.what());
    return 1;
  }
  return 0;
}
