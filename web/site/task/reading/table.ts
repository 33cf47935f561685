/** Rows with cells, and the guess which of them holds the prompts. */

/** What holds prompts, by the name that it often has; the first of these that is there. */
const PROMPT_NAMES = ['prompt', 'question', 'input', 'text', 'instruction'];
/** Rows that a guess looks at. */
const LOOKED_AT = 200;
/** Longer ones are no names. */
const LONGEST_NAME = 60;

/** A cell that is no text is undefined. */
export type Cells = readonly (string | undefined)[];

const key = (name: string) => name.trim().toLowerCase();

/** Whether the first row of a CSV names its columns. Prompts in one column are told from a name by a name that is known. */
export function isHeader(row: Cells | undefined): boolean {
  if (row === undefined || row.length === 0) return false;
  const names = row.map((cell) => key(cell ?? ''));
  if (names.some((name) => PROMPT_NAMES.includes(name))) return true;
  const areNames = names.every((name) => name.length <= LONGEST_NAME && !/[.?!]$|^[-\d.,]+$/.test(name));
  return row.length > 1 && areNames && names.some((name) => name !== '') && new Set(names).size === names.length;
}

/** Names to choose from: every column has one, and no two the same. */
export function fieldNames(header: Cells | undefined, columns: number): string[] {
  const names: string[] = [];
  for (let i = 0; i < columns; ++i) {
    const name = header?.[i]?.trim().slice(0, LONGEST_NAME) || `column ${i + 1}`;
    names.push(names.includes(name) ? `${name} (${i + 1})` : name);
  }
  return names;
}

export const widest = (rows: readonly Cells[]) => rows.reduce((most, row) => Math.max(most, row.length), 0);

/** Mean length of a column's texts; those that are numbers count as none. */
function meanLength(rows: readonly Cells[], column: number): number {
  const looked = rows.slice(0, LOOKED_AT);
  const total = looked.reduce((sum, row) => {
    const cell = row[column] ?? '';
    return sum + (Number.isFinite(Number(cell)) ? 0 : cell.length);
  }, 0);
  return looked.length === 0 ? 0 : total / looked.length;
}

/** The column with a name that prompts have, else the one with the longest texts. */
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

/** The delimiter that stands most often in the first line, outside quotes. */
export function guessDelimiter(text: string): string {
  const line = text.replace(/"(?:[^"]|"")*("|$)/g, '').split(/[\r\n]/, 1)[0] ?? '';
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, count: line.split(mark).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}
