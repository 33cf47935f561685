/** Reads the arguments of options: numbers, counts and lists. All refuse with commander's error, which names the option. */
import { InvalidArgumentError } from 'commander';

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Returns a decimal number, or NaN for any other text: blanks, `0x10` and `Infinity` included. */
export function parseDecimal(text: string): number {
  const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

export function toNumber(text: string): number {
  const value = parseDecimal(text);
  if (Number.isNaN(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** Returns a reader of numbers from `low` to `high`, both included. */
export function toNumberWithin(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = toNumber(text);
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected a number from ${low} to ${high}.`);
  };
}

/** Returns a reader of whole numbers from `low` to `high`, both included. */
export function toWholeWithin(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = parseDecimal(text);
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}.`);
  };
}

/** Reads how many there are of something: at least 1. */
export function toCount(text: string): number {
  const value = parseDecimal(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

/**
 * Reads names separated by commas, without empty ones. A list of none is refused: it comes from a variable that is not
 * set, and means neither all nor nothing.
 */
export function toList(text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('Expected a list separated by commas, got an empty one.');
  return names;
}

/** Returns a reader of lists whose items `parse` reads. */
export function toListOf<T>(parse: (text: string) => T): (text: string) => T[] {
  return (text) => toList(text).map(parse);
}
