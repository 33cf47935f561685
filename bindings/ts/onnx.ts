/**
 * `signalbox/onnx`: embedders that run sentence transformers, such as all-mpnet-base-v2, in ONNX Runtime Web.
 *
 * @module signalbox/onnx
 */

import { openFileCache } from '#onnx-platform';
import { startThread } from '#platform';
import { disposed, onBehalfOf, whenAbandoned } from './abandoned.js';
import { SignalboxError, throwIfAborted } from './errors.js';
import { isAddress } from './kinds.js';
import { DEFAULT_MODEL } from './onnx/known-models.js';
import { isHubId } from './onnx/location.js';
import { isModelCached, type LoadedModel, OnnxModel } from './onnx/model.js';
import { aCache, ONNX_KEYS } from './onnx/option-keys.js';
import type { Manifest, ModelFileOptions, OnnxLoadOptions } from './onnx/options.js';
import { LateThreads } from './onnx/threads.js';
import type { OnnxQuestion } from './onnx/worker-protocol.js';
import { aList, aSignal, checkOptions } from './options.js';
import type { Embedder, EmbedderDetails, Embedding } from './types.js';
import { Channel, resolveAddress, type WorkerLike } from './workers/channel.js';

export { DEFAULT_MODEL } from './onnx/known-models.js';
export {
  DEVICES,
  type Device,
  DTYPES,
  type Dtype,
  type Manifest,
  type ModelFileOptions,
  type ModelReadingOptions,
  type OnnxLoadOptions,
  POOLINGS,
  type Pooling,
  type RuntimeOptions,
} from './onnx/options.js';

/** A loaded model, in this thread or in a worker. */
interface Host {
  embed(texts: readonly string[], signal: AbortSignal | undefined): Promise<Embedding[]>;
  dispose(): void;
}

const startWorker = () =>
  typeof Worker === 'undefined'
    ? startThread('onnx-worker-entry.js')
    : new Worker(new URL('./onnx-worker-entry.js', import.meta.url), { type: 'module' });

const isPage = () => typeof document !== 'undefined' && typeof Worker !== 'undefined';

async function loadHere(model: string, options: OnnxLoadOptions): Promise<{ host: Host; loaded: LoadedModel }> {
  const here = await OnnxModel.load(model, options);
  // A failed release cannot be reported to anyone.
  const dispose = () => void here.release().catch(() => undefined);
  return { host: { embed: (texts, signal) => here.embed(texts, signal), dispose }, loaded: here.loaded };
}

/** Loads in a worker: with one thread in a second one if the threads of the first do not start. */
async function loadInWorker(
  model: string,
  worker: WorkerLike | undefined,
  all: Omit<OnnxLoadOptions, 'worker'>,
): Promise<{ host: Host; loaded: LoadedModel }> {
  const { signal, onProgress, startTimeoutMs, ...options } = all;
  const service = { service: 'embedder', entry: 'signalbox/onnx-worker-entry', start: startWorker } as const;
  const channel = new Channel<OnnxQuestion>({ ...service, worker, startTimeoutMs });
  const { runtimeWasm, ...rest } = options;
  const wasm = runtimeWasm === undefined ? {} : { runtimeWasm: resolveAddress(runtimeWasm) };
  try {
    const question = { call: 'load', model, options: { ...rest, ...wasm } } as const;
    const loaded = await channel.ask<LoadedModel | null>(question, { signal, onProgress });
    if (loaded === null) {
      if (worker !== undefined) throw new LateThreads();
      channel.close();
      return await loadInWorker(model, undefined, { ...all, threads: 1 });
    }
    const embed = (texts: readonly string[], on: AbortSignal | undefined) =>
      channel.ask<Embedding[]>({ call: 'embed', texts }, { signal: on });
    return { host: { embed, dispose: () => channel.close() }, loaded };
  } catch (cause) {
    channel.close();
    throw cause;
  }
}

/**
 * Embeds sentences with ONNX Runtime Web: vectors of unit norm, as sentence-transformers makes them.
 *
 * Two departures: a text without a known token has a vector of zeros; and models with quantised activations (q8, int8,
 * uint8) read one text at a time, so that the vector of a text does not depend on the rest of the batch.
 *
 * @example
 * ```ts
 * const embedder = await OnnxEmbedder.load();
 * const router = await WorkerRouter.load({ index: 'index-mpnet.sbx', embedder });
 * ```
 */
