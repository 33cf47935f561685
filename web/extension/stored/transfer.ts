/**
 * Packs everything that the extension keeps into a zip, and unpacks it. An imported file is not trusted: it is valid as
 * a whole, or refused.
 */
import type { FileEntry } from '@zip.js/zip.js';
import * as v from 'valibot';
import { MOST_FEEDBACK, STORED_FEEDBACK, type StoredFeedback } from './feedback.js';
import type { Stored } from './schema.js';
import { readImported } from './upgrade.js';

export interface Everything {
  stored: Stored;
  feedback: readonly StoredFeedback[];
  /** The bytes of `stored.index`; `null` if that is the built-in index. */
  index: Uint8Array<ArrayBuffer> | null;
}

const MB = 1_000_000;
/** The members of an export, and the bytes that each may unpack to. The first version called feedback "judgements". */
const LIMITS = { 'settings.json': 8 * MB, 'judgements.json': 32 * MB, 'index.sbx': 1000 * MB } as const;
type Member = keyof typeof LIMITS;
const MEMBERS = Object.keys(LIMITS) as Member[];
const isMember = (name: string): name is Member => Object.hasOwn(LIMITS, name);

/** Loads zip.js without its workers, which the extension's policy forbids. */
async function zipLibrary() {
  const library = await import('@zip.js/zip.js');
  library.configure({ useWebWorkers: false });
  return library;
}

export async function packAll({ stored, feedback, index }: Everything): Promise<Uint8Array<ArrayBuffer>> {
  const { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } = await zipLibrary();
  const zip = new ZipWriter(new Uint8ArrayWriter());
  await zip.add('settings.json', new TextReader(`${JSON.stringify(stored, null, 2)}\n`));
  await zip.add('judgements.json', new TextReader(`${JSON.stringify(feedback, null, 2)}\n`));
  if (index !== null) await zip.add('index.sbx', new Uint8ArrayReader(index));
  return (await zip.close()) as Uint8Array<ArrayBuffer>;
}

/** Unpacks a member. The zip may lie about sizes: zip.js stops at the stated size, and refuses longer content. */
async function unpack(entry: FileEntry, name: Member): Promise<Uint8Array<ArrayBuffer>> {
  const { encrypted, uncompressedSize: size } = entry;
  if (encrypted) throw new Error(`${name}: got an encrypted file, expected a plain one`);
  if (size > LIMITS[name]) throw new Error(`${name}: got ${size} bytes, expected at most ${LIMITS[name]}`);
  const { Uint8ArrayWriter } = await zipLibrary();
  try {
    return (await entry.getData(new Uint8ArrayWriter(), { checkSignature: true })) as Uint8Array<ArrayBuffer>;
  } catch (error) {
    throw new Error(`${name}: the data is damaged (${(error as Error).message})`);
  }
}

async function membersOf(file: Blob): Promise<Map<Member, Uint8Array<ArrayBuffer>>> {
  const { BlobReader, ZipReader } = await zipLibrary();
  const reader = new ZipReader(new BlobReader(file));
  const found = new Map<Member, Uint8Array<ArrayBuffer>>();
  try {
    const entries = await reader.getEntries().catch((error: Error) => {
      throw new Error(`got an unreadable zip (${error.message}), expected an export of this extension`);
    });
    for (const entry of entries) {
      const { filename: name } = entry;
      if (entry.directory || !isMember(name)) {
        throw new Error(`got the member ${JSON.stringify(name)}, expected ${MEMBERS.join(', ')} only`);
      }
      if (found.has(name)) throw new Error(`${name}: got two members of this name, expected one`);
      found.set(name, await unpack(entry as FileEntry, name));
    }
  } finally {
    await reader.close();
  }
  return found;
}

function readJson(name: Member, bytes: Uint8Array<ArrayBuffer> | undefined): unknown {
  if (bytes === undefined) throw new Error(`expected a member ${name}, got none`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Error(`${name}: got invalid JSON (${(error as Error).message})`);
  }
}

function readSettings(raw: unknown): Stored {
  try {
    return readImported(raw);
  } catch (error) {
    throw new Error(`settings.json: ${(error as Error).message}`);
  }
}

function readFeedback(raw: unknown): StoredFeedback[] {
  const result = v.safeParse(v.pipe(v.array(STORED_FEEDBACK), v.maxLength(MOST_FEEDBACK)), raw);
  // Later ratings must be newer than imported ones, since the oldest are erased first.
  const now = Date.now();
  if (result.success) return result.output.map((each) => ({ ...each, at: Math.min(each.at, now) }));
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  const at = where === null ? '' : ` ${where}:`;
  throw new Error(`judgements.json:${at} got ${issue.received}, expected ${issue.expected ?? issue.message}`);
}

/** Unpacks an export. Does not check the index itself. Errors: sentences with the place and what was expected. */
export async function unpackAll(file: Blob): Promise<Everything> {
  const members = await membersOf(file);
  const stored = readSettings(readJson('settings.json', members.get('settings.json')));
  const feedback = readFeedback(readJson('judgements.json', members.get('judgements.json')));
  const index = members.get('index.sbx') ?? null;
  if ((stored.index === null) !== (index === null)) {
    throw new Error(
      stored.index === null
        ? 'got an index.sbx that settings.json does not name, expected none'
        : 'settings.json names an index, expected an index.sbx, got none',
    );
  }
  return { stored, feedback, index };
}
