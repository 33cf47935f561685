/** Keeps downloads in a folder on the disk, one file each: the next process resumes an interrupted one. */
import { createHash } from 'node:crypto';
import {
  access,
  constants,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { threadId } from 'node:worker_threads';
import { cacheFolder } from '../files/disk/cache-folder.js';
import { diskError } from '../files/disk/errors.js';
import { isRunning } from '../files/disk/temporary.js';
import { type CachedFile, type FileCache, MemoryFile } from './file-cache.js';

const failure = (folder: string, cause: unknown) => diskError(`the cache ${folder} cannot be used`, cause);

/** Returns whether an entry is an abandoned part. The parts of other threads of this process count as in use. */
function isLeft(entry: string): boolean {
  const [, pid, thread] = /\.(\d+)-(\d+)-\d+\.part$/.exec(entry) ?? [];
  if (pid === undefined) return false;
  return Number(pid) === process.pid ? Number(thread) === threadId && !parts.has(entry) : !isRunning(Number(pid));
}

const sizeOf = async (file: string) => (await stat(file).catch(() => undefined))?.size;

/**
 * `<name>` is a whole file; `<name>.<process>-<thread>-<turn>.part` one that a thread loads, or that it left; `.etag`
 * lies beside it.
 */
class DiskFile implements CachedFile {
  isWhole = false;
  loadedBytes = 0;
  etag: string | undefined;
  readonly #folder: string;
  readonly #name: string;
  readonly #part: string;
  #out: FileHandle | undefined;

  constructor(folder: string, name: string, turn: number) {
    this.#folder = folder;
    this.#name = path.join(folder, name);
    this.#part = `${this.#name}.${process.pid}-${threadId}-${turn}.part`;
  }

  /** Finds the whole file, or takes over the longest abandoned part. */
  async takeUp(): Promise<void> {
    const whole = await sizeOf(this.#name);
    if (whole !== undefined) {
      this.isWhole = true;
      this.loadedBytes = whole;
      return;
    }
    let [longest, bytes] = ['', 0];
    for (const entry of await readdir(this.#folder)) {
      if (!entry.startsWith(`${path.basename(this.#name)}.`) || !isLeft(entry)) continue;
      const size = (await sizeOf(path.join(this.#folder, entry))) ?? 0;
      if (size > bytes) [longest, bytes] = [entry, size];
    }
    parts.add(path.basename(this.#part));
    if (longest === '') return;
    try {
      await rename(path.join(this.#folder, longest), this.#part);
    } catch {
      return; // Another process was faster.
    }
    const mark = path.join(this.#folder, `${longest}.etag`);
    this.etag = (await readFile(mark, 'utf8').catch(() => '')) || undefined;
    await rename(mark, `${this.#part}.etag`).catch(() => undefined);
    this.loadedBytes = bytes;
  }

  async restart(etag: string | undefined): Promise<void> {
    await this.remove();
    this.etag = etag;
    this.#out = await this.#guard(open(this.#part, 'w', 0o600));
    if (etag !== undefined) await this.#guard(writeFile(`${this.#part}.etag`, etag));
  }

  async append(chunk: Uint8Array): Promise<void> {
    this.#out ??= await this.#guard(open(this.#part, 'a', 0o600));
    for (let from = 0; from < chunk.byteLength; ) {
      const { bytesWritten } = await this.#guard(this.#out.write(chunk, from));
      from += bytesWritten;
      this.loadedBytes += bytesWritten;
    }
  }

  async read(): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(this.loadedBytes);
    const file = await this.#guard(open(this.isWhole ? this.#name : this.#part));
    try {
      for (let from = 0; from < bytes.byteLength; ) {
        const { bytesRead } = await this.#guard(file.read(bytes, from, bytes.byteLength - from, from));
        if (bytesRead === 0) return bytes.subarray(0, from);
        from += bytesRead;
      }
    } finally {
      await file.close();
    }
    return bytes;
  }

  async finish(): Promise<void> {
    await this.#guard(this.#out?.sync());
    await this.#closePart();
    await this.#guard(rename(this.#part, this.#name));
    await rm(`${this.#part}.etag`, { force: true });
    this.isWhole = true;
  }

  async remove(): Promise<void> {
    await this.#closePart();
    for (const file of [this.#part, `${this.#part}.etag`]) await rm(file, { force: true });
    if (this.isWhole) await rm(this.#name, { force: true });
    this.isWhole = false;
    this.loadedBytes = 0;
    this.etag = undefined;
  }

  async close(): Promise<void> {
    await this.#closePart();
    parts.delete(path.basename(this.#part));
  }

  async #closePart(): Promise<void> {
    const out = this.#out;
    this.#out = undefined;
    await out?.close();
  }

  async #guard<T>(action: Promise<T> | T): Promise<T> {
    try {
      return await action;
    } catch (cause) {
      throw failure(this.#folder, cause);
    }
  }
}

/** Parts that this thread is loading. */
const parts = new Set<string>();
let turns = 0;

class DiskCache implements FileCache {
  readonly #folder: string;
  /** Whether this is the default folder: the cache is left out if it cannot be written. */
  readonly #isDefault: boolean;
  #hasWarned = false;

  constructor(folder: string, isDefault: boolean) {
    this.#folder = folder;
    this.#isDefault = isDefault;
  }

  async open(address: string): Promise<CachedFile> {
    const file = new DiskFile(this.#folder, nameOf(address), ++turns);
    try {
      await mkdir(this.#folder, { recursive: true });
      await file.takeUp();
      if (!file.isWhole) await access(this.#folder, constants.W_OK);
    } catch (cause) {
      const error = failure(this.#folder, cause);
      await file.close();
      if (!this.#isDefault) throw error;
      if (!this.#hasWarned) process.emitWarning(`${error.message}: the model is not kept`, 'SignalboxWarning');
      this.#hasWarned = true;
      return new MemoryFile();
    }
    return file;
  }

  async has(address: string): Promise<boolean> {
    return (await sizeOf(path.join(this.#folder, nameOf(address)))) !== undefined;
  }

  async sizeBytes(): Promise<number> {
    const sizes = (await this.#entries()).map(async (entry) => (await sizeOf(path.join(this.#folder, entry))) ?? 0);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  async clear(): Promise<void> {
    for (const entry of await this.#entries()) await rm(path.join(this.#folder, entry), { force: true });
  }

  /** Lists only files that this cache wrote: the folder may hold the user's own files. */
  async #entries(): Promise<string[]> {
    const entries = await readdir(this.#folder).catch(() => []);
    return entries.filter((entry) => /^[0-9a-f]{40}(\.\d+-\d+-\d+\.part(\.etag)?)?$/.test(entry));
  }
}

const nameOf = (address: string) => createHash('sha256').update(address).digest('hex').slice(0, 40);

/** Returns the cache in a folder; `true`: in the user's cache folder, `false`: none. */
export function openFileCache(where: boolean | string): FileCache | undefined {
  if (where === false) return undefined;
  return new DiskCache(where === true ? cacheFolder('models') : where, where === true);
}
