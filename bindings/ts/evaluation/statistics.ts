/** Means, correlations, ranks, and their uncertainty. NaN means "not available" and is excluded from means. */
import { Random } from './random.js';

/** A number with its 95% interval. */
export interface Estimate {
  value: number;
  interval: [low: number, high: number];
}

const RESAMPLES = 2000;

/** Returns the mean of all values that are not NaN; NaN if all are. */
export function mean(values: readonly number[]): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** Returns the values at the places where neither is NaN. */
function pairs(a: readonly number[], b: readonly number[]): [number[], number[]] {
  const both = a.map((_, i) => i).filter((i) => !Number.isNaN(a[i]) && !Number.isNaN(b[i] ?? Number.NaN));
  return [both.map((i) => a[i] as number), both.map((i) => b[i] as number)];
}

/** Returns Pearson's correlation; NaN with fewer than two pairs, or if one side is constant. */
export function pearson(a: readonly number[], b: readonly number[]): number {
  const [x, y] = pairs(a, b);
  if (x.length < 2) return Number.NaN;
  const [meanX, meanY] = [mean(x), mean(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; ++i) {
    const [dx, dy] = [(x[i] as number) - meanX, (y[i] as number) - meanY];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // For equal numbers, the rounding of the mean leaves a variance of about 1e-32.
  const isConstant = x.every((v) => v === x[0]) || y.every((v) => v === y[0]);
  return isConstant ? Number.NaN : xy / Math.sqrt(xx * yy);
}

/** @internal Returns ranks from 1, smallest first; equal values share the mean of their ranks. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const out = new Array<number>(values.length).fill(0);
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && values[order[end] as number] === values[order[first] as number]) end += 1;
    for (let i = first; i < end; ++i) out[order[i] as number] = (first + 1 + end) / 2;
    first = end;
  }
  return out;
}

/** Returns Pearson's correlation of the ranks. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = pairs(a, b);
  return pearson(ranks(x), ranks(y));
}

/** Returns the rank of a value among `values`, which contain it: 1 is the largest, ties share their mean rank. */
export function rankOf(value: number, values: readonly number[]): number {
  const larger = values.filter((v) => v > value).length;
  const equal = values.filter((v) => v === value).length;
  return larger + (equal + 1) / 2;
}

/** @internal Returns the q quantile by linear interpolation between order statistics (R's type 7). */
export function quantile(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const [a, b] = [sorted[low] as number, sorted[Math.min(low + 1, sorted.length - 1)] as number];
  return a + (at - low) * (b - a);
}

/**
 * Resamples units with replacement. All statistics over the same units use the same draws, so differences are paired.
 */
export class Bootstrap {
  readonly #draws: Uint32Array;
  readonly #units: number;
  readonly #resamples: number;

  constructor(units: number, seed: number, resamples = RESAMPLES) {
    const random = new Random(seed);
    this.#units = units;
    this.#resamples = resamples;
    this.#draws = Uint32Array.from({ length: units * resamples }, () => random.below(units));
  }

  /**
   * Returns a statistic of the means of several columns with its percentile interval. NaN is excluded from its column.
   */
  estimate(columns: readonly (readonly number[])[], statistic: (means: number[]) => number): Estimate {
    const drawn: number[] = [];
    for (let draw = 0; draw < this.#resamples; ++draw) {
      const value = statistic(columns.map((column) => this.#meanOf(column, draw)));
      if (Number.isFinite(value)) drawn.push(value);
    }
    drawn.sort((a, b) => a - b);
    return { value: statistic(columns.map(mean)), interval: [quantile(drawn, 0.025), quantile(drawn, 0.975)] };
  }

  mean(values: readonly number[]): Estimate {
    return this.estimate([values], ([value = Number.NaN]) => value);
  }

  /** Returns the mean of a - b over units. */
  difference(a: readonly number[], b: readonly number[]): Estimate {
    return this.mean(a.map((value, i) => value - (b[i] ?? Number.NaN)));
  }

  #meanOf(column: readonly number[], draw: number): number {
    let sum = 0;
    let count = 0;
    const first = draw * this.#units;
    for (let i = first; i < first + this.#units; ++i) {
      const value = column[this.#draws[i] as number] as number;
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
    return count === 0 ? Number.NaN : sum / count;
  }
}

/** Returns (accuracy - best single) / (oracle - best single); NaN if there is no gap. */
export function gapClosed(accuracy: number, bestSingle: number, oracle: number): number {
  const gap = oracle - bestSingle;
  return gap > 0 ? (accuracy - bestSingle) / gap : Number.NaN;
}

/** Returns Wilson's 95% interval of a share. */
export function wilson(hits: number, count: number): [low: number, high: number] {
  if (count === 0) return [Number.NaN, Number.NaN];
  const z = 1.959963984540054;
  const share = hits / count;
  const scale = 1 + (z * z) / count;
  const centre = share + (z * z) / (2 * count);
  const half = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}

/** Returns the probability that |t| < x, by the finite series for whole degrees of freedom (Abramowitz, Stegun 26.7.3). */
function studentWithin(x: number, degrees: number): number {
  const angle = Math.atan(x / Math.sqrt(degrees));
  const cosine = Math.cos(angle);
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let series = degrees === 1 ? 0 : term;
  for (let i = isOdd ? 3 : 2; i <= degrees - 2; i += 2) {
    term *= ((i - 1) / i) * cosine ** 2;
    series += term;
  }
  const tail = Math.sin(angle) * series;
  return isOdd ? (2 / Math.PI) * (angle + tail) : tail;
}

/** Returns the 97.5% quantile of Student's t. `degrees`: a whole number of at least 1. */
export function studentQuantile(degrees: number): number {
  let [low, high] = [1.9, 13];
  while (low < high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentWithin(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Divides the places of values into `bins` groups of equal size, smallest values first; fewer groups for few values.
 */
export function quantileBins(values: readonly number[], bins: number): number[][] {
  const order = values
    .map((_, i) => i)
    .filter((i) => !Number.isNaN(values[i]))
    .sort((i, j) => (values[i] as number) - (values[j] as number) || i - j);
  const count = Math.min(bins, order.length);
  return Array.from({ length: count }, (_, bin) =>
    order.slice(Math.round((bin * order.length) / count), Math.round(((bin + 1) * order.length) / count)),
  );
}
