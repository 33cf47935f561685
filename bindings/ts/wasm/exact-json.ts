/** JSON for the core, which must not lose anything on the way. */
import { SignalboxError } from '../errors.js';

/** JSON would turn these into null or leave them out, and both mean "not given". */
function refuseLossy(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new SignalboxError('invalid_argument', `${key} is ${value}, expected a finite number`);
  }
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
    throw new SignalboxError('invalid_argument', `${key} is a ${typeof value}, which is not JSON`);
  }
  return value;
}

/** Errors: `invalid_argument` for what JSON cannot say. A key whose value is `undefined` counts as absent. */
export function exactJson(value: object): string {
  try {
    return JSON.stringify(value, refuseLossy);
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw new SignalboxError('invalid_argument', `not JSON: ${String(cause)}`, { cause });
  }
}
