/** Writes a table to fill in with grades. Given back beside the graded files, it is read as more rows of them. */

import type { PlanNextLabels } from './next-types.js';

/** Stands in a cell that needs no grade; importers read it as "not measured". */
const NOTHING_TO_DO = '-';

const cell = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * Returns the sheet as CSV: a row for each prompt, with an empty cell for each grade that is wanted, and a dash where none
 * is. Answers follow in columns `answer:<model>`, if the files have them. `grades` fills cells in: by row, then by model.
 *
 * @example
 * ```js
 * const next = await nextLabels(20, { files });
 * save(gradingSheet(next));
 * ```
 */
export function gradingSheet(
  { rows, candidates }: Pick<PlanNextLabels, 'rows' | 'candidates'>,
  grades: readonly Readonly<Record<string, number>>[] = [],
): string {
  const answered = candidates.filter((model) => rows.some(({ answers }) => Object.hasOwn(answers, model)));
  const head = [
    ...['dataset', 'id', 'prompt', 'selected_by', 'weight'],
    ...candidates,
    ...answered.map((model) => `answer:${model}`),
  ];
  const gradeOf = (row: number, model: string, isWanted: boolean) => {
    const given = grades[row] ?? {};
    if (Object.hasOwn(given, model)) return String(given[model]);
    return isWanted ? '' : NOTHING_TO_DO;
  };
  const lines = rows.map(({ dataset, id, prompt, selectedBy, weight, models, answers }, row) => [
    ...[dataset, id ?? '', prompt, selectedBy, String(weight)],
    ...candidates.map((model) => gradeOf(row, model, models.includes(model))),
    ...answered.map((model) => (Object.hasOwn(answers, model) ? (answers[model] as string) : '')),
  ]);
  return `${[head, ...lines].map((cells) => cells.map(cell).join(',')).join('\n')}\n`;
}
