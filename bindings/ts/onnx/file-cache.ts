/** A cache of downloads, which also keeps the loaded part of interrupted ones. */

/** One file in a cache, with exclusive write access until it is closed. */
export interface CachedFile {
  /** The file is complete and was checked. */
  readonly isWhole: boolean;
  /** Number of bytes in the cache. */
  readonly loadedBytes: number;
  /** The server's ETag of this version, if any. */
  readonly etag: string | undefined;
  /** Starts over with no bytes. `sizeBytes` is the size of the whole file, if known. */
  restart(etag: string | undefined, sizeBytes: number | undefined): Promise<void>;
  append(chunk: Uint8Array): Promise<void>;
  /** Reads all bytes; call it only once, as a file in memory gives up its bytes. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  finish(): Promise<void>;
  remove(): Promise<void>;
  /** Closes the file and keeps its bytes for the next time. */
  close(): Promise<void>;
}

export interface FileCache {
  open(address: string, signal: AbortSignal | undefined): Promise<CachedFile>;
  /** Returns whether the cache has the whole file. */
  has(address: string): Promise<boolean>;
  sizeBytes(): Promise<number>;
  clear(): Promise<void>;
}

/** A file in memory instead of a cache; closing it frees its bytes. */
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
