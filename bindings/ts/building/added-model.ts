/** Adds a model to an index from its results on a few rows. */

import { SignalboxError } from '../errors.js';
import { aWasmSource } from '../files/load-options.js';
import { MODEL_RECORD } from '../files/records.js';
import type { InputFile } from '../importing/input-file.js';
import type { Source as ResultSource } from '../importing/records.js';
import { aCallback, aNumber, aSignal, aText, checkOptions, invalid, isPlainObject, type Keys } from '../options.js';
import type { Steps } from '../steps.js';
import type { ModelRecord, Source, WasmSource } from '../types.js';
import { exactJson } from '../wasm/exact-json.js';
import { loadLab } from '../wasm/lab-module.js';
import { faultsOf, metricConflicts } from './benchmark.js';
import { stepsFor, toInput } from './build-files.js';
import type { Collector, Finding } from './collector.js';
import { listOfFiles } from './given-files.js';
import { importFiles } from './import-files.js';
import { type IndexRows, readIndexRows } from './index-rows.js';
import type { DatasetMetric, MetricOptions, PerDataset } from './metric-rules.js';
import { SETTINGS_KEYS } from './option-keys.js';
import { memoryStorage } from './storage.js';
import type { BenchmarkFile } from './types.js';

/** A result of the new model on a row of the index. */
export interface RowResult {
  row: number;
  /** 0..1; 0 or 1 if the outcomes of the index are right or wrong. */
  outcome: number;
}

/** Options of `addModel`. */
export interface AddModelOptions extends MetricOptions {
  /** Name of the new model. Default: the name in the results, if they are of one model. */
  model?: string | undefined;
  paramsB?: number | undefined;
  /** US dollars per million tokens. */
  usdPerMTokIn?: number | undefined;
  usdPerMTokOut?: number | undefined;
  usdPerMTokCacheRead?: number | undefined;
  /** Facts about the model: maker, day of release, ... */
  record?: ModelRecord | undefined;
  /** Format of the results. Default: detected. */
  from?: ResultSource | undefined;
  /** Addresses of `signalbox.wasm` and `signalbox-lab.wasm`, if not beside the package. */
  wasm?: WasmSource | undefined;
  labWasm?: WasmSource | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((event: { step: string; done: number; total: number }) => void) | undefined;
}

/** The estimate of a new model on a task. */
export interface AddedTask {
  task: string;
  /** Results on rows of the task. */
  results: number;
  /** Expected mean outcome, 0..1. */
  mean: number;
  /** Standard error of the mean. */
  error: number;
}

/** The result of `addModel`. */
export interface AddedModel {
  /** The bytes of the new index, for `Router.load({ index })` or a download. */
  index: Uint8Array<ArrayBuffer>;
  model: string;
  /** Rows of the index with a result. */
  rows: number;
  /** Results on rows that the index does not have; they do not count. */
  unmatched: Finding;
  /** Tasks with an estimate, in the order of the index. */
  tasks: AddedTask[];
}

const aRecord = (value: unknown, name: string) => {
  if (!isPlainObject(value)) throw invalid(`${name} is not an object`);
  for (const [key, fact] of Object.entries(value)) {
    const test = MODEL_RECORD[key as keyof ModelRecord];
    if (test === undefined)
      throw invalid(`${name}: '${key}' is not known, expected ${Object.keys(MODEL_RECORD).join(', ')}`);
    if (fact !== undefined && !test(fact))
      throw invalid(`${name}: ${key} has another kind of value than the format has`);
  }
};

const { from, metrics, ranges, thresholds } = SETTINGS_KEYS;
const KEYS: Keys<AddModelOptions> = {
  ...{ from, metrics, ranges, thresholds },
  model: aText,
  paramsB: aNumber,
  usdPerMTokIn: aNumber,
  usdPerMTokOut: aNumber,
  usdPerMTokCacheRead: aNumber,
  record: aRecord,
  wasm: aWasmSource,
  labWasm: aWasmSource,
  signal: aSignal,
  onProgress: aCallback,
};

const MOST_EXAMPLES = 5;

