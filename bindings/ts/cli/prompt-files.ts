/** Reads the user's prompts and labels: text, JSON, JSONL or CSV, by the file's extension. */
import path from 'node:path';
import process from 'node:process';
import { readTextFile } from '../files/disk/text.js';
import { decodeText } from '../files/text.js';
import { scoreOf } from '../importing/sources/cells.js';
import { columnOf, isRowNumbers } from '../importing/sources/columns.js';
import { separatorOf } from '../importing/table.js';
import { pointerReason } from '../importing/unreadable.js';
import { invalid } from '../options.js';
import type { Answers, Label } from '../types.js';
import { parse } from '../vendor/csv-sync-node.js';

type Row = Record<string, unknown>;

async function readText(file: string): Promise<string> {
  const text = await readTextFile(file);
  const pointer = pointerReason(text);
  if (pointer !== undefined) throw invalid(`${file} is ${pointer}`);
  return text;
}

/** Reads the text on standard input. Errors: `invalid_argument` for another encoding than those of files. */
export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return decodeText(Buffer.concat(chunks), (reason, cause) => invalid(`standard input is ${reason}`, cause));
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

/** Returns the list in a JSON file: the file itself, or the first list in an object that is not a row. */
function listIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null || named(value as Row, 'prompt') !== undefined) return [value];
  return Object.values(value).find(Array.isArray) ?? [value];
}

/** Reads a JSON document. Some files named .json have a value per line. */
function readJson(file: string, text: string): unknown[] {
  try {
    return listIn(JSON.parse(text));
  } catch (cause) {
    try {
      return readJsonLines(file, text);
    } catch {
      throw invalid(`${file}: not JSON: ${(cause as Error).message}`, cause);
    }
  }
}

function readCsv(file: string, text: string): Row[] {
  const delimiter = separatorOf(text, path.extname(file).toLowerCase() === '.csv' ? ',' : '\t');
  const columns = (header: string[]) => header.map((name) => name.trim());
  try {
    return parse(text, { columns, bom: true, delimiter, skip_empty_lines: true }) as Row[];
  } catch (cause) {
    throw invalid(`${file}: ${(cause as Error).message}`, cause);
  }
}

type Format = 'json' | 'jsonl' | 'csv' | 'text';

function formatOf(file: string): Format {
  const extension = path.extname(file).toLowerCase();
  if (extension === '.json') return 'json';
  if (extension === '.jsonl' || extension === '.ndjson') return 'jsonl';
  return ['.csv', '.tsv', '.tab'].includes(extension) ? 'csv' : 'text';
}

const READERS = { json: readJson, jsonl: readJsonLines, csv: readCsv };

/** Returns the value under a name, which may be in other case. */
function named(row: Row, name: string): unknown {
  const names = Object.keys(row);
  return row[names[columnOf(names, name)] ?? name];
}

/** Reads one prompt per row: the column or key `prompt`, a JSON string, or a line of text. */
export async function readPrompts(file: string): Promise<string[]> {
  const text = await readText(file);
  const format = formatOf(file);
  if (format === 'text') return linesOf(text).map(({ line }) => line);
  return READERS[format](file, text).map((row, i) => {
    const prompt = typeof row === 'object' && row !== null ? named(row as Row, 'prompt') : row;
    if (typeof prompt !== 'string') throw invalid(`${file}, row ${i + 1}: no text in the column "prompt"`);
    return prompt;
  });
}

/** Columns that `--next` writes beside those of models. */
const OTHER_COLUMNS = ['index', 'prompt', 'selected_by', 'weight'];

const isModelColumn = (name: string) => !OTHER_COLUMNS.includes(name.toLowerCase()) && !isRowNumbers(name);

/**
 * Reads the answers of models: a row for each prompt, in the order of the prompts, and a column for each model. The columns
 * `prompt`, `index`, `selected_by`, `weight` and numbers of rows are not of models; an empty cell is not an answer.
 */
