/**
 * `signalbox/worker`: a router that runs in a worker.
 *
 * @module signalbox/worker
 */

import { startThread } from '#platform';
import { disposed, onBehalfOf, whenAbandoned } from './abandoned.js';
import { within } from './assets.js';
import { MultilingualEmbedder } from './embedding/multilingual-embedder.js';
import { SignalboxError, throwIfAborted } from './errors.js';
import { isSource, LOAD_KEYS } from './files/load-options.js';
import { readBytes } from './files/sources.js';
import { isAddress, isCompiled, isResponse } from './kinds.js';
import { anything, checkOptions, type Keys, wrongKind } from './options.js';
import { nextStep } from './routing/cascade.js';
import { checkPrompts, cloneableInput, Inputs, isEmbedder, makeEmbedder } from './routing/inputs.js';
import {
  CASCADE_KEYS,
  EMBED_KEYS,
  NEXT_LABELS_KEYS,
  ROUTE_KEYS,
  ROUTE_MANY_KEYS,
  ROUTE_TASK_KEYS,
  SAMPLES_KEYS,
  TEXTS_KEYS,
} from './routing/option-keys.js';
import { namesOf } from './routing/request.js';
import type { LoadEvent, RouterQuestion, WorkerLoad, WorkerMethod } from './routing/router-protocol.js';
import type {
  CascadeMove,
  CascadeOptions,
  CascadePlan,
  Decision,
  Embedder,
  EmbedderFiles,
  EmbedderSource,
  Embedding,
  EmbedOptions,
  IndexInfo,
  LoadOptions,
  NextLabels,
  NextLabelsOptions,
  RouteInput,
  RouteInputs,
  RouteManyOptions,
  RouteOptions,
  RouteTaskOptions,
  Routing,
  Samples,
  SamplesOptions,
  Source,
  TaskDecision,
  TextsOptions,
  Verdict,
} from './types.js';
import { Channel, resolveAddress, type WorkerLike } from './workers/channel.js';
import { startScript } from './workers/start-script.js';

const cloneableInputs = (inputs: RouteInputs): unknown =>
  Array.isArray(inputs) ? inputs.map((input, i) => cloneableInput(input, `input ${i}`)) : inputs;

export type { PortLike, ThreadLike, WorkerLike } from './workers/channel.js';

/** Options of `WorkerRouter.load`. */
export interface WorkerLoadOptions extends LoadOptions {
  /**
   * A worker that runs `signalbox/worker-entry`, or the port of one: of a `SharedWorker`, or of a script of your own that
   * calls `answerPort`. By default one is started (in Node.js a thread), and terminated by `dispose`.
   */
  worker?: WorkerLike | undefined;
  /** Milliseconds within which the worker has to answer for the first time; default 30,000. */
  startTimeoutMs?: number | undefined;
}

/** The channel checks the worker and the limit. */
const WORKER_LOAD_KEYS: Keys<WorkerLoadOptions> = { ...LOAD_KEYS, worker: anything, startTimeoutMs: anything };

/** The signal of a load, and the buffers that move to the worker. */
interface Cloning {
  signal: AbortSignal | undefined;
  moved: ArrayBuffer[];
}

/** Reads responses and resolves addresses, neither of which can be cloned as is. The worker unpacks gzip streams. */
async function toCloneable(source: Source | undefined, { signal, moved }: Cloning): Promise<Source | undefined> {
  if (isAddress(source)) return resolveAddress(source);
  if (!isResponse(source)) return source;
  const bytes = await readBytes(source, { signal, isRaw: true });
  moved.push(bytes.buffer);
  return bytes;
}

async function cloneFiles(files: EmbedderFiles, cloning: Cloning): Promise<EmbedderFiles> {
  const sources = [files.tokenizer, files.model, files.config];
  const [tokenizer, model, config] = await Promise.all(sources.map((source) => toCloneable(source, cloning)));
  return { tokenizer, model, config } as EmbedderFiles;
}

const clonePlace = (place: EmbedderSource, cloning: Cloning) =>
  isSource(place) ? (toCloneable(place, cloning) as Promise<Source>) : cloneFiles(place, cloning);

/** Errors: `invalid_argument` for a table that is not on the side of the embedder. */
async function cloneMultilingual(
  multilingual: LoadOptions['multilingual'],
  isHere: boolean,
  cloning: Cloning,
): Promise<WorkerLoad['multilingual']> {
  if (multilingual === undefined) return undefined;
  const isFunction = typeof multilingual === 'function';
  if (isFunction !== isHere) {
    const expected = isHere ? 'a function, since the embedder is outside the worker' : 'an address or files';
    throw wrongKind(multilingual, 'multilingual', expected);
  }
  return isFunction ? undefined : clonePlace(multilingual, cloning);
}

