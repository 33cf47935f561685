/** Serialises JSON for the core without loss. */
import { SignalboxError } from '../errors.js';
import { isPlainObject, wrongKind } from '../options.js';

/** Refuses values that JSON would write as null or {}, or omit: to the core, all of them mean "not given". */
function refuseLossy(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new SignalboxError('invalid_argument', `${key} is ${value}, expected a finite number`);
  }
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
    throw new SignalboxError('invalid_argument', `${key} is a ${typeof value}, which is not JSON`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isPlainObject(value)) {
    throw wrongKind(value, key, 'a list or a plain object');
  }
  return value;
}

/** An escape of JSON; half a surrogate pair is always written as one. */
const ESCAPE = /\\(u[\da-f]{4}|.)/g;
const HALF = /^\\ud[89a-f]/;

/** Replaces halves of surrogate pairs, which UTF-8 does not have and the core refuses, by U+FFFD. */
const wellFormed = (json: string) => json.replace(ESCAPE, (found) => (HALF.test(found) ? '\ufffd' : found));

/**
 * Serialises a value; a key whose value is `undefined` counts as absent. Errors: `invalid_argument` for values without
 * a JSON form, such as a Map.
 */
export function exactJson(value: object): string {
  try {
    return wellFormed(JSON.stringify(value, refuseLossy));
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw new SignalboxError('invalid_argument', `not JSON: ${String(cause)}`, { cause });
  }
}
