/**
 * Decides which runs of a tool are about the same dataset and the same model.
 *
 * - Runs that differ in a setting of the task (its arguments, the number of examples, the judge) are of different datasets.
 * - Runs that differ in a setting of the model (effort, arguments of the model, solver) are of different candidates.
 * - Of several versions of one run (a log that was scored anew or edited) the newest counts.
 * - Further runs with equal settings are repetitions: their scores are averaged, see `Answer.repeats`.
 */
import { textHash } from './text-hash.js';

/** Settings by name, in the tool's own words. */
export type Settings = Readonly<Record<string, string>>;

/** A tool's run of one model on one task. */
export interface Run {
  dataset: string;
  model: string;
  taskSettings: Settings;
  modelSettings: Settings;
}

export interface RunNames {
  dataset: string;
  model: string;
}

/** Longer values are cut, and told apart by a hash. */
const LONGEST_VALUE = 60;

/** Settings of a tool's execution, which change neither the question nor the model. */
const EXECUTION =
  /^(api_?key|base_?url|model_base_url|device(_map)?|dtype|torch_dtype|batch(_size)?|max_batch_size|num_?gpus|gpu.*|tensor_parallel_size|data_parallel_size|pipeline_parallel_size|max_connections|num_concurrent|concurrency|max_retries|retries|timeout|attempt_timeout|request_timeout|cache|cache_prompt|log_.*|logprobs|top_logprobs|prompt_logprobs|stream(ing)?|stream_idle_timeout|adaptive_connections|(extra|default)_headers|verbose|trust_remote_code|tokenizer_backend|tokenized_requests|swap_space|enforce_eager|(\w+_)?seed)$/i;

/** Settings that define a candidate for a router, whatever it was asked. */
const DEFINING = /effort|reason|think|budget|solver|revision|peft|adapter|quant|instruction|prompt/i;

/** Returns a value as the text of a setting: texts as they are, the rest as JSON with sorted keys. */
export function settingText(value: unknown): string {
  const sorted = (_: string, of: unknown) =>
    typeof of === 'object' && of !== null && !Array.isArray(of)
      ? Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)))
      : of;
  return typeof value === 'string' ? value : (JSON.stringify(value, sorted) ?? '');
}

/** Returns the settings of an object from a file, without empty values and settings of the execution alone. */
export function settingsOf(fields: unknown): Settings {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return {};
  const given = Object.entries(fields).filter(([name, value]) => {
    return value !== null && value !== undefined && value !== '' && !EXECUTION.test(name);
  });
  return Object.fromEntries(given.map(([name, value]) => [name, settingText(value)]));
}

/** Returns the settings in which the runs differ. */
function differing(all: readonly Settings[]): string[] {
  const names = [...new Set(all.flatMap((settings) => Object.keys(settings)))].sort();
  return names.filter((name) => new Set(all.map((settings) => settings[name])).size > 1);
}

function shortened(value: string): string {
  const line = value.replace(/\s+/g, ' ').trim();
  if (line.length <= LONGEST_VALUE) return line;
  const [high, low] = textHash(value);
  return `${line.slice(0, LONGEST_VALUE / 2)}… #${((high ^ low) >>> 0).toString(16)}`;
}

/** Appends the differing settings to a name, such as `sums (num_fewshot=5)`. */
function qualified(name: string, settings: Settings, names: readonly string[]): string {
  const parts = names.flatMap((key) => {
    const value = settings[key];
    if (value === undefined) return [];
    return `${key}=${shortened(value)}`;
  });
  return parts.length === 0 ? name : `${name} (${parts.join(', ')})`;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * Returns the settings that tell the candidates of one model apart: those that define a candidate, and any other in
 * which runs on the same dataset differ. A limit of length that is different from task to task makes no new candidate.
 */
function differingOf(runs: readonly Run[], datasetOf: (run: Run) => string): string[] {
  const anywhere = differing(runs.map(({ modelSettings }) => modelSettings)).filter((name) => DEFINING.test(name));
  const within = [...grouped(runs, datasetOf).values()].flatMap((group) =>
    differing(group.map(({ modelSettings }) => modelSettings)),
  );
  return [...new Set([...anywhere, ...within])].sort();
}

/**
 * Returns the names of datasets and models in an index, in the order of the runs: the plain name, followed by the
 * settings in which the runs of that name differ. Needs all runs at once.
 */
export function nameRuns(runs: readonly Run[]): RunNames[] {
  const taskKeys = new Map(
    [...grouped(runs, ({ dataset }) => dataset)].map(([name, group]) => [
      name,
      differing(group.map(({ taskSettings }) => taskSettings)),
    ]),
  );
  const datasetOf = ({ dataset, taskSettings }: Run) => qualified(dataset, taskSettings, taskKeys.get(dataset) ?? []);
  const modelKeys = new Map(
    [...grouped(runs, ({ model }) => model)].map(([name, group]) => [name, differingOf(group, datasetOf)]),
  );
  return runs.map((run) => ({
    dataset: datasetOf(run),
    model: qualified(run.model, run.modelSettings, modelKeys.get(run.model) ?? []),
  }));
}

/** A metric of a dataset, with the settings of its computation: the judge, the reference. */
export interface Measure {
  dataset: string;
  metric: string;
  settings: Settings;
}

/**
 * Returns the names of metrics, in the given order: the plain name, followed by the settings in which the measures of
 * that dataset and metric differ, such as `preference (judge: a)`. The addition contains no `=`, since the option that
 * chooses a metric separates the dataset by it.
 */
export function nameMetrics(measures: readonly Measure[]): string[] {
  const keyOf = ({ dataset, metric }: Measure) => JSON.stringify([dataset, metric]);
  const keys = new Map(
    [...grouped(measures, keyOf)].map(([key, group]) => [key, differing(group.map(({ settings }) => settings))]),
  );
  return measures.map((measure) => {
    const parts = (keys.get(keyOf(measure)) ?? []).flatMap((key) => {
      const value = measure.settings[key];
      return value === undefined ? [] : `${key}: ${shortened(value)}`;
    });
    return parts.length === 0 ? measure.metric : `${measure.metric} (${parts.join(', ').replaceAll('=', ':')})`;
  });
}

/** A log, which may be one of several versions of a run. */
export interface Version {
  /** Equal for all versions of one run; `undefined` if the tool does not number its runs. */
  runId: string | undefined;
  /** Time of the last change, in any form that sorts by time, such as ISO 8601. */
  changed: string;
}

/** Returns the newest version of each run, in the given order, and the others. Of equal times the last one counts. */
export function newestVersions<T extends Version>(logs: readonly T[]): { newest: T[]; superseded: T[] } {
  const chosen = new Map<string, T>();
  for (const log of logs) {
    if (log.runId === undefined) continue;
    const before = chosen.get(log.runId);
    if (before === undefined || log.changed >= before.changed) chosen.set(log.runId, log);
  }
  const isNewest = (log: T) => log.runId === undefined || chosen.get(log.runId) === log;
  return { newest: logs.filter(isNewest), superseded: logs.filter((log) => !isNewest(log)) };
}
