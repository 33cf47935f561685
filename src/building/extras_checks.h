// Checks of the parts of an index beside rows and outcomes.
#pragma once

#include "building/builder.h"
#include "status.h"

namespace signalbox {

/// Sorts scores and links, as the writer needs them.
void sort_extras(IndexExtras& extras);

/// Checks the extras of a description, sorted or not. Errors: those of build_index.
[[nodiscard]] Status check_extras(const IndexDescription& description);

/// Returns whether each task, [tasks], must have no outcomes because it has scores or links.
[[nodiscard]] std::vector<bool> tasks_without_outcomes(const IndexDescription& description);

/// Returns scores, sorted, but for those of one task, as a view into `storage`.
struct ScoreStorage {
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint16_t> models;
  std::vector<float> scores;
  std::vector<float> evidence;
};
[[nodiscard]] TaskScoreView score_view(const IndexExtras& extras, std::size_t tasks, ScoreStorage& storage,
                                       std::size_t left_out_task = kNoTask);

/// Returns links, sorted, as a view into `storage`.
struct LinkStorage {
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint16_t> tasks;
  std::vector<float> weights;

  [[nodiscard]] TaskLinkView view() const { return {offsets, tasks, weights}; }
};
[[nodiscard]] LinkStorage store_links(const IndexExtras& extras, std::size_t tasks);

}  // namespace signalbox
