/** Caches vectors on the disk by prompt: an interrupted build resumes. */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { crc32 } from 'node:zlib';
import { diskError } from '../../files/disk/errors.js';
import type { Embedder, EmbedderDetails, Embedding } from '../../types.js';

const KEY_BYTES = 16;
const CRC_BYTES = 4;
const FLAG_BYTES = 4;
const READ_RECORDS = 1024;

interface Entry {
  file: number;
  offset: number;
}

const keyOf = (text: string) => createHash('sha256').update(text).digest().subarray(0, KEY_BYTES);

/**
 * An embedder that looks in the cache first. Records are `key | tokens | float32 [dim] | crc32`. Each process appends
 * to a file of its own, so that concurrent builds do not interfere; incomplete or damaged records are ignored.
 */
export class CachedEmbedder implements Embedder {
  readonly id: string;
  readonly hash: string | undefined;
  readonly details: EmbedderDetails | undefined;
  readonly dim: number;
  hits = 0;
  readonly #inner: Embedder;
  readonly #root: string;
  readonly #onUnusable: ((reason: string) => void) | undefined;
  readonly #folder: string;
  readonly #recordBytes: number;
  readonly #entries = new Map<string, Entry>();
  readonly #files: number[] = [];
  #own: { file: number; offset: number } | undefined;
  #keeps = true;

  /**
   * Errors: `network` or `quota_exceeded` if the folder cannot be used, also by `embed`. With `onUnusable`, which receives
   * the reason, the embedder goes on without keeping vectors instead.
   */
  constructor(inner: Embedder, root: string, onUnusable?: (reason: string) => void) {
    this.#inner = inner;
    this.#root = root;
    this.#onUnusable = onUnusable;
    this.id = inner.id;
    this.hash = inner.hash;
    this.details = inner.details;
    this.dim = inner.dim;
    const { id, hash = null, dim, details } = inner;
    const name = createHash('sha256')
      .update(JSON.stringify(details === undefined ? [id, hash, dim] : [id, hash, dim, details]))
      .digest('hex');
    this.#folder = path.join(root, name.slice(0, 32));
    this.#recordBytes = KEY_BYTES + FLAG_BYTES + 4 * this.dim + CRC_BYTES;
    try {
      mkdirSync(this.#folder, { recursive: true });
      for (const file of readdirSync(this.#folder).sort()) {
        if (file.endsWith('.vectors')) this.#readFile(path.join(this.#folder, file));
      }
    } catch (cause) {
      this.#fail(cause);
    }
  }

  async embed(texts: readonly string[], options: { signal?: AbortSignal | undefined } = {}): Promise<Embedding[]> {
    const keys = texts.map((text) => keyOf(text).toString('latin1'));
    const known = keys.map((key) => this.#read(key));
    const missing = texts.map((_, i) => i).filter((i) => known[i] === undefined);
    this.hits += texts.length - missing.length;
    const fresh = await this.#inner.embed(
      missing.map((i) => texts[i] as string),
      options,
    );
    for (const [n, i] of missing.entries()) {
      known[i] = fresh[n];
      if (this.#keeps) this.#append(keys[i] as string, fresh[n] as Embedding);
    }
    return known as Embedding[];
  }

  dispose(): void {
    for (const file of this.#files.splice(0)) closeSync(file);
    this.#own = undefined;
    this.#inner.dispose?.();
  }

  #readFile(name: string): void {
    const file = this.#files.push(openSync(name, 'r')) - 1;
    const { size } = statSync(name);
    const block = Buffer.alloc(READ_RECORDS * this.#recordBytes);
    for (let offset = 0; offset + this.#recordBytes <= size; ) {
      const bytes = readSync(this.#files[file] as number, block, 0, block.length, offset);
      const records = Math.floor(bytes / this.#recordBytes);
      if (records === 0) return;
      for (let i = 0; i < records; ++i) {
        const record = block.subarray(i * this.#recordBytes, (i + 1) * this.#recordBytes);
        const entry = { file, offset: offset + i * this.#recordBytes };
        if (isWhole(record)) this.#entries.set(record.toString('latin1', 0, KEY_BYTES), entry);
      }
      offset += records * this.#recordBytes;
    }
  }

  #read(key: string): Embedding | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const record = Buffer.alloc(this.#recordBytes);
    try {
      readSync(this.#files[entry.file] as number, record, 0, record.length, entry.offset);
    } catch {
      return undefined; // An unreadable record counts as absent.
    }
    if (!isWhole(record) || record.toString('latin1', 0, KEY_BYTES) !== key) return undefined;
    const flags = record.readUInt32LE(KEY_BYTES);
    const vector = new Float32Array(this.dim);
    for (let i = 0; i < this.dim; ++i) vector[i] = record.readFloatLE(KEY_BYTES + FLAG_BYTES + 4 * i);
    return { vector, tokens: flags >>> 1, truncated: (flags & 1) === 1 };
  }

  #append(key: string, { vector, tokens, truncated }: Embedding): void {
    const record = Buffer.alloc(this.#recordBytes);
    record.write(key, 0, 'latin1');
    record.writeUInt32LE(((tokens << 1) | Number(truncated)) >>> 0, KEY_BYTES);
    for (let i = 0; i < this.dim; ++i) record.writeFloatLE(vector[i] as number, KEY_BYTES + FLAG_BYTES + 4 * i);
    record.writeUInt32LE(crc32(record.subarray(0, -CRC_BYTES)), record.length - CRC_BYTES);
    try {
      this.#own ??= this.#create();
      for (let done = 0; done < record.length; ) {
        const file = this.#files[this.#own.file] as number;
        done += writeSync(file, record, done, record.length - done, this.#own.offset + done);
      }
    } catch (cause) {
      this.#fail(cause);
      return;
    }
    this.#entries.set(key, { ...this.#own });
    this.#own.offset += record.length;
  }

  #fail(cause: unknown): void {
    const error = diskError(`the cache ${this.#root} cannot be used`, cause);
    if (this.#onUnusable === undefined) throw error;
    this.#keeps = false;
    this.#onUnusable(error.message);
  }

  #create(): Entry {
    const name = `${process.pid}-${randomBytes(6).toString('hex')}.vectors`;
    return { file: this.#files.push(openSync(path.join(this.#folder, name), 'wx+', 0o600)) - 1, offset: 0 };
  }
}

function isWhole(record: Buffer): boolean {
  return crc32(record.subarray(0, -CRC_BYTES)) === record.readUInt32LE(record.length - CRC_BYTES);
}
