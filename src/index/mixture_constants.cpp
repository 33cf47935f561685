#include "index/mixture_constants.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "index/decimal.h"

namespace signalbox {
namespace {

struct Constant {
  std::string_view name;
  double MixtureConstants::*field;
  double low;
  double high;
};

// What is divided by is positive; the bounds are far from any useful value.
constexpr double kSmall = 1e-6;
constexpr double kLarge = 1e6;
using M = MixtureConstants;
constexpr std::array<Constant, 20> kConstants = {{
    {"temperature", &M::temperature, 1e-3, 10},
    {"prior_tasks", &M::prior_tasks, 0, kLarge},
    {"prior_labels", &M::prior_labels, kSmall, kLarge},
    {"independent_models", &M::independent_models, 0, kLarge},
    {"deviation_variance", &M::deviation_variance, kSmall, 1},
    {"difference_variance", &M::difference_variance, kSmall, 1},
    {"difficulty_variance", &M::difficulty_variance, kSmall, 1},
    {"difficulty_noise", &M::difficulty_noise, kSmall, 1},
    {"difficulty_outcomes", &M::difficulty_outcomes, 0, kLarge},
    {"eta", &M::eta, 0, 1},
    {"model_variance", &M::model_variance, 0, 1},
    {"input_prior_tasks", &M::input_prior_tasks, 0, kLarge},
    {"cell_prior", &M::cell_prior, 0, kLarge},
    {"slope_prior", &M::slope_prior, 0, kLarge},
    {"strength_prior", &M::strength_prior, 0, kLarge},
    {"least_slope", &M::least_slope, 0, 1},
    {"most_slope", &M::most_slope, 1, 100},
    {"offset_rows", &M::offset_rows, 0, 1000},
    {"offset_temperature", &M::offset_temperature, 1e-3, 10},
    {"offset_prior", &M::offset_prior, kSmall, kLarge},
}};

}  // namespace

Result<MixtureConstants> mixture_constants(std::span<const double> values) {
  MixtureConstants out;
  for (std::size_t i = 0; i < std::min(values.size(), kConstants.size()); ++i) {
    const Constant& constant = kConstants[i];
    // Written so that NaN fails too.
    if (!(values[i] >= constant.low && values[i] <= constant.high)) {
      return Error{ErrorCode::kNonFinite, "mixture: " + std::string(constant.name) + " is " + number_text(values[i]) +
                                              ", expected " + number_text(constant.low) + " to " +
                                              number_text(constant.high)};
    }
    out.*constant.field = values[i];
  }
  return out;
}

}  // namespace signalbox
