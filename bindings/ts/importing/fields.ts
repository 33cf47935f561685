/** Fields of values that came out of a file, and errors that name the place of one that is missing. */
import { type Fields, field, isObject, kindOf, textField } from '../files/fields.js';
import { badInput } from './input-file.js';
import type { Place } from './records.js';

export { type Fields, field, isObject, kindOf, numberField, textField } from '../files/fields.js';

/** A string that has to be there. Errors: `invalid_argument` with the place. */
export function requiredText(of: unknown, place: Place, ...path: (string | number)[]): string {
  const text = textField(of, ...path);
  if (text !== undefined && text !== '') return text;
  throw badInput(place, `no text at '${path.join('.')}', got ${kindOf(field(of, ...path))}`);
}

/** A string that may be absent or null. Errors: `invalid_argument` where there is something else. */
export function optionalText(of: unknown, place: Place, ...path: (string | number)[]): string | undefined {
  const value = field(of, ...path);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw badInput(place, `expected text at '${path.join('.')}', got ${kindOf(value)}`);
}

/** An object that has to be there. */
export function requiredObject(value: unknown, place: Place, what: string): Fields {
  if (isObject(value)) return value;
  throw badInput(place, `${what} is not an object, got ${kindOf(value)}`);
}
