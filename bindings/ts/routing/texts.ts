/** The beginnings of the benchmark's prompts: in the index file, or in a folder of files that are read on demand. */
import { abortable, SignalboxError, throwIfAborted } from '../errors.js';
import { field } from '../files/fields.js';
import { decodeRowTasks, decodeStringAt, findSection, type SectionName } from '../files/index-file.js';
import { readBytes } from '../files/sources.js';
import { isUrl } from '../kinds.js';
import { checkOptions, described, invalid, wrongKind } from '../options.js';
import type { IndexInfo, LoadOptions, TaskInfo, TextsOptions } from '../types.js';
import { TEXTS_KEYS } from './option-keys.js';

/** Most rows of one call. */
const MOST_ROWS = 1000;
/** Most bytes of a file: 160 escaped characters for each row, and the rest of the JSON. */
const bytesFor = (rows: number) => 1024 * (rows + 4);

/** Returns the address of a task's file. */
function fileIn(folder: string | URL, task: number): string {
  const name = `${task}.json`;
  if (isUrl(folder) || /^[a-z][a-z\d+.-]+:/i.test(folder)) {
    const url = new URL(folder);
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return new URL(name, url).href;
  }
  return `${folder}${/[\\/]$/.test(folder) ? '' : '/'}${name}`;
}

/**
 * Returns the folder of texts beside an index; `undefined` for an index within a script. Turbopack's addresses have a path
 * and nothing before it, so that they cannot be the base of a `URL`.
 */
export function textsBeside(index: URL): string | undefined {
  const address = String(index).replace(/[?#].*$/, '');
  return /^(data|blob):/.test(address) ? undefined : address.replace(/[^/]*$/, 'texts/');
}

/** Reads a task's file: the name of the task, and a text for each of its rows. Errors: `bad_section`. */
function textsIn(bytes: Uint8Array, { name, rows }: TaskInfo, address: string): string[] {
  const refuse = (why: string) => {
    const file = address.slice(address.lastIndexOf('/') + 1);
    return new SignalboxError('bad_section', `the texts in ${file} ${why}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw Object.assign(refuse('are not JSON'), { cause });
  }
  const [task, texts] = [field(value, 'task'), field(value, 'texts')];
  if (task !== name) throw refuse(`are of the task ${described(task)}, expected '${name}'`);
  if (!Array.isArray(texts) || texts.length !== rows || texts.some((text) => typeof text !== 'string')) {
    throw refuse(`are ${described(texts)}, expected a list of ${rows} texts`);
  }
  return texts;
}

/** The texts of an open index. */
export class Texts {
  readonly #readFile: <T>(read: (file: Uint8Array) => T) => T;
  readonly #info: IndexInfo;
  readonly #folder: string | URL | undefined;
  /** The texts of each task that was read, or is being read. */
  readonly #ofTask = new Map<number, Promise<string[]>>();

  /** Takes a function that lends the index file for the duration of a call. */
  constructor(
    readFile: <T>(read: (file: Uint8Array) => T) => T,
    info: IndexInfo,
    folder: Exclude<LoadOptions['texts'], false>,
  ) {
    this.#readFile = readFile;
    this.#info = info;
    this.#folder = folder;
  }

  /** Returns the texts that the index file contains; `null` for the others. */
  inFile(rows: readonly number[]): (string | null)[] {
    const found = findSection(this.#info, 'texts');
    if (found === undefined) return rows.map(() => null);
    return this.#section('texts', (section) =>
      rows.map((row) => decodeStringAt(section, this.#info.rows, row) || null),
    );
  }

  /** Returns the texts of rows; see `Routing.texts`. */
  async of(rows: readonly number[], options: TextsOptions): Promise<(string | null)[]> {
    checkOptions(options, TEXTS_KEYS);
    this.#check(rows);
    const { signal } = options;
    throwIfAborted(signal);
    if (this.#folder === undefined || findSection(this.#info, 'texts') !== undefined) return this.inFile(rows);
    const places = this.#placesOf(rows);
    const tasks = [...new Set(places.map(({ task }) => task))];
    const loaded = await Promise.all(tasks.map((task) => abortable(this.#load(task), signal)));
    const ofTask = new Map(tasks.map((task, i) => [task, loaded[i]]));
    return places.map(({ task, at }) => ofTask.get(task)?.[at] || null);
  }

  #check(rows: readonly number[]): void {
    if (!Array.isArray(rows)) throw wrongKind(rows, 'rows', 'a list of rows');
    if (rows.length > MOST_ROWS) throw invalid(`rows has ${rows.length} entries, expected at most ${MOST_ROWS}`);
    const wrong = rows.find((row) => !Number.isSafeInteger(row) || row < 0 || row >= this.#info.rows);
    if (wrong !== undefined) throw wrongKind(wrong, 'a row', `a whole number from 0 to ${this.#info.rows - 1}`);
  }

  /** Returns the task of each row, and which of its rows it is. */
  #placesOf(rows: readonly number[]): { task: number; at: number }[] {
    return this.#section('row_tasks', (section) => {
      const tasks = decodeRowTasks(section);
      return rows.map((row) => {
        const task = tasks[row] as number;
        let at = 0;
        for (let before = 0; before < row; ++before) at += Number(tasks[before] === task);
        return { task, at };
      });
    });
  }

  /** Reads the file of a task once; after a failure, again at the next call. */
  #load(task: number): Promise<string[]> {
    const known = this.#ofTask.get(task);
    if (known !== undefined) return known;
    const loading = this.#read(task);
    this.#ofTask.set(task, loading);
    loading.catch(() => this.#ofTask.delete(task));
    return loading;
  }

  async #read(task: number): Promise<string[]> {
    const info = this.#info.tasks[task] as TaskInfo;
    if (info.record?.textsMayBeShown === false || this.#folder === undefined) return [];
    const address = fileIn(this.#folder, task);
    return textsIn(await readBytes(address, { most: bytesFor(info.rows) }), info, address);
  }

  #section<T>(name: SectionName, read: (section: Uint8Array) => T): T {
    const { offsetBytes, sizeBytes } = findSection(this.#info, name) as { offsetBytes: number; sizeBytes: number };
    return this.#readFile((file) => read(file.subarray(offsetBytes, offsetBytes + sizeBytes)));
  }
}
