/** DeepEval: the test run that it keeps (`.deepeval/.latest_*.json`), or writes to `DEEPEVAL_RESULTS_FOLDER`. */
import { type Fields, field, isObject, numberField, requiredObject, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { type FileHead, type InputFile, noResults, type ReadFileOptions } from '../input-file.js';
import { type JsonPart, readJsonParts } from '../json.js';
import { promptText } from '../messages.js';
import type { ImportContext, Place } from '../records.js';
import { nameRuns, type Run, settingsOf } from '../runs.js';
import { headKeys } from '../table.js';
import { textKey } from '../text-hash.js';
import { usdField } from '../usage.js';
import { stemOf } from './long.js';

/** The run is the document, or a part of it. */
const WRAPPED = 'testRunData';
const CASES = ['testCases', 'conversationalTestCases'];
const HEAD = ['hyperparameters', 'identifier', 'datasetAlias', 'testFile', 'runDuration'];
const MODEL_NAMES = ['model', 'model_name', 'modelName', 'llm', 'Model'];
const ID_DIGITS = 12;

function claims(_file: InputFile, { name, text }: FileHead): boolean {
  if (!name.endsWith('.json')) return false;
  const keys = headKeys(text.trimStart());
  if (keys[0] === WRAPPED) return /"(testCases|conversationalTestCases)"\s*:/.test(text);
  return CASES.some((key) => keys.includes(key)) && /"(metricsScores|metricsData|testPassed|testFile)"\s*:/.test(text);
}

interface TestRun {
  file: InputFile;
  run: Run;
  /** Metrics of which less is better, as their thresholds show. */
  lower: Set<string>;
}

/** Calls `onCase` with each test case, and returns the other parts that are used. */
async function readRun(
  file: InputFile,
  onCase: (value: Fields, place: Place) => void,
  options: ReadFileOptions,
): Promise<Fields> {
  const head: Fields = {};
  let cases = 0;
  const onPart = ({ value, path }: JsonPart) => {
    const keys = path[0] === WRAPPED ? path.slice(1) : path;
    if (keys.length === 1) head[String(keys[0])] = value;
    else {
      cases += 1;
      const place = { file: file.path, line: cases };
      onCase(requiredObject(value, place, 'the test case'), place);
    }
  };
  const paths = [...HEAD, ...CASES.map((key) => `${key}.*`)].flatMap((part) => [`$.${part}`, `$.${WRAPPED}.${part}`]);
  await readJsonParts(file, paths, onPart, options);
  return head;
}

const metricsOf = (test: Fields): unknown[] => {
  const metrics = field(test, 'metricsData');
  return Array.isArray(metrics) ? metrics : [];
};

/** Returns whether a result shows that less is better: it passed below its threshold, or failed above it. */
function showsLower(metric: unknown): boolean {
  const [score, threshold] = [numberField(metric, 'score'), numberField(metric, 'threshold')];
  if (score === undefined || threshold === undefined || field(metric, 'strictMode') === true) return false;
  return field(metric, 'success') === score < threshold && score !== threshold;
}

function runOf(file: InputFile, head: Fields): Run {
  const parameters = field(head, 'hyperparameters');
  const named = MODEL_NAMES.map((key) => textField(parameters, key)).find((text) => text !== undefined && text !== '');
  const model = named ?? (textField(head, 'identifier') || undefined);
  if (model === undefined) {
    const advice = "evaluate(..., hyperparameters={'model': ...})";
    throw noResults(
      { file: file.path },
      `no model at 'hyperparameters.model', nor an identifier of the run: ${advice}`,
    );
  }
  const others = Object.entries(isObject(parameters) ? parameters : {}).filter(([key]) => !MODEL_NAMES.includes(key));
  const testFile = textField(head, 'testFile');
  const dataset = textField(head, 'datasetAlias') || (testFile ? stemOf(testFile).replace(/\.py$/, '') : 'deepeval');
  return { dataset, model, taskSettings: {}, modelSettings: settingsOf(Object.fromEntries(others)) };
}

/** Reads what names the runs; the copies of one run count once. */
async function readRuns(files: readonly InputFile[], { sink, signal }: ImportContext): Promise<TestRun[]> {
  const runs: TestRun[] = [];
  const seen = new Set<string>();
  for (const file of files) {
    const lower = new Set<string>();
    let cases = 0;
    const onCase = (test: Fields) => {
      cases += 1;
      for (const metric of metricsOf(test)) if (showsLower(metric)) lower.add(textField(metric, 'name') ?? '');
    };
    const head = await readRun(file, onCase, { signal });
    // A time in nanoseconds: no two runs share it.
    const identity = `${textField(head, 'runDuration')} ${cases}`;
    const isCopy = (numberField(head, 'runDuration') ?? 0) > 0 && seen.has(identity);
    seen.add(identity);
    if (isCopy) sink.drop('repeated', { file: file.path }, ': a copy of another run');
    else runs.push({ file, run: runOf(file, head), lower });
  }
  return runs;
}

function takeCase(test: Fields, dataset: string, model: string, place: Place, { sink }: ImportContext): void {
  const prompt = textField(test, 'input') ?? promptText(field(test, 'turns'));
  const key = textKey(prompt ?? `${place.file}:${place.line}`);
  const sample = sink.sample({ dataset, key, id: key.slice(0, ID_DIGITS), prompt, place });
  // The costs and tokens of a metric are those of its judge.
  const answer = {
    costUsd: usdField(test, 'tokenCost'),
    tokensIn: numberField(test, 'inputTokenCount'),
    tokensOut: numberField(test, 'outputTokenCount'),
    repeats: true,
  };
  const metrics = metricsOf(test);
  if (metrics.length === 0) sink.drop('unscored', place, `: ${model}`);
  for (const metric of metrics) {
    const name = textField(metric, 'name') ?? 'score';
    const score = numberField(metric, 'score');
    if (score !== undefined) sink.score(sample, model, name, score, place, answer);
    else sink.drop(textField(metric, 'error') ? 'failed' : 'unscored', place, `: ${model}: ${name}`);
  }
}

/** DeepEval: the hyperparameter `model` is the model, else the run's identifier; test cases are joined by their input. */
export const deepEvalImporter: Importer = {
  source: 'deepeval',
  claims,
  async read(files, context) {
    const runs = await readRuns(files, context);
    const names = nameRuns(runs.map(({ run }) => run));
    for (const [i, { lower }] of runs.entries()) {
      for (const metric of lower) context.sink.lowerIsBetter(names[i]?.dataset ?? '', metric);
    }
    for (const [i, { file }] of runs.entries()) {
      const { dataset = '', model = '' } = names[i] ?? {};
      await readRun(file, (test, place) => takeCase(test, dataset, model, place, context), context);
    }
  },
};
