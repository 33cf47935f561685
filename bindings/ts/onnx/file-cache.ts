/** Where downloads are kept, and the part of one that was kept when it was interrupted. */

/** One file in a cache. Nobody else writes to it until it is closed. */
export interface CachedFile {
  /** It was finished: all of it is there, and was checked. */
  readonly isWhole: boolean;
  /** Bytes that are there. */
  readonly loadedBytes: number;
  /** The server's mark of this version, where it gave one. */
  readonly etag: string | undefined;
  /** Starts again with nothing. `sizeBytes`: how long it will be, where that is known. */
  restart(etag: string | undefined, sizeBytes: number | undefined): Promise<void>;
  append(chunk: Uint8Array): Promise<void>;
  /** All bytes that are there, once: what keeps them in memory gives up its own. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  finish(): Promise<void>;
  remove(): Promise<void>;
  /** Keeps what is there for the next time. */
  close(): Promise<void>;
}

export interface FileCache {
  open(address: string, signal: AbortSignal | undefined): Promise<CachedFile>;
  /** Whether the whole file is there. */
  has(address: string): Promise<boolean>;
  sizeBytes(): Promise<number>;
  clear(): Promise<void>;
}

/** No cache: the file is in memory, and gone when it is closed. */
export class MemoryFile implements CachedFile {
  readonly isWhole = false;
  loadedBytes = 0;
  etag: string | undefined;
  #bytes = new Uint8Array(0);

  async restart(etag: string | undefined, sizeBytes = 0): Promise<void> {
    this.etag = etag;
    this.loadedBytes = 0;
    this.#bytes = new Uint8Array(sizeBytes);
  }

  async append(chunk: Uint8Array): Promise<void> {
    const end = this.loadedBytes + chunk.byteLength;
    if (end > this.#bytes.byteLength) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.byteLength));
      larger.set(this.#bytes.subarray(0, this.loadedBytes));
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.loadedBytes);
    this.loadedBytes = end;
  }

  async read(): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#bytes.subarray(0, this.loadedBytes);
    this.#bytes = new Uint8Array(0);
    return bytes;
  }

  async finish(): Promise<void> {}

  async remove(): Promise<void> {
    await this.restart(undefined);
  }

  async close(): Promise<void> {
    this.#bytes = new Uint8Array(0);
  }
}
