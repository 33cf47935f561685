/** The parts of an index beside rows and outcomes: means of whole tasks, kinds of work, records, texts. */
import { SignalboxError } from '../errors.js';
import { MODEL_RECORD, wrongKeyOfModel, wrongKeyOfTask } from '../files/records.js';
import { described, invalid, isPlainObject, wrongKind } from '../options.js';
import type { TaskRecord } from '../types.js';
import type { ModelSpec, RowSpec } from './build-index.js';

/**
 * A task or a model: its name or its number.
 *
 * @inline
 */
type Named = string | number;

/** The mean of a model on a task whose outcomes are not known by sample. */
export interface TaskScore {
  task: Named;
  model: Named;
  /** 0..1 */
  score: number;
  /** Number of outcomes that the score is worth: more than 0, at most a million. */
  evidence: number;
}

/** A link of a kind of work, which has neither outcomes nor scores, to a task that measures it. */
export interface TaskLink {
  kind: Named;
  task: Named;
  /** More than 0, at most a million. */
  weight: number;
}

export interface IndexExtras {
  /** The rows of these tasks have no outcomes. */
  taskScores?: readonly TaskScore[] | undefined;
  /** The rows of the kinds have no outcomes. */
  links?: readonly TaskLink[] | undefined;
  /** Weight of each task in means over tasks: [tasks]. Default: 1, and 0 for kinds. */
  taskWeights?: ArrayLike<number> | undefined;
  /**
   * Position of each task: row-major [tasks, dim] of norm 16 or less, zeros for a task that no input is near to. `bias`
   * [tasks] joins the logits of a task's vote. Default: the mean of the task's rows, without bias.
   */
  centroids?: { vectors: ArrayLike<number>; bias?: ArrayLike<number> } | undefined;
  /** How much easier each row is than its task, in logits: [rows], -7.9375 to 7.9375, rounded to sixteenths; null: unknown. */
  rowOffsets?: ArrayLike<number | null> | undefined;
  /** Constants of the policy for this index, in the order of models/FORMAT.md. */
  mixture?: ArrayLike<number> | undefined;
  /** Typical output tokens of each task, and the ratio of each model to it; null: unknown. */
  answerTokens?: { tasks: ArrayLike<number | null>; models: ArrayLike<number | null> } | undefined;
  /** The prompts, of which the first 160 characters are kept: [rows], empty if one may not be shown. */
  texts?: readonly string[] | undefined;
  /** Records of tasks, by name. */
  taskRecords?: readonly (TaskRecord & { name: string })[] | undefined;
  /** Families of prompts, by which the index then routes: the bytes of section 32 (models/FORMAT.md). */
  families?: ArrayLike<number> | undefined;
  /** Any JSON: what `IndexInfo.plan` then is. */
  plan?: unknown;
}

/** Sixteenths of a logit that stand for an unknown offset. */
const UNKNOWN_OFFSET = -128;
const MOST_CHARACTERS = 160;
const EXTRAS = [
  'taskScores',
  'links',
  'taskWeights',
  'centroids',
  'rowOffsets',
  'mixture',
  'answerTokens',
  'texts',
  'taskRecords',
  'families',
  'plan',
] as const;

