/** Chooses representative rows: a share of each dataset, with about the same mean embedding and mean outcomes. */

import type { Steps } from '../steps.js';
import type { Lab } from '../wasm/lab-module.js';
import type { Benchmark } from './benchmark.js';
import type { UnitVectors } from './vectors.js';

/** Rows to choose from at once: the time grows with the product of this and the number of kept rows. */
const BLOCK = 4096;
/** Minimum number of rows that a dataset keeps. */
const FEWEST = 8;

/** @internal Returns how many rows each dataset keeps: in proportion, but enough to be of use. */
export function quotas(datasetRows: readonly number[], maxRows: number): number[] {
  const total = datasetRows.reduce((sum, n) => sum + n, 0);
  const floors = datasetRows.map((n) => Math.min(n, FEWEST));
  const floor = floors.reduce((sum, n) => sum + n, 0);
  if (floor >= maxRows)
    return datasetRows.map((n) => Math.min(n, Math.max(1, Math.floor(maxRows / datasetRows.length))));
  const spare = (maxRows - floor) / Math.max(1, total - floor);
  return datasetRows.map((n, i) => (floors[i] as number) + Math.floor((n - (floors[i] as number)) * spare));
}

/** Returns the positions of the kept rows in the benchmark, ascending. */
export async function chooseCoreset(
  lab: Lab,
  benchmark: Benchmark,
  slotOf: (row: number) => number,
  vectors: UnitVectors,
  maxRows: number,
  steps: Steps,
): Promise<number[]> {
  const kept: number[] = [];
  const models = benchmark.models.length;
  const wanted = quotas(
    benchmark.datasets.map(({ rows }) => rows),
    maxRows,
  );
  let start = 0;
  for (const [task, { rows }] of benchmark.datasets.entries()) {
    const blocks = Math.ceil(rows / BLOCK);
    for (let block = 0; block < blocks; ++block) {
      const first = start + Math.floor((rows * block) / blocks);
      const last = start + Math.floor((rows * (block + 1)) / blocks);
      const quota = wanted[task] as number;
      const keep = Math.floor((quota * (block + 1)) / blocks) - Math.floor((quota * block) / blocks);
      const of = benchmark.order.subarray(first, last);
      const embeddings = await vectors.at(Array.from(of, slotOf));
      const chosen = lab.chooseRows(embeddings, benchmark.outcomes(of), vectors.dim, models, keep);
      for (const i of chosen) kept.push(first + i);
      await steps.update(last, benchmark.order.length);
    }
    start += rows;
  }
  return kept;
}

/** Returns the benchmark with these rows only. */
export function withRows(benchmark: Benchmark, positions: readonly number[]): Benchmark {
  const rows = benchmark.datasets.map(() => 0);
  for (const at of positions) {
    const task = benchmark.rowTasks[at] as number;
    rows[task] = (rows[task] as number) + 1;
  }
  return {
    ...benchmark,
    order: Uint32Array.from(positions, (at) => benchmark.order[at] as number),
    rowTasks: Uint16Array.from(positions, (at) => benchmark.rowTasks[at] as number),
    datasets: benchmark.datasets.map((dataset, i) => ({ ...dataset, rows: rows[i] as number })),
  };
}
