/** Writes the outcomes of an index as a table, one row per sample and one column per model, as `build` reads it. */
import { unclearName } from '../importing/sources/columns.js';
import { invalid } from '../options.js';
import { fileWriter, parquetWriteRows } from '../vendor/parquet-writer-node.js';
import { type OutcomeRow, outcomeText, type ReadOutcomes, writeTexts } from './export-rows.js';

export type TableForm = 'csv' | 'jsonl' | 'parquet';

const GROUP_ROWS = 10_000;
const KEYS = ['dataset', 'id', 'prompt'];

/** Quotes a cell that a reader would take for more than text. */
function cell(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const keysOf = ({ hasTexts }: ReadOutcomes) => (hasTexts ? KEYS : KEYS.slice(0, 2));

const keyCells = (read: ReadOutcomes, { task, id, text }: OutcomeRow): string[] => {
  const dataset = read.info.tasks[task]?.name ?? '';
  return read.hasTexts ? [dataset, id, text] : [dataset, id];
};

function* csvLines(read: ReadOutcomes): Generator<string> {
  const names = read.info.models.map(({ name }) => name);
  yield `${[...keysOf(read), ...names].map(cell).join(',')}\n`;
  for (const row of read.rows()) {
    const outcomes = Array.from(row.outcomes, (outcome) => (Number.isNaN(outcome) ? '' : outcomeText(outcome)));
    yield `${[...keyCells(read, row).map(cell), ...outcomes].join(',')}\n`;
  }
}

/** Yields an object for each row, without the models that were not measured. */
function* jsonLines(read: ReadOutcomes): Generator<string> {
  const names = read.info.models.map(({ name }) => JSON.stringify(name));
  const keys = keysOf(read).map((key) => JSON.stringify(key));
  for (const row of read.rows()) {
    const parts = keyCells(read, row).map((text, i) => `${keys[i]}:${JSON.stringify(text)}`);
    for (const [m, outcome] of row.outcomes.entries()) {
      if (!Number.isNaN(outcome)) parts.push(`${names[m]}:${outcomeText(outcome)}`);
    }
    yield `{${parts.join(',')}}\n`;
  }
}

function* parquetRows(read: ReadOutcomes, columns: readonly string[]): Generator<Record<string, unknown>> {
  for (const row of read.rows()) {
    const cells = [
      ...keyCells(read, row),
      ...Array.from(row.outcomes, (outcome) => (Number.isNaN(outcome) ? null : outcome)),
    ];
    yield Object.fromEntries(columns.map((name, i) => [name, cells[i]]));
  }
}

async function writeParquet(file: string, read: ReadOutcomes): Promise<void> {
  const keys = keysOf(read);
  const columns = [...keys, ...read.info.models.map(({ name }) => name)];
  await parquetWriteRows({
    writer: fileWriter(file),
    columns: columns.map((name, i) => ({ name, type: i < keys.length ? 'STRING' : 'FLOAT' })),
    rows: parquetRows(read, columns),
    rowGroupSize: GROUP_ROWS,
    createdBy: 'signalbox',
  });
}

/** Writes a new file. Errors: `invalid_argument` for a model with the name of another column. */
export async function writeTable(
  file: string,
  read: ReadOutcomes,
  form: TableForm,
  signal: AbortSignal,
): Promise<void> {
  const clash = unclearName(read.info.models.map(({ name }) => name));
  if (clash !== undefined) {
    throw invalid(`the model '${clash}' would pass for another column of the table: use --format every-eval-ever`);
  }
  if (form === 'parquet') return writeParquet(file, read);
  return writeTexts(file, form === 'csv' ? csvLines(read) : jsonLines(read), signal);
}