/** Returns what the index says of its metrics, which the results should be in, unless the caller says it. */
function metricsOf({ metadata }: IndexRows['info'], given: MetricOptions): MetricOptions {
  const described = ((metadata as { datasets?: unknown }).datasets ?? []) as (DatasetMetric & { name: string })[];
  const [first] = Array.isArray(described) ? described : [];
  if (first === undefined) return given;
  const plain = ({ range, threshold }: DatasetMetric) => JSON.stringify([range, threshold]);
  const isOne = described.every((dataset) => plain(dataset) === plain(first));
  const rules = <T>(of: (dataset: DatasetMetric) => T | null | undefined): PerDataset<T> =>
    (isOne ? [{ ...first, name: '*' }] : described).flatMap((dataset) => {
      const value = of(dataset);
      return value == null ? [] : [{ datasets: dataset.name, value }];
    });
  return {
    metrics: given.metrics,
    ranges: given.ranges ?? rules(({ range }) => range),
    thresholds: given.thresholds ?? rules(({ threshold }) => threshold),
  };
}

/** Returns the number of the column that has the results. */
function columnOf({ models }: Collector, wanted: string | undefined): number {
  const [only] = models;
  if (only === undefined) throw invalid('the results name no model: fill the column score, or name it after the model');
  const named = models.findIndex(({ name }) => name === wanted);
  if (named >= 0) return named;
  if (models.length === 1) return 0;
  const some = models.slice(0, 8).map(({ name }) => `'${name}'`);
  const got = wanted === undefined ? 'no name' : `'${wanted}'`;
  throw invalid(`the results are of ${models.length} models: got ${got} as model, expected one of ${some.join(', ')}`);
}

/** Finds the rows of an index by dataset and id; by the id alone if only one row has it. */
class RowFinder {
  readonly #rows = new Map<string, number>();
  readonly #byId = new Map<string, number>();

  constructor({ info, rowTasks, ids }: IndexRows) {
    for (const [row, id] of ids.entries()) {
      const key = `${info.tasks[rowTasks[row] as number]?.name}\u0000${id}`;
      this.#rows.set(key, this.#rows.has(key) ? -1 : row);
      this.#byId.set(id, this.#byId.has(id) ? -1 : row);
    }
  }

  /** Returns the number of the row; -1 if none or several have the id. */
  find(dataset: string, id: string): number {
    return this.#rows.get(`${dataset}\u0000${id}`) ?? this.#byId.get(id) ?? -1;
  }
}

interface Matched {
  model: string;
  results: RowResult[];
  unmatched: Finding;
}

/** Finds the rows that the results in files are about. */
function matchRows(collector: Collector, index: IndexRows, wanted: string | undefined): Matched {
  const refuse = [...metricConflicts(collector.datasets), ...faultsOf(collector.datasets)];
  if (refuse.length > 0) throw invalid(`the results cannot be used:\n  ${refuse.join('\n  ')}`);
  const column = columnOf(collector, wanted);
  const finder = new RowFinder(index);
  const out: Matched = {
    model: wanted ?? (collector.models[column]?.name as string),
    results: [],
    unmatched: { count: 0, examples: [] },
  };
  for (let i = 0; i < collector.rows; ++i) {
    const outcome = collector.outcome(i, column);
    if (Number.isNaN(outcome)) continue;
    const dataset = collector.datasets[collector.rowDatasets.get(i)]?.name ?? '';
    const id = collector.ids[i] as string;
    const row = finder.find(dataset, id);
    if (row >= 0) out.results.push({ row, outcome });
    else {
      out.unmatched.count += 1;
      if (out.unmatched.examples.length < MOST_EXAMPLES) out.unmatched.examples.push(`${dataset} ${id}`);
    }
  }
  if (out.results.length > 0) return out;
  const { count, examples } = out.unmatched;
  const why = count === 0 ? 'no row has a score' : `the index has none of their rows, such as ${examples.join(', ')}`;
  throw invalid(`no result can be used: ${why}`);
}

function checkRow({ row, outcome }: RowResult, rows: number): void {
  if (!Number.isSafeInteger(row) || row < 0 || row >= rows) {
    throw invalid(`got a result on row ${row}, expected a whole number below ${rows}`);
  }
  if (typeof outcome !== 'number') throw invalid(`the outcome on row ${row} is not a number`);
}

/** Returns the records of all models as JSON, or nothing if none has any. */
function recordsWith({ models }: IndexRows['info'], name: string, record: ModelRecord | undefined): string | undefined {
  const hasRecords = models.some((model) => model.record !== undefined);
  if (!hasRecords && (record === undefined || Object.keys(record).length === 0)) return undefined;
  return JSON.stringify([...models.map((model) => model.record ?? { name: model.name }), { name, ...record }]);
}

