/** Summaries of a benchmark's tasks: position on the map, and the mean outcome of each model. */
import type { Loaded } from './samples.js';

export interface TaskSummary {
  name: string;
  rows: number;
  /** Centre of its samples; 0 without a map. */
  x: number;
  y: number;
  /** Mean outcome of each model, NaN if none was measured. */
  means: Float64Array;
}

/** Outcomes to process before yielding. */
const OUTCOMES_A_STEP = 2 ** 16;

/** Summarises all tasks in O(rows * models), in pieces. */
export function* summarise({ tasks, outcomes, map, info }: Loaded): Generator<void, TaskSummary[]> {
  const models = info.models.length;
  const all = info.tasks.map(({ name, rows }) => ({ name, rows, x: 0, y: 0, means: new Float64Array(models) }));
  const known = all.map(() => new Uint32Array(models));
  const step = Math.max(1, Math.floor(OUTCOMES_A_STEP / models));
  for (let row = 0; row < tasks.length; ++row) {
    if (row % step === 0) yield;
    const mine = all[tasks[row] as number] as TaskSummary;
    const counts = known[tasks[row] as number] as Uint32Array;
    mine.x += (map?.[2 * row] ?? 0) / mine.rows;
    mine.y += (map?.[2 * row + 1] ?? 0) / mine.rows;
    for (let model = 0; model < models; ++model) {
      const y = outcomes[row * models + model] as number;
      if (Number.isNaN(y)) continue;
      mine.means[model] = (mine.means[model] as number) + y;
      counts[model] = (counts[model] as number) + 1;
    }
  }
  return all.map((task, t) => ({ ...task, means: task.means.map((sum, m) => sum / (known[t]?.[m] as number)) }));
}

/** Returns the first of the best models, or -1 if none was measured. */
export function bestOf(means: Float64Array): number {
  let best = -1;
  means.forEach((mean, model) => {
    if (!Number.isNaN(mean) && (best < 0 || mean > (means[best] as number))) best = model;
  });
  return best;
}
