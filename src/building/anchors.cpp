#include "building/anchors.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "building/model_profiles.h"
#include "planning/vector_math.h"

namespace signalbox {
namespace {

/// Returns the rows that may be anchors, ascending.
std::vector<std::uint32_t> candidates_of(const Index& index, const ModelProfiles& profiles) {
  std::vector<std::size_t> most(index.tasks(), 0);
  for (std::size_t row = 0; row < index.rows(); ++row) {
    std::size_t& of_task = most[index.row_tasks[row]];
    of_task = std::max(of_task, profiles.measured(row));
  }
  std::vector<std::uint32_t> out;
  for (std::size_t row = 0; row < index.rows(); ++row) {
    const std::size_t task = index.row_tasks[row];
    if (most[task] == 0 || !profiles.knows(task) || 2 * profiles.measured(row) < most[task]) continue;
    out.push_back(static_cast<std::uint32_t>(row));
  }
  return out;
}

/// Returns at most `most` of the rows, evenly spaced.
std::vector<std::uint32_t> thinned(const std::vector<std::uint32_t>& rows, std::size_t most) {
  if (rows.size() <= most) return rows;
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < most; ++i) out.push_back(rows[i * rows.size() / most]);
  return out;
}

/// Covariances of the expected outcomes of the candidates, with one another and with the means of the tasks, given the
/// rows that were taken.
class Design {
 public:
  Design(const Index& index, ModelProfiles& profiles, const std::vector<std::uint32_t>& rows);

  /// Returns the place of the candidate that reduces the variance most, or the number of candidates if all were taken.
  [[nodiscard]] std::size_t best() const;
  void take(std::size_t place);

 private:
  [[nodiscard]] std::span<const float> profile(std::size_t place) const {
    return std::span(profiles_).subspan(place * width_, width_);
  }
  [[nodiscard]] double prior(std::size_t a, std::size_t b) const;
  /// Returns the fewest rows that a task with a candidate left has.
  [[nodiscard]] std::size_t fewest() const;

