// Estimates how much of the gap between the best single model and the oracle can be closed at all.
import { Random } from '../../dist/evaluation/random.js';
import { mean } from '../../dist/evaluation/statistics.js';
import { meansOf } from './benchmark.mjs';

function bestOf(pool, means, models, task) {
  let best = pool.members[0];
  for (const m of pool.members) if (means[task * models + m] > means[task * models + best]) best = m;
  return best;
}

/**
 * Returns the mean accuracy over tasks if each task's model is chosen by `chosen` and scored by `judged`, [tasks,
 * models].
 */
function choose(benchmark, pool, chosen, judged) {
  const { tasks, models } = benchmark;
  const accuracies = Array.from({ length: tasks }, (_, k) => judged[k * models + bestOf(pool, chosen, models, k)]);
  return mean(accuracies);
}

/**
 * Returns the oracle's gain from the luck of the samples, as a share of the gap: the best model on resampled rows looks
 * better there by this much than on the task's own rows.
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

/** Returns the accuracy on one half of every task of the model that is best on the other half. */
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
