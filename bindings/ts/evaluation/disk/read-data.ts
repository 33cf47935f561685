/** Reads the data of an evaluation from its files. */
import path from 'node:path';
import type { ModelSpec } from '../../building/build-index.js';
import { readJsonFile } from '../../files/disk/text.js';
import type { Fields } from '../../files/fields.js';
import { globMatcher } from '../../importing/glob.js';
import { invalid } from '../../options.js';
import { DROP_REASONS, type DropReason, type EvaluationData } from '../data.js';
import { type ModelFilter, parseModelFilter } from '../model-filter.js';
import { columnsOf, numberOf, readCsv } from './csv.js';

export interface DataOptions {
  data: string;
  models: string;
  costs?: string | undefined;
  /** Globs of the tasks to use. */
  tasks?: readonly string[] | undefined;
  excludeTasks?: readonly string[] | undefined;
  modelsWhere?: string | undefined;
  signal?: AbortSignal | undefined;
}

const numberField = (fields: Fields, ...names: string[]): number | null => {
  const value = names.map((name) => (Object.hasOwn(fields, name) ? fields[name] : undefined)).find((v) => v != null);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
};

/** Reads the models in models.json that pass the filter. */
async function readModels(file: string, filter: ModelFilter): Promise<ModelSpec[]> {
  const list = await readJsonFile(file);
  if (!Array.isArray(list)) throw invalid(`${path.basename(file)} is not a list of models`);
  const models = list.map((entry: unknown, i) => {
    const fields = entry as Fields;
    if (typeof entry === 'object' && entry !== null && typeof fields.name === 'string') return fields;
    throw invalid(`${path.basename(file)}: model ${i} has no name`);
  });
  const names = new Set(models.map(({ name }) => name));
  if (names.size < models.length) throw invalid(`${path.basename(file)}: two models have the same name`);
  return models.filter(filter).map((fields) => ({
    name: fields.name as string,
    paramsB: numberField(fields, 'params_b', 'paramsB'),
    usdPerMTokIn: numberField(fields, 'price_in', 'usdPerMTokIn'),
    usdPerMTokOut: numberField(fields, 'price_out', 'usdPerMTokOut'),
  }));
}

/** Numbers texts in the order of their first occurrence. */
class Numbering {
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  get names(): string[] {
    return [...this.#numbers.keys()];
  }
}

/** Collects the usable rows of the file. */
class RowCollector {
  readonly #options: DataOptions;
  readonly #listed: readonly ModelSpec[];
  readonly #isWanted: (task: string) => boolean;
  readonly #tasks = new Numbering();
  readonly #inputs = new Numbering();
  readonly #rowTasks: number[] = [];
  readonly #rowInputs: number[] = [];
  readonly #outcomes: number[] = [];
  readonly #ids: string[] = [];
  readonly #prompts: string[] = [];
  readonly #sourceRows: number[] = [];
  readonly #dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;
  #models: ModelSpec[] = [];
  #columns: number[] = [];
  #keyColumns: number[] = [];
  #width = 0;
  #fileRows = 0;
  /** The first outcome out of range. */
  #outside: string | undefined;

  constructor(options: DataOptions, listed: readonly ModelSpec[]) {
    this.#options = options;
    this.#listed = listed;
    const isChosen = options.tasks === undefined ? () => true : globMatcher(options.tasks);
    const isExcluded = globMatcher(options.excludeTasks ?? []);
    this.#isWanted = (task) => isChosen(task) && !isExcluded(task);
  }

  header(columns: string[]): void {
    this.#width = columns.length;
    this.#keyColumns = columnsOf(this.#options.data, columns, ['dataset', 'id', 'prompt']);
    const present = new Set(columns);
    this.#models = this.#listed.filter(({ name }) => present.has(name));
    if (this.#models.length < 2) {
      throw invalid(`${this.#models.length} models have a column and pass the filter, expected at least two`);
    }
    this.#columns = columnsOf(
      this.#options.data,
      columns,
      this.#models.map(({ name }) => name),
    );
  }

  row(number: number, cells: string[]): void {
    this.#fileRows += 1;
    const reason = this.#take(number, cells);
    if (reason !== undefined) this.#dropped[reason] += 1;
  }

