/** Intervals of scores and of differences between two models. All are 95% intervals. */
import type { Result, Task } from './types.js';

export type Interval = readonly [low: number, high: number];

const Z = 1.96;

/** Quantiles of Student's t for 1 to 30 degrees of freedom. */
const T = [
  12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Fewer benchmarks say too little of how they differ. */
const FEWEST_BENCHMARKS = 4;

/** Returns Wilson's interval of a share; a mean of grades counts as one, which is too wide rather than too narrow. */
export function wilson(share: number, count: number): Interval {
  const centre = share + (Z * Z) / (2 * count);
  const spread = Z * Math.sqrt((share * (1 - share)) / count + (Z * Z) / (4 * count * count));
  const scale = 1 + (Z * Z) / count;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

export interface TaskDifference {
  task: number;
  first: number;
  second: number;
  difference: number;
  interval: Interval;
  /** Questions that both answered; 0 if only the scores are known. */
  shared: number;
}

/** Returns the pairs of outcomes of the questions that both models answered. */
function sharedOutcomes(a: Result, b: Result): [number, number][] {
  const out: [number, number][] = [];
  a.outcomes?.forEach((first, i) => {
    const second = b.outcomes?.[i] ?? null;
    if (first !== null && second !== null) out.push([first, second]);
  });
  return out;
}

/** The interval of a mean of paired differences, with half a question of doubt where all are equal. */
function pairedInterval(differences: readonly number[], mean: number): Interval {
  const n = differences.length;
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt((squares + 0.5) / n / n);
  return [Math.max(-1, mean - Z * error), Math.min(1, mean + Z * error)];
}

/** Newcombe's interval of a difference between two independent shares. */
function independentInterval(a: Result, b: Result): Interval {
  const [lowA, highA] = wilson(a.score, a.questions);
  const [lowB, highB] = wilson(b.score, b.questions);
  const difference = a.score - b.score;
  return [
    difference - Math.hypot(a.score - lowA, highB - b.score),
    difference + Math.hypot(highA - a.score, b.score - lowB),
  ];
}

function differenceOn(a: Result, b: Result): TaskDifference {
  const pairs = sharedOutcomes(a, b);
  if (pairs.length === 0) {
    const [first, second] = [a.score, b.score];
    return {
      task: a.task,
      first,
      second,
      difference: first - second,
      interval: independentInterval(a, b),
      shared: 0,
    };
  }
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [first, second] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
  const differences = pairs.map(([x, y]) => x - y);
  const interval = pairedInterval(differences, first - second);
  return { task: a.task, first, second, difference: first - second, interval, shared: pairs.length };
}

/** Returns the differences on the tasks on which both models were measured. */
export function taskDifferences(a: readonly Result[], b: readonly Result[]): TaskDifference[] {
  const others = new Map(b.map((result) => [result.task, result]));
  return a.flatMap((result) => {
    const other = others.get(result.task);
    return other === undefined ? [] : [differenceOn(result, other)];
  });
}

export interface MeanDifference {
  first: number;
  second: number;
  difference: number;
  /** `null` if there are too few benchmarks. */
  interval: Interval | null;
  tasks: number;
  benchmarks: number;
}

/**
 * Returns the weighted mean difference over tasks; `undefined` without a task. Tasks of one benchmark depend on each other,
 * so the interval takes benchmarks as the units.
 */
export function meanDifference(
  differences: readonly TaskDifference[],
  tasks: readonly Task[],
): MeanDifference | undefined {
  const weightOf = ({ task }: TaskDifference) => tasks[task]?.weight ?? 1;
  const total = differences.reduce((sum, one) => sum + weightOf(one), 0);
  if (total === 0) return undefined;
  const meanOf = (value: (one: TaskDifference) => number) =>
    differences.reduce((sum, one) => sum + weightOf(one) * value(one), 0) / total;
  const difference = meanOf((one) => one.difference);
  const pulls = new Map<string, number>();
  for (const one of differences) {
    const benchmark = tasks[one.task]?.benchmark ?? '';
    pulls.set(benchmark, (pulls.get(benchmark) ?? 0) + weightOf(one) * (one.difference - difference));
  }
  const n = pulls.size;
  const squares = [...pulls.values()].reduce((sum, pull) => sum + pull * pull, 0);
  const spread = (T[n - 2] ?? Z) * (Math.sqrt((squares * n) / Math.max(1, n - 1)) / total);
  return {
    first: meanOf((one) => one.first),
    second: meanOf((one) => one.second),
    difference,
    interval: n < FEWEST_BENCHMARKS ? null : [difference - spread, difference + spread],
    tasks: differences.length,
    benchmarks: n,
  };
}
