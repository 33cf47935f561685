/** Reads the cells of tables as scores, texts, figures and vectors. */
import { badInput } from '../input-file.js';
import type { Place } from '../records.js';

const COMMA_NUMBER = /^\s*[+-]?\d*,\d+(?:e[+-]?\d+)?\s*$/i;
/** A comma before three digits may also separate thousands. */
const MAYBE_THOUSANDS = /^\s*[+-]?[1-9]\d{0,2},\d{3}\s*$/;
const PERCENT = /^\s*[+-]?[\d.,]+\s*%\s*$/;
/** Words for a value that was not measured. */
const NOTHING = new Set(['', 'null', 'none', 'nil', 'n/a', '#n/a', '<na>', 'na', '-', '--', '\u2013', '\u2014']);
const YES = new Set(['true', 'yes', 'y', 'pass', 'passed', 'correct', 'right', '\u2713', '\u2714', '\u2705']);
const NO = new Set(['false', 'no', 'n', 'fail', 'failed', 'incorrect', 'wrong', '\u2717', '\u2718', '\u274c']);
const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const MOST_QUOTED = 40;

/** Quotes a cell for a message. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = String(value);
  return `'${text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}...` : text}'`;
}

/**
 * Converts a cell to a score for the sink: a number, 1 and 0 for true and false, null if empty, and other text
 * unchanged. Runs a hundred million times for a large matrix.
 */
export function scoreOf(cell: unknown): number | string | null {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'boolean') return Number(cell);
  if (cell === undefined || cell === null) return null;
  if (typeof cell === 'bigint') return Number(cell);
  if (typeof cell !== 'string') return quoted(cell);
  if (cell === '1') return 1;
  if (cell === '0') return 0;
  if (cell === '') return null;
  if (NUMBER.test(cell)) return Number(cell);
  return scoreOfWord(cell);
}

function scoreOfWord(cell: string): number | string | null {
  const word = cell.trim().toLowerCase();
  if (YES.has(word)) return 1;
  if (NO.has(word)) return 0;
  if (NOTHING.has(word)) return null;
  if (COMMA_NUMBER.test(cell) && !MAYBE_THOUSANDS.test(cell)) return Number(cell.replace(',', '.'));
  // Python writes NaN for values that were not measured; both are counted.
  if (word === 'nan') return Number.NaN;
  return /^[+-]?inf(inity)?$/.test(word) ? Number.POSITIVE_INFINITY : cell;
}

/** Returns whether a cell says that something went wrong: a text that is neither a number nor a word for no. */
export function isErrorCell(cell: unknown): boolean {
  if (typeof cell === 'object') return cell !== null;
  return cell === true || (typeof cell === 'string' && typeof scoreOf(cell) === 'string');
}

/** Converts a cell as `scoreOf` does, in a table whose separator shows that commas are decimal. */
function scoreWithComma(cell: unknown): number | string | null {
  const isNumber = typeof cell === 'string' && COMMA_NUMBER.test(cell);
  return isNumber ? Number(cell.replace(',', '.')) : scoreOf(cell);
}

export type ToScore = typeof scoreOf;

/** Returns the function that converts the cells of a table with this separator. */
export const toScoreFor = (separator: string | undefined): ToScore => (separator === ';' ? scoreWithComma : scoreOf);

/**
 * Refuses numbers that can be read in two ways: 85% is 0.85 or 85, and 1,000 is 1 or 1000. Errors: `invalid_argument`.
 */
export function refuseUnclear(score: number | string | null, column: string, place: Place): void {
  if (typeof score !== 'string') return;
  const got = `got ${quoted(score)} in column '${column}'`;
  if (PERCENT.test(score)) {
    const number = score.replace('%', '').trim();
    throw badInput(place, `${got}, expected a number: write ${number} with the range 0,100, or divide by 100`);
  }
  if (MAYBE_THOUSANDS.test(score)) throw badInput(place, `${got}, expected a decimal point, and no mark at thousands`);
}

/** Returns the text of a cell; `undefined` if empty. Errors: `invalid_argument` for lists and objects. */
export function textCell(cell: unknown, column: string, place: Place): string | undefined {
  if (cell === undefined || cell === null || cell === '') return undefined;
  if (typeof cell === 'string') return cell;
  if (typeof cell !== 'object') return String(cell);
  throw badInput(place, `got ${quoted(cell)} in column '${column}', expected text`);
}

/** Returns the text of a cell without blanks around it; `undefined` if nothing is left. Errors: as `textCell`. */
export function nameCell(cell: unknown, column: string, place: Place): string | undefined {
  return textCell(cell, column, place)?.trim() || undefined;
}

/** Returns the number of a cell; `undefined` if empty. Errors: `invalid_argument` for anything else. */
export function figureCell(
  cell: unknown,
  column: string,
  place: Place,
  toScore: ToScore = scoreOf,
): number | undefined {
  const value = toScore(cell);
  if (value === null || Number.isNaN(value)) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw badInput(place, `got ${quoted(cell)} in column '${column}', expected a number`);
}

function parsedList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Returns the vector of a cell: a list of numbers, possibly as JSON text. Errors: `invalid_argument` for anything else.
 */
export function vectorCell(cell: unknown, column: string, place: Place): Float32Array | undefined {
  if (cell === undefined || cell === null || cell === '') return undefined;
  const list = typeof cell === 'string' ? parsedList(cell) : cell;
  if (!Array.isArray(list) && !ArrayBuffer.isView(list)) {
    throw badInput(place, `got ${quoted(cell)} in column '${column}', expected a list of numbers`);
  }
  const numbers = list as ArrayLike<unknown>;
  const vector = new Float32Array(numbers.length ?? 0);
  for (let i = 0; i < vector.length; ++i) {
    const number = typeof numbers[i] === 'bigint' ? Number(numbers[i]) : numbers[i];
    vector[i] = typeof number === 'number' ? number : Number.NaN;
    if (!Number.isFinite(vector[i])) {
      throw badInput(place, `got ${quoted(numbers[i])} at ${i} of column '${column}', expected a finite number`);
    }
  }
  if (vector.length > 0) return vector;
  throw badInput(place, `got an empty list in column '${column}', expected a list of numbers`);
}
