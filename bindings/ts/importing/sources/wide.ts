/** Our plain wide form: one row per sample and one column per model, in CSV, TSV, JSONL or Parquet. */
import type { Importer } from '../importer.js';
import { badInput, type InputFile } from '../input-file.js';
import type { Answer, ImportContext, Place, RecordSink } from '../records.js';
import { headColumns, readTable, type TableReader, tableFormat } from '../table.js';
import { llmRouterImporter } from './llmrouter.js';
import {
  figureCell,
  GROUP_COLUMNS,
  isLong,
  isRowNumbers,
  KeyColumns,
  LongRows,
  noteSample,
  plainName,
  quoted,
  refuseUnclear,
  requiredFormat,
  type SampleColumns,
  type SampleRules,
  SELECTION_COLUMNS,
  sampleColumns,
  scoreOf,
  stemOf,
  type ToScore,
  textCell,
  toScoreFor,
} from './long.js';
import { mixInstructImporter } from './mixinstruct.js';
import { routeLlmImporter } from './routellm.js';
import { routerBenchImporter } from './routerbench.js';

/** Importers whose tables would also pass for wide ones. */
const MORE_SPECIFIC = [llmRouterImporter, mixInstructImporter, routeLlmImporter, routerBenchImporter];

const KEYS = new Set(['dataset', 'task', 'id', 'prompt', 'embedding', ...GROUP_COLUMNS, ...SELECTION_COLUMNS]);
/** Columns of such tables that are neither models nor keys. */
const OTHER_COLUMNS = new Set(['answer', 'target', 'reference', 'split', 'category', 'subject', 'source']);
const ANSWER = /(_response|\|model_response|_output)$/;
/** Texts of answers, for those who grade them. */
const ANSWER_TEXT = 'answer:';
/** Columns of such texts that count; more models have no plan. */
const MOST_ANSWERS = 64;
const FIGURE = /^(.+)\|(cost_usd|total_cost|tokens_in|tokens_out)$/;

interface ModelColumn {
  name: string;
  at: number;
  cost: number;
  tokensIn: number;
  tokensOut: number;
  hasFigures: boolean;
  /** A score was seen, so any later text is a defect in a single cell. */
  isSure: boolean;
}

function isModel(column: string): boolean {
  const name = plainName(column);
  const isKnown = KEYS.has(name) || OTHER_COLUMNS.has(name) || isRowNumbers(name);
  return !isKnown && !column.startsWith(ANSWER_TEXT) && !ANSWER.test(column) && !FIGURE.test(column);
}

/** Refuses a column of free text: it is not a model, and would become one that was never measured. */
function makeSure(column: ModelColumn, score: unknown, place: Place): void {
  if (score === null) return;
  if (typeof score === 'number') {
    column.isSure = Number.isFinite(score);
    return;
  }
  throw badInput(
    place,
    `got ${quoted(score)} in column '${column.name}', expected the score of a model: remove columns that are not models, or name them answer, target, reference, split, category, subject or source`,
  );
}

/** Numbers table rows over all files. */
interface RowCount {
  rows: number;
}

class WideRows implements TableReader {
  readonly #file: string;
  readonly #sink: RecordSink;
  readonly #rules: SampleRules;
  readonly #count: RowCount;
  readonly #keys = new KeyColumns(KEYS);
  #at: SampleColumns | undefined;
  #names: readonly string[] = [];
  readonly #models: ModelColumn[] = [];
  readonly #answers: { model: string; at: number }[] = [];
  /** Columns of models by place, and places of all columns by name. */
  readonly #modelAt: (ModelColumn | undefined)[] = [];
  readonly #places = new Map<string, number>();
  #toScore: ToScore = scoreOf;

  constructor(file: InputFile, sink: RecordSink, count: RowCount) {
    this.#file = file.path;
    this.#sink = sink;
    this.#rules = { dataset: stemOf(file.path) };
    this.#count = count;
  }

