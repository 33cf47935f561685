/** Rows of cells, and the guess of the column with the prompts. */

/** Usual names of a column with prompts, in order of preference. */
const PROMPT_NAMES = ['prompt', 'question', 'input', 'text', 'instruction'];
/** Number of rows that the guess looks at. */
const LOOKED_AT = 200;
/** Longer texts are not names. */
const LONGEST_NAME = 60;

/** A row of cells; a cell that is not a text is `undefined`. */
export type Cells = readonly (string | undefined)[];

const key = (name: string) => name.trim().toLowerCase();

/** Returns whether the first row of a CSV names its columns. In a single column, only a known name counts. */
export function isHeader(row: Cells | undefined): boolean {
  if (row === undefined || row.length === 0) return false;
  const names = row.map((cell) => key(cell ?? ''));
  if (names.some((name) => PROMPT_NAMES.includes(name))) return true;
  const areNames = names.every((name) => name.length <= LONGEST_NAME && !/[.?!]$|^[-\d.,]+$/.test(name));
  return row.length > 1 && areNames && names.some((name) => name !== '') && new Set(names).size === names.length;
}

/** Returns a unique name for each column. */
export function fieldNames(header: Cells | undefined, columns: number): string[] {
  const names: string[] = [];
  for (let i = 0; i < columns; ++i) {
    const name = header?.[i]?.trim().slice(0, LONGEST_NAME) || `column ${i + 1}`;
    names.push(names.includes(name) ? `${name} (${i + 1})` : name);
  }
  return names;
}

export const widest = (rows: readonly Cells[]) => rows.reduce((most, row) => Math.max(most, row.length), 0);

/** Returns the mean length of a column's texts; numbers count as empty. */
function meanLength(rows: readonly Cells[], column: number): number {
  const looked = rows.slice(0, LOOKED_AT);
  const total = looked.reduce((sum, row) => {
    const cell = row[column] ?? '';
    return sum + (Number.isFinite(Number(cell)) ? 0 : cell.length);
  }, 0);
  return looked.length === 0 ? 0 : total / looked.length;
}

/** Returns the column with a usual name for prompts, or else the one with the longest texts. */
export function guessColumn(fields: readonly string[], rows: readonly Cells[]): number {
  const names = fields.map(key);
  const known = PROMPT_NAMES.map((name) => names.indexOf(name)).find((at) => at >= 0);
  if (known !== undefined) return known;
  let best = 0;
  let longest = -1;
  for (let column = 0; column < fields.length; ++column) {
    const length = meanLength(rows, column);
    if (length > longest) [best, longest] = [column, length];
  }
  return best;
}

/** Returns the most frequent delimiter in the first line, outside quotes. */
export function guessDelimiter(text: string): string {
  const line = text.replace(/"(?:[^"]|"")*("|$)/g, '').split(/[\r\n]/, 1)[0] ?? '';
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, count: line.split(mark).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}
