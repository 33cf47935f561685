// The ledger of a plan: correctness and cost of every setting of the rule, and of each model alone, summed by group of
// rows. All estimates are computed from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "planning/plan_data.h"
#include "planning/settings.h"

namespace signalbox {

/// Outcomes and costs without gaps.
struct Completed {
  std::vector<float> right;  ///< [rows, models]
  std::vector<float> usd;    ///< [rows, models]; 0 of models without costs.
};

/// Fills the gaps of a file: a missing value becomes the predictor's prediction for it plus the mean error of the
/// predictions for the model, by membership. Predictions alone are drawn to the overall mean, and would make rules that
/// pick where they are high look worse than they are.
[[nodiscard]] Completed complete(const PlanData& data, const FamilyPredictor& predictor);

/// A pick for a row, and what it earns there.
struct Earned {
  std::size_t pick = 0;
  float right = 0;
  float usd = 0;
};

/// Corrected scores of the shipped rule: for each row and setting what the shipped rule earns there, less what a rule
/// gains by having seen the row. The latter is the mean over the rules of the folds that saw the row, minus the rule of
/// the fold that left it out, all of them fitted alike:
///
///   z = y[pick of the shipped rule] + y[pick of the row's own fold] - mean over other folds of y[their pick].
///
/// The picks of rules that were fitted to other rows differ, and so do their costs; in z these differences cancel,
/// which they do not in a table of held-out picks alone. Where all rules pick alike, z is what they earn, exactly.
class CorrectedScores {
 public:
  CorrectedScores() = default;
  CorrectedScores(std::size_t rows, std::size_t settings, std::size_t folds);

  /// Adds what the pick of a rule earns for a row and setting: of the shipped rule, and of each fold's.
  void add_shipped(std::size_t row, std::size_t setting, const Earned& earned);
  void add_fold(std::size_t fold, bool is_own, std::size_t row, std::size_t setting, const Earned& earned);

  [[nodiscard]] double right(std::size_t row, std::size_t setting) const {
    return right_[place(row, setting)] / others_;
  }
  [[nodiscard]] double usd(std::size_t row, std::size_t setting) const { return usd_[place(row, setting)] / others_; }
  [[nodiscard]] std::size_t settings() const { return settings_; }

  /// Returns the standard deviation, over the rules of the folds, of the mean outcome of their picks for all rows.
  [[nodiscard]] double spread(std::size_t setting) const;
  /// Returns the one model that all rules pick for all rows, if there is one.
  [[nodiscard]] std::optional<std::size_t> sole(std::size_t setting) const;

 private:
  [[nodiscard]] std::size_t place(std::size_t row, std::size_t setting) const { return row * settings_ + setting; }
  void note_pick(std::size_t setting, std::size_t pick);

  std::size_t rows_ = 0;
  std::size_t settings_ = 0;
  double others_ = 1;                ///< Folds that saw a row.
  std::vector<double> right_;        ///< [rows, settings] sums of z times others_, which are whole for whole outcomes.
  std::vector<double> usd_;          ///< [rows, settings] likewise.
  std::vector<double> of_folds_;     ///< [folds, settings] sums of outcomes of the picks for all rows.
  std::vector<std::uint16_t> sole_;  ///< [settings] the only pick so far, or kNone, or kSeveral.
};

/// Sums over the rows of each group. Columns are the settings, then the models alone.
struct Ledger {
  std::size_t groups = 0;
  std::size_t settings = 0;
  std::size_t models = 0;
  std::vector<float> rows;                       ///< [groups]
  std::vector<float> right;                      ///< [groups, columns]
  std::vector<float> usd;                        ///< [groups, columns]
  std::vector<double> spread;                    ///< [settings] see CorrectedScores::spread.
  std::vector<std::optional<std::size_t>> sole;  ///< [settings] see CorrectedScores::sole.

  [[nodiscard]] std::size_t columns() const { return settings + models; }
};

[[nodiscard]] Ledger make_ledger(const PlanData& data, const CorrectedScores& scores, const Completed& values);

/// Sums over groups.
struct Sums {
  double rows = 0;
  std::vector<double> right;  ///< [columns]
  std::vector<double> usd;    ///< [columns]
};

[[nodiscard]] Sums sum_groups(const Ledger& ledger);

}  // namespace signalbox
