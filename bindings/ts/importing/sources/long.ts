/** Our plain long form, one row per sample and model; and the cell readers that all table importers share. */
import type { Importer } from '../importer.js';
import { badInput, type FileHead, headOf, type InputFile } from '../input-file.js';
import type { Answer, ImportContext, Place, RecordSink } from '../records.js';
import { headColumns, readTable, type TableFormat, type TableReader, tableFormat } from '../table.js';
import { textKey } from '../text-hash.js';

const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const EXTENSIONS = /\.(?:csv|tsv|jsonl|ndjson|json|parquet)$/i;
const MOST_QUOTED = 40;
const ID_DIGITS = 12;

/** Quotes a cell for a message. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = String(value);
  return `'${text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}...` : text}'`;
}

/** Returns a file's name without folders and table extensions; other dots belong to the name. */
export function stemOf(path: string): string {
  const name = path.split('/').at(-1) ?? path;
  return name.replace(/\.gz$/i, '').replace(EXTENSIONS, '') || name;
}

/**
 * Converts a cell to a score for the sink: a number, 1 and 0 for True and False, null if empty, and other text
 * unchanged. Runs a hundred million times for a large matrix.
 */
export function scoreOf(cell: unknown): number | string | null {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'boolean') return Number(cell);
  if (cell === undefined || cell === null) return null;
  if (typeof cell === 'bigint') return Number(cell);
  if (typeof cell !== 'string') return quoted(cell);
  if (cell === '1') return 1;
  if (cell === '0') return 0;
  if (cell === '') return null;
  if (NUMBER.test(cell)) return Number(cell);
  return scoreOfWord(cell);
}

function scoreOfWord(cell: string): number | string | null {
  const word = cell.trim();
  if (word === '') return null;
  if (word === 'True' || word === 'true') return 1;
  if (word === 'False' || word === 'false') return 0;
  // Python writes NaN for values that were not measured.
  return word.toLowerCase() === 'nan' ? Number.NaN : cell;
}

/** Returns the text of a cell; `undefined` if empty. Errors: `invalid_argument` for lists and objects. */
export function textCell(cell: unknown, column: string, place: Place): string | undefined {
  if (cell === undefined || cell === null || cell === '') return undefined;
  if (typeof cell === 'string') return cell;
  if (typeof cell !== 'object') return String(cell);
  throw badInput(place, `got ${quoted(cell)} in column '${column}', expected text`);
}

/** Returns the number of a cell; `undefined` if empty. Errors: `invalid_argument` for anything else. */
export function figureCell(cell: unknown, column: string, place: Place): number | undefined {
  const value = scoreOf(cell);
  if (value === null || Number.isNaN(value)) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw badInput(place, `got ${quoted(cell)} in column '${column}', expected a number`);
}

function parsedList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Returns the vector of a cell: a list of numbers, possibly as JSON text. Errors: `invalid_argument` for anything else.
 */
function vectorCell(cell: unknown, column: string, place: Place): Float32Array | undefined {
  if (cell === undefined || cell === null || cell === '') return undefined;
  const list = typeof cell === 'string' ? parsedList(cell) : cell;
  if (!Array.isArray(list) && !ArrayBuffer.isView(list)) {
    throw badInput(place, `got ${quoted(cell)} in column '${column}', expected a list of numbers`);
  }
  const numbers = list as ArrayLike<unknown>;
  const vector = new Float32Array(numbers.length ?? 0);
  for (let i = 0; i < vector.length; ++i) {
    const number = typeof numbers[i] === 'bigint' ? Number(numbers[i]) : numbers[i];
    vector[i] = typeof number === 'number' ? number : Number.NaN;
    if (!Number.isFinite(vector[i])) {
      throw badInput(place, `got ${quoted(numbers[i])} at ${i} of column '${column}', expected a finite number`);
    }
  }
  if (vector.length > 0) return vector;
  throw badInput(place, `got an empty list in column '${column}', expected a list of numbers`);
}

/** Columns by meaning; -1 if absent. */
export interface SampleColumns {
  prompt: number;
  dataset: number;
  id: number;
  embedding: number;
}

/** Returns the place of the first of these names that is a column, or -1. */
function columnOf(columns: readonly string[], ...names: string[]): number {
  for (const name of names) {
    const at = columns.indexOf(name);
    if (at >= 0) return at;
  }
  return -1;
}

export function sampleColumns(columns: readonly string[]): SampleColumns {
  return {
    prompt: columns.indexOf('prompt'),
    dataset: columnOf(columns, 'dataset', 'task'),
    id: columns.indexOf('id'),
    embedding: columns.indexOf('embedding'),
  };
}

/** Settings that columns alone do not determine. */
export interface SampleRules {
  /** Dataset of rows that do not name one. */
  dataset: string;
  promptText?: ((cell: string) => string) | undefined;
}

