/** The router's wasm module: indexes, embedders and decisions. */

import { wasmAddress } from '../assets.js';
import { SignalboxError } from '../errors.js';
import { describeBytes } from '../files/describe.js';
import { type LimitedReadOptions, type ReadOptions, readIntoLater, type Sink } from '../files/sources.js';
import type { PolicyEntry } from '../policies.js';
import type {
  Decision,
  Embedding,
  IndexInfo,
  ModelRecord,
  Source,
  TaskDecision,
  TaskRecord,
  WasmSource,
} from '../types.js';
import { DecisionReader, type OfCore } from './decision-numbers.js';
import createModule, { type GlueModule } from './signalbox-glue.mjs';
import { WASM_FILE } from './signalbox-hash.mjs';
import { WasmLoader, WasmModule } from './wasm-module.js';

export { liveHandles } from './wasm-module.js';

/** Inputs to label next: see src/routing/next_labels.h. */
export interface CoreNextLabels {
  rows: number[];
  weight: number;
  models: string[];
  disagreeing: number;
  labelled: number;
}

/** A task that is routed in blocks; to be closed. The decision does not depend on the blocks. */
export interface CoreTask {
  /** Adds the next inputs, [count, dim]. */
  add(vectors: Float32Array, count: number): void;
  /** Sets the answers to all inputs, [count, models] groups; -1: unknown. */
  setAnswers(groups: Int32Array, count: number): void;
  /** Chooses at most `n` inputs to label next, once all were added. */
  nextLabels(n: number, seed: number): CoreNextLabels;
  /** Scores at most `most` more inputs; returns how many are scored, and how many could be so far. */
  score(most: number): { scored: number; ready: number };
  /** `distanceScale`: factor of distances where coverage is judged, .1..1; default 1. */
  finish(distanceScale?: number): OfCore<TaskDecision>;
  close(): void;
}

const HEADER_BYTES = 64;
const UTF8 = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true });

/** The description as the core has it: the records of models and tasks are lists beside them. */
type Described = IndexInfo & { modelRecords?: ModelRecord[]; taskRecords?: TaskRecord[] };

function withRecords({ modelRecords, taskRecords, ...info }: Described): IndexInfo {
  if (modelRecords !== undefined) {
    info.models = info.models.map(({ addedFromRows, ...model }, i) => ({
      ...model,
      record: modelRecords[i],
      ...(addedFromRows !== undefined && { addedFromRows }),
    }));
  }
  if (taskRecords !== undefined) info.tasks = info.tasks.map((task, i) => ({ ...task, record: taskRecords[i] }));
  return info;
}

/** Typed calls into one instance of the module. */
export class Core extends WasmModule<GlueModule> {
  /** Place of the file of each open index and embedder: the core reads it in place. */
  readonly #files = new Map<number, { at: number; sizeBytes: number }>();
  /** Reads the decisions of each index that was described. */
  readonly #readers = new Map<number, DecisionReader>();

  /** Reads an index directly into the module's memory and opens it there. */
  openIndex(source: Source, options: LimitedReadOptions): Promise<number> {
    return Core.openIndexIn(Promise.resolve(this), source, options);
  }

