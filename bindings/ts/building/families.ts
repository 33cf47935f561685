/** Families of prompts in place of datasets, in indexes whose prompts are all of one dataset. */

import type { Steps } from '../steps.js';
import type { Lab } from '../wasm/lab-module.js';
import type { FamilyFit } from '../wasm/lab-plan.js';
import type { Benchmark } from './benchmark.js';
import type { UnitVectors } from './vectors.js';

/** Rows between which families are sought: fewer show none, and more take minutes. */
const LEAST_ROWS = 30;
const MOST_ROWS = 20_000;
/** Limits of the lab (src/planning/plan_data.h). */
const LEAST_GROUPS = 10;
const MOST_MODELS = 64;
const BLOCK = 1024;

/** Copies all vectors, [rows, dim], of unit norm. */
export async function matrixOf(
  order: Uint32Array,
  slotOf: (row: number) => number,
  vectors: UnitVectors,
  steps: Steps,
): Promise<Float32Array> {
  const out = new Float32Array(order.length * vectors.dim);
  for (let first = 0; first < order.length; first += BLOCK) {
    const slots = Array.from(order.subarray(first, first + BLOCK), slotOf);
    out.set(await vectors.at(slots), first * vectors.dim);
    await steps.update(Math.min(first + BLOCK, order.length), order.length);
  }
  return out;
}

/** Returns the benchmark with families, by row and by name, in place of datasets. */
export function inFamilies(benchmark: Benchmark, rowFamilies: Uint16Array, names: readonly string[]): Benchmark {
  const rows = names.map(() => 0);
  for (const family of rowFamilies) rows[family] = (rows[family] as number) + 1;
  const described = (benchmark.datasets[0] as Benchmark['datasets'][number]).described;
  return {
    ...benchmark,
    rowTasks: rowFamilies,
    datasets: names.map((name, f) => ({ name, rows: rows[f] as number, described })),
  };
}

/** Returns the names of families, given the family of each row. */
export type NameFamilies = (rowFamilies: Uint16Array, count: number) => Promise<string[]>;

/** A benchmark in families, and the predictor that tells prompts of one family from those of another. */
export interface InFamilies {
  benchmark: Benchmark;
  predictor: FamilyFit['predictor'];
}

/**
 * Finds families of prompts in a benchmark of one dataset, where the default policy would have nothing to compare. Returns
 * `undefined` if there are several datasets, too few or too many rows, or no families. `hashOf` returns equal hashes for equal
 * prompts.
 */
export async function findFamilies(
  lab: Lab,
  benchmark: Benchmark,
  slotOf: (row: number) => number,
  vectors: UnitVectors,
  hashOf: (row: number) => readonly [high: number, low: number],
  nameFamilies: NameFamilies,
  steps: Steps,
): Promise<InFamilies | undefined> {
  const { order, datasets, models } = benchmark;
  const [dataset] = datasets;
  const isSized = order.length >= LEAST_ROWS && order.length <= MOST_ROWS && models.length <= MOST_MODELS;
  if (dataset === undefined || datasets.length > 1 || models.length < 2 || !isSized) return undefined;
  const numbers = new Map<string, number>();
  const groups = Uint32Array.from(order, (row) => {
    const [high, low] = hashOf(row);
    // Rows without a prompt have the hash 0, and are not equal.
    const key = high === 0 && low === 0 ? `row ${row}` : `${high} ${low}`;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
  if (numbers.size < LEAST_GROUPS) return undefined;
  steps.begin('finding families of prompts');
  const embeddings = await matrixOf(order, slotOf, vectors, steps);
  const spec = { dim: vectors.dim, models: models.length, families: 0, seed: 1 };
  const { predictor, rowFamilies, kind } = lab.fitFamilies({
    spec,
    embeddings,
    outcomes: benchmark.outcomes(order),
    groups,
  });
  // The bytes begin with the number of families.
  const count = new DataView(predictor.buffer).getUint32(0, true);
  if (kind === 'constant' || count < 2) return undefined;
  return { benchmark: inFamilies(benchmark, rowFamilies, await nameFamilies(rowFamilies, count)), predictor };
}
