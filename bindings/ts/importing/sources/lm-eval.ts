/** Reads sample logs of lm-evaluation-harness (`--log_samples`): one line per document and filter. */
import { field, kindOf, optionalText, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile } from '../input-file.js';
import { readJsonLines } from '../json.js';
import { promptText } from '../messages.js';
import type { ImportContext, Place } from '../records.js';

const SAMPLES = /^samples_.+\.jsonl$/i;
const COMPANIONS = [/^results_.*\.json$/, /^requests?_.*\.jsonl$/];
const DATE = /_\d{4}-\d{2}-\d{2}T\d{2}[-:]\d{2}[-:]\d{2}([-.,]\d+)?([+-]\d{2}[-:]?\d{2}|Z)?$/;
/** Numbers at the top level of a line that are not metrics. */
const NO_METRICS = ['doc_id', 'target', 'filter', 'ctx_len', 'idx', 'index', 'repeats', 'version', 'task_id', 'seed'];
const QUESTIONS = ['question', 'query', 'input', 'prompt'];

function claims({ path }: InputFile, { name, text }: FileHead): boolean {
  if (SAMPLES.test(name)) return true;
  // Many tools write results_*.json; the harness's begin with this key.
  if (!COMPANIONS.some((pattern) => pattern.test(name))) return false;
  return name.endsWith('.jsonl') ? path.includes('/') : /^\s*\{\s*"results"\s*:/.test(text);
}

interface Log {
  dataset: string;
  model: string;
}

/** Returns the task and the model, which only the path names. */
function logOf(file: InputFile): Log {
  const parts = file.path.split('/');
  const name = (parts.pop() ?? '').replace(/\.gz$/i, '').replace(/\.jsonl$/i, '');
  const folder = parts.pop() ?? '';
  if (folder === '' || folder === '.' || folder === '..') {
    throw badInput({ file: file.path }, 'expected the file in a folder that names the model');
  }
  const dataset = name.slice('samples_'.length).replace(DATE, '');
  if (dataset === '') throw badInput({ file: file.path }, 'expected a name like samples_<task>_<date>.jsonl');
  // The harness writes `__` for characters that file systems forbid: in names of models, the slash.
  return { dataset, model: folder.replaceAll('__', '/') };
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
  const prompt = requests.map(argumentText).find((text) => text !== undefined);
  return prompt ?? QUESTIONS.map((name) => textField(line, 'doc', name)).find((text) => text !== undefined);
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

function readLine(value: unknown, place: Place, { dataset, model }: Log, { sink }: ImportContext): void {
  const line = requiredObject(value, place, 'the line');
  const id = requiredText(line, place, 'doc_id');
  const key = optionalText(line, place, 'doc_hash') || optionalText(line, place, 'prompt_hash') || id;
  const filter = optionalText(line, place, 'filter') ?? 'none';
  const scores = metricsOf(line, place)
    .map((name) => [filter === 'none' ? name : `${name},${filter}`, field(line, name)] as const)
    // Lists and objects (perplexities, log-likelihoods by choice) are for sums over a task, not scores of a sample.
    .filter(([, score]) => score !== undefined && (typeof score !== 'object' || score === null));
  if (scores.length === 0) {
    sink.drop('no_score', place);
    return;
  }
  const sample = sink.sample({ dataset, key, id, prompt: promptOf(line), place });
  for (const [metric, score] of scores) {
    sink.score(sample, model, metric, typeof score === 'boolean' ? Number(score) : score, place);
  }
}

/**
 * lm-evaluation-harness: `<out>/<model>/samples_<task>_<date>.jsonl`. The folder names the model, the file the dataset;
 * models are joined on `doc_hash`, else `prompt_hash`, else `doc_id`. A metric is `name`, or `name,filter` if a filter
 * was used.
 */
export const lmEvalImporter: Importer = {
  source: 'lm-eval',
  claims,
  async read(files, context) {
    for (const file of files) {
      const name = (file.path.split('/').at(-1) ?? '').toLowerCase().replace(/\.gz$/, '');
      if (COMPANIONS.some((pattern) => pattern.test(name))) continue;
      if (!SAMPLES.test(name)) throw badInput({ file: file.path }, 'expected a name like samples_<task>_<date>.jsonl');
      const log = logOf(file);
      const onLine = (value: unknown, line: number) => readLine(value, { file: file.path, line }, log, context);
      await readJsonLines(file, onLine, context);
    }
  },
};
