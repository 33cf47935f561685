/** Reads what the `config.json` of a table of other languages says of it. */
import { errorFrom } from '../errors.js';
import type { Fields } from '../files/fields.js';
import type { LanguageTable } from '../types.js';

/** Least factor of distances; the core takes no smaller one. */
const LEAST_SCALE = 0.1;

/** Returns whether a value is a factor of distances. */
export const isDistanceScale = (value: unknown): value is number =>
  typeof value === 'number' && value >= LEAST_SCALE && value <= 1;

/** Returns the facts in a configuration; `undefined` for a table that is not one of other languages. Errors: `bad_embedder`. */
export function languagesIn({ space, distanceScale, unread = [] }: Fields): LanguageTable | undefined {
  if (space === undefined) return undefined;
  const isList = Array.isArray(unread) && unread.every((code) => typeof code === 'string');
  if (typeof space !== 'string' || !isList) throw errorFrom('bad_embedder', 'config.json: see space and unread');
  if (distanceScale !== undefined && !isDistanceScale(distanceScale)) {
    throw errorFrom('bad_embedder', `config.json: distanceScale is ${String(distanceScale)}, expected .1 to 1`);
  }
  return { space, distanceScale, unread };
}
