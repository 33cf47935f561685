#include "start.h"

#include <cmath>

namespace trainer {
namespace {

using RowVector = Eigen::Matrix<float, 1, Eigen::Dynamic>;

constexpr std::size_t kShortest = 4;
constexpr std::size_t kLongest = 5;

RowVector random_vector(std::string_view name, Eigen::Index width, std::uint64_t seed) {
  std::uint64_t hash = 1469598103934665603ULL ^ seed;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::mt19937_64 random(hash);
  std::normal_distribution<float> normal;
  RowVector vector(width);
  for (float& x : vector) x = normal(random);
  return vector;
}

/// Returns the sum of the n-grams of "<piece>", with variance 1 per value; a piece inside a word has no "<". Zero if
/// the piece has no n-grams.
RowVector spelling_vector(const std::string& piece, Eigen::Index width, std::uint64_t seed) {
  const std::string text = (piece.starts_with("##") ? piece.substr(2) : "<" + piece) + ">";
  RowVector sum = RowVector::Zero(width);
  int count = 0;
  for (std::size_t length = kShortest; length <= kLongest; ++length) {
    for (std::size_t at = 0; at + length <= text.size(); ++at, ++count) {
      sum += random_vector(std::string_view(text).substr(at, length), width, seed);
    }
  }
  if (count > 0) sum /= std::sqrt(static_cast<float>(count));
  return sum;
}

Eigen::VectorXd shares(const std::vector<Source>& sources, std::size_t pieces) {
  Eigen::VectorXd share = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(pieces));
  for (const Source& source : sources) {
    for (const Token token : source.tokens) share[token] += source.weight / static_cast<double>(source.tokens.size());
  }
  return share / share.sum();
}

}  // namespace

Matrix start_table(const std::vector<std::string>& pieces, const std::vector<Source>& sources, Eigen::Index width,
                   const StartOptions& options) {
  const Eigen::VectorXd share = shares(sources, pieces.size());
  Matrix table(static_cast<Eigen::Index>(pieces.size()), width);
  for (Eigen::Index row = 0; row < table.rows(); ++row) {
    const std::string& piece = pieces[static_cast<std::size_t>(row)];
    RowVector vector = random_vector("=" + piece, width, options.seed);
    const RowVector spelling = spelling_vector(piece, width, options.seed);
    if (!spelling.isZero()) {
      vector = std::sqrt(1 - options.spelling) * vector + std::sqrt(options.spelling) * spelling;
    }
    const double norm = std::sqrt(static_cast<double>(width)) * options.sif / (options.sif + share[row]);
    table.row(row) = vector.normalized() * norm;
  }
  return table;
}

}  // namespace trainer
