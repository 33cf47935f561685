/** Records of models and tasks: their keys, and checks of those that a file holds. */
import { SignalboxError } from '../errors.js';
import type { IndexInfo, ModelRecord, TaskRecord } from '../types.js';
import { isObject } from './fields.js';

type Test = (value: unknown) => boolean;

const isText: Test = (value) => typeof value === 'string';
const isFlag: Test = (value) => typeof value === 'boolean';
const isCount: Test = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const areTexts: Test = (value) => Array.isArray(value) && value.every(isText);
const isDay: Test = (value) => /^\d{4}-\d{2}(-\d{2})?$/.test(String(value)) && isText(value);
const isOneOf =
  (...names: string[]): Test =>
  (value) =>
    names.some((name) => name === value);

type Shape<T> = { readonly [Key in keyof Required<T>]: Test };

/** Returns a test for an object whose keys, as far as they are known, pass their tests. */
const has =
  <T>(shape: Shape<T>): Test =>
  (value) =>
    isObject(value) && wrongKey(value, shape) === undefined;

function wrongKey<T>(value: object, shape: Shape<T>): string | undefined {
  return Object.entries<Test>(shape).find(([key, test]) => {
    return Object.hasOwn(value, key) && !test((value as Record<string, unknown>)[key]);
  })?.[0];
}

export const MODEL_RECORD: Shape<ModelRecord> = {
  displayName: isText,
  maker: isText,
  released: isDay,
  price: /* @__PURE__ */ has<NonNullable<ModelRecord['price']>>({
    currency: /* @__PURE__ */ isOneOf('USD'),
    date: isDay,
    source: isText,
    tiered: isFlag,
  }),
  context: isCount,
  outputLimit: isCount,
  modalities: /* @__PURE__ */ has<NonNullable<ModelRecord['modalities']>>({ in: areTexts, out: areTexts }),
  tools: isFlag,
  structuredOutput: isFlag,
  openWeights: isFlag,
  effort: isText,
  aliases: areTexts,
  huggingFaceId: isText,
  expires: isDay,
};

export const TASK_RECORD: Shape<TaskRecord> = {
  displayName: isText,
  kind: /* @__PURE__ */ isOneOf('samples', 'means', 'kind'),
  domain: isText,
  date: isText,
  licence: isText,
  source: isText,
  score: /* @__PURE__ */ isOneOf('accuracy', 'elo', 'graded'),
  checkable: isFlag,
  needs: /* @__PURE__ */ isOneOf('search', 'image'),
  textsMayBeShown: isFlag,
};

/** Returns the first key of a record that has another kind of value than it should have; `undefined` without one. */
export const wrongKeyOfModel = (record: object) => wrongKey(record, MODEL_RECORD);
export const wrongKeyOfTask = (record: object) => wrongKey(record, TASK_RECORD);

/** Checks the records that an index brought. Errors: `bad_metadata`. */
export function checkRecords({ models, tasks }: IndexInfo): void {
  const check = (
    names: readonly { name: string; record?: object | undefined }[],
    keyOf: (record: object) => string | undefined,
  ) => {
    for (const { name, record } of names) {
      if (record === undefined) continue;
      const key = (record as { name?: unknown }).name === name ? keyOf(record) : 'name';
      if (key === undefined) continue;
      throw new SignalboxError('bad_metadata', `the record of ${name} has another kind of ${key} than the format has`);
    }
  };
  check(models, wrongKeyOfModel);
  check(tasks, wrongKeyOfTask);
}
