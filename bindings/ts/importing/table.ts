/** Reads tables from CSV, TSV, JSONL, lists in JSON, and Parquet through one interface. */
import { SignalboxError } from '../errors.js';
import { readCsvRows } from './csv.js';
import { type Fields, isObject, requiredObject } from './fields.js';
import { badInput, type FileHead, headOf, type InputFile, placeText, type ReadFileOptions } from './input-file.js';
import { readJsonLines, readJsonParts } from './json.js';
import { readParquetTable } from './parquet.js';

export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'json' | 'parquet';

export interface TableReader {
  /**
   * Called before the first row, and again when a line of a JSONL file has new columns, which begin at `from`. The list
   * is the same each time, and grows. `separator` is the character between the cells of a text table.
   */
  onColumns(columns: readonly string[], from: number, separator?: string): void;
  /**
   * Cells by column; undefined or '' if absent. Valid during the call only. `line` is the line in a text file, or the row
   * from 1 in Parquet. `present` has the columns of a JSONL line.
   */
  onRow(cells: readonly unknown[], line: number, present?: readonly number[]): void;
}

const PARQUET_MAGIC = 'PAR1';
/** More than any table of benchmark results has. */
const MOST_COLUMNS = 1 << 17;
/** The beginning of a list of objects. */
const LIST = /^\s*\[\s*(?=\{)/;
/** The line by which Excel is told the separator. */
const SEPARATOR_LINE = /^sep=([,;|\t])\r?\n/i;
/** Spreadsheets write semicolons in countries with decimal commas. */
const SEPARATORS = [',', ';', '\t', '|'];
/** Names that the header of a plain table has at least one of. */
const USUAL_COLUMNS = new Set([
  'prompt',
  'embedding',
  'id',
  'dataset',
  'task',
  'model',
  'score',
  'index',
  'question',
  'query',
  'model_name',
]);

/** Returns the format by magic number, then by name; `undefined` if the file is not a table. */
export function tableFormat({ name, bytes, text }: FileHead): TableFormat | undefined {
  if (String.fromCharCode(...bytes.subarray(0, 4)) === PARQUET_MAGIC) return 'parquet';
  const extension = name.slice(name.lastIndexOf('.') + 1);
  if (extension === 'ndjson') return 'jsonl';
  if (extension === 'tab') return 'tsv';
  if (extension === 'json') return LIST.test(text) ? 'json' : undefined;
  return extension === 'csv' || extension === 'tsv' || extension === 'jsonl' ? extension : undefined;
}

/** Returns the keys of the object at the start of a text, which may be cut or contain Python's NaN. */
export function headKeys(text: string): string[] {
  const keys: string[] = [];
  const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[[\]{}]/gsy;
  const skipped = /[^"[\]{}]*/y;
  let depth = 0;
  for (;;) {
    skipped.lastIndex = tokens.lastIndex;
    tokens.lastIndex += skipped.exec(text)?.[0].length ?? 0;
    const token = tokens.exec(text);
    if (token === null) return keys;
    const [found, colon] = token;
    if (found === '{' || found === '[') depth += 1;
    else if (found === '}' || found === ']') depth -= 1;
    else if (colon !== undefined && depth === 1) keys.push(keyOf(found.slice(0, -colon.length)));
    if (depth === 0) return keys;
  }
}

function keyOf(literal: string): string {
  try {
    return JSON.parse(literal);
  } catch {
    return literal.slice(1, -1);
  }
}

/** Returns the first rows of a CSV or TSV text that are complete. */
function headRows(text: string, separator: string, count: number): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  const end = separator === '|' ? '\\|' : separator;
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}\r\n]*))(${end}|\r?\n|$)`, 'y');
  cell.lastIndex = SEPARATOR_LINE.exec(text)?.[0].length ?? 0;
  for (let match = cell.exec(text); match !== null && rows.length < count; match = cell.exec(text)) {
    const [, quoted, bare = '', ending] = match;
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (ending === separator) continue;
    if (cells.length > 1 || cells[0] !== '') rows.push(cells);
    cells = [];
    if (ending === '') break;
  }
  return rows;
}

/**
 * Returns the character between the cells of a text table: the usual one, or another one if only that one leads to a
 * header with a known name.
 */
export function separatorOf(text: string, usual: string): string {
  const isRight = (separator: string) => {
    const names = headRows(text, separator, 1)[0] ?? [];
    return names.length > 1 && names.some((name) => USUAL_COLUMNS.has(name.trim().toLowerCase()));
  };
  return SEPARATOR_LINE.exec(text)?.[1] ?? [usual, ...SEPARATORS].find(isRight) ?? usual;
}

const usualSeparator = (format: 'csv' | 'tsv') => (format === 'csv' ? ',' : '\t');

/** Returns the columns in a table's head: the header, or the keys of the first line. Parquet needs `readTable`. */
export function headColumns(head: FileHead): string[] {
  const format = tableFormat(head);
  if (format === 'jsonl' || format === 'json') {
    const text = head.text.replace(LIST, '').trimStart();
    return text.startsWith('{') ? headKeys(text) : [];
  }
  if (format !== 'csv' && format !== 'tsv') return [];
  const header = headRows(head.text, separatorOf(head.text, usualSeparator(format)), 1)[0] ?? [];
  return header.map((name) => name.trim());
}

/** Returns the columns and the first row in a table's head; empty if they are not text, or the head ends before. */
export function firstRows(head: FileHead): [columns: string[], cells: unknown[]] {
  const format = tableFormat(head);
  if (format === 'jsonl' || format === 'json') {
    const fields = firstObject(head.text.replace(LIST, '').trimStart());
    return [Object.keys(fields), Object.values(fields)];
  }
  if (format !== 'csv' && format !== 'tsv') return [[], []];
  const [, cells = []] = headRows(head.text, separatorOf(head.text, usualSeparator(format)), 2);
  return [headColumns(head), cells];
}

/** Returns the object that a text begins with; an empty one if the text ends before. */
function firstObject(text: string): Fields {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}]/gs)) {
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
    if (depth > 0) continue;
    try {
      const value: unknown = JSON.parse(text.slice(0, index + 1));
      return isObject(value) ? value : {};
    } catch {
      return {};
    }
  }
  return {};
}

async function readCsvTable(file: InputFile, format: 'csv' | 'tsv', to: TableReader, options: ReadFileOptions) {
  const { text } = await headOf(file, { signal: options.signal });
  const delimiter = separatorOf(text, usualSeparator(format));
  let width: number | undefined;
  const hasSeparatorLine = SEPARATOR_LINE.test(text);
  const onRow = (cells: string[], line: number) => {
    if (hasSeparatorLine && line === 1) return;
    if (width === undefined) {
      width = cells.length;
      const names = cells.map((name) => name.trim());
      const seen = new Set<string>();
      const twice = names.find((name) => name !== '' && seen.size === seen.add(name).size);
      if (twice !== undefined) throw badInput({ file: file.path, line }, `two columns '${twice}'`);
      if (width > MOST_COLUMNS) throw tooManyColumns(file, line);
      to.onColumns(names, 0, delimiter);
      return;
    }
    // Spreadsheets write rows that were cleared.
    if (cells.every((cell) => cell === '')) return;
    if (cells.length !== width) {
      throw badInput({ file: file.path, line }, `got ${cells.length} cells, expected ${width} as in the header`);
    }
    to.onRow(cells, line);
  };
  await readCsvRows(file, onRow, { ...options, delimiter });
  if (width === undefined) throw badInput({ file: file.path }, 'the file is empty');
}

const tooManyColumns = (file: InputFile, line: number) =>
  new SignalboxError(
    'size_overflow',
    `${placeText({ file: file.path, line })}: more than ${MOST_COLUMNS} columns, expected at most as many`,
  );

async function readJsonTable(file: InputFile, format: 'jsonl' | 'json', to: TableReader, options: ReadFileOptions) {
  const places = new Map<string, number>();
  const names: string[] = [];
  // One row for all lines: a new one would cost as many cells as there are columns, however short the line is.
  const cells: unknown[] = [];
  const onLine = (value: unknown, line: number) => {
    const fields = requiredObject(value, { file: file.path, line }, 'the line');
    const before = names.length;
    const present = Object.keys(fields).map((key) => {
      const place = places.get(key) ?? names.length;
      if (place === names.length) {
        places.set(key, names.push(key) - 1);
        cells.push(undefined);
      }
      cells[place] = fields[key];
      return place;
    });
    if (names.length > MOST_COLUMNS) throw tooManyColumns(file, line);
    if (names.length > before) to.onColumns(names, before);
    to.onRow(cells, line, present);
    for (const place of present) cells[place] = undefined;
  };
  if (format === 'jsonl') await readJsonLines(file, onLine, options);
  else {
    let count = 0;
    const onPart = ({ value }: { value: unknown }) => {
      count += 1;
      onLine(value, count);
    };
    await readJsonParts(file, ['$.*'], onPart, options);
  }
  if (names.length === 0) throw badInput({ file: file.path }, 'the file is empty');
}

/** Reads a table. Errors: `invalid_argument` with file and line, `truncated`, `size_overflow`, `aborted`. */
export async function readTable(
  file: InputFile,
  format: TableFormat,
  to: TableReader,
  options: ReadFileOptions = {},
): Promise<void> {
  if (format === 'parquet') return readParquetTable(file, to, options);
  if (format === 'jsonl' || format === 'json') return readJsonTable(file, format, to, options);
  return readCsvTable(file, format, to, options);
}
