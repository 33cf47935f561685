/**
 * Measures the cost of other code types, dimensions and numbers of rows: on a sample, with each task held out in turn.
 */

import type { Steps } from '../steps.js';
import { CODE_TYPES, type CodeType } from '../types.js';
import { exactJson } from '../wasm/exact-json.js';
import type { Lab } from '../wasm/lab-module.js';
import type { Benchmark } from './benchmark.js';
import { estimateBytes } from './report.js';
import { cutToUnit, type UnitVectors } from './vectors.js';

/** Rows and tasks of the sample: a search takes a fraction of a second, and an accuracy has a standard error of .01. */
const MOST_ROWS = 2000;
const MOST_TASKS = 20;
/** The fewest dimensions to which embedders are commonly cut. */
const FEWEST_DIMS = 32;
const BLOCK = 256;

export interface ChoiceSample {
  tasks: string[];
  rowTasks: Uint16Array;
  models: string[];
  /** Row-major [rows, dim], unit norm. */
  vectors: Float32Array;
  dim: number;
  /** Row-major [rows, models] */
  outcomes: Float32Array;
  /** Equal numbers for equal prompts. */
  inputs: Uint32Array;
}

/** One way to build the index, and its effect on decisions for the sample. */
export interface Choice {
  codes: CodeType;
  dims: number;
  /** Share of the rows in the pool. */
  rowShare: number;
  /** Estimated size of the whole index. */
  bytes: number;
  /** Mean over tasks of the accuracy of the default policy's pick for the whole task. */
  taskAccuracy: number;
  /** The same with one pick per prompt. */
  promptAccuracy: number;
  /** Share of the prompts with the same pick as by the index that was built. */
  samePicks: number;
}

/** The costs of other codes, dimensions and numbers of rows, which the option `measure` of a build asks for. */
export interface Choices {
  rows: number;
  tasks: number;
  bestSingle: number;
  /** The first is the index that was built. */
  list: Choice[];
}

/** Draws a sample, evenly spread over tasks and rows; `undefined` for a single task, which cannot be held out. */
export async function drawSample(
  benchmark: Benchmark,
  slotOf: (row: number) => number,
  vectors: UnitVectors,
  hashOf: (row: number) => readonly [number, number],
): Promise<ChoiceSample | undefined> {
  const all = benchmark.datasets.length;
  if (all < 2) return undefined;
  const wanted = Math.min(all, MOST_TASKS);
  const tasks = Array.from({ length: wanted }, (_, i) => Math.floor((i * all) / wanted));
  const starts: number[] = [0];
  for (const { rows } of benchmark.datasets) starts.push((starts.at(-1) as number) + rows);
  const positions: number[] = [];
  const rowTasks: number[] = [];
  for (const [number, task] of tasks.entries()) {
    const rows = benchmark.datasets[task]?.rows ?? 0;
    const count = Math.min(rows, Math.floor(MOST_ROWS / wanted));
    for (let i = 0; i < count; ++i) {
      positions.push((starts[task] as number) + Math.floor((i * rows) / count));
      rowTasks.push(number);
    }
  }
  const order = positions.map((at) => benchmark.order[at] as number);
  const numbers = new Map<string, number>();
  const inputs = order.map((row) => {
    const hash = hashOf(row).join();
    const key = hash === '0,0' ? `row ${row}` : hash;
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  });
  return {
    tasks: tasks.map((task) => benchmark.datasets[task]?.name ?? ''),
    rowTasks: Uint16Array.from(rowTasks),
    models: benchmark.models.map(({ name }) => name),
    vectors: await vectors.at(order.map(slotOf)),
    dim: vectors.dim,
    outcomes: benchmark.outcomes(order),
    inputs: Uint32Array.from(inputs),
  };
}

/** Returns the sample with these rows only. */
function pick(sample: ChoiceSample, rows: readonly number[]): ChoiceSample {
  const take = (of: Float32Array, width: number) => {
    const out = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries()) out.set(of.subarray(row * width, (row + 1) * width), i * width);
    return out;
  };
  return {
    ...sample,
    rowTasks: Uint16Array.from(rows, (row) => sample.rowTasks[row] as number),
    vectors: take(sample.vectors, sample.dim),
    outcomes: take(sample.outcomes, sample.models.length),
    inputs: Uint32Array.from(rows, (row) => sample.inputs[row] as number),
  };
}

