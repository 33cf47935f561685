/** Runs the lab on a benchmark, with one part held out at a time. */

import { throwIfAborted } from '../errors.js';
import { policiesFor } from '../policies.js';
import type { Steps } from '../steps.js';
import { exactJson } from '../wasm/exact-json.js';
import type {
  CascadeEvaluation,
  EvaluatedPolicy,
  HeldOutTask,
  InstanceEvaluation,
  InstanceOptions,
  Lab,
} from '../wasm/lab-module.js';
import { cascadeReport, JUDGES } from './cascades.js';
import { costReport, costWeights, modelCosts } from './cost.js';
import {
  coverageCurve,
  type LabelAmount,
  type LabelledTask,
  labelPoint,
  summariseDraws,
  unlabelledPoint,
} from './curves.js';
import type { Baseline, EvaluationData } from './data.js';
import { makePools, type Pool, PoolOutcome, toNumber } from './held-out.js';
import { HELD_OUT_SHARE, type HeldOutMode, instanceReport } from './instances.js';
import type {
  CascadeReport,
  CostReport,
  EvaluationReport,
  EvaluationSettings,
  InstanceReport,
  TaskReport,
} from './report.js';
import {
  type CostUnits,
  costUnits,
  instanceUnits,
  labelUnits,
  poolUnits,
  type Units,
  type UnitValues,
} from './units.js';

/** The functions of the lab that an evaluation uses. */
export type EvaluationLab = Pick<
  Lab,
  'openEvaluation' | 'searchNeighbours' | 'heldOutTask' | 'instances' | 'cascades' | 'closeEvaluation'
>;

export interface EvaluationInput {
  data: EvaluationData;
  /** [rows, dim] */
  vectors: Float32Array;
  dim: number;
  settings: EvaluationSettings;
  baselines: Baseline[];
  progress: Steps;
}

export type Evaluation = Pick<
  EvaluationReport,
  'pools' | 'tasks' | 'labels' | 'coverage' | 'instances' | 'cost' | 'cascades'
> & {
  duplicatesDropped: number;
  units: Omit<Units, 'robustness'>;
};

/** Rows to search between two checks of the signal. */
const SEARCH_BLOCK = 128;
/** Policies that route single samples; the best single model is what they are compared with. */
const SINGLE_ROW_POLICIES: readonly string[] = policiesFor('singleRows').filter((name) => name !== 'best_single');

type Settings = EvaluationSettings;

function open(lab: EvaluationLab, { data, vectors, dim, settings }: EvaluationInput): number {
  const { codes, routing, pairs } = settings;
  return lab.openEvaluation({
    specJson: exactJson({ dim, codes, models: data.models, tasks: data.taskNames, routing, pairs }),
    embeddings: vectors,
    rowTasks: data.rowTasks,
    outcomes: data.outcomes,
    inputs: data.inputs,
    costs: data.costs,
  });
}

async function search(lab: EvaluationLab, handle: number, progress: Steps): Promise<void> {
  progress.begin('searching for neighbours');
  for (;;) {
    const { done, total } = lab.searchNeighbours(handle, SEARCH_BLOCK);
    await progress.update(done, total);
    if (done >= total) return;
  }
}

function labelAmounts({ labels, alphas }: Settings): LabelAmount[] {
  return [...labels.map((count) => ({ count })), ...alphas.map((alpha) => ({ alpha }))].filter((amount) =>
    'count' in amount ? amount.count > 0 : amount.alpha > 0,
  );
}

function rowsByTask(data: EvaluationData): number[][] {
  const rows = data.taskNames.map((): number[] => []);
  for (const [row, task] of data.rowTasks.entries()) rows[task]?.push(row);
  return rows;
}

interface HeldOut {
  tasks: HeldOutTask[];
  /** Results by amount of labels, then task. */
  labelled: LabelledTask[][];
}

