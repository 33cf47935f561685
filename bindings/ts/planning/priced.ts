/** Finds the costs of a plan's models, and leaves out models without any. */

import type { Benchmark } from '../building/benchmark.js';
import type { Joined } from '../building/from-files.js';
import type { RowDetails } from '../building/row-details.js';
import type { Steps } from '../steps.js';
import type { DatedPrice } from '../types.js';
import { type Costs, costsOf, numbersOf } from './costs.js';
import type { KnownModels } from './known-models.js';
import type { PromptFacts } from './prompts.js';
import type { PlanSettings } from './types.js';

/** The models of a plan with their costs, by place in the benchmark's list. */
export interface Priced {
  benchmark: Benchmark;
  costs: Costs;
  prices: (DatedPrice | undefined)[];
  /** Names of the models that were left out. */
  withoutCost: string[];
  /** [rows] See `PromptFacts`. */
  hashes: string[];
}

/** Returns the benchmark with some of its models, and the rows on which one of those is measured. */
function withModels(benchmark: Benchmark, keep: readonly number[]): { benchmark: Benchmark; rows: number[] } {
  const all = benchmark.models.length;
  const outcomes = (of: ArrayLike<number>): Float32Array => {
    const from = benchmark.outcomes(of);
    const out = new Float32Array(of.length * keep.length);
    for (let i = 0; i < of.length; ++i) {
      for (const [k, m] of keep.entries()) out[i * keep.length + k] = from[i * all + m] as number;
    }
    return out;
  };
  const known = outcomes(benchmark.order);
  const rows: number[] = [];
  for (let row = 0; row < benchmark.order.length; ++row) {
    const own = known.subarray(row * keep.length, (row + 1) * keep.length);
    if (own.some((outcome) => !Number.isNaN(outcome))) rows.push(row);
  }
  const datasetRows = benchmark.datasets.map(() => 0);
  for (const row of rows) {
    const task = benchmark.rowTasks[row] as number;
    datasetRows[task] = (datasetRows[task] as number) + 1;
  }
  return {
    rows,
    benchmark: {
      ...benchmark,
      order: Uint32Array.from(rows, (row) => benchmark.order[row] as number),
      rowTasks: Uint16Array.from(rows, (row) => benchmark.rowTasks[row] as number),
      datasets: benchmark.datasets.map((dataset, i) => ({ ...dataset, rows: datasetRows[i] as number })),
      models: keep.map((m) => benchmark.models[m] as Benchmark['models'][number]),
      outcomes,
    },
  };
}

/**
 * Finds the cost of each answer. If at least two models have costs, those without any are left out, as the rule would
 * compare them by correctness alone. Errors: those of `KnownModels.pricesOf`.
 */
export async function priced(
  { imported, benchmark }: Joined,
  details: RowDetails,
  facts: PromptFacts,
  settings: PlanSettings,
  steps: Steps,
  known: KnownModels,
): Promise<Priced> {
  const names = benchmark.models.map(({ name }) => name);
  const models = numbersOf(imported.collector, benchmark.models);
  const { order } = benchmark;
  const needed = models.map((model) => order.every((row) => Number.isNaN(details.figure(row, model, 'costUsd'))));
  steps.begin('finding costs');
  await steps.update(0, 1);
  const prices = await known.pricesOf(names, needed, settings.prices);
  const costs = costsOf({ details, order, models, prices, promptTokens: facts.tokens });
  await steps.update(1, 1);
  const all = models.map((_, m) => m);
  const keep = all.filter((m) => costs.origins[m] !== 'unknown');
  if (keep.length < 2 || keep.length === all.length)
    return { benchmark, costs, prices, withoutCost: [], hashes: facts.hashes };
  const kept = withModels(benchmark, keep);
  const usd = new Float32Array(kept.rows.length * keep.length);
  for (const [i, row] of kept.rows.entries()) {
    for (const [k, m] of keep.entries()) usd[i * keep.length + k] = costs.usd[row * all.length + m] as number;
  }
  return {
    benchmark: kept.benchmark,
    costs: {
      usd,
      origins: keep.map((m) => costs.origins[m] as Costs['origins'][number]),
      free: keep.map((m) => costs.free[m] as boolean),
    },
    prices: keep.map((m) => prices[m]),
    withoutCost: names.filter((_, m) => !keep.includes(m)),
    hashes: kept.rows.map((row) => facts.hashes[row] as string),
  };
}