export class OnnxEmbedder implements Embedder {
  /** Name of the model, which an index built with it remembers. */
  readonly id: string;
  /** 'sha256:...' of the model's file. */
  readonly hash: string | undefined;
  /** Numbers per vector. */
  readonly dim: number;
  /** Settings that affect the vectors. */
  readonly details: EmbedderDetails;
  /** SHA-256 and size of every file that was read. Pass it to later loads to pin the model's files. */
  readonly manifest: Manifest;
  /** Threads that compute: those asked for, or one if these did not start. */
  readonly threads: number;
  #host: Host | undefined;

  private constructor(host: Host, { id, hash, dim, details, manifest, threads }: LoadedModel) {
    this.#host = host;
    this.id = id;
    this.hash = hash;
    this.dim = dim;
    this.details = details;
    this.manifest = manifest;
    this.threads = threads;
    whenAbandoned(this, () => host.dispose());
  }

  /**
   * Loads a model of the hub by its id (`owner/name`), or a folder in the layout of sentence-transformers by its address
   * (in Node also a path, `./owner/name`). Needs `onnxruntime-web`.
   *
   * Errors: `network`, `aborted`, `quota_exceeded`, `bad_checksum` for a file other than the expected one,
   * `bad_embedder` for an unsupported model, `out_of_memory`, `invalid_argument`.
   *
   * @example
   * ```ts
   * const embedder = await OnnxEmbedder.load('Xenova/all-MiniLM-L6-v2', { onProgress: show, signal });
   * embedder.dispose();
   * ```
   */
  static async load(model: string | URL = DEFAULT_MODEL, options: OnnxLoadOptions = {}): Promise<OnnxEmbedder> {
    checkOptions(options, ONNX_KEYS);
    const { worker = isPage(), ...rest } = options;
    const place = placeOf(model);
    throwIfAborted(rest.signal);
    const { host, loaded } =
      worker === false
        ? await loadHere(place, rest)
        : await loadInWorker(place, worker === true ? undefined : worker, rest);
    const embedder = new OnnxEmbedder(host, loaded);
    try {
      rest.onProgress?.({ status: 'ready' });
    } catch (cause) {
      embedder.dispose();
      throw cause;
    }
    return embedder;
  }

  /**
   * Returns whether the model is in the cache, so that `load` with these options downloads nothing large.
   *
   * @example
   * ```ts
   * if (await OnnxEmbedder.isCached()) show('the larger embedder is here already');
   * ```
   */
  static async isCached(model: string | URL = DEFAULT_MODEL, options: ModelFileOptions = {}): Promise<boolean> {
    checkOptions<OnnxLoadOptions>(options, ONNX_KEYS);
    return isModelCached(placeOf(model), options);
  }

  /**
   * Returns the size of all models in the cache, in bytes.
   *
   * @example
   * ```ts
   * show(`${Math.round((await OnnxEmbedder.cacheSizeBytes()) / 1e6)} MB of models`);
   * ```
   */
  static async cacheSizeBytes(cache: boolean | string = true): Promise<number> {
    aCache(cache, 'cache');
    return (await openFileCache(cache)?.sizeBytes()) ?? 0;
  }

  /**
   * Removes all models from the cache.
   *
   * @example
   * ```ts
   * await OnnxEmbedder.clearCache();
   * ```
   */
  static async clearCache(cache: boolean | string = true): Promise<void> {
    aCache(cache, 'cache');
    await openFileCache(cache)?.clear();
  }

  /**
   * Embeds texts. Errors: `disposed`, `aborted`, `invalid_argument` for non-strings, `non_finite`, `out_of_memory`.
   *
   * @example
   * ```ts
   * const embedder = await OnnxEmbedder.load();
   * const [embedding] = await embedder.embed(['a prompt']);
   * ```
   */
  async embed(texts: readonly string[], options: { signal?: AbortSignal | undefined } = {}): Promise<Embedding[]> {
    if (this.#host === undefined) throw new SignalboxError('disposed', 'the embedder was disposed');
    checkOptions(options, { signal: aSignal });
    throwIfAborted(options.signal);
    aList(texts, 'the texts');
    return onBehalfOf(this, this.#host.embed(texts, options.signal));
  }

  /**
   * Releases the model, and terminates the worker if `load` started it. Calling it again has no effect.
   *
   * @example
   * ```ts
   * const embedder = await OnnxEmbedder.load();
   * embedder.dispose();
   * ```
   */
  dispose(): void {
    disposed(this);
    this.#host?.dispose();
    this.#host = undefined;
  }

  /** Calls `dispose` at the end of a block with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Returns a hub id unchanged, and anything else as an address that a worker can resolve. */
function placeOf(model: string | URL): string {
  if (typeof model === 'string' && isHubId(model)) return model;
  if (!isAddress(model)) {
    throw new SignalboxError('invalid_argument', `the model is ${typeof model}, expected a hub's id or an address`);
  }
  return resolveAddress(model);
}
