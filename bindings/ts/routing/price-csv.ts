/** Reads prices from CSV: a column of names, and one each for input and output. */
import { CsvError, parse } from '#csv-sync';
import { invalid } from '../options.js';
import { dayOf } from './days.js';
import type { RawList, RawPrice } from './price-list.js';

const MOST_ROW_BYTES = 1 << 20;

const NAMES = ['model', 'name', 'id', 'model id', 'model name', 'slug'];

/** A column's content, and the factor of its unit. */
interface Column {
  what: 'name' | 'in' | 'out' | 'cacheRead' | 'date';
  unit: number;
}

/** Returns the factor to dollars per million tokens that a header states, 1 if it states none. */
function unitOf(header: string): number {
  if (/1 ?k\b|thousand/.test(header)) return 1e3;
  return /\bper token\b/.test(header) ? 1e6 : 1;
}

function columnOf(cell: string): Column | undefined {
  const header = cell
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
  if (NAMES.includes(header)) return { what: 'name', unit: 1 };
  if (/^(?:date|as of|updated(?: at)?)$/.test(header)) return { what: 'date', unit: 1 };
  const unit = unitOf(header);
  if (/\bcached?\b/.test(header)) return /\bwrite\b/.test(header) ? undefined : { what: 'cacheRead', unit };
  const [isIn, isOut] = [/\b(?:in|input|prompt)\b/.test(header), /\b(?:out|output|completion)\b/.test(header)];
  return isIn === isOut ? undefined : { what: isIn ? 'in' : 'out', unit };
}

function numberOf(cell: string, hasDecimalComma: boolean): number | undefined {
  const text = cell.trim().replace(/^\$ ?/, '');
  const value = Number(hasDecimalComma ? text.replace(',', '.') : text);
  return text === '' || !Number.isFinite(value) ? undefined : value;
}

/** Returns the separator of the header: the most frequent one. */
function separatorOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  const counts = [',', ';', '\t'].map((separator) => ({ separator, count: header.split(separator).length }));
  return counts.reduce((most, next) => (next.count > most.count ? next : most)).separator;
}

function rowsOf(text: string, delimiter: string): string[][] {
  try {
    return parse(text, {
      bom: true,
      delimiter,
      max_record_size: MOST_ROW_BYTES,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as string[][];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw invalid(`the price list is not CSV: ${cause.message}`, cause);
  }
}

/** Returns the prices of a table; `undefined` if it has no column of names, or none of prices. Errors: `invalid_argument`. */
export function csvPrices(text: string): RawList | undefined {
  const separator = separatorOf(text);
  const [header = [], ...rows] = rowsOf(text, separator);
  const columns = header.map(columnOf);
  const placeOf = (what: Column['what']) => columns.findIndex((column) => column?.what === what);
  const [name, low, high, cache, date] = [
    placeOf('name'),
    placeOf('in'),
    placeOf('out'),
    placeOf('cacheRead'),
    placeOf('date'),
  ];
  if (name < 0 || low < 0 || high < 0) return undefined;
  const entries = rows.map((cells): RawPrice => {
    const usd = (at: number) => {
      const value = at < 0 ? undefined : numberOf(cells[at] ?? '', separator === ';');
      return value === undefined ? undefined : value * (columns[at]?.unit ?? 1);
    };
    return {
      name: cells[name]?.trim(),
      in: usd(low),
      out: usd(high),
      cacheRead: usd(cache),
      date: date < 0 ? undefined : dayOf(cells[date]?.trim()),
    };
  });
  return { kind: 'CSV', entries, unit: 1, hasFree: true };
}
