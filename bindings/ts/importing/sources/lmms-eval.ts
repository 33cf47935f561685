/** lmms-eval: `<out>/<model>/<date>_samples_<task>.jsonl` (`--log_samples`), and the `<date>_results.json` beside it. */
import { type Fields, field, isObject, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile, noResults } from '../input-file.js';
import { readJsonLines } from '../json.js';
import { promptText } from '../messages.js';
import { SharedParts } from '../question.js';
import type { Answer, ImportContext } from '../records.js';
import { nameRuns, type Run } from '../runs.js';
import { headKeys } from '../table.js';
import { sumOf, tokensOf } from '../usage.js';
import { type Results, readResults } from './lm-eval-results.js';

const SAMPLES = /^(.*\/)?([^/]+?)_samples_([^/]+)\.jsonl(?:\.gz)?$/i;
const RESULTS = /^(.*\/)?([^/]+?)_results\.json$/i;
/** Keys of a line that are not metrics. */
const NO_METRICS = new Set(
  'doc_id doc target arguments input input_media resps filtered_resps token_counts doc_hash filter'.split(' '),
);
/** Parts of a metric that is an object, of which the first is the score. */
const SCORES = ['score', 'correct', 'accuracy', 'acc', 'exact_match'];

function claims({ path }: InputFile, { text }: FileHead): boolean {
  if (RESULTS.test(path))
    return /^\s*\{\s*"results"\s*:/.test(text) && /"(model_name|lmms_eval_version|n-shot|configs)"/.test(text);
  if (!SAMPLES.test(path)) return false;
  const keys = headKeys(text.trimStart());
  return keys.includes('doc_id') && keys.includes('filtered_resps');
}

interface Log {
  file: InputFile;
  task: string;
  run: Run;
  results: Results | undefined;
}

function logOf(file: InputFile, all: ReadonlyMap<string, Results>): Log | undefined {
  const [, folder = '', date = '', task = ''] = SAMPLES.exec(file.path) ?? [];
  if (task === '') return undefined;
  const results = all.get(`${folder}${date}`);
  const model = results?.model ?? folder.split('/').at(-2)?.replaceAll('__', '/') ?? '';
  if (model === '') throw badInput({ file: file.path }, 'expected the file in a folder that names the model');
  const { modelSettings = {} } = results ?? {};
  return {
    file,
    task,
    results,
    run: { dataset: task, model, modelSettings, taskSettings: results?.taskSettingsOf(task) ?? {} },
  };
}

/** Returns the scores of a line. A metric may be an object with the score beside the category and the answer. */
function scoresOf(line: Fields): [metric: string, value: unknown][] {
  return Object.entries(line).flatMap(([name, value]): [string, unknown][] => {
    if (NO_METRICS.has(name)) return [];
    const score = isObject(value) ? SCORES.map((part) => field(value, part)).find((part) => part !== undefined) : value;
    return typeof score === 'number' || typeof score === 'boolean' ? [[name, Number(score)]] : [];
  });
}

/** Returns the tokens of all requests for a document. */
function figuresOf(line: Fields): Answer {
  const counts = field(line, 'token_counts');
  const all = (Array.isArray(counts) ? counts : []).map(tokensOf);
  const sum = (of: 'tokensIn' | 'tokensOut') => sumOf(all.map((tokens) => tokens[of]));
  return { tokensIn: sum('tokensIn'), tokensOut: sum('tokensOut'), repeats: true };
}

async function readLog({ file }: Log, dataset: string, model: string, context: ImportContext): Promise<void> {
  const { sink } = context;
  const askedIn = (line: unknown) => promptText(field(line, 'input')) || promptText(field(line, 'input', 0));
  const shared = new SharedParts();
  await readJsonLines(file, (line) => shared.add(askedIn(line) ?? ''), { signal: context.signal });
  const onLine = (value: unknown, number: number) => {
    const place = { file: file.path, line: number };
    const line = requiredObject(value, place, 'the line');
    const id = requiredText(line, place, 'doc_id');
    const scores = scoresOf(line);
    if (scores.length === 0) {
      sink.drop('no_score', place);
      return;
    }
    const asked = askedIn(line);
    const prompt = asked === undefined ? undefined : shared.without(asked);
    const sample = sink.sample({ dataset, key: textField(line, 'doc_hash') || id, id, prompt, place });
    const answer = figuresOf(line);
    for (const [metric, score] of scores) sink.score(sample, model, metric, score, place, answer);
  };
  await readJsonLines(file, onLine, context);
}

/** lmms-eval: the results or the folder name the model, the file the task; documents are joined by their hash. */
export const lmmsEvalImporter: Importer = {
  source: 'lmms-eval',
  claims,
  async read(files, context) {
    const results = new Map<string, Results>();
    for (const file of files) {
      const [, folder = '', date = ''] = RESULTS.exec(file.path) ?? [];
      if (date !== '') results.set(`${folder}${date}`, await readResults(file, { signal: context.signal }));
    }
    const logs = files.flatMap((file) => logOf(file, results) ?? []);
    const [first] = files;
    if (logs.length === 0 && first !== undefined) {
      throw noResults({ file: first.path }, 'these are totals of a run: run lmms_eval with --log_samples');
    }
    const names = nameRuns(logs.map(({ run }) => run));
    for (const [i, { task, results: of }] of logs.entries()) {
      for (const metric of of?.lowerIsBetterOf(task) ?? []) context.sink.lowerIsBetter(names[i]?.dataset ?? '', metric);
    }
    for (const [i, log] of logs.entries()) await readLog(log, names[i]?.dataset ?? '', names[i]?.model ?? '', context);
  },
};
