/** Reads logs of inspect_ai: `.json`, and `.eval`, a zip archive with one member per sample and epoch. */
import {
  type Fields,
  field,
  isObject,
  kindOf,
  numberField,
  optionalText,
  requiredObject,
  requiredText,
  textField,
} from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile } from '../input-file.js';
import { type JsonPart, readJsonParts } from '../json.js';
import type { Answer, ImportContext, Place } from '../records.js';
import { readZip } from '../zip.js';

const ARCHIVE = /\.eval$/i;
/** Lists of logs and of sets of logs, in the same folders. */
const LISTINGS = /^(logs|listing|eval-set)\.json$/i;
/** header.json is written last; logs that are incomplete or old have start.json instead. */
const HEADER = /^(header|(_journal\/)?start)\.json$/;
const SAMPLE = /^samples\/.+\.json$/;
/** The parts of a sample that are used; its transcript may be thousands of times longer. */
const SAMPLE_PARTS = ['id', 'epoch', 'input', 'scores', 'error', 'attachments', 'model_usage'];
const ATTACHMENT = 'attachment://';

/** Numbers for scorers' values, as inspect_ai converts them. */
const GRADES = new Map([
  ['C', 1],
  ['I', 0],
  ['P', 0.5],
  ['N', 0],
  ['yes', 1],
  ['true', 1],
  ['no', 0],
  ['false', 0],
]);

