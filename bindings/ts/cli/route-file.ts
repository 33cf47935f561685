/** Routes every prompt of a file on its own, into a table that a later run can continue. */
import { type FileHandle, open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { diskError } from '../files/disk/errors.js';
import { readTextFile } from '../files/disk/text.js';
import { printable } from '../files/printable.js';
import type { Router } from '../index.js';
import { invalid } from '../options.js';
import type { Decision, RouteManyOptions } from '../types.js';
import { parse } from '../vendor/csv-sync-node.js';
import { csvLine } from './csv-text.js';
import { type FieldName, fieldsOf, TABLE_FIELDS } from './decision-fields.js';
import { UsageError } from './failures.js';
import type { Progress } from './progress.js';

/** Prompts between two writes: a stop loses no more than these. */
const BLOCK = 64;

export interface FileRouting {
  prompts: readonly string[];
  output: string;
  fields?: readonly FieldName[] | undefined;
  resume?: boolean | undefined;
}

type Row = Record<string, unknown>;

/** A form of the output: how it begins, a row of it, and how its rows are read. */
interface Form {
  head: string;
  line(row: Row): string;
  read(text: string): Row[];
}

function formOf(output: string, columns: readonly string[]): Form {
  const extension = path.extname(output).toLowerCase();
  if (extension === '.jsonl' || extension === '.ndjson') {
    return {
      head: '',
      line: (row) => `${JSON.stringify(row)}\n`,
      read: (text) =>
        text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Row),
    };
  }
  if (extension !== '.csv') {
    throw new UsageError(`-o ${output}: expected a name that ends in .csv or .jsonl`, 'signalbox route');
  }
  const head = csvLine(columns);
  return {
    head,
    line: (row) => csvLine(columns.map((name) => row[name])),
    read: (text) => {
      if (!text.startsWith(head)) throw invalid(`${output} has other columns than ${columns.join(', ')}`);
      return parse(text, { columns: true }) as Row[];
    },
  };
}

/** Returns the text up to the end of its last complete line; a line may contain line ends in quotes. */
function completeLines(text: string, isCsv: boolean): string {
  if (!isCsv) return text.slice(0, text.lastIndexOf('\n') + 1);
  let end = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; ++i) {
    if (text[i] === '"') isQuoted = !isQuoted;
    else if (text[i] === '\n' && !isQuoted) end = i + 1;
  }
  return text.slice(0, end);
}

/** Opens a new output. Errors: `invalid_argument` if it exists. */
async function create(output: string): Promise<FileHandle> {
  return open(output, 'wx').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw invalid(`${output} exists: --resume continues it`, cause);
    throw diskError(`${output} could not be written`, cause);
  });
}

/**
 * Opens an output of an earlier run, cuts off what is incomplete, and returns the rows that are done. Errors:
 * `invalid_argument` if its rows are not of these prompts.
 */
async function reopen(form: Form, { prompts, output }: FileRouting): Promise<{ file: FileHandle; rows: Row[] }> {
  const whole = await readTextFile(output);
  const kept = completeLines(whole, form.head !== '');
  const rows = kept === '' ? [] : form.read(kept);
  const other = rows.findIndex(({ index, prompt }, i) => Number(index) !== i || prompt !== prompts[i]);
  if (other >= 0) throw invalid(`${output}, row ${other + 1}: not of prompt ${other + 1} of the file`);
  const file = await open(output, 'r+').catch((cause) => {
    throw diskError(`${output} could not be written`, cause);
  });
  await file.truncate(Buffer.byteLength(kept));
  return { file, rows };
}

/**
 * Decides about all prompts within the budget, and yields what no earlier run has written. Errors: those of `routeMany`;
 * `invalid_argument` if the earlier run decided otherwise.
 */
async function* decideWithin(
  router: Router,
  { prompts, output }: FileRouting,
  rows: readonly Row[],
  options: RouteManyOptions,
  budgetUsd: number,
  onPrice: (usd: number) => void,
): AsyncGenerator<Decision[]> {
  let block: Decision[] = [];
  let i = 0;
  for await (const decision of router.routeWithin(prompts, options, budgetUsd)) {
    onPrice(decision.price.usdPerAnswer ?? 0);
    const row = rows[i++];
    if (row === undefined) block.push(decision);
    else if (row.model !== decision.model) {
      const expected = `expected ${decision.model} within this budget and these options`;
      throw invalid(`${output}, row ${i}: got ${row.model}, ${expected}`);
    }
    if (block.length < BLOCK && i < prompts.length) continue;
    yield block;
    block = [];
  }
}

/** Decides about the prompts that no earlier run has written. Errors: those of `routeMany`. */
async function* decideEach(
  router: Router,
  { prompts }: FileRouting,
  rows: readonly Row[],
  options: RouteManyOptions,
): AsyncGenerator<Decision[]> {
  for (let first = rows.length; first < prompts.length; first += BLOCK) {
    yield router.routeMany(prompts.slice(first, first + BLOCK), options);
  }
}

/** The end of a run. */
export interface Routed {
  /** Number of rows that an earlier run had written. */
  before: number;
  /** With a budget: the expected price of all answers. */
  usd: number | undefined;
}

/**
 * Writes a row for each prompt, with its number, its text and the fields. An abort leaves complete rows only. A run that
 * wrote no row leaves no file.
 */
export async function routeFile(
  router: Router,
  routing: FileRouting,
  options: RouteManyOptions,
  progress: Progress,
): Promise<Routed> {
  const { prompts, output, fields = TABLE_FIELDS, resume } = routing;
  if (resume && options.budgetUsd !== undefined && !fields.includes('model')) {
    throw new UsageError(
      `--fields is ${fields.join()}, expected model among them: --resume within a budget compares it`,
      'signalbox route',
    );
  }
  const form = formOf(output, ['index', 'prompt', ...fields]);
  const exists =
    resume &&
    (await open(output, 'r').then(
      (file) => file.close().then(() => true),
      () => false,
    ));
  const { file, rows } = exists ? await reopen(form, routing) : { file: await create(output), rows: [] };
  let done = rows.length;
  try {
    let { size: end } = await file.stat();
    const append = async (text: string) => {
      const { bytesWritten } = await file.write(Buffer.from(text), 0, null, end);
      end += bytesWritten;
    };
    if (end === 0) await append(form.head);
    progress.begin(printable(`routing ${prompts.length} prompts`));
    const small = { ...options, neighbours: 0 };
    const { budgetUsd } = options;
    let usd = 0;
    const blocks =
      budgetUsd == null
        ? decideEach(router, routing, rows, small)
        : decideWithin(router, routing, rows, small, budgetUsd, (more) => {
            usd += more;
          });
    for await (const decisions of blocks) {
      await progress.update(done, prompts.length);
      const lines = decisions.map((decision, i) =>
        form.line({ index: done + i, prompt: prompts[done + i], ...fieldsOf(decision, fields) }),
      );
      await append(lines.join(''));
      done += decisions.length;
    }
    return { before: rows.length, usd: budgetUsd == null ? undefined : usd };
  } catch (cause) {
    // A table without rows would only stand in the way of the next run.
    if (!exists && done === 0) await unlink(output).catch(() => undefined);
    throw (cause as NodeJS.ErrnoException).syscall === 'write'
      ? diskError(`${output} could not be written`, cause)
      : cause;
  } finally {
    await file.close();
  }
}
