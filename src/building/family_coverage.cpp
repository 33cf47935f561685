#include "building/family_coverage.h"

#include <algorithm>
#include <cmath>

#include "kernels/codes.h"
#include "routing/family_forecast.h"

namespace signalbox {
namespace {

/// Share of the median distance between rows of different families. With the shipped embedder that distance is .94 for
/// prompts of six templates, so that the floor is .47. Light changes of the wording lie at .12 to .45 from the rows,
/// and 95% of everyday prompts of other kinds beyond .58: see tests/package/router/families.test.mjs.
constexpr double kFloor = .5;
constexpr double kQuantile = .99;

float quantile(std::vector<float> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size() - 1)))];
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double product = 0;
  double squares_a = 0;
  double squares_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]);
    const auto y = static_cast<double>(b[i]);
    product += x * y;
    squares_a += x * x;
    squares_b += y * y;
  }
  return product / std::sqrt(squares_a * squares_b);
}

/// Returns the median distance between rows of different families, or of all rows if there is one family only. A row
/// is compared with a few that are spread over the others.
float distance_between(std::span<const float> vectors, std::size_t dim, const std::vector<std::size_t>& family_of,
                       std::size_t families) {
  constexpr std::size_t kPartners = 8;
  const std::size_t rows = family_of.size();
  std::vector<float> out;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 1; i <= kPartners; ++i) {
      const std::size_t other = (row + i * rows / (kPartners + 1)) % rows;
      const bool is_known = family_of[row] < families && family_of[other] < families;
      if (!is_known || row == other || (families > 1 && family_of[row] == family_of[other])) continue;
      const double distance = 1 - cosine(vectors.subspan(row * dim, dim), vectors.subspan(other * dim, dim));
      out.push_back(static_cast<float>(std::clamp(distance, 0.0, 2.0)));
    }
  }
  return quantile(std::move(out), .5);
}

}  // namespace

std::vector<float> reach_of_families(const FamilyPredictor& predictor, std::span<const float> vectors,
                                     std::span<const float> distances) {
  const std::size_t dim = predictor.centroids.size() / predictor.families;
  std::vector<std::vector<float>> of_family(predictor.families);
  std::vector<std::size_t> family_of(distances.size(), predictor.families);  // None.
  std::vector<double> memberships(predictor.families);
  for (std::size_t row = 0; row < distances.size(); ++row) {
    const auto vector = vectors.subspan(row * dim, dim);
    if (is_zero(vector)) continue;
    family_memberships(predictor, vector, memberships);
    family_of[row] =
        static_cast<std::size_t>(std::max_element(memberships.begin(), memberships.end()) - memberships.begin());
    of_family[family_of[row]].push_back(distances[row]);
  }
  const auto least =
      static_cast<float>(kFloor * static_cast<double>(distance_between(vectors, dim, family_of, predictor.families)));
  const float of_all = quantile({distances.begin(), distances.end()}, kQuantile);
  std::vector<float> out;
  out.reserve(of_family.size());
  for (const auto& rows : of_family) {
    out.push_back(std::max(least, rows.empty() ? of_all : quantile(rows, kQuantile)));
  }
  return out;
}

}  // namespace signalbox
