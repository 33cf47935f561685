/** Our plain wide form: one row per sample and one column per model, in CSV, TSV, JSONL or Parquet. */
import type { Importer } from '../importer.js';
import { badInput, type InputFile } from '../input-file.js';
import type { AnswerFigures, ImportContext, Place, RecordSink } from '../records.js';
import { headColumns, readTable, type TableReader, tableFormat } from '../table.js';
import { llmRouterImporter } from './llmrouter.js';
import {
  figureCell,
  isLong,
  isRowNumbers,
  LongRows,
  noteSample,
  quoted,
  refusePercent,
  requiredFormat,
  type SampleColumns,
  type SampleRules,
  sampleColumns,
  scoreOf,
  stemOf,
  type ToScore,
  toScoreFor,
} from './long.js';
import { mixInstructImporter } from './mixinstruct.js';
import { routeLlmImporter } from './routellm.js';
import { routerBenchImporter } from './routerbench.js';

/** Importers whose tables would also pass for wide ones. */
const MORE_SPECIFIC = [llmRouterImporter, mixInstructImporter, routeLlmImporter, routerBenchImporter];

const KEYS = new Set(['dataset', 'task', 'id', 'prompt', 'embedding']);
/** Columns of such tables that are neither models nor keys. */
const OTHER_COLUMNS = new Set(['answer', 'target', 'reference', 'split', 'category', 'subject', 'source']);
const ANSWER = /(_response|\|model_response|_output)$/;
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
  const name = column.trim().toLowerCase();
  const isKnown = KEYS.has(name) || OTHER_COLUMNS.has(name) || isRowNumbers(name);
  return !isKnown && !ANSWER.test(column) && !FIGURE.test(column);
}

function modelColumns(columns: readonly string[], before: readonly ModelColumn[]): ModelColumn[] {
  const places = new Map(columns.map((name, at) => [name, at]));
  const at = (name: string) => places.get(name) ?? -1;
  const sure = new Set(before.filter(({ isSure }) => isSure).map(({ name }) => name));
  return columns
    .filter((name) => isModel(name))
    .map((name) => {
      const cost = Math.max(at(`${name}|cost_usd`), at(`${name}|total_cost`));
      const [tokensIn, tokensOut] = [at(`${name}|tokens_in`), at(`${name}|tokens_out`)];
      const hasFigures = cost >= 0 || tokensIn >= 0 || tokensOut >= 0;
      return { name: name.trim(), at: at(name), cost, tokensIn, tokensOut, hasFigures, isSure: sure.has(name.trim()) };
    });
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
  #at: SampleColumns | undefined;
  #names: readonly string[] = [];
  #models: ModelColumn[] = [];
  #toScore: ToScore = scoreOf;

  constructor(file: InputFile, sink: RecordSink, count: RowCount) {
    this.#file = file.path;
    this.#sink = sink;
    this.#rules = { dataset: stemOf(file.path) };
    this.#count = count;
  }

  onColumns(columns: readonly string[], separator?: string): void {
    this.#names = columns;
    this.#toScore = toScoreFor(separator);
    this.#at = sampleColumns(columns);
    this.#models = modelColumns(columns, this.#models);
  }

  onRow(cells: readonly unknown[], line: number): void {
    const place = { file: this.#file, line };
    const at = this.#at as SampleColumns;
    if (at.prompt < 0 && at.embedding < 0) throw badInput(place, "no column 'prompt' or 'embedding'");
    if (this.#models.length === 0) throw badInput(place, 'no column is a model');
    const sample = noteSample(this.#sink, cells, at, this.#rules, place, this.#count.rows);
    this.#count.rows += 1;
    for (const model of this.#models) {
      const score = this.#toScore(cells[model.at]);
      refusePercent(score, model.name, place);
      if (!model.isSure) makeSure(model, score, place);
      const figures = model.hasFigures ? this.#figures(model, cells, place) : undefined;
      this.#sink.score(sample, model.name, 'score', score, place, figures);
    }
  }

  #figures({ cost, tokensIn, tokensOut }: ModelColumn, cells: readonly unknown[], place: Place): AnswerFigures {
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

  onColumns(columns: readonly string[], separator?: string): void {
    const { sink } = this.#context;
    this.#reader ??= isLong(columns) ? new LongRows(this.#file, sink) : new WideRows(this.#file, sink, this.#count);
    this.#reader.onColumns(columns, separator);
  }

  onRow(cells: readonly unknown[], line: number): void {
    this.#reader?.onRow(cells, line);
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
