/** Differences in cost saved and AIQ between two evaluations of the same samples, with 95% intervals. */
import { averageQuality, blendedPrice, costSaved, nonDecreasingHull, type Operating } from './cost.js';
import type { EvaluationData } from './data.js';
import { around, type Difference, type Interval } from './paired.js';
import { Random } from './random.js';
import { LOSSES } from './report.js';
import { mean, quantile, studentQuantile } from './statistics.js';
import type { CostUnits } from './units.js';

const RESAMPLES = 1000;

/** Numbers that are compared: the shares of cost saved at each of `LOSSES`, then AIQ. */
export interface CostValues {
  costSaved: number[];
  aiq: number;
}

export interface CostDifferences {
  costSaved: Difference[];
  aiq: Difference;
}

/** [rows] What one choice per row costs and yields; NaN unknown. */
interface Column {
  cost: Float64Array;
  quality: Float64Array;
}

function columnOf(data: EvaluationData, rows: readonly number[], pick: (i: number) => number): Column {
  const { costs, models, outcomes } = data;
  const prices = models.map(blendedPrice);
  const [cost, quality] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  for (const [i, row] of rows.entries()) {
    const m = pick(i);
    const cell = row * models.length + m;
    cost[i] = (costs === undefined ? prices[m] : costs[cell]) as number;
    quality[i] = outcomes[cell] as number;
  }
  return { cost, quality };
}

/** Returns the mean of a column whose rows occur `counts` times, NaN left out. */
function weightedMean(values: Float64Array, counts: Uint16Array): number {
  let [sum, known] = [0, 0];
  for (let i = 0; i < values.length; ++i) {
    const value = values[i] as number;
    const count = counts[i] as number;
    if (count === 0 || Number.isNaN(value)) continue;
    sum += count * value;
    known += count;
  }
  return known === 0 ? Number.NaN : sum / known;
}

const operating = ({ cost, quality }: Column, counts: Uint16Array): Operating => ({
  cost: weightedMean(cost, counts),
  quality: weightedMean(quality, counts),
});

/** The columns of one evaluation, from which its values follow for any number of occurrences of each row. */
class Curve {
  readonly #points: Column[];
  readonly #singles: Column[];
  readonly #best: Column;

  /** `at`: the places of the rows in the units. */
  constructor(units: CostUnits, at: readonly number[], data: EvaluationData) {
    const rows = at.map((i) => units.rows[i] as number);
    const weights = units.picks[0]?.length ?? 0;
    const of = (pick: (i: number) => number) => columnOf(data, rows, (i) => pick(at[i] as number));
    this.#points = Array.from({ length: weights }, (_, w) => of((i) => units.picks[i]?.[w] as number));
    this.#singles = units.pool.map((m) => of(() => m));
    this.#best = of((i) => units.best[i] as number);
  }

  /** Returns the values; the best single model is among the settings, so that there is always something to save. */
  values(counts: Uint16Array): number[] {
    const points = this.#points.map((column) => operating(column, counts));
    const singles = this.#singles.map((column) => operating(column, counts));
    const best = operating(this.#best, counts);
    const cheapest = singles.reduce((a, b) => (b.cost < a.cost ? b : a));
    const dearest = Math.max(...singles.map(({ cost }) => cost));
    const saved = costSaved(nonDecreasingHull([...points, cheapest, best]), best);
    return [...saved, averageQuality(nonDecreasingHull([...points, cheapest]), cheapest.cost, dearest)];
  }
}

/** Places of the rows of each task. */
function byTask(rows: readonly number[], data: EvaluationData): number[][] {
  const groups = new Map<number, number[]>();
  for (const [i, row] of rows.entries()) {
    const task = data.rowTasks[row] as number;
    const group = groups.get(task) ?? [];
    group.push(i);
    groups.set(task, group);
  }
  return [...groups.values()];
}

/** Draws as many rows of each task as it has, with replacement, and counts them. */
function draw(groups: readonly (readonly number[])[], rows: number, random: Random): Uint16Array {
  const counts = new Uint16Array(rows);
  for (const group of groups) {
    for (let i = 0; i < group.length; ++i) {
      const at = group[random.below(group.length)] as number;
      counts[at] = (counts[at] as number) + 1;
    }
  }
  return counts;
}

/** Returns Student's interval by leaving out one task after the other (the jackknife). */
function jackknife(value: number, without: readonly number[]): Interval {
  const tasks = without.length;
  if (tasks < 2) return [Number.NaN, Number.NaN];
  const average = mean(without);
  const squares = without.reduce((sum, x) => sum + (x - average) ** 2, 0);
  return around(value, studentQuantile(tasks - 1) * Math.sqrt(((tasks - 1) / tasks) * squares));
}

/** Returns the percentile interval; NaN if any value is not available. */
function percentiles(values: readonly number[]): Interval {
  if (values.some((value) => !Number.isFinite(value))) return [Number.NaN, Number.NaN];
  const sorted = [...values].sort((a, b) => a - b);
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

/** Returns the places of the common rows in both units. */
function commonPlaces(a: CostUnits, b: CostUnits): [number[], number[]] {
  const placeOf = new Map(b.rows.map((row, i) => [row, i]));
  const at = a.rows.map((_, i) => i).filter((i) => placeOf.has(a.rows[i] as number));
  return [at, at.map((i) => placeOf.get(a.rows[i] as number) as number)];
}

const shaped = <T>(values: readonly T[]) => ({
  costSaved: values.slice(0, LOSSES.length),
  aiq: values[LOSSES.length] as T,
});

/** Returns what an evaluation saves on its rows, where the best single model is among the settings. */
export function costValues(units: CostUnits, data: EvaluationData): CostValues {
  const at = units.rows.map((_, i) => i);
  return shaped(new Curve(units, at, data).values(new Uint16Array(at.length).fill(1)));
}

/**
 * Returns b - a on the rows that both have. Other tasks: the jackknife over tasks. Other samples of these tasks: a
 * bootstrap over samples within tasks, with the same draws for both.
 */
export function costDifferences(a: CostUnits, b: CostUnits, data: EvaluationData, seed: number): CostDifferences {
  const [atA, atB] = commonPlaces(a, b);
  const [curveA, curveB] = [new Curve(a, atA, data), new Curve(b, atB, data)];
  const rows = atA.length;
  const difference = (counts: Uint16Array) => {
    const theirs = curveA.values(counts);
    return curveB.values(counts).map((x, i) => x - (theirs[i] as number));
  };
  const groups = byTask(
    atA.map((i) => a.rows[i] as number),
    data,
  );
  const ones = new Uint16Array(rows).fill(1);
  const value = difference(ones);
  const without = groups.map((group) => {
    const counts = ones.slice();
    for (const i of group) counts[i] = 0;
    return difference(counts);
  });
  const random = new Random(seed);
  const drawn = Array.from({ length: RESAMPLES }, () => difference(draw(groups, rows, random)));
  return shaped(
    value.map(
      (x, i): Difference => ({
        value: x,
        interval: jackknife(x, groups.length < 2 ? [] : without.map((values) => values[i] as number)),
        withinTasks: percentiles(drawn.map((values) => values[i] as number)),
        tasks: groups.length,
      }),
    ),
  );
}
