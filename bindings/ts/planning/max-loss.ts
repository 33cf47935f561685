/**
 * Promises with a bound: the rule is made from part of the rows, and its settings are tested on the others, as the router
 * that ships will answer them.
 */

import type { Benchmark } from '../building/benchmark.js';
import { withRows } from '../building/coreset.js';
import { Router } from '../routing/router.js';
import type { Steps } from '../steps.js';
import type { WasmSource } from '../types.js';
import type { Lab } from '../wasm/lab-module.js';
import { BY_RULE, type PlanNumbers, type PromiseNumbers } from '../wasm/lab-plan.js';
import type { MaxLoss, PlanPromise } from './types.js';

/** Graded rows with everything that a plan needs of them. */
export interface GradedRows {
  benchmark: Benchmark;
  dim: number;
  /** [rows, dim] */
  embeddings: Float32Array;
  /** [rows, models] */
  outcomes: Float32Array;
  costs: Float32Array;
  /** [rows] */
  groups: Uint32Array;
  /** [rows] 1 for rows that were chosen; `undefined`: all were drawn at random. */
  chosen?: Uint8Array | undefined;
}

const DELTA = 0.05;

/** Returns the terms of a promise, with defaults for those that were not given. */
export const termsOf = ({ points, delta = DELTA, kind = 'net', tolerance = 0 }: MaxLoss) => ({
  kind,
  points,
  delta,
  tolerance,
});

function rowsOf(values: Float32Array, width: number, positions: readonly number[]): Float32Array {
  const out = new Float32Array(positions.length * width);
  for (const [i, at] of positions.entries()) out.set(values.subarray(at * width, (at + 1) * width), i * width);
  return out;
}

function withPositions(rows: GradedRows, positions: readonly number[]): GradedRows {
  const models = rows.benchmark.models.length;
  return {
    benchmark: withRows(rows.benchmark, positions),
    dim: rows.dim,
    embeddings: rowsOf(rows.embeddings, rows.dim, positions),
    outcomes: rowsOf(rows.outcomes, models, positions),
    costs: rowsOf(rows.costs, models, positions),
    groups: Uint32Array.from(positions, (at) => rows.groups[at] as number),
    chosen: rows.chosen && Uint8Array.from(positions, (at) => (rows.chosen as Uint8Array)[at] as number),
  };
}

/** Returns the rows that were drawn at random. */
export function randomOf(rows: GradedRows): GradedRows {
  const { chosen } = rows;
  if (chosen === undefined) return rows;
  const positions = Array.from(chosen.keys()).filter((at) => chosen[at] === 0);
  return { ...withPositions(rows, positions), chosen: undefined };
}

/**
 * Divides rows into those that the rule is made from, and those that test it; groups stay whole. Only random rows test.
 * Chosen rows make the rule, except those in a group that tests it.
 */
export function divideRows(lab: Lab, rows: GradedRows, seed: number): { rule: GradedRows; test: GradedRows } {
  const random = randomOf(rows);
  const marks = lab.drawTestRows(random.groups, seed);
  const tested = new Set(random.groups.filter((_, at) => marks[at] === 1));
  const positions = (isTest: boolean) =>
    Array.from(rows.groups.keys()).filter((at) => tested.has(rows.groups[at] as number) === isTest);
  return { rule: withPositions(rows, positions(false)), test: randomOf(withPositions(rows, positions(true))) };
}

/**
 * Returns, for each row, `BY_RULE` if a router of this index answers it by the rule, or the number of the model with which
 * it answers a prompt that it does not cover. `models` has the names. Errors: those of `Router.load` and `route`.
 */
export async function answersOf(
  index: Uint8Array<ArrayBuffer>,
  { embeddings, dim, groups }: GradedRows,
  models: readonly string[],
  wasm: WasmSource | undefined,
  steps: Steps,
): Promise<Uint8Array> {
  const router = await Router.load({ index, embedder: null, texts: false, wasm, signal: steps.signal });
  try {
    const out = new Uint8Array(groups.length).fill(BY_RULE);
    steps.begin('testing the promise');
    for (let row = 0; row < out.length; ++row) {
      const vector = embeddings.slice(row * dim, (row + 1) * dim);
      const { coverage, model } = await router.route(vector, { neighbours: 0 });
      if (coverage.outOfCoverage) out[row] = models.indexOf(model);
      await steps.update(row + 1, out.length);
    }
    return out;
  } finally {
    router.dispose();
  }
}

/** Returns the plan's numbers with those of the test rows in place of estimates. */
export function testedNumbers(numbers: PlanNumbers, tested: PromiseNumbers): PlanNumbers {
  const { rows, groups, setting, settings, models, mixtures, families } = tested;
  const alone = { ...(models[numbers.baseline] as PromiseNumbers['models'][number]) };
  return {
    ...numbers,
    ...{ rows, groups, mixtures, families },
    hasGain: setting !== null,
    isReached: setting !== null,
    models: numbers.models.map(({ measured }, m) => ({
      ...(models[m] as PromiseNumbers['models'][number]),
      measured,
    })),
    curve: settings,
    proposed:
      setting === null
        ? { answerValue: null, ...alone, picks: [{ model: numbers.baseline, share: 1 }] }
        : (settings[setting] as PlanNumbers['proposed']),
  };
}

const points = (loss: number) => Number((100 * loss).toPrecision(6));

/** Returns the promise as it stands in a plan. `ruleRows` and `rows` are those that the file was divided into. */
export function promiseOf(wanted: MaxLoss, tested: PromiseNumbers, ruleRows: number, testRows: number): PlanPromise {
  const needed = tested.needed === null ? null : Math.ceil((tested.needed * (ruleRows + testRows)) / tested.rows);
  return {
    ...termsOf(wanted),
    made: tested.setting !== null,
    bound: points(tested.bound),
    hoeffdingBentkus: points(tested.beside),
    smallest: points(tested.smallest),
    loss: points((tested.settings[tested.setting ?? 0] as PromiseNumbers['settings'][number]).loss),
    ruleRows,
    leftOut: tested.leftOut,
    passed: tested.settings.filter(({ isPromised }) => isPromised).length,
    settings: tested.settings.length,
    neededRows: needed,
  };
}
