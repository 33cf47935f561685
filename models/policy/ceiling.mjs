// How much of the gap between the best single model and the oracle can be had at all.
import { Random } from '../../dist/evaluation/random.js';
import { mean } from '../../dist/evaluation/statistics.js';
import { meansOf } from './benchmark.mjs';

function bestOf(pool, means, models, task) {
  let best = pool.members[0];
  for (const m of pool.members) if (means[task * models + m] > means[task * models + best]) best = m;
  return best;
}

/** Mean accuracy over tasks of choosing in each task by `chosen` and being judged by `judged`, both [tasks, models]. */
function choose(benchmark, pool, chosen, judged) {
  const { tasks, models } = benchmark;
  const accuracies = Array.from({ length: tasks }, (_, k) => judged[k * models + bestOf(pool, chosen, models, k)]);
  return mean(accuracies);
}

/**
 * What the oracle owes to the luck of the samples, as a share of the gap: it picks on resampled rows, which it is
 * too good on by this much, and is judged on the task's own.
 */
export function oracleLuck(benchmark, pool, gap, repeats, seed) {
  const random = new Random(seed);
  const lucks = Array.from({ length: repeats }, () => {
    const drawn = benchmark.rowsOfTasks.map((rows) => rows.map(() => rows[random.below(rows.length)]));
    const means = meansOf(benchmark, drawn);
    return choose(benchmark, pool, means, means) - choose(benchmark, pool, means, benchmark.accuracy);
  });
  return mean(lucks) / gap;
}

/** Accuracy on one half of every task of the model that is best on its other half. */
export function splitHalf(benchmark, pool, repeats, seed) {
  const random = new Random(seed);
  return mean(
    Array.from({ length: repeats }, () => {
      const chosen = benchmark.rowsOfTasks.map((rows) => {
        return random.sample(rows.length, Math.floor(rows.length / 2)).map((i) => rows[i]);
      });
      const judged = benchmark.rowsOfTasks.map((rows, k) => {
        const half = new Set(chosen[k]);
        return rows.filter((row) => !half.has(row));
      });
      return choose(benchmark, pool, meansOf(benchmark, chosen), meansOf(benchmark, judged));
    }),
  );
}