/** Returns the first 160 characters, as code points. */
export function firstCharacters(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  let end = 0;
  for (let count = 0; count < MOST_CHARACTERS && end < text.length; ++count) {
    end += (text.codePointAt(end) as number) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

function listOf(values: unknown, name: string): readonly unknown[] {
  if (values !== null && typeof values === 'object' && 'length' in values) return Array.from(values as []);
  throw wrongKind(values, name, 'a list');
}

function numbersOf(values: unknown, name: string, whenNull?: number): number[] {
  return listOf(values, name).map((value, i) => {
    if (value === null && whenNull !== undefined) return whenNull;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw invalid(`${name} holds ${described(value)} at ${i}, expected a number`);
  });
}

/** Returns the number of a name, or the number itself. */
function numberer(names: readonly string[], what: string): (named: Named, where: string) => number {
  const numbers = new Map(names.map((name, i) => [name, i]));
  return (named, where) => {
    const number = typeof named === 'string' ? numbers.get(named) : named;
    if (Number.isInteger(number) && number !== undefined && number >= 0 && number < names.length) return number;
    throw invalid(`${where} names ${described(named)}, which is not a ${what} of the index`);
  };
}

/** Reads a list of objects with these keys. */
function entries<T>(values: unknown, name: string, keys: readonly (keyof T & string)[]): T[] {
  return listOf(values, name).map((value, i) => {
    const where = `${name}[${i}]`;
    if (!isPlainObject(value)) throw wrongKind(value, where, `an object with ${keys.join(', ')}`);
    const odd = [...Object.keys(value).filter((key) => !keys.some((known) => known === key)), ...keys].find(
      (key) => !keys.some((known) => known === key) || value[key] === undefined,
    );
    if (odd !== undefined) throw invalid(`${where}: '${odd}' is missing or not known, expected ${keys.join(', ')}`);
    return value as T;
  });
}

/** Returns the records of all names, or `undefined` if there is none. */
function recordsOf(
  what: string,
  names: readonly string[],
  given: ReadonlyMap<string, object>,
  wrongKey: (record: object) => string | undefined,
): object[] | undefined {
  if (given.size === 0) return undefined;
  for (const [name, record] of given) {
    const key = wrongKey(record);
    if (key === undefined) continue;
    const value = (record as Record<string, unknown>)[key];
    throw new SignalboxError('bad_metadata', `${what} ${name}: ${key} is ${described(value)}, which it cannot be`);
  }
  return names.map((name) => ({ name, ...given.get(name) }));
}

/** Splits the models into their numbers, for the core, and their records. */
function splitModels(models: readonly (string | ModelSpec)[]): { numbers: object[]; records: Map<string, object> } {
  const records = new Map<string, object>();
  const numbers = models.map((model) => {
    if (typeof model === 'string') return { name: model };
    if (!isPlainObject(model)) return model; // Which the core refuses, as it does keys that nobody knows.
    const isRecord = ([key]: [string, unknown]) => Object.hasOwn(MODEL_RECORD, key);
    const all = Object.entries(model).filter(([, value]) => value !== undefined);
    const record = all.filter(isRecord);
    if (record.length > 0) records.set(String(model.name), Object.fromEntries(record));
    return Object.fromEntries(all.filter((entry) => !isRecord(entry)));
  });
  return { numbers, records };
}

function taskRecordsOf(given: unknown, taskOf: (named: Named, where: string) => number): Map<string, object> {
  const records = new Map<string, object>();
  for (const [i, record] of listOf(given, 'taskRecords').entries()) {
    const where = `taskRecords[${i}]`;
    if (!isPlainObject(record) || typeof record.name !== 'string') {
      throw wrongKind(record, where, 'an object with the name of a task');
    }
    taskOf(record.name, where);
    if (records.has(record.name)) throw invalid(`${where} is the second record of ${record.name}`);
    records.set(record.name, record);
  }
  return records;
}

/** Splits a specification into models and extras, in the form that the core takes, and the rest. */
export function splitExtras<Spec extends RowSpec & IndexExtras>(
  spec: Spec,
  tasks: readonly string[],
): { models: object[]; extras: object | undefined; rest: Omit<Spec, keyof IndexExtras> } {
  const isExtra = (key: string) => EXTRAS.some((extra) => extra === key);
  const rest = Object.fromEntries(Object.entries(spec).filter(([key]) => !isExtra(key)));
  const { numbers, records } = splitModels(spec.models);
  const models = spec.models.map((model) => (typeof model === 'string' ? model : model?.name));
  const taskOf = numberer(tasks, 'task');
  const modelOf = numberer(models, 'model');
  const given = <Key extends (typeof EXTRAS)[number], T>(
    key: Key,
    read: (value: NonNullable<IndexExtras[Key]>) => T,
  ): T | undefined => {
    const value = spec[key];
    return value === undefined || value === null ? undefined : read(value as NonNullable<IndexExtras[Key]>);
  };
  const extras = {
    taskScores: given('taskScores', (scores) =>
      entries<TaskScore>(scores, 'taskScores', ['task', 'model', 'score', 'evidence']).map((s, i) => {
        const where = `taskScores[${i}]`;
        return [taskOf(s.task, where), modelOf(s.model, where), s.score, s.evidence];
      }),
    ),
    links: given('links', (links) =>
      entries<TaskLink>(links, 'links', ['kind', 'task', 'weight']).map(({ kind, task, weight }, i) => {
        const where = `links[${i}]`;
        return [taskOf(kind, where), taskOf(task, where), weight];
      }),
    ),
    taskWeights: given('taskWeights', (weights) => numbersOf(weights, 'taskWeights')),
    centroids: given('centroids', ({ vectors }) => numbersOf(vectors, 'centroids')),
    centroidBias: given('centroids', ({ bias }) => (bias === undefined ? undefined : numbersOf(bias, 'bias'))),
    rowOffsets: given('rowOffsets', (offsets) =>
      numbersOf(offsets, 'rowOffsets', UNKNOWN_OFFSET / 16).map((x) => Math.round(16 * x)),
    ),
    mixture: given('mixture', (mixture) => numbersOf(mixture, 'mixture')),
    taskTokens: given('answerTokens', (tokens) => numbersOf(tokens.tasks, 'answerTokens.tasks', -1)),
    modelTokens: given('answerTokens', (tokens) => numbersOf(tokens.models, 'answerTokens.models', -1)),
    texts: given('texts', (texts) =>
      listOf(texts, 'texts').map((text, row) => {
        if (typeof text !== 'string') throw wrongKind(text, `texts[${row}]`, 'a text');
        return firstCharacters(text);
      }),
    ),
    modelRecords: recordsOf('model', models, records, wrongKeyOfModel),
    families: given('families', (bytes) => numbersOf(bytes, 'families')),
    plan: given('plan', (plan) => plan),
    taskRecords: given('taskRecords', (all) => recordsOf('task', tasks, taskRecordsOf(all, taskOf), wrongKeyOfTask)),
  };
  const isEmpty = Object.values(extras).every((value) => value === undefined);
  return { models: numbers, extras: isEmpty ? undefined : extras, rest: rest as Omit<Spec, keyof IndexExtras> };
}
