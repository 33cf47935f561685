/** openai/evals (`oaieval`): a log of events, JSON lines; the first is the specification of the run. */
import { field, isObject, requiredObject, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, headOf, type InputFile, type ReadFileOptions } from '../input-file.js';
import { readJsonLines } from '../json.js';
import { promptText } from '../messages.js';
import { SharedParts } from '../question.js';
import type { Answer, ImportContext, Place } from '../records.js';
import { nameRuns, type Run, settingsOf } from '../runs.js';
import { headKeys } from '../table.js';
import { tokensOf } from '../usage.js';

/** Counts of the model-graded evaluations, and figures that are not scores. */
const NO_METRIC = /^(counts\/|choice$|invalid_choice|sampled$|expected$|options$|index$|sample_id$|seed$)/;

function claims(_file: InputFile, { text }: FileHead): boolean {
  const start = text.trimStart();
  if (!start.startsWith('{')) return false;
  const keys = headKeys(start);
  if (keys.includes('spec')) return /"completion_fns"\s*:/.test(start);
  return ['run_id', 'event_id', 'sample_id', 'type', 'data'].every((key) => keys.includes(key));
}

async function runOf(file: InputFile, options: ReadFileOptions): Promise<Run> {
  const { text } = await headOf(file, options);
  let spec: unknown;
  try {
    spec = field(JSON.parse(text.trimStart().split('\n', 1)[0] ?? ''), 'spec');
  } catch (cause) {
    throw badInput({ file: file.path, line: 1 }, 'not JSON, expected the specification of the run', cause);
  }
  const models = field(spec, 'completion_fns') ?? field(spec, 'model_name');
  const model = Array.isArray(models) ? models.join(' + ') : models;
  const dataset = textField(spec, 'base_eval') || textField(spec, 'eval_name');
  if (typeof model !== 'string' || model === '' || dataset === undefined) {
    throw badInput({ file: file.path, line: 1 }, "no model at 'spec.completion_fns', or no name at 'spec.base_eval'");
  }
  const config = field(spec, 'run_config');
  const settings = settingsOf(field(config, 'eval_spec', 'args'));
  return {
    dataset,
    model,
    taskSettings: { ...settings, ...settingsOf({ eval_name: field(spec, 'eval_name') }) },
    modelSettings: settingsOf(field(config, 'completion_args')),
  };
}

/** The part of a sample that is kept until the end of its log; its prompt is already with the sink. */
interface Sample {
  /** Its number in the sink. */
  number: number;
  hasPrompt: boolean;
  answer: Answer;
  isScored: boolean;
  hasFailed: boolean;
  place: Place;
}

/** Returns the scores of an event. */
function scoresOf(type: string, data: unknown): [string, unknown][] {
  if (type === 'match') return [['match', field(data, 'correct')]];
  if (type !== 'metrics') return [];
  return Object.entries(isObject(data) ? data : {}).filter(([name, value]) => {
    return !NO_METRIC.test(name) && /^(number|boolean)$/.test(typeof value);
  });
}

/** Returns what was asked in an event; `undefined` if it is of another kind. */
function askedIn(type: string, data: unknown): string | undefined {
  if (type === 'sampling') return promptText(field(data, 'prompt'));
  return type === 'raw_sample' ? promptText(field(data, 'input')) : undefined;
}

async function readEvents(
  file: InputFile,
  onEvent: (id: string, type: string, data: unknown, place: Place) => void,
  options: ReadFileOptions,
): Promise<void> {
  const onLine = (value: unknown, line: number) => {
    const place = { file: file.path, line };
    const event = requiredObject(value, place, 'the event');
    const [id, type] = [textField(event, 'sample_id'), textField(event, 'type')];
    // Others are the specification, and the report at the end.
    if (id !== undefined && type !== undefined) onEvent(id, type, field(event, 'data'), place);
  };
  await readJsonLines(file, onLine, options);
}

async function readLog(file: InputFile, dataset: string, model: string, context: ImportContext): Promise<void> {
  const { sink } = context;
  const shared = new SharedParts();
  const learnt = new Set<string>();
  const learn = (id: string, type: string, data: unknown) => {
    const asked = learnt.has(id) ? undefined : askedIn(type, data);
    if (asked === undefined) return;
    learnt.add(id);
    shared.add(asked);
  };
  await readEvents(file, learn, { signal: context.signal });
  const samples = new Map<string, Sample>();
  const take = (id: string, type: string, data: unknown, place: Place) => {
    const known = samples.get(id);
    // The first question counts: a model-graded evaluation asks its judge afterwards.
    const asked = known?.hasPrompt ? undefined : askedIn(type, data);
    const prompt = asked === undefined ? undefined : shared.without(asked);
    const isNew = known === undefined || prompt !== undefined;
    const number = isNew ? sink.sample({ dataset, key: id, id, prompt, place }) : known.number;
    const sample = known ?? { number, hasPrompt: false, answer: {}, isScored: false, hasFailed: false, place };
    samples.set(id, sample);
    if (prompt !== undefined) {
      sample.hasPrompt = true;
      sample.answer = tokensOf(field(data, 'usage'));
    }
    if (type === 'error') sample.hasFailed = true;
    for (const [metric, value] of scoresOf(type, data)) {
      sample.isScored = true;
      const score = typeof value === 'boolean' ? Number(value) : value;
      sink.score(number, model, metric, score, place, { ...sample.answer, repeats: true });
    }
  };
  await readEvents(file, take, context);
  for (const { isScored, hasFailed, place } of samples.values()) {
    if (!isScored) sink.drop(hasFailed ? 'failed' : 'unscored', place, `: ${model}`);
  }
}

/** openai/evals: `completion_fns` is the model, `base_eval` the dataset, and `sample_id` the key. */
export const openAiEvalsImporter: Importer = {
  source: 'openai-evals',
  claims,
  async read(files, context) {
    const runs: Run[] = [];
    for (const file of files) runs.push(await runOf(file, { signal: context.signal }));
    const names = nameRuns(runs);
    for (const [i, file] of files.entries()) {
      const { dataset, model } = names[i] as { dataset: string; model: string };
      await readLog(file, dataset, model, context);
    }
  },
};
