/** Keeps downloads in the browser's Cache API, in pieces: the next tab resumes an interrupted one. */
import { errorFrom, SignalboxError } from '../errors.js';
import type { CachedFile, FileCache } from './file-cache.js';

const CACHE_NAME = 'signalbox-models-1';
const PIECE_BYTES = 4 << 20;

/** The state of a file, stored beside its pieces, which all but the last have PIECE_BYTES. */
interface Note {
  etag: string | undefined;
  loadedBytes: number;
  isWhole: boolean;
}

const noteAddress = (address: string) => `${address}${address.includes('?') ? '&' : '?'}signalbox=note`;
const pieceAddress = (address: string, piece: number) => `${noteAddress(address)}-${piece}`;

async function roomText(): Promise<string> {
  const estimate = await globalThis.navigator?.storage?.estimate?.().catch(() => undefined);
  if (estimate?.quota === undefined) return '';
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  return `: ${megabytes(estimate.usage ?? 0)} of ${megabytes(estimate.quota)} are in use`;
}

/** Writes an entry, and reports a full storage as such, since the user can free some. */
async function put(cache: Cache, address: string, body: Uint8Array<ArrayBuffer> | string): Promise<void> {
  try {
    await cache.put(address, new Response(body));
  } catch (cause) {
    if ((cause as Error).name === 'QuotaExceededError') {
      const message = `the browser's storage has no room for ${address}${await roomText()}; free some, or load without a cache`;
      throw new SignalboxError('quota_exceeded', message, { cause });
    }
    throw new SignalboxError('network', `${address} could not be cached: ${String(cause)}`, { cause });
  }
}

async function readNote(cache: Cache, address: string): Promise<Note | undefined> {
  try {
    const response = await cache.match(noteAddress(address));
    return response === undefined ? undefined : ((await response.json()) as Note);
  } catch {
    return undefined; // An unreadable note counts as absent.
  }
}

class WebFile implements CachedFile {
  readonly #cache: Cache;
  readonly #address: string;
  readonly #unlock: () => void;
  readonly #piece = new Uint8Array(PIECE_BYTES);
  #note: Note;
  #isNoted = true;

  constructor(cache: Cache, address: string, note: Note | undefined, unlock: () => void) {
    this.#cache = cache;
    this.#address = address;
    this.#note = note ?? { etag: undefined, loadedBytes: 0, isWhole: false };
    this.#unlock = unlock;
  }

  get isWhole(): boolean {
    return this.#note.isWhole;
  }

  get loadedBytes(): number {
    return this.#note.loadedBytes;
  }

  get etag(): string | undefined {
    return this.#note.etag;
  }

  /** Resumes an incomplete piece. */
  async takeUp(): Promise<void> {
    const begun = this.loadedBytes % PIECE_BYTES;
    if (this.isWhole || begun === 0) return;
    const response = await this.#cache.match(pieceAddress(this.#address, Math.floor(this.loadedBytes / PIECE_BYTES)));
    const bytes = response === undefined ? undefined : new Uint8Array(await response.arrayBuffer());
    if (bytes?.byteLength === begun) this.#piece.set(bytes);
    else this.#note = { ...this.#note, loadedBytes: this.loadedBytes - begun };
  }

  async restart(etag: string | undefined): Promise<void> {
    await this.remove();
    this.#note = { etag, loadedBytes: 0, isWhole: false };
  }

