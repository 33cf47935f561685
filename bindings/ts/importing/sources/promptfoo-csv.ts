/** promptfoo's CSV (`eval -o results.csv`): the variables, and six columns for each provider and prompt. */
import { readCsvRows } from '../csv.js';
import type { Fields } from '../fields.js';
import { badInput, type FileHead, type InputFile, type ReadFileOptions } from '../input-file.js';
import { headColumns, tableFormat } from '../table.js';

const ANSWER = /^\[(.+?)\] ?([\s\S]*)$/;
const VARIABLE = /\{\{\s*([\w.]+)\s*(?:\|\s*\w+\s*)?\}\}/g;
const FOLLOWING = ['Status', 'Score'];
const FAILURES = new Map([
  ['PASS', 0],
  ['FAIL', 1],
  ['ERROR', 2],
]);

export function isPromptfooCsv(head: FileHead): boolean {
  if (tableFormat(head) !== 'csv') return false;
  const columns = headColumns(head);
  return columns.includes('Grader Reason') && columns.some((_, at) => isAnswer(columns, at));
}

const isAnswer = (columns: readonly string[], at: number) =>
  ANSWER.test(columns[at] ?? '') && FOLLOWING.every((name, i) => columns[at + 1 + i] === name);

interface Columns {
  variables: { name: string; at: number }[];
  description: number;
  answers: { provider: string; label: string; at: number; reason: number }[];
}

function columnsOf(columns: readonly string[]): Columns {
  const answers = columns.flatMap((name, at) => {
    const [, provider = '', label = ''] = isAnswer(columns, at) ? (ANSWER.exec(name) ?? []) : [];
    return provider === '' ? [] : [{ provider, label, at, reason: columns.indexOf('Grader Reason', at) }];
  });
  const first = answers[0]?.at ?? 0;
  const before = columns.slice(0, first).map((name, at) => ({ name, at }));
  return {
    variables: before.filter(({ name, at }) => at > 0 || name !== 'Description'),
    description: columns[0] === 'Description' ? 0 : -1,
    answers,
  };
}

/** Returns the prompt that a template makes, or the variables if the prompt has a name instead. */
function promptOf(label: string, variables: Readonly<Record<string, string>>): string {
  if (!/\{\{/.test(label)) return Object.values(variables).join('\n');
  return label.replace(VARIABLE, (whole, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name] as string) : whole,
  );
}

/**
 * Calls `onResult` with the results of each row, in the form that they have in JSON. Cost and tokens are not in the file.
 * Errors: `invalid_argument` with the line.
 */
export async function readPromptfooCsv(
  file: InputFile,
  onResult: (result: Fields, line: number) => void,
  options: ReadFileOptions,
): Promise<void> {
  let columns: Columns | undefined;
  let width = 0;
  const onRow = (cells: string[], line: number) => {
    if (columns === undefined) {
      columns = columnsOf(cells.map((name) => name.trim()));
      width = cells.length;
      if (columns.answers.length === 0) throw badInput({ file: file.path, line }, "no column '[provider] prompt'");
      return;
    }
    if (cells.length !== width) {
      throw badInput({ file: file.path, line }, `got ${cells.length} cells, expected ${width} as in the header`);
    }
    const variables = Object.fromEntries(columns.variables.map(({ name, at }) => [name, cells[at] ?? '']));
    for (const [index, { provider, label, at, reason }] of columns.answers.entries()) {
      const status = cells[at + 1]?.trim().toUpperCase() ?? '';
      const failureReason = FAILURES.get(status);
      if (failureReason === undefined) {
        throw badInput(
          { file: file.path, line },
          `got '${status.slice(0, 40)}' in column 'Status', expected PASS, FAIL or ERROR`,
        );
      }
      const result = {
        provider: { id: provider },
        prompt: { label, raw: promptOf(label, variables) },
        promptId: String(index),
        promptIdx: index,
        vars: variables,
        score: cells[at + 2],
        failureReason,
        gradingResult: { reason: reason < 0 ? '' : cells[reason] },
        testCase: { description: columns.description < 0 ? '' : cells[columns.description] },
      };
      onResult(result, line);
    }
  };
  await readCsvRows(file, onRow, options);
  if (columns === undefined) throw badInput({ file: file.path }, 'the file is empty');
}
