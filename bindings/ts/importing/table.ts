/** Reads tables from CSV, TSV, JSONL and Parquet through one interface. */
import { type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import { SignalboxError, throwIfAborted } from '../errors.js';
import { readCsvRows } from './csv.js';
import { requiredObject } from './fields.js';
import { badInput, type FileHead, type InputFile, type ReadFileOptions } from './input-file.js';
import { readJsonLines } from './json.js';

export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet';

export interface TableReader {
  /** Called before the first row, and again when a line of a JSONL file has new columns. */
  onColumns(columns: readonly string[]): void;
  /** Cells by column; undefined or '' if absent. `line` is the line in a text file, or the row from 1 in Parquet. */
  onRow(cells: readonly unknown[], line: number): void;
}

const PARQUET_MAGIC = 'PAR1';
/**
 * Each block decompresses its row group's pages from their start, possibly all of them: blocks are as large as memory
 * allows.
 */
const PARQUET_BLOCK_VALUES = 1 << 23;
const PARQUET_MOST_ROWS = 1 << 18;
const PARQUET_LEAST_ROWS = 4096;

/** Returns the format by magic number, then by name; `undefined` if the file is not a table. */
export function tableFormat({ name, bytes }: FileHead): TableFormat | undefined {
  if (String.fromCharCode(...bytes.subarray(0, 4)) === PARQUET_MAGIC) return 'parquet';
  const extension = name.slice(name.lastIndexOf('.') + 1);
  if (extension === 'ndjson') return 'jsonl';
  return extension === 'csv' || extension === 'tsv' || extension === 'jsonl' ? extension : undefined;
}

/** Returns the keys of the object at the start of a text, which may be cut or contain Python's NaN. */
function headKeys(text: string): string[] {
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
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}\r\n]*))(${separator}|\r?\n|$)`, 'y');
  for (let match = cell.exec(text); match !== null && rows.length < count; match = cell.exec(text)) {
    const [, quoted, bare = '', end] = match;
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === separator) continue;
    if (cells.length > 1 || cells[0] !== '') rows.push(cells);
    cells = [];
    if (end === '') break;
  }
  return rows;
}

/** Returns the columns in a table's head: the header, or the keys of the first line. Parquet needs `readTable`. */
export function headColumns(head: FileHead): string[] {
  const format = tableFormat(head);
  const text = head.text.replace(/^\uFEFF/, '').trimStart();
  if (format === 'jsonl') return text.startsWith('{') ? headKeys(text) : [];
  if (format !== 'csv' && format !== 'tsv') return [];
  return headRows(head.text.replace(/^\uFEFF/, ''), format === 'csv' ? ',' : '\t', 1)[0] ?? [];
}

async function readCsvTable(file: InputFile, delimiter: string, to: TableReader, options: ReadFileOptions) {
  let width: number | undefined;
  const onRow = (cells: string[], line: number) => {
    if (width === undefined) {
      width = cells.length;
      const twice = cells.find((name, i) => cells.indexOf(name) !== i);
      if (twice !== undefined) throw badInput({ file: file.path, line }, `two columns '${twice}'`);
      to.onColumns(cells);
      return;
    }
    if (cells.length !== width) {
      throw badInput({ file: file.path, line }, `got ${cells.length} cells, expected ${width} as in the header`);
    }
    to.onRow(cells, line);
  };
  await readCsvRows(file, onRow, { ...options, delimiter });
  if (width === undefined) throw badInput({ file: file.path }, 'the file is empty');
}

async function readJsonTable(file: InputFile, to: TableReader, options: ReadFileOptions) {
  const places = new Map<string, number>();
  const onLine = (value: unknown, line: number) => {
    const fields = requiredObject(value, { file: file.path, line }, 'the line');
    const keys = Object.keys(fields);
    const before = places.size;
    for (const key of keys) if (!places.has(key)) places.set(key, places.size);
    if (places.size > before) to.onColumns([...places.keys()]);
    const cells: unknown[] = new Array(places.size).fill(undefined);
    for (const key of keys) cells[places.get(key) as number] = fields[key];
    to.onRow(cells, line);
  };
  await readJsonLines(file, onLine, options);
  if (places.size === 0) throw badInput({ file: file.path }, 'the file is empty');
}

/** Converts a Parquet value to its JSON form. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Returns the rows per block, by the mean number of values in a row; a list counts as its elements. */
function blockRowsOf({ row_groups: groups, num_rows: rows }: FileMetaData): number {
  const values = groups
    .flatMap(({ columns }) => columns)
    .reduce((sum, c) => sum + Number(c.meta_data?.num_values ?? 0), 0);
  const fitting = Math.floor((PARQUET_BLOCK_VALUES * Number(rows)) / Math.max(1, values));
  return Math.max(PARQUET_LEAST_ROWS, Math.min(PARQUET_MOST_ROWS, fitting));
}

async function readParquetTable(file: InputFile, to: TableReader, options: ReadFileOptions) {
  let read = 0;
  const buffer = {
    byteLength: file.size,
    slice: async (start: number, end = file.size) => {
      throwIfAborted(options.signal);
      const bytes = await file.slice(start < 0 ? file.size + start : start, end < 0 ? file.size + end : end);
      const news = Math.max(0, Math.min(bytes.byteLength, file.size - read));
      read += news;
      options.onBytes?.(news);
      return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
    },
  };
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    to.onColumns(columns);
    const rows = Number(metadata.num_rows);
    const blockRows = blockRowsOf(metadata);
    for (let rowStart = 0; rowStart < rows; rowStart += blockRows) {
      throwIfAborted(options.signal);
      const rowEnd = Math.min(rows, rowStart + blockRows);
      let block: unknown[][] = [];
      // Read as arrays: an object would lose a column `__proto__`.
      const onComplete = (read: unknown[][]) => {
        block = read;
      };
      // Compiles a WebAssembly module as it is imported, which a page's policy may forbid.
      const { compressors } = await import('hyparquet-compressors');
      await parquetRead({
        file: buffer,
        metadata,
        compressors,
        columns,
        rowStart,
        rowEnd,
        rowFormat: 'array',
        onComplete,
      });
      for (const [i, row] of block.entries()) to.onRow(row.map(plain), rowStart + i + 1);
    }
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw badInput({ file: file.path }, `not a readable Parquet file: ${(cause as Error).message}`, cause);
  }
}

/** Reads a table. Errors: `invalid_argument` with file and line, `truncated`, `size_overflow`, `aborted`. */
export async function readTable(
  file: InputFile,
  format: TableFormat,
  to: TableReader,
  options: ReadFileOptions = {},
): Promise<void> {
  if (format === 'parquet') return readParquetTable(file, to, options);
  if (format === 'jsonl') return readJsonTable(file, to, options);
  return readCsvTable(file, format === 'csv' ? ',' : '\t', to, options);
}
