/** Groups HELM's files into runs, and tells which runs are of one dataset and model. */
import { type Fields, field, isObject, optionalText, requiredObject, textField } from '../fields.js';
import { badInput, type InputFile, type ReadFileOptions } from '../input-file.js';
import { readJson, readJsonParts } from '../json.js';
import type { Place } from '../records.js';
import { nameRuns, type Settings, settingsOf, settingText } from '../runs.js';

export const SPEC = 'run_spec.json';
export const STATE = 'scenario_state.json';
export const STATS = 'per_instance_stats.json';

/** Settings of the adapter that belong to the dataset, whichever model is asked. */
const TASK_SETTINGS = ['max_train_instances', 'method'];
/** Settings of the adapter that belong to the model. */
const MODEL_SETTINGS = ['model_deployment', 'temperature', 'max_tokens'];
/** Settings of the adapter that change neither the question nor the model. */
const EXECUTION = ['model', 'max_eval_instances', 'num_train_trials', 'num_trials', 'random', 'eval_splits'];

/** The files of one folder, by name. */
export interface RunFolder {
  folder: string;
  files: Map<string, InputFile>;
}

/** A whole run, with its names in the index. */
export interface HelmRun {
  state: InputFile;
  stats: InputFile;
  dataset: string;
  model: string;
}

export const nameOf = (path: string) => (path.split('/').at(-1) ?? '').toLowerCase().replace(/\.gz$/, '');

/** Groups files by folder, in the order of each folder's first file. Errors: `invalid_argument` for twins. */
export function runFolders(files: readonly InputFile[], isKnown: (name: string) => boolean): RunFolder[] {
  const runs = new Map<string, RunFolder>();
  for (const file of files) {
    const name = nameOf(file.path);
    const folder = file.path.split('/').slice(0, -1).join('/');
    const run = runs.get(folder) ?? { folder, files: new Map() };
    const twin = run.files.get(name);
    if (twin !== undefined && isKnown(name))
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

/** A run before its samples are read. */
interface Head {
  dataset: string;
  model: string;
  /** Settings of the scenario and the annotators. */
  scenario: Settings;
  adapter: Settings;
}

async function stateAdapter(state: InputFile, options: ReadFileOptions): Promise<unknown> {
  let adapter: unknown;
  const onPart = ({ value }: { value: unknown }) => {
    adapter = value;
    return false;
  };
  await readJsonParts(state, ['$.adapter_spec'], onPart, options);
  return adapter;
}

async function readSpec(file: InputFile | undefined, options: ReadFileOptions): Promise<Fields> {
  if (file === undefined) return {};
  const place = { file: file.path };
  const spec = requiredObject(await readJson(file, options), place, 'the run specification');
  optionalText(spec, place, 'name');
  return spec;
}

function modelOf(adapters: readonly unknown[], place: Place): string {
  for (const key of ['model', 'model_deployment']) {
    for (const adapter of adapters) {
      const model = optionalText(adapter, place, key);
      if (model !== undefined && model !== '') return model;
    }
  }
  throw badInput(place, "no text at 'adapter_spec.model', here or in run_spec.json, expected the model's name");
}

async function headOf({ folder, files }: RunFolder, state: InputFile, options: ReadFileOptions): Promise<Head> {
  const place = { file: state.path };
  const spec = await readSpec(files.get(SPEC), options);
  const ownModel = textField(spec, 'adapter_spec', 'model') ?? '';
  const adapters = [spec.adapter_spec, ownModel === '' ? await stateAdapter(state, options) : undefined];
  const model = modelOf(adapters, place);
  const dataset = datasetOf(textField(spec, 'name') ?? folder.split('/').at(-1) ?? '');
  if (dataset === '') throw badInput(place, `expected ${SPEC} or a folder that names the run, got neither`);
  const args = field(spec, 'scenario_spec', 'args');
  const annotators = Array.isArray(spec.annotators) && spec.annotators.length > 0 ? spec.annotators : undefined;
  return {
    dataset,
    model,
    scenario: settingsOf({ ...(isObject(args) ? args : {}), annotators }),
    adapter: settingsOf(adapters.find(isObject)),
  };
}

const only = (settings: Settings, isWanted: (name: string) => boolean): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => isWanted(name)));

/**
 * Returns the names of the runs. HELM adapts prompts to models (`instructions`, `stop_sequences`), so that the runs of
 * two models differ in such settings without being of two datasets; two runs of one model are.
 */
function namesOf(heads: readonly Head[]) {
  const differs = new Map<string, Set<string>>();
  const first = new Map<string, Settings>();
  for (const { dataset, model, adapter } of heads) {
    const key = settingText([dataset, model]);
    const before = first.get(key) ?? adapter;
    first.set(key, before);
    const names = differs.get(dataset) ?? new Set();
    differs.set(dataset, names);
    for (const name of [...Object.keys(before), ...Object.keys(adapter)]) {
      if (before[name] !== adapter[name]) names.add(name);
    }
  }
  const isTask = (dataset: string, name: string) =>
    TASK_SETTINGS.includes(name) ||
    (differs.get(dataset)?.has(name) === true && !MODEL_SETTINGS.includes(name) && !EXECUTION.includes(name));
  return nameRuns(
    heads.map(({ dataset, model, scenario, adapter }) => ({
      dataset,
      model,
      taskSettings: { ...scenario, ...only(adapter, (name) => isTask(dataset, name)) },
      modelSettings: only(adapter, (name) => MODEL_SETTINGS.includes(name)),
    })),
  );
}

/** Returns the runs with both files, with their names. */
export async function namedRuns(folders: readonly RunFolder[], options: ReadFileOptions): Promise<HelmRun[]> {
  const heads: Head[] = [];
  const files: Pick<HelmRun, 'state' | 'stats'>[] = [];
  for (const folder of folders) {
    const [state, stats] = [folder.files.get(STATE), folder.files.get(STATS)];
    if (state === undefined || stats === undefined) continue;
    heads.push(await headOf(folder, state, options));
    files.push({ state, stats });
  }
  const names = namesOf(heads);
  return files.map((of, i) => ({ ...of, ...(names[i] as { dataset: string; model: string }) }));
}