  std::size_t width_;
  std::size_t count_;
  double scale_;      ///< Variance of a weight.
  double intercept_;  ///< Variance of the intercept.
  double offset_;     ///< Variance of a task's offset.
  double noise_;
  std::vector<std::size_t> tasks_;      ///< Tasks whose means are wanted.
  std::vector<double> task_weights_;    ///< Their weights.
  std::vector<std::uint16_t> of_;       ///< [candidates] their tasks.
  std::vector<std::size_t> left_;       ///< [tasks] candidates that were not taken.
  std::vector<std::size_t> taken_;      ///< [tasks]
  std::vector<float> profiles_;         ///< [candidates, width]
  std::vector<float> with_tasks_;       ///< [candidates, wanted tasks] covariance with the mean of a task.
  std::vector<double> variance_;        ///< [candidates]; negative once taken.
  std::vector<std::vector<float>> by_;  ///< [taken][candidates] covariance with a taken row, scaled by its deviation.
};

Design::Design(const Index& index, ModelProfiles& profiles, const std::vector<std::uint32_t>& rows)
    : width_(profiles.size()),
      count_(rows.size()),
      scale_(kProfileVariance / static_cast<double>(profiles.size())),
      intercept_(kInterceptVariance * profiles.variance()),
      offset_(kOffsetVariance * profiles.variance()),
      noise_(kAnchorNoise * profiles.variance()),
      left_(index.tasks(), 0),
      taken_(index.tasks(), 0) {
  for (std::size_t t = 0; t < index.tasks(); ++t) {
    if (!profiles.knows(t) || !(index.known_weights[t] > 0)) continue;
    tasks_.push_back(t);
    task_weights_.push_back(index.known_weights[t]);
  }
  profiles_.reserve(count_ * width_);
  with_tasks_.reserve(count_ * tasks_.size());
  std::vector<double> x(width_);
  for (const std::uint32_t row : rows) {
    const std::uint16_t task = index.row_tasks[row];
    profiles.read_row(row, x);
    of_.push_back(task);
    ++left_[task];
    profiles_.insert(profiles_.end(), x.begin(), x.end());
    variance_.push_back(scale_ * dot_lanes(x.data(), x.data(), width_) + intercept_ + offset_);
    for (const std::size_t t : tasks_) {
      const double shared = scale_ * dot_lanes(x.data(), profiles.profile(t).data(), width_);
      with_tasks_.push_back(static_cast<float>(shared + intercept_ + (t == task ? offset_ : 0)));
    }
  }
}

double Design::prior(std::size_t a, std::size_t b) const {
  const double shared = scale_ * dot_lanes(profile(a).data(), profile(b).data(), width_);
  return shared + intercept_ + (of_[a] == of_[b] ? offset_ : 0);
}

std::size_t Design::fewest() const {
  std::size_t out = count_;
  for (std::size_t t = 0; t < left_.size(); ++t) {
    if (left_[t] > 0) out = std::min(out, taken_[t]);
  }
  return out;
}

std::size_t Design::best() const {
  const std::size_t turn = fewest();
  std::size_t out = count_;
  double most = -1;
  for (std::size_t i = 0; i < count_; ++i) {
    if (variance_[i] < 0 || taken_[of_[i]] > turn) continue;
    const float* with = with_tasks_.data() + i * tasks_.size();
    double reduced = 0;
    for (std::size_t t = 0; t < tasks_.size(); ++t) {
      reduced += task_weights_[t] * static_cast<double>(with[t]) * static_cast<double>(with[t]);
    }
    reduced /= variance_[i] + noise_;
    if (reduced > most) {
      most = reduced;
      out = i;
    }
  }
  return out;
}

void Design::take(std::size_t place) {
  const double deviation = std::sqrt(variance_[place] + noise_);
  const float* first = with_tasks_.data() + place * tasks_.size();
  const std::vector<float> of_taken(first, first + tasks_.size());
  std::vector<float> scaled(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    double shared = prior(i, place);
    for (const std::vector<float>& by : by_) shared -= static_cast<double>(by[i]) * static_cast<double>(by[place]);
    scaled[i] = static_cast<float>(shared / deviation);
  }
  for (std::size_t i = 0; i < count_; ++i) {
    const auto shared = static_cast<double>(scaled[i]);
    if (variance_[i] >= 0) variance_[i] = std::max(0.0, variance_[i] - shared * shared);
    add_scaled(with_tasks_.data() + i * tasks_.size(), of_taken.data(), static_cast<float>(-shared / deviation),
               tasks_.size());
  }
  variance_[place] = -1;
  --left_[of_[place]];
  ++taken_[of_[place]];
  by_.push_back(std::move(scaled));
}

}  // namespace

Result<std::vector<std::uint32_t>> choose_anchors(const Index& index, std::size_t count) {
  if (count < 1 || count > kMostAnchors) {
    return Error{ErrorCode::kInvalidArgument,
                 "got " + std::to_string(count) + " anchors to choose, expected 1 to " + std::to_string(kMostAnchors)};
  }
  ModelProfiles profiles(index);
  const std::vector<std::uint32_t> all =
      profiles.size() == 0 ? std::vector<std::uint32_t>() : candidates_of(index, profiles);
  if (count > all.size()) {
    return Error{ErrorCode::kInvalidArgument, "got " + std::to_string(count) + " anchors to choose, the index has " +
                                                  std::to_string(all.size()) + " rows with outcomes to choose from"};
  }
  const std::size_t most =
      std::max(count, kMostAnchorCells / std::max(count, std::max(index.tasks(), profiles.size())));
  const std::vector<std::uint32_t> rows = thinned(all, most);
  Design design(index, profiles, rows);
  std::vector<std::uint32_t> out;
  while (out.size() < count) {
    const std::size_t place = design.best();
    out.push_back(rows[place]);
    design.take(place);
  }
  return out;
}

}  // namespace signalbox
