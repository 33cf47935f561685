/** EvalScope: `<run>/{reviews,predictions}/<model>/<dataset>_<subset>.jsonl`, with its configuration and reports. */
import { type Fields, field, isObject, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { type FileHead, type InputFile, noResults, type ReadFileOptions } from '../input-file.js';
import { readJson, readJsonLines } from '../json.js';
import { promptText } from '../messages.js';
import { SharedParts } from '../question.js';
import type { Answer, ImportContext, Place } from '../records.js';
import { nameRuns, type Run, type Settings, settingsOf } from '../runs.js';
import { SampleKeys } from '../sample-keys.js';
import { headKeys } from '../table.js';
import { isLengthLimit, tokensOf } from '../usage.js';
import { readYaml } from '../yaml.js';

const SAMPLES = /^(.*\/)?(predictions|reviews)\/([^/]+)\/([^/]+)\.jsonl(?:\.gz)?$/i;
const REPORT = /^(.*\/)?reports\/([^/]+)\/([^/]+)\.json$/i;
const CONFIG = /^(.*\/)?configs\/task_config[^/]*\.ya?ml$/i;
const LOG = /(^|\/)\d{8}_\d{6}\/(logs\/eval_log\.log|reports\/[^/]+\.html|progress\.json)$/;
const SUBSET = /_default$/;
/** Settings of a dataset that change its questions. */
const TASK_SETTINGS = ['few_shot_num', 'few_shot_random', 'prompt_template', 'query_template', 'system_prompt'];

function claims({ path }: InputFile, { text }: FileHead): boolean {
  if (CONFIG.test(path) || LOG.test(path)) return true;
  if (REPORT.test(path)) {
    return /"(dataset_name|model_name)"\s*:/.test(text) && /"metrics"\s*:/.test(text) && !/"records"\s*:/.test(text);
  }
  if (!SAMPLES.test(path)) return false;
  const keys = headKeys(text.trimStart());
  return keys.includes('index') && (keys.includes('sample_score') || keys.includes('model_output'));
}

/** The reviews of one model on one dataset. */
interface Reviews {
  file: InputFile;
  predictions: InputFile | undefined;
  run: Run;
}

/** Returns the settings of a run: of the model, and of one of its datasets. */
function settingsIn(config: unknown, dataset: string): Pick<Run, 'modelSettings' | 'taskSettings'> {
  const datasets = field(config, 'dataset_args');
  const name = Object.keys(isObject(datasets) ? datasets : {}).find(
    (key) => dataset === key || dataset.startsWith(`${key}_`),
  );
  const given = name === undefined ? {} : field(datasets, name);
  const ofTask = TASK_SETTINGS.map((key) => [key, field(given, key)]);
  // The folder has the last part of the name only, which two makers may share.
  const ofModel: Settings = {
    ...settingsOf({ model: field(config, 'model') }),
    ...settingsOf(field(config, 'model_args')),
    ...settingsOf(field(config, 'generation_config')),
  };
  return { modelSettings: ofModel, taskSettings: settingsOf(Object.fromEntries(ofTask)) };
}

async function readReviews(files: readonly InputFile[], options: ReadFileOptions): Promise<Reviews[]> {
  const configs = new Map<string, unknown>();
  for (const file of files) {
    const root = CONFIG.exec(file.path);
    if (root !== null) configs.set(root[1] ?? '', await readYaml(file, options));
  }
  const predictions = new Map(
    files.flatMap((file) => (SAMPLES.exec(file.path)?.[2]?.toLowerCase() === 'predictions' ? [[file.path, file]] : [])),
  );
  return files.flatMap((file): Reviews[] => {
    const [, root = '', kind = '', model = '', stem = ''] = SAMPLES.exec(file.path) ?? [];
    if (kind.toLowerCase() !== 'reviews') return [];
    const dataset = stem.replace(SUBSET, '');
    const beside = predictions.get(`${root}predictions${file.path.slice(root.length + kind.length)}`);
    return [{ file, predictions: beside, run: { dataset, model, ...settingsIn(configs.get(root), dataset) } }];
  });
}

/** Notes the metrics of which the reports say that less is better. */
async function noteDirections(
  files: readonly InputFile[],
  names: ReadonlyMap<string, readonly string[]>,
  context: ImportContext,
) {
  for (const file of files) {
    if (!REPORT.test(file.path)) continue;
    const report = await readJson(file, { signal: context.signal });
    const metrics = field(report, 'metrics');
    const dataset = textField(report, 'dataset_name') ?? '';
    for (const metric of Array.isArray(metrics) ? metrics : []) {
      const name = textField(metric, 'identity', 'name') ?? textField(metric, 'name');
      if (name === undefined || field(metric, 'semantics', 'direction') !== 'lower_is_better') continue;
      const of = [...names].filter(([plain]) => plain === dataset || plain.startsWith(`${dataset}_`));
      for (const named of of.flatMap(([, list]) => list)) context.sink.lowerIsBetter(named, name);
    }
  }
}

/** Returns the figures of each answer, by the index of its sample. */
async function readFigures(file: InputFile | undefined, context: ImportContext): Promise<Map<string, Answer>> {
  const figures = new Map<string, Answer>();
  if (file === undefined) return figures;
  const onLine = (value: unknown) => {
    const output = field(value, 'model_output');
    const isCutOff = isLengthLimit(field(output, 'choices', 0, 'stop_reason'));
    figures.set(textField(value, 'index') ?? '', { ...tokensOf(field(output, 'usage')), isCutOff, repeats: true });
  };
  await readJsonLines(file, onLine, context);
  return figures;
}

/** Returns what was asked; `input` is of older versions. */
const askedIn = (review: unknown) => promptText(field(review, 'messages')) || promptText(field(review, 'input'));

/** Returns the scores that could be computed: EvalScope writes 0 in place of the others. */
function scoresOf(score: Fields): [metric: string, value: unknown][] {
  const errors = Object.keys((field(score, 'metadata', 'metric_errors') ?? {}) as object).map((name) =>
    name.toLowerCase(),
  );
  const values = Object.entries((field(score, 'value') ?? {}) as object);
  return values.filter(([metric, value]) => {
    return value !== 0 || !errors.some((name) => metric.toLowerCase().startsWith(name));
  });
}

class ReviewReader {
  readonly #context: ImportContext;
  readonly #keys = new SampleKeys();
  /** The parts that the prompts of each dataset have in common. */
  readonly #shared = new Map<string, SharedParts>();

  constructor(context: ImportContext) {
    this.#context = context;
  }

  /** Looks at the prompts before the first question is asked for. */
  async learn({ file, run }: Reviews): Promise<void> {
    const shared = this.#shared.get(run.dataset) ?? new SharedParts();
    this.#shared.set(run.dataset, shared);
    await readJsonLines(file, (value) => shared.add(askedIn(value) ?? ''), { signal: this.#context.signal });
  }

  async read({ file, predictions, run }: Reviews, dataset: string, model: string): Promise<void> {
    const figures = await readFigures(predictions, this.#context);
    const shared = this.#shared.get(run.dataset);
    const { sink } = this.#context;
    const onLine = (value: unknown, line: number) => {
      const place: Place = { file: file.path, line };
      const review = requiredObject(value, place, 'the review');
      const index = requiredText(review, place, 'index');
      const given = requiredObject(field(review, 'sample_score'), place, "'sample_score'");
      const score = requiredObject(field(given, 'score'), place, "'sample_score.score'");
      const asked = askedIn(review);
      const prompt = asked === undefined ? undefined : (shared?.without(asked) ?? asked);
      // Repetitions of a sample have an index each, and the sample's number as their group.
      const id = textField(given, 'group_id') ?? index;
      const sample = sink.sample({ dataset, key: this.#keys.keyOf(dataset, id, prompt), id, prompt, place });
      const scores = scoresOf(score);
      if (scores.length === 0) {
        // A judge that failed has no values, and its status says why.
        const status = textField(score, 'status')?.toLowerCase() ?? 'success';
        sink.drop(status === 'success' ? 'unscored' : 'failed', place, `: ${model}: ${status}`);
      }
      const answer = figures.get(index) ?? { repeats: true };
      for (const [metric, number] of scores) {
        sink.score(sample, model, metric, typeof number === 'boolean' ? Number(number) : number, place, answer);
      }
    };
    await readJsonLines(file, onLine, this.#context);
  }
}

/**
 * EvalScope: the folder names the model, the file the dataset and its subset (`_default` is left out). Repetitions of a
 * sample, and runs of several dates with equal settings, are averaged.
 */
export const evalScopeImporter: Importer = {
  source: 'evalscope',
  claims,
  async read(files, context) {
    const all = await readReviews(files, { signal: context.signal });
    const [first] = files;
    if (all.length === 0 && first !== undefined) {
      throw noResults({ file: first.path }, 'expected reviews/<model>/<dataset>_<subset>.jsonl of EvalScope beside it');
    }
    const names = nameRuns(all.map(({ run }) => run));
    const byDataset = new Map<string, string[]>();
    for (const [i, { run }] of all.entries()) {
      const list = byDataset.get(run.dataset) ?? [];
      byDataset.set(run.dataset, [...list, names[i]?.dataset ?? run.dataset]);
    }
    await noteDirections(files, byDataset, context);
    const reader = new ReviewReader(context);
    for (const reviews of all) await reader.learn(reviews);
    for (const [i, reviews] of all.entries()) {
      await reader.read(reviews, names[i]?.dataset ?? '', names[i]?.model ?? '');
    }
  },
};