/** Holds out each task in turn and runs all its evaluations together: they share the same remaining benchmark. */
async function holdOut(lab: EvaluationLab, handle: number, pools: readonly Pool[], input: EvaluationInput) {
  const { data, settings, progress } = input;
  const { repeats, seed } = settings;
  const policies = settings.policies as EvaluatedPolicy[];
  const options = { pools: pools.map(({ models }) => models), policies };
  const amounts = labelAmounts(settings);
  const rows = rowsByTask(data);
  const out: HeldOut = { tasks: [], labelled: amounts.map(() => []) };
  const total = data.taskNames.length * (1 + amounts.length);
  let done = 0;
  progress.begin('holding out each task');
  for (const [task, taskRows] of rows.entries()) {
    out.tasks.push(lab.heldOutTask(handle, task, options));
    await progress.update(++done, total);
    for (const [i, amount] of amounts.entries()) {
      const held = lab.heldOutTask(handle, task, { ...options, labels: { ...amount, repeats, seed } });
      out.labelled[i]?.push(summariseDraws(held, pools, policies, data, taskRows));
      await progress.update(++done, total);
    }
  }
  return out;
}

function labelCurves(outcomes: readonly PoolOutcome[], { labelled }: HeldOut, settings: Settings) {
  const amounts = labelAmounts(settings);
  return outcomes.map((outcome, pool) => ({
    pool: outcome.pool.name,
    points: [
      unlabelledPoint(outcome, settings.policies),
      ...amounts.map((amount, i) => labelPoint(amount, pool, outcome, labelled[i] ?? [])),
    ],
  }));
}

function labelCurveUnits(outcomes: readonly PoolOutcome[], { labelled }: HeldOut, policies: readonly string[]) {
  return outcomes.map((outcome, pool) => [
    poolUnits(outcome, policies),
    ...labelled.map((tasks) => labelUnits(pool, outcome, tasks)),
  ]);
}

function taskReports(
  outcome: PoolOutcome,
  held: readonly HeldOutTask[],
  policies: readonly string[],
  input: EvaluationInput,
) {
  const { data, baselines } = input;
  const names = [...policies, ...baselines.map(({ name }) => name)];
  return held.map((task): TaskReport => {
    const picks = names.map((policy) => {
      const pick = outcome.pick(policy, task);
      const model = pick === undefined ? undefined : data.models[pick];
      const found = model === undefined ? null : { model: model.name, accuracy: toNumber(task.accuracy[pick ?? -1]) };
      return [policy, found] as const;
    });
    return {
      name: data.taskNames[task.task] ?? '',
      rows: task.rows,
      duplicatesDropped: task.duplicatesDropped,
      u: task.u,
      picks: Object.fromEntries(picks),
    };
  });
}

/** Runs evaluations of single samples, and checks the signal after each. */
class InstanceRunner {
  readonly #lab: EvaluationLab;
  readonly #handle: number;
  readonly #input: EvaluationInput;

  constructor(lab: EvaluationLab, handle: number, input: EvaluationInput) {
    this.#lab = lab;
    this.#handle = handle;
    this.#input = input;
  }

  async run(mode: HeldOutMode, policy: string, options: InstanceOptions = {}): Promise<InstanceEvaluation> {
    const { settings, progress } = this.#input;
    const where = mode === 'task' ? 'a task held out' : `${100 * HELD_OUT_SHARE}% of each task held out`;
    progress.begin(`routing single samples, ${where}: ${policy}`);
    await progress.update(0, 1);
    const evaluation = this.#lab.instances(this.#handle, {
      heldOut: this.#heldOut(mode),
      k: settings.routing.k,
      policy: policy as NonNullable<InstanceOptions['policy']>,
      ...options,
    });
    await progress.update(1, 1);
    return evaluation;
  }

  async cascades(mode: HeldOutMode, pool: number[], costWeights: number[]): Promise<CascadeEvaluation> {
    const { settings, progress } = this.#input;
    const where = mode === 'task' ? 'a task held out' : `${100 * HELD_OUT_SHARE}% of each task held out`;
    progress.begin(`cascades, ${where}`);
    await progress.update(0, 1);
    const judges = JUDGES.map(({ sensitivity, specificity }) => ({ sensitivity, specificity }));
    const { k } = settings.routing;
    const options = { heldOut: this.#heldOut(mode), k, pool, costWeights, judges, judgeSeed: settings.seed };
    const evaluation = this.#lab.cascades(this.#handle, options);
    await progress.update(1, 1);
    return evaluation;
  }

  #heldOut(mode: HeldOutMode): NonNullable<InstanceOptions['heldOut']> {
    return mode === 'task' ? 'task' : { share: HELD_OUT_SHARE, seed: this.#input.settings.seed };
  }
}

