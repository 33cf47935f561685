/** Words for prices: their amounts, what share of another price one is, and the date that it is from. */

/** Names of one nth, by n. Between two entries the nearer one counts, by ratio. */
const PARTS: readonly (readonly [n: number, name: string])[] = [
  [2.5, 'two fifths'],
  [3, 'a third'],
  [4, 'a quarter'],
  [5, 'a fifth'],
  [6, 'a sixth'],
  [7, 'a seventh'],
  [8, 'an eighth'],
  [10, 'a tenth'],
  [12, 'a twelfth'],
  [15, 'a fifteenth'],
  [20, 'a twentieth'],
  [30, 'a thirtieth'],
  [50, 'a fiftieth'],
  [100, 'a hundredth'],
  [200, 'a two-hundredth'],
  [500, 'a five-hundredth'],
  [1000, 'a thousandth'],
];

/** Names of shares above two fifths, from the least share that each stands for. */
const SHARES: readonly (readonly [least: number, name: string])[] = [
  [0.85, 'nine tenths of'],
  [0.775, 'four fifths of'],
  [0.7, 'three quarters of'],
  [0.58, 'two thirds of'],
  [0.45, 'half'],
];

function partOf(ratio: number): string {
  const nearness = ([n]: readonly [number, string]) => Math.abs(Math.log(ratio * n));
  const [, name] = PARTS.reduce((best, next) => (nearness(next) < nearness(best) ? next : best));
  return name;
}

/** Says what a price is of "its price", another one; both positive, this one lower. */
export function shareWords(usd: number, other: number): string {
  const ratio = usd / other;
  if (ratio > 0.97) return 'slightly less';
  const share = SHARES.find(([least]) => ratio >= least);
  if (share !== undefined) return `${share[1]} its price`;
  return ratio < 1 / 1400 ? 'less than a thousandth of its price' : `${partOf(ratio)} of its price`;
}

/**
 * Formats the price of 1,000 answers: cents, and below a cent two digits.
 *
 * @example
 * ```js
 * perThousandWords(0.0044);    // '$4.40'
 * perThousandWords(0);         // 'free'
 * ```
 */
export function perThousandWords(usdPerAnswer: number): string {
  const usd = 1000 * usdPerAnswer;
  if (usd === 0) return 'free';
  if (usd < 0.01) return `$${usd.toLocaleString('en', { maximumSignificantDigits: 2, useGrouping: false })}`;
  return `$${usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2, useGrouping: false })}`;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/**
 * Formats a date such as 2026-09-23 or 2026-09 in words; returns any other text as it is.
 *
 * @example
 * ```js
 * dateWords('2026-09-23');    // '23 September 2026'
 * dateWords('2026-09');       // 'September 2026'
 * ```
 */
export function dateWords(date: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(date) ?? [];
  const name = MONTHS[Number(month) - 1];
  if (year === undefined || name === undefined) return date;
  return day === undefined ? `${name} ${year}` : `${Number(day)} ${name} ${year}`;
}
