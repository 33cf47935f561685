/** Reads logs of inspect_ai: `.json`, and `.eval`, a zip archive with one member per sample and epoch. */
import { type Fields, field, numberField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile, noResults } from '../input-file.js';
import { type JsonPart, readJsonParts } from '../json.js';
import type { Answer, ImportContext, Place } from '../records.js';
import { newestVersions } from '../runs.js';
import { SampleKeys } from '../sample-keys.js';
import { readZip } from '../zip.js';
import {
  ARCHIVE,
  type LogHead,
  type NamedLog,
  namedLogs,
  readLogHead,
  SAMPLE,
  withLastChange,
} from './inspect-head.js';
import { type ReadSample, readSample, SAMPLE_PARTS, type Score, tokensIn } from './inspect-sample.js';

/** Lists of logs and of sets of logs, in the same folders. */
const LISTINGS = /^(logs|listing|eval-set)\.json$/i;

function claims(_file: InputFile, { name, text }: FileHead): boolean {
  if (ARCHIVE.test(name)) return true;
  if (!name.endsWith('.json')) return false;
  const hasEval = /"eval"\s*:\s*\{/.test(text);
  if (LISTINGS.test(name)) return hasEval || name === 'eval-set.json';
  return hasEval && /^\s*\{\s*"(version|status|eval)"\s*:/.test(text);
}

/** All epochs of one sample. */
interface Epochs {
  prompt: string | undefined;
  scores: Map<string, Score[]>;
  isCutOff: boolean | undefined;
  /** `model_usage` of every epoch. */
  usages: unknown[];
}

function meanOf(values: readonly unknown[]): number | undefined {
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

/** Collects one log's samples, whose epochs come in any order. */
class LogReader {
  unscored = 0;
  readonly #log: NamedLog;
  readonly #place: Place;
  readonly #context: ImportContext;
  readonly #samples = new Map<string, Epochs>();

  constructor(log: NamedLog, context: ImportContext) {
    this.#log = log;
    this.#place = { file: log.file.path };
    this.#context = context;
  }

  async read(): Promise<void> {
    await (ARCHIVE.test(this.#log.file.path) ? this.#readArchive() : this.#readDocument());
  }

  async #readDocument(): Promise<void> {
    const { file } = this.#log;
    const onPart = ({ value, path }: JsonPart) => this.#take(value, { file: `${file.path}, sample ${path[1]}` });
    await readJsonParts(file, ['$.samples.*'], onPart, this.#context);
  }

  async #readArchive(): Promise<void> {
    const paths = SAMPLE_PARTS.map((name) => `$.${name}`);
    const readMember = async (member: InputFile) => {
      const sample: Fields = {};
      const onPart = ({ value, path }: JsonPart) => Object.assign(sample, { [String(path[0])]: value });
      await readJsonParts(member, paths, onPart, { signal: this.#context.signal });
      this.#take(sample, { file: member.path });
    };
    await readZip(this.#log.file, (name) => SAMPLE.test(name), readMember, this.#context);
  }

  #take(value: unknown, place: Place): void {
    const [firstScorer = 'score'] = this.#log.scorers.keys();
    const sample = readSample(value, firstScorer, place);
    if (sample.drop === 'unscored') this.unscored += 1;
    if (sample.drop !== undefined) this.#context.sink.drop(sample.drop, this.#place);
    else this.#add(sample);
  }

  #add({ id, prompt, scores, isCutOff, usage }: ReadSample): void {
    const epochs: Epochs = this.#samples.get(id) ?? { prompt, scores: new Map(), isCutOff, usages: [] };
    this.#samples.set(id, epochs);
    epochs.prompt ??= prompt;
    if (isCutOff !== undefined) epochs.isCutOff = isCutOff || epochs.isCutOff === true;
    epochs.usages.push(usage);
    for (const { scorer, key, score } of scores) {
      const name = this.#log.metricOf(scorer);
      const metric = key === undefined ? name : `${name}/${key}`;
      const known = epochs.scores.get(metric);
      if (known === undefined) epochs.scores.set(metric, [score]);
      else known.push(score);
    }
  }

  /** Passes everything to the sink. Returns the number of scores. */
  emit(keys: SampleKeys): number {
    const { dataset, modelName } = this.#log;
    const { sink } = this.#context;
    let count = 0;
    for (const [id, epochs] of this.#samples) {
      const { prompt, scores } = epochs;
      const key = keys.keyOf(dataset, id, prompt);
      const sample = sink.sample({ dataset, key, id, prompt, place: this.#place });
      const answer = this.#answerOf(epochs);
      for (const [metric, values] of scores) {
        // If no epoch has a number, pass the text on, so that it is counted as not a number.
        const value = meanOf(values) ?? values.find((entry) => entry !== null) ?? null;
        sink.score(sample, modelName, metric, value, this.#place, answer);
        count += 1;
      }
    }
    return count;
  }

  #answerOf({ usages, isCutOff }: Epochs): Answer {
    const own = usages.map((usage) => field(usage, this.#log.model));
    return {
      costUsd: meanOf(own.map((usage) => numberField(usage, 'total_cost'))),
      tokensIn: meanOf(own.map(tokensIn)),
      tokensOut: meanOf(own.map((usage) => numberField(usage, 'output_tokens'))),
      isCutOff,
      repeats: true,
    };
  }
}

/** Returns the logs that have samples; names the others. Errors: `invalid_argument` if none has any. */
function withSamples(heads: readonly LogHead[], { sink }: ImportContext): LogHead[] {
  for (const { file, hasSamples, status } of heads) {
    if (hasSamples) continue;
    const reason = status === 'success' ? 'written with --no-log-samples?' : 'ended before its first sample';
    sink.drop('incomplete', { file: file.path }, `: no samples (${reason})`);
  }
  const unlogged = heads.find(({ status }) => status === 'success' || status === undefined);
  if (unlogged !== undefined && !heads.some(({ hasSamples }) => hasSamples)) {
    const place = { file: unlogged.file.path };
    throw badInput(place, "no entry in 'samples', expected a log written without --no-log-samples");
  }
  return heads.filter(({ hasSamples }) => hasSamples);
}

/** Returns the newest log of each run; counts the others. */
async function newestLogs(logs: readonly LogHead[], context: ImportContext): Promise<LogHead[]> {
  const counts = new Map<string | undefined, number>();
  for (const { runId } of logs) counts.set(runId, (counts.get(runId) ?? 0) + 1);
  const timed: LogHead[] = [];
  for (const log of logs) {
    const hasVersions = log.runId !== undefined && (counts.get(log.runId) ?? 0) > 1;
    timed.push(hasVersions ? await withLastChange(log, { signal: context.signal }) : log);
  }
  const { newest, superseded } = newestVersions(timed);
  for (const { file } of superseded) context.sink.drop('superseded', { file: file.path });
  return newest;
}

/** Orders logs by time and content rather than by file name, so that renaming a file changes nothing. */
function inOrder(logs: readonly NamedLog[]): NamedLog[] {
  const orderOf = ({ created, dataset, modelName, runId }: NamedLog) =>
    JSON.stringify([created, dataset, modelName, runId]);
  return [...logs].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : Number(orderOf(a) > orderOf(b))));
}

/**
 * inspect_ai: `.json` logs and `.eval` archives. The dataset is the task, with its arguments if they differ; the model
 * has its settings if they differ. Epochs of a sample are averaged; `C`, `P`, `I` and `N` are 1, 0.5, 0 and 0; each
 * value of a scorer with several is a metric `scorer/key`.
 */
export const inspectImporter: Importer = {
  source: 'inspect',
  claims,
  async read(files, context) {
    const heads: LogHead[] = [];
    for (const file of files) {
      const name = (file.path.split('/').at(-1) ?? '').replace(/\.gz$/i, '');
      if (!LISTINGS.test(name)) heads.push(await readLogHead(file, { signal: context.signal }));
    }
    const logs = inOrder(namedLogs(await newestLogs(withSamples(heads, context), context)));
    const keys = new SampleKeys();
    let [scores, unscored] = [0, 0];
    for (const log of logs) {
      const reader = new LogReader(log, context);
      await reader.read();
      scores += reader.emit(keys);
      unscored += reader.unscored;
    }
    const [first] = logs;
    if (first !== undefined && scores === 0 && unscored > 0) {
      throw noResults({ file: first.file.path }, 'no scores in these logs (run without a scorer?)');
    }
  },
};