function claims(_file: InputFile, { name, text }: FileHead): boolean {
  if (ARCHIVE.test(name)) return true;
  if (!name.endsWith('.json')) return false;
  const hasEval = /"eval"\s*:\s*\{/.test(text);
  if (LISTINGS.test(name)) return hasEval || name === 'eval-set.json';
  return hasEval && /^\s*\{\s*"(version|status|eval)"\s*:/.test(text);
}

/** A score of one epoch: a number, null, or other text. */
type Score = number | string | null;

function scoreOf(value: unknown): Score | undefined {
  if (typeof value === 'number' || value === null) return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const grade = GRADES.get(text) ?? GRADES.get(text.toLowerCase());
  return grade ?? numberField([text], 0) ?? text;
}

/** Returns metric and value of each scorer; `scorer/key` if a scorer has several values. Lists are not scores. */
function scoresOf(scores: Fields, place: Place): [metric: string, score: Score][] {
  const all: [string, Score][] = [];
  const add = (metric: string, value: unknown) => {
    const score = scoreOf(value);
    if (score !== undefined) all.push([metric, score]);
  };
  for (const [scorer, entry] of Object.entries(scores)) {
    const value = field(requiredObject(entry, place, `'scores.${scorer}'`), 'value');
    if (value === undefined)
      add(scorer, null); // inspect_ai omits null.
    else if (!isObject(value)) add(scorer, value);
    else for (const [key, part] of Object.entries(value)) add(`${scorer}/${key}`, part);
  }
  return all;
}

/** Returns the text of an input: a string, or the user's messages in a list. */
function promptOf(sample: Fields, place: Place): string | undefined {
  const resolve = (text: string) =>
    text.startsWith(ATTACHMENT) ? (textField(sample, 'attachments', text.slice(ATTACHMENT.length)) ?? text) : text;
  const input = field(sample, 'input');
  if (input === undefined || input === null) return undefined;
  if (typeof input === 'string') return resolve(input);
  if (!Array.isArray(input)) throw badInput(place, `expected text or a list at 'input', got ${kindOf(input)}`);
  const texts = input
    .filter((message) => textField(message, 'role') === 'user')
    .map((message) => field(message, 'content'))
    .flatMap((content) => (Array.isArray(content) ? content.map((part) => field(part, 'text')) : [content]))
    .filter((text) => typeof text === 'string');
  return texts.length === 0 ? undefined : texts.map(resolve).join('\n');
}

/** All epochs of one sample. */
interface Epochs {
  prompt: string | undefined;
  place: Place;
  scores: Map<string, Score[]>;
  /** `model_usage` of every epoch. */
  usages: unknown[];
}

const numbersOf = (values: readonly unknown[]) => values.filter((value) => typeof value === 'number');

function meanOf(values: readonly unknown[]): number | undefined {
  const numbers = numbersOf(values);
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

/** Collects one log's parts, which come in any order. */
class Log {
  readonly #file: InputFile;
  readonly #context: ImportContext;
  readonly #samples = new Map<string, Epochs>();
  #spec: unknown;
  #status: string | undefined;
  #seen = 0;

  constructor(file: InputFile, context: ImportContext) {
    this.#file = file;
    this.#context = context;
  }

  /** Takes `$.eval` or `$.status`. */
  takeHeader({ value, path }: JsonPart): void {
    if (path[0] === 'eval') this.#spec = value;
    else this.#status = typeof value === 'string' ? value : undefined;
  }

  takeSample(value: unknown, place: Place): void {
    this.#seen += 1;
    const sample = requiredObject(value, place, 'the sample');
    const id = requiredText(sample, place, 'id');
    const prompt = promptOf(sample, place);
    const given = requiredObject(field(sample, 'scores') ?? {}, place, "'scores'");
    const scores = scoresOf(given, place);
    const origin = { file: this.#file.path };
    if (Object.keys(given).length === 0 || (field(sample, 'error') ?? null) !== null) {
      this.#context.sink.drop('failed', origin);
      return;
    }
    if (scores.length === 0) {
      this.#context.sink.drop('no_score', origin);
      return;
    }
    const epochs: Epochs = this.#samples.get(id) ?? { prompt, place: origin, scores: new Map(), usages: [] };
    this.#samples.set(id, epochs);
    epochs.prompt ??= prompt;
    epochs.usages.push(field(sample, 'model_usage'));
    for (const [metric, score] of scores) {
      const known = epochs.scores.get(metric);
      if (known === undefined) epochs.scores.set(metric, [score]);
      else known.push(score);
    }
  }

  /** Passes everything to the sink. */
  finish(): void {
    const place = { file: this.#file.path };
    if (this.#spec === undefined) throw badInput(place, "no object at 'eval', expected the log's specification");
    const spec = requiredObject(this.#spec, place, "'eval'");
    const dataset = optionalText(spec, place, 'task') || requiredText({ eval: spec }, place, 'eval', 'task');
    const model = optionalText(spec, place, 'model') || requiredText({ eval: spec }, place, 'eval', 'model');
    if (this.#seen === 0) this.#takeNoSamples(place);
    for (const [id, epochs] of this.#samples) this.#emit(id, epochs, dataset, model);
  }

  /** A failed run has no samples; a successful run without samples was told not to log them. */
  #takeNoSamples(place: Place): void {
    if (this.#status !== undefined && this.#status !== 'success') this.#context.sink.drop('failed', place);
    else throw badInput(place, "no entry in 'samples', expected a log written without --no-log-samples");
  }

  #emit(id: string, { prompt, place, scores, usages }: Epochs, dataset: string, model: string): void {
    const { sink } = this.#context;
    const tokens = (name: string) => meanOf(usages.map((usage) => field(usage, model, name)));
    const figures: Answer = { tokensIn: tokens('input_tokens'), tokensOut: tokens('output_tokens') };
    const sample = sink.sample({ dataset, key: id, id, prompt, place });
    for (const [metric, values] of scores) {
      // If no epoch has a number, pass the text on, so that it is counted as not a number.
      const value = meanOf(values) ?? values.find((entry) => entry !== null) ?? null;
      sink.score(sample, model, metric, value, place, figures);
    }
  }
}

async function readDocument(file: InputFile, log: Log, context: ImportContext): Promise<void> {
  const onPart = (part: JsonPart) => {
    if (part.path[0] !== 'samples') log.takeHeader(part);
    else log.takeSample(part.value, { file: `${file.path}, sample ${part.path[1]}` });
  };
  await readJsonParts(file, ['$.eval', '$.status', '$.samples.*'], onPart, context);
}

async function readArchive(file: InputFile, log: Log, context: ImportContext): Promise<void> {
  const options = { signal: context.signal };
  const readMember = async (member: InputFile) => {
    if (HEADER.test(member.path.slice(file.path.length + 1))) {
      await readJsonParts(member, ['$.eval', '$.status'], (part) => log.takeHeader(part), options);
      return;
    }
    const sample: Fields = {};
    const paths = SAMPLE_PARTS.map((name) => `$.${name}`);
    await readJsonParts(
      member,
      paths,
      ({ value, path }) => Object.assign(sample, { [String(path[0])]: value }),
      options,
    );
    log.takeSample(sample, { file: member.path });
  };
  await readZip(file, (name) => HEADER.test(name) || SAMPLE.test(name), readMember, context);
}

/**
 * inspect_ai: `.json` logs and `.eval` archives. The dataset is the task; epochs of a sample are averaged; `C`, `P`,
 * `I` and `N` are 1, 0.5, 0 and 0; each value of a scorer with several is a metric `scorer/key`.
 */
export const inspectImporter: Importer = {
  source: 'inspect',
  claims,
  async read(files, context) {
    for (const file of files) {
      const name = (file.path.split('/').at(-1) ?? '').replace(/\.gz$/i, '');
      if (LISTINGS.test(name)) continue;
      const log = new Log(file, context);
      await (ARCHIVE.test(name) ? readArchive : readDocument)(file, log, context);
      log.finish();
    }
  },
};
