/** OpenCompass: outcomes from `results/<MODEL>/<dataset>.json`, prompts from there or from `predictions/`. */
import { field, isObject, kindOf, requiredObject } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, type InputFile, noResults } from '../input-file.js';
import { type JsonPart, readJsonParts } from '../json.js';
import { promptText } from '../messages.js';
import { lastTurn, SharedParts } from '../question.js';
import type { ImportContext, Place } from '../records.js';
import { SampleKeys } from '../sample-keys.js';
import { quoted } from './cells.js';

const PLACE = /^(.*\/)?(predictions|results)\/([^/]+)\/([^/]+)\.json(?:\.gz)?$/i;
/** Other folders of a run. */
const COMPANION =
  /(^|\/)(\d{8}_\d{6}\/(summary\/|configs\/[^/]*\.py$|logs\/(?!eval_log\.log$))|summary\/summary_\d{8}_\d{6}\.(csv|txt|md)$)/;
/** Top-level keys of files that other tools put into folders of the same names. */
const OTHERS = /"(model_name|dataset_name|records|lm_eval_version|config_general|eval|adapter_spec)"\s*:/;
const OTHERS_START = /^\s*(\[|\{\s*"(results|version|status)"\s*:)/;
const TOP = 2000;
const METRIC = 'correct';
const OUTCOMES = ['correct', 'is_correct'];
const PROMPTS = ['prompt', 'origin_prompt', 'question'];
/** Entries that were scored by perplexity have a part for each label. */
const LABEL = 'label: ';
const LABEL_INPUT = 'testing input';

function claims({ path }: InputFile, { text }: FileHead): boolean {
  if (COMPANION.test(path)) return true;
  const top = text.slice(0, TOP);
  return PLACE.test(path) && !OTHERS_START.test(top) && !OTHERS.test(top);
}

type Kind = 'predictions' | 'results';

/** The file, or the partitions in order, of one model and dataset in one run. */
interface Group {
  root: string;
  kind: Kind;
  model: string;
  dataset: string;
  files: InputFile[];
}

interface Entry {
  key: string;
  prompt: string | undefined;
  outcome: unknown;
  place: Place;
}

interface Named {
  name: string;
  file: InputFile;
}

/**
 * Groups the files of a folder by dataset. `x_0.json`, `x_1.json` and so on are partitions of `x`. Names of datasets
 * may end in a number, too, so partitions need a number 0 and at least one more.
 */
function groupsOf(folder: Omit<Group, 'dataset' | 'files'>, files: readonly Named[]): Group[] {
  const parts = new Map<string, Map<number, InputFile>>();
  for (const { name, file } of files) {
    const [, stem, number] = /^(.+)_(0|[1-9]\d{0,5})$/.exec(name) ?? [];
    if (stem === undefined) continue;
    parts.set(stem, (parts.get(stem) ?? new Map()).set(Number(number), file));
  }
  const groups: Group[] = [];
  const partitioned = new Set<InputFile>();
  for (const [dataset, byNumber] of parts) {
    if (!byNumber.has(0) || byNumber.size < 2) continue;
    const numbers = [...byNumber.keys()].sort((a, b) => a - b);
    const missing = numbers.findIndex((number, i) => number !== i);
    const ordered = numbers.map((number) => byNumber.get(number) as InputFile);
    if (missing >= 0) {
      const place = { file: ordered[missing - 1]?.path ?? '' };
      throw badInput(place, `expected ${dataset}_${missing}.json beside it, got ${dataset}_${numbers[missing]}.json`);
    }
    for (const file of ordered) partitioned.add(file);
    groups.push({ ...folder, dataset, files: ordered });
  }
  const whole = files.filter(({ file }) => !partitioned.has(file));
  return [...groups, ...whole.map(({ name, file }) => ({ ...folder, dataset: name, files: [file] }))];
}

/** Groups all files by the parts of their paths. */
function sorted(files: readonly InputFile[]): Group[] {
  const folders = new Map<string, { folder: Omit<Group, 'dataset' | 'files'>; files: Named[] }>();
  for (const file of files) {
    const [, root = '', kind = '', model = '', name = ''] = PLACE.exec(file.path) ?? [];
    if (name === '') continue;
    const key = `${root}${kind}/${model}`;
    const known = folders.get(key) ?? { folder: { root, kind: kind.toLowerCase() as Kind, model }, files: [] };
    known.files.push({ name, file });
    folders.set(key, known);
  }
  return [...folders.values()].flatMap(({ folder, files: named }) => groupsOf(folder, named));
}

/** Returns the texts that were scored for each label by perplexity. */
function labelTexts(of: unknown): string[] {
  if (!isObject(of)) return [];
  const labels = Object.entries(of).filter(([name]) => name.startsWith(LABEL));
  return labels.flatMap(([, label]) => promptText(field(label, LABEL_INPUT)) ?? []);
}

/** Returns the words that all texts begin and end with: the question, without the label's answer. */
function commonWords(texts: readonly string[]): string | undefined {
  const lists = texts.map((text) => text.split(/(?<=\s)/));
  const shortest = Math.min(...lists.map(({ length }) => length));
  const [first] = lists;
  if (first === undefined) return undefined;
  const isShared = (at: number) => lists.every((list) => list.at(at)?.trim() === first.at(at)?.trim());
  let start = 0;
  while (start < shortest && isShared(start)) start += 1;
  let end = 0;
  while (end < shortest - start && isShared(-1 - end)) end += 1;
  return [...first.slice(0, start), ...first.slice(first.length - end)].join('').trim() || undefined;
}

function promptOf(of: unknown): string | undefined {
  const asked = PROMPTS.map((name) => promptText(field(of, name))).find((text) => text !== undefined);
  return asked ?? commonWords(labelTexts(of)) ?? commonWords(labelTexts(field(of, 'origin_prediction')));
}

/** Numbers the entries of partitions: some runs count through, others start each partition at 0. */
class Numbering {
  #start = 0;
  #next = 0;
  #shift: number | undefined;

  partition(): void {
    this.#start = this.#next;
    this.#shift = undefined;
  }

  key(name: string | number): string {
    const number = Number(name);
    if (!/^\d+$/.test(String(name)) || !Number.isSafeInteger(number)) return String(name);
    this.#shift ??= number < this.#start ? this.#start : 0;
    this.#next = Math.max(this.#next, number + this.#shift + 1);
    return String(number + this.#shift);
  }
}

/** Returns the mean of an outcome's repetitions, which are a list; `undefined` if the value is not an outcome. */
function meanOf(value: unknown): unknown {
  const all = (Array.isArray(value) ? value.flat() : [value]).map((one) =>
    typeof one === 'boolean' ? Number(one) : one,
  );
  const measured = all.filter((one) => one !== null);
  const values = measured.length > 0 ? measured : all.slice(0, 1);
  if (values.length === 1) return typeof values[0] === 'object' && values[0] !== null ? undefined : values[0];
  const numbers = values.filter((one) => typeof one === 'number');
  if (numbers.length === 0 || numbers.length < values.length) return undefined;
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

/** Returns the outcome of an entry of details: a value, or the mean of a list; `undefined` if absent. */
function outcomeOf(details: unknown): unknown {
  return OUTCOMES.map((name) => meanOf(field(details, name))).find((value) => value !== undefined);
}

/** Describes a results file without entries. */
async function emptyKind(file: InputFile, { signal }: ImportContext): Promise<string> {
  let details: unknown;
  let error: unknown;
  const onPart = ({ value, path }: JsonPart) => {
    if (path[0] === 'details') details = value;
    else error = value;
  };
  await readJsonParts(file, ['$.details', '$.error'], onPart, { signal });
  if (typeof error === 'string') return `the error ${quoted(error)}`;
  return typeof details === 'object' && details !== null ? `${kindOf(details)} without any` : kindOf(details);
}

/** Entries of details, or the reason why there are none. */
type Details = { entries: Entry[]; seen: number; empty: { file: InputFile; reason: string } | undefined };

async function readDetails(group: Group, context: ImportContext): Promise<Details> {
  const details: Details = { entries: [], seen: 0, empty: undefined };
  const numbering = new Numbering();
  for (const file of group.files) {
    const place = { file: file.path };
    const before = details.seen;
    const onPart = ({ value, path }: JsonPart) => {
      const name = path[1] ?? '';
      // Figures for the whole file, such as `type`, are not entries.
      if (!isObject(value) && !/^\d+$/.test(String(name))) return;
      requiredObject(value, place, `'details.${name}'`);
      details.seen += 1;
      const outcome = outcomeOf(value);
      const key = numbering.key(name);
      if (outcome === undefined) context.sink.drop('no_score', place);
      else details.entries.push({ key, prompt: promptOf(value), outcome, place });
    };
    numbering.partition();
    await readJsonParts(file, ['$.details.*'], onPart, context);
    if (details.seen > before) continue;
    const reason = `expected entries in 'details', got ${await emptyKind(file, context)}`;
    details.empty = { file, reason: `${reason}: run OpenCompass with --dump-eval-details` };
    context.sink.drop('incomplete', place, `: ${details.empty.reason}`);
  }
  return details;
}

async function readPrompts(group: Group, context: ImportContext): Promise<Map<string, string>> {
  const prompts = new Map<string, string>();
  const numbering = new Numbering();
  for (const file of group.files) {
    numbering.partition();
    const onPart = ({ value, path }: JsonPart) => {
      const name = path[0] ?? '';
      requiredObject(value, { file: file.path }, `entry '${name}'`);
      const key = numbering.key(name);
      const prompt = promptOf(value);
      if (prompt !== undefined) prompts.set(key, prompt);
    };
    await readJsonParts(file, ['$.*'], onPart, context);
  }
  return prompts;
}

/** Returns whether one prompt holds the other: prompts of one question may differ by the template of the model. */
const holdsOther = (one: string, other: string) => one.includes(other) || other.includes(one);

/** Reads the results of one dataset, and predictions only if the results lack prompts. */
class DatasetReader {
  readonly #predictions: readonly Group[];
  readonly #context: ImportContext;
  /** Prompts from the predictions of any model. */
  readonly #fromAnyModel = new Map<string, string>();
  readonly #read = new Set<Group>();
  readonly #keys = new SampleKeys(holdsOther);

  constructor(predictions: readonly Group[], context: ImportContext) {
    this.#predictions = predictions;
    this.#context = context;
  }

  /** Reads the results of one model. */
  async read(results: Group): Promise<Details> {
    const { dataset, model } = results;
    const { sink } = this.#context;
    const details = await readDetails(results, this.#context);
    await this.#addPrompts(results, details.entries);
    const shared = new SharedParts();
    for (const entry of details.entries) {
      if (entry.prompt === undefined) continue;
      entry.prompt = lastTurn(entry.prompt) ?? entry.prompt;
      shared.add(entry.prompt);
    }
    for (const { key, prompt: sent, outcome, place } of details.entries) {
      const prompt = sent === undefined ? undefined : shared.without(sent);
      const sample = sink.sample({ dataset, key: this.#keys.keyOf(dataset, key, prompt), id: key, prompt, place });
      sink.score(sample, model, METRIC, outcome, place, { repeats: true });
    }
    return details;
  }

  async #addPrompts({ root, model }: Group, entries: readonly Entry[]): Promise<void> {
    const lacking = () => entries.filter(({ prompt }) => prompt === undefined);
    if (lacking().length === 0) return;
    const own = this.#predictions.filter((group) => group.model === model);
    const nearest = own.find((group) => group.root === root) ?? own[0];
    if (nearest !== undefined) {
      const prompts = await this.#promptsOf(nearest);
      for (const entry of lacking()) entry.prompt = prompts.get(entry.key);
    }
    for (const group of this.#predictions) {
      for (const entry of lacking()) entry.prompt = this.#fromAnyModel.get(entry.key);
      if (lacking().length === 0) return;
      if (!this.#read.has(group)) await this.#promptsOf(group);
    }
    for (const entry of lacking()) entry.prompt = this.#fromAnyModel.get(entry.key);
  }

  async #promptsOf(group: Group): Promise<Map<string, string>> {
    const prompts = await readPrompts(group, this.#context);
    this.#read.add(group);
    for (const [key, prompt] of prompts) if (!this.#fromAnyModel.has(key)) this.#fromAnyModel.set(key, prompt);
    return prompts;
  }
}

/** Refuses predictions without results: they have no outcomes. */
function refuseNoResults(files: readonly InputFile[], groups: readonly Group[]): void {
  const [first] = files;
  if (first === undefined) return;
  if (groups.length > 0) {
    throw noResults(
      { file: groups[0]?.files[0]?.path ?? '' },
      'expected results/<model>/<dataset>.json too, got predictions',
    );
  }
  if (!files.some(({ path }) => COMPANION.test(path))) {
    throw noResults({ file: first.path }, 'expected results/<model>/<dataset>.json, got another path');
  }
}

/**
 * OpenCompass: `results/<MODEL>/<dataset>.json` with `details`, and `predictions/<MODEL>/<dataset>.json`, in any
 * folder. The number of a sample is its key, unless the prompts differ; partitions `_0`, `_1`, ... of a dataset are
 * joined. Repetitions and runs of several dates are averaged. Files without details are left out.
 */
export const openCompassImporter: Importer = {
  source: 'opencompass',
  claims,
  async read(files, context) {
    const groups = sorted(files);
    const results = groups.filter(({ kind }) => kind === 'results');
    if (results.length === 0) refuseNoResults(files, groups);
    let seen = 0;
    let empty: Details['empty'];
    for (const dataset of new Set(results.map((group) => group.dataset))) {
      const predictions = groups.filter((group) => group.kind === 'predictions' && group.dataset === dataset);
      const reader = new DatasetReader(predictions, context);
      for (const group of results) {
        if (group.dataset !== dataset) continue;
        const details = await reader.read(group);
        seen += details.seen;
        empty ??= details.empty;
      }
    }
    if (seen === 0 && empty !== undefined) throw noResults({ file: empty.file.path }, empty.reason);
  },
};
