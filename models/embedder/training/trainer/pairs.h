// The tokenised pairs of one source, and batches drawn from all sources.
#pragma once

#include <cstdint>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace trainer {

using Token = std::uint16_t;

/// Pairs of texts as token numbers: text 2i and text 2i + 1 are the sides of pair i.
struct Source {
  std::string name;
  double weight = 0;
  std::vector<Token> tokens;
  std::vector<std::uint32_t> bounds;
  std::vector<std::uint32_t> training;  ///< pairs to train on
  std::vector<std::uint32_t> held_out;  ///< at most 1,000 pairs that are never trained on

  [[nodiscard]] std::span<const Token> text(std::size_t i) const {
    return std::span(tokens).subspan(bounds[i], bounds[i + 1] - bounds[i]);
  }
};

/// Reads the sources listed in `folder/sources.txt`. Throws std::runtime_error if a file is missing or truncated.
std::vector<Source> read_sources(const std::filesystem::path& folder);

/// Texts as bags of tokens: bag i is tokens[bounds[i]] to tokens[bounds[i + 1]].
struct Bags {
  std::vector<Token> tokens;
  std::vector<std::uint32_t> bounds{0};

  [[nodiscard]] std::size_t size() const { return bounds.size() - 1; }
  [[nodiscard]] std::span<const Token> bag(std::size_t i) const {
    return std::span(tokens).subspan(bounds[i], bounds[i + 1] - bounds[i]);
  }
  void add(std::span<const Token> text) {
    tokens.insert(tokens.end(), text.begin(), text.end());
    bounds.push_back(static_cast<std::uint32_t>(tokens.size()));
  }
};

struct SamplingOptions {
  std::size_t batch = 1024;
  std::size_t chunk = 128;      ///< consecutive pairs of a batch from one source, so that they are hard negatives
  std::size_t max_tokens = 96;  ///< longer texts are cut to a window, half of the time at a random place
  double drop = 0.1;            ///< share of tokens left out of a text
  double halves = 0.1;          ///< share of pairs replaced by two halves of one of their texts, if long enough
};

/// Draws batches in whole chunks from one source. Sources are drawn by weight, and each in random order without
/// repetition.
class Sampler {
 public:
  Sampler(const std::vector<Source>& sources, SamplingOptions options, std::uint64_t seed);

  /// Fills the sides of a batch; bag i of a belongs to bag i of b.
  void draw(Bags& a, Bags& b);

 private:
  void add_pair(const Source& source, std::uint32_t pair, Bags& a, Bags& b);
  void add_text(std::span<const Token> text, Bags& bags);
  double uniform() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  const std::vector<Source>& sources_;
  SamplingOptions options_;
  std::mt19937_64 random_;
  std::discrete_distribution<std::size_t> pick_source_;
  std::vector<std::vector<std::uint32_t>> orders_;
  std::vector<std::size_t> positions_;
};

}  // namespace trainer
