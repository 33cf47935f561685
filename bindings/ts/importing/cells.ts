/** Cells of tables as values. */
import { badInput } from './input-file.js';
import type { Place } from './records.js';

const TRUE = new Set(['True', 'true', 'TRUE']);
const FALSE = new Set(['False', 'false', 'FALSE']);

/** A score as the sink takes it: a number, null for an empty cell, the text itself where it is none. */
export function scoreCell(cell: unknown): unknown {
  if (typeof cell === 'number') return cell;
  if (cell === undefined || cell === null || cell === '') return null;
  if (typeof cell === 'boolean') return Number(cell);
  if (typeof cell === 'bigint') return Number(cell);
  if (typeof cell !== 'string') return String(cell);
  const number = Number(cell);
  if (Number.isFinite(number) && cell.trim() !== '') return number;
  const text = cell.trim();
  if (TRUE.has(text)) return 1;
  if (FALSE.has(text)) return 0;
  // What pandas and R write for what is not there.
  return text === '' || /^(nan|na|null|none)$/i.test(text) ? null : text;
}

/** A text; undefined for an empty cell. */
export function textCell(cell: unknown): string | undefined {
  if (typeof cell === 'string') return cell === '' ? undefined : cell;
  if (typeof cell === 'number' || typeof cell === 'boolean' || typeof cell === 'bigint') return String(cell);
  return undefined;
}

/** A finite number; undefined for anything else. */
export function numberCell(cell: unknown): number | undefined {
  const number = scoreCell(cell);
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A vector: a list of numbers, or its JSON as text; undefined for an empty cell. Errors: `invalid_argument` for anything else. */
export function vectorCell(cell: unknown, place: Place): ArrayLike<number> | undefined {
  if (cell === undefined || cell === null || cell === '') return undefined;
  let value = cell;
  if (typeof cell === 'string') {
    try {
      value = JSON.parse(cell);
    } catch (cause) {
      throw badInput(place, 'the embedding is not a list of numbers', cause);
    }
  }
  if (value instanceof Float32Array || value instanceof Float64Array) return value;
  if (Array.isArray(value) && value.every((x) => typeof x === 'number')) return value;
  throw badInput(place, 'the embedding is not a list of numbers');
}

/** The name of a file as that of a dataset: without folders and endings. */
export function datasetOf(path: string): string {
  const base = path.split('/').at(-1) ?? path;
  return base.replace(/(\.(csv|tsv|jsonl|ndjson|json|parquet|gz))+$/i, '') || base;
}
