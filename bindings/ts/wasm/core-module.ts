/** The router's wasm module: indexes, embedders and decisions. */

import { WASM } from '../assets.js';
import { type ReadOptions, readInto } from '../files/sources.js';
import type { PolicyEntry } from '../policies.js';
import type { IndexInfo, Source, WasmSource } from '../types.js';
import createModule, { type GlueModule } from './signalbox-glue.mjs';
import { WASM_FILE } from './signalbox-hash.mjs';
import { WasmLoader, WasmModule } from './wasm-module.js';

export { liveHandles } from './wasm-module.js';

/** Typed calls into one instance of the module. */
export class Core extends WasmModule<GlueModule> {
  /** Place of the file of each open index: the core reads it in place. */
  readonly #files = new Map<number, { at: number; sizeBytes: number }>();

  /** Reads an index directly into the module's memory and opens it there. */
  async openIndex(source: Source, options: ReadOptions): Promise<number> {
    const [pointer, size] = await this.#receive(source, options);
    const { handle } = this.askToOpen<{ handle: number }>(() => this.glue.openIndex(pointer, size));
    this.#files.set(handle, { at: pointer, sizeBytes: size });
    return handle;
  }

  /** Calls `read` with a view of an open index's file, which is valid only during the call. */
  readFile<T>(handle: number, read: (file: Uint8Array) => T): T {
    const { at, sizeBytes } = this.#files.get(handle) as { at: number; sizeBytes: number };
    return read(this.glue.HEAPU8.subarray(at, at + sizeBytes));
  }

  describeIndex(handle: number): IndexInfo {
    return this.ask(() => this.glue.describeIndex(handle));
  }

  openEmbedder(bytes: Uint8Array, configJson: string): { handle: number; dim: number; vocabulary: number } {
    const pointer = this.copy(bytes);
    return this.askToOpen(() => this.glue.openEmbedder(pointer, bytes.byteLength, configJson));
  }

  /** Returns the vectors [count, dim] of texts; the token ids of text i are ids[offsets[i]..offsets[i + 1]]. */
  embed(
    handle: number,
    ids: Uint32Array,
    offsets: Uint32Array,
    dim: number,
  ): { vectors: Float32Array; tokens: number[] } {
    const count = offsets.length - 1;
    return this.withCopies([ids, offsets, new Float32Array(count * dim)], (idsAt = 0, offsetsAt = 0, outAt = 0) => {
      const { tokens } = this.ask<{ tokens: number[] }>(() => this.glue.embed(handle, idsAt, offsetsAt, count, outAt));
      const vectors = new Float32Array(this.glue.HEAPU8.buffer, outAt, count * dim).slice();
      return { vectors, tokens };
    });
  }

  route<T>(handle: number, vector: Float32Array, optionsJson: string): T {
    return this.withCopies([vector], (at = 0) => this.ask<T>(() => this.glue.route(handle, at, optionsJson)));
  }

  routeTask<T>(handle: number, vectors: Float32Array, count: number, optionsJson: string): T {
    return this.withCopies([vectors], (at = 0) =>
      this.ask<T>(() => this.glue.routeTask(handle, at, count, optionsJson)),
    );
  }

  cascade<T>(handle: number, vector: Float32Array, optionsJson: string): T {
    return this.withCopies([vector], (at = 0) => this.ask<T>(() => this.glue.cascade(handle, at, optionsJson)));
  }

  close(handle: number): void {
    this.#files.delete(handle);
    this.askToClose(() => this.glue.close(handle));
  }

  /** @internal */
  errorCodes(): string[] {
    return this.ask(() => this.glue.errorCodes());
  }

  policies(): PolicyEntry[] {
    return this.ask(() => this.glue.policies());
  }

  /** Streams a source into an allocation that the caller owns; without another copy if its size is known. */
  async #receive(source: Source, options: ReadOptions): Promise<[pointer: number, size: number]> {
    let pointer = 0;
    let capacity = 0;
    let size = 0;
    const resize = (bytes: number) => {
      const next = this.allocate(bytes);
      if (pointer !== 0) {
        this.glue.HEAPU8.copyWithin(next, pointer, pointer + size);
        this.glue.release(pointer);
      }
      pointer = next;
      capacity = bytes;
    };
    try {
      await readInto(
        source,
        {
          reserve: resize,
          write: (chunk) => {
            if (size + chunk.byteLength > capacity) resize(Math.max(2 * capacity, size + chunk.byteLength));
            this.glue.HEAPU8.set(chunk, pointer + size);
            size += chunk.byteLength;
          },
        },
        options,
      );
      if (pointer === 0) resize(1);
      return [pointer, size];
    } catch (error) {
      if (pointer !== 0) this.glue.release(pointer);
      throw error;
    }
  }
}

const loader = new WasmLoader(createModule, Core, WASM, WASM_FILE);

/** Loads the router's module; without a source, the package's own, which is shared. */
export function loadCore(source: WasmSource | undefined, options: ReadOptions): Promise<Core> {
  return loader.load(source, options);
}