  /** Looks at the new columns only: every line of a JSONL file may bring one. */
  onColumns(columns: readonly string[], from: number, separator?: string): void {
    this.#names = columns;
    this.#toScore = toScoreFor(separator);
    const added = columns.slice(from);
    for (const [i, name] of added.entries()) this.#places.set(name, from + i);
    if (this.#keys.hasNew(added) || this.#at === undefined) this.#at = sampleColumns(columns);
    for (const name of added) {
      if (isModel(name)) this.#addModel(name);
      if (name.startsWith(ANSWER_TEXT) && this.#answers.length < MOST_ANSWERS) {
        this.#answers.push({ model: name.slice(ANSWER_TEXT.length).trim(), at: this.#place(name) });
      }
      const model = FIGURE.exec(name)?.[1];
      const column = model === undefined ? undefined : this.#modelAt[this.#place(model)];
      if (column !== undefined) this.#findFigures(column);
    }
  }

  #addModel(name: string): void {
    const at = this.#place(name);
    const column = { name: name.trim(), at, cost: -1, tokensIn: -1, tokensOut: -1, hasFigures: false, isSure: false };
    this.#findFigures(column);
    this.#models.push(column);
    this.#modelAt[at] = column;
  }

  #findFigures(column: ModelColumn): void {
    const at = (what: string) => this.#place(`${column.name}|${what}`);
    column.cost = Math.max(at('cost_usd'), at('total_cost'));
    column.tokensIn = at('tokens_in');
    column.tokensOut = at('tokens_out');
    column.hasFigures = column.cost >= 0 || column.tokensIn >= 0 || column.tokensOut >= 0;
  }

  #place(name: string): number {
    return this.#places.get(name) ?? -1;
  }

  onRow(cells: readonly unknown[], line: number, present?: readonly number[]): void {
    const place = { file: this.#file, line };
    const at = this.#at as SampleColumns;
    if (at.prompt < 0 && at.embedding < 0) throw badInput(place, "no column 'prompt' or 'embedding'");
    if (this.#models.length === 0) throw badInput(place, 'no column is a model');
    const sample = noteSample(this.#sink, cells, at, this.#rules, place, this.#count.rows);
    this.#count.rows += 1;
    for (const { model, at: column } of this.#answers) {
      const text = textCell(cells[column], `${ANSWER_TEXT}${model}`, place);
      if (text !== undefined) this.#sink.answer(sample, model, text);
    }
    if (present === undefined) {
      for (const model of this.#models) this.#takeScore(sample, model, cells, place);
      return;
    }
    for (const column of present) {
      const model = this.#modelAt[column];
      if (model !== undefined) this.#takeScore(sample, model, cells, place);
    }
  }

  #takeScore(sample: number, model: ModelColumn, cells: readonly unknown[], place: Place): void {
    const score = this.#toScore(cells[model.at]);
    refuseUnclear(score, model.name, place);
    if (!model.isSure) makeSure(model, score, place);
    const figures = model.hasFigures ? this.#figures(model, cells, place) : undefined;
    this.#sink.score(sample, model.name, 'score', score, place, figures);
  }

  #figures({ cost, tokensIn, tokensOut }: ModelColumn, cells: readonly unknown[], place: Place): Answer {
    const figure = (column: number) => figureCell(cells[column], this.#names[column] ?? '', place, this.#toScore);
    return { costUsd: figure(cost), tokensIn: figure(tokensIn), tokensOut: figure(tokensOut) };
  }
}

/** Chooses a reader for each file by its columns, which are only known once a Parquet file is open. */
class EitherRows implements TableReader {
  readonly #file: InputFile;
  readonly #context: ImportContext;
  readonly #count: RowCount;
  #reader: TableReader | undefined;

  constructor(file: InputFile, context: ImportContext, count: RowCount) {
    this.#file = file;
    this.#context = context;
    this.#count = count;
  }

  onColumns(columns: readonly string[], from: number, separator?: string): void {
    const { sink } = this.#context;
    this.#reader ??= isLong(columns) ? new LongRows(this.#file, sink) : new WideRows(this.#file, sink, this.#count);
    this.#reader.onColumns(columns, from, separator);
  }

  onRow(cells: readonly unknown[], line: number, present?: readonly number[]): void {
    this.#reader?.onRow(cells, line, present);
  }
}

export const wideImporter: Importer = {
  source: 'wide',
  claims(file, head) {
    const format = tableFormat(head);
    if (MORE_SPECIFIC.some((importer) => importer.claims(file, head))) return false;
    if (format === 'parquet') return true;
    const columns = headColumns(head);
    const { prompt, embedding } = sampleColumns(columns);
    return format !== undefined && !isLong(columns) && (prompt >= 0 || embedding >= 0);
  },
  async read(files, context) {
    const count: RowCount = { rows: 0 };
    for (const file of files) {
      await readTable(file, await requiredFormat(file, context), new EitherRows(file, context, count), context);
    }
  },
};
