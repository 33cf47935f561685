/** Our plain long form, one row per sample and model; and what it shares with the wide form. */
import type { Importer } from '../importer.js';
import { badInput, type FileHead, headOf, type InputFile } from '../input-file.js';
import { askedIn, promptText } from '../messages.js';
import type { Answer, ImportContext, Place, RecordSink, TableColumns } from '../records.js';
import { headColumns, readTable, type TableFormat, type TableReader, tableFormat } from '../table.js';
import { textKey } from '../text-hash.js';
import {
  amountCell,
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
    this.#sink.columns?.(this.#file, longUsage(columns, this.#at));
    this.#hasFigures = this.#at.cost >= 0 || this.#at.tokensIn >= 0 || this.#at.tokensOut >= 0;
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
    return this.#hasFigures ? { ...this.#figures(cells, at, place), repeats } : repeats && { repeats };
  }

  #figures(cells: readonly unknown[], at: LongColumns, place: Place): Answer {
    const figure = (column: number) => amountCell(cells[column], this.#names[column] ?? '', place, this.#toScore);
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
    for (const file of files) await readLongTable(file, await requiredFormat(file, context), context);
  },
};
