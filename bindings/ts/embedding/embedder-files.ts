/** Parses an embedder's JSON files. */
import { errorFrom, SignalboxError } from '../errors.js';
import { describeBytes } from '../files/describe.js';
import { type Fields, isObject } from '../files/fields.js';

/** Four times the largest tokenizer of a known model. */
const MOST_BYTES = 1 << 26;

/** Parses JSON. Errors: `bad_embedder`. */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  if (bytes.byteLength > MOST_BYTES) {
    throw new SignalboxError('bad_embedder', `${what} has ${bytes.byteLength} bytes, expected at most ${MOST_BYTES}`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const kind = describeBytes(bytes);
    const found = kind === undefined || kind === 'JSON' ? '' : `: it is ${kind}`;
    throw new SignalboxError('bad_embedder', `${what} is not JSON${found}`, { cause });
  }
}

/** Returns a value that must be an object. Errors: `bad_embedder`. */
export function asObject(value: unknown, what: string): Fields {
  if (isObject(value)) return value;
  throw errorFrom('bad_embedder', `${what} is not a JSON object`);
}
