/** Reads the heads of inspect_ai's logs: task, model and settings of the run, and the version of the log. */
import { type Fields, field, isObject, optionalText, requiredObject, requiredText, textField } from '../fields.js';
import { badInput, type InputFile, type ReadFileOptions } from '../input-file.js';
import { type JsonPart, readJsonParts } from '../json.js';
import { type Measure, nameMetrics, nameRuns, type Run, type Settings, settingsOf, settingText } from '../runs.js';
import { readZip } from '../zip.js';

export const ARCHIVE = /\.eval$/i;
/** header.json is written last; logs that are incomplete or old have start.json instead. */
const HEADER = /^(header|(_journal\/)?start)\.json$/;
export const SAMPLE = /^samples\/.+\.json$/;
const HEAD_PATHS = ['eval', 'status', 'plan', 'stats', 'results', 'log_updates'].map((name) => `$.${name}`);

/** Roles of models that grade answers; other roles belong to the candidate. */
const GRADER_ROLE = /grad|judge|scor|critic|eval/i;
/** Settings of a run that decide how far an answer may go. */
const LIMITS = ['message_limit', 'token_limit', 'turn_limit', 'cost_limit'];

/** A log before its samples are read. */
export interface LogHead {
  file: InputFile;
  run: Run;
  /** Options of each scorer, which name the judge. */
  scorers: ReadonlyMap<string, Settings>;
  /** The arguments that the user passed, without defaults; `undefined` in logs of older versions, which have no defaults. */
  passedArgs: Settings | undefined;
  /** The names of the task's solvers, and the generate config that they use. */
  plan: Settings;
  /** Name of the model in the log's figures. */
  model: string;
  status: string | undefined;
  hasSamples: boolean;
  created: string;
  runId: string | undefined;
  changed: string;
}

/** A log with its names in the index. */
export interface NamedLog extends LogHead {
  dataset: string;
  modelName: string;
  /** Returns the name of a scorer's metric. */
  metricOf(scorer: string): string;
}

/** The parts of a log that come before its samples, or after them. */
type Parts = Fields & { hasSamples: boolean };

async function readParts(file: InputFile, options: ReadFileOptions): Promise<Parts> {
  const parts: Parts = { hasSamples: false };
  const onPart = ({ value, path }: JsonPart) => {
    if (path[0] === 'samples') parts.hasSamples = true;
    else parts[String(path[0])] = value;
    return !(parts.hasSamples && parts.eval !== undefined && parts.stats !== undefined);
  };
  if (!ARCHIVE.test(file.path)) {
    await readJsonParts(file, [...HEAD_PATHS, '$.samples.*'], onPart, options);
    return parts;
  }
  const isWanted = (name: string) => {
    parts.hasSamples ||= SAMPLE.test(name);
    return HEADER.test(name);
  };
  const onMember = (member: InputFile) =>
    readJsonParts(member, HEAD_PATHS, ({ value, path }) => Object.assign(parts, { [String(path[0])]: value }), options);
  await readZip(file, isWanted, onMember, options);
  return parts;
}

/** Returns the name of a model, where a setting describes one by an object. */
function modelText(value: unknown): unknown {
  const [first] = Array.isArray(value) ? value : [value];
  return textField(first, 'model') ?? value;
}

/** Returns settings, with the names of those that are models. */
function withModelNames(fields: unknown): Fields {
  if (!isObject(fields)) return {};
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, modelText(value)]));
}

/** Returns the options of each scorer; older logs have them in the results. */
function scorersOf(spec: Fields, results: unknown): Map<string, Settings> {
  const listed = field(spec, 'scorers') ?? field(results, 'scores') ?? [field(results, 'scorer')];
  const scorers = new Map<string, Settings>();
  for (const scorer of Array.isArray(listed) ? listed : []) {
    const name = textField(scorer, 'name');
    const options = field(scorer, 'options') ?? field(scorer, 'params');
    if (name !== undefined) scorers.set(name, settingsOf(withModelNames(options)));
  }
  return scorers;
}