  #take(number: number, cells: string[]): DropReason | undefined {
    const [task = '', id = '', prompt = ''] = this.#keyColumns.map((column) => cells[column]);
    if (cells.length !== this.#width) return 'wrong_number_of_cells';
    if (!this.#isWanted(task)) return 'task_left_out';
    const outcomes = this.#columns.map((column) => numberOf(cells[column]));
    const outside = outcomes.findIndex((y) => y === undefined || y < 0 || y > 1);
    if (outside >= 0) {
      this.#outside ??= `'${cells[this.#columns[outside] as number]?.slice(0, 40)}' in row ${number} of ${this.#models[outside]?.name}`;
      return 'outcome_out_of_range';
    }
    if (outcomes.every(Number.isNaN)) return 'no_outcome';
    this.#rowTasks.push(this.#tasks.of(task));
    this.#rowInputs.push(this.#inputs.of(prompt));
    this.#ids.push(id);
    this.#prompts.push(prompt);
    this.#sourceRows.push(number);
    for (const outcome of outcomes) this.#outcomes.push(outcome as number);
    return undefined;
  }

  finish(sha256: string): EvaluationData {
    const outside = this.#dropped.outcome_out_of_range;
    const rows = this.#fileRows - this.#dropped.task_left_out;
    // Single rows are counted; so many show that the outcomes are in another range.
    if (outside > this.#ids.length) {
      const file = path.basename(this.#options.data);
      throw invalid(
        `${file}: ${outside} of ${rows} rows have an outcome that is not a number from 0 to 1, such as ${this.#outside}: scale the outcomes to 0..1`,
      );
    }
    const taskNames = this.#tasks.names;
    if (taskNames.length < 2) throw invalid(`${taskNames.length} tasks have usable rows, expected at least two`);
    if (taskNames.length > 65535) throw invalid(`${taskNames.length} tasks, expected at most 65535`);
    return {
      models: this.#models,
      taskNames,
      rowTasks: Uint16Array.from(this.#rowTasks),
      ids: this.#ids,
      prompts: this.#prompts,
      outcomes: Float32Array.from(this.#outcomes),
      inputs: Uint32Array.from(this.#rowInputs),
      sourceRows: this.#sourceRows,
      fileRows: this.#fileRows,
      dropped: this.#dropped,
      unusedColumns: Math.max(0, this.#width - 4 - this.#models.length),
      modelsWithoutColumn: this.#listed.length - this.#models.length,
      sha256,
    };
  }
}

/** Reads the data. Errors: `network`, `aborted`, `bad_magic`, `truncated`, `invalid_argument`. */
export async function readData(options: DataOptions): Promise<EvaluationData> {
  const filter = options.modelsWhere === undefined ? () => true : parseModelFilter(options.modelsWhere);
  const collector = new RowCollector(options, await readModels(options.models, filter));
  const { sha256 } = await readCsv(options.data, {
    signal: options.signal,
    onHeader: (columns) => collector.header(columns),
    onRow: ({ number, cells }) => collector.row(number, cells),
  });
  const data = collector.finish(sha256);
  if (options.costs !== undefined) data.costs = await readCosts(options.costs, data, options.signal);
  return data;
}

/** Makes row keys that match across files; an id may repeat, in the same order in each file. */
class RowKeys {
  readonly #seen = new Map<string, number>();

  next(task: string, id: string): string {
    const key = JSON.stringify([task, id]);
    const count = this.#seen.get(key) ?? 0;
    this.#seen.set(key, count + 1);
    return `${key}${count}`;
  }
}

/** Reads a file with columns dataset, id and models, and calls `onRow` with the matching row of the data. */
export async function readBeside(
  file: string,
  data: EvaluationData,
  signal: AbortSignal | undefined,
  onRow: (row: number, values: (number | undefined)[]) => void,
): Promise<{ models: boolean[]; rows: number }> {
  const keys = new RowKeys();
  const rowOf = new Map(data.ids.map((id, row) => [keys.next(data.taskNames[data.rowTasks[row] ?? 0] ?? '', id), row]));
  const theirs = new RowKeys();
  let [taskAt, idAt]: (number | undefined)[] = [];
  let columns: number[] = [];
  let rows = 0;
  await readCsv(file, {
    signal,
    onHeader: (header) => {
      [taskAt, idAt] = columnsOf(file, header, ['dataset', 'id']);
      columns = data.models.map(({ name }) => header.indexOf(name));
    },
    onRow: ({ cells }) => {
      const row = rowOf.get(theirs.next(cells[taskAt ?? 0] ?? '', cells[idAt ?? 1] ?? ''));
      if (row === undefined) return;
      rows += 1;
      onRow(
        row,
        columns.map((column) => numberOf(column < 0 ? '' : cells[column])),
      );
    },
  });
  return { models: columns.map((column) => column >= 0), rows };
}

async function readCosts(file: string, data: EvaluationData, signal: AbortSignal | undefined): Promise<Float32Array> {
  const models = data.models.length;
  const costs = new Float32Array(data.ids.length * models).fill(Number.NaN);
  const { rows } = await readBeside(file, data, signal, (row, values) => {
    for (const [model, value] of values.entries()) {
      if (value === undefined || value < 0) {
        const name = `${data.taskNames[data.rowTasks[row] ?? 0]} ${data.ids[row]}`;
        throw invalid(`${path.basename(file)}: a cost of ${name} is not a number of at least 0`);
      }
      costs[row * models + model] = value;
    }
  });
  if (rows === 0) throw invalid(`${path.basename(file)} has no row of the data`);
  return costs;
}