/** Returns the options for the worker, without an embedder that is an object: it stays on this side. */
async function cloneable(options: LoadOptions, moved: ArrayBuffer[]): Promise<WorkerLoad> {
  const { assets, index, embedder, multilingual, wasm, texts, early, search, cache, signal } = options;
  const cloning = { signal, moved };
  const isHere = isEmbedder(embedder) || typeof embedder === 'function';
  const addresses = {
    assets: assets === undefined ? undefined : resolveAddress(assets),
    texts: texts === undefined || texts === false ? texts : resolveAddress(texts),
  };
  const [clonedIndex, clonedEmbedder, clonedTable, clonedWasm] = await Promise.all([
    toCloneable(index, cloning),
    isHere ? null : embedder && clonePlace(embedder, cloning),
    cloneMultilingual(multilingual, isHere, cloning),
    isCompiled(wasm) ? wasm : (toCloneable(wasm, cloning) as Promise<WorkerLoad['wasm']>),
  ]);
  return {
    ...addresses,
    index: clonedIndex,
    embedder: clonedEmbedder,
    multilingual: clonedTable,
    wasm: clonedWasm,
    isOwnWasm: isResponse(wasm),
    early,
    search,
    cache,
  };
}

/** Starts the worker of a folder of the package's files, or the one beside this script. Bundlers know the last line. */
function startWorker(assets: string | URL | undefined): WorkerLike {
  if (typeof Worker === 'undefined') return startThread('worker-entry.js');
  if (assets !== undefined) return startScript(new URL(within(resolveAddress(assets), 'web/worker.js')));
  return new Worker(new URL('./worker-entry.js', import.meta.url), { type: 'module' });
}

/**
 * A router in a worker, with the interface of `Router`: the page stays responsive while it loads and routes.
 *
 * @example
 * ```js
 * const router = await WorkerRouter.load();
 * const { model } = await router.route('Prove that sqrt(2) is irrational');
 * router.dispose();
 * ```
 */
export class WorkerRouter implements Routing {
  readonly info: IndexInfo;
  readonly #channel: Channel<RouterQuestion>;
  /** Embeds prompts on this side, if the embedder is an object; the worker then receives embeddings. */
  readonly #inputs: Inputs | undefined;
  /** The embedders that this router owns. */
  readonly #ownEmbedders: readonly Embedder[];
  #isDisposed = false;

  private constructor(
    channel: Channel<RouterQuestion>,
    info: IndexInfo,
    inputs: Inputs | undefined,
    ownEmbedders: readonly Embedder[],
  ) {
    this.#channel = channel;
    this.info = info;
    this.#inputs = inputs;
    this.#ownEmbedders = ownEmbedders;
    whenAbandoned(this, () => {
      channel.close();
      for (const embedder of ownEmbedders) embedder.dispose?.();
    });
  }

  /**
   * Loads like `Router.load`. An embedder that is an object stays on this side, and should have a worker of its own, as
   * `OnnxEmbedder` has; so does a table of other languages, which then is a function, and otherwise an address or files. Errors: those of `Router.load`; `network` for a worker that does not start or answer.
   *
   * @example
   * ```js
   * const router = await WorkerRouter.load({ signal, onProgress: show });
   * router.dispose();
   * ```
   */
  static async load(options: WorkerLoadOptions = {}): Promise<WorkerRouter> {
    checkOptions(options, WORKER_LOAD_KEYS);
    const { signal, onProgress, onMultilingual, onEarly, worker, startTimeoutMs } = options;
    throwIfAborted(signal);
    // Read while the worker starts.
    const moved: ArrayBuffer[] = [];
    const cloning = cloneable(options, moved);
    cloning.catch(() => undefined); // Thrown below.
    const start = () => startWorker(options.assets);
    const service = { service: 'router', entry: 'signalbox/worker-entry', start } as const;
    const channel = new Channel<RouterQuestion>({ ...service, worker, startTimeoutMs });
    const onEvent = (event: LoadEvent) => {
      if ('multilingual' in event) onMultilingual?.(event.multilingual);
      else if ('early' in event) onEarly?.(event.early);
      else onProgress?.(event);
    };
    let own: Embedder | undefined;
    try {
      const info = await channel.ask<IndexInfo>(
        { call: 'load', options: await cloning },
        { signal, onProgress: onEvent, reportsLater: true, transfer: moved },
      );
      if (typeof info?.dim !== 'number') throw new SignalboxError('network', 'the worker did not describe its index');
      if (typeof options.embedder === 'function') own = await makeEmbedder(options.embedder, signal);
      const embedder = own ?? (isEmbedder(options.embedder) ? options.embedder : undefined);
      throwIfAborted(signal);
      const { multilingual } = options;
      const reader =
        embedder !== undefined && typeof multilingual === 'function'
          ? new MultilingualEmbedder(embedder, (load) => makeEmbedder(multilingual, load.signal), onMultilingual)
          : undefined;
      const inputs = embedder === undefined ? undefined : new Inputs(reader ?? embedder, info);
      return new WorkerRouter(
        channel,
        info,
        inputs,
        [reader, own].filter((item) => item !== undefined),
      );
    } catch (error) {
      channel.close();
      own?.dispose?.();
      throw error;
    }
  }