interface Instances {
  reports: InstanceReport[];
  units: UnitValues[];
}

async function evaluateInstances(runner: InstanceRunner, input: EvaluationInput): Promise<Instances> {
  const { data, settings } = input;
  const reports: InstanceReport[] = [];
  const units: UnitValues[] = [];
  for (const mode of ['share', 'task'] as const) {
    const best = await runner.run(mode, 'best_single');
    for (const policy of settings.policies.filter((name) => SINGLE_ROW_POLICIES.includes(name))) {
      const evaluation = await runner.run(mode, policy);
      reports.push(instanceReport(mode, policy, evaluation, best, data, settings.seed));
      units.push(instanceUnits(evaluation));
    }
  }
  return { reports, units };
}

type CostReports = Pick<Evaluation, 'cost' | 'cascades'> & { units: CostUnits[] };

/** Evaluates cost for the models with known cost; empty if there are fewer than two. */
async function evaluateCost(runner: InstanceRunner, input: EvaluationInput): Promise<CostReports> {
  const { data, settings } = input;
  const costs = modelCosts(
    data,
    data.ids.map((_, row) => row),
  );
  const pool = costs.map((_, m) => m).filter((m) => !Number.isNaN(costs[m]));
  if (pool.length < 2) return { cost: [], cascades: [], units: [] };
  const weights = costWeights(costs);
  const reports: CostReport[] = [];
  const cascades: CascadeReport[] = [];
  const units: CostUnits[] = [];
  for (const mode of ['share', 'task'] as const) {
    const best = await runner.run(mode, 'best_single', { pool });
    for (const policy of settings.policies.filter((name) => SINGLE_ROW_POLICIES.includes(name))) {
      const evaluation = await runner.run(mode, policy, { pool, costWeights: weights });
      reports.push(costReport(mode, policy, pool, evaluation, best, data));
      units.push(costUnits(mode, policy, pool, evaluation, best));
    }
    const ofMode = reports.filter(({ heldOut }) => heldOut === mode);
    const routing = ofMode.find(({ policy }) => policy === 'signalbox') ?? ofMode.at(-1);
    if (routing !== undefined) cascades.push(cascadeReport(await runner.cascades(mode, pool, weights), routing));
  }
  return { cost: reports, cascades, units };
}

/** Runs all measurements of the lab. Errors: those of the lab; `aborted`. */
export async function evaluate(lab: EvaluationLab, input: EvaluationInput): Promise<Evaluation> {
  const { data, settings, baselines, progress } = input;
  throwIfAborted(progress.signal);
  const pools = makePools(settings.pools, data.models);
  const handle = open(lab, input);
  try {
    await search(lab, handle, progress);
    const held = await holdOut(lab, handle, pools, input);
    const outcomes = pools.map(
      (pool, i) => new PoolOutcome(i, pool, data.models, held.tasks, baselines, settings.seed),
    );
    const largest = outcomes.at(-1) as PoolOutcome;
    const runner = new InstanceRunner(lab, handle, input);
    const instances = settings.instances ? await evaluateInstances(runner, input) : { reports: [], units: [] };
    const costs =
      settings.instances || data.costs !== undefined
        ? await evaluateCost(runner, input)
        : { cost: [], cascades: [], units: [] };
    const names = [...settings.policies, ...baselines.map(({ name }) => name)];
    const hasLabels = labelAmounts(settings).length > 0;
    return {
      pools: outcomes.map((outcome) => outcome.report(settings.policies)),
      tasks: taskReports(largest, held.tasks, settings.policies, input),
      labels: hasLabels ? labelCurves(outcomes, held, settings) : [],
      coverage: coverageCurve(largest, names),
      instances: instances.reports,
      cost: costs.cost,
      cascades: costs.cascades,
      duplicatesDropped: held.tasks.reduce((sum, task) => sum + task.duplicatesDropped, 0),
      units: {
        pools: outcomes.map((outcome) => poolUnits(outcome, names)),
        labels: hasLabels ? labelCurveUnits(outcomes, held, settings.policies) : [],
        instances: instances.units,
        costs: costs.units,
      },
    };
  } finally {
    lab.closeEvaluation(handle);
  }
}
