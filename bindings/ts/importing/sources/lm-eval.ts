/** Reads sample logs of lm-evaluation-harness (`--log_samples`): one line per document and filter. */
import {
  type Fields,
  field,
  kindOf,
  numberField,
  optionalText,
  requiredObject,
  requiredText,
  textField,
} from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, headOf, type InputFile, noResults, type ReadFileOptions } from '../input-file.js';
import { readJsonLines, readJsonParts } from '../json.js';
import { promptText } from '../messages.js';
import { fromDocument, lastTurn, SharedParts, withoutDescription, withoutExamples } from '../question.js';
import type { ImportContext, Place, RecordSink } from '../records.js';
import { nameRuns } from '../runs.js';
import { SampleKeys } from '../sample-keys.js';
import { DATE, type Results, readResults, resultsFor } from './lm-eval-results.js';

const SAMPLES = /^samples_.+\.jsonl$/i;
/** Samples of 0.4.0 to 0.4.2: `<model_args>_<task>.jsonl`, one list. */
const LIST = /^\s*\[\s*\{\s*"doc_id"\s*:/;
/** Samples of 0.3: `<task>_write_out_info.json`, one list. */
const WRITE_OUT = /_write_out_info\.json$/i;
const REQUESTS = /^requests?_.*\.jsonl$/i;
const RESULTS = /^\s*\{\s*"results"\s*:/;
/** Numbers at the top level of a line that are not metrics. */
const NO_METRICS = ['doc_id', 'target', 'filter', 'ctx_len', 'idx', 'index', 'repeats', 'version', 'task_id', 'seed'];
const NO_WRITTEN_METRICS = /^(doc_id|truth|(prompt|logit)_\d+)$/;
const QUESTIONS = ['question', 'query', 'input', 'prompt'];
/** The metric of runs with --predict_only. */
const BYPASS = 'bypass';

function isResults(name: string, text: string): boolean {
  if (!name.endsWith('.json') || !RESULTS.test(text)) return false;
  // Many tools write results; the harness's begin with this key, and are called so or end in a date.
  return name.startsWith('results') || DATE.test(name.slice(0, -'.json'.length));
}

function claims({ path }: InputFile, { name, text }: FileHead): boolean {
  // The name alone is not enough: other tools call their samples the same.
  if (SAMPLES.test(name)) return text === '' || /"doc_id"\s*:/.test(text);
  if (REQUESTS.test(name)) return path.includes('/');
  if (WRITE_OUT.test(name)) return /^\s*\[/.test(text);
  return name.endsWith('.jsonl') ? LIST.test(text) : isResults(name, text);
}

/** A file of samples: one model on one task. */
interface Log {
  file: InputFile;
  task: string;
  model: string;
  date: string | undefined;
  results: Results | undefined;
  /** Name of the dataset in the index. */
  dataset: string;
}

const nameOf = (file: InputFile) => (file.path.split('/').at(-1) ?? '').replace(/\.gz$/i, '');
const isWriteOut = (file: InputFile) => WRITE_OUT.test(nameOf(file));
const isList = (file: InputFile) => isWriteOut(file) || !SAMPLES.test(nameOf(file));

/** Returns the folder that names a model. The harness writes `__` for characters that file systems forbid. */
function folderOf(file: InputFile, results: Results | undefined): string {
  const folder = file.path.split('/').at(-2) ?? '';
  if (results?.model !== undefined) return results.model;
  if (folder === '' || folder === '.' || folder === '..') {
    throw badInput({ file: file.path }, 'expected the file in a folder that names the model');
  }
  return folder.replaceAll('__', '/');
}

/** Returns the task in the name of a 0.4.0 list, which only the results beside it tell from the model's arguments. */
function listedTask(file: InputFile, results: Results | undefined): string {
  const name = nameOf(file).replace(/\.jsonl$/i, '');
  const tasks = (results?.tasks ?? []).filter((task) => name === task || name.endsWith(`_${task}`));
  const [longest] = tasks.sort((a, b) => b.length - a.length);
  if (longest !== undefined && results?.model !== undefined) return longest;
  throw badInput(
    { file: file.path },
    'expected a name like samples_<task>_<date>.jsonl, or results.json in the same folder, which names model and tasks',
  );
}

function logOf(file: InputFile, all: readonly Results[]): Log {
  const name = nameOf(file).replace(/\.jsonl?$/i, '');
  const date = DATE.exec(name)?.[1];
  const results = resultsFor(all, file.path, date);
  let task = isWriteOut(file) ? name.slice(0, -'_write_out_info'.length) : name.slice('samples_'.length);
  if (isList(file) && !isWriteOut(file)) task = listedTask(file, results);
  const dataset = task.replace(DATE, '');
  if (dataset === '') throw badInput({ file: file.path }, 'expected a name like samples_<task>_<date>.jsonl');
  return { file, task: dataset, model: folderOf(file, results), date, results, dataset };
}

/**
 * Refuses files of which nothing says whether they are two runs of one model or of two models: without results beside
 * them, in a folder that is not called like a model.
 */
function checkFolders(logs: readonly Log[]): void {
  const seen = new Map<string, Log>();
  for (const log of logs) {
    const folder = log.file.path.split('/').slice(0, -1).join('/');
    if (log.results !== undefined || folder.includes('__')) continue;
    const before = seen.get(`${folder}\u0000${log.task}`);
    if (before !== undefined) {
      throw badInput(
        { file: log.file.path },
        `another run of ${log.task} lies in the same folder (${before.file.path}), and nothing says of which models: add results_*.json of the same dates, or use a folder for each model`,
      );
    }
    seen.set(`${folder}\u0000${log.task}`, log);
  }
}

/** Refuses files without results if other runs of the task have some: nothing says whether the settings are the same. */
function checkSettings(logs: readonly Log[]): void {
  const known = new Map<string, string[]>();
  for (const { task, results } of logs) {
    const names = Object.keys(results?.taskSettingsOf(task) ?? {});
    if (names.length > 0) known.set(task, names);
  }
  for (const { file, task, results } of logs) {
    const names = known.get(task);
    if (results !== undefined || names === undefined) continue;
    throw badInput(
      { file: file.path },
      `no results_*.json of its date beside it, as other runs of ${task} have: nothing says whether ${names.join(' and ')} are the same; add it, or leave this file out`,
    );
  }
}

/** Gives the logs the names of datasets and models that their settings require. */
function withNames(logs: readonly Log[]): Log[] {
  const names = nameRuns(
    logs.map(({ task, model, results }) => ({
      dataset: task,
      model,
      taskSettings: results?.taskSettingsOf(task) ?? {},
      modelSettings: results?.modelSettings ?? {},
    })),
  );
  return logs.map((log, i) => ({ ...log, ...names[i] }));
}

/** Returns the text of a request's argument: text, chat messages, or either as JSON. */
function argumentText(argument: unknown): string | undefined {
  const chat = Array.isArray(argument) ? promptText(argument) : undefined;
  if (chat) return chat;
  // The harness keeps chat messages in a named tuple: in JSON, a list of one text.
  const text = Array.isArray(argument) && argument.length === 1 ? argument[0] : argument;
  if (typeof text !== 'string') return undefined;
  if (!/^\s*\[\s*\{/.test(text)) return text;
  try {
    return promptText(JSON.parse(text)) || text; // A list of other objects has no text.
  } catch {
    return text; // A prompt that only looks like JSON.
  }
}

function promptOf(line: unknown): string | undefined {
  const requests = [
    field(line, 'arguments', 'gen_args_0', 'arg_0'),
    field(line, 'arguments', 0, 0),
    field(line, 'arguments', 0, 'arg_0'),
  ];
  const prompt = requests.map(argumentText).find((text) => text !== undefined && text.trim() !== '');
  return prompt ?? QUESTIONS.map((name) => textField(line, 'doc', name)).find((text) => text !== undefined);
}

/** Returns the text that the prompts of all answers to one document begin with. */
function writtenPrompt(line: unknown): string | undefined {
  const shared = new SharedParts();
  let first: string | undefined;
  for (let i = 0; ; ++i) {
    const prompt = textField(line, `prompt_${i}`);
    if (prompt === undefined) break;
    first ??= prompt;
    shared.add(prompt);
  }
  return shared.prefix?.trim() || first;
}

/** Calls `onLine` with each entry of a log and its line, or its number in a list. */
async function readLog(
  file: InputFile,
  onLine: (value: unknown, line: number) => void,
  options: ReadFileOptions,
): Promise<void> {
  if (!isList(file)) return readJsonLines(file, onLine, options);
  return readJsonParts(file, ['$.*'], ({ value, path }) => onLine(value, Number(path[0]) + 1), options);
}

/** Returns the entries at the beginning of a log; none of a list, which cannot be read in part. */
async function firstLines(file: InputFile, { signal }: ImportContext): Promise<unknown[]> {
  if (isList(file)) return [];
  const { text } = await headOf(file, { signal });
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as unknown];
      } catch {
        return []; // The reading of the whole file names the defect.
      }
    });
}

/**
 * Extracts the questions of a log from its prompts: without the examples, the instruction and the markers of a chat
 * template around them. The prompts of a log without examples and without an instruction are questions as they stand.
 */
class Questions {
  readonly #log: Log;
  readonly #shared = new SharedParts();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Whether the prompts may hold more than the question. */
  get #isWrapped(): boolean {
    const { results, task } = this.#log;
    return (
      results === undefined || results.isWrapped || results.descriptionOf(task) !== '' || results.shotsOf(task) !== 0
    );
  }

  #withoutExamples(prompt: string, line: unknown): string {
    const { results, task } = this.#log;
    const found = fromDocument(prompt, field(line, 'doc')) ?? lastTurn(prompt);
    if (found !== undefined) return found;
    if (results === undefined) return prompt;
    const described = withoutDescription(prompt, results.descriptionOf(task));
    return withoutExamples(described, results.shotsOf(task) ?? 0, results.delimiterOf(task));
  }

  /** Looks at all prompts of the log before the first question is asked for. */
  async learn(context: ImportContext): Promise<void> {
    if (!this.#isWrapped) return;
    // Parts that the first prompts do not share are not shared by all: most logs need no second reading.
    const first = new SharedParts();
    for (const line of await firstLines(this.#log.file, context)) first.add(this.#promptOf(line) ?? '');
    if (first.count > 1 && !first.mayBeCut) return;
    const options = { signal: context.signal };
    await readLog(this.#log.file, (line) => this.#shared.add(this.#promptOf(line) ?? ''), options);
  }

  of(line: unknown): string | undefined {
    const prompt = this.#promptOf(line);
    if (prompt === undefined || !this.#isWrapped) return prompt;
    return this.#shared.without(this.#withoutExamples(prompt, line));
  }

  #promptOf(line: unknown): string | undefined {
    return isWriteOut(this.#log.file) ? writtenPrompt(line) : promptOf(line);
  }
}

/** Returns the metrics of a line. Older logs do not name them: there, any number may be one. */
function metricsOf(line: Record<string, unknown>, place: Place): string[] {
  const names = field(line, 'metrics');
  if (names === undefined || names === null) {
    const isMetric = (name: string) => !NO_METRICS.includes(name) && /^(number|boolean)$/.test(typeof line[name]);
    return Object.keys(line).filter(isMetric);
  }
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return [...new Set<string>(names)];
  throw badInput(place, `expected a list of texts at 'metrics', got ${kindOf(names)}`);
}

/** Returns a score that 0.3 wrote as text. */
function writtenScore(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return numberField([text], 0) ?? value;
}

/** Reads the entries of one log, in order. */
class LogReader {
  readonly #log: Log;
  readonly #questions: Questions;
  readonly #sink: RecordSink;
  /** Entries so far of each document: from 0.4.3 to 0.4.6 there is one for each filter, and none names its filter. */
  readonly #entries = new Map<string, number>();
  /** Documents of each hash: a dataset may hold one twice. */
  readonly #documents = new Map<string, Map<string, number>>();
  /** Keys of documents without a hash, whose ids only count. */
  readonly #keys: SampleKeys;

  constructor(log: Log, questions: Questions, sink: RecordSink, keys: SampleKeys) {
    this.#log = log;
    this.#questions = questions;
    this.#sink = sink;
    this.#keys = keys;
  }

  take(value: unknown, place: Place): void {
    const { file, dataset, model } = this.#log;
    const line = requiredObject(value, place, 'the line');
    const id = requiredText(line, place, 'doc_id');
    const written = isWriteOut(file);
    const names = written ? Object.keys(line).filter((name) => !NO_WRITTEN_METRICS.test(name)) : metricsOf(line, place);
    if (names.length === 1 && names[0] === BYPASS) {
      this.#sink.drop('unscored', place, ': written with --predict_only, which scores no answer');
      return;
    }
    const filter = this.#filterOf(line, id, place);
    const scores = names
      .map((name) => [filter === 'none' ? name : `${name},${filter}`, field(line, name)] as const)
      // Lists and objects (perplexities, log-likelihoods by choice) are for sums over a task, not scores of a sample.
      .filter(([, score]) => score !== undefined && (typeof score !== 'object' || score === null));
    if (scores.length === 0) {
      this.#sink.drop('no_score', place);
      return;
    }
    const key = this.#keyOf(line, id, place);
    const sample = this.#sink.sample({ dataset, key, id, prompt: this.#questions.of(line), place });
    for (const [metric, score] of scores) {
      const number = written ? writtenScore(score) : score;
      this.#sink.score(sample, model, metric, typeof number === 'boolean' ? Number(number) : number, place, {
        repeats: true,
      });
    }
  }

  #filterOf(line: Fields, id: string, place: Place): string {
    const named = optionalText(line, place, 'filter');
    if (named !== undefined) return named;
    const entry = this.#entries.get(id) ?? 0;
    this.#entries.set(id, entry + 1);
    const filters = this.#log.results?.filtersOf(this.#log.task) ?? [];
    // Without results, a second entry is known to be of another filter, but not of which.
    return filters[entry] ?? (entry === 0 ? 'none' : `filter ${entry + 1}`);
  }

  #keyOf(line: Fields, id: string, place: Place): string {
    const hash = optionalText(line, place, 'doc_hash') || optionalText(line, place, 'prompt_hash');
    if (hash === undefined || hash === '') {
      const document = field(line, 'doc');
      return this.#keys.keyOf(this.#log.dataset, id, document === undefined ? undefined : JSON.stringify(document));
    }
    const ids = this.#documents.get(hash) ?? new Map<string, number>();
    const number = ids.get(id) ?? ids.size;
    this.#documents.set(hash, ids.set(id, number));
    return number === 0 ? hash : `${hash} ${number + 1}`;
  }
}

/**
 * lm-evaluation-harness: `<out>/<model>/samples_<task>_<date>.jsonl`, and the lists of older versions. The results_*.json
 * beside it, or else the folder, names the model; the file names the dataset. Models are joined on `doc_hash`, else
 * `prompt_hash`, else `doc_id`. A metric is `name`, or `name,filter` if a filter was used.
 */
export const lmEvalImporter: Importer = {
  source: 'lm-eval',
  claims,
  async read(files, context) {
    const options = { signal: context.signal };
    const results: Results[] = [];
    const samples: InputFile[] = [];
    for (const file of files) {
      const name = nameOf(file);
      const isSamples = SAMPLES.test(name) || isWriteOut(file) || (/\.jsonl$/i.test(name) && !REQUESTS.test(name));
      if (isSamples) samples.push(file);
      else if (/\.json$/i.test(name)) results.push(await readResults(file, options));
    }
    const [first] = files;
    if (samples.length === 0 && first !== undefined) {
      throw noResults(
        { file: first.path },
        'these are totals of a run, without samples: run lm_eval with --log_samples, and add the samples_*.jsonl',
      );
    }
    const whole = samples.filter(({ size, path }) => {
      if (size === 0) context.sink.drop('incomplete', { file: path }, ': the file is empty');
      return size > 0;
    });
    const logs = withNames(whole.map((file) => logOf(file, results)));
    checkFolders(logs);
    checkSettings(logs);
    for (const { dataset, task, results: of } of logs) {
      for (const metric of of?.lowerIsBetterOf(task) ?? []) context.sink.lowerIsBetter(dataset, metric);
    }
    const keys = new SampleKeys();
    for (const log of logs) {
      const questions = new Questions(log);
      await questions.learn(context);
      const reader = new LogReader(log, questions, context.sink, keys);
      const file = log.file.path;
      await readLog(log.file, (value, line) => reader.take(value, { file, line }), context);
    }
  },
};
