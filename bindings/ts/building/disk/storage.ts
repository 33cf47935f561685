/** Keeps prompts and vectors on the disk, so that a build of a million rows keeps only numbers in memory. */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { SignalboxError } from '../../errors.js';
import { diskError } from '../../files/disk/errors.js';
import { removeAtExit, removeLeftovers, temporaryFolder } from '../../files/disk/temporary.js';
import { Uint32List } from '../columns.js';
import { checkVector, type Prompts, type Storage, type VectorFile } from '../storage.js';

const BUFFER_BYTES = 1 << 22;

/** Appends to a file in large pieces, and reads any part of it. */
class Spool {
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #buffered = 0;
  #written = 0;

  constructor(file: string) {
    try {
      this.#file = openSync(file, 'wx+', 0o600);
    } catch (cause) {
      throw diskError('a temporary file could not be created', cause);
    }
    try {
      // A file without a name ends with the process, however that ends: no prompt stays behind in clear text.
      unlinkSync(file);
    } catch {
      // Some systems keep the name of an open file; `dispose` removes it.
    }
  }

  append(bytes: Uint8Array): void {
    if (this.#buffered + bytes.byteLength > BUFFER_BYTES) this.#flush();
    if (bytes.byteLength > BUFFER_BYTES) {
      this.#write(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#buffered);
    this.#buffered += bytes.byteLength;
  }

  read(start: number, length: number): Uint8Array<ArrayBuffer> {
    this.#flush();
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const more = this.#readSome(out, done, start + done);
      if (more === 0) throw new SignalboxError('network', 'a temporary file shrank');
      done += more;
    }
    return out;
  }

  close(): void {
    closeSync(this.#file);
  }

  #readSome(out: Uint8Array, done: number, at: number): number {
    try {
      return readSync(this.#file, out, done, out.length - done, at);
    } catch (cause) {
      throw diskError('a temporary file beside the output could not be read', cause);
    }
  }

  #flush(): void {
    if (this.#buffered === 0) return;
    this.#write(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  #write(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.byteLength; ) {
        done += writeSync(this.#file, bytes, done, bytes.byteLength - done, this.#written + done);
      }
    } catch (cause) {
      throw diskError('a temporary file beside the output could not be written', cause);
    }
    this.#written += bytes.byteLength;
  }
}

/** Prompts in a file, read block by block in the order of adding. */
class DiskPrompts implements Prompts {
  readonly #spool: Spool;
  readonly #lengths = new Uint32List();
  #next = { slot: 0, offset: 0 };

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  get count(): number {
    return this.#lengths.length;
  }

  add(text: string): number {
    const bytes = new TextEncoder().encode(text);
    this.#spool.append(bytes);
    this.#lengths.push(bytes.byteLength);
    return this.#lengths.length - 1;
  }

  async read(first: number, count: number): Promise<string[]> {
    if (this.#next.slot > first) this.#next = { slot: 0, offset: 0 };
    while (this.#next.slot < first) this.#skip();
    const ends: number[] = [];
    const { offset } = this.#next;
    for (let i = 0; i < count; ++i) ends.push(this.#skip());
    const bytes = this.#spool.read(offset, (ends.at(-1) ?? offset) - offset);
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return ends.map((end, i) => decoder.decode(bytes.subarray((ends[i - 1] ?? offset) - offset, end - offset)));
  }

  #skip(): number {
    this.#next.offset += this.#lengths.get(this.#next.slot);
    this.#next.slot += 1;
    return this.#next.offset;
  }
}

class DiskVectors implements VectorFile {
  readonly #spool: Spool;
  #dim: number | undefined;
  #count = 0;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  get dim(): number {
    return this.#dim ?? 0;
  }

  get count(): number {
    return this.#count;
  }

  add(vector: ArrayLike<number>): number {
    this.#dim = checkVector(vector, this.#dim);
    this.#spool.append(new Uint8Array(Float32Array.from(vector).buffer));
    this.#count += 1;
    return this.#count - 1;
  }

  async read(first: number, count: number): Promise<Float32Array> {
    const bytes = this.#spool.read(4 * first * this.dim, 4 * count * this.dim);
    return new Float32Array(bytes.buffer);
  }
}

/**
 * Creates storage in a new folder beside the given place; `dispose` removes it. The files lose their names at once.
 * Errors: `network` if the folder cannot be written, `quota_exceeded` without room; the same later, for the files.
 */
export async function diskStorage(beside: string): Promise<Storage> {
  await removeLeftovers(path.dirname(path.resolve(beside)));
  const folder = await mkdtemp(temporaryFolder(beside)).catch((cause: Error) => {
    throw diskError(`cannot write beside ${beside}`, cause);
  });
  const forget = removeAtExit(folder);
  const spools: Spool[] = [];
  const spool = () => {
    const one = new Spool(path.join(folder, String(spools.length)));
    spools.push(one);
    return one;
  };
  return {
    prompts: () => new DiskPrompts(spool()),
    vectors: () => new DiskVectors(spool()),
    dispose: async () => {
      for (const one of spools.splice(0)) one.close();
      await rm(folder, { recursive: true, force: true });
      forget();
    },
  };
}
