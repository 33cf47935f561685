/** Serialises JSON for the core without loss. */
import { SignalboxError } from '../errors.js';

/** Refuses values that JSON would write as null or omit: to the core, both mean "not given". */
function refuseLossy(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new SignalboxError('invalid_argument', `${key} is ${value}, expected a finite number`);
  }
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
    throw new SignalboxError('invalid_argument', `${key} is a ${typeof value}, which is not JSON`);
  }
  return value;
}

/**
 * Serialises a value; a key whose value is `undefined` counts as absent. Errors: `invalid_argument` for values without
 * a JSON form.
 */
export function exactJson(value: object): string {
  try {
    return JSON.stringify(value, refuseLossy);
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw new SignalboxError('invalid_argument', `not JSON: ${String(cause)}`, { cause });
  }
}
