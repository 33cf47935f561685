// The rule of docs/policy.md over arrays, fast enough to run for every held-out task, every second task held out of the
// rest, and every set of constants. Complete outcomes only; src/routing/task_mixture.h is the shipped rule.

/** The shipped constants. */
export const FIXED = { temperature: 0.1, priorTasks: 2, eta: 0.55, independentModels: 4, priorLabels: 40 };
const DEVIATION_VARIANCE = 0.2;
const DIFFERENCE_VARIANCE = 0.15;

/** Phi(z), to 1e-7 (Abramowitz and Stegun 7.1.26). */
export function normal(z) {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp(-x * x)) / 2;
  return z > 0 ? 1 - tail : tail;
}

/**
 * Returns the mean votes of each task's samples, [out, task, tasks]: `task` is held out, and so is `out` if it is
 * another task. The softmax of a sample is computed once; leaving tasks out means dividing by the remaining sum.
 * isKin(task, k): whether k is left out together with the task; by default only the task itself.
 */
export function voteTable({ cosines, rowsOfTasks, tasks }, temperature, isKin = (task, k) => task === k) {
  const table = new Float64Array(tasks ** 3);
  const exps = new Float64Array(tasks);
  const ofTask = (out, task) => table.subarray((out * tasks + task) * tasks, (out * tasks + task + 1) * tasks);
  for (let task = 0; task < tasks; ++task) {
    for (const row of rowsOfTasks[task]) {
      let sum = 0;
      for (let k = 0; k < tasks; ++k) {
        exps[k] = isKin(task, k) ? 0 : Math.exp((cosines[row * tasks + k] - 1) / temperature);
        sum += exps[k];
      }
      for (let out = 0; out < tasks; ++out) {
        const votes = ofTask(out, task);
        const scale = 1 / ((sum - exps[out]) * rowsOfTasks[task].length);
        for (let k = 0; k < tasks; ++k) if (k !== out) votes[k] += exps[k] * scale;
      }
    }
  }
  return ofTask;
}

/** Adds `priorTasks` uniform votes; tasks that are left out have no vote and receive none. */
export function shrink(votes, priorTasks) {
  let squared = 0;
  let count = 0;
  for (const w of votes) {
    squared += w * w;
    count += Number(w > 0);
  }
  const effective = 1 / squared;
  return votes.map((w) => (w > 0 ? (effective * w + priorTasks / count) / (effective + priorTasks) : 0));
}

/** Returns the model of the pool with the best mean over the tasks that have a vote. */
export function bestSingle(pool, votes) {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  const totals = Float64Array.from(pool.totals);
  for (let k = 0; k < votes.length; ++k) {
    if (votes[k] > 0) continue;
    for (let j = 0; j < pool.size; ++j) totals[j] -= pool.accuracy[k * pool.size + j];
  }
  for (let j = 0; j < pool.size; ++j) {
    if (totals[j] <= most) continue;
    [best, most] = [j, totals[j]];
  }
  return best;
}

/**
 * Returns the labels of a task for a pool: the models' deviations, and their mean squared distance from those of each
 * task.
 */
export function labelsFor(pool, means, count) {
  const tasks = pool.oracle.length;
  const relative = Float64Array.from(pool.members, (m) => means[m]);
  const mean = relative.reduce((sum, x) => sum + x, 0) / pool.size;
  for (let j = 0; j < pool.size; ++j) relative[j] -= mean;
  const distances = new Float64Array(tasks);
  for (let k = 0; k < tasks; ++k) {
    for (let j = 0; j < pool.size; ++j) {
      distances[k] += (relative[j] - pool.deviations[k * pool.size + j]) ** 2 / pool.size;
    }
  }
  return { count, relative, distances };
}

/** Returns the likelihoods of the labels in each task, relative to the highest one. */
export function likelihoods({ count, distances }, { independentModels, priorLabels }) {
  const scale = independentModels / (2 * DEVIATION_VARIANCE * (1 / count + 1 / priorLabels));
  const least = Math.min(...distances);
  return distances.map((d) => Math.exp(scale * (least - d)));
}

const NO_LABELS = { count: 0, relative: new Float64Array(4096) };

/**
 * Picks a model, as its place in the pool, by weights of the tasks, which need not sum to 1. `best` is the place of the
 * best single model.
 */
export function decide(pool, weights, best, { eta, priorLabels }, labels = NO_LABELS) {
  const { size, deviations } = pool;
  const { count, relative } = labels;
  const expected = new Float64Array(size);
  let sum = 0;
  for (let k = 0; k < weights.length; ++k) {
    const w = weights[k];
    if (w === 0) continue;
    sum += w;
    for (let j = 0, at = k * size; j < size; ++j, ++at) expected[j] += w * deviations[at];
  }
  let pick = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < size; ++j) {
    const value = (priorLabels * expected[j]) / sum + count * relative[j];
    if (value <= most) continue;
    [pick, most] = [j, value];
  }
  if (pick === best || eta <= 0.5) return pick;
  const n = priorLabels + count;
  const deviation = Math.sqrt(DIFFERENCE_VARIANCE / n);
  const seen = count * (relative[pick] - relative[best]);
  let confidence = 0;
  for (let k = 0; k < weights.length; ++k) {
    if (weights[k] === 0) continue;
    const difference = deviations[k * size + pick] - deviations[k * size + best];
    confidence += (weights[k] / sum) * normal((priorLabels * difference + seen) / n / deviation);
  }
  return confidence > eta ? pick : best;
}
