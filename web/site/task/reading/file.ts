/** Reads a file as rows of texts, piece by piece in a worker. Problems are described in one sentence. */
import { bytes } from '../../../shared/format.js';
import { readCsv } from './csv.js';
import { MOST_BYTES, MOST_PROMPTS } from './limits.js';
import { Lines } from './lines.js';
import { PromptsOfText, type Separator } from './plain-text.js';
import { listIn, Records } from './records.js';
import { type Cells, guessDelimiter } from './table.js';

const PIECE_BYTES = 1 << 18;

/** The file cannot be used; the message is for the user. */
export class FileProblem extends Error {}

/** The contents of a file. */
export interface Contents {
  rows: Cells[];
  /** Names of the columns; `undefined` if the first row may have them, `[]` for a plain text. */
  fields: string[] | undefined;
  isCut: boolean;
  notices: string[];
}

export type OnShare = (share: number) => void;

/** Returns the encoding that the byte order mark names; UTF-8 if there is no mark. */
async function encodingOf(file: Blob): Promise<'utf-8' | 'utf-16le' | 'utf-16be'> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

/** Returns whether a text is UTF-16 without a mark, which passes for UTF-8 with NULs between the letters. */
function looksWide(text: string): boolean {
  const start = text.slice(0, 4096);
  return start.split('\0').length - 1 > 0.01 * start.length;
}

/** Yields the text in pieces. Errors: `FileProblem` if it is neither UTF-8 nor UTF-16 with a byte order mark. */
export async function* piecesOf(file: Blob, onShare: OnShare): AsyncGenerator<string> {
  const decoder = new TextDecoder(await encodingOf(file), { fatal: true });
  const problem = () => new FileProblem('This file is not UTF-8 text. Save it as UTF-8, or paste its text.');
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    const piece = await file.slice(at, at + PIECE_BYTES).arrayBuffer();
    const isLast = at + PIECE_BYTES >= file.size;
    let text: string;
    try {
      text = decoder.decode(piece, { stream: !isLast });
    } catch {
      throw problem();
    }
    if (at === 0 && looksWide(text)) throw problem();
    yield text;
    onShare(Math.min(1, (at + PIECE_BYTES) / file.size));
  }
}

const endingOf = (name: string) => /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';

async function readText(file: File, separator: Separator, onShare: OnShare): Promise<Contents> {
  const found = new PromptsOfText(separator);
  for await (const piece of piecesOf(file, onShare)) {
    found.push(piece);
    if (found.isCut) break;
  }
  found.end();
  return { rows: found.prompts.map((text) => [text]), fields: [], isCut: found.isCut, notices: [] };
}

const contentsOf = (records: Records): Contents => ({
  rows: records.rows,
  fields: records.fields,
  isCut: records.isCut,
  notices: records.notices,
});

async function readJsonLines(file: File, onShare: OnShare): Promise<Contents> {
  const records = new Records();
  let number = 0;
  const lines = new Lines((line) => {
    number += 1;
    records.addLine(line, number);
  });
  for await (const piece of piecesOf(file, onShare)) {
    lines.push(piece);
    if (records.isCut) break;
  }
  lines.end();
  return contentsOf(records);
}

/** Reads a list of texts or records. Falls back to JSONL, which some files named .json contain. */
async function readJson(file: File, onShare: OnShare): Promise<Contents> {
  const pieces: string[] = [];
  for await (const piece of piecesOf(file, onShare)) pieces.push(piece);
  const text = pieces.join('');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const contents = await readJsonLines(file, onShare);
    if (contents.rows.length > 0) return contents;
    throw new FileProblem('This file is not valid JSON.');
  }
  const list = listIn(value);
  if (list === undefined) throw new FileProblem('This JSON file contains no list.');
  const records = new Records();
  list.forEach((item, i) => {
    records.add(item, `Item ${i + 1}`);
  });
  return contentsOf(records);
}

async function readTable(file: File, delimiter: string | undefined, onShare: OnShare): Promise<Contents> {
  const head = new TextDecoder(await encodingOf(file)).decode(await file.slice(0, PIECE_BYTES).arrayBuffer());
  // One more row than is taken, for the header.
  const { rows, problem } = await readCsv(piecesOf(file, onShare), delimiter ?? guessDelimiter(head), MOST_PROMPTS + 2);
  if (problem !== undefined && rows.length === 0) throw new FileProblem(problem);
  return {
    rows,
    fields: undefined,
    isCut: false,
    notices: problem === undefined ? [] : [`${problem} The rows before it are used.`],
  };
}

/** Reads a file by its extension. Errors: `FileProblem`. */
export async function readFile(file: File, separator: Separator, onShare: OnShare): Promise<Contents> {
  if (file.size > MOST_BYTES) {
    throw new FileProblem(`This file has ${bytes(file.size)}; the limit is ${bytes(MOST_BYTES)}.`);
  }
  switch (endingOf(file.name)) {
    case 'csv':
      return readTable(file, undefined, onShare);
    case 'tsv':
    case 'tab':
      return readTable(file, '\t', onShare);
    case 'jsonl':
    case 'ndjson':
      return readJsonLines(file, onShare);
    case 'json':
      return readJson(file, onShare);
    default:
      return readText(file, separator, onShare);
  }
}
