/** Numbers as people read them. */

export const percent = (share: number) => `${Math.round(100 * share)}%`;

export const range = ([low, high]: readonly [number, number]) => `${percent(low)} to ${percent(high)}`;

/** Without a maximum, thousandths would be the last digits shown. */
const PLAIN = { minimumFractionDigits: 2, maximumFractionDigits: 12 };

/** US dollars per million tokens; three significant figures, so that cents and tenths of a cent stay apart. */
export const dollars = (usd: number | null) =>
  usd === null ? 'not known' : `$${Number(usd.toPrecision(3)).toLocaleString('en', PLAIN)}`;

/** A price where nothing is one, too: a model of one's own costs none. */
export const priceWords = (usd: number | null) => (usd === 0 ? 'free' : dollars(usd));

const SIZES = ['bytes', 'KB', 'MB', 'GB'];

export function bytes(count: number): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), SIZES.length - 1);
  const value = count / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${SIZES[step]}`;
}

export const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** The organisation before the slash says little in a narrow column. */
export const shortName = (model: string) => model.slice(model.lastIndexOf('/') + 1);
