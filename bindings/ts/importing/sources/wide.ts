/** Our plain wide form: one row per sample and one column per model, in CSV, TSV, JSONL or Parquet. */
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile } from '../input-file.js';
import type { Answer, ImportContext, Place, RecordSink } from '../records.js';
import { firstRows, headColumns, readTable, type TableReader, tableFormat } from '../table.js';
import { figureCell, quoted, refuseUnclear, scoreOf, type ToScore, textCell, toScoreFor } from './cells.js';
import {
  type Figure,
  figureOf,
  hasPrompt,
  isKeyName,
  isLong,
  isModelName,
  isModelsName,
  isScoreName,
  KeyColumns,
  measuredIn,
  SAMPLE_NAMES,
  type SampleColumns,
  sampleColumns,
} from './columns.js';
import { llmRouterImporter } from './llmrouter.js';
import { LongRows, noteSample, requiredFormat, type SampleRules, stemOf } from './long.js';
import { mixInstructImporter } from './mixinstruct.js';
import { routeLlmImporter } from './routellm.js';
import { routerBenchImporter } from './routerbench.js';

/** Importers whose tables would also pass for wide ones. */
const MORE_SPECIFIC = [llmRouterImporter, mixInstructImporter, routeLlmImporter, routerBenchImporter];

/** Texts of answers, for those who grade them. */
const ANSWER_TEXT = 'answer:';
/** Columns of such texts that count; more models have no plan. */
const MOST_ANSWERS = 64;

interface ModelColumn {
  name: string;
  metric: string;
  at: number;
  /** The part of its name before a metric, which may stand before its figures, too. */
  base: string | undefined;
  /** A score was seen, so any later text is a defect in a single cell. */
  isSure: boolean;
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
  readonly #isOneModel: boolean;
  readonly #rules: SampleRules;
  readonly #count: RowCount;
  readonly #keys = new KeyColumns(SAMPLE_NAMES);
  #at: SampleColumns | undefined;
  #names: readonly string[] = [];
  readonly #models: ModelColumn[] = [];
  readonly #answers: { model: string; at: number }[] = [];
  /** Columns of models by place. */
  readonly #modelAt: (ModelColumn | undefined)[] = [];
  readonly #figuresOf = new Map<string, Partial<Record<Figure, number>>>();
  /** Names of columns, and of the models in names such as `small_accuracy`. */
  readonly #named = new Set<string>();
  /** All columns that may be models have names such as `small_accuracy`: the rest of the name is the metric. */
  #namesMetrics = false;
  readonly #ignored: string[] = [];
  #toScore: ToScore = scoreOf;

  constructor(file: InputFile, { sink, isOneModel = false }: ImportContext, count: RowCount) {
    this.#file = file.path;
    this.#sink = sink;
    this.#isOneModel = isOneModel;
    this.#rules = { dataset: stemOf(file.path) };
    this.#count = count;
  }

