// Means over tasks with intervals by benchmark, ranking and calibration.
import { Random } from '../../../dist/evaluation/random.js';
import { quantile, ranks } from '../../../dist/evaluation/statistics.js';

const RESAMPLES = 2000;
const BINS = 10;

/** Returns the weighted mean of a value; NaN without weight. */
export function weightedMean(list, measure) {
  let [sum, total] = [0, 0];
  for (const item of list) {
    sum += item.weight * measure(item);
    total += item.weight;
  }
  return sum / total;
}

/**
 * Resamples whole benchmarks with replacement: tasks of one benchmark are not independent evidence. All lists that
 * are given use the same draws, so differences are paired.
 */
export class ByBenchmark {
  #names;
  #draws;

  constructor(names, seed) {
    this.#names = [...new Set(names)].sort();
    const random = new Random(seed);
    const count = this.#names.length;
    this.#draws = Array.from({ length: RESAMPLES }, () => Array.from({ length: count }, () => random.below(count)));
  }

  /** Returns the mean over lists of their weighted means: the value, its interval, and the share of draws below 0. */
  estimate(lists, benchmarkOf, measure) {
    const place = new Map(this.#names.map((name, i) => [name, i]));
    const sums = lists.map((list) => {
      const out = this.#names.map(() => [0, 0]);
      for (const item of list) {
        const of = out[place.get(benchmarkOf(item))];
        of[0] += item.weight * measure(item);
        of[1] += item.weight;
      }
      return out;
    });
    const meanOf = (draw) => {
      const means = sums.map((of) => {
        let [sum, total] = [0, 0];
        for (const i of draw) {
          sum += of[i][0];
          total += of[i][1];
        }
        return total > 0 ? sum / total : Number.NaN;
      });
      return means.reduce((sum, x) => sum + x, 0) / means.length;
    };
    const drawn = this.#draws.map(meanOf).filter((x) => !Number.isNaN(x));
    const sorted = [...drawn].sort((a, b) => a - b);
    return {
      value: meanOf(this.#names.map((_, i) => i)),
      interval: [quantile(sorted, 0.025), quantile(sorted, 0.975)],
      below: drawn.filter((x) => x < 0).length / drawn.length,
    };
  }
}

/** Returns the chance that a right answer is predicted above a wrong one, ties counting half; NaN without both. */
export function auroc(list) {
  const order = ranks(list.map(({ predicted }) => predicted));
  let [sum, right] = [0, 0];
  for (const [i, { outcome }] of list.entries()) {
    if (outcome <= 0.5) continue;
    sum += order[i];
    right += 1;
  }
  const wrong = list.length - right;
  return right === 0 || wrong === 0 ? Number.NaN : (sum - (right * (right + 1)) / 2) / (right * wrong);
}

/** Returns the mean distance between prediction and outcome in ten bins of the prediction, weighted by their sizes. */
export function calibrationError(list) {
  const off = new Float64Array(BINS);
  for (const { predicted, outcome } of list) {
    off[Math.min(BINS - 1, Math.floor(predicted * BINS))] += predicted - outcome;
  }
  return off.reduce((sum, x) => sum + Math.abs(x), 0) / list.length;
}

/** Returns the mean of a measure over groups, weighted by their sizes; groups without it do not count. */
export function overGroups(list, keyOf, measure, least = 1) {
  const groups = new Map();
  for (const item of list) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  const measured = [...groups.values()]
    .filter(({ length }) => length >= least)
    .map((group) => ({ weight: group.length, value: measure(group) }))
    .filter(({ value }) => !Number.isNaN(value));
  return weightedMean(measured, ({ value }) => value);
}