function planOf(plan: unknown): Settings {
  const steps = field(plan, 'steps');
  const solvers = Array.isArray(steps) ? steps.map((step) => textField(step, 'solver') ?? '') : [];
  const solver = solvers.map((name) => name.replace(/^inspect_ai\//, '')).join(', ');
  return { ...settingsOf(field(plan, 'config')), ...settingsOf({ solver }) };
}

function taskSettingsOf(spec: Fields, args: unknown): Settings {
  const roles = Object.entries(withModelNames(field(spec, 'model_roles'))).filter(([role]) => GRADER_ROLE.test(role));
  const limits = LIMITS.map((name) => [name, field(spec, 'config', name)]);
  return settingsOf({
    ...(isObject(args) ? args : {}),
    ...(field(spec, 'task_version') === 0 ? {} : { task_version: field(spec, 'task_version') }),
    ...Object.fromEntries([...limits, ...roles]),
  });
}

/** Returns a solver with the arguments that the user passed; older versions log no others. */
function solverOf(spec: Fields): string | undefined {
  const name = textField(spec, 'solver');
  const args = settingsOf(field(spec, 'solver_args_passed') ?? field(spec, 'solver_args'));
  return name === undefined || Object.keys(args).length === 0 ? name : `${name} ${settingText(args)}`;
}

/** Returns the settings of the model. Older versions log its generate config with the plan only. */
function modelSettingsOf(spec: Fields, plan: unknown): Settings {
  const roles = Object.entries(withModelNames(field(spec, 'model_roles'))).filter(([role]) => !GRADER_ROLE.test(role));
  return {
    ...settingsOf(field(spec, 'model_args')),
    ...settingsOf(field(spec, 'model_generate_config') ?? field(plan, 'config')),
    ...settingsOf({ solver: solverOf(spec), ...Object.fromEntries(roles) }),
  };
}

/** Returns the latest of the times as ISO 8601; empty if none is readable. */
export function latest(times: readonly unknown[]): string {
  const numbers = times.map((time) => (typeof time === 'string' ? Date.parse(time) : Number.NaN));
  const readable = numbers.filter((time) => Number.isFinite(time));
  return readable.length === 0 ? '' : new Date(Math.max(...readable)).toISOString();
}

/**
 * Returns the position of a log among the versions of its run: finished ones are newer, then the time counts, then the
 * name: `inspect score` writes `x-scored.eval`, then `x-scored-1.eval`, with the times of `x.eval`.
 */
function changedOf(file: InputFile, status: string | undefined, time: string): string {
  const scored = /-scored(?:-(\d{1,5}))?\.[a-z.]+$/i.exec(file.path);
  const copy = scored === null ? 0 : Number(scored[1] ?? 0) + 1;
  return `${Number(status === 'success')} ${time.padEnd(24)} ${String(copy).padStart(6, '0')}`;
}

function runIdOf(spec: Fields, run: Run): string | undefined {
  const id = textField(spec, 'task_id') || textField(spec, 'run_id');
  return id === undefined || id === '' ? undefined : settingText([id, run]);
}

/** Reads the head of a log. Errors: `invalid_argument` if it does not name task and model. */
export async function readLogHead(file: InputFile, options: ReadFileOptions): Promise<LogHead> {
  const place = { file: file.path };
  const parts = await readParts(file, options);
  if (parts.eval === undefined) throw badInput(place, "no object at 'eval', expected the log's specification");
  const spec = requiredObject(parts.eval, place, "'eval'");
  const dataset = optionalText(spec, place, 'task') || requiredText({ eval: spec }, place, 'eval', 'task');
  const model = optionalText(spec, place, 'model') || requiredText({ eval: spec }, place, 'eval', 'model');
  const run = {
    dataset,
    model,
    taskSettings: taskSettingsOf(spec, field(spec, 'task_args')),
    modelSettings: modelSettingsOf(spec, parts.plan),
  };
  const status = textField(parts, 'status');
  const created = latest([field(spec, 'created')]);
  const edits = Array.isArray(parts.log_updates) ? parts.log_updates : [];
  const updates = edits.map((edit) => field(edit, 'provenance', 'timestamp'));
  return {
    file,
    run,
    scorers: scorersOf(spec, parts.results),
    passedArgs:
      field(spec, 'task_args_passed') === undefined ? undefined : taskSettingsOf(spec, field(spec, 'task_args_passed')),
    plan: planOf(parts.plan),
    model,
    status,
    hasSamples: parts.hasSamples,
    created,
    runId: runIdOf(spec, run),
    changed: changedOf(file, status, latest([created, field(parts.stats, 'completed_at'), ...updates])),
  };
}

/** Times in samples at which a score was computed, edited or declared invalid. */
const CHANGES = ['events.*.timestamp', 'scores.*.history.*.provenance.timestamp', 'invalidation.timestamp'];

/** Returns the head with the time of the last change to any sample, which the head of a log does not have. */
export async function withLastChange(log: LogHead, options: ReadFileOptions): Promise<LogHead> {
  let last = '';
  const onPart = ({ value }: JsonPart) => {
    last = latest([last, value]);
  };
  const paths = (prefix: string) => CHANGES.map((path) => `$.${prefix}${path}`);
  if (ARCHIVE.test(log.file.path)) {
    const isSample = (name: string) => SAMPLE.test(name);
    await readZip(log.file, isSample, (member) => readJsonParts(member, paths(''), onPart, options), options);
  } else {
    await readJsonParts(log.file, paths('samples.*.'), onPart, options);
  }
  const [, time = ''] = log.changed.split(' ');
  return { ...log, changed: changedOf(log.file, log.status, latest([time, last])) };
}

/** Returns, for each run, the settings of its plan that tell it from a run that is otherwise equal. */
function planSettings(runs: readonly Run[], logs: readonly LogHead[]): Settings[] {
  const plans = new Map<string, Settings[]>();
  for (const [i, run] of runs.entries()) {
    const key = settingText(run);
    plans.set(key, [...(plans.get(key) ?? []), logs[i]?.plan ?? {}]);
  }
  return runs.map((run, i) => {
    const others = plans.get(settingText(run)) ?? [];
    const own = Object.entries(logs[i]?.plan ?? {});
    return Object.fromEntries(own.filter(([name, value]) => others.some((plan) => plan[name] !== value)));
  });
}

/**
 * Returns runs that can be compared: arguments with their defaults only if all logs of a task have them, and the
 * settings of the plan if the logs differ in nothing else.
 */
function comparable(logs: readonly LogHead[]): Run[] {
  const isOld = new Set(logs.filter(({ passedArgs }) => passedArgs === undefined).map(({ run }) => run.dataset));
  const runs = logs.map(({ run, passedArgs }) =>
    isOld.has(run.dataset) && passedArgs !== undefined ? { ...run, taskSettings: passedArgs } : run,
  );
  const plans = planSettings(runs, logs);
  return runs.map((run, i) => ({ ...run, modelSettings: { ...plans[i], ...run.modelSettings } }));
}

/** Returns the logs with the names of their datasets, models and metrics, which depend on all of them. */
export function namedLogs(logs: readonly LogHead[]): NamedLog[] {
  const names = nameRuns(comparable(logs));
  const measures = logs.map(({ scorers }, i): Measure[] => {
    const { dataset } = names[i] as { dataset: string };
    return [...scorers].map(([metric, settings]) => ({ dataset, metric, settings }));
  });
  const metrics = nameMetrics(measures.flat());
  let next = 0;
  return logs.map((log, i) => {
    const own = new Map((measures[i] as Measure[]).map(({ metric }) => [metric, metrics[next++] as string]));
    const { dataset, model } = names[i] as { dataset: string; model: string };
    return { ...log, dataset, modelName: model, metricOf: (scorer) => own.get(scorer) ?? scorer };
  });
}
