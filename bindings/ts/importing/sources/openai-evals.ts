/** openai/evals (`oaieval`): a log of events, JSON lines; the first is the specification of the run. */
import { field, isObject, requiredObject, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, headOf, type InputFile, type ReadFileOptions } from '../input-file.js';
import { readJsonLines } from '../json.js';
import { promptText } from '../messages.js';
import { SharedParts } from '../question.js';
import type { Place } from '../records.js';
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

/** What a log says about one sample. */
interface Sample {
  prompt: string | undefined;
  scores: [metric: string, value: unknown][];
  usage: unknown;
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

async function readSamples(file: InputFile, options: ReadFileOptions): Promise<Map<string, Sample>> {
  const samples = new Map<string, Sample>();
  const onLine = (value: unknown, line: number) => {
    const place = { file: file.path, line };
    const event = requiredObject(value, place, 'the event');
    const [id, type] = [textField(event, 'sample_id'), textField(event, 'type')];
    if (id === undefined || type === undefined) return; // The specification, and the report at the end.
    const sample = samples.get(id) ?? { prompt: undefined, scores: [], usage: undefined, hasFailed: false, place };
    samples.set(id, sample);
    const data = field(event, 'data');
    if (type === 'sampling') {
      // The first is the question; a model-graded evaluation asks its judge afterwards.
      sample.prompt ??= promptText(field(data, 'prompt'));
      sample.usage ??= field(data, 'usage');
    } else if (type === 'raw_sample') sample.prompt ??= promptText(field(data, 'input'));
    else if (type === 'error') sample.hasFailed = true;
    sample.scores.push(...scoresOf(type, data));
  };
  await readJsonLines(file, onLine, options);
  return samples;
}

/** openai/evals: `completion_fns` is the model, `base_eval` the dataset, and `sample_id` the key. */
export const openAiEvalsImporter: Importer = {
  source: 'openai-evals',
  claims,
  async read(files, context) {
    const runs: Run[] = [];
    for (const file of files) runs.push(await runOf(file, { signal: context.signal }));
    const names = nameRuns(runs);
    const { sink } = context;
    for (const [i, file] of files.entries()) {
      const { dataset, model } = names[i] as { dataset: string; model: string };
      const samples = await readSamples(file, context);
      const shared = new SharedParts();
      for (const { prompt } of samples.values()) shared.add(prompt ?? '');
      for (const [id, { prompt, scores, usage, hasFailed, place }] of samples) {
        const asked = prompt === undefined ? undefined : shared.without(prompt);
        const number = sink.sample({ dataset, key: id, id, prompt: asked, place });
        if (scores.length === 0) sink.drop(hasFailed ? 'failed' : 'unscored', place, `: ${model}`);
        for (const [metric, value] of scores) {
          const score = typeof value === 'boolean' ? Number(value) : value;
          sink.score(number, model, metric, score, place, { ...tokensOf(usage), repeats: true });
        }
      }
    }
  },
};
