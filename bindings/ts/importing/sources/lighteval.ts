/** lighteval: `details/<model>/<date>/details_<task>|<shots>_<date>.parquet` (`--save-details`), with its results. */
import { field, isObject, numberField, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { type FileHead, type InputFile, noResults, type ReadFileOptions } from '../input-file.js';
import { readJsonParts } from '../json.js';
import { promptText } from '../messages.js';
import { readParquetTable } from '../parquet.js';
import { SharedParts } from '../question.js';
import type { Answer, ImportContext } from '../records.js';
import { nameRuns, type Run, settingsOf } from '../runs.js';
import { SampleKeys } from '../sample-keys.js';

const DATE = /\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}(?:\.\d+)?/;
const DETAILS = new RegExp(`^(?:.*/)?details/(.+)/(${DATE.source})/details_(.+?)_${DATE.source}\\.parquet$`, 'i');
const RESULTS = new RegExp(`(^|/)results_(${DATE.source})\\.json$`, 'i');
const PARTS = ['config_general', 'config_tasks'];

function claims({ path }: InputFile, { text }: FileHead): boolean {
  return DETAILS.test(path) || (RESULTS.test(path) && /^\s*\{\s*"config_general"\s*:/.test(text));
}

/** The details of one model on one task. */
interface Details {
  file: InputFile;
  run: Run;
  /** Metrics of which less is better. */
  lower: string[];
}

/** Returns the task and its settings in a name such as `lighteval|gsm8k|5` or `gsm8k|0`. */
function taskOf(name: string): Pick<Run, 'dataset' | 'taskSettings'> {
  const parts = name.split('|');
  const [shots] = parts.filter((part) => /^\d+$/.test(part));
  const [task = name, suite] = parts.filter((part) => part !== '' && !/^\d+$/.test(part)).reverse();
  return { dataset: task, taskSettings: settingsOf({ num_fewshot: shots, suite }) };
}

async function readResults(file: InputFile, options: ReadFileOptions): Promise<Record<string, unknown>> {
  const parts: Record<string, unknown> = {};
  const onPart = ({ value, path }: { value: unknown; path: (string | number)[] }) => {
    parts[String(path[0])] = value;
  };
  await readJsonParts(
    file,
    PARTS.map((name) => `$.${name}`),
    onPart,
    options,
  );
  return parts;
}

/** Returns the metrics of a task of which less is better. Names of tasks have `:` in place of `|` here. */
function lowerIn(results: unknown, name: string): string[] {
  const tasks = field(results, 'config_tasks');
  const plain = name.replaceAll('|', ':');
  const of = Object.entries(isObject(tasks) ? tasks : {}).find(([key]) => plain === key || plain.startsWith(`${key}:`));
  const metrics = field(of?.[1], 'metrics') ?? field(of?.[1], 'metric');
  return (Array.isArray(metrics) ? metrics : []).flatMap((metric) => {
    const [metricName, higher] = [textField(metric, 'metric_name'), field(metric, 'higher_is_better')];
    if (isObject(higher)) return Object.keys(higher).filter((key) => higher[key] === false);
    return metricName !== undefined && higher === false ? [metricName] : [];
  });
}

function detailsOf(file: InputFile, all: ReadonlyMap<string, unknown>): Details | undefined {
  const [, model = '', date = '', name = ''] = DETAILS.exec(file.path) ?? [];
  if (name === '') return undefined;
  const results = all.get(date);
  const config = field(results, 'config_general', 'model_config');
  const modelSettings = {
    ...settingsOf(field(config, 'generation_parameters')),
    ...settingsOf({ system_prompt: field(config, 'system_prompt'), revision: field(config, 'revision') }),
  };
  return { file, run: { ...taskOf(name), model, modelSettings }, lower: lowerIn(results, name) };
}

/** A row, whose columns have changed: `doc`, `metric` and `model_response`, before 0.10 `example`, `metrics` and lists. */
type Row = Record<string, unknown>;

/** Returns the question. The instruction stands in the query, too. */
function askedIn(row: Row): string | undefined {
  const doc = row.doc;
  const query = textField(doc, 'query') || textField(row, 'example') || promptText(row.full_prompt);
  const instruction = textField(doc, 'instruction') ?? '';
  if (query === undefined || instruction === '' || !query.startsWith(instruction)) return query;
  return query.slice(instruction.length).trim() || query;
}

/** Parses the scores of versions before 0.10, which wrote Python's text of a dictionary. */
function writtenMetrics(text: string): unknown {
  const words = text
    .replace(/\bnp\.\w+\(([^()]*)\)/g, '$1')
    .replace(/'/g, '"')
    .replace(/\bTrue\b/g, 'true')
    .replace(/\bFalse\b/g, 'false')
    .replace(/\b(None|nan)\b/g, 'null');
  try {
    return JSON.parse(words);
  } catch {
    return undefined; // Lists of arrays and the like, of which no part is a score.
  }
}

function metricsOf(row: Row): [string, unknown][] {
  const given = row.metric ?? row.metrics;
  const metrics = typeof given === 'string' ? writtenMetrics(given) : given;
  return (
    Object.entries(isObject(metrics) ? metrics : {})
      .map(([name, value]): [string, unknown] => [name, typeof value === 'bigint' ? Number(value) : value])
      // Lists are for metrics of the whole corpus.
      .filter(([, value]) => value === null || /^(number|boolean)$/.test(typeof value))
  );
}

const lengthOf = (list: unknown) =>
  Array.isArray(list) || ArrayBuffer.isView(list) ? (list as { length: number }).length : 0;

/** Returns the tokens of a generated answer; the lists of a choice by log-likelihood are those of the choices. */
function figuresOf(row: Row): Answer {
  const response = row.model_response;
  const outputs = field(response, 'output_tokens');
  if (!Array.isArray(outputs) || lengthOf(field(response, 'text')) === 0) return { repeats: true };
  const total = outputs.reduce((sum: number, tokens) => sum + lengthOf(tokens), 0);
  const tokensIn = lengthOf(field(response, 'input_tokens'));
  if (total === 0 || tokensIn === 0) return { repeats: true };
  return { tokensIn, tokensOut: total / outputs.length, repeats: true };
}

function readRows(file: InputFile, onRow: (row: Row, line: number) => void, options: ReadFileOptions): Promise<void> {
  let names: readonly string[] = [];
  const reader = {
    onColumns: (columns: readonly string[]) => {
      names = columns;
    },
    onRow: (cells: readonly unknown[], line: number) => {
      onRow(Object.fromEntries(names.map((name, i) => [name, cells[i]])), line);
    },
  };
  return readParquetTable(file, reader, options);
}

async function readDetails(details: Details, dataset: string, model: string, keys: SampleKeys, context: ImportContext) {
  const { sink } = context;
  const { path } = details.file;
  for (const metric of details.lower) sink.lowerIsBetter(dataset, metric);
  const shared = new SharedParts();
  await readRows(details.file, (row) => shared.add(askedIn(row) ?? ''), { signal: context.signal });
  const onRow = (row: Row, line: number) => {
    const place = { file: path, line };
    const asked = askedIn(row);
    const prompt = asked === undefined ? undefined : shared.without(asked);
    const number = numberField(row.doc, 'id') ?? line - 1;
    const id = textField(row.doc, 'id') || String(number);
    const metrics = metricsOf(row);
    if (metrics.length === 0) {
      sink.drop('no_score', place);
      return;
    }
    const sample = sink.sample({ dataset, key: keys.keyOf(dataset, id, asked), id, prompt, place });
    const answer = figuresOf(row);
    for (const [metric, value] of metrics) {
      sink.score(sample, model, metric, typeof value === 'boolean' ? Number(value) : value, place, answer);
    }
  };
  await readRows(details.file, onRow, context);
}

/**
 * lighteval: the folders name the model, the file the task and the number of examples; a number of a sample is its key
 * unless the prompts differ. Runs of several dates with equal settings are averaged.
 */
export const lightEvalImporter: Importer = {
  source: 'lighteval',
  claims,
  async read(files, context) {
    const results = new Map<string, unknown>();
    for (const file of files) {
      const date = RESULTS.exec(file.path)?.[2];
      if (date !== undefined) results.set(date, await readResults(file, { signal: context.signal }));
    }
    const all = files.flatMap((file) => detailsOf(file, results) ?? []);
    const [first] = files;
    if (all.length === 0 && first !== undefined) {
      throw noResults(
        { file: first.path },
        'these are totals of a run: run lighteval with --save-details, and add details/',
      );
    }
    const names = nameRuns(all.map(({ run }) => run));
    const keys = new SampleKeys();
    for (const [i, details] of all.entries()) {
      await readDetails(details, names[i]?.dataset ?? '', names[i]?.model ?? '', keys, context);
    }
  },
};
