/** Curves of accuracy against labels and against coverage. */
import type { HeldOutTask } from '../wasm/lab-module.js';
import type { EvaluationData } from './data.js';
import { argmax, candidatesOf, type Pool, type PoolOutcome, pickOf, toNumber } from './held-out.js';
import type { BinPoint, LabelPoint } from './report.js';
import { gapClosed, mean, quantileBins } from './statistics.js';

const LABELS_ONLY = 'labels_only';
const TASK_BINS = 5;
const LEAST_TASKS_A_BIN = 2;

export type LabelAmount = LabelPoint['labels'];

/** Mean accuracies on one task over the draws of its labels, by pool and policy. */
export interface LabelledTask {
  task: number;
  meanLabelled: number;
  accuracy: Record<string, number>[];
}

/** Returns the best model by the labels alone; ties go to the model that is better on other tasks. */
function labelsOnlyPick(
  pool: Pool,
  held: HeldOutTask,
  draw: NonNullable<HeldOutTask['draws']>[number],
  data: EvaluationData,
  taskRows: readonly number[],
): number | undefined {
  const models = data.models.length;
  const means = new Map<number, number>();
  const candidates = candidatesOf(pool, held, draw);
  for (const m of candidates) {
    means.set(m, mean(draw.labelled.map((at) => toNumber(data.outcomes[(taskRows[at] as number) * models + m]))));
  }
  const elsewhere = (m: number) => toNumber(held.meanElsewhere[m]);
  return argmax(candidates, (m) => toNumber(means.get(m)), elsewhere) ?? argmax(candidates, elsewhere);
}

/** Reduces the draws of a task to their means: there are many. */
export function summariseDraws(
  held: HeldOutTask,
  pools: readonly Pool[],
  policies: readonly string[],
  data: EvaluationData,
  taskRows: readonly number[],
): LabelledTask {
  const draws = held.draws ?? [];
  const accuracy = pools.map((pool, number) => {
    const of = (policy: string) =>
      mean(
        draws.map((draw) => {
          const pick =
            policy === LABELS_ONLY ? labelsOnlyPick(pool, held, draw, data, taskRows) : pickOf(policy, number, draw);
          return toNumber(draw.accuracy[pick ?? -1]);
        }),
      );
    return Object.fromEntries([...policies, LABELS_ONLY].map((policy) => [policy, of(policy)]));
  });
  return { task: held.task, meanLabelled: mean(draws.map((draw) => draw.labelled.length)), accuracy };
}

/** Returns the point without labels, from the table's picks. */
export function unlabelledPoint(outcome: PoolOutcome, policies: readonly string[]): LabelPoint {
  const columns = new Map(policies.map((policy) => [policy, outcome.accuracies(policy)]));
  return { labels: { count: 0 }, meanLabelled: 0, rows: labelRows(outcome, columns) };
}

function labelRows(outcome: PoolOutcome, columns: ReadonlyMap<string, number[]>): LabelPoint['rows'] {
  const [best, oracle] = [mean(columns.get('best_single') ?? []), mean(columns.get('oracle') ?? [])];
  return [...columns].map(([policy, accuracies]) => ({
    policy,
    accuracy: outcome.bootstrap.mean(accuracies),
    gapClosed: gapClosed(mean(accuracies), best, oracle),
  }));
}

/** Returns the results of the pool's tasks, in their order. */
function ofTasks(outcome: PoolOutcome, labelled: readonly LabelledTask[]): (LabelledTask | undefined)[] {
  const byTask = new Map(labelled.map((task) => [task.task, task]));
  return outcome.tasks.map(({ task }) => byTask.get(task));
}

/** Returns the accuracies on the pool's tasks, by policy. */
export function labelColumns(
  poolNumber: number,
  outcome: PoolOutcome,
  labelled: readonly LabelledTask[],
): Map<string, number[]> {
  const tasks = ofTasks(outcome, labelled);
  const policies = Object.keys(labelled[0]?.accuracy[poolNumber] ?? {});
  return new Map(
    policies.map((policy) => [policy, tasks.map((task) => toNumber(task?.accuracy[poolNumber]?.[policy]))]),
  );
}

/** Returns one point of a pool's curve. */
export function labelPoint(
  amount: LabelAmount,
  poolNumber: number,
  outcome: PoolOutcome,
  labelled: readonly LabelledTask[],
): LabelPoint {
  return {
    labels: amount,
    meanLabelled: mean(ofTasks(outcome, labelled).map((task) => toNumber(task?.meanLabelled))),
    rows: labelRows(outcome, labelColumns(poolNumber, outcome, labelled)),
  };
}

/** Averages columns in groups of equal size, ordered by `at`. */
export function binned(at: readonly number[], columns: Readonly<Record<string, readonly number[]>>, bins: number) {
  return quantileBins(at, bins).map((group): BinPoint => {
    const values = group.map((i) => at[i] as number);
    const means = Object.entries(columns).map(([name, column]) => [name, mean(group.map((i) => toNumber(column[i])))]);
    return {
      at: mean(values),
      from: values[0] ?? Number.NaN,
      to: values.at(-1) ?? Number.NaN,
      count: group.length,
      accuracy: Object.fromEntries(means),
    };
  });
}

/** Groups tasks by their distance to the others. */
export function coverageCurve(outcome: PoolOutcome, policies: readonly string[]): BinPoint[] {
  const columns = Object.fromEntries(policies.map((policy) => [policy, outcome.accuracies(policy)]));
  const us = outcome.tasks.map(({ u }) => u);
  return binned(us, columns, Math.min(TASK_BINS, Math.floor(us.length / LEAST_TASKS_A_BIN)));
}
