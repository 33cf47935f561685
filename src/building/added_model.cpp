#include "building/added_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "building/model_profiles.h"
#include "index/append_model.h"
#include "index/utf8.h"
#include "planning/vector_math.h"

namespace signalbox {
namespace {

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Status check_results(const Index& index, const NewResults& results) {
  if (results.rows.empty()) return invalid("got no results, expected at least one");
  if (results.rows.size() != results.outcomes.size()) {
    return Error{ErrorCode::kDimensionMismatch, "got " + std::to_string(results.outcomes.size()) +
                                                    " outcomes, expected " + std::to_string(results.rows.size())};
  }
  std::vector<std::uint8_t> seen(index.rows(), 0);
  for (std::size_t i = 0; i < results.rows.size(); ++i) {
    const std::uint32_t row = results.rows[i];
    const std::string what = "the result on row " + std::to_string(row);
    if (row >= index.rows()) return invalid(what + ": the index has " + std::to_string(index.rows()) + " rows");
    if (seen[row] != 0) return invalid(what + " occurs twice");
    seen[row] = 1;
    const float y = results.outcomes[i];
    if (!(y >= 0 && y <= 1)) return invalid(what + " is outside 0 to 1");
    if (!index.outcomes.is_graded() && y != 0 && y != 1) {
      return invalid(what + " is neither 0 nor 1: the outcomes of this index are right or wrong");
    }
    if (index.task_scores.has(index.row_tasks[row]) || index.links.has(index.row_tasks[row])) {
      return invalid(what + ": the index has no outcomes of its task, which others could be compared with");
    }
  }
  return {};
}

/// A symmetric, positive definite matrix, decomposed into L L'.
class Cholesky {
 public:
  /// matrix: [width, width], of which the lower triangle is used.
  Cholesky(std::vector<double> matrix, std::size_t width) : width_(width), factor_(std::move(matrix)) {
    for (std::size_t i = 0; i < width_; ++i) {
      double* row = factor_.data() + i * width_;
      for (std::size_t j = 0; j < i; ++j) {
        const double* other = factor_.data() + j * width_;
        row[j] = (row[j] - dot_lanes(row, other, j)) / other[j];
      }
      row[i] = std::sqrt(row[i] - dot_lanes(row, row, i));
    }
  }

  /// Replaces x by L^-1 x.
  void solve_lower(std::span<double> x) const {
    for (std::size_t i = 0; i < width_; ++i) {
      const double* row = factor_.data() + i * width_;
      x[i] = (x[i] - dot_lanes(row, x.data(), i)) / row[i];
    }
  }
  /// Replaces x by the solution of L L' z = x.
  void solve(std::span<double> x) const {
    solve_lower(x);
    for (std::size_t i = width_; i-- > 0;) {
      const double* row = factor_.data() + i * width_;
      x[i] /= row[i];
      add_scaled(x.data(), row, -x[i], i);
    }
  }

 private:
  std::size_t width_;
  std::vector<double> factor_;
};

/// Sums over the results in one task. A feature is x of the row, then 1 for the intercept.
struct TaskSums {
  std::size_t task = 0;
  double count = 0;
  double residual = 0;           ///< Sum of outcome less level.
  std::vector<double> features;  ///< [width]
};

/// The posterior of weights and intercept.
class Posterior {
 public:
  Posterior(const Index& index, ModelProfiles& profiles, const NewResults& results);

  [[nodiscard]] NewEstimates estimates() const;

 private:
  void add_results(const NewResults& results);
  void add_task(const TaskSums& sums);
  [[nodiscard]] const TaskSums* sums_of(std::size_t task) const;
  [[nodiscard]] double shared(const TaskSums& sums) const { return offset_ / (noise_ + offset_ * sums.count); }
  void estimate_task(std::size_t task, const Cholesky& solved, NewEstimates& out) const;

