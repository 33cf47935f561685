/** Reads external scores, one per sample and model, which become a row of the table. */
import path from 'node:path';
import { SignalboxError } from '../../errors.js';
import type { Baseline, EvaluationData } from '../data.js';
import { readBeside } from './read-data.js';

/** Parses `name=file.csv`. Errors: `invalid_argument`. */
export function parseBaseline(text: string): { name: string; file: string } {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) {
    throw new SignalboxError('invalid_argument', `--baseline '${text}': expected name=scores.csv`);
  }
  return { name: text.slice(0, at), file: text.slice(at + 1) };
}

/**
 * Reads a baseline. Errors: those of reading; `invalid_argument` for a score that is not a number, or a file without
 * any row of the data.
 */
export async function readBaseline(
  { name, file }: { name: string; file: string },
  data: EvaluationData,
  signal?: AbortSignal,
): Promise<Baseline> {
  const blank = () => data.taskNames.map(() => new Array<number>(data.models.length).fill(0));
  const [sums, counts] = [blank(), blank()];
  const { rows } = await readBeside(file, data, signal, (row, values) => {
    const task = data.rowTasks[row] as number;
    const [taskSums, taskCounts] = [sums[task] as number[], counts[task] as number[]];
    for (const [model, value] of values.entries()) {
      if (value === undefined) {
        const model_ = data.models[model]?.name;
        throw new SignalboxError(
          'invalid_argument',
          `${path.basename(file)}: the score of ${model_} for ${data.taskNames[task]} ${data.ids[row]} is not a number`,
        );
      }
      if (Number.isNaN(value)) continue;
      taskSums[model] = (taskSums[model] as number) + value;
      taskCounts[model] = (taskCounts[model] as number) + 1;
    }
  });
  if (rows === 0) throw new SignalboxError('invalid_argument', `${path.basename(file)} has no row of the data`);
  // 0 / 0 is the NaN of a task without scores.
  return { name, scores: sums.map((taskSums, task) => taskSums.map((sum, m) => sum / (counts[task]?.[m] as number))) };
}
