/** Reads fields of values from a file; errors name the place of a missing one. */
import { type Fields, field, isObject, kindOf, textField } from '../files/fields.js';
import { badInput } from './input-file.js';
import type { Place } from './records.js';

export { type Fields, field, isObject, kindOf, numberField, textField } from '../files/fields.js';

/** Returns a required string. Errors: `invalid_argument` with the place. */
export function requiredText(of: unknown, place: Place, ...path: (string | number)[]): string {
  const text = textField(of, ...path);
  if (text !== undefined && text !== '') return text;
  throw badInput(place, `no text at '${path.join('.')}', got ${kindOf(field(of, ...path))}`);
}

/** Returns a string, or `undefined` if it is absent or null. Errors: `invalid_argument` for any other value. */
export function optionalText(of: unknown, place: Place, ...path: (string | number)[]): string | undefined {
  const value = field(of, ...path);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw badInput(place, `expected text at '${path.join('.')}', got ${kindOf(value)}`);
}

/** Returns a required object. Errors: `invalid_argument` with the place. */
export function requiredObject(value: unknown, place: Place, what: string): Fields {
  if (isObject(value)) return value;
  throw badInput(place, `${what} is not an object, got ${kindOf(value)}`);
}
