/** Reads the results_*.json of lm-evaluation-harness, which describe the runs whose samples lie beside them. */
import { field, isObject, numberField, textField } from '../fields.js';
import type { InputFile, ReadFileOptions } from '../input-file.js';
import { readJsonParts } from '../json.js';
import { type Settings, settingsOf } from '../runs.js';

/** Date and time as the harness appends them to names. */
export const DATE = /_(\d{4}-\d{2}-\d{2}T\d{2}[-:]\d{2}[-:]\d{2}(?:[-.,]\d+)?(?:[+-]\d{2}[-:]?\d{2}|Z)?)$/i;

/** Arguments that name the model. */
const NAMES = ['pretrained', 'model', 'path', 'model_name', 'engine'];
/** Parts of the document that are used; the rest may be long. */
const PARTS = ['configs', 'n-shot', 'higher_is_better', 'versions', 'results', 'config', 'model_name'].concat([
  'system_instruction',
  'chat_template_sha',
]);

/** The results of a run: one model on one or several tasks. */
export interface Results {
  folder: string;
  /** Date in the name of the file; `undefined` for the `results.json` of old versions. */
  date: string | undefined;
  tasks: string[];
  model: string | undefined;
  modelSettings: Settings;
  /** Number of examples before the question; `undefined` if it is unknown. */
  shotsOf(task: string): number | undefined;
  delimiterOf(task: string): string;
  /** The text before all examples and questions of a task; empty if there is none. */
  descriptionOf(task: string): string;
  taskSettingsOf(task: string): Settings;
  /** Names of the filters in their order. */
  filtersOf(task: string): string[];
  /** Metrics of which less is better, as `name` and `name,filter`. */
  lowerIsBetterOf(task: string): string[];
  /** Whether an instruction or a chat template stands around each question. */
  isWrapped: boolean;
}

/** Returns the arguments of a model: an object, or text such as `pretrained=acme/great,dtype=float16`. */
function argumentsOf(value: unknown): Record<string, unknown> {
  if (isObject(value)) return value;
  if (typeof value !== 'string') return {};
  const pairs = value.split(/,(?=[\w-]+=)/).map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]);
  return Object.fromEntries(pairs.filter(([name]) => name !== ''));
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);

export async function readResults(file: InputFile, options: ReadFileOptions): Promise<Results> {
  const parts: Record<string, unknown> = {};
  const paths = PARTS.map((name) => `$.${name}`);
  await readJsonParts(file, paths, ({ value, path }) => Object.assign(parts, { [String(path[0])]: value }), options);
  const name = (file.path.split('/').at(-1) ?? '').replace(/(\.json)?(\.gz)?$/i, '');
  const config = field(parts, 'config');
  const given = argumentsOf(field(config, 'model_args'));
  const named = NAMES.map((key) => given[key]).find((value) => typeof value === 'string' && value !== '');
  const modelArguments = Object.fromEntries(Object.entries(given).filter(([key]) => !NAMES.includes(key)));
  const instruction = textField(parts, 'system_instruction');
  const template = textField(parts, 'chat_template_sha');
  const configOf = (task: string) => field(parts, 'configs', task);
  const shotsOf = (task: string) => numberField(parts, 'n-shot', task) ?? numberField(configOf(task), 'num_fewshot');
  const filtersOf = (task: string) => {
    const list = field(configOf(task), 'filter_list');
    return Array.isArray(list) ? list.map((filter) => textField(filter, 'name') ?? 'none') : [];
  };
  return {
    folder: folderOf(file.path),
    date: DATE.exec(name)?.[1],
    tasks: Object.keys((field(parts, 'configs') ?? field(parts, 'results') ?? {}) as object),
    model: textField(parts, 'model_name') || (named as string | undefined),
    modelSettings: {
      ...settingsOf(modelArguments),
      ...settingsOf(argumentsOf(field(config, 'gen_kwargs'))),
      ...settingsOf({ system_instruction: instruction, chat_template_sha: template }),
    },
    shotsOf,
    delimiterOf: (task) => textField(configOf(task), 'fewshot_delimiter') ?? '\n\n',
    descriptionOf: (task) => textField(configOf(task), 'description')?.trim() ?? '',
    taskSettingsOf: (task) => settingsOf({ num_fewshot: shotsOf(task), version: field(parts, 'versions', task) }),
    filtersOf,
    lowerIsBetterOf: (task) => {
      const directions = Object.entries((field(parts, 'higher_is_better', task) ?? {}) as object);
      const lower = directions.filter(([, higher]) => higher === false).map(([metric]) => metric);
      return lower.flatMap((metric) => [metric, ...filtersOf(task).map((filter) => `${metric},${filter}`)]);
    },
    isWrapped: Boolean(instruction) || Boolean(template),
  };
}

/** Returns the results of the run that wrote a file of samples: those of the same date, or the only ones of the folder. */
export function resultsFor(all: readonly Results[], path: string, date: string | undefined): Results | undefined {
  const beside = all.filter(({ folder }) => folder === folderOf(path));
  const sameDate = beside.filter((results) => results.date === date);
  if (sameDate.length > 0) return sameDate[0];
  return beside.length === 1 && (date === undefined || beside[0]?.date === undefined) ? beside[0] : undefined;
}
