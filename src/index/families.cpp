#include "index/families.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "index/index.h"

namespace signalbox {
namespace {

/// Start of the section.
struct Head {
  std::uint32_t families;
  std::uint32_t flags;
  double temperature;
  double answer_value;
};
static_assert(sizeof(Head) == 24);

enum Flags : std::uint32_t { kHasReach = 1, kHasLinear = 2 };
constexpr float kMostLinear = 1e6F;

/// An array of the section: its place in the predictor, size and range.
struct Part {
  std::vector<float> FamilyPredictor::*field;
  std::uint64_t count;
  float low;
  float high;
};

/// Lists the arrays in the order of the file.
std::vector<Part> parts_of(std::uint64_t families, std::uint32_t flags, std::uint64_t dim, std::uint64_t models) {
  using P = FamilyPredictor;
  constexpr auto kMost = static_cast<float>(kMostWeight);
  constexpr auto kBias = static_cast<float>(kMostBias);
  const bool reach = (flags & kHasReach) != 0;
  const bool linear = (flags & kHasLinear) != 0;
  return {
      {&P::centroids, families * dim, -1.001F, 1.001F},
      {&P::bias, families, -kBias, kBias},
      {&P::share, families, 0, 1},
      {&P::right, families * models, 0, 1},
      {&P::evidence, families * models, 0, kMost},
      {&P::usd, families * models, -1, kMost},
      {&P::reach, reach ? families : 0, 0, 2.001F},
      {&P::weights, linear ? models * dim : 0, -kMostLinear, kMostLinear},
      {&P::intercept, linear ? models : 0, -kMostLinear, kMostLinear},
  };
}

Error out_of_range(const char* what) {
  return {ErrorCode::kNonFinite, std::string("prompt_families holds ") + what + " outside its range"};
}

/// Returns whether every centroid has unit norm, within rounding, or is zero.
bool are_unit(std::span<const float> centroids, std::size_t dim) {
  for (std::size_t at = 0; at < centroids.size(); at += dim) {
    double squares = 0;
    for (const float x : centroids.subspan(at, dim)) squares += static_cast<double>(x) * static_cast<double>(x);
    if (squares != 0 && std::abs(squares - 1) > .002) return false;
  }
  return true;
}

}  // namespace

std::vector<std::uint8_t> encode_families(const FamilyPredictor& predictor, std::size_t dim, std::size_t models) {
  Head head{};
  head.families = static_cast<std::uint32_t>(predictor.families);
  head.flags = (predictor.reach.empty() ? 0U : kHasReach) | (predictor.weights.empty() ? 0U : kHasLinear);
  head.temperature = predictor.temperature;
  head.answer_value = predictor.answer_value < 0 ? -1 : std::min(predictor.answer_value, kMostAnswerValue);
  std::vector<std::uint8_t> out(sizeof(head));
  std::memcpy(out.data(), &head, sizeof(head));
  for (const Part& part : parts_of(head.families, head.flags, dim, models)) {
    const std::vector<float>& values = predictor.*part.field;
    if (values.empty()) continue;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
    out.insert(out.end(), bytes, bytes + values.size() * sizeof(float));
  }
  return out;
}

Result<FamilyPredictor> decode_families(std::span<const std::uint8_t> bytes, std::size_t dim, std::size_t models) {
  Head head{};
  if (bytes.size() >= sizeof(head)) std::memcpy(&head, bytes.data(), sizeof(head));
  // At most 65535 families, 8192 dimensions and 65535 models: the sum of the counts cannot wrap.
  if (head.families == 0 || head.families > kMostFamilies) {
    return Error{ErrorCode::kBadSection, "prompt_families has " + std::to_string(bytes.size()) + " bytes and states " +
                                             std::to_string(head.families) + " families, expected 1 to " +
                                             std::to_string(kMostFamilies)};
  }
  const std::vector<Part> parts = parts_of(head.families, head.flags, dim, models);
  std::uint64_t size = sizeof(head);
  for (const Part& part : parts) size += part.count * sizeof(float);
  if (bytes.size() != size) {
    return Error{ErrorCode::kBadSection,
                 "prompt_families has " + std::to_string(bytes.size()) + " bytes, expected " + std::to_string(size)};
  }
  // Written so that NaN fails too.
  const bool good = head.temperature >= kLeastFamilyTemperature && head.temperature <= kMostFamilyTemperature &&
                    head.answer_value >= -1 && head.answer_value <= kMostAnswerValue;
  if (!good) return out_of_range("a constant");
  FamilyPredictor out;
  out.families = head.families;
  out.temperature = head.temperature;
  out.answer_value = head.answer_value;
  const std::uint8_t* at = bytes.data() + sizeof(head);
  for (const Part& part : parts) {
    if (part.count == 0) continue;
    std::vector<float>& values = out.*part.field;
    values.resize(static_cast<std::size_t>(part.count));
    std::memcpy(values.data(), at, values.size() * sizeof(float));
    at += values.size() * sizeof(float);
    const bool in_range =
        std::all_of(values.begin(), values.end(), [&](float x) { return x >= part.low && x <= part.high; });
    if (!in_range) return out_of_range("a number");
  }
  if (!are_unit(out.centroids, dim)) return out_of_range("the norm of a centroid");
  const bool no_rows = std::all_of(out.share.begin(), out.share.end(), [](float x) { return x == 0; });
  if (no_rows) return out_of_range("the sum of the shares");
  return out;
}

}  // namespace signalbox
