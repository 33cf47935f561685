#include "pairs.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace trainer {
namespace {

constexpr std::size_t kMaxHeldOut = 1000;
constexpr std::size_t kMinHalf = 12;  // least tokens of a half that still shows the text's topic

template <typename T>
std::vector<T> read_array(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::vector<T> values(std::filesystem::file_size(path) / sizeof(T));
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
  return values;
}

/// Holds out a few pairs by a hash of their number, so that the choice does not depend on the sampling.
void hold_out(Source& source) {
  const auto pairs = static_cast<std::uint32_t>((source.bounds.size() - 1) / 2);
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < pairs; ++i) {
    if (!source.text(2 * i).empty() && !source.text(2 * i + 1).empty()) order.push_back(i);
  }
  const auto hash = [](std::uint32_t i) { return i * 2654435761U; };
  std::ranges::sort(order, {}, hash);
  const std::size_t held = std::min(kMaxHeldOut, order.size() / 20);
  source.held_out.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(held));
  source.training.assign(order.begin() + static_cast<std::ptrdiff_t>(held), order.end());
}

}  // namespace

std::vector<Source> read_sources(const std::filesystem::path& folder) {
  std::ifstream list(folder / "sources.txt");
  std::vector<Source> sources;
  Source source;
  while (list >> source.name >> source.weight) {
    source.tokens = read_array<Token>(folder / (source.name + ".tokens"));
    source.bounds = read_array<std::uint32_t>(folder / (source.name + ".bounds"));
    if (source.bounds.empty() || source.bounds.back() != source.tokens.size()) {
      throw std::runtime_error(source.name + ": tokens and bounds do not agree");
    }
    hold_out(source);
    sources.push_back(std::move(source));
    source = {};
  }
  if (sources.empty()) throw std::runtime_error("no sources in " + folder.string());
  return sources;
}

Sampler::Sampler(const std::vector<Source>& sources, SamplingOptions options, std::uint64_t seed)
    : sources_(sources), options_(options), random_(seed), positions_(sources.size(), 0) {
  std::vector<double> weights;
  for (const Source& source : sources) {
    weights.push_back(source.weight);
    orders_.push_back(source.training);
    std::ranges::shuffle(orders_.back(), random_);
  }
  pick_source_ = {weights.begin(), weights.end()};
}

void Sampler::draw(Bags& a, Bags& b) {
  a = b = {};
  while (a.size() < options_.batch) {
    const std::size_t s = pick_source_(random_);
    const std::size_t wanted = std::min(options_.chunk, options_.batch - a.size());
    for (std::size_t i = 0; i < wanted; ++i) {
      if (positions_[s] == orders_[s].size()) {
        std::ranges::shuffle(orders_[s], random_);
        positions_[s] = 0;
      }
      add_pair(sources_[s], orders_[s][positions_[s]++], a, b);
    }
  }
}

void Sampler::add_pair(const Source& source, std::uint32_t pair, Bags& a, Bags& b) {
  std::span<const Token> left = source.text(2 * std::size_t{pair});
  std::span<const Token> right = source.text(2 * std::size_t{pair} + 1);
  if (options_.halves > 0 && uniform() < options_.halves) {
    const std::span<const Token> longer = left.size() > right.size() ? left : right;
    if (longer.size() >= 2 * kMinHalf) {
      const std::size_t spare = longer.size() - 2 * kMinHalf;
      const std::size_t at = kMinHalf + static_cast<std::size_t>(uniform() * static_cast<double>(spare + 1));
      left = longer.first(at);
      right = longer.subspan(at);
    }
  }
  add_text(left, a);
  add_text(right, b);
}

void Sampler::add_text(std::span<const Token> text, Bags& bags) {
  if (text.size() > options_.max_tokens) {
    const std::size_t spare = text.size() - options_.max_tokens;
    const bool anywhere = uniform() < 0.5;
    const std::size_t at = anywhere ? static_cast<std::size_t>(uniform() * static_cast<double>(spare + 1)) : 0;
    text = text.subspan(at, options_.max_tokens);
  }
  const std::size_t before = bags.tokens.size();
  for (const Token token : text) {
    if (uniform() >= options_.drop) bags.tokens.push_back(token);
  }
  if (bags.tokens.size() == before) bags.tokens.push_back(text[0]);
  bags.bounds.push_back(static_cast<std::uint32_t>(bags.tokens.size()));
}

}  // namespace trainer
