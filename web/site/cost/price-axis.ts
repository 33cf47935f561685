/** The axis of prices: logarithmic, with a separate position for free models. */
import { dollars } from '../../shared/format.js';

export interface PriceAxis {
  /** Ends of the axis, as positions on it. */
  low: number;
  high: number;
  /** Position of the price 0, half a decade left of all others. */
  freeAt: number | undefined;
}

/** Returns the position of a price on the axis. */
export const placeOf = (usd: number, { freeAt = 0 }: Pick<PriceAxis, 'freeAt'>) => (usd > 0 ? Math.log10(usd) : freeAt);

export function priceAxis(prices: readonly number[]): PriceAxis {
  const paid = prices.filter((usd) => usd > 0);
  const lowest = paid.length === 0 ? 0 : Math.log10(Math.min(...paid));
  const freeAt = paid.length < prices.length ? lowest - 0.5 : undefined;
  const start = freeAt ?? lowest;
  const highest = paid.length === 0 ? start : Math.log10(Math.max(...paid));
  // A single price is in the middle of a short axis.
  const margin = Math.max(0.12, 0.06 * (highest - start));
  return { low: start - margin, high: highest + margin, freeAt };
}

/** Ticks within a decade, each list coarser than the last; the fine ones are for equal prices, which may have no other tick. */
const MANTISSAS = [[1, 2, 5], [1, 3], [1]];
const FINE = [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];

function decades({ low, high }: PriceAxis, mantissas: readonly number[], every: number): number[] {
  const ticks: number[] = [];
  for (let decade = Math.floor(low / every) * every; decade <= high; decade += every) {
    for (const mantissa of mantissas) ticks.push(decade + Math.log10(mantissa));
  }
  return ticks;
}

/** Returns the positions of at most `most` ticks; "free" is always one of them. */
export function priceTicks(axis: PriceAxis, most: number): number[] {
  const { low, high, freeAt } = axis;
  const isPaid = (place: number) => place >= (freeAt === undefined ? low : freeAt + 0.25) && place <= high;
  const free = freeAt === undefined ? [] : [freeAt];
  for (const mantissas of MANTISSAS) {
    const ticks = decades(axis, mantissas, 1).filter(isPaid);
    if (ticks.length > most) continue;
    return [...free, ...(ticks.length < 2 ? decades(axis, FINE, 1).filter(isPaid) : ticks)];
  }
  const every = Math.ceil((high - low) / Math.max(1, most));
  return [...free, ...decades(axis, [1], every).filter(isPaid)];
}

/** Returns the label of a tick; cents only if there are any. */
export const tickWords = (place: number, { freeAt }: PriceAxis) =>
  place === freeAt ? 'free' : dollars(Number((10 ** place).toPrecision(2))).replace(/\.00$/, '');
