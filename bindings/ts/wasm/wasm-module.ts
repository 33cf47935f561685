/** Shared by both wasm modules: starts an instance, manages its memory and unwraps its answers. */

import { abortable, SignalboxError, tracked, unwrap } from '../errors.js';
import { type ReadOptions, readBytes } from '../files/sources.js';
import type { WasmSource } from '../types.js';
import type { GlueOptions, ModuleMemory } from './signalbox-glue.mjs';

const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];
const MOST_BYTES = 0xffff_ffff;

export type FlatArray = Float32Array | Uint32Array | Uint16Array | Uint8Array;

/** One instance of a module. It releases every allocation, and pointers never leave it. */
export abstract class WasmModule<Glue extends ModuleMemory> {
  protected readonly glue: Glue;
  #stopped = false;

  constructor(glue: Glue) {
    this.glue = glue;
  }

  liveHandles(): number {
    return this.glue.liveHandles();
  }

  /** Whether a call stopped the instance (a trap, or no memory): it cannot be used any more. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** @internal Bytes of the module's memory, which never shrinks. */
  get memoryBytes(): number {
    return this.glue.HEAPU8.byteLength;
  }

  /** Returns the value of an answer. */
  protected ask<T>(call: () => string): T {
    let answer: string;
    try {
      answer = call();
    } catch (cause) {
      this.#stopped = true;
      busy.delete(this);
      throw new SignalboxError('internal', `the core stopped, out of memory or by a defect: ${String(cause)}`, {
        cause,
      });
    }
    return unwrap<T>(answer);
  }

  /** Returns the value of an answer that opens a handle, and marks the instance as busy. */
  protected askToOpen<T>(call: () => string): T {
    const opened = this.ask<T>(call);
    busy.add(this);
    return opened;
  }

  protected askToClose(call: () => string): void {
    this.ask(call);
    if (this.liveHandles() === 0) busy.delete(this);
  }

  protected allocate(sizeBytes: number): number {
    // The module's sizes have 32 bits: a larger size would wrap.
    const pointer = sizeBytes <= MOST_BYTES ? this.glue.allocate(sizeBytes) : 0;
    if (pointer === 0) throw new SignalboxError('out_of_memory', `${sizeBytes} bytes could not be allocated`);
    return pointer;
  }

  protected copy(array: FlatArray): number {
    const pointer = this.allocate(array.byteLength);
    this.glue.HEAPU8.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), pointer);
    return pointer;
  }

  /** Calls `use` with a pointer to a copy of each array, and releases the copies. */
  protected withCopies<T>(arrays: readonly FlatArray[], use: (...pointers: number[]) => T): T {
    const pointers: number[] = [];
    try {
      for (const array of arrays) pointers.push(this.copy(array));
      return use(...pointers);
    } finally {
      for (const pointer of pointers) this.glue.release(pointer);
    }
  }
}

/** Modules with open handles. */
const busy = new Set<WasmModule<ModuleMemory>>();

/** Returns the number of open indexes, embedders and evaluations in all modules: zero once everything is disposed. */
export function liveHandles(): number {
  let sum = 0;
  for (const module of busy) sum += module.liveHandles();
  return sum;
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

/** Compiles a source and starts an instance. */
async function instantiate<Glue>(
  createModule: (options: GlueOptions) => Promise<Glue>,
  source: WasmSource,
  options: ReadOptions,
): Promise<Glue> {
  const module = await compile(source, options);
  return new Promise<Glue>((resolve, reject) => {
    const instantiateWasm = (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => {
      // `receive` throws if the module lacks what the glue expects.
      WebAssembly.instantiate(module, imports).then(receive).catch(reject);
      return {};
    };
    // The error that it throws says all that it would print.
    createModule({ instantiateWasm, printErr: () => undefined }).then(resolve, reject);
  }).catch((cause: unknown) => {
    throw new SignalboxError('bad_wasm', `the WebAssembly module could not be started: ${String(cause)}`, { cause });
  });
}

/** Loads one of the two wasm files. All callers share one instance of the package's own file. */
export class WasmLoader<Glue extends ModuleMemory, Module extends WasmModule<Glue>> {
  readonly #createModule: (options: GlueOptions) => Promise<Glue>;
  readonly #Module: new (
    glue: Glue,
  ) => Module;
  readonly #file: URL;
  #shared: { loading: Promise<Module>; module?: Module } | undefined;

  constructor(createModule: (options: GlueOptions) => Promise<Glue>, Module: new (glue: Glue) => Module, file: URL) {
    this.#createModule = createModule;
    this.#Module = Module;
    this.#file = file;
  }

  /** Loads a module. After a failure, or if the shared module stopped, the next load starts again. */
  async load(source: WasmSource | undefined, options: ReadOptions): Promise<Module> {
    if (source !== undefined) return this.#start(source, options);
    const progress = tracked(options.onProgress);
    if (this.#shared === undefined || this.#shared.module?.stopped) {
      // Not tied to one caller's signal or callback: others may be waiting for the same module.
      const onProgress: ReadOptions['onProgress'] = (event) => {
        try {
          progress.call(event);
        } catch {
          // Thrown below, to this caller.
        }
      };
      const entry: { loading: Promise<Module>; module?: Module } = {
        loading: this.#start(this.#file, { onProgress, cache: options.cache }),
      };
      this.#shared = entry;
      entry.loading.then(
        (module) => {
          entry.module = module;
        },
        () => {
          if (this.#shared === entry) this.#shared = undefined;
        },
      );
    }
    const module = await abortable(this.#shared.loading, options.signal);
    progress.rethrow();
    return module;
  }

  async #start(source: WasmSource, options: ReadOptions): Promise<Module> {
    return new this.#Module(await instantiate(this.#createModule, source, options));
  }
}
