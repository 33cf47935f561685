/** Shared by both wasm modules: starts an instance, manages its memory and unwraps its answers. */

import { abortable, SignalboxError, tracked, unwrap } from '../errors.js';
import { describeBytes, shortCause } from '../files/describe.js';
import { sha256Of } from '../files/sha256.js';
import { type ReadOptions, readBytes, readInto } from '../files/sources.js';
import { isAddress, isCompiled, isResponse } from '../kinds.js';
import type { Source, WasmSource } from '../types.js';
import type { GlueOptions, ModuleMemory } from './signalbox-glue.mjs';

const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];
const MOST_BYTES = 0xffff_ffff;

/** Identity of a wasm file; the build writes it beside the glue, which fits this file only. */
export interface WasmFile {
  sha256: string;
  sizeBytes: number;
}

export type FlatArray = Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** Room for the arrays of one small call, such as the vector of an input: allocated once for each instance. */
const SCRATCH_BYTES = 16_384;
const aligned = (sizeBytes: number) => Math.ceil(sizeBytes / 8) * 8;

/** One instance of a module. It releases every allocation but the room for small calls, and pointers never leave it. */
export abstract class WasmModule<Glue extends ModuleMemory> {
  protected readonly glue: Glue;
  #stopped = false;
  #scratch = 0;
  #isScratchLent = false;

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

  /** Makes a call. Errors: `internal` if it stops the instance. */
  protected call<T>(call: () => T): T {
    try {
      return call();
    } catch (cause) {
      this.#stopped = true;
      busy.delete(this);
      throw new SignalboxError('internal', `the core stopped, out of memory or by a defect: ${String(cause)}`, {
        cause,
      });
    }
  }

  /** Returns the value of an answer. */
  protected ask<T>(call: () => string): T {
    return unwrap<T>(this.call(call));
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
    this.checkSize(sizeBytes);
    const pointer = this.glue.allocate(sizeBytes);
    if (pointer === 0) throw noRoom(sizeBytes);
    return pointer;
  }

  /** Refuses sizes that no memory of a module could hold: they have 32 bits, and a larger one would wrap. */
  protected checkSize(sizeBytes: number): void {
    if (sizeBytes > MOST_BYTES) throw noRoom(sizeBytes);
  }

  protected copy(array: FlatArray): number {
    const pointer = this.allocate(array.byteLength);
    this.#write(array, pointer);
    return pointer;
  }

  #write(array: FlatArray, pointer: number): void {
    this.glue.HEAPU8.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), pointer);
  }

  /** Calls `use` with a pointer to a copy of each array, which is valid during the call. */
  protected withCopies<T>(arrays: readonly FlatArray[], use: (...pointers: number[]) => T): T {
    const sizeBytes = arrays.reduce((sum, { byteLength }) => sum + aligned(byteLength), 0);
    if (this.#isScratchLent || sizeBytes > SCRATCH_BYTES) return this.#withOwnCopies(arrays, use);
    if (this.#scratch === 0) this.#scratch = this.allocate(SCRATCH_BYTES);
    let at = this.#scratch;
    const pointers = arrays.map((array) => {
      const pointer = at;
      this.#write(array, pointer);
      at += aligned(array.byteLength);
      return pointer;
    });
    this.#isScratchLent = true;
    try {
      return use(...pointers);
    } finally {
      this.#isScratchLent = false;
    }
  }

  /** Does the same for any size, with allocations that are released. */
  #withOwnCopies<T>(arrays: readonly FlatArray[], use: (...pointers: number[]) => T): T {
    const pointers: number[] = [];
    try {
      for (const array of arrays) pointers.push(this.copy(array));
      return use(...pointers);
    } finally {
      for (const pointer of pointers) this.glue.release(pointer);
    }
  }
}

const noRoom = (sizeBytes: number) => new SignalboxError('out_of_memory', `${sizeBytes} bytes could not be allocated`);

/** Modules with open handles. */
const busy = new Set<WasmModule<ModuleMemory>>();

/**
 * Returns the number of open indexes, embedders and evaluations in all modules: zero once everything is disposed.
 *
 * @example
 * ```js
 * const before = liveHandles();
 * const router = await Router.load();
 * router.dispose();
 * console.log(liveHandles() === before);
 * ```
 */
export function liveHandles(): number {
  let sum = 0;
  for (const module of busy) sum += module.liveHandles();
  return sum;
}

