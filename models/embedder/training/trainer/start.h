// The table before training.
#pragma once

#include <string>

#include "contrastive_loss.h"
#include "pairs.h"

namespace trainer {

struct StartOptions {
  double sif = 1e-3;      ///< a of a / (a + p), smooth inverse frequency (Arora et al., 2017)
  double spelling = 0.8;  ///< share of a row's squared norm that comes from its n-grams
  std::uint64_t seed = 1;
};

/// Returns one random row per piece: its own vector plus those of the letter n-grams of its spelling, so that forms of
/// one word ("transfer", "transfers") start near each other, as in fastText (Bojanowski et al., 2017). The norm falls
/// with the piece's frequency, so that even untrained rows compare texts by their rare words.
Matrix start_table(const std::vector<std::string>& pieces, const std::vector<Source>& sources, Eigen::Index width,
                   const StartOptions& options);

}  // namespace trainer