/** Records the sample of a row. Without an id, the prompt is its key; without a prompt, its place. */
export function noteSample(
  sink: RecordSink,
  cells: readonly unknown[],
  at: SampleColumns,
  rules: SampleRules,
  place: Place,
  row?: number,
): number {
  const cell = textCell(cells[at.prompt], 'prompt', place);
  const prompt = cell === undefined || rules.promptText === undefined ? cell : rules.promptText(cell);
  const given = textCell(cells[at.id], 'id', place);
  const key = given ?? (prompt === undefined ? `${place.file}:${place.line}` : textKey(prompt));
  return sink.sample({
    dataset: textCell(cells[at.dataset], 'dataset', place) ?? rules.dataset,
    key,
    id: given ?? (prompt === undefined ? key : key.slice(0, ID_DIGITS)),
    prompt,
    embedding: vectorCell(cells[at.embedding], 'embedding', place),
    row,
    place,
  });
}

export function isLong(columns: readonly string[]): boolean {
  return columns.includes('model') && columns.includes('score');
}

/** Names that a column must have to change what `longColumns` returns. */
const LONG_NAMES = new Set(
  'prompt dataset task id embedding model score metric cost_usd cost tokens_in prompt_tokens tokens_out completion_tokens'.split(
    ' ',
  ),
);

interface LongColumns extends SampleColumns {
  model: number;
  score: number;
  metric: number;
  cost: number;
  tokensIn: number;
  tokensOut: number;
}

function longColumns(columns: readonly string[], place: Place): LongColumns {
  for (const name of ['model', 'score']) {
    if (!columns.includes(name)) throw badInput(place, `no column '${name}'`);
  }
  const at = sampleColumns(columns);
  if (at.prompt < 0 && at.embedding < 0 && at.id < 0) throw badInput(place, "no column 'prompt', 'embedding' or 'id'");
  return {
    ...at,
    model: columns.indexOf('model'),
    score: columns.indexOf('score'),
    metric: columns.indexOf('metric'),
    cost: columnOf(columns, 'cost_usd', 'cost'),
    tokensIn: columnOf(columns, 'tokens_in', 'prompt_tokens'),
    tokensOut: columnOf(columns, 'tokens_out', 'completion_tokens'),
  };
}

/** Reads the rows of one long table. */
export class LongRows implements TableReader {
  readonly #file: string;
  readonly #sink: RecordSink;
  readonly #rules: SampleRules;
  #at: LongColumns | undefined;
  #names: readonly string[] = [];
  #hasFigures = false;

  constructor(file: InputFile, sink: RecordSink) {
    this.#file = file.path;
    this.#sink = sink;
    this.#rules = { dataset: stemOf(file.path) };
  }

  onColumns(columns: readonly string[], from: number): void {
    this.#names = columns;
    if (this.#at !== undefined && !columns.slice(from).some((name) => LONG_NAMES.has(name))) return;
    this.#at = longColumns(columns, { file: this.#file });
    this.#hasFigures = this.#at.cost >= 0 || this.#at.tokensIn >= 0 || this.#at.tokensOut >= 0;
  }

  onRow(cells: readonly unknown[], line: number): void {
    const at = this.#at as LongColumns;
    const place = { file: this.#file, line };
    const model = textCell(cells[at.model], 'model', place);
    if (model === undefined) throw badInput(place, "no text in column 'model'");
    const sample = noteSample(this.#sink, cells, at, this.#rules, place);
    const metric = textCell(cells[at.metric], 'metric', place) ?? 'score';
    const figures = this.#hasFigures ? this.#figures(cells, at, place) : undefined;
    this.#sink.score(sample, model, metric, scoreOf(cells[at.score]), place, figures);
  }

  #figures(cells: readonly unknown[], at: LongColumns, place: Place): Answer {
    const figure = (column: number) => figureCell(cells[column], this.#names[column] ?? '', place);
    return { costUsd: figure(at.cost), tokensIn: figure(at.tokensIn), tokensOut: figure(at.tokensOut) };
  }
}

function readLongTable(file: InputFile, format: TableFormat, context: ImportContext): Promise<void> {
  return readTable(file, format, new LongRows(file, context.sink), context);
}

/** Returns the format of a file that must be a table. Errors: `invalid_argument`. */
export async function requiredFormat(file: InputFile, context: ImportContext): Promise<TableFormat> {
  const format = tableFormat(await headOf(file, { signal: context.signal }));
  if (format !== undefined) return format;
  throw badInput(
    { file: file.path },
    'not recognised as a table by its extension, expected .csv, .tsv, .jsonl or .parquet',
  );
}

export const longImporter: Importer = {
  source: 'long',
  claims(_file: InputFile, head: FileHead): boolean {
    // The head of a Parquet file does not show its columns: the wide importer opens it and may hand over.
    const format = tableFormat(head);
    return format !== undefined && format !== 'parquet' && isLong(headColumns(head));
  },
  async read(files, context) {
    for (const file of files) await readLongTable(file, await requiredFormat(file, context), context);
  },
};