/** Errors: `bad_wasm` unless the bytes begin as a module does. */
function checkMagic(start: Uint8Array): void {
  const known = start.subarray(0, WASM_MAGIC.length);
  if (known.length > 0 && known.every((byte, i) => byte === WASM_MAGIC[i])) return;
  const found = [...known].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const kind = known.length === 0 ? undefined : describeBytes(start);
  const what = `bytes that begin with ${found || 'nothing'}${kind === undefined ? '' : ` (${kind})`}`;
  throw new SignalboxError('bad_wasm', `expected a WebAssembly module, got ${what}`);
}

/** Reads a file that must be this version's own: the glue fits no other one. */
async function readOwn(source: Source, { sha256, sizeBytes }: WasmFile, options: ReadOptions) {
  const bytes = new Uint8Array(sizeBytes);
  let size = 0;
  const refuse = (what: string): never => {
    throw new SignalboxError('bad_wasm', `the WebAssembly module is not the one of this version: ${what}`);
  };
  const write = (chunk: Uint8Array) => {
    if (size === 0 && chunk.byteLength > 0) checkMagic(chunk);
    if (size + chunk.byteLength > sizeBytes) refuse(`it has more than ${sizeBytes} bytes`);
    bytes.set(chunk, size);
    size += chunk.byteLength;
  };
  await readInto(source, { reserve: () => undefined, write }, { ...options, sizeBytes });
  if (size === 0) checkMagic(bytes.subarray(0, 0));
  if (size < sizeBytes) refuse(`it has ${size} bytes, expected ${sizeBytes}`);
  const found = await sha256Of(bytes);
  if (found !== undefined && found !== sha256) refuse(`its SHA-256 is ${found}, expected ${sha256}`);
  return bytes;
}

/** Reads a module. Bytes that the caller holds may be of the caller's own build; fetched ones may not. */
async function read(source: Source, file: WasmFile, options: ReadOptions) {
  if (isAddress(source) || isResponse(source)) {
    return readOwn(source, file, options);
  }
  const bytes = await readBytes(source, options);
  checkMagic(bytes);
  return bytes;
}

function checkWebAssembly(): void {
  if (typeof WebAssembly !== 'undefined') return;
  throw new SignalboxError('bad_wasm', 'there is no WebAssembly here: allow it in the settings of the browser');
}

/** Returns whether the page's policy forbade compiling; the browsers' messages differ. */
const isForbidden = (cause: unknown) => /unsafe-eval|content.security.policy|\bCSP\b/i.test(String(cause));

function cannotCompile(what: string, cause: unknown): SignalboxError {
  const why = isForbidden(cause)
    ? "the page's Content-Security-Policy forbids it: add 'wasm-unsafe-eval' to its script-src"
    : shortCause(cause);
  return new SignalboxError('bad_wasm', `the WebAssembly module could not be ${what}: ${why}`, { cause });
}

async function compile(source: WasmSource, file: WasmFile, options: ReadOptions): Promise<WebAssembly.Module> {
  checkWebAssembly();
  if (isCompiled(source)) return source;
  const bytes = await read(source, file, options);
  return WebAssembly.compile(bytes).catch((cause) => {
    throw cannotCompile('compiled', cause);
  });
}

/** Compiles a source and starts an instance. */
async function instantiate<Glue>(
  createModule: (options: GlueOptions) => Promise<Glue>,
  source: WasmSource,
  file: WasmFile,
  options: ReadOptions,
): Promise<Glue> {
  const module = await compile(source, file, options);
  return new Promise<Glue>((resolve, reject) => {
    const instantiateWasm = (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => {
      // `receive` throws if the module lacks what the glue expects.
      WebAssembly.instantiate(module, imports).then(receive).catch(reject);
      return {};
    };
    // The error that it throws says all that it would print.
    createModule({ instantiateWasm, printErr: () => undefined }).then(resolve, reject);
  }).catch((cause: unknown) => {
    throw cannotCompile('started', cause);
  });
}

/** Loads one of the two wasm files. All callers share one instance of the package's own file. */
export class WasmLoader<Glue extends ModuleMemory, Module extends WasmModule<Glue>> {
  readonly #createModule: (options: GlueOptions) => Promise<Glue>;
  readonly #Module: new (
    glue: Glue,
  ) => Module;
  readonly #address: () => URL;
  readonly #file: WasmFile;
  #shared: { loading: Promise<Module>; module?: Module } | undefined;

  constructor(
    createModule: (options: GlueOptions) => Promise<Glue>,
    Module: new (glue: Glue) => Module,
    address: () => URL,
    file: WasmFile,
  ) {
    this.#createModule = createModule;
    this.#Module = Module;
    this.#address = address;
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
        loading: this.#start(this.#address(), { onProgress, cache: options.cache }),
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
    return new this.#Module(await instantiate(this.#createModule, source, this.#file, options));
  }
}
