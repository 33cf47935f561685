/** Checks the options of public calls: plain objects whose keys are all known. The ranges of numbers are the core's. */
import { SignalboxError } from './errors.js';
import { isAddress } from './kinds.js';

/** Checks one value; `name` is its name in messages. */
export type Check = (value: unknown, name: string) => void;

/** A check of every key: the compiler reports an option that is not listed. */
export type Keys<Options> = { readonly [Key in keyof Required<Options>]: Check };

/** Returns an `invalid_argument` error. */
export const invalid = (message: string, cause?: unknown) =>
  new SignalboxError('invalid_argument', message, cause === undefined ? undefined : { cause });

const MOST_SHOWN = 40;

/** Describes a value for messages: "a Map", "null", "the text 'mine.sbx'". */
export function described(value: unknown): string {
  if (typeof value === 'string') {
    return `the text '${value.slice(0, MOST_SHOWN)}'`;
  }
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return 'a list';
  const name: unknown = value.constructor?.name;
  if (typeof name !== 'string' || name === '' || name === 'Object') return 'an object';
  return `${/^(?!Uint|URL)[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** Returns whether a value is an object without a class, of any realm: JSON and spreading lose nothing of it. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Returns the Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; ++i) {
    const next = [i];
    for (let j = 1; j <= b.length; ++j) {
      const replaced = (row[j - 1] as number) + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** Returns ", did you mean '...'?", or nothing if no known name is near: within two fifths of the length, as in the core. */
export function nearestOf(got: string, known: readonly string[]): string {
  const far = got.length === 1 ? 1 : Math.max(2, Math.floor((2 * got.length) / 5) + 1);
  let nearest = { name: '', distance: far };
  for (const name of known) {
    if (Math.abs(name.length - got.length) >= far || got.length > 2 * MOST_SHOWN) continue;
    const distance = editDistance(got.toLowerCase(), name.toLowerCase());
    if (distance < nearest.distance) nearest = { name, distance };
  }
  return nearest.name === '' ? '' : `, did you mean '${nearest.name}'?`;
}

/** Returns the error for a value of another kind than expected. */
export const wrongKind = (got: unknown, what = 'options', expected = 'an object') =>
  invalid(`${what} is ${described(got)}, expected ${expected}`);

/** Keys of earlier versions, in lower case without separators, with what replaces them. */
const RENAMED: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([['qualitybar', 'prefer']]);

/**
 * Checks that options are a plain object, that each of its keys is known, and each value. Errors: `invalid_argument`.
 */
export function checkOptions<Options>(options: Options, keys: Keys<Options>, what = 'options'): void {
  const known = Object.keys(keys);
  if (!isPlainObject(options)) throw wrongKind(options, what, `an object with ${known.join(', ')}`);
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(keys, key)) {
      const now = known.find((name) => name === RENAMED.get(key.replace(/[-_]/g, '').toLowerCase()));
      const question = now === undefined ? nearestOf(key, known) : `: use ${now}.`;
      const separator = question === '' ? ', e' : ' E';
      throw invalid(`${what}: '${key}' is not known${question}${separator}xpected ${known.join(', ')}`);
    }
    const value = options[key];
    if (value !== undefined) keys[key as keyof Options](value, key);
  }
}

/** Accepts every value: the callee checks it, or the core. */
export const anything: Check = () => undefined;

/** Accepts null, which means "not given", too. */
export const orNull =
  (check: Check): Check =>
  (value, name) => {
    if (value !== null) check(value, name);
  };

/** Refuses a value that fails the test, with what was expected. */
export const must =
  (test: (value: unknown) => boolean, expected: string): Check =>
  (value, name) => {
    if (!test(value)) throw wrongKind(value, name, expected);
  };

export const aFlag = /* @__PURE__ */ must((value) => typeof value === 'boolean', 'true or false');
export const aText = /* @__PURE__ */ must((value) => typeof value === 'string', 'a text');
export const aNumber = /* @__PURE__ */ must((value) => typeof value === 'number' && Number.isFinite(value), 'a number');
export const aCount = /* @__PURE__ */ must(
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  'a whole number from 1',
);
export const aSeed = /* @__PURE__ */ must(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  'a whole number from 0',
);
export const aList = /* @__PURE__ */ must(Array.isArray, 'a list');
export const textsOf = /* @__PURE__ */ must(
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  'a list of texts',
);
export const aPlainObject = /* @__PURE__ */ must(isPlainObject, 'a plain object');
export const byModel = /* @__PURE__ */ must(isPlainObject, 'an object by model name');
export const aCallback = /* @__PURE__ */ must((value) => value === null || typeof value === 'function', 'a function');
export const anAddress = /* @__PURE__ */ must(isAddress, 'an address');

/** Like `fetch`, takes null as no signal. */
export const aSignal = /* @__PURE__ */ must((value) => {
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>;
  return value === null || (typeof aborted === 'boolean' && typeof addEventListener === 'function');
}, 'an AbortSignal');

export const oneOf = (names: readonly string[]): Check => {
  return (value, name) => {
    if (typeof value === 'string' && names.includes(value)) return;
    const question = typeof value === 'string' ? nearestOf(value, names) : '';
    throw invalid(`${name} is ${described(value)}${question || ','} expected ${names.join(', ')}`);
  };
};
