/** Checks of the metadata of a shard, which its reader allocates and computes by. */
import { isObject } from '../../files/fields.js';
import { CODE_TYPES } from '../../types.js';

/** Most parts of a build, as for the option `--shard`. */
const MOST_PARTS = 65535;

const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;
const isText = (value: unknown) => typeof value === 'string';

/** Returns whether a value is a part of a build: `open`, or a number of at most `MOST_PARTS`. */
export const isPart = (part: unknown) =>
  part === 'open' ||
  (isObject(part) &&
    isCount(part.count) &&
    isCount(part.index) &&
    Number(part.index) <= Number(part.count) &&
    Number(part.count) <= MOST_PARTS);

/** Returns whether a value is a `DatasetMetric`. */
export function isMetric(value: unknown): boolean {
  if (!isObject(value) || !isText(value.metric)) return false;
  const { range, threshold } = value;
  if (!Array.isArray(range) || range.length !== 2 || !range.every(Number.isFinite)) return false;
  return threshold === null || Number.isFinite(threshold);
}

/** Returns whether a value is a `WholeSettings`. */
export function areSettings(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { codes, maxRows, name, routing, maxWork, texts } = value;
  return (
    CODE_TYPES.some((type) => type === codes) &&
    (maxRows === null || isCount(maxRows)) &&
    (name === null || isText(name)) &&
    (routing === null || isObject(routing)) &&
    (maxWork === null || Number.isFinite(maxWork)) &&
    (texts === undefined || texts === true)
  );
}
