/** Parses option arguments: numbers, counts and lists. Errors are commander's, which names the option. */

import { PREFERENCES, type Preference } from '../types.js';
import { InvalidArgumentError } from '../vendor/commander-node.js';

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Parses a finite decimal number; NaN for any other text, `0x10` and blanks included. */
export function parseDecimal(text: string): number {
  const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

export function toNumber(text: string): number {
  const value = parseDecimal(text);
  if (Number.isNaN(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** Returns a parser of numbers from `low` to `high`, both included. */
export function toNumberWithin(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = toNumber(text);
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected a number from ${low} to ${high}.`);
  };
}

/** Parses a number of US dollars, or of anything else that may be 0 but not negative. */
export function toNonNegative(text: string): number {
  const value = toNumber(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError('Expected a number of at least 0.');
}

/** Returns a parser of whole numbers from `low` to `high`, both included. */
export function toWholeWithin(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = parseDecimal(text);
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}.`);
  };
}

/** Parses the dial between quality and price: a name, or percentage points. */
export function toPreference(text: string): Preference {
  const name = PREFERENCES.find((known) => known === text);
  const points = parseDecimal(text);
  if (name !== undefined) return name;
  if (points >= 0 && points <= 100) return points;
  throw new InvalidArgumentError(`Expected ${PREFERENCES.join(', ')} or a number from 0 to 100.`);
}

/** Parses a whole number of at least 1. */
export function toCount(text: string): number {
  const value = parseDecimal(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

/**
 * Parses comma-separated names and drops empty ones. An empty list is refused: it usually comes from an unset variable,
 * and would mean "all" to some options and "none" to others.
 */
export function toList(text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('Expected a comma-separated list, got an empty one.');
  return names;
}

/** Returns a parser of lists whose items `parse` reads. */
export function toListOf<T>(parse: (text: string) => T): (text: string) => T[] {
  return (text) => toList(text).map(parse);
}
