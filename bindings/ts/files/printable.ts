/** Makes text from files, arguments and paths safe to print: a terminal obeys control characters. */

/** Control characters (C0, DEL, C1), halves of surrogate pairs, and characters that break lines or reorder text. */
const UNSAFE = /[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const hexOf = (character: string) => (character.codePointAt(0) as number).toString(16);

/** Returns one line of text with unsafe characters as escapes: `\u{1b}`. */
export const printable = (text: string) => text.replace(UNSAFE, (found) => `\\u{${hexOf(found)}}`);

/** Like `printable`, for a message: keeps the line breaks before the indented items of a list. */
export const printableMessage = (text: string) => text.split('\n  ').map(printable).join('\n  ');

/** Returns a copy of plain data in which every text is printable, keys included. */
export function printableValues<T>(value: T): T;
export function printableValues(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((item) => printableValues(item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [printable(key), printableValues(item)]));
}

/** Returns the same JSON with unsafe characters as JSON's own escapes, which `JSON.stringify` leaves out beyond C0. */
export const printableJson = (json: string) =>
  json.replace(UNSAFE, (found) => (found === '\n' ? found : `\\u${hexOf(found).padStart(4, '0')}`));
