/** Formats the measured alternatives as a table. */
import type { Choices } from './choices.js';
import { megabytes } from './report-text.js';

const points = (change: number) => `${change < 0 ? '-' : '+'}${Math.abs(change).toFixed(4)}`;

/**
 * Formats the measured alternatives as a table.
 *
 * @example
 * ```js
 * const { choices } = await buildFromFiles(files, { measure: true });
 * if (choices !== undefined) console.log(choicesText(choices));
 * ```
 */
export function choicesText({ rows, tasks, bestSingle, list }: Choices): string {
  const [built] = list;
  if (built === undefined) return '';
  const header = ['codes', 'dims', 'rows', 'size', 'tasks', 'change', 'prompts', 'change', 'same picks'];
  const body = list.map((c, i) => [
    c.codes,
    String(c.dims),
    `${Math.round(100 * c.rowShare)}%`,
    megabytes(c.bytes),
    c.taskAccuracy.toFixed(4),
    i === 0 ? '' : points(c.taskAccuracy - built.taskAccuracy),
    c.promptAccuracy.toFixed(4),
    i === 0 ? '' : points(c.promptAccuracy - built.promptAccuracy),
    `${(100 * c.samePicks).toFixed(1)}%`,
  ]);
  const widths = header.map((_, i) => Math.max(...[header, ...body].map((row) => (row[i] as string).length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(widths[i] as number)).join('  ');
  return [
    `alternatives, on ${rows} rows of ${tasks} datasets, each held out (best single model ${bestSingle.toFixed(4)}); this index first:`,
    line(header),
    ...body.map(line),
  ].join('\n');
}
