/** HELM run folders: prompts from scenario_state.json, joined with the scores of per_instance_stats.json. */
import { field, isObject, kindOf, optionalText, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile } from '../input-file.js';
import { readJson, readJsonParts } from '../json.js';
import type { Answer, ImportContext, Place, RecordSink } from '../records.js';

const SPEC = 'run_spec.json';
const STATE = 'scenario_state.json';
const STATS = 'per_instance_stats.json';

/** File names that only HELM uses. */
const OWN_NAMES = [SPEC, STATE, STATS, 'display_predictions.json', 'display_requests.json'];
/** File names that other tools also use, each with a pattern that identifies HELM's content. */
const COMMON_NAMES = new Map([
  ['instances.json', /"(input|references)"\s*:/],
  ['stats.json', /"name"\s*:\s*\{/],
  ['scenario.json', /"definition_path"|"tags"\s*:/],
  ['predictions.json', /"train_trial_index"\s*:/],
]);

const ALL_NAMES = [...OWN_NAMES, ...COMMON_NAMES.keys()];

/** Counts, times and similar figures, which never tell whether an answer is correct. */
const BOOKKEEPING = [
  'num_',
  'inference_',
  'training_',
  'max_prob',
  'logprob',
  'prompt_',
  'finish_reason',
  'predicted_index',
  'batch_size',
  'estimated_num',
];
const TOKENS_IN = ['num_prompt_tokens'];
const TOKENS_OUT = ['num_output_tokens', 'num_completion_tokens'];

/** One run: the files of one folder, by name. */
interface Run {
  folder: string;
  files: Map<string, InputFile>;
}

interface Instance {
  prompt: string | undefined;
  split: string | undefined;
  subSplit: string | undefined;
}

/** A mean of measured values; null if there are none. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number | null): void {
    if (value === null) return;
    this.#sum += value;
    this.#count += 1;
  }

  get value(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}

function claims(_file: InputFile, { name, text }: FileHead): boolean {
  return OWN_NAMES.includes(name) || (COMMON_NAMES.get(name)?.test(text) ?? false);
}

const nameOf = (path: string) => (path.split('/').at(-1) ?? '').toLowerCase().replace(/\.gz$/, '');

/** Groups files by folder, in the order of each folder's first file. */
function runsOf(files: readonly InputFile[]): Run[] {
  const runs = new Map<string, Run>();
  for (const file of files) {
    const name = nameOf(file.path);
    const folder = file.path.split('/').slice(0, -1).join('/');
    const run = runs.get(folder) ?? { folder, files: new Map() };
    const twin = run.files.get(name);
    if (twin !== undefined && ALL_NAMES.includes(name))
      throw badInput({ file: file.path }, `is the same file as ${twin.path}, expected only one of them`);
    run.files.set(name, file);
    runs.set(folder, run);
  }
  return [...runs.values()];
}

/** Returns a run's name without the parts that name the model: the same for the runs of all models. */
function datasetOf(runName: string): string {
  const colon = runName.indexOf(':');
  const scenario = colon < 0 ? [] : [runName.slice(0, colon)];
  const settings = runName.slice(colon + 1).split(',');
  const kept = settings.map((s) => s.trim()).filter((s) => s !== '' && !/^model(_deployment)?=/.test(s));
  return [...scenario, kept.join(',')].filter((part) => part !== '').join(':');
}

/** Returns a key that tells perturbations apart: name and settings. */
function perturbationKey(perturbation: unknown): string | undefined {
  if (perturbation === undefined || perturbation === null) return undefined;
  if (!isObject(perturbation)) return String(perturbation);
  const settings = Object.entries(perturbation).filter(([key]) => key !== 'computed_on');
  return settings.map(([key, value]) => `${key}=${typeof value === 'object' ? '' : String(value)}`).join(',');
}

/** Reads one run. */
class RunReader {
  readonly #run: Run;
  readonly #context: ImportContext;
  readonly #sink: RecordSink;
  readonly #instances = new Map<string, Instance>();
  /** Means by instance, then by name of the metric. */
  readonly #metrics = new Map<string, Map<string, Mean>>();
  /** A perturbed copy occurs in both files, possibly in several requests, but is counted once. */
  readonly #perturbed = new Set<string>();
  #name: string | undefined;
  #specAdapter: unknown;
  #stateAdapter: unknown;

  constructor(run: Run, context: ImportContext) {
    this.#run = run;
    this.#context = context;
    this.#sink = context.sink;
  }

  async read(): Promise<void> {
    const state = this.#run.files.get(STATE);
    const stats = this.#run.files.get(STATS);
    const present = state ?? stats ?? this.#run.files.get(SPEC);
    if (present === undefined) return; // Only accompanying files.
    if (state === undefined || stats === undefined) {
      const missing = [state ?? STATE, stats ?? STATS].filter((entry) => typeof entry === 'string');
      throw badInput({ file: present.path }, `expected ${missing.join(' and ')} in the same folder`);
    }
    await this.#readSpec();
    await this.#readState(state);
    await this.#readStats(stats);
    this.#emit(state, stats);
  }

  async #readSpec(): Promise<void> {
    const file = this.#run.files.get(SPEC);
    if (file === undefined) return;
    const place = { file: file.path };
    const spec = requiredObject(await readJson(file, this.#context), place, 'the run specification');
    this.#name = optionalText(spec, place, 'name');
    this.#specAdapter = spec.adapter_spec;
  }

  async #readState(file: InputFile): Promise<void> {
    let adapters = 0;
    let states = 0;
    const paths = ['$.adapter_spec', '$.request_states.*'];
    const onPart = ({ value, path }: { value: unknown; path: (string | number)[] }) => {
      if (path[0] === 'adapter_spec') {
        this.#stateAdapter = value;
        adapters += 1;
      } else {
        this.#takeState(value, { file: `${file.path}, request state ${path[1]}` });
        states += 1;
      }
    };
    await readJsonParts(file, paths, onPart, this.#context);
    if (states === 0) {
      const what = adapters === 0 ? "neither 'adapter_spec' nor 'request_states'" : "no entry in 'request_states'";
      throw badInput({ file: file.path }, `expected a scenario state with requests, got ${what}`);
    }
  }

  #takeState(state: unknown, place: Place): void {
    const instance = requiredObject(field(state, 'instance'), place, "'instance'");
    const id = requiredText(instance, place, 'id');
    const perturbation = perturbationKey(field(instance, 'perturbation'));
    if (perturbation !== undefined) {
      this.#dropPerturbed(id, perturbation, state, place);
      return;
    }
    // An instance may have several requests (trials, or one per choice): the first with a prompt counts.
    if (this.#instances.get(id)?.prompt !== undefined) return;
    const prompt = optionalText(instance, place, 'input', 'text') ?? optionalText(state, place, 'request', 'prompt');
    const split = textField(instance, 'split');
    this.#instances.set(id, { prompt, split, subSplit: textField(instance, 'sub_split') });
  }

  async #readStats(file: InputFile): Promise<void> {
    let entries = 0;
    const onPart = ({ value, path }: { value: unknown; path: (string | number)[] }) => {
      entries += 1;
      this.#takeEntry(value, { file: `${file.path}, entry ${path[0]}` }, path[0]);
    };
    await readJsonParts(file, ['$.*'], onPart, this.#context);
    if (entries === 0) throw badInput({ file: file.path }, 'expected a list of statistics, got none');
  }

  #takeEntry(entry: unknown, place: Place, index: unknown): void {
    if (typeof index !== 'number') throw badInput(place, 'expected a list of statistics, got an object');
    const id = requiredText(entry, place, 'instance_id');
    const stats = field(entry, 'stats');
    if (!Array.isArray(stats)) throw badInput(place, `expected a list at 'stats', got ${kindOf(stats)}`);
    const perturbation = perturbationKey(field(entry, 'perturbation'));
    if (perturbation !== undefined) {
      this.#dropPerturbed(id, perturbation, entry, place);
      return;
    }
    const metrics = this.#metrics.get(id) ?? new Map<string, Mean>();
    this.#metrics.set(id, metrics);
    for (const stat of stats) this.#takeStat(stat, id, metrics, place, entry);
  }

  #takeStat(stat: unknown, id: string, metrics: Map<string, Mean>, place: Place, entry: unknown): void {
    const name = requiredText(stat, place, 'name', 'name');
    const perturbation = perturbationKey(field(stat, 'name', 'perturbation'));
    if (perturbation !== undefined) {
      this.#dropPerturbed(id, perturbation, entry, place);
      return;
    }
    // Statistics of another split do not belong to this instance.
    const instance = this.#instances.get(id);
    const split = textField(stat, 'name', 'split') ?? instance?.split;
    const subSplit = textField(stat, 'name', 'sub_split') ?? instance?.subSplit;
    if (instance !== undefined && (split !== (instance.split ?? split) || subSplit !== instance.subSplit)) return;
    const mean = metrics.get(name) ?? new Mean();
    metrics.set(name, mean);
    mean.add(meanOf(stat, name, place));
  }

  #dropPerturbed(id: string, perturbation: string, of: unknown, place: Place): void {
    const key = JSON.stringify([id, perturbation, textField(of, 'train_trial_index')]);
    if (this.#perturbed.has(key)) return;
    this.#perturbed.add(key);
    this.#sink.drop('perturbed', { file: place.file.replace(/, (request state|entry) \d+$/, '') });
  }

  #emit(state: InputFile, stats: InputFile): void {
    const place = { file: state.path };
    const model = this.#model(place);
    const dataset = datasetOf(this.#name ?? this.#run.folder.split('/').at(-1) ?? '');
    if (dataset === '') throw badInput(place, `expected ${SPEC} or a folder that names the run, got neither`);
    for (const [id, instance] of this.#instances) {
      const metrics = this.#metrics.get(id);
      const scores = [...(metrics ?? [])].filter(([name]) => !BOOKKEEPING.some((start) => name.startsWith(start)));
      if (instance.prompt === undefined) this.#sink.drop('no_prompt', place);
      else if (metrics === undefined || scores.length === 0) this.#sink.drop('no_score', { file: stats.path });
      else {
        const sample = this.#sink.sample({ dataset, key: id, id, prompt: instance.prompt, place });
        const figures = figuresOf(metrics);
        for (const [name, mean] of scores) {
          this.#sink.score(sample, model, name, mean.value, { file: stats.path }, figures);
        }
      }
    }
    for (const id of this.#metrics.keys()) {
      if (!this.#instances.has(id)) this.#sink.drop('no_prompt', { file: stats.path });
    }
  }

  #model(place: Place): string {
    const adapters = [this.#specAdapter, this.#stateAdapter];
    for (const key of ['model', 'model_deployment']) {
      for (const adapter of adapters) {
        const model = optionalText(adapter, place, key);
        if (model !== undefined && model !== '') return model;
      }
    }
    throw badInput(place, "no text at 'adapter_spec.model', here or in run_spec.json, expected the model's name");
  }
}

function meanOf(stat: unknown, name: string, place: Place): number | null {
  const number = (key: string): number | undefined => {
    const value = field(stat, key);
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'boolean') return Number(value);
    if (typeof value === 'number') return value;
    throw badInput(place, `expected a number as '${key}' of ${name}, got ${kindOf(value)}`);
  };
  const count = number('count');
  if (count === 0) return null;
  const mean = number('mean');
  if (mean !== undefined) return mean;
  const sum = number('sum');
  return sum === undefined || count === undefined ? null : sum / count;
}

function figuresOf(metrics: ReadonlyMap<string, Mean>): Answer {
  const first = (names: string[]) =>
    names.map((name) => metrics.get(name)?.value).find((value) => value !== undefined && value !== null);
  return { tokensIn: first(TOKENS_IN) ?? undefined, tokensOut: first(TOKENS_OUT) ?? undefined };
}

/**
 * HELM: `<suite>/<run>/{run_spec.json, scenario_state.json, per_instance_stats.json}`, gzipped or not. The dataset is
 * the name of the run without its model; trials are averaged; perturbed copies are dropped.
 */
export const helmImporter: Importer = {
  source: 'helm',
  claims,
  async read(files, context) {
    const isKnown = ({ path }: InputFile) => ALL_NAMES.includes(nameOf(path));
    const [first] = files;
    if (first !== undefined && !files.some(isKnown)) {
      throw badInput({ file: first.path }, `expected a run folder with ${SPEC}, ${STATE} and ${STATS}`);
    }
    for (const run of runsOf(files)) await new RunReader(run, context).read();
  },
};
