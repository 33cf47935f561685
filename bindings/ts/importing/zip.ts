/** Reads the members of a zip archive one at a time, with zip.js. */

import { SignalboxError, throwIfAborted } from '../errors.js';
import { concatenate } from '../files/sources.js';
import { configure, type FileEntry, Reader, Uint8ArrayWriter, ZipReader } from '../vendor/zip.js';
import {
  badInput,
  expansionGuard,
  fileFromBytes,
  type InputFile,
  ownBytes,
  type ReadFileOptions,
} from './input-file.js';
import { unzstd } from './zstd.js';

const STORED = 0;
const DEFLATE = 8;
const ZSTD = 93;
/** More than any benchmark log contains. */
const MOST_MEMBERS = 1_000_000;
const MOST_MEMBER_BYTES = 1 << 30;

class FileReader extends Reader<InputFile> {
  readonly #file: InputFile;
  readonly #options: ReadFileOptions;
  override size: number;

  constructor(file: InputFile, options: ReadFileOptions) {
    super(file);
    this.#file = file;
    this.#options = options;
    this.size = file.size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    throwIfAborted(this.#options.signal);
    return ownBytes(await this.#file.slice(index, Math.min(index + length, this.size)));
  }
}

function unzstdMember(path: string, packed: Uint8Array): Uint8Array<ArrayBuffer> {
  const guard = expansionGuard(path, packed.byteLength);
  const check = (total: number) => {
    guard(total);
    if (total > MOST_MEMBER_BYTES) throw tooLarge(path, total);
  };
  try {
    return unzstd(packed, check);
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw badInput({ file: path }, `incomplete zstd data: ${(cause as Error).message}`, cause);
  }
}

const tooLarge = (path: string, size: number) =>
  new SignalboxError('size_overflow', `${path}: ${size} bytes, expected at most ${MOST_MEMBER_BYTES}`);

async function bytesOf(entry: FileEntry, path: string): Promise<Uint8Array<ArrayBuffer>> {
  expansionGuard(path, entry.compressedSize)(entry.uncompressedSize);
  if (entry.uncompressedSize > MOST_MEMBER_BYTES) throw tooLarge(path, entry.uncompressedSize);
  const { compressionMethod: method } = entry;
  if (method === ZSTD) {
    return unzstdMember(path, await entry.getData(new Uint8ArrayWriter(), { passThrough: true }));
  }
  if (method !== STORED && method !== DEFLATE) {
    throw badInput({ file: path }, `compressed by method ${method}, expected stored, deflate or zstd`);
  }
  const pieces: Uint8Array[] = [];
  let total = 0;
  const collect = new WritableStream<Uint8Array>({
    write(piece) {
      total += piece.byteLength;
      // zip.js compares the sizes when it has decompressed everything.
      if (total > entry.uncompressedSize) {
        throw badInput({ file: path }, `more than the ${entry.uncompressedSize} bytes that the archive states`);
      }
      pieces.push(piece);
    },
  });
  await entry.getData(collect, { checkSignature: true });
  return concatenate(pieces);
}

/**
 * Calls back with each wanted member, one at a time, in the archive's order. Names never become paths on a disk.
 * Errors: `invalid_argument` (not a zip, damaged, encrypted, or an unknown compression), `size_overflow`, `aborted`.
 */
export async function readZip(
  file: InputFile,
  isWanted: (name: string) => boolean,
  onMember: (member: InputFile) => Promise<void> | void,
  options: ReadFileOptions = {},
): Promise<void> {
  // No workers: this may run in one already, and a strict CSP forbids the workers that zip.js creates.
  configure({ useWebWorkers: false });
  const reader = new ZipReader(new FileReader(file, options));
  try {
    let members = 0;
    let packed = 0;
    let unpacked = 0;
    const guard = expansionGuard(file.path, file.size);
    for await (const entry of reader.getEntriesGenerator()) {
      throwIfAborted(options.signal);
      members += 1;
      if (members > MOST_MEMBERS) throw badInput({ file: file.path }, `more than ${MOST_MEMBERS} members`);
      if (entry.directory || !isWanted(entry.filename)) continue;
      if (entry.encrypted) throw badInput({ file: file.path }, `${entry.filename} is encrypted`);
      const path = `${file.path}!${entry.filename}`;
      packed += entry.compressedSize;
      if (packed > file.size) throw badInput({ file: file.path }, 'its members overlap');
      options.onBytes?.(entry.compressedSize);
      const bytes = await bytesOf(entry as FileEntry, path);
      unpacked += bytes.byteLength;
      guard(unpacked);
      await onMember(fileFromBytes(path, bytes));
    }
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw badInput({ file: file.path }, `not a readable zip archive: ${(cause as Error).message}`, cause);
  } finally {
    await reader.close();
  }
}
