/** Our plain long form, one row per sample and model; and what it shares with the wide form. */
import { isObject } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, headOf, type InputFile } from '../input-file.js';
import { askedIn, promptText } from '../messages.js';
import type { Answer, ImportContext, Place, RecordSink, TableColumns } from '../records.js';
import { isCounter } from '../sample-keys.js';
import { firstRows, headColumns, readTable, type TableFormat, type TableReader, tableFormat } from '../table.js';
import { textKey } from '../text-hash.js';
import { tokensOf } from '../usage.js';
import {
  figureCell,
  isErrorCell,
  nameCell,
  refuseUnclear,
  scoreOf,
  type ToScore,
  textCell,
  toScoreFor,
  vectorCell,
} from './cells.js';
import { isLong, KeyColumns, LONG_NAMES, type LongColumns, longColumns, type SampleColumns } from './columns.js';

/** An integer that a spreadsheet has cut to six digits. */
const ROUNDED_ID = /^\d[.,]\d+E\+\d+$/;
const EXTENSIONS = /\.(?:csv|tsv|jsonl|ndjson|json|parquet)$/i;
const ID_DIGITS = 12;
/** More than the name of any model has; the words of a name become a pattern. */
const MOST_WORDS = 32;

/** Returns a file's name without folders and table extensions; other dots belong to the name. */
export function stemOf(path: string): string {
  const name = path.split('/').at(-1) ?? path;
  return name.replace(/\.gz$/i, '').replace(EXTENSIONS, '') || name;
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

/** Returns a prompt and the text that identifies it. Of messages, the prompt is the question that they end with. */
function promptOf(cell: unknown, rules: SampleRules, place: Place): { prompt: string; identity: string } | undefined {
  const asked = Array.isArray(cell) ? promptText(cell) : undefined;
  if (asked !== undefined) return { prompt: asked, identity: JSON.stringify(cell) };
  const identity = textCell(cell, 'prompt', place);
  if (identity === undefined) return undefined;
  if (rules.promptText === undefined) return { prompt: askedIn(identity), identity };
  const prompt = rules.promptText(identity);
  return { prompt, identity: prompt };
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
  const { prompt, identity } = promptOf(cells[at.prompt], rules, place) ?? {};
  const given = nameCell(cells[at.id], 'id', place);
  if (given !== undefined && ROUNDED_ID.test(given)) {
    throw badInput(
      place,
      `got the id '${given}', which a spreadsheet has rounded: format the column as text and save again`,
    );
  }
  const key = given ?? (identity === undefined ? `${place.file}:${place.line}` : textKey(identity));
  return sink.sample({
    dataset: nameCell(cells[at.dataset], 'dataset', place) ?? rules.dataset,
    key,
    id: given ?? (prompt === undefined ? key : key.slice(0, ID_DIGITS)),
    isCounted: given !== undefined && isCounter(given),
    prompt,
    embedding: vectorCell(cells[at.embedding], 'embedding', place),
    row,
    groups: groupsOf(cells, at, place),
    selectedBy: selectionOf(cells, at, place),
    place,
  });
}

/** Returns which columns of a long table are the prompt and of no use. */
function longUsage(columns: readonly string[], at: LongColumns): TableColumns {
  const places = Object.values(at).flatMap((of: number | { at: number }[]) =>
    typeof of === 'number' ? of : of.map((column) => column.at),
  );
  const used = new Set(places);
  return {
    prompt: at.prompt < 0 ? undefined : columns[at.prompt],
    ignored: columns.filter((name, place) => name !== '' && !used.has(place)),
  };
}

/** Returns an object of Parquet with numbers in place of its large integers. */
function withNumbers(cell: unknown): unknown {
  if (!isObject(cell)) return cell;
  const entries = Object.entries(cell).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]);
  return Object.fromEntries(entries);
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

  constructor(file: InputFile, sink: RecordSink, dataset = stemOf(file.path)) {
    this.#file = file.path;
    this.#sink = sink;
    this.#rules = { dataset };
  }

  onColumns(columns: readonly string[], from: number, separator?: string): void {
    this.#names = columns;
    this.#toScore = toScoreFor(separator);
    if (!this.#keys.hasNew(columns.slice(from)) && this.#at !== undefined) return;
    this.#at = longColumns(columns, { file: this.#file });
    this.#sink.columns?.(this.#file, longUsage(columns, this.#at));
    const { cost, tokensIn, tokensOut, usage } = this.#at;
    this.#hasFigures = [cost, tokensIn, tokensOut, usage].some((at) => at >= 0);
  }

  onRow(cells: readonly unknown[], line: number): void {
    const at = this.#at as LongColumns;
    const place = { file: this.#file, line };
    const model = nameCell(cells[at.model], 'model', place);
    if (model === undefined) throw badInput(place, "no text in column 'model'");
    const sample = noteSample(this.#sink, cells, at, this.#rules, place);
    const answer = this.#answerOf(cells, at, place);
    const hasFailed = isErrorCell(cells[at.error]);
    const metric = nameCell(cells[at.metric], 'metric', place);
    for (const { name, at: column } of at.scores) {
      const score = this.#toScore(cells[column]);
      refuseUnclear(score, name, place);
      // Programs write 0 or nothing for an answer that never came.
      if (hasFailed && !score) this.#sink.drop('failed', place, `: ${model}`);
      else this.#sink.score(sample, model, at.scores.length === 1 ? (metric ?? name) : name, score, place, answer);
    }
  }

  #answerOf(cells: readonly unknown[], at: LongColumns, place: Place): Answer | undefined {
    const repeats = at.run >= 0 || undefined;
    if (!this.#hasFigures) return repeats && { repeats };
    const figure = (column: number) => figureCell(cells[column], this.#names[column] ?? '', place, this.#toScore);
    const usage = at.usage < 0 ? {} : tokensOf(withNumbers(cells[at.usage]));
    return {
      costUsd: figure(at.cost),
      tokensIn: figure(at.tokensIn) ?? usage.tokensIn,
      tokensOut: figure(at.tokensOut) ?? usage.tokensOut,
      repeats,
    };
  }
}

/** Returns a name without a model's name in it, which punctuation or an end must delimit; `undefined` if it is not there. */
function withoutModel(name: string, model: string): string | undefined {
  // The maker is seldom part of a file's name.
  for (const given of [model, model.split('/').at(-1) ?? '']) {
    const words = given.match(/[\p{L}\p{N}]+/gu);
    if (words === null || words.length > MOST_WORDS) continue;
    const found = new RegExp(`(?<![\\p{L}\\p{N}])${words.join('[^\\p{L}\\p{N}]+')}(?![\\p{L}\\p{N}])`, 'iu');
    if (found.test(name)) return name.replace(found, '').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  }
  return undefined;
}

/** Returns the only model in a file; `undefined` if there are several, or the rows name their datasets. */
async function onlyModel(file: InputFile, format: TableFormat, signal: AbortSignal | undefined) {
  const models = new Set<unknown>();
  let at = { model: -1, dataset: -1 };
  const onColumns = (columns: readonly string[]) => {
    at = longColumns(columns, { file: file.path });
  };
  const onRow = (cells: readonly unknown[]) => {
    if (models.size < 2) models.add(at.dataset < 0 ? cells[at.model] : undefined);
  };
  await readTable(file, format, { onColumns, onRow }, { signal });
  const [model] = models;
  return models.size === 1 && typeof model === 'string' ? model.trim() : undefined;
}

/**
 * Names the dataset of rows that do not: by the file. Of a file of one model that has its name, by the rest of the name, or
 * by the folder, so that the files of several models are about one dataset.
 */
async function datasetOf(file: InputFile, head: FileHead, format: TableFormat, signal: AbortSignal | undefined) {
  const stem = stemOf(file.path);
  const [columns, cells] = firstRows(head);
  if (!isLong(columns)) return stem;
  const first = cells[longColumns(columns, { file: file.path }).model];
  if (typeof first !== 'string' || withoutModel(stem, first) === undefined) return stem;
  const model = await onlyModel(file, format, signal);
  const rest = model === undefined ? stem : withoutModel(stem, model);
  return rest || file.path.split('/').at(-2) || 'results';
}

/** Returns the format of a file that must be a table. Errors: `invalid_argument`. */
export async function requiredFormat(file: InputFile, context: ImportContext): Promise<TableFormat> {
  const format = tableFormat(await headOf(file, { signal: context.signal }));
  if (format !== undefined) return format;
  throw badInput(
    { file: file.path },
    'not recognised as a table by its extension, expected .csv, .tsv, .jsonl, .json with a list, or .parquet',
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
    for (const file of files) {
      const format = await requiredFormat(file, context);
      const head = await headOf(file, { signal: context.signal });
      const dataset = await datasetOf(file, head, format, context.signal);
      await readTable(file, format, new LongRows(file, context.sink, dataset), context);
    }
  },
};
