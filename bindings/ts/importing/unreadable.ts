/** Recognises files that hold no results, by their first bytes, and says what to do. */
import { COMPRESSED, LFS_POINTER } from '../files/describe.js';
import type { FileHead } from './input-file.js';

const SHEET = 'a spreadsheet: save the sheet as CSV';
/** Beginnings of files in which data is packed or kept in another form. */
const SIGNATURES: readonly (readonly [signature: string, at: number, reason: string])[] = [
  ['\xd0\xcf\x11\xe0', 0, SHEET],
  ...COMPRESSED.map(([signature, kind]) => [signature, 0, kind] as const),
  ['7z\xbc\xaf', 0, 'a 7z archive: unpack it first'],
  ['ustar', 257, 'a tar archive: unpack it first'],
  ['ARROW1', 0, 'an Arrow file: save it as Parquet'],
  ['SQLite format 3', 0, 'a database: export its table as CSV'],
];
const ZIP = 'PK\x03\x04';
/** The first members of spreadsheets: of Excel, and of LibreOffice. */
const SPREADSHEET = /\[Content_Types\]\.xml|_rels\/|mimetypeapplication\/vnd\.oasis\.opendocument\.spreadsheet/;
const ANNEX = /^(\.\.\/)*(\.git)?\/annex\/objects\//;
const PAGE = /^\s*<(!doctype|html|head|body|\?xml|error)\b/i;
/** Nothing but blanks, or the NULs of a file whose room was reserved before a crash. */
const BLANK = /^[\s\0]*$/;
const RESULTS = /\.(jsonl?|ndjson|csv|tsv|tab|parquet|eval|pkl|pickle)$/;
const LATIN1 = new TextDecoder('latin1');

export interface Unreadable {
  reason: string;
  /** Whether the name is that of a file with results: a build without it would lack them. */
  isEssential: boolean;
}

/** Returns what to do about a pointer that stands for a file's data; `undefined` for other text. */
export function pointerReason(text: string): string | undefined {
  if (text.startsWith(LFS_POINTER)) return 'a Git LFS pointer instead of the data: run `git lfs pull`';
  return ANNEX.test(text) ? 'a git-annex pointer instead of the data: run `git annex get`' : undefined;
}

function archiveReason(name: string, start: string): string | undefined {
  if (!start.startsWith(ZIP) || name.endsWith('.eval')) return undefined;
  const isSpreadsheet = SPREADSHEET.test(start) || /\.(xls[xmb]|ods)$/.test(name);
  return isSpreadsheet ? SHEET : 'a zip archive: unpack it first';
}

/** Returns why a file has no results, and what to do; `undefined` if an importer may read it. */
export function unreadable({ name, bytes, text }: FileHead): Unreadable | undefined {
  const isEssential = RESULTS.test(name);
  if (BLANK.test(text)) return { reason: 'an empty file (was the run stopped?)', isEssential: false };
  const pointer = pointerReason(text);
  if (pointer !== undefined) return { reason: pointer, isEssential };
  if (PAGE.test(text)) return { reason: 'a web page or an error message: download the file itself', isEssential };
  const start = LATIN1.decode(bytes.subarray(0, 512));
  const reason =
    archiveReason(name, start) ?? SIGNATURES.find(([signature, at]) => start.startsWith(signature, at))?.[2];
  return reason === undefined ? undefined : { reason, isEssential };
}
