/** The wasm module: loaded once a source, and wrapped so that every allocation is released and every answer unwrapped. */

import { abortable, SignalboxError, unwrap } from './errors.js';
import { type ReadOptions, readBytes, readInto } from './files.js';
import createModule, { type GlueModule } from './signalbox-glue.mjs';
import type { IndexInfo, Source, WasmSource } from './types.js';

const DEFAULT_WASM = new URL('./signalbox.wasm', import.meta.url);
const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];

export type FlatArray = Float32Array | Uint32Array | Uint16Array | Uint8Array;

/** Typed calls into one instance of the module. Pointers never leave this class. */
export class Core {
  readonly #glue: GlueModule;

  constructor(glue: GlueModule) {
    this.#glue = glue;
  }

  /** Reads an index straight into the module's memory and opens it there. */
  async openIndex(source: Source, options: ReadOptions): Promise<number> {
    const [pointer, size] = await this.#receive(source, options);
    const { handle } = this.#ask<{ handle: number }>(() => this.#glue.openIndex(pointer, size));
    busy.add(this);
    return handle;
  }

  describeIndex(handle: number): IndexInfo {
    return this.#ask(() => this.#glue.describeIndex(handle));
  }

  openEmbedder(bytes: Uint8Array, configJson: string): { handle: number; dim: number; vocabulary: number } {
    const pointer = this.#copy(bytes);
    const opened = this.#ask<{ handle: number; dim: number; vocabulary: number }>(() =>
      this.#glue.openEmbedder(pointer, bytes.byteLength, configJson),
    );
    busy.add(this);
    return opened;
  }

  /** Vectors [count, dim] of texts whose token ids are ids[offsets[i]..offsets[i + 1]]. */
  embed(
    handle: number,
    ids: Uint32Array,
    offsets: Uint32Array,
    dim: number,
  ): { vectors: Float32Array; tokens: number[] } {
    const count = offsets.length - 1;
    return this.#withCopies([ids, offsets, new Float32Array(count * dim)], ([idsAt, offsetsAt, outAt]) => {
      const { tokens } = this.#ask<{ tokens: number[] }>(() =>
        this.#glue.embed(handle, idsAt as number, offsetsAt as number, count, outAt as number),
      );
      const vectors = new Float32Array(this.#glue.HEAPU8.buffer, outAt, count * dim).slice();
      return { vectors, tokens };
    });
  }

  route<T>(handle: number, vector: Float32Array, optionsJson: string): T {
    return this.#withCopies([vector], ([at]) =>
      this.#ask<T>(() => this.#glue.route(handle, at as number, optionsJson)),
    );
  }

  routeTask<T>(handle: number, vectors: Float32Array, count: number, optionsJson: string): T {
    return this.#withCopies([vectors], ([at]) =>
      this.#ask<T>(() => this.#glue.routeTask(handle, at as number, count, optionsJson)),
    );
  }

  buildIndex(
    specJson: string,
    embeddings: Float32Array,
    rowTasks: Uint16Array,
    outcomes: Float32Array,
  ): Uint8Array<ArrayBuffer> {
    return this.#withCopies([embeddings, rowTasks, outcomes], ([embeddingsAt, tasksAt, outcomesAt]) => {
      const { ptr, size } = this.#ask<{ ptr: number; size: number }>(() =>
        this.#glue.buildIndex(
          specJson,
          embeddingsAt as number,
          tasksAt as number,
          outcomesAt as number,
          rowTasks.length,
        ),
      );
      try {
        return new Uint8Array(this.#glue.HEAPU8.buffer, ptr, size).slice() as Uint8Array<ArrayBuffer>;
      } finally {
        this.#glue.release(ptr);
      }
    });
  }

  /** Accuracies of S1 with k neighbours, one entry a held-out task. */
  leaveOneTaskOut(
    handle: number,
    embeddings: Float32Array,
    k: number,
  ): { task: string; picked: number; bestSingle: number; oracle: number }[] {
    return this.#withCopies([embeddings], ([at]) =>
      this.#ask(() => this.#glue.leaveOneTaskOut(handle, at as number, k)),
    );
  }

  close(handle: number): void {
    this.#ask(() => this.#glue.close(handle));
    if (this.liveHandles() === 0) busy.delete(this);
  }

  liveHandles(): number {
    return this.#glue.liveHandles();
  }

  errorCodes(): string[] {
    return this.#ask(() => this.#glue.errorCodes());
  }

  /** Bytes of the module's memory: it only ever grows. */
  get memoryBytes(): number {
    return this.#glue.HEAPU8.byteLength;
  }

  /** The value of an answer. A module that stopped half-way (a trap, or no memory in the midst of a call) is given up. */
  #ask<T>(call: () => string): T {
    let answer: string;
    try {
      answer = call();
    } catch (cause) {
      stopSharing(this);
      busy.delete(this);
      throw new SignalboxError('internal', `the core stopped, out of memory or by a defect: ${String(cause)}`, {
        cause,
      });
    }
    return unwrap<T>(answer);
  }

  #allocate(sizeBytes: number): number {
    const pointer = this.#glue.allocate(sizeBytes);
    if (pointer === 0) throw new SignalboxError('out_of_memory', `${sizeBytes} bytes could not be allocated`);
    return pointer;
  }

  #copy(array: FlatArray): number {
    const pointer = this.#allocate(array.byteLength);
    this.#glue.HEAPU8.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), pointer);
    return pointer;
  }

  #withCopies<T>(arrays: readonly FlatArray[], use: (pointers: number[]) => T): T {
    const pointers: number[] = [];
    try {
      for (const array of arrays) pointers.push(this.#copy(array));
      return use(pointers);
    } finally {
      for (const pointer of pointers) this.#glue.release(pointer);
    }
  }

  /** Streams a source into an allocation that the caller owns; of known size, there is no other copy. */
  async #receive(source: Source, options: ReadOptions): Promise<[pointer: number, size: number]> {
    let pointer = 0;
    let capacity = 0;
    let size = 0;
    const resize = (bytes: number) => {
      const next = this.#allocate(bytes);
      if (pointer !== 0) {
        this.#glue.HEAPU8.copyWithin(next, pointer, pointer + size);
        this.#glue.release(pointer);
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
            this.#glue.HEAPU8.set(chunk, pointer + size);
            size += chunk.byteLength;
          },
        },
        options,
      );
      if (pointer === 0) resize(1);
      return [pointer, size];
    } catch (error) {
      if (pointer !== 0) this.#glue.release(pointer);
      throw error;
    }
  }
}