  /** Looks at the new columns only: every line of a JSONL file may bring one. */
  onColumns(columns: readonly string[], from: number, separator?: string): void {
    this.#names = columns;
    this.#toScore = toScoreFor(separator);
    const added = columns.slice(from);
    for (const name of added) this.#named.add(name).add(measuredIn(name)?.model ?? name);
    if (this.#keys.hasNew(added) || this.#at === undefined) this.#at = sampleColumns(columns);
    const { prompt } = this.#at;
    const kinds = added.map((name, i) => (from + i === prompt ? 'key' : this.#kindOf(name)));
    if (from === 0) this.#namesMetrics = added.every((name, i) => kinds[i] !== 'model' || measuredIn(name));
    for (const [i, name] of added.entries()) {
      const kind = kinds[i];
      if (kind === 'model') this.#addModel(name, from + i);
      else if (kind === 'answer') this.#addAnswer(name, from + i);
      else if (kind === 'other') this.#ignored.push(name);
      else if (kind !== 'key' && kind !== undefined) this.#addFigure(from + i, kind);
    }
    this.#sink.columns?.(this.#file, { prompt: prompt < 0 ? undefined : columns[prompt], ignored: this.#ignored });
  }

  #kindOf(name: string): 'key' | 'model' | 'answer' | 'other' | { model: string; figure: Figure } {
    if (name.startsWith(ANSWER_TEXT)) return 'answer';
    const of = figureOf(name, (model) => this.#named.has(model));
    if (of?.figure !== undefined) return { model: of.model, figure: of.figure };
    if (of === undefined && isModelName(name)) return 'model';
    return name === '' || isKeyName(name) ? 'key' : 'other';
  }

  #addAnswer(name: string, at: number): void {
    if (this.#answers.length < MOST_ANSWERS) this.#answers.push({ model: name.slice(ANSWER_TEXT.length).trim(), at });
  }

  /** Adds a column of costs or tokens to the model's figures, which all columns of the model share. */
  #addFigure(at: number, { model, figure }: { model: string; figure: Figure }): void {
    const figures = this.#figuresOf.get(model) ?? {};
    figures[figure] = at;
    this.#figuresOf.set(model, figures);
  }

  #addModel(given: string, at: number): void {
    const place = { file: this.#file };
    if (isScoreName(given) && !this.#isOneModel) {
      throw badInput(
        place,
        `got the column '${given}' without a column 'model', expected one that says whose scores they are; in a table with a column per model, the model's name is the column's`,
      );
    }
    if (isModelsName(given)) {
      throw badInput(
        place,
        `got the column '${given}' without a column 'score', expected the scores in one of this name`,
      );
    }
    const measured = measuredIn(given);
    const name = given.trim();
    const [model, metric] = this.#namesMetrics && measured ? [measured.model, measured.metric] : [name, 'score'];
    const column = { name: model, base: measured?.model, metric, at, isSure: false };
    this.#models.push(column);
    this.#modelAt[at] = column;
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
    const figures = this.#figuresOf.size === 0 ? undefined : this.#figuresFor(model);
    const answer = figures === undefined ? undefined : this.#answerOf(figures, cells, place);
    this.#sink.score(sample, model.name, model.metric, score, place, answer);
  }

  #figuresFor({ name, base }: ModelColumn): Partial<Record<Figure, number>> | undefined {
    return this.#figuresOf.get(name) ?? (base === undefined ? undefined : this.#figuresOf.get(base));
  }

  #answerOf(at: Partial<Record<Figure, number>>, cells: readonly unknown[], place: Place): Answer {
    const amount = (column = -1) => figureCell(cells[column], this.#names[column] ?? '', place, this.#toScore);
    return { costUsd: amount(at.cost), tokensIn: amount(at.tokensIn), tokensOut: amount(at.tokensOut) };
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
    this.#reader ??= isLong(columns)
      ? new LongRows(this.#file, this.#context.sink)
      : new WideRows(this.#file, this.#context, this.#count);
    this.#reader.onColumns(columns, from, separator);
  }

  onRow(cells: readonly unknown[], line: number, present?: readonly number[]): void {
    this.#reader?.onRow(cells, line, present);
  }
}

/**
 * Returns whether a table without a column `prompt` is wide nevertheless: it has a question under another name, and scores
 * in all other columns that may be models, of which there are at least two.
 */
function looksWide(head: FileHead): boolean {
  const [columns = [], cells = []] = firstRows(head);
  const { prompt } = sampleColumns(columns);
  if (prompt < 0) return false;
  const named = new Set(columns.flatMap((name) => [name, measuredIn(name)?.model ?? name]));
  const isFigure = (name: string) => figureOf(name, (model) => named.has(model)) !== undefined;
  const models = columns.flatMap((name, at) => (at === prompt || !isModelName(name) || isFigure(name) ? [] : [at]));
  return models.length > 1 && models.every((at) => typeof scoreOf(cells[at]) === 'number');
}

export const wideImporter: Importer = {
  source: 'wide',
  claims(file, head) {
    const format = tableFormat(head);
    if (MORE_SPECIFIC.some((importer) => importer.claims(file, head))) return false;
    if (format === 'parquet') return true;
    if (format === undefined) return false;
    const columns = headColumns(head);
    if (isLong(columns)) return false;
    return hasPrompt(columns) || sampleColumns(columns).embedding >= 0 || looksWide(head);
  },
  async read(files, context) {
    const count: RowCount = { rows: 0 };
    for (const file of files) {
      await readTable(file, await requiredFormat(file, context), new EitherRows(file, context, count), context);
    }
  },
};