/** Reads the estimates of the last model (section added_means of models/FORMAT.md). */
function estimatesOf(info: IndexRows['info'], bytes: Uint8Array): { mean: number; error: number }[] {
  const section = info.sections.find(({ name }) => name === 'added_means');
  if (section === undefined) throw new SignalboxError('internal', 'the new index has no added_means');
  const values = new Float32Array(bytes.slice(section.offsetBytes, section.offsetBytes + section.sizeBytes).buffer);
  const tasks = info.tasks.length;
  const added = values.length / 2 / tasks;
  return info.tasks.map((_, task) => {
    const at = task * added + added - 1;
    return { mean: values[at] as number, error: Math.sqrt(values[tasks * added + at] as number) };
  });
}

/** Returns the estimates of the last model, with the number of its results. */
function tasksOf({ info, rowTasks, bytes }: IndexRows, results: readonly RowResult[]): AddedTask[] {
  const counts = info.tasks.map(() => 0);
  for (const { row } of results) (counts[rowTasks[row] as number] as number) += 1;
  return estimatesOf(info, bytes).flatMap(({ mean, error }, t) =>
    mean < 0 ? [] : [{ task: info.tasks[t]?.name ?? '', results: counts[t] ?? 0, mean, error }],
  );
}

/** Takes results by row number. */
function takeRows(results: readonly RowResult[], { info }: IndexRows, model: string | undefined): Matched {
  if (model === undefined) throw invalid('model is not given, expected the name of the new model');
  for (const result of results) checkRow(result, info.rows);
  return { model, results: [...results], unmatched: { count: 0, examples: [] } };
}

/** Reads results from files. */
async function readFiles(
  results: Iterable<BenchmarkFile | InputFile>,
  read: IndexRows,
  options: AddModelOptions,
  steps: Steps,
): Promise<Matched> {
  const files = listOfFiles(results).map(toInput);
  const settings = { from: options.from, isOneModel: true, ...metricsOf(read.info, options) };
  const { collector } = await importFiles(files, settings, memoryStorage(), steps);
  return matchRows(collector, read, options.model);
}

const isRows = (results: unknown): results is readonly RowResult[] =>
  Array.isArray(results) && results.length > 0 && results.every((result) => isPlainObject(result) && 'row' in result);

/**
 * Adds a model to an index from its results on some of the rows, such as those that `anchors` chose, without a rebuild.
 * Results are files of any form that `buildFromFiles` reads, matched by dataset and id (or by an id that one row alone
 * has), or row numbers with outcomes. Scores are taken in the metric of the index. What the results do not show is
 * estimated from the other models: see docs/new-models.md. No number of another model changes. To add more results of the
 * same model, add all of them to the index without it.
 * Errors: those of `buildFromFiles` and `Router.load`; `invalid_argument` for a name that the index has, results without
 * any row of the index, and the index of a plan.
 *
 * @example
 * ```js
 * const { index } = await addModel('mine.sbx', [resultFile], { model: 'acme/new-1', usdPerMTokIn: 1, usdPerMTokOut: 4 });
 * const router = await Router.load({ index });
 * ```
 */
export async function addModel(
  index: Source,
  results: Iterable<BenchmarkFile | InputFile> | readonly RowResult[],
  options: AddModelOptions = {},
): Promise<AddedModel> {
  checkOptions(options, KEYS);
  const { model, record, wasm, labWasm, signal, onProgress } = options;
  const { paramsB, usdPerMTokIn, usdPerMTokOut, usdPerMTokCacheRead } = options;
  const read = await readIndexRows(index, { wasm, signal });
  const steps = stepsFor(signal ?? undefined, onProgress ?? (() => undefined));
  const matched = isRows(results) ? takeRows(results, read, model) : await readFiles(results, read, options, steps);
  const name = matched.model;
  steps.begin(`adding ${name}`);
  const study = (await loadLab(labWasm, { signal })).openStudy(read.bytes);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const records = recordsWith(read.info, name, record);
    const json = exactJson({ name, paramsB, usdPerMTokIn, usdPerMTokOut, usdPerMTokCacheRead, records });
    bytes = study.addModel(
      json,
      Uint32Array.from(matched.results, ({ row }) => row),
      Float32Array.from(matched.results, ({ outcome }) => outcome),
    );
  } finally {
    study.close();
  }
  const after = await readIndexRows(bytes, { wasm, signal });
  const tasks = tasksOf(after, matched.results);
  return { index: bytes, model: name, rows: matched.results.length, unmatched: matched.unmatched, tasks };
}