async function compile(source: WasmSource, options: ReadOptions): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  const bytes = await readBytes(source, options);
  if (!WASM_MAGIC.every((byte, i) => bytes[i] === byte)) {
    const found = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new SignalboxError(
      'bad_wasm',
      `expected a WebAssembly module, got bytes that begin with ${found || 'nothing'}`,
    );
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new SignalboxError('bad_wasm', `the WebAssembly module could not be compiled: ${String(cause)}`, { cause });
  }
}

async function instantiate(source: WasmSource, options: ReadOptions): Promise<Core> {
  const module = await compile(source, options);
  const glue = await new Promise<GlueModule>((resolve, reject) => {
    const instantiateWasm = (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => {
      WebAssembly.instantiate(module, imports).then(receive, reject);
      return {};
    };
    createModule({ instantiateWasm }).then(resolve, reject);
  }).catch((cause: unknown) => {
    throw new SignalboxError('bad_wasm', `the WebAssembly module could not be started: ${String(cause)}`, { cause });
  });
  return new Core(glue);
}

let shared: { loading: Promise<Core>; core?: Core } | undefined;

/** The module of the package's own wasm is shared by everything that loads it; a failure is forgotten. */
export async function loadCore(source: WasmSource | undefined, options: ReadOptions): Promise<Core> {
  if (source !== undefined) return instantiate(source, options);
  if (shared === undefined) {
    // Not tied to one caller's signal: others may wait for the same module.
    const entry: { loading: Promise<Core>; core?: Core } = {
      loading: instantiate(DEFAULT_WASM, { onProgress: options.onProgress }),
    };
    shared = entry;
    entry.loading.then(
      (core) => {
        entry.core = core;
      },
      () => {
        shared = undefined;
      },
    );
  }
  return abortable(shared.loading, options.signal);
}

/** The next load starts afresh. */
function stopSharing(core: Core): void {
  if (shared?.core === core) shared = undefined;
}

/** Modules that have something open. */
const busy = new Set<Core>();

/** Indexes and embedders that are open, over all modules: zero once everything was disposed. */
export function liveHandles(): number {
  let sum = 0;
  for (const core of busy) sum += core.liveHandles();
  return sum;
}