async function openEvaluation(lab: Lab, sample: ChoiceSample, codes: CodeType, dims: number, steps: Steps) {
  const handle = lab.openEvaluation({
    specJson: exactJson({
      dim: dims,
      codes,
      models: sample.models.map((name) => ({ name })),
      tasks: sample.tasks,
    }),
    embeddings: cutToUnit(sample.vectors, sample.dim, dims),
    rowTasks: sample.rowTasks,
    outcomes: sample.outcomes,
    inputs: sample.inputs,
  });
  try {
    for (;;) {
      const { done, total } = lab.searchNeighbours(handle, BLOCK);
      await steps.update(done, total);
      if (done >= total) return handle;
    }
  } catch (cause) {
    lab.closeEvaluation(handle);
    throw cause;
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Returns the mean over tasks of the mean over the task's values. */
function meanOverTasks(tasks: ArrayLike<number>, rows: readonly number[], values: readonly number[]): number {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [i, row] of rows.entries()) {
    const of = sums.get(tasks[row] as number) ?? { sum: 0, count: 0 };
    of.sum += values[i] as number;
    of.count += 1;
    sums.set(tasks[row] as number, of);
  }
  return mean([...sums.values()].map(({ sum, count }) => sum / count));
}

interface Measured {
  taskAccuracy: number;
  bestSingle: number;
  promptAccuracy: number;
  /** Picks by row. */
  picks: Map<number, number>;
}

async function measure(
  lab: Lab,
  sample: ChoiceSample,
  codes: CodeType,
  dims: number,
  steps: Steps,
  only?: number,
): Promise<Measured> {
  const handle = await openEvaluation(lab, sample, codes, dims, steps);
  try {
    const tasks = only === undefined ? sample.tasks.map((_, task) => task) : [only];
    const accuracies: number[] = [];
    const best: number[] = [];
    for (const task of tasks) {
      const held = lab.heldOutTask(handle, task, { policies: ['signalbox', 'best_single'] });
      const picks = held.decisions[0];
      const of = (pick: number | undefined) => (pick === undefined ? null : (held.accuracy[pick] ?? null));
      const accuracy = of(picks?.signalbox?.pick);
      const single = of(picks?.best_single?.pick);
      if (accuracy !== null) accuracies.push(accuracy);
      if (single !== null) best.push(single);
      await steps.update(task + 1, sample.tasks.length);
    }
    const prompts = lab.instances(handle, { heldOut: 'task', policy: 'signalbox' });
    return {
      taskAccuracy: mean(accuracies),
      bestSingle: mean(best),
      promptAccuracy: meanOverTasks(sample.rowTasks, prompts.rows, prompts.picked),
      picks: new Map(prompts.rows.map((row, i) => [row, prompts.pick[i] as number])),
    };
  } finally {
    lab.closeEvaluation(handle);
  }
}

/**
 * Measures a pool thinned to a share of its rows. A held-out task is scored on all of its rows, so each task has a pool
 * of its own.
 */
async function measureThinned(
  lab: Lab,
  sample: ChoiceSample,
  codes: CodeType,
  share: number,
  steps: Steps,
): Promise<Measured> {
  const rowsOf = sample.tasks.map(() => [] as number[]);
  for (const [row, task] of sample.rowTasks.entries()) (rowsOf[task] as number[]).push(row);
  const kept = rowsOf.map((rows) => {
    const own = pick(sample, rows);
    const count = Math.max(1, Math.round(share * rows.length));
    const chosen = lab.chooseRows(own.vectors, own.outcomes, sample.dim, sample.models.length, count);
    return Array.from(chosen, (i) => rows[i] as number);
  });
  const taskAccuracies: number[] = [];
  const promptAccuracies: number[] = [];
  const picks = new Map<number, number>();
  let single = 0;
  for (const [task, own] of rowsOf.entries()) {
    const rows = kept.flatMap((of, other) => (other === task ? own : of));
    const silent: Steps = { signal: steps.signal, begin: () => undefined, update: async () => undefined };
    const measured = await measure(lab, pick(sample, rows), codes, sample.dim, silent, task);
    const places = [...measured.picks].filter(([at]) => sample.rowTasks[rows[at] as number] === task);
    const outcomes = places.map(([at, model]) => sample.outcomes[(rows[at] as number) * sample.models.length + model]);
    const known = outcomes.filter((y): y is number => y !== undefined && !Number.isNaN(y));
    if (known.length > 0) promptAccuracies.push(mean(known));
    for (const [at, model] of places) picks.set(rows[at] as number, model);
    taskAccuracies.push(measured.taskAccuracy);
    single += measured.bestSingle;
    await steps.update(task + 1, rowsOf.length);
  }
  return {
    taskAccuracy: mean(taskAccuracies),
    bestSingle: single / rowsOf.length,
    promptAccuracy: mean(promptAccuracies),
    picks,
  };
}

const agreement = (a: Map<number, number>, b: Map<number, number>) => {
  const common = [...a].filter(([row]) => b.has(row));
  return common.filter(([row, pick]) => b.get(row) === pick).length / common.length;
};

export interface ChoiceRequest {
  codes: CodeType;
  /** Share of the rows that `maxRows` kept; absent without it. */
  keptShare?: number | undefined;
  benchmark: Benchmark;
}

/** Measures the index that was built and its alternatives. Errors: `aborted`. */
export async function measureChoices(
  lab: Lab,
  sample: ChoiceSample,
  { codes, keptShare, benchmark }: ChoiceRequest,
  steps: Steps,
): Promise<Choices> {
  steps.begin('measuring alternatives');
  const built = await measure(lab, sample, codes, sample.dim, steps);
  const toChoice = (m: Measured, c: CodeType, dims: number, rowShare: number): Choice => ({
    codes: c,
    dims,
    rowShare,
    bytes: Math.round(rowShare * estimateBytes(benchmark.order.length, dims, benchmark)[c]),
    taskAccuracy: m.taskAccuracy,
    promptAccuracy: m.promptAccuracy,
    samePicks: agreement(built.picks, m.picks),
  });
  const list = [toChoice(built, codes, sample.dim, 1)];
  for (const other of CODE_TYPES.filter((c) => c !== codes)) {
    list.push(toChoice(await measure(lab, sample, other, sample.dim, steps), other, sample.dim, 1));
  }
  for (let dims = sample.dim >> 1; dims >= FEWEST_DIMS && dims >= sample.dim / 4; dims >>= 1) {
    list.push(toChoice(await measure(lab, sample, codes, dims, steps), codes, dims, 1));
  }
  const share = keptShare ?? 0.5;
  list.push(toChoice(await measureThinned(lab, sample, codes, share, steps), codes, sample.dim, share));
  return { rows: sample.rowTasks.length, tasks: sample.tasks.length, bestSingle: built.bestSingle, list };
}
