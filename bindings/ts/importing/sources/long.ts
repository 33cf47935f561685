/** Our plain long form, one row per sample and model; and the cell readers that all table importers share. */
import type { Importer } from '../importer.js';
import { badInput, type FileHead, headOf, type InputFile } from '../input-file.js';
import type { Answer, ImportContext, Place, RecordSink } from '../records.js';
import { headColumns, readTable, type TableFormat, type TableReader, tableFormat } from '../table.js';
import { textKey } from '../text-hash.js';

const COMMA_NUMBER = /^\s*[+-]?\d*,\d+(?:e[+-]?\d+)?\s*$/i;
/** A comma before three digits may also separate thousands. */
const MAYBE_THOUSANDS = /^\s*[+-]?[1-9]\d{0,2},\d{3}\s*$/;
const PERCENT = /^\s*[+-]?[\d.,]+\s*%\s*$/;
/** Words for a value that was not measured. */
const NOTHING = new Set(['', 'null', 'none', 'nil', 'n/a', '#n/a', '<na>', 'na', '-', '--', '\u2013', '\u2014']);
const YES = new Set(['true', 'yes']);
const NO = new Set(['false', 'no']);
/** Columns of row numbers as pandas, R and databases write them, in lower case. */
const ROW_NUMBERS =
  /^(|#|unnamed: \d+(\.\d+|_level_\d+)*|__index_level_\d+__|level_\d+|index|idx|nr\.?|no\.|\.\.\.\d+|row([_ .-]?(nr|no|num|id|index|idx|number|names?))?)$/;
/** An integer that a spreadsheet has cut to six digits. */
const ROUNDED_ID = /^\d[.,]\d+E\+\d+$/;
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

/** Returns the name of a column without blanks around it and in lower case. */
export const plainName = (column: string): string => column.trim().toLowerCase();

/** Returns whether a column has row numbers, and is not a model. */
export const isRowNumbers = (name: string): boolean => ROW_NUMBERS.test(plainName(name));

/**
 * Converts a cell to a score for the sink: a number, 1 and 0 for true and false, null if empty, and other text
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
  const word = cell.trim().toLowerCase();
  if (YES.has(word)) return 1;
  if (NO.has(word)) return 0;
  if (NOTHING.has(word)) return null;
  if (COMMA_NUMBER.test(cell) && !MAYBE_THOUSANDS.test(cell)) return Number(cell.replace(',', '.'));
  // Python writes NaN for values that were not measured; both are counted.
  if (word === 'nan') return Number.NaN;
  return /^[+-]?inf(inity)?$/.test(word) ? Number.POSITIVE_INFINITY : cell;
}

/** Converts a cell as `scoreOf` does, in a table whose separator shows that commas are decimal. */
function scoreWithComma(cell: unknown): number | string | null {
  const isNumber = typeof cell === 'string' && COMMA_NUMBER.test(cell);
  return isNumber ? Number(cell.replace(',', '.')) : scoreOf(cell);
}

export type ToScore = typeof scoreOf;

/** Returns the function that converts the cells of a table with this separator. */
export const toScoreFor = (separator: string | undefined): ToScore => (separator === ';' ? scoreWithComma : scoreOf);

/**
 * Refuses numbers that can be read in two ways: 85% is 0.85 or 85, and 1,000 is 1 or 1000. Errors: `invalid_argument`.
 */
export function refuseUnclear(score: number | string | null, column: string, place: Place): void {
  if (typeof score !== 'string') return;
  const got = `got ${quoted(score)} in column '${column}'`;
  if (PERCENT.test(score)) {
    const number = score.replace('%', '').trim();
    throw badInput(place, `${got}, expected a number: write ${number} with the range 0,100, or divide by 100`);
  }
  if (MAYBE_THOUSANDS.test(score)) throw badInput(place, `${got}, expected a decimal point, and no mark at thousands`);
}

/** Returns the text of a cell; `undefined` if empty. Errors: `invalid_argument` for lists and objects. */
export function textCell(cell: unknown, column: string, place: Place): string | undefined {
  if (cell === undefined || cell === null || cell === '') return undefined;
  if (typeof cell === 'string') return cell;
  if (typeof cell !== 'object') return String(cell);
  throw badInput(place, `got ${quoted(cell)} in column '${column}', expected text`);
}

/** Returns the text of a cell without blanks around it; `undefined` if nothing is left. Errors: as `textCell`. */
function nameCell(cell: unknown, column: string, place: Place): string | undefined {
  return textCell(cell, column, place)?.trim() || undefined;
}

/** Returns the number of a cell; `undefined` if empty. Errors: `invalid_argument` for anything else. */
export function figureCell(
  cell: unknown,
  column: string,
  place: Place,
  toScore: ToScore = scoreOf,
): number | undefined {
  const value = toScore(cell);
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

/** Columns that name what several prompts belong to: a plan's estimates keep them together. */
export const GROUP_COLUMNS: readonly string[] = [
  'conversation',
  'conversation_id',
  'session',
  'session_id',
  'group',
  'group_id',
  'template',
  'template_id',
];

/**
 * Columns that say how a row came to be graded: by lot or by choice, and the number of prompts that it stands for. A weight
 * counts only beside the other.
 */
export const SELECTION_COLUMNS: readonly string[] = ['selected_by', 'weight'];

/** Columns by meaning; -1 if absent. */
export interface SampleColumns {
  prompt: number;
  dataset: number;
  id: number;
  embedding: number;
  /** Those of GROUP_COLUMNS. */
  groups: { name: string; at: number }[];
  selectedBy: number;
  weight: number;
}

/** Returns the place of the first of these names that is a column, or -1. An exact name goes before others. */
export function columnOf(columns: readonly string[], ...names: string[]): number {
  const exact = names.map((name) => columns.indexOf(name)).find((at) => at >= 0);
  if (exact !== undefined) return exact;
  const plain = columns.map(plainName);
  return names.map((name) => plain.indexOf(name)).find((at) => at >= 0) ?? -1;
}

export function sampleColumns(columns: readonly string[]): SampleColumns {
  return {
    prompt: columnOf(columns, 'prompt'),
    dataset: columnOf(columns, 'dataset', 'task'),
    id: columnOf(columns, 'id'),
    embedding: columnOf(columns, 'embedding'),
    groups: GROUP_COLUMNS.map((name) => ({ name, at: columnOf(columns, name) })).filter(({ at }) => at >= 0),
    selectedBy: columnOf(columns, 'selected_by'),
    weight: columnOf(columns, 'weight'),
  };
}

/** Returns the groups that a row names, with the columns' names. */
function groupsOf(cells: readonly unknown[], { groups }: SampleColumns, place: Place): string[] | undefined {
  if (groups.length === 0) return undefined;
  return groups.flatMap(({ name, at }) => {
    const value = nameCell(cells[at], name, place);
    return value === undefined ? [] : [`${name}\u0000${value}`];
  });
}

/**
 * Returns how a row came to be graded; `undefined` if its cell is empty. Checks its weight, which nothing uses yet.
 * Errors: `invalid_argument` for a weight that is not a finite number above 0.
 */
function selectionOf(cells: readonly unknown[], at: SampleColumns, place: Place): string | undefined {
  if (at.selectedBy < 0) return undefined;
  const weight = figureCell(cells[at.weight], 'weight', place);
  if (weight !== undefined && weight <= 0) {
    throw badInput(place, `got ${weight} in column 'weight', expected a number above 0`);
  }
  return nameCell(cells[at.selectedBy], 'selected_by', place);
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
  const given = nameCell(cells[at.id], 'id', place);
  if (given !== undefined && ROUNDED_ID.test(given)) {
    throw badInput(
      place,
      `got the id '${given}', which a spreadsheet has rounded: format the column as text and save again`,
    );
  }
  const key = given ?? (prompt === undefined ? `${place.file}:${place.line}` : textKey(prompt));
  return sink.sample({
    dataset: nameCell(cells[at.dataset], 'dataset', place) ?? rules.dataset,
    key,
    id: given ?? (prompt === undefined ? key : key.slice(0, ID_DIGITS)),
    prompt,
    embedding: vectorCell(cells[at.embedding], 'embedding', place),
    row,
    groups: groupsOf(cells, at, place),
    selectedBy: selectionOf(cells, at, place),
    place,
  });
}

export function isLong(columns: readonly string[]): boolean {
  return columnOf(columns, 'model') >= 0 && columnOf(columns, 'score') >= 0;
}

/** Notices columns with the names of keys. Of the spellings in other case only the first counts, however many come. */
export class KeyColumns {
  readonly #names: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  constructor(names: ReadonlySet<string>) {
    this.#names = names;
  }

  /** Returns whether one of the added columns may be a key that no earlier column was. */
  hasNew(added: readonly string[]): boolean {
    const before = this.#seen.size;
    for (const column of added) {
      const name = plainName(column);
      if (this.#names.has(name)) this.#seen.add(column === name ? name : `${name} in other case`);
    }
    return this.#seen.size > before;
  }
}

/** Names that a column must have to change what `longColumns` returns. */
const LONG_NAMES = new Set([
  ...'prompt dataset task id embedding model score metric cost_usd cost tokens_in prompt_tokens tokens_out completion_tokens'.split(
    ' ',
  ),
  ...GROUP_COLUMNS,
  ...SELECTION_COLUMNS,
]);

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
    if (columnOf(columns, name) < 0) throw badInput(place, `no column '${name}'`);
  }
  const at = sampleColumns(columns);
  if (at.prompt < 0 && at.embedding < 0 && at.id < 0) throw badInput(place, "no column 'prompt', 'embedding' or 'id'");
  return {
    ...at,
    model: columnOf(columns, 'model'),
    score: columnOf(columns, 'score'),
    metric: columnOf(columns, 'metric'),
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
  readonly #keys = new KeyColumns(LONG_NAMES);
  #at: LongColumns | undefined;
  #names: readonly string[] = [];
  #hasFigures = false;
  #toScore: ToScore = scoreOf;

  constructor(file: InputFile, sink: RecordSink) {
    this.#file = file.path;
    this.#sink = sink;
    this.#rules = { dataset: stemOf(file.path) };
  }

  onColumns(columns: readonly string[], from: number, separator?: string): void {
    this.#names = columns;
    this.#toScore = toScoreFor(separator);
    if (!this.#keys.hasNew(columns.slice(from)) && this.#at !== undefined) return;
    this.#at = longColumns(columns, { file: this.#file });
    this.#hasFigures = this.#at.cost >= 0 || this.#at.tokensIn >= 0 || this.#at.tokensOut >= 0;
  }

  onRow(cells: readonly unknown[], line: number): void {
    const at = this.#at as LongColumns;
    const place = { file: this.#file, line };
    const model = nameCell(cells[at.model], 'model', place);
    if (model === undefined) throw badInput(place, "no text in column 'model'");
    const sample = noteSample(this.#sink, cells, at, this.#rules, place);
    const metric = nameCell(cells[at.metric], 'metric', place) ?? 'score';
    const figures = this.#hasFigures ? this.#figures(cells, at, place) : undefined;
    const score = this.#toScore(cells[at.score]);
    refuseUnclear(score, 'score', place);
    this.#sink.score(sample, model, metric, score, place, figures);
  }

  #figures(cells: readonly unknown[], at: LongColumns, place: Place): Answer {
    const figure = (column: number) => figureCell(cells[column], this.#names[column] ?? '', place, this.#toScore);
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