  const Index& index_;
  ModelProfiles& profiles_;
  std::size_t width_;
  double offset_;
  double noise_;
  std::vector<double> matrix_;   ///< [width, width] precision; the lower triangle is used.
  std::vector<double> weights_;  ///< [width]
  std::vector<TaskSums> tasks_;  ///< Ascending by task.
};

Posterior::Posterior(const Index& index, ModelProfiles& profiles, const NewResults& results)
    : index_(index),
      profiles_(profiles),
      width_(profiles.size() + 1),
      offset_(kOffsetVariance * profiles.variance()),
      noise_(kNoiseVariance * profiles.variance()),
      matrix_(width_ * width_, 0),
      weights_(width_, 0) {
  for (std::size_t i = 0; i + 1 < width_; ++i) {
    matrix_[i * width_ + i] = static_cast<double>(profiles.size()) / kProfileVariance;
  }
  matrix_.back() = 1 / (kInterceptVariance * profiles.variance());
  add_results(results);
}

void Posterior::add_results(const NewResults& results) {
  std::vector<std::size_t> order(results.rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto key = [&](std::size_t i) { return std::pair(index_.row_tasks[results.rows[i]], results.rows[i]); };
    return key(a) < key(b);
  });
  std::vector<double> feature(width_, 1);
  for (const std::size_t i : order) {
    const std::uint32_t row = results.rows[i];
    const std::size_t task = index_.row_tasks[row];
    if (tasks_.empty() || tasks_.back().task != task) {
      if (!tasks_.empty()) add_task(tasks_.back());
      tasks_.push_back({task, 0, 0, std::vector<double>(width_, 0)});
    }
    TaskSums& sums = tasks_.back();
    const double level = profiles_.read_row(row, std::span(feature).first(width_ - 1));
    const double off = static_cast<double>(results.outcomes[i]) - level;
    ++sums.count;
    sums.residual += off;
    add_scaled(sums.features.data(), feature.data(), 1.0, width_);
    add_scaled(weights_.data(), feature.data(), off / noise_, width_);
    for (std::size_t a = 0; a < width_; ++a) {
      add_scaled(matrix_.data() + a * width_, feature.data(), feature[a] / noise_, a + 1);
    }
  }
  add_task(tasks_.back());
}

/// Takes away what the unknown offset of the task explains (Sherman and Morrison).
void Posterior::add_task(const TaskSums& sums) {
  const double scale = shared(sums) / noise_;
  add_scaled(weights_.data(), sums.features.data(), -scale * sums.residual, width_);
  for (std::size_t a = 0; a < width_; ++a) {
    add_scaled(matrix_.data() + a * width_, sums.features.data(), -scale * sums.features[a], a + 1);
  }
}

const TaskSums* Posterior::sums_of(std::size_t task) const {
  const auto found = std::lower_bound(tasks_.begin(), tasks_.end(), task,
                                      [](const TaskSums& sums, std::size_t t) { return sums.task < t; });
  return found != tasks_.end() && found->task == task ? &*found : nullptr;
}

void Posterior::estimate_task(std::size_t task, const Cholesky& solved, NewEstimates& out) const {
  const std::span<const double> profile = profiles_.profile(task);
  const double* weights = out.mix.data();  // Still the weights of the pool, and the intercept behind them.
  std::vector<double> direction(profile.begin(), profile.end());
  direction.push_back(1);
  double mean = profiles_.level(task) + dot_lanes(direction.data(), weights, width_);
  double variance = offset_;
  double unknown = 1;  // Share of the task's rows without a result.
  const auto rows = static_cast<double>(index_.task_rows[task]);
  if (const TaskSums* sums = sums_of(task)) {
    const double off = sums->residual - dot_lanes(sums->features.data(), weights, width_);
    const double offset = shared(*sums) * off;
    unknown = 1 - sums->count / rows;
    mean += offset + (off - sums->count * offset) / rows;
    variance = shared(*sums) * noise_;
    add_scaled(direction.data(), sums->features.data(), -shared(*sums), width_);
    out.offsets[task] = offset;
  }
  solved.solve_lower(direction);
  variance += dot_lanes(direction.data(), direction.data(), width_);
  mean = std::clamp(mean, 0.0, 1.0);
  out.means[task] = mean;
  out.variance[task] = std::min(1.0, unknown * variance + mean * (1 - mean) / (rows + 1));
}

NewEstimates Posterior::estimates() const {
  NewEstimates out{std::vector<double>(index_.tasks(), -1), std::vector<double>(index_.tasks(), 0), weights_, 0,
                   std::vector<double>(index_.tasks(), 0)};
  const Cholesky solved(matrix_, width_);
  solved.solve(out.mix);
  for (std::size_t t = 0; t < index_.tasks(); ++t) {
    if (profiles_.knows(t)) estimate_task(t, solved, out);
  }
  // In terms of outcomes instead of profiles: sum u_k (y_k - level) + level.
  const std::vector<double> weights = std::move(out.mix);
  double rest = 1;
  for (std::size_t k = 0; k < profiles_.size(); ++k) rest -= weights[k];
  out.mix.assign(index_.built_models(), 0);
  for (std::size_t k = 0; k < profiles_.size(); ++k) {
    out.mix[profiles_.pool()[k]] = weights[k] + rest / static_cast<double>(profiles_.size());
  }
  out.intercept = weights.back();
  return out;
}

/// Adds the new model to the predictor of families: the mix of the others, whose mean outcome has the weighted variance
/// of the tasks.
void add_to_families(const Index& index, const NewEstimates& estimates, AppendedModel& out) {
  const FamilyPredictor& families = index.families;
  const std::size_t models = index.models();
  const bool are_tasks = families.families == index.tasks();
  const auto mixed = [&](const float* values, std::size_t stride) {
    double sum = 0;
    for (std::size_t m = 0; m < estimates.mix.size(); ++m) {
      sum += estimates.mix[m] * static_cast<double>(values[m * stride]);
    }
    return sum;
  };
  double variance = 0;
  double total = 0;
  for (std::size_t t = 0; t < index.tasks(); ++t) {
    if (estimates.means[t] < 0) continue;
    variance += index.known_weights[t] * estimates.variance[t];
    total += index.known_weights[t];
  }
  for (std::size_t f = 0; f < families.families; ++f) {
    double right = mixed(families.right.data() + f * models, 1) + estimates.intercept;
    if (are_tasks) right += estimates.offsets[f];
    right = std::clamp(right, 0.0, 1.0);
    const double of_family = are_tasks ? estimates.variance[f] : variance / total;
    out.right.push_back(static_cast<float>(right));
    out.evidence.push_back(static_cast<float>(std::clamp(right * (1 - right) / of_family, 1.0, kMostWeight)));
  }
  if (families.weights.empty()) return;
  const std::size_t dim = index.codes.dim;
  for (std::size_t i = 0; i < dim; ++i) {
    out.weights.push_back(static_cast<float>(mixed(families.weights.data() + i, dim)));
  }
  out.linear_intercept = static_cast<float>(mixed(families.intercept.data(), 1));
}

Status check_model(const Index& index, const NewModel& model) {
  if (model.name.empty()) return invalid("got an empty name, expected that of the new model");
  for (const std::string* text : {&model.name, &model.model_records}) {
    if (!is_utf8(*text)) return Error{ErrorCode::kBadMetadata, "the name or a record of the new model is not UTF-8"};
  }
  for (std::size_t m = 0; m < index.models(); ++m) {
    if (index.model_names[m] == model.name) {
      return invalid("the index already has a model '" + model.name +
                     "': add all its results to an index without it, or choose another name");
    }
  }
  const ModelNumbers& n = model.numbers;
  for (const double x : {n.params_b, n.usd_per_mtok_in, n.usd_per_mtok_out, n.usd_per_mtok_cache_read}) {
    if (!std::isfinite(x) || (x < 0 && x != -1)) return invalid("a price or parameter count is not a number >= 0");
  }
  if (!index.plan.empty()) {
    return invalid(
        "the index is that of a plan, whose estimates would not hold with another model: add its results to the graded "
        "prompts, and plan again");
  }
  return {};
}

}  // namespace

