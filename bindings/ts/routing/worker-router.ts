/** The page's half: a router that works in a worker, with the same surface. */

import { throwIfAborted } from '../errors.js';
import { readBytes } from '../files/sources.js';
import type {
  Decision,
  Embedder,
  EmbedderFiles,
  Embedding,
  EmbedOptions,
  IndexInfo,
  LoadOptions,
  RouteOptions,
  RouteTaskOptions,
  Samples,
  SamplesOptions,
  Source,
  TaskDecision,
  Vectors,
} from '../types.js';
import { Channel, resolveAddress } from '../workers/channel.js';
import { type CascadeMove, type CascadeOptions, type CascadePlan, nextStep, type Verdict } from './cascade.js';
import { checkPrompts, isEmbedder, Prompts, readOf } from './prompts.js';
import type { WorkerLoad, WorkerMethod, WorkerQuestion } from './router-protocol.js';

export interface WorkerLoadOptions extends LoadOptions {
  /** A worker that runs `signalbox/worker-entry`; by default one is started, and ended by `dispose`. */
  worker?: Worker;
}

/** Responses and URLs cannot be cloned. */
async function toCloneable(source: Source | undefined, signal: AbortSignal | undefined): Promise<Source | undefined> {
  if (source instanceof Response) return readBytes(source, { signal });
  if (typeof source === 'string' || source instanceof URL) return resolveAddress(source);
  return source;
}

async function cloneFiles(files: EmbedderFiles, signal: AbortSignal | undefined): Promise<EmbedderFiles> {
  const sources = [files.tokenizer, files.model, files.config];
  const [tokenizer, model, config] = await Promise.all(sources.map((source) => toCloneable(source, signal)));
  return { tokenizer, model, config } as EmbedderFiles;
}

/** What can be sent to the worker: without an embedder that is an object, which stays here. */
async function cloneable({ index, embedder, wasm, cache, signal }: LoadOptions): Promise<WorkerLoad> {
  const isPlace = typeof embedder === 'string' || embedder instanceof URL;
  const isHere = isEmbedder(embedder) || typeof embedder === 'function';
  return {
    index: await toCloneable(index, signal),
    embedder: isPlace ? resolveAddress(embedder) : isHere ? null : embedder && (await cloneFiles(embedder, signal)),
    wasm: wasm instanceof WebAssembly.Module ? wasm : ((await toCloneable(wasm, signal)) as WorkerLoad['wasm']),
    cache,
  };
}

const startWorker = () => new Worker(new URL('../worker-entry.js', import.meta.url), { type: 'module' });

/** A `Router` in a worker: the page stays free while it loads and routes. */
export class WorkerRouter {
  /** What the index holds. */
  readonly info: IndexInfo;
  readonly #channel: Channel<WorkerQuestion>;
  /** Where the embedder is an object of this side: prompts are embedded by it, and the worker gets vectors. */
  readonly #prompts: Prompts | undefined;
  readonly #ownEmbedder: Embedder | undefined;

  private constructor(
    channel: Channel<WorkerQuestion>,
    info: IndexInfo,
    prompts: Prompts | undefined,
    ownEmbedder: Embedder | undefined,
  ) {
    this.#channel = channel;
    this.info = info;
    this.#prompts = prompts;
    this.#ownEmbedder = ownEmbedder;
  }

  /**
   * Like `Router.load`. An embedder that is an object stays on this side, and should have a worker of its own, as
   * `OnnxEmbedder` has. Errors: those of `Router.load`.
   */
  static async load(options: WorkerLoadOptions = {}): Promise<WorkerRouter> {
    throwIfAborted(options.signal);
    const load = await cloneable(options);
    const channel = new Channel<WorkerQuestion>(options.worker, 'router', startWorker);
    let own: Embedder | undefined;
    try {
      const info = await channel.ask<IndexInfo>({ call: 'load', options: load }, options);
      if (typeof options.embedder === 'function') own = await options.embedder();
      const embedder = own ?? (isEmbedder(options.embedder) ? options.embedder : undefined);
      throwIfAborted(options.signal);
      const prompts = embedder === undefined ? undefined : new Prompts(embedder, info);
      return new WorkerRouter(channel, info, prompts, own);
    } catch (error) {
      channel.close();
      own?.dispose?.();
      throw error;
    }
  }

  /** See `Router.route`. */
  async route(prompt: string, options: RouteOptions = {}): Promise<Decision> {
    if (this.#prompts === undefined) return this.#call('route', prompt, options);
    const { vector, ...read } = await this.#prompts.embedOne(prompt, options.signal);
    return { ...(await this.routeVector(vector, options)), ...read };
  }

  /** See `Router.routeTask`. */
  async routeTask(prompts: readonly string[], options: RouteTaskOptions = {}): Promise<TaskDecision> {
    if (this.#prompts === undefined) return this.#call('routeTask', prompts, options);
    checkPrompts(prompts);
    const embeddings = await this.#prompts.embed(prompts, options);
    const vectors = embeddings.map(({ vector }) => vector);
    return { ...(await this.routeVectors(vectors, options)), ...readOf(embeddings) };
  }

  /** See `Router.embed`. */
  async embed(prompts: readonly string[], options: EmbedOptions = {}): Promise<Embedding[]> {
    if (this.#prompts === undefined) return this.#call('embed', prompts, options);
    checkPrompts(prompts);
    return this.#prompts.embed(prompts, options);
  }

  /** See `Router.routeVector`. */
  async routeVector(vector: ArrayLike<number>, options: RouteOptions = {}): Promise<Decision> {
    return this.#call('routeVector', vector, options);
  }

  /** See `Router.routeVectors`. */
  async routeVectors(vectors: Vectors, options: RouteTaskOptions = {}): Promise<TaskDecision> {
    return this.#call('routeVectors', vectors, options);
  }

  /** See `Router.cascade`. */
  async cascade(prompt: string, options: CascadeOptions = {}): Promise<CascadePlan> {
    if (this.#prompts === undefined) return this.#call('cascade', prompt, options);
    const { vector, ...read } = await this.#prompts.embedOne(prompt, options.signal);
    return { ...(await this.cascadeVector(vector, options)), ...read };
  }

  /** See `Router.cascadeVector`. */
  async cascadeVector(vector: ArrayLike<number>, options: CascadeOptions = {}): Promise<CascadePlan> {
    return this.#call('cascadeVector', vector, options);
  }

  /** See `Router.next`; at once, without the worker. */
  next(plan: CascadePlan, verdict: Verdict): CascadeMove {
    return nextStep(plan, verdict);
  }

  /** See `Router.samples`. The arrays are moved here, not copied. */
  async samples(options: SamplesOptions = {}): Promise<Samples> {
    return this.#call('samples', null, options);
  }

  #call<T>(
    call: WorkerMethod,
    input: unknown,
    options: EmbedOptions | RouteTaskOptions | CascadeOptions | SamplesOptions,
  ): Promise<T> {
    const { signal, onProgress, ...rest } = options as RouteTaskOptions;
    return this.#channel.ask<T>({ call, input, options: rest }, { signal, onProgress });
  }

  /** Closes the router and, where `load` started it, ends the worker. Calling it again does nothing. */
  dispose(): void {
    this.#channel.close();
    this.#ownEmbedder?.dispose?.();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
