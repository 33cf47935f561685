/** promptfoo: `eval -o results.json`, `.jsonl`, `.yaml` or `.csv`, one result per test, prompt and provider. */
import { type Fields, field, numberField, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile, type ReadFileOptions } from '../input-file.js';
import { readJsonLines, readJsonParts } from '../json.js';
import { askedIn } from '../messages.js';
import { SharedParts } from '../question.js';
import type { Answer, ImportContext, Place } from '../records.js';
import { nameRuns, type RunNames, settingText } from '../runs.js';
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
  /** Its number in the file; a provider with other settings has another one. */
  index: number | undefined;
}

function columnOf(result: Fields, dataset: string, place: Place): Column {
  const provider = field(result, 'provider');
  return {
    id: typeof provider === 'string' ? provider : requiredText(result, place, 'provider', 'id'),
    label: textField(provider, 'label') ?? '',
    prompt: textField(result, 'prompt', 'label') ?? '',
    dataset,
    index: numberField(result, 'promptIdx'),
  };
}

const keyOf = ({ id, label, prompt, dataset }: Column) => JSON.stringify([id, label, prompt, dataset]);

/** Names the dataset by the description of the evaluation, or by the file. */
async function datasetOf(file: InputFile, { signal }: ImportContext): Promise<string> {
  const stem = stemOf(file.path).replace(YAML, '');
  const named = (given: unknown) => (typeof given === 'string' && given.trim() !== '' ? given.trim() : stem);
  if (YAML.test(file.path.replace(/\.gz$/i, ''))) {
    return named(field(await readYaml(file, { signal }), 'config', 'description'));
  }
  if (!/\.json(\.gz)?$/i.test(file.path)) return stem;
  let description: unknown;
  const onPart = ({ value }: { value: unknown }) => {
    description = value;
  };
  await readJsonParts(file, ['$.config.description'], onPart, { signal });
  return named(description);
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
  datasets: ReadonlyMap<InputFile, string>,
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
      const column = columnOf(result, datasets.get(file) ?? '', place);
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
    all.map(({ id, label, prompt, dataset }) => ({
      dataset,
      model: id,
      taskSettings: { prompt },
      modelSettings: label === '' ? {} : { label },
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
    const datasets = new Map<InputFile, string>();
    for (const file of files) datasets.set(file, await datasetOf(file, context));
    const names = await readColumns(files, datasets, context);
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
        const column = columnOf(result, datasets.get(file) ?? '', place);
        readResult(result, place, names.get(keyOf(column)) as Named, context);
      };
      await readResults(file, onResult, context);
    }
  },
};
