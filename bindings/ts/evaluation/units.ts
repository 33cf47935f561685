/** Values of single tasks and samples behind the means of tables, by which two evaluations are compared. */
import type { InstanceEvaluation } from '../wasm/lab-module.js';
import { type LabelledTask, labelColumns } from './curves.js';
import type { PoolOutcome } from './held-out.js';
import type { HeldOutMode } from './instances.js';

/** Values by task or by sample; NaN if there is none. */
export interface UnitValues {
  /** Numbers of the tasks, or of the data's rows; ascending. */
  units: readonly number[];
  values: readonly number[];
}

/** The picks of one policy on single samples, at every cost weight. */
export interface CostUnits {
  heldOut: HeldOutMode;
  policy: string;
  /** Models with known cost. */
  pool: readonly number[];
  /** Rows of the data, ascending. */
  rows: readonly number[];
  /** [rows][cost weights] Numbers of the picked models. */
  picks: readonly (readonly number[])[];
  /** [rows] The best single model. */
  best: readonly number[];
}

export interface Units {
  /** By pool, then policy: accuracies on held-out tasks. */
  pools: Record<string, UnitValues>[];
  /** By pool, point of its curve and policy: mean accuracies on held-out tasks over the draws. */
  labels: Record<string, UnitValues>[][];
  /** Outcomes of the picks for single samples, in the order of the reports. */
  instances: UnitValues[];
  costs: CostUnits[];
  /** By kind of change: 1 if the decision survives it, 0 if not. */
  robustness: UnitValues[];
}

const ofTasks = (outcome: PoolOutcome, values: readonly number[]): UnitValues => ({
  units: outcome.tasks.map(({ task }) => task),
  values,
});

/** Returns the accuracies of each policy on the tasks of a pool. */
export function poolUnits(outcome: PoolOutcome, policies: readonly string[]): Record<string, UnitValues> {
  return Object.fromEntries(policies.map((policy) => [policy, ofTasks(outcome, outcome.accuracies(policy))]));
}

/** Returns the accuracies of each policy with one amount of labels. */
export function labelUnits(
  poolNumber: number,
  outcome: PoolOutcome,
  labelled: readonly LabelledTask[],
): Record<string, UnitValues> {
  const columns = labelColumns(poolNumber, outcome, labelled);
  return Object.fromEntries([...columns].map(([policy, values]) => [policy, ofTasks(outcome, values)]));
}

export const instanceUnits = ({ rows, picked }: InstanceEvaluation): UnitValues => ({ units: rows, values: picked });

/** Returns the picks on the rows that both evaluations have. */
export function costUnits(
  heldOut: HeldOutMode,
  policy: string,
  pool: readonly number[],
  evaluation: InstanceEvaluation,
  bestSingle: InstanceEvaluation,
): CostUnits {
  const bestOf = new Map(bestSingle.rows.map((row, i) => [row, bestSingle.pick[i] as number]));
  const at = evaluation.rows.map((_, i) => i).filter((i) => bestOf.has(evaluation.rows[i] as number));
  const rows = at.map((i) => evaluation.rows[i] as number);
  return {
    heldOut,
    policy,
    pool,
    rows,
    picks: at.map((i) => evaluation.frontierPicks[i] as number[]),
    best: rows.map((row) => bestOf.get(row) as number),
  };
}