  resolve(name: string): string | null {
    return typeof name === 'string' ? namesOf(this.info).resolve(name) : null;
  }

  async route(input: RouteInput, options: RouteOptions = {}): Promise<Decision> {
    checkOptions(options, ROUTE_KEYS);
    return this.#call('route', await this.#here(input, options), options);
  }

  async routeMany(inputs: RouteInputs, options: RouteManyOptions = {}): Promise<Decision[]> {
    checkOptions(options, ROUTE_MANY_KEYS);
    return this.#callWithAll('routeMany', inputs, options);
  }

  async routeTask(inputs: RouteInputs, options: RouteTaskOptions = {}): Promise<TaskDecision> {
    checkOptions(options, ROUTE_TASK_KEYS);
    return this.#callWithAll('routeTask', inputs, options);
  }

  async nextLabels(n: number, options: NextLabelsOptions): Promise<NextLabels> {
    checkOptions(options, NEXT_LABELS_KEYS);
    const { prompts, signal, onProgress } = options;
    // The worker refuses an empty list of prompts.
    if (this.#inputs === undefined || this.#isDisposed || prompts?.length === 0) {
      return this.#call('nextLabels', n, { ...options, prompts: cloneableInputs(prompts) });
    }
    const read = await this.#inputs.readAll(prompts, { signal, onProgress });
    return this.#call('nextLabels', n, { ...options, prompts: read });
  }

  async embed(prompts: readonly string[], options: EmbedOptions = {}): Promise<Embedding[]> {
    checkOptions(options, EMBED_KEYS);
    if (this.#inputs === undefined || this.#isDisposed) return this.#call('embed', prompts, options);
    checkPrompts(prompts);
    return this.#inputs.embed(prompts, options);
  }

  async cascade(input: RouteInput, options: CascadeOptions = {}): Promise<CascadePlan> {
    checkOptions(options, CASCADE_KEYS);
    return this.#call('cascade', await this.#here(input, options), options);
  }

  next(plan: CascadePlan, verdict: Verdict): CascadeMove {
    return nextStep(plan, verdict);
  }

  /**
   * Returns the samples; their arrays are moved from the worker, not copied.
   *
   * @example
   * ```js
   * const { map } = await router.samples({ ids: false, outcomes: false });
   * ```
   */
  async samples(options: SamplesOptions = {}): Promise<Samples> {
    checkOptions(options, SAMPLES_KEYS);
    return this.#call('samples', null, options);
  }

  async texts(rows: readonly number[], options: TextsOptions = {}): Promise<(string | null)[]> {
    checkOptions(options, TEXTS_KEYS);
    return this.#call('texts', rows, options);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    disposed(this);
    this.#channel.close();
    this.#inputs?.dispose();
    for (const embedder of this.#ownEmbedders) embedder.dispose?.();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #here(input: RouteInput, { signal }: { signal?: AbortSignal | undefined }): Promise<unknown> {
    return this.#inputs === undefined || this.#isDisposed ? cloneableInput(input) : this.#inputs.read(input, signal);
  }

  /** Calls with many inputs. If the embedder is on this side, embedding and the worker's part count half of the progress. */
  async #callWithAll<T>(call: WorkerMethod, inputs: RouteInputs, options: EmbedOptions): Promise<T> {
    // The worker refuses an empty list of inputs for a task.
    if (this.#inputs === undefined || this.#isDisposed || inputs?.length === 0)
      return this.#call(call, cloneableInputs(inputs), options);
    const { signal, onProgress } = options;
    const half = (of: 0 | 1) => (event: { done: number; total: number }) =>
      onProgress?.({ done: Math.floor((of * event.total + event.done) / 2), total: event.total });
    const read = await this.#inputs.readAll(inputs, { signal, onProgress: half(0) });
    return this.#call(call, read, { ...options, onProgress: onProgress && half(1) });
  }

  #call<T>(call: WorkerMethod, input: unknown, options: object): Promise<T> {
    const { signal, onProgress, ...rest } = options as EmbedOptions;
    return onBehalfOf(this, this.#channel.ask<T>({ call, input, options: rest }, { signal, onProgress }));
  }
}
