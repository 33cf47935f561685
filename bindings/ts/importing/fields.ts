/** Fields of values that came out of a file: own properties only, of the type that was asked for. */
import { badInput } from './input-file.js';
import type { Place } from './records.js';

export type Fields = Record<string, unknown>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, for messages. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'an empty text';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'number' ? `the number ${value}` : String(value);
}

/** An own property: a key `__proto__` in a file is a key like any other, and inherited ones do not exist. */
export function field(of: unknown, ...path: (string | number)[]): unknown {
  let value = of;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Fields)[key];
  }
  return value;
}

/** A string, or a number as text; undefined for anything else. */
export function textField(of: unknown, ...path: (string | number)[]): string | undefined {
  const value = field(of, ...path);
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** A finite number, also one that is written as text; undefined for anything else. */
export function numberField(of: unknown, ...path: (string | number)[]): number | undefined {
  const value = field(of, ...path);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

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

/** 64 bits of a text, for equality and for dealing rows out; two lanes of FNV-1a's kind, mixed at the end. */
export function textHash(text: string): [high: number, low: number] {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; ++i) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c ^ (b >>> 13), 0x85ebca6b);
  }
  a = Math.imul(a ^ (a >>> 16) ^ (b >>> 11), 0x7feb352d);
  b = Math.imul(b ^ (b >>> 15) ^ (a >>> 9), 0x846ca68b);
  return [(a ^ (a >>> 15)) >>> 0, (b ^ (b >>> 16)) >>> 0];
}

/** A short, stable name for a text: its hash as 16 hexadecimal digits. */
export function textKey(text: string): string {
  return textHash(text)
    .map((half) => half.toString(16).padStart(8, '0'))
    .join('');
}
