/** A router in a worker that survives the loss of its worker. */
import {
  type CascadeMove,
  type CascadeOptions,
  type CascadePlan,
  type Decision,
  type Embedding,
  type EmbedOptions,
  type IndexInfo,
  type LoadOptions,
  type RouteInput,
  type RouteInputs,
  type RouteManyOptions,
  type RouteOptions,
  type RouteTaskOptions,
  type Routing,
  type Samples,
  type SamplesOptions,
  SignalboxError,
  type TaskDecision,
  type Verdict,
} from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';

/** Time for one answer before the worker counts as lost. A prompt takes a few milliseconds. */
const PATIENCE_MS = 5000;

/** Codes that mean the worker is lost. A new worker would only repeat any other error. */
const LOST = new Set<string>(['internal', 'network', 'disposed']);

const isLost = (error: unknown) => error instanceof SignalboxError && LOST.has(error.code);

const disposedError = () => new SignalboxError('disposed', 'the router was disposed');

/**
 * Options of `WorkerRouter.load`, or a function that returns them for each new worker. Sources must be readable more than
 * once.
 */
type RestartingOptions = LoadOptions | (() => Promise<LoadOptions>);

const read = async (options: RestartingOptions) => (typeof options === 'function' ? options() : options);

/** The current worker's router, or the one that is loading. */
interface Entry {
  loading: Promise<WorkerRouter>;
  router?: WorkerRouter;
}

/**
 * A `WorkerRouter` whose worker is replaced when it is lost. A short question is then asked once more; it also counts the
 * worker as lost if there is no answer in time. Long questions (`routeMany`, `routeTask`, `embed` of several prompts) have
 * no time limit and are not repeated, and no other question times out while one is in progress.
 */
export class RestartingRouter implements Routing {
  readonly info: IndexInfo;
  readonly #options: RestartingOptions;
  /** The last router that was loaded; it may be lost. */
  #last: WorkerRouter;
  #entry: Entry | undefined;
  #isDisposed = false;
  /** A load failed: the next one bypasses the HTTP cache, which may hold a damaged file. */
  #isDamaged = false;
  /** Number of long questions in progress. */
  #long = 0;

  private constructor(options: RestartingOptions, router: WorkerRouter) {
    this.#options = options;
    this.#last = router;
    this.#entry = { loading: Promise.resolve(router), router };
    this.info = router.info;
  }

  /** Loads like `WorkerRouter.load`, with its errors. */
  static async load(options: RestartingOptions = {}): Promise<RestartingRouter> {
    return new RestartingRouter(options, await WorkerRouter.load(await read(options)));
  }

  /** Waits until there is a worker, and loads one if the last one was lost. Errors: those of `load`. */
  async ready(): Promise<void> {
    await this.#current();
  }

  route(input: RouteInput, options?: RouteOptions): Promise<Decision> {
    return this.#ask((router) => router.route(input, options));
  }

  routeMany(inputs: RouteInputs, options?: RouteManyOptions): Promise<Decision[]> {
    return this.#askAtLength((router) => router.routeMany(inputs, options));
  }

  routeTask(inputs: RouteInputs, options?: RouteTaskOptions): Promise<TaskDecision> {
    return this.#askAtLength((router) => router.routeTask(inputs, options));
  }

  embed(prompts: readonly string[], options?: EmbedOptions): Promise<Embedding[]> {
    const question = (router: WorkerRouter) => router.embed(prompts, options);
    return prompts.length > 1 ? this.#askAtLength(question) : this.#ask(question);
  }

  cascade(input: RouteInput, options?: CascadeOptions): Promise<CascadePlan> {
    return this.#ask((router) => router.cascade(input, options));
  }

  next(plan: CascadePlan, verdict: Verdict): CascadeMove {
    return this.#last.next(plan, verdict);
  }

  samples(options?: SamplesOptions): Promise<Samples> {
    return this.#ask((router) => router.samples(options));
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#entry?.loading.then((router) => router.dispose()).catch(() => undefined);
    this.#entry = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #ask<T>(question: (router: WorkerRouter) => Promise<T>): Promise<T> {
    const router = await this.#current();
    try {
      return await this.#answer(question(router));
    } catch (error) {
      if (this.#isDisposed || !isLost(error)) throw error;
      this.#drop(router);
      return this.#answer(question(await this.#current()));
    }
  }

  async #askAtLength<T>(question: (router: WorkerRouter) => Promise<T>): Promise<T> {
    const router = await this.#current();
    this.#long += 1;
    try {
      return await question(router);
    } finally {
      this.#long -= 1;
    }
  }

  async #answer<T>(answer: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const lost = new Promise<never>((_, reject) => {
      const check = () => {
        if (this.#long === 0) reject(new SignalboxError('internal', 'the worker does not answer'));
        else timer = setTimeout(check, PATIENCE_MS);
      };
      timer = setTimeout(check, PATIENCE_MS);
    });
    try {
      return await Promise.race([answer, lost]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #current(): Promise<WorkerRouter> {
    if (this.#isDisposed) throw disposedError();
    return (this.#entry ?? this.#load()).loading;
  }

  async #open(isDamaged: boolean): Promise<WorkerRouter> {
    const options = await read(this.#options);
    return WorkerRouter.load(isDamaged ? { ...options, cache: 'reload' } : options);
  }

  #load(): Entry {
    const entry: Entry = { loading: this.#open(this.#isDamaged) };
    this.#entry = entry;
    entry.loading.then(
      (router) => {
        entry.router = router;
        this.#last = router;
      },
      () => {
        this.#isDamaged = true;
        if (this.#entry === entry) this.#entry = undefined;
      },
    );
    return entry;
  }

  /** Two questions may report the loss of the same router. */
  #drop(lost: WorkerRouter): void {
    lost.dispose();
    if (this.#entry?.router === lost) this.#entry = undefined;
  }
}

/** A router that loads in the background, and is loaded again on demand if that failed. */
export class RouterHolder {
  readonly #options: RestartingOptions;
  #loading: Promise<RestartingRouter> | undefined;
  #isDisposed = false;
  /** See `RestartingRouter`. */
  #isDamaged = false;

  /** Starts loading. */
  constructor(options: RestartingOptions) {
    this.#options = options;
    this.#load();
  }

  /** Returns the router once it has a worker. Errors: those of `RestartingRouter.load`, `disposed`. */
  async current(): Promise<Routing> {
    if (this.#isDisposed) throw disposedError();
    const router = await (this.#loading ?? this.#load());
    await router.ready();
    return router;
  }

  /** Ends the worker. Calling it again does nothing. */
  dispose(): void {
    this.#isDisposed = true;
    this.#loading?.then((router) => router.dispose()).catch(() => undefined);
    this.#loading = undefined;
  }

  #load(): Promise<RestartingRouter> {
    const loading = RestartingRouter.load(async () => {
      const options = await read(this.#options);
      return this.#isDamaged ? { ...options, cache: 'reload' } : options;
    });
    this.#loading = loading;
    loading.catch(() => {
      this.#isDamaged = true;
      if (this.#loading === loading) this.#loading = undefined;
    });
    return loading;
  }
}
