/** promptfoo: `eval -o results.json`, `.jsonl`, `.yaml` or `.csv`, one result per test, prompt and provider. */
import { type Fields, field, isObject, numberField, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile, type ReadFileOptions } from '../input-file.js';
import { type JsonPart, readJsonLines, readJsonParts } from '../json.js';
import { askedIn } from '../messages.js';
import { SharedParts } from '../question.js';
import type { Answer, ImportContext, Place } from '../records.js';
import { nameRuns, type RunNames, type Settings, settingsOf, settingText } from '../runs.js';
import { headKeys } from '../table.js';
import { textKey } from '../text-hash.js';
import { readYaml } from '../yaml.js';
import { scoreOf } from './cells.js';
import { stemOf } from './long.js';
import { isPromptfooCsv, readPromptfooCsv } from './promptfoo-csv.js';

const DOCUMENT = /^\s*\{\s*("evalId"\s*:\s*("[^"]*"|null)\s*,\s*)?"results"\s*:\s*\{\s*"version"\s*:/;
const YAML_DOCUMENT = /^(evalId:.*\n)?results:\s*\n\s+version:/;
const YAML = /\.ya?ml$/i;
/** Keys of a line that other tools' lines do not have together. */
const LINE_KEYS = ['promptIdx', 'provider', 'score', 'success', 'vars'];
const ID_DIGITS = 12;
/** Stands in place of texts that promptfoo was told not to write. */
const STRIPPED = '[prompt stripped]';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The failure was the provider's: no answer was scored. */
const ERROR = 2;

const CSV = /\.csv(\.gz)?$/i;
const FORM = /\.(jsonl?|ndjson|ya?ml|csv)(\.gz)?$/i;

function claims(_file: InputFile, head: FileHead): boolean {
  const { name, text } = head;
  if (name.endsWith('.json')) return DOCUMENT.test(text);
  if (YAML.test(name)) return YAML_DOCUMENT.test(text);
  if (name.endsWith('.csv')) return isPromptfooCsv(head);
  if (!/\.(jsonl|ndjson)$/.test(name)) return false;
  const keys = headKeys(text.trimStart());
  return LINE_KEYS.every((key) => keys.includes(key));
}

type OnResult = (result: Fields, place: Place) => void;

async function readResults(file: InputFile, onResult: OnResult, options: ReadFileOptions): Promise<void> {
  let count = 0;
  const take = (value: unknown, line: number) => {
    const place = { file: file.path, line };
    onResult(requiredObject(value, place, 'the result'), place);
  };
  const onPart = ({ value }: { value: unknown }) => {
    count += 1;
    take(value, count);
  };
  const name = file.path.replace(/\.gz$/i, '');
  if (/\.(jsonl|ndjson)$/i.test(name)) await readJsonLines(file, take, options);
  else if (CSV.test(name)) await readPromptfooCsv(file, take, options);
  else if (YAML.test(name)) {
    const list = field(await readYaml(file, options), 'results', 'results');
    if (!Array.isArray(list)) throw badInput({ file: file.path }, "no list at 'results.results'");
    for (const [i, result] of list.entries()) take(result, i + 1);
  } else await readJsonParts(file, ['$.results.results.*'], onPart, options);
}

/** A provider with a prompt, in one file. */
interface Column {
  id: string;
  label: string;
  prompt: string;
  dataset: string;
  /** The provider's settings, if they are others in another file. */
  settings: Settings;
  /** Its number in the file; a provider with other settings has another one. */
  index: number | undefined;
}

function columnOf(result: Fields, { dataset, settings }: Evaluation, place: Place): Column {
  const provider = field(result, 'provider');
  const id = typeof provider === 'string' ? provider : requiredText(result, place, 'provider', 'id');
  const label = textField(provider, 'label') ?? '';
  return {
    id,
    label,
    prompt: textField(result, 'prompt', 'label') ?? '',
    dataset,
    settings: settings.get(providerKey(id, label)) ?? {},
    index: numberField(result, 'promptIdx'),
  };
}

const keyOf = ({ id, label, prompt, dataset, settings }: Column) =>
  JSON.stringify([id, label, prompt, dataset, settingText(settings)]);

/** An evaluation as a whole, as its file describes it. */
interface Evaluation {
  /** The description of the evaluation, or the name of the file. */
  dataset: string;
  /** The settings of its providers, by id and label. */
  settings: Map<string, Settings>;
}

const providerKey = (id: string, label: string) => JSON.stringify([id, label]);

/** Returns the id and the options in an entry of the list of providers: a text, options with an id, or options below it. */
function listed(provider: unknown): [id: string, options: unknown] {
  if (typeof provider === 'string') return [provider, {}];
  const id = textField(provider, 'id');
  if (id !== undefined) return [id, provider];
  const [name = '', options] = Object.entries(isObject(provider) ? provider : {})[0] ?? [];
  return [textField(options, 'id') ?? name, options];
}

async function evaluationOf(file: InputFile, { signal }: ImportContext): Promise<Evaluation> {
  const config: Record<string, unknown> = {};
  const settings = new Map<string, Settings>();
  if (YAML.test(file.path.replace(/\.gz$/i, ''))) {
    const given = field(await readYaml(file, { signal }), 'config');
    if (isObject(given)) Object.assign(config, given);
  } else if (/\.json(\.gz)?$/i.test(file.path)) {
    const onPart = ({ value, path }: JsonPart) => {
      config[String(path[1])] = value;
    };
    await readJsonParts(file, ['$.config.description', '$.config.providers'], onPart, { signal });
  }
  const { description, providers } = config;
  for (const provider of Array.isArray(providers) ? providers : []) {
    const [id, of] = listed(provider);
    settings.set(providerKey(id, textField(of, 'label') ?? ''), settingsOf(field(of, 'config')));
  }
  const named = typeof description === 'string' ? description.trim() : '';
  return { dataset: named || stemOf(file.path).replace(YAML, ''), settings };
}

/** Returns the evaluations of the files, with the settings of those providers only that differ from file to file. */
async function readEvaluations(files: readonly InputFile[], context: ImportContext) {
  const evaluations = new Map<InputFile, Evaluation>();
  const known = new Map<string, Set<string>>();
  for (const file of files) {
    const evaluation = await evaluationOf(file, context);
    evaluations.set(file, evaluation);
    for (const [key, settings] of evaluation.settings) {
      known.set(key, (known.get(key) ?? new Set()).add(settingText(settings)));
    }
  }
  for (const { settings } of evaluations.values()) {
    for (const key of [...settings.keys()]) if (known.get(key)?.size === 1) settings.delete(key);
  }
  return evaluations;
}

/** Returns the files without each CSV that lies beside another form of its name: its results have no ids and no costs. */
function withoutCopies(files: readonly InputFile[], { sink }: ImportContext): InputFile[] {
  const bare = ({ path }: InputFile) => path.replace(FORM, '');
  const others = new Map(files.filter(({ path }) => !CSV.test(path)).map((file) => [bare(file), file]));
  return files.filter((file) => {
    const other = CSV.test(file.path) ? others.get(bare(file)) : undefined;
    if (other !== undefined) sink.drop('repeated', { file: file.path }, `: read from ${other.path}`);
    return other === undefined;
  });
}

/** The names of a column, and the instructions around the questions of its prompt. */
interface Named extends RunNames {
  shared: SharedParts;
}

/** Reads the columns of all files: which prompts and labels must be named follows from all of them. */
async function readColumns(
  files: readonly InputFile[],
  evaluations: ReadonlyMap<InputFile, Evaluation>,
  context: ImportContext,
): Promise<Map<string, Named>> {
  const columns = new Map<string, Column>();
  const shared = new Map<string, SharedParts>();
  const sharedBy = ({ dataset, prompt }: Column) => {
    const key = JSON.stringify([dataset, prompt]);
    const parts = shared.get(key) ?? new SharedParts();
    shared.set(key, parts);
    return parts;
  };
  for (const file of files) {
    const indexes = new Map<string, number | undefined>();
    const onResult = (result: Fields, place: Place) => {
      const column = columnOf(result, evaluations.get(file) as Evaluation, place);
      const key = keyOf(column);
      columns.set(key, column);
      sharedBy(column).add(askedIn(rawPrompt(result) ?? ''));
      // The same prompt may stand twice in a list, with one label; the ids tell such prompts apart.
      const ofPrompt = key + (textField(result, 'promptId') ?? '');
      if (indexes.has(ofPrompt) && indexes.get(ofPrompt) !== column.index) {
        throw badInput(
          place,
          `the provider '${column.id}' is listed more than once: give each of its settings a label, to tell them apart`,
        );
      }
      indexes.set(ofPrompt, column.index);
    };
    await readResults(file, onResult, { signal: context.signal });
  }
  const all = [...columns.values()];
  const names = nameRuns(
    all.map(({ id, label, prompt, dataset, settings }) => ({
      dataset,
      model: id,
      taskSettings: { prompt },
      modelSettings: label === '' ? settings : { ...settings, label },
    })),
  );
  return new Map(all.map((column, i) => [keyOf(column), { ...(names[i] as RunNames), shared: sharedBy(column) }]));
}

/** Returns the prompt as it was sent; `undefined` if it was not written. */
function rawPrompt(result: Fields): string | undefined {
  const raw = textField(result, 'prompt', 'raw') ?? textField(result, 'prompt');
  return raw === STRIPPED ? undefined : raw;
}

function answerOf(result: Fields): Answer {
  const usage = field(result, 'tokenUsage') ?? field(result, 'response', 'tokenUsage');
  // A cached answer costs nothing, and its tokens are not told apart; nothing else is free of charge.
  const isCached = field(result, 'response', 'cached') === true;
  const figure = (value: number | undefined) => (isCached ? undefined : value || undefined);
  const reason = textField(result, 'response', 'finishReason');
  return {
    costUsd: figure(numberField(result, 'cost')),
    tokensIn: figure(numberField(usage, 'prompt')),
    tokensOut: figure(numberField(usage, 'completion')),
    isCutOff: reason === undefined ? undefined : reason === 'length',
    repeats: true,
  };
}

/** Returns whether a provider returned no answer. Older versions do not number the kinds of failures. */
function hasFailed(result: Fields): boolean {
  const reason = field(result, 'failureReason');
  if (reason !== undefined) return reason === ERROR;
  return !field(result, 'gradingResult') && Boolean(field(result, 'error'));
}

const isUnscored = (result: Fields) => field(result, 'gradingResult', 'reason') === 'No assertions';

function readResult(result: Fields, place: Place, { dataset, model, shared }: Named, { sink }: ImportContext): void {
  const id = textField(result, 'testCase', 'description');
  const raw = rawPrompt(result);
  const key = textKey(JSON.stringify([raw, settingText(field(result, 'vars'))]));
  const prompt = raw === undefined ? undefined : shared.without(askedIn(raw));
  const sample = sink.sample({ dataset, key, id: id || key.slice(0, ID_DIGITS), prompt, place });
  if (hasFailed(result)) sink.drop('failed', place, `: ${model}`);
  else if (isUnscored(result)) sink.drop('unscored', place, `: ${model}`);
  else sink.score(sample, model, 'score', scoreOf(field(result, 'score')), place, answerOf(result));
}

/**
 * promptfoo: the provider is the model, with its label if several have one id; prompts with several labels are several
 * datasets. Tests with equal prompt and variables are repetitions: `testIdx` only counts.
 */
export const promptfooImporter: Importer = {
  source: 'promptfoo',
  claims,
  async read(given, context) {
    const files = withoutCopies(given, context);
    const evaluations = await readEvaluations(files, context);
    const names = await readColumns(files, evaluations, context);
    // One evaluation may be written in several forms, and exported again.
    const seen = new Set<string>();
    for (const file of files) {
      const onResult = (result: Fields, place: Place) => {
        const id = textField(result, 'id') ?? '';
        if (seen.has(id)) {
          context.sink.drop('repeated', place);
          return;
        }
        if (UUID.test(id)) seen.add(id);
        const column = columnOf(result, evaluations.get(file) as Evaluation, place);
        readResult(result, place, names.get(keyOf(column)) as Named, context);
      };
      await readResults(file, onResult, context);
    }
  },
};
