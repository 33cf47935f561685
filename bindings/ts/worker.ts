/** The page's half: a router that works in a worker, with the same surface. */
import { type CascadeMove, type CascadeOptions, type CascadePlan, nextStep, type Verdict } from './cascade.js';
import { abortable, errorFrom, SignalboxError, throwIfAborted } from './errors.js';
import { readBytes } from './files.js';
import { isEmbedder } from './static-embedder.js';
import type {
  Decision,
  EmbedderFiles,
  IndexInfo,
  LoadOptions,
  RouteOptions,
  RouteTaskOptions,
  Source,
  TaskDecision,
  Vectors,
} from './types.js';
import type { WorkerAnswer, WorkerLoad, WorkerMethod, WorkerProgress, WorkerRequest } from './worker-protocol.js';

export interface WorkerLoadOptions extends LoadOptions {
  /** A worker that runs `signalbox/worker-entry`; by default one is started, and ended by `dispose`. */
  worker?: Worker;
}

interface Call {
  resolve(value: never): void;
  reject(error: SignalboxError): void;
  onProgress: ((event: never) => void) | undefined;
}

/** Addresses are resolved here: the worker has another base. Without one (in Node) a path stays a path. */
function resolve(address: string | URL): string {
  const base = globalThis.location?.href;
  try {
    return base === undefined ? String(address) : new URL(address, base).href;
  } catch (cause) {
    throw new SignalboxError('network', `'${String(address)}' is not an address`, { cause });
  }
}

/** Responses and URLs cannot be cloned. */
async function toCloneable(source: Source | undefined, signal: AbortSignal | undefined): Promise<Source | undefined> {
  if (source instanceof Response) return readBytes(source, { signal });
  if (typeof source === 'string' || source instanceof URL) return resolve(source);
  return source;
}

async function cloneFiles(files: EmbedderFiles, signal: AbortSignal | undefined): Promise<EmbedderFiles> {
  const sources = [files.tokenizer, files.model, files.config];
  const [tokenizer, model, config] = await Promise.all(sources.map((source) => toCloneable(source, signal)));
  return { tokenizer, model, config } as EmbedderFiles;
}

async function cloneable({ index, embedder, wasm, signal }: LoadOptions): Promise<WorkerLoad> {
  if (isEmbedder(embedder)) {
    throw new SignalboxError(
      'invalid_argument',
      'an embedder object cannot move to a worker: give its address or files',
    );
  }
  const isPlace = typeof embedder === 'string' || embedder instanceof URL;
  return {
    index: await toCloneable(index, signal),
    embedder: isPlace ? resolve(embedder) : embedder && (await cloneFiles(embedder, signal)),
    wasm: wasm instanceof WebAssembly.Module ? wasm : ((await toCloneable(wasm, signal)) as WorkerLoad['wasm']),
  };
}

/** A `Router` in a worker: the page stays free while it loads and routes. */
export class WorkerRouter {
  /** What the index holds. */
  readonly info: IndexInfo;
  readonly #channel: Channel;

  private constructor(channel: Channel, info: IndexInfo) {
    this.#channel = channel;
    this.info = info;
  }

  /** Like `Router.load`, but an embedder is given by its address or files. Errors: those of `Router.load`. */
  static async load(options: WorkerLoadOptions = {}): Promise<WorkerRouter> {
    throwIfAborted(options.signal);
    const load = await cloneable(options);
    const channel = new Channel(options.worker);
    try {
      const info = await channel.ask<IndexInfo>({ call: 'load', options: load }, options);
      return new WorkerRouter(channel, info);
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  /** See `Router.route`. */
  async route(prompt: string, options: RouteOptions = {}): Promise<Decision> {
    return this.#call('route', prompt, options);
  }

  /** See `Router.routeTask`. */
  async routeTask(prompts: readonly string[], options: RouteTaskOptions = {}): Promise<TaskDecision> {
    return this.#call('routeTask', prompts, options);
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
    return this.#call('cascade', prompt, options);
  }

  /** See `Router.cascadeVector`. */
  async cascadeVector(vector: ArrayLike<number>, options: CascadeOptions = {}): Promise<CascadePlan> {
    return this.#call('cascadeVector', vector, options);
  }

  /** See `Router.next`; at once, without the worker. */
  next(plan: CascadePlan, verdict: Verdict): CascadeMove {
    return nextStep(plan, verdict);
  }

  #call<T>(call: WorkerMethod, input: unknown, options: RouteTaskOptions | CascadeOptions): Promise<T> {
    const { signal, onProgress, ...rest } = options as RouteTaskOptions;
    return this.#channel.ask<T>({ call, input, options: rest }, { signal, onProgress });
  }

  /** Closes the router and, where `load` started it, ends the worker. Calling it again does nothing. */
  dispose(): void {
    this.#channel.close();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Numbered questions to a worker, and their answers. */
class Channel {
  readonly #worker: Worker;
  readonly #ownsWorker: boolean;
  readonly #calls = new Map<number, Call>();
  readonly #listen = ({ data }: MessageEvent<WorkerAnswer>) => this.#receive(data);
  readonly #break = (event: Event) => {
    const why = (event as ErrorEvent).message ?? 'its script could not be loaded';
    this.#failAll(errorFrom('network', `the worker could not be started: ${why}`));
  };
  #last = 0;
  #closed = false;

  constructor(worker: Worker | undefined) {
    if (worker === undefined && typeof Worker === 'undefined') {
      throw new SignalboxError('invalid_argument', 'there are no workers here: use Router, or give a worker');
    }
    this.#ownsWorker = worker === undefined;
    this.#worker = worker ?? new Worker(new URL('./worker-entry.js', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', this.#listen);
    this.#worker.addEventListener('error', this.#break);
  }

  async ask<T>(
    question: Unnumbered<WorkerRequest>,
    { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress?: ((event: never) => void) | undefined },
  ): Promise<T> {
    if (this.#closed) throw new SignalboxError('disposed', 'the router was disposed');
    throwIfAborted(signal);
    const id = ++this.#last;
    const answer = new Promise<T>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, onProgress });
    });
    const stop = () => this.#worker.postMessage({ id, call: 'abort' });
    signal?.addEventListener('abort', stop, { once: true });
    try {
      try {
        this.#worker.postMessage({ ...question, id });
      } catch (cause) {
        throw new SignalboxError('invalid_argument', `the options cannot move to a worker: ${String(cause)}`, {
          cause,
        });
      }
      return await abortable(answer, signal);
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#calls.delete(id);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#failAll(new SignalboxError('disposed', 'the router was disposed'));
    this.#worker.removeEventListener('message', this.#listen);
    this.#worker.removeEventListener('error', this.#break);
    if (this.#ownsWorker) this.#worker.terminate();
    else this.#worker.postMessage({ id: 0, call: 'dispose' });
  }

  #receive(answer: WorkerAnswer): void {
    const call = this.#calls.get(answer.id);
    if (call === undefined) return; // Given up by its caller.
    if ('progress' in answer) (call.onProgress as ((event: WorkerProgress) => void) | undefined)?.(answer.progress);
    else if ('error' in answer) call.reject(errorFrom(answer.error.code, answer.error.message));
    else call.resolve(answer.value as never);
  }

  #failAll(error: SignalboxError): void {
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
  }
}
