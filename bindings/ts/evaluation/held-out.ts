/** Collects the picks of each policy on each held-out task of a pool, and makes the rows of the table. */
import type { ModelSpec } from '../building/build-index.js';
import type { HeldOutTask, TaskEvaluation } from '../wasm/lab-module.js';
import type { Baseline } from './data.js';
import type { PolicyRow, PoolReport } from './report.js';
import { Bootstrap, gapClosed, mean, pearson, rankOf, spearman } from './statistics.js';

export interface Pool {
  name: string;
  maxParamsB: number | null;
  /** Model numbers, ascending. */
  models: number[];
}

export const toNumber = (value: number | null | undefined): number => value ?? Number.NaN;

/** Returns the candidates on a task: models of the pool with an outcome in this task and in others. */
export function candidatesOf(pool: Pool, held: HeldOutTask, evaluation: TaskEvaluation): number[] {
  return pool.models.filter((m) => evaluation.accuracy[m] != null && held.meanElsewhere[m] != null);
}

/** Returns the candidate with the largest score. Ties go to the larger `tieBreak`, then to the lower number. */
export function argmax(candidates: readonly number[], score: (model: number) => number, tieBreak = (_: number) => 0) {
  let best: number | undefined;
  for (const model of candidates) {
    const value = score(model);
    if (Number.isNaN(value)) continue;
    const ahead = best === undefined ? 1 : value - score(best) || tieBreak(model) - tieBreak(best);
    if (ahead > 0) best = model;
  }
  return best;
}

/** Returns the pick of one of the lab's policies, with labels or without. */
export function pickOf(policy: string, pool: number, evaluation: TaskEvaluation): number | undefined {
  const decisions: Record<string, { pick: number } | null | undefined> = evaluation.decisions[pool] ?? {};
  return decisions[policy]?.pick;
}

/** The outcomes of one pool, from which its rows are made. */
export class PoolOutcome {
  readonly pool: Pool;
  readonly #number: number;
  readonly #models: readonly ModelSpec[];
  readonly #baselines: readonly Baseline[];
  /** Tasks on which every policy had a choice. */
  readonly tasks: readonly HeldOutTask[];
  readonly bootstrap: Bootstrap;

  constructor(
    number: number,
    pool: Pool,
    models: readonly ModelSpec[],
    held: readonly HeldOutTask[],
    baselines: readonly Baseline[],
    seed: number,
  ) {
    this.#number = number;
    this.pool = pool;
    this.#models = models;
    this.#baselines = baselines;
    const decided = (task: HeldOutTask) => Object.values(task.decisions[number] ?? {}).every((d) => d != null);
    const scored = (task: HeldOutTask) => baselines.every((b) => this.#baselinePick(b, task) !== undefined);
    this.tasks = held.filter((task) => decided(task) && scored(task));
    this.bootstrap = new Bootstrap(this.tasks.length, seed);
  }

  pick(policy: string, task: HeldOutTask): number | undefined {
    const baseline = this.#baselines.find(({ name }) => name === policy);
    if (baseline !== undefined) return this.#baselinePick(baseline, task);
    return pickOf(policy, this.#number, task);
  }

  accuracies(policy: string): number[] {
    return this.tasks.map((task) => toNumber(task.accuracy[this.pick(policy, task) ?? -1]));
  }

  #baselinePick(baseline: Baseline, task: HeldOutTask): number | undefined {
    const scores = baseline.scores[task.task] ?? [];
    return argmax(candidatesOf(this.pool, task, task), (m) => toNumber(scores[m]));
  }

  #scores(policy: string, task: HeldOutTask): readonly (number | null)[] | undefined {
    if (policy === 'best_single') return task.meanElsewhere;
    const baseline = this.#baselines.find(({ name }) => name === policy);
    if (baseline !== undefined) return baseline.scores[task.task];
    return policy === 'oracle' ? undefined : (task.scores as Record<string, (number | null)[]>)[policy];
  }

  #correlation(policy: string, task: HeldOutTask, correlate: (a: number[], b: number[]) => number): number {
    const scores = this.#scores(policy, task);
    if (scores === undefined) return Number.NaN;
    const candidates = candidatesOf(this.pool, task, task);
    return correlate(
      candidates.map((m) => toNumber(scores[m])),
      candidates.map((m) => toNumber(task.accuracy[m])),
    );
  }

  row(policy: string): PolicyRow {
    const accuracy = this.accuracies(policy);
    const best = this.accuracies('best_single');
    const oracle = this.accuracies('oracle');
    const picks = this.tasks.map((task) => this.pick(policy, task));
    const ofTasks = (value: (task: HeldOutTask, i: number) => number) => mean(this.tasks.map(value));
    const ratio = (a: number, b: number) => (b === 0 ? 1 : a / b);
    const accuraciesOf = (task: HeldOutTask) =>
      candidatesOf(this.pool, task, task).map((m) => toNumber(task.accuracy[m]));
    return {
      policy,
      accuracy: this.bootstrap.mean(accuracy),
      ratioToOracle: ofTasks((_, i) => ratio(toNumber(accuracy[i]), toNumber(oracle[i]))),
      pearson: ofTasks((task) => this.#correlation(policy, task, pearson)),
      spearman: ofTasks((task) => this.#correlation(policy, task, spearman)),
      shareBestSingle: ofTasks((task, i) => Number(picks[i] === this.pick('best_single', task))),
      meanParamsB: ofTasks((_, i) => toNumber(this.#models[picks[i] ?? -1]?.paramsB)),
      meanRank: ofTasks((task, i) => rankOf(toNumber(accuracy[i]), accuraciesOf(task))),
      gapClosed: this.bootstrap.estimate([accuracy, best, oracle], ([a, b, o]) =>
        gapClosed(toNumber(a), toNumber(b), toNumber(o)),
      ),
      difference: this.bootstrap.difference(accuracy, best),
    };
  }

  report(policies: readonly string[]): PoolReport {
    const { name, maxParamsB, models } = this.pool;
    const overModels = (value: (task: HeldOutTask, model: number) => number) =>
      mean(this.tasks.flatMap((task) => candidatesOf(this.pool, task, task).map((m) => value(task, m))));
    const trueP = (task: HeldOutTask, m: number) => toNumber(task.predictorAccuracy[m]);
    return {
      name,
      maxParamsB,
      models: models.length,
      tasks: this.tasks.length,
      rows: [...policies, ...this.#baselines.map((b) => b.name)].map((policy) => this.row(policy)),
      predictorAccuracy: overModels(trueP),
      predictorAccuracyError: overModels((task, m) => Math.abs(toNumber(task.p[m]) - trueP(task, m))),
    };
  }
}

/** Makes pools by model size, without pools of fewer than two models and without duplicates. */
export function makePools(limits: readonly (number | 'all')[], models: readonly ModelSpec[]): Pool[] {
  const pools = new Map<string, Pool>();
  const ordered = [...limits].sort((a, b) => (a === 'all' ? 1 : b === 'all' ? -1 : a - b));
  for (const limit of ordered) {
    const fits = (model: ModelSpec) => limit === 'all' || (model.paramsB != null && model.paramsB <= limit);
    const numbers = models.map((_, m) => m).filter((m) => fits(models[m] as ModelSpec));
    if (numbers.length < 2) continue;
    const name = limit === 'all' ? 'all' : `up to ${limit}B`;
    pools.set(numbers.join(), { name, maxParamsB: limit === 'all' ? null : limit, models: numbers });
  }
  return [...pools.values()];
}
