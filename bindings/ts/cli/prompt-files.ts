/** Reads the user's prompts and labels: text, JSONL or CSV, by the file's extension. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { SignalboxError } from '../errors.js';
import { diskError } from '../files/disk/errors.js';
import type { Label } from '../types.js';

type Row = Record<string, unknown>;

function invalid(message: string, cause?: unknown): SignalboxError {
  return new SignalboxError('invalid_argument', message, { cause });
}

async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    if (cause instanceof TypeError) throw invalid(`${file} is not UTF-8`, cause);
    throw diskError(`${file} could not be read`, cause);
  }
}

const linesOf = (text: string) =>
  text
    .split(/\r?\n/)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== '');

function readJsonLines(file: string, text: string): unknown[] {
  return linesOf(text).map(({ line, number }) => {
    try {
      return JSON.parse(line) as unknown;
    } catch (cause) {
      throw invalid(`${file}, line ${number}: not JSON`, cause);
    }
  });
}

function readCsv(file: string, text: string): Row[] {
  const delimiter = path.extname(file).toLowerCase() === '.tsv' ? '\t' : ',';
  try {
    return parse(text, { columns: true, bom: true, delimiter, skip_empty_lines: true }) as Row[];
  } catch (cause) {
    throw invalid(`${file}: ${(cause as Error).message}`, cause);
  }
}

type Format = 'jsonl' | 'csv' | 'text';

function formatOf(file: string): Format {
  const extension = path.extname(file).toLowerCase();
  if (extension === '.jsonl' || extension === '.ndjson') return 'jsonl';
  return extension === '.csv' || extension === '.tsv' ? 'csv' : 'text';
}

/** Reads one prompt per row: the column or key `prompt`, a JSON string, or a line of text. */
export async function readPrompts(file: string): Promise<string[]> {
  const text = await readText(file);
  const format = formatOf(file);
  if (format === 'text') return linesOf(text).map(({ line }) => line);
  const rows = format === 'csv' ? readCsv(file, text) : readJsonLines(file, text);
  return rows.map((row, i) => {
    const prompt = typeof row === 'string' ? row : (row as Row | null)?.prompt;
    if (typeof prompt !== 'string') throw invalid(`${file}, row ${i + 1}: no text in the column "prompt"`);
    return prompt;
  });
}

function toOutcome(file: string, row: number, model: string, value: unknown): number | boolean | undefined {
  if (value === '' || value === null || value === undefined) return undefined;
  if (typeof value === 'boolean' || typeof value === 'number') return value;
  const number = typeof value === 'string' ? Number(value) : Number.NaN;
  if (Number.isFinite(number)) return number;
  if (value === 'true' || value === 'True') return true;
  if (value === 'false' || value === 'False') return false;
  throw invalid(`${file}, row ${row}: the outcome of ${model} is '${String(value)}', expected 0 to 1, true or false`);
}

/**
 * Reads rows with `index`, the number of the prompt from 0, and one outcome per model, as columns or under the key
 * `outcomes`.
 */
export async function readLabels(file: string): Promise<Label[]> {
  const text = await readText(file);
  const rows = formatOf(file) === 'csv' ? readCsv(file, text) : readJsonLines(file, text);
  return rows.map((row, i) => {
    if (typeof row !== 'object' || row === null) throw invalid(`${file}, row ${i + 1}: expected an object`);
    const { index, outcomes, ...columns } = row as Row;
    const number = typeof index === 'string' && index.trim() !== '' ? Number(index) : index;
    if (typeof number !== 'number' || !Number.isInteger(number)) {
      throw invalid(`${file}, row ${i + 1}: "index" is not the number of a prompt`);
    }
    const given = typeof outcomes === 'object' && outcomes !== null ? (outcomes as Row) : columns;
    const known = Object.entries(given).flatMap(([model, value]) => {
      const outcome = toOutcome(file, i + 1, model, value);
      return outcome === undefined ? [] : [[model, outcome] as const];
    });
    return { index: number, outcomes: Object.fromEntries(known) };
  });
}
