/**
 * Formats shares, dollars and points of correctness. A rounded amount is never 0 unless the amount is, and a share is
 * never 100% unless it is all.
 */

import type { Bounded } from './types.js';

const LEAST_POINTS = 0.05;
const LEAST_SHARE = 0.005;

/** Formats a number with separators of thousands. */
export const countWords = (n: number): string => Math.round(n).toLocaleString('en');

/** Formats a count with its noun. */
export const counted = (n: number, noun: string, plural = `${noun}s`): string =>
  `${countWords(n)} ${n === 1 ? noun : plural}`;

/** Returns a share as a whole number of percent, without the sign; `less` stands for "less than". */
function percentDigits(share: number, less: string, more: string): string {
  if (share > 0 && share < LEAST_SHARE) return `${less}1`;
  if (share < 1 && share > 1 - LEAST_SHARE) return `${more}99`;
  return countWords(100 * share);
}

/** Formats a share of at least 0, such as 31%. */
export const percentWords = (share: number): string => `${percentDigits(share, 'less than ', 'more than ')}%`;

/** Formats US dollars of at least 0: cents below 100, dollars above, three digits from 1,000, and two below a cent. */
export function usdWords(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.01) return `$${usd.toLocaleString('en', { maximumSignificantDigits: 2, useGrouping: false })}`;
  if (usd < 99.995) return `$${usd.toFixed(2)}`;
  if (usd < 999.5) return `$${Math.round(usd)}`;
  return `$${usd.toLocaleString('en', { maximumSignificantDigits: 3 })}`;
}

/** Formats an amount that the user gave: whole dollars without cents. */
export const givenUsdWords = (usd: number): string =>
  Number.isInteger(usd) ? `$${usd.toLocaleString('en')}` : usdWords(usd);

/** Formats an estimated count: two digits. */
export const aboutWords = (n: number): string => countWords(Number(n.toPrecision(2)));

/** Returns points of at least 0 with one decimal. */
const pointDigits = (points: number, less: string): string =>
  points > 0 && points < LEAST_POINTS ? `${less}0.1` : points.toFixed(1);

/** Formats points of at least 0, such as "1.1 points". */
export const pointWords = (points: number): string =>
  `${pointDigits(points, 'less than ')} ${points >= LEAST_POINTS && points.toFixed(1) === '1.0' ? 'point' : 'points'}`;

/** Formats points with a sign, such as -3.4: whole ones from `wholeFrom` on. */
export function signedPoints(points: number, decimals = 1): string {
  const rounded = Math.abs(points).toFixed(decimals);
  if (Number(rounded) === 0) return '0';
  return `${points < 0 ? '-' : '+'}${rounded}`;
}

/** Formats the interval of points with signs: whole points if it is wider than five. */
export function signedInterval({ low, high }: Bounded): string {
  const decimals = high - low > 5 ? 0 : 1;
  return `${signedPoints(low, decimals)} to ${signedPoints(high, decimals)}`;
}

/** Formats a correctness in percent with its interval, such as "87% (83 to 91)". */
export function rightWords({ value, low, high }: Bounded): string {
  const digits = (share: number) => percentDigits(share, '<', '>');
  return `${percentWords(value)} (${digits(low)} to ${digits(high)})`;
}

/** The words for the two directions of a difference. */
interface Directions {
  down: string;
  up: string;
}

/** Formats an interval from the side of the value: without words if it has one sign, else with both. */
function interval(
  { value, low, high }: Bounded,
  digits: (size: number) => string,
  unit: string,
  { down, up }: Directions,
): string {
  if (value <= 0 && high <= 0) return `${digits(-high)} to ${digits(-low)}`;
  if (value >= 0 && low >= 0) return `${digits(low)} to ${digits(high)}`;
  const end = (difference: number) => {
    if (difference === 0) return `0${unit}`;
    return `${digits(Math.abs(difference))}${unit} ${difference < 0 ? down : up}`;
  };
  return value < 0 ? `from ${end(high)} to ${end(low)}` : `from ${end(low)} to ${end(high)}`;
}

/** Formats the interval of a difference in points, such as "0.2 to 2.0" or "from 0.3 more to 1.2 fewer". */
export const pointInterval = (points: Bounded, directions: Directions): string =>
  interval(points, (size) => pointDigits(size, '<'), '', directions);

/** Formats the interval of a saved share, such as "24 to 37" or "from 4% more to 11% less". */
export const savedInterval = (saved: Bounded): string =>
  interval(saved, (size) => percentDigits(size, '<', '>'), '%', { down: 'more', up: 'less' });