Result<NewEstimates> estimate_new_model(const Index& index, const NewResults& results) {
  if (Status failed = check_results(index, results)) return *failed;
  ModelProfiles profiles(index);
  if (profiles.size() == 0) return invalid("no model of the index has an outcome to compare with");
  for (const std::uint32_t row : results.rows) {
    if (profiles.knows(index.row_tasks[row])) continue;
    return invalid("the result on row " + std::to_string(row) +
                   ": the index has no outcomes of its task, which others could be compared with");
  }
  return Posterior(index, profiles, results).estimates();
}

Result<std::vector<std::uint8_t>> add_model(const Index& index, const NewModel& model, const NewResults& results) {
  if (Status failed = check_model(index, model)) return *failed;
  const Result<NewEstimates> estimated = estimate_new_model(index, results);
  if (!estimated.ok()) return estimated.error();
  const NewEstimates& estimates = estimated.value();
  AppendedModel appended;
  appended.name = model.name;
  appended.numbers = model.numbers;
  appended.model_records = model.model_records;
  appended.rows = results.rows;
  appended.outcomes = results.outcomes;
  appended.means.assign(estimates.means.begin(), estimates.means.end());
  appended.variance.assign(estimates.variance.begin(), estimates.variance.end());
  if (index.families.families > 0) add_to_families(index, estimates, appended);
  return append_model(index, appended);
}

}  // namespace signalbox
