/** Formats amounts for tables; sentences come from the package. */
import { dollars, percent } from '../../shared/format.js';

/** Formats US dollars with cents, or with more digits below ten cents. */
export const cents = (usd: number | null) =>
  usd === null ? 'unknown' : dollars(Number(usd < 0.1 ? usd.toPrecision(2) : usd.toFixed(2)));

/** Formats a share; a small one does not become 0%. */
export const shareWords = (share: number) => (share > 0 && share < 0.005 ? '<1%' : percent(share));

/** Formats points with a sign. */
export function signed(points: number): string {
  const text = Math.abs(points).toFixed(1);
  return text === '0.0' ? '0' : `${points < 0 ? '-' : '+'}${text}`;
}
