/** HELM run folders: prompts from scenario_state.json, joined with the scores of per_instance_stats.json. */
import { field, isObject, kindOf, optionalText, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile, noResults } from '../input-file.js';
import { readJsonParts } from '../json.js';
import { promptText } from '../messages.js';
import type { Answer, ImportContext, Place, RecordSink } from '../records.js';
import { SampleKeys } from '../sample-keys.js';
import { type HelmRun, namedRuns, nameOf, type RunFolder, runFolders, SPEC, STATE, STATS } from './helm-runs.js';

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
/** Metrics of which HELM's schemas say that less is better, apart from those in `BOOKKEEPING`. */
const LOWER_IS_BETTER =
  /^(absolute_value_difference|distance|bbq_metric_(un)?ambiguous_bias|bias_metric:.+|bits_per_byte|perplexity|(platt_)?ece_\d+_bin|(chinese_)?[cmw]er(_score)?|error_rate|decodingtrust_privacy_leakage_rate|(demographic_parity|equalized_odds)_difference|longest_common_prefix_length|copyright_human|(blacked_out|nsfw|nudity|toxic|watermark)_frac(_given_.+)?|expected_max_.+|max_.+_probability(_given_.+)?|expected_lpips_score|fid|kernel_inception_distance|fractal_dimension_loss|(gender|skin_tone)_imbalance)$/;
const CUT_OFF = 'length';
const TOKENS_IN = ['num_prompt_tokens'];
const TOKENS_OUT = ['num_output_tokens', 'num_completion_tokens'];

interface Instance {
  prompt: string | undefined;
  split: string | undefined;
  subSplit: string | undefined;
  /** Whether any request failed. */
  hasFailed: boolean;
  isCutOff: boolean | undefined;
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

/** Returns a key that tells perturbations apart: name and settings. */
function perturbationKey(perturbation: unknown): string | undefined {
  if (perturbation === undefined || perturbation === null) return undefined;
  if (!isObject(perturbation)) return String(perturbation);
  const settings = Object.entries(perturbation).filter(([key]) => key !== 'computed_on');
  return settings.map(([key, value]) => `${key}=${typeof value === 'object' ? '' : String(value)}`).join(',');
}

/** Returns the question of a request: the instance's text, or the last turns of its conversation. */
function promptOf(state: unknown, instance: unknown, place: Place): string | undefined {
  const text = optionalText(instance, place, 'input', 'text');
  if (text !== undefined && text !== '') return text;
  const media = field(instance, 'input', 'multimedia_content', 'media_objects');
  const conversations = [
    field(instance, 'input', 'messages'),
    Array.isArray(media) ? [{ content: media }] : undefined,
    field(state, 'request', 'messages'),
  ];
  const asked = conversations.map(promptText).find((turns) => turns !== undefined && turns !== '');
  return asked ?? (optionalText(state, place, 'request', 'prompt') || undefined);
}

/** Returns whether any completion ended at a length limit; `undefined` if none says how it ended. */
function isCutOff(state: unknown): boolean | undefined {
  const completions = field(state, 'result', 'completions');
  if (!Array.isArray(completions)) return undefined;
  const reasons = completions.map((one) => textField(one, 'finish_reason', 'reason')).filter((r) => r !== undefined);
  return reasons.length === 0 ? undefined : reasons.includes(CUT_OFF);
}

/** Reads one run. */
class RunReader {
  readonly #run: HelmRun;
  readonly #context: ImportContext;
  readonly #sink: RecordSink;
  readonly #instances = new Map<string, Instance>();
  /** Means by instance, then by name of the metric. */
  readonly #metrics = new Map<string, Map<string, Mean>>();
  /** A perturbed copy occurs in both files, possibly in several requests, but is counted once. */
  readonly #perturbed = new Set<string>();
  /** Datasets and metrics that the sink knows to be turned round, over all runs. */
  readonly #turned: Set<string>;

  constructor(run: HelmRun, turned: Set<string>, context: ImportContext) {
    this.#run = run;
    this.#turned = turned;
    this.#context = context;
    this.#sink = context.sink;
  }

  /** Reads the run into the sink. Returns the file and the reason if the run has no requests or no statistics. */
  async read(keys: SampleKeys): Promise<Incomplete | undefined> {
    const { state, stats } = this.#run;
    const reason = await this.#readState(state);
    if (reason !== undefined) return { place: { file: state.path }, reason };
    if (!(await this.#readStats(stats))) {
      return { place: { file: stats.path }, reason: 'expected a list of statistics, got none' };
    }
    this.#emit(keys);
    return undefined;
  }

  /** Returns the reason why there are no requests; `undefined` if there are some. */
  async #readState(file: InputFile): Promise<string | undefined> {
    let adapters = 0;
    let states = 0;
    const paths = ['$.adapter_spec', '$.request_states.*'];
    const onPart = ({ value, path }: { value: unknown; path: (string | number)[] }) => {
      if (path[0] === 'adapter_spec') adapters += 1;
      else {
        this.#takeState(value, { file: `${file.path}, request state ${path[1]}` });
        states += 1;
      }
    };
    await readJsonParts(file, paths, onPart, this.#context);
    if (states > 0) return undefined;
    const what = adapters === 0 ? "neither 'adapter_spec' nor 'request_states'" : "no entry in 'request_states'";
    return `expected a scenario state with requests, got ${what}`;
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
    const known = this.#instances.get(id);
    const cutOff = isCutOff(state);
    this.#instances.set(id, {
      prompt: known?.prompt ?? promptOf(state, instance, place),
      split: known === undefined ? textField(instance, 'split') : known.split,
      subSplit: known === undefined ? textField(instance, 'sub_split') : known.subSplit,
      hasFailed: known?.hasFailed === true || field(state, 'result', 'success') === false,
      isCutOff: cutOff === undefined ? known?.isCutOff : cutOff || known?.isCutOff === true,
    });
  }