  /** The same in a core that may still be loading: meanwhile this begins to read. */
  static async openIndexIn(starting: Promise<Core>, source: Source, options: LimitedReadOptions): Promise<number> {
    const receiving = starting.then((core) => core.#receiver());
    try {
      return (await readIntoLater(source, receiving, options)).open();
    } catch (error) {
      receiving.then(({ discard }) => discard()).catch(() => undefined); // Without a core there is nothing to discard.
      throw error;
    }
  }

  /** Calls `read` with a view of an open index's file, which is valid only during the call. */
  readFile<T>(handle: number, read: (file: Uint8Array) => T): T {
    const { at, sizeBytes } = this.#files.get(handle) as { at: number; sizeBytes: number };
    return read(this.glue.HEAPU8.subarray(at, at + sizeBytes));
  }

  describeIndex(handle: number): IndexInfo {
    const info = withRecords(this.ask<Described>(() => this.glue.describeIndex(handle)));
    if (!this.#readers.has(handle)) this.#readers.set(handle, new DecisionReader(info));
    return info;
  }

  /** Makes the searches of an index fast (src/kernels/sketch.h). */
  sketchIndex(handle: number): void {
    this.ask(() => this.glue.sketchIndex(handle));
  }

  openEmbedder(bytes: Uint8Array, configJson: string): { handle: number; dim: number; vocabulary: number } {
    const pointer = this.copy(bytes);
    const open = () => this.glue.openEmbedder(pointer, bytes.byteLength, configJson);
    const opened = this.askToOpen<{ handle: number; dim: number; vocabulary: number }>(open);
    this.#files.set(opened.handle, { at: pointer, sizeBytes: bytes.byteLength });
    return opened;
  }

  /** Replaces the bytes of an open embedder by others of the same header: the core reads its table in place. */
  refillEmbedder(handle: number, bytes: Uint8Array): void {
    const { at, sizeBytes } = this.#files.get(handle) as { at: number; sizeBytes: number };
    if (bytes.byteLength !== sizeBytes) throw new SignalboxError('internal', 'the embedder has another size');
    this.glue.HEAPU8.set(bytes, at);
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

  /** Decides about one input. Facts take the place of the options `promptTokens` and `distanceScale`. */
  route(
    handle: number,
    vector: Float32Array,
    optionsJson: string,
    { promptTokens = -1, distanceScale = -1 }: Pick<Embedding, 'promptTokens' | 'distanceScale'> = {},
  ): OfCore<Decision> {
    return this.withCopies([vector], (at = 0) =>
      this.#decision<Decision>(handle, false, () =>
        this.glue.decideInput(handle, at, optionsJson, promptTokens, distanceScale),
      ),
    );
  }

  /** Opens a task of `count` inputs. */
  openTask(handle: number, count: number, optionsJson: string): CoreTask {
    const { handle: task } = this.askToOpen<{ handle: number }>(() => this.glue.openTask(handle, count, optionsJson));
    return {
      add: (vectors, inputs) =>
        this.withCopies([vectors], (at = 0) => this.ask(() => this.glue.addInputs(task, at, inputs))),
      setAnswers: (groups, inputs) =>
        this.withCopies([groups], (at = 0) => this.ask(() => this.glue.setAnswers(task, at, inputs))),
      nextLabels: (n, seed) => this.ask(() => this.glue.nextLabels(task, n, seed)),
      score: (most) => this.ask(() => this.glue.stepTask(task, most)),
      finish: (distanceScale = 1) => this.#decision(handle, true, () => this.glue.decideTask(task, distanceScale)),
      close: () => {
        if (!this.stopped) this.askToClose(() => this.glue.close(task));
      },
    };
  }

  /** Routes a task in one go. */
  routeTask(handle: number, vectors: Float32Array, count: number, optionsJson: string): OfCore<TaskDecision> {
    const task = this.openTask(handle, count, optionsJson);
    try {
      task.add(vectors, count);
      return task.finish();
    } finally {
      task.close();
    }
  }

  /** Makes a decision of the numbers that a call leaves in the module's memory. */
  #decision<D extends Decision | TaskDecision>(handle: number, isTask: boolean, decide: () => number): OfCore<D> {
    const at = this.call(decide);
    if (at === 0) return this.ask(() => this.glue.lastFailure());
    if (!this.#readers.has(handle)) this.describeIndex(handle);
    const reader = this.#readers.get(handle) as DecisionReader;
    const { buffer } = this.glue.HEAPU8;
    const [size] = new Float64Array(buffer, at, 1);
    const numbers = new Float64Array(buffer, at, size);
    return reader.decision<D>(numbers, isTask, (address, sizeBytes) =>
      UTF8.decode(this.glue.HEAPU8.subarray(address, address + sizeBytes)),
    );
  }

  cascade<T>(handle: number, vector: Float32Array, optionsJson: string): T {
    return this.withCopies([vector], (at = 0) => this.ask<T>(() => this.glue.cascade(handle, at, optionsJson)));
  }

  close(handle: number): void {
    this.#files.delete(handle);
    this.#readers.delete(handle);
    this.askToClose(() => this.glue.close(handle));
  }

  /** @internal */
  errorCodes(): string[] {
    return this.ask(() => this.glue.errorCodes());
  }

  policies(): PolicyEntry[] {
    return this.ask(() => this.glue.policies());
  }

  /**
   * Returns a sink that streams an index into an allocation; `open` opens it, and `discard` releases it unless it is open. The
   * header is checked before there is room for the rest: nothing is read beyond the size that it states, and no more is
   * allocated.
   */
  #receiver(): Sink & { open(): number; discard(): void } {
    const header = new Uint8Array(HEADER_BYTES);
    let headerBytes = 0;
    /** Size of the file, if it is known before the file is read. */
    let known: number | undefined;
    /** Size that the header states, once it is complete. */
    let stated = 0;
    let pointer = 0;
    let capacity = 0;
    let size = 0;
    const reserve = (bytes: number) => {
      this.checkSize(bytes);
      known = bytes;
    };
    const resize = (bytes: number) => {
      const next = this.allocate(bytes);
      if (pointer !== 0) {
        this.glue.HEAPU8.copyWithin(next, pointer, pointer + size);
        this.glue.release(pointer);
      }
      pointer = next;
      capacity = bytes;
    };
    const put = (bytes: Uint8Array) => {
      const end = size + bytes.byteLength;
      if (end > stated) this.#checkStart(header, end);
      // A header may state any size: unless the file's own is known, room is made as the bytes come.
      if (end > capacity) resize(known === undefined ? Math.min(stated, Math.max(2 * capacity, end)) : stated);
      this.glue.HEAPU8.set(bytes, pointer + size);
      size = end;
    };
    const write = (chunk: Uint8Array) => {
      const missing = HEADER_BYTES - headerBytes;
      if (missing > 0) {
        header.set(chunk.subarray(0, missing), headerBytes);
        headerBytes = Math.min(HEADER_BYTES, headerBytes + chunk.byteLength);
        if (headerBytes < HEADER_BYTES) return;
        stated = this.#checkStart(header, known);
        put(header);
      }
      put(chunk.subarray(missing));
    };
    const discard = () => {
      if (pointer !== 0) this.glue.release(pointer);
      pointer = 0;
    };
    const open = () => {
      if (headerBytes < HEADER_BYTES) this.#checkStart(header.subarray(0, headerBytes), headerBytes);
      // The core owns the bytes from now on, also if it refuses them.
      const [at, sizeBytes] = [pointer, size];
      pointer = 0;
      const { handle } = this.askToOpen<{ handle: number }>(() => this.glue.openIndex(at, sizeBytes));
      this.#files.set(handle, { at, sizeBytes });
      return handle;
    };
    return { reserve, write, open, discard };
  }

  /** Returns the size that the header of an index states, which must be the file's. Errors: see src/index/format.h. */
  #checkStart(start: Uint8Array, fileBytes: number | undefined): number {
    try {
      const check = (at = 0) => this.glue.checkIndexStart(at, start.byteLength, fileBytes ?? -1);
      return this.withCopies([start], (at) => this.ask<{ sizeBytes: number }>(() => check(at))).sizeBytes;
    } catch (cause) {
      const found = cause instanceof SignalboxError && cause.code === 'bad_magic' ? describeBytes(start) : undefined;
      if (found === undefined) throw cause;
      throw new SignalboxError('bad_magic', `this is not a signalbox index but ${found}`, { cause });
    }
  }
}

const loader = new WasmLoader(createModule, Core, wasmAddress, WASM_FILE);

/** Loads the router's module; without a source, the package's own, which is shared. */
export function loadCore(source: WasmSource | undefined, options: ReadOptions): Promise<Core> {
  return loader.load(source, options);
}
