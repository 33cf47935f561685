/**
 * Differences between two evaluations of the same tasks and samples, with 95% intervals. NaN means "not available".
 *
 * Two intervals answer two questions. For other tasks like these, the tasks are the units, and the samples of a task
 * only make its value: Student's t over tasks, with the standard error that is robust to clusters if tasks have
 * unequal weights. For other samples of these very tasks, the samples are the units, stratified by task.
 */
import { mean, studentQuantile } from './statistics.js';
import type { UnitValues } from './units.js';

export type Interval = [low: number, high: number];

export interface Difference {
  value: number;
  /** For other tasks like these; NaN with fewer than two tasks. */
  interval: Interval;
  /** For other samples of these tasks; only if the table is one of samples. */
  withinTasks?: Interval;
  tasks: number;
}

const NORMAL = 1.959963984540054;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

export const around = (value: number, halfWidth: number): Interval => [value - halfWidth, value + halfWidth];

/** Returns the common units of two columns, with both values. Units where one has no value are left out. */
export function paired(a: UnitValues, b: UnitValues): { unit: number; a: number; b: number }[] {
  const other = new Map(b.units.map((unit, i) => [unit, b.values[i] as number]));
  return a.units
    .map((unit, i) => ({ unit, a: a.values[i] as number, b: other.get(unit) ?? Number.NaN }))
    .filter((pair) => !Number.isNaN(pair.a) && !Number.isNaN(pair.b));
}

/** Returns half the width of Student's interval of a weighted mean of task values; the weights sum to 1. */
function halfWidthOverTasks(values: readonly number[], weights: readonly number[], value: number): number {
  const tasks = values.length;
  if (tasks < 2) return Number.NaN;
  const squares = values.map((x, i) => (weights[i] as number) ** 2 * (x - value) ** 2);
  return studentQuantile(tasks - 1) * Math.sqrt((tasks / (tasks - 1)) * sum(squares));
}

/** Returns the mean of b - a over tasks. */
export function taskDifference(a: UnitValues, b: UnitValues): Difference {
  const differences = paired(a, b).map((pair) => pair.b - pair.a);
  const tasks = differences.length;
  const value = mean(differences);
  const weights = differences.map(() => 1 / tasks);
  return { value, interval: around(value, halfWidthOverTasks(differences, weights, value)), tasks };
}

/** Returns the variance around a known mean with one degree of freedom less than values. */
const variance = (values: readonly number[], about: number) =>
  sum(values.map((x) => (x - about) ** 2)) / (values.length - 1);

/**
 * Returns the mean of b - a over samples, or over tasks of the means over their samples (`weighting`). A task with one
 * sample takes the variance over all samples for its own.
 */
export function sampleDifference(
  a: UnitValues,
  b: UnitValues,
  rowTasks: ArrayLike<number>,
  weighting: 'samples' | 'tasks',
): Difference {
  const groups = new Map<number, number[]>();
  for (const pair of paired(a, b)) {
    const task = rowTasks[pair.unit] as number;
    const group = groups.get(task) ?? [];
    group.push(pair.b - pair.a);
    groups.set(task, group);
  }
  const all = [...groups.values()];
  const samples = sum(all.map((group) => group.length));
  const weights = all.map((group) => (weighting === 'tasks' ? 1 / all.length : group.length / samples));
  const means = all.map(mean);
  const value = all.length === 0 ? Number.NaN : sum(means.map((x, i) => x * (weights[i] as number)));
  const overall = variance(all.flat(), mean(all.flat()));
  const squares = all.map((group, i) => {
    const within = group.length > 1 ? variance(group, means[i] as number) : overall;
    return ((weights[i] as number) ** 2 * within) / group.length;
  });
  return {
    value,
    interval: around(value, halfWidthOverTasks(means, weights, value)),
    withinTasks: around(value, samples < 2 ? Number.NaN : NORMAL * Math.sqrt(sum(squares))),
    tasks: all.length,
  };
}
