/** Reads JSON from files of any size: selected parts of documents, and lines. */

import { SignalboxError } from '../errors.js';
import { wellFormed } from '../files/text.js';
import { Tokenizer, TokenParser } from '../vendor/json.js';
import { badInput, type InputFile, type ReadFileOptions, textOf } from './input-file.js';

/** Maximum length of a line, and of a document that is read as a whole. */
const MOST_TEXT = 1 << 26;
/** A run of digits that `JSON.parse` may round, or half of a surrogate pair; both also match where neither is. */
const INEXACT =
  /(?<![\d.])\d{16}|\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F]/;

/**
 * Replaces NaN and Infinity outside of strings with null: Python writes both, JSON has neither. A word that is cut at
 * the end of a piece is held back until the rest arrives.
 */
class PythonNumbers {
  #inString = false;
  #escaped = false;
  #held = '';

  /** Returns the text with null instead of NaN, Infinity and -Infinity. */
  clean(piece: string): string {
    const text = this.#held + piece;
    this.#held = '';
    let out = '';
    let from = 0;
    for (let i = 0; i < text.length; ++i) {
      const c = text.charCodeAt(i);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (c === 0x5c) this.#escaped = true;
        else if (c === 0x22) this.#inString = false;
        continue;
      }
      if (c === 0x22) this.#inString = true;
      if (c !== 0x4e && c !== 0x49) continue;
      const word = c === 0x4e ? 'NaN' : 'Infinity';
      if (text.length - i < word.length && word.startsWith(text.slice(i))) {
        const end = text[i - 1] === '-' && i > from ? i - 1 : i;
        this.#held = text.slice(end);
        return out + text.slice(from, end);
      }
      if (!text.startsWith(word, i)) continue;
      out += `${text.slice(from, text[i - 1] === '-' && i > from ? i - 1 : i)}null`;
      i += word.length - 1;
      from = i + 1;
    }
    // May be the sign of an Infinity in the next piece.
    const end = !this.#inString && text.endsWith('-') && text.length > from ? text.length - 1 : text.length;
    this.#held = text.slice(end);
    return out + text.slice(from, end);
  }

  /** Returns the text that is still held back at the end. */
  rest(): string {
    return this.#held;
  }
}

/** Keeps the digits of integers beyond 2^53, as text: ids must stay different. */
class ExactTokenizer extends Tokenizer {
  protected override parseNumber(digits: string): number {
    const number = Number(digits);
    const isRounded = Number.isFinite(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(digits);
    return isRounded ? (digits as unknown as number) : number;
  }
}

/** Returns a parser that keeps all digits of integers, and makes texts well-formed. */
function exactParser(paths: string[]) {
  const tokenizer = new ExactTokenizer();
  const parser = new TokenParser({ paths, keepStack: false });
  tokenizer.onToken = (token) => {
    const { value } = token;
    parser.write(typeof value === 'string' ? { ...token, value: wellFormed(value) } : token);
  };
  tokenizer.onEnd = () => {
    if (!parser.isEnded) parser.end();
  };
  parser.onError = tokenizer.error.bind(tokenizer);
  parser.onEnd = () => {
    if (!tokenizer.isEnded) tokenizer.end();
  };
  return { tokenizer, parser };
}

/** A part of a document: its value and the keys that lead to it, outermost first. */
export interface JsonPart {
  value: unknown;
  path: (string | number)[];
}

/**
 * Streams a document and calls `onPart` with each part that a path names (`$.samples.*`: every element of `samples`),
 * in file order, until it returns false. NaN and Infinity are null, and integers beyond 2^53 are texts. Memory holds only
 * these parts. Errors: `invalid_argument` with the place of the first defect, which may be that the document ends early;
 * `aborted`.
 */
export async function readJsonParts(
  file: InputFile,
  paths: string[],
  onPart: (part: JsonPart) => unknown,
  options: ReadFileOptions = {},
): Promise<void> {
  const { tokenizer, parser } = exactParser(paths);
  const place = { file: file.path };
  let failure: unknown;
  let isStopped = false;
  parser.onValue = ({ value, key, stack }) => {
    if (isStopped) return;
    const keys = stack.slice(1).map((entry) => entry.key);
    isStopped = onPart({ value, path: [...keys, key].filter((k) => k !== undefined) as (string | number)[] }) === false;
  };
  tokenizer.onError = (error) => {
    failure ??= error;
  };
  const numbers = new PythonNumbers();
  const write = (text: string) => {
    if (text !== '' && !tokenizer.isEnded) tokenizer.write(text);
    // The parser also passes on errors that `onPart` throws; these are not syntax errors.
    if (failure instanceof SignalboxError) throw failure;
    if (failure !== undefined) throw badInput(place, `not JSON: ${(failure as Error).message}`, failure);
  };
  for await (const text of textOf(file, options)) {
    write(numbers.clean(text)); // The decoder removed a byte order mark.
    if (isStopped) return;
  }
  write(numbers.rest());
  if (!tokenizer.isEnded) throw badInput(place, 'not JSON: it ends early');
}

/** Reads a whole document, for kinds of files that are small. Errors: as `readJsonParts`. */
export async function readJson(file: InputFile, options: ReadFileOptions = {}): Promise<unknown> {
  if (file.size > MOST_TEXT) throw badInput({ file: file.path }, `${file.size} bytes, expected at most ${MOST_TEXT}`);
  let text = '';
  for await (const piece of textOf(file, options)) text += piece;
  return parseJson(text, { file: file.path });
}

/** Parses JSON; Python's NaN and Infinity become null, and integers beyond 2^53 become texts. */
function parseJson(text: string, place: { file: string; line?: number }): unknown {
  const given = text.replace(/^\uFEFF/, '');
  try {
    return parsed(given);
  } catch (cause) {
    const numbers = new PythonNumbers();
    const cleaned = numbers.clean(given) + numbers.rest();
    try {
      return parsed(cleaned);
    } catch {
      throw badInput(place, `not JSON: ${(cause as Error).message.slice(0, 120)}`, cause);
    }
  }
}

function parsed(text: string): unknown {
  const quick: unknown = JSON.parse(text);
  if (!INEXACT.test(text)) return quick;
  const { tokenizer, parser } = exactParser(['$']);
  let exact: unknown;
  parser.onValue = ({ value }) => {
    exact = value;
  };
  tokenizer.write(text);
  if (!tokenizer.isEnded) tokenizer.end();
  return exact;
}

/** Calls `onLine` with each line that is not blank and its number, from 1. Errors: `invalid_argument`, `aborted`. */
async function readLines(
  file: InputFile,
  onLine: (text: string, line: number) => void,
  options: ReadFileOptions = {},
): Promise<void> {
  // The parts of a line that has not ended: decompressed text comes in small pieces, and joining each would copy them all.
  let held: string[] = [];
  let length = 0;
  let number = 0;
  const take = () => {
    number += 1;
    const line = held.join('');
    held = [];
    length = 0;
    if (line.trim() !== '') onLine(line, number);
  };
  for await (const piece of textOf(file, options)) {
    for (const [i, part] of piece.split('\n').entries()) {
      if (i > 0) take();
      held.push(part);
      length += part.length;
      if (length > MOST_TEXT) throw badInput({ file: file.path, line: number + 1 }, 'the line is too long');
    }
  }
  take();
}

/** Reads one JSON value per line. */
export async function readJsonLines(
  file: InputFile,
  onValue: (value: unknown, line: number) => void,
  options: ReadFileOptions = {},
): Promise<void> {
  await readLines(file, (text, line) => onValue(parseJson(text, { file: file.path, line }), line), options);
}
