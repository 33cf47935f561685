// Seeded draws of labelled samples.
import { Random } from '../../dist/evaluation/random.js';
import { meansOf } from './benchmark.mjs';
import { labelsFor } from './rule.mjs';

/** Draws `count` labels of each task `repeats` times; returns the models' means on them and on the other samples. */
export function drawLabels(benchmark, count, repeats, seed) {
  const random = new Random(seed * 1000 + count);
  return benchmark.rowsOfTasks.map((rows) =>
    Array.from({ length: repeats }, () => {
      const drawn = random.sample(rows.length, count);
      const labelled = new Set(drawn);
      const seen = meansOf(benchmark, [drawn.map((i) => rows[i])]);
      return { count, seen, rest: meansOf(benchmark, [rows.filter((_, i) => !labelled.has(i))]) };
    }),
  );
}

/** Returns the draws as labels of a pool, [tasks][repeats]. */
export const labelsOfPool = (pool, draws) =>
  draws.map((ofTask) => ofTask.map(({ seen, count }) => labelsFor(pool, seen, count)));
