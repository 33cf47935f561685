/** Converts JSON records to rows of their text and number fields, in the order of first appearance. */
import { MOST_PROMPTS } from './limits.js';
import type { Cells } from './table.js';

/** More fields mean hostile input, or something other than records. */
const MOST_FIELDS = 200;
/** Number of skipped lines that are reported individually. */
const NAMED_LINES = 5;
const ITSELF = 'the text itself';

export class Records {
  readonly rows: (string | undefined)[][] = [];
  isCut = false;
  /** A `Map`, because a field may be called __proto__. */
  readonly #columns = new Map<string, number>();
  readonly #broken: string[] = [];
  #brokenCount = 0;

  get fields(): string[] {
    return [...this.#columns.keys()];
  }

  /** Sentences about what was skipped. */
  get notices(): string[] {
    const more = this.#brokenCount - this.#broken.length;
    return more > 0 ? [...this.#broken, `${more.toLocaleString('en')} more were skipped.`] : this.#broken;
  }

  /** Adds a line of JSONL. */
  addLine(line: string, number: number): void {
    if (line.trim() === '') return;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.#leaveOut(`Line ${number} was skipped: it is not valid JSON.`);
      return;
    }
    this.add(value, `Line ${number}`);
  }

  add(value: unknown, where: string): void {
    if (this.rows.length >= MOST_PROMPTS) {
      this.isCut = true;
      return;
    }
    if (typeof value === 'string') this.rows.push(this.#row([[ITSELF, value]]));
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      this.rows.push(this.#row(Object.entries(value)));
    } else this.#leaveOut(`${where} was skipped: it is neither a text nor an object.`);
  }

  #row(entries: [string, unknown][]): (string | undefined)[] {
    const row: (string | undefined)[] = [];
    for (const [field, value] of entries) {
      if (typeof value !== 'string' && typeof value !== 'number') continue;
      if (!this.#columns.has(field) && this.#columns.size < MOST_FIELDS) this.#columns.set(field, this.#columns.size);
      const column = this.#columns.get(field);
      if (column !== undefined) row[column] = String(value);
    }
    return row;
  }

  #leaveOut(notice: string): void {
    this.#brokenCount += 1;
    if (this.#broken.length < NAMED_LINES) this.#broken.push(notice);
  }
}

/** Returns the list in a JSON file: the file itself, or the first list in its object. */
export function listIn(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value).find((part): part is unknown[] => Array.isArray(part));
}

/** Returns the non-empty texts of a column. */
export function textsOf(rows: readonly Cells[], column: number): { prompts: string[]; empty: number } {
  const prompts: string[] = [];
  for (const row of rows) {
    const text = row[column]?.trim();
    if (text) prompts.push(text);
  }
  return { prompts, empty: rows.length - prompts.length };
}