export async function readAnswers(file: string): Promise<Answers> {
  const text = await readText(file);
  const format = formatOf(file);
  return READERS[format === 'text' ? 'jsonl' : format](file, text).map((row, i) => {
    if (typeof row !== 'object' || row === null) throw invalid(`${file}, row ${i + 1}: expected an object`);
    const columns = Object.entries(row as Row).filter(([name]) => isModelColumn(name));
    for (const [model, answer] of columns) {
      if (answer === null || typeof answer === 'string' || Number.isFinite(answer)) continue;
      throw invalid(`${file}, row ${i + 1}: the answer of ${model} is not a text or a number`);
    }
    return Object.fromEntries(columns) as Answers[number];
  });
}

function toOutcome(file: string, row: number, model: string, value: unknown): number | undefined {
  const score = scoreOf(value);
  if (score === null) return undefined;
  if (typeof score === 'number' && Number.isFinite(score)) return score;
  throw invalid(`${file}, row ${row}: the outcome of ${model} is '${String(value)}', expected 0 to 1, true or false`);
}

/**
 * Reads rows with `index`, the number of the prompt from 0, and one outcome per model, as columns or under the key
 * `outcomes`.
 */
export async function readLabels(file: string): Promise<Label[]> {
  const text = await readText(file);
  const format = formatOf(file);
  return READERS[format === 'text' ? 'jsonl' : format](file, text).map((row, i) => {
    if (typeof row !== 'object' || row === null) throw invalid(`${file}, row ${i + 1}: expected an object`);
    const { outcomes, ...columns } = row as Row;
    const index = named(columns, 'index');
    const number = typeof index === 'string' && index.trim() !== '' ? Number(index) : index;
    if (typeof number !== 'number' || !Number.isInteger(number)) {
      throw invalid(`${file}, row ${i + 1}: "index" is not the number of a prompt`);
    }
    const given = typeof outcomes === 'object' && outcomes !== null ? (outcomes as Row) : columns;
    const isModel = (name: string) => given === outcomes || isModelColumn(name);
    const known = Object.entries(given).flatMap(([model, value]) => {
      if (!isModel(model)) return [];
      const outcome = toOutcome(file, i + 1, model, value);
      return outcome === undefined ? [] : [[model, outcome] as const];
    });
    return { index: number, outcomes: Object.fromEntries(known) };
  });
}

/** Returns the rows of a table, each an object. */
async function readRows(file: string): Promise<Row[]> {
  const text = await readText(file);
  const format = formatOf(file);
  return READERS[format === 'text' ? 'jsonl' : format](file, text).map((row, i) => {
    if (typeof row !== 'object' || row === null) throw invalid(`${file}, row ${i + 1}: expected an object`);
    return row as Row;
  });
}

/**
 * Gives graded rows the prompts of a log by their ids, as `signalbox serve --log-prompts` writes it. Returns the rows as JSON
 * lines. Errors: `invalid_argument` for a row without an id, and for an id that the log lacks, or has without a prompt.
 */
export async function gradesWithPrompts(grades: string, log: string): Promise<Uint8Array> {
  const prompts = new Map<unknown, unknown>();
  for (const row of await readRows(log)) prompts.set(named(row, 'id'), named(row, 'prompt'));
  const lines = (await readRows(grades)).map((row, i) => {
    const id = named(row, 'id');
    if (typeof id !== 'string' || id === '') throw invalid(`${grades}, row ${i + 1}: no text in the column "id"`);
    const prompt = prompts.get(id);
    if (typeof prompt === 'string') return JSON.stringify({ ...row, prompt });
    const lacks = prompts.has(id) ? 'has no prompt for' : 'does not have';
    throw invalid(`${grades}, row ${i + 1}: ${log} ${lacks} the id '${id}', expected a log with --log-prompts`);
  });
  return new TextEncoder().encode(lines.join('\n'));
}