  async append(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.byteLength; ) {
      const begun = this.loadedBytes % PIECE_BYTES;
      const part = chunk.subarray(from, from + PIECE_BYTES - begun);
      this.#piece.set(part, begun);
      this.#note.loadedBytes += part.byteLength;
      this.#isNoted = false;
      from += part.byteLength;
      if (this.loadedBytes % PIECE_BYTES === 0) await this.#putPiece(this.#piece);
    }
  }

  async read(): Promise<Uint8Array<ArrayBuffer>> {
    await this.#flush();
    const bytes = new Uint8Array(this.loadedBytes);
    // The next piece loads while this one is copied.
    let next = this.#readPiece(0);
    for (let offset = 0; offset < bytes.byteLength; offset += PIECE_BYTES) {
      const piece = await next;
      if (piece.byteLength !== Math.min(PIECE_BYTES, bytes.byteLength - offset)) return new Uint8Array(0);
      next = this.#readPiece(offset / PIECE_BYTES + 1);
      next.catch(() => undefined); // There may be no next piece.
      bytes.set(piece, offset);
    }
    return bytes;
  }

  /** Reads a piece; empty if it is missing. */
  async #readPiece(piece: number): Promise<Uint8Array> {
    const response = await this.#cache.match(pieceAddress(this.#address, piece));
    return new Uint8Array((await response?.arrayBuffer()) ?? new ArrayBuffer(0));
  }

  async finish(): Promise<void> {
    await this.#flush();
    this.#note.isWhole = true;
    await this.#putNote();
  }

  async remove(): Promise<void> {
    const pieces = Math.ceil(this.loadedBytes / PIECE_BYTES);
    await this.#cache.delete(noteAddress(this.#address));
    for (let piece = 0; piece < pieces; ++piece) await this.#cache.delete(pieceAddress(this.#address, piece));
    this.#note = { etag: undefined, loadedBytes: 0, isWhole: false };
    this.#isNoted = true;
  }

  async close(): Promise<void> {
    // Bytes that cannot be kept are loaded again next time.
    await this.#flush().catch(() => undefined);
    this.#unlock();
  }

  async #flush(): Promise<void> {
    if (this.#isNoted) return;
    const begun = this.loadedBytes % PIECE_BYTES;
    if (begun > 0) await put(this.#cache, this.#lastPiece(), this.#piece.slice(0, begun));
    await this.#putNote();
  }

  #lastPiece(): string {
    return pieceAddress(this.#address, Math.ceil(this.loadedBytes / PIECE_BYTES) - 1);
  }

  async #putPiece(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await put(this.#cache, this.#lastPiece(), bytes);
    await this.#putNote();
  }

  async #putNote(): Promise<void> {
    await put(this.#cache, noteAddress(this.#address), JSON.stringify(this.#note));
    this.#isNoted = true;
  }
}

/** Waits until no other tab or worker loads the same file; returns a function that releases the lock. */
async function lock(address: string, signal: AbortSignal | undefined): Promise<() => void> {
  if (globalThis.navigator?.locks === undefined) return () => undefined;
  return new Promise((resolve, reject) => {
    const hold = () => new Promise<void>((unlock) => resolve(unlock));
    navigator.locks.request(`signalbox ${address}`, signal === undefined ? {} : { signal }, hold).catch(reject);
  });
}

class WebCache implements FileCache {
  async open(address: string, signal: AbortSignal | undefined): Promise<CachedFile> {
    const cache = await caches.open(CACHE_NAME);
    const unlock = await lock(address, signal);
    try {
      const file = new WebFile(cache, address, await readNote(cache, address), unlock);
      await file.takeUp();
      return file;
    } catch (cause) {
      unlock();
      throw cause;
    }
  }

  async has(address: string): Promise<boolean> {
    return (await readNote(await caches.open(CACHE_NAME), address))?.isWhole === true;
  }

  async sizeBytes(): Promise<number> {
    const cache = await caches.open(CACHE_NAME);
    let sum = 0;
    for (const request of await cache.keys()) {
      if (/signalbox=note-\d+$/.test(request.url)) sum += (await (await cache.match(request))?.blob())?.size ?? 0;
    }
    return sum;
  }

  async clear(): Promise<void> {
    await caches.delete(CACHE_NAME);
  }
}

/**
 * Returns the cache; `undefined` if it is off or not available, as on pages over plain http.
 * Errors: `invalid_argument` for a folder, which only works in Node.js.
 */
export function openFileCache(where: boolean | string): FileCache | undefined {
  if (typeof where === 'string')
    throw errorFrom('invalid_argument', 'a cache folder works only in Node.js: expected true or false');
  return where && typeof caches !== 'undefined' ? new WebCache() : undefined;
}
