// Reads the table of prices that `npm run prices` keeps.
import { readFileSync } from 'node:fs';
import { priceFinder } from '../../prices/table.mjs';

/** Returns a function from a model's name to { in, out, cacheRead?, tiered?, date, source }, or null. */
export function readPrices() {
  return priceFinder(JSON.parse(readFileSync(new URL('../../prices/prices.json', import.meta.url), 'utf8')));
}