  /** Returns whether there are any statistics. */
  async #readStats(file: InputFile): Promise<boolean> {
    let entries = 0;
    const onPart = ({ value, path }: { value: unknown; path: (string | number)[] }) => {
      entries += 1;
      this.#takeEntry(value, { file: `${file.path}, entry ${path[0]}` }, path[0]);
    };
    await readJsonParts(file, ['$.*'], onPart, this.#context);
    return entries > 0;
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

  /** Tells the sink the metrics of which less is better, before their first score. */
  #tellDirections(): void {
    const { dataset } = this.#run;
    const names = new Set([...this.#metrics.values()].flatMap((metrics) => [...metrics.keys()]));
    for (const name of names) {
      const key = JSON.stringify([dataset, name]);
      if (!LOWER_IS_BETTER.test(name) || this.#turned.has(key)) continue;
      this.#turned.add(key);
      this.#sink.lowerIsBetter(dataset, name);
    }
  }

  #emit(keys: SampleKeys): void {
    const { state, stats, dataset, model } = this.#run;
    const place = { file: state.path };
    this.#tellDirections();
    for (const [id, instance] of this.#instances) {
      const metrics = this.#metrics.get(id);
      const scores = [...(metrics ?? [])].filter(([name]) => !BOOKKEEPING.some((start) => name.startsWith(start)));
      if (instance.prompt === undefined) this.#sink.drop('no_prompt', place);
      else if (instance.hasFailed) this.#sink.drop('failed', place);
      else if (metrics === undefined || scores.length === 0) this.#sink.drop('no_score', { file: stats.path });
      else {
        const key = keys.keyOf(dataset, id, instance.prompt);
        const sample = this.#sink.sample({ dataset, key, id, prompt: instance.prompt, place });
        const answer = answerOf(metrics, instance);
        for (const [name, mean] of scores) {
          this.#sink.score(sample, model, name, mean.value, { file: stats.path }, answer);
        }
      }
    }
    for (const id of this.#metrics.keys()) {
      if (!this.#instances.has(id)) this.#sink.drop('no_prompt', { file: stats.path });
    }
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

function answerOf(metrics: ReadonlyMap<string, Mean>, { isCutOff: isCutOffByState }: Instance): Answer {
  const valueBy = (name: string) => metrics.get(name)?.value ?? undefined;
  const first = (names: string[]) => names.map(valueBy).find((value) => value !== undefined);
  const cutOff = valueBy(`finish_reason_${CUT_OFF}`);
  const isUnknown = (valueBy('finish_reason_unknown') ?? 0) > 0;
  return {
    tokensIn: first(TOKENS_IN),
    tokensOut: first(TOKENS_OUT),
    isCutOff: isCutOffByState ?? (cutOff === undefined || isUnknown ? undefined : cutOff > 0),
    repeats: true,
  };
}

/** A run that is not whole: HELM was stopped, or is still running. */
interface Incomplete {
  place: Place;
  reason: string;
}

/** Returns the reason why a run is not whole; `undefined` if it is, or if the folder has accompanying files only. */
function missingFiles({ files }: RunFolder): Incomplete | undefined {
  const [state, stats] = [files.get(STATE), files.get(STATS)];
  const present = state ?? stats ?? files.get(SPEC);
  if (present === undefined || (state !== undefined && stats !== undefined)) return undefined;
  const missing = [state ?? STATE, stats ?? STATS].filter((entry) => typeof entry === 'string');
  return { place: { file: present.path }, reason: `no ${missing.join(' and ')} in the same folder` };
}

/**
 * HELM: `<suite>/<run>/{run_spec.json, scenario_state.json, per_instance_stats.json}`, gzipped or not. The dataset is
 * the name of the run without its model, with further settings if runs differ in them; trials and repeated runs are
 * averaged; perturbed copies are dropped; runs that are not whole are left out.
 */
export const helmImporter: Importer = {
  source: 'helm',
  claims,
  async read(files, context) {
    const isKnown = (name: string) => ALL_NAMES.includes(name);
    const [first] = files;
    if (first !== undefined && !files.some(({ path }) => isKnown(nameOf(path)))) {
      throw noResults({ file: first.path }, `expected a run folder with ${SPEC}, ${STATE} and ${STATS}`);
    }
    const folders = runFolders(files, isKnown);
    const incomplete = folders.flatMap((folder) => missingFiles(folder) ?? []);
    const keys = new SampleKeys();
    const turned = new Set<string>();
    let whole = 0;
    for (const run of await namedRuns(folders, { signal: context.signal })) {
      const fault = await new RunReader(run, turned, context).read(keys);
      if (fault === undefined) whole += 1;
      else incomplete.push(fault);
    }
    const [fault] = incomplete;
    if (whole === 0 && fault !== undefined) throw noResults(fault.place, fault.reason);
    for (const { place, reason } of incomplete) context.sink.drop('incomplete', place, `: ${reason}`);
  },
};
