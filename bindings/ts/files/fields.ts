/** Reads fields of values from a file: own properties only, of the expected type. */

export type Fields = Record<string, unknown>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names the kind of a value, for messages. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'an empty text';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'number' ? `the number ${value}` : String(value);
}

/** Returns an own property: `__proto__` in a file is a key like any other, and inherited properties do not exist. */
export function field(of: unknown, ...path: (string | number)[]): unknown {
  let value = of;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Fields)[key];
  }
  return value;
}

/** Returns a string, or a number as text; `undefined` for anything else. */
export function textField(of: unknown, ...path: (string | number)[]): string | undefined {
  const value = field(of, ...path);
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** Returns a finite number, which may be written as text; `undefined` for anything else. */
export function numberField(of: unknown, ...path: (string | number)[]): number | undefined {
  const value = field(of, ...path);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
