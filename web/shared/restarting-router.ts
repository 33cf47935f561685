/** Routers in workers, which are replaced after a load that failed and after the loss of a worker. */
import {
  type CascadeMove,
  type CascadeOptions,
  type CascadePlan,
  type Decision,
  type Embedding,
  type EmbedOptions,
  type IndexInfo,
  type LoadOptions,
  type NextLabels,
  type NextLabelsOptions,
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
  type TextsOptions,
  type Verdict,
} from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';

/** Time for one answer before the worker counts as lost. A prompt takes a few milliseconds. */
const PATIENCE_MS = 5000;

/** Codes of a question that mean that the rest of an early embedder was damaged. */
const DAMAGED = new Set<string>(['bad_checksum', 'bad_embedder']);

/** Codes that mean the worker is lost. A new worker would only repeat any other error. */
const LOST = new Set<string>(['internal', 'network', 'disposed', ...DAMAGED]);

const isLost = (error: unknown) => error instanceof SignalboxError && LOST.has(error.code);

/** Work that may keep one worker from answering for long: long questions, and loads of tables that go on. */
class Work {
  open = 0;
  /** Grows whenever work begins or ends. */
  changes = 0;

  /** Takes 1 for work that begins, and -1 for work that ends. */
  count(change: 1 | -1): void {
    this.open += change;
    this.changes += 1;
  }
}

/** Loads the router of one worker at a time, starting at once, and again on demand. */
export class RouterHolder {
  readonly #options: () => Promise<LoadOptions>;
  /** The load in progress or the last one, unless it failed or its worker was lost. */
  #loading: Promise<WorkerRouter> | undefined;
  /** The router that was loaded last. */
  #loaded: WorkerRouter | undefined;
  #router: RestartingRouter | undefined;
  /** The long work of the current worker. */
  work = new Work();
  /** A load failed, or the rest of one: the next one bypasses the HTTP cache, which may hold a damaged file. */
  #isDamaged = false;
  #isDisposed = false;

  /** Takes a function that returns the options of `WorkerRouter.load` for each worker. */
  constructor(options: () => Promise<LoadOptions>) {
    this.#options = options;
    this.#loading = this.#load();
  }

  /** Returns the router once it has a worker; it is always the same one. Errors: those of `WorkerRouter.load`, `disposed`. */
  async current(): Promise<Routing> {
    const loaded = await this.loaded();
    this.#router ??= new RestartingRouter(this, loaded);
    return this.#router;
  }

  /** Returns the router of the current worker, for one question. Errors: those of `current`. */
  async loaded(): Promise<WorkerRouter> {
    if (this.#isDisposed) throw new SignalboxError('disposed', 'the router was disposed');
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Ends a worker that was lost. Two questions may report the same one. */
  drop(lost: WorkerRouter, why: unknown): void {
    lost.dispose();
    if (this.#loaded !== lost) return;
    if (why instanceof SignalboxError && DAMAGED.has(why.code)) this.#isDamaged = true;
    this.#loaded = undefined;
    this.#loading = undefined;
  }

  /** Ends the worker. Calling it again does nothing. */
  dispose(): void {
    this.#isDisposed = true;
    this.#loading?.then((router) => router.dispose()).catch(() => undefined);
    this.#loading = undefined;
  }

  #load(): Promise<WorkerRouter> {
    const work = new Work();
    this.work = work;
    const loading = this.#options().then((options) => {
      const onState = (state: 'loading' | 'loaded' | 'failed') => work.count(state === 'loading' ? 1 : -1);
      const watched = { ...options, onMultilingual: onState, onEarly: onState };
      return WorkerRouter.load({ ...watched, ...(this.#isDamaged && { cache: 'reload' as const }) });
    });
    loading.then(
      (router) => {
        this.#loaded = router;
      },
      () => {
        this.#isDamaged = true;
        this.#loading = undefined;
      },
    );
    return loading;
  }
}

/**
 * The router of a holder. A short question whose worker is lost is asked once more; it also counts the worker as lost if
 * there is no answer in time. Long questions (`routeMany`, `routeTask`, `nextLabels`, `embed` of several prompts) have no time limit and
 * are not repeated. While one is in progress, or the worker loads a table, no other question times out.
 */
class RestartingRouter implements Routing {
  readonly info: IndexInfo;
  readonly #holder: RouterHolder;
  readonly #first: WorkerRouter;

  constructor(holder: RouterHolder, first: WorkerRouter) {
    this.#holder = holder;
    this.#first = first;
    this.info = first.info;
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

  nextLabels(n: number, options: NextLabelsOptions): Promise<NextLabels> {
    return this.#askAtLength((router) => router.nextLabels(n, options));
  }

  embed(prompts: readonly string[], options?: EmbedOptions): Promise<Embedding[]> {
    const question = (router: WorkerRouter) => router.embed(prompts, options);
    return prompts.length > 1 ? this.#askAtLength(question) : this.#ask(question);
  }

  cascade(input: RouteInput, options?: CascadeOptions): Promise<CascadePlan> {
    return this.#ask((router) => router.cascade(input, options));
  }

  /** Needs no worker: a lost one's router answers as well. */
  next(plan: CascadePlan, verdict: Verdict): CascadeMove {
    return this.#first.next(plan, verdict);
  }

  /** Needs no worker. */
  resolve(name: string): string | null {
    return this.#first.resolve(name);
  }

  samples(options?: SamplesOptions): Promise<Samples> {
    return this.#ask((router) => router.samples(options));
  }

  /** Does not count the worker as lost, whatever the error: a file may be missing. */
  async texts(rows: readonly number[], options?: TextsOptions): Promise<(string | null)[]> {
    return (await this.#holder.loaded()).texts(rows, options);
  }

  dispose(): void {
    this.#holder.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #ask<T>(question: (router: WorkerRouter) => Promise<T>): Promise<T> {
    const router = await this.#holder.loaded();
    try {
      return await this.#answer(question(router));
    } catch (error) {
      if (!isLost(error)) throw error;
      this.#holder.drop(router, error);
      return this.#answer(question(await this.#holder.loaded()));
    }
  }

  async #askAtLength<T>(question: (router: WorkerRouter) => Promise<T>): Promise<T> {
    const router = await this.#holder.loaded();
    const { work } = this.#holder;
    work.count(1);
    try {
      return await question(router);
    } catch (error) {
      if (isLost(error)) this.#holder.drop(router, error); // The next question gets a new worker.
      throw error;
    } finally {
      work.count(-1);
    }
  }

  async #answer<T>(answer: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { work } = this.#holder;
    const lost = new Promise<never>((_, reject) => {
      const wait = () => {
        const { changes } = work;
        timer = setTimeout(() => {
          if (work.open > 0 || work.changes !== changes) wait();
          else reject(new SignalboxError('internal', 'the worker does not answer'));
        }, PATIENCE_MS);
      };
      wait();
    });
    try {
      return await Promise.race([answer, lost]);
    } finally {
      clearTimeout(timer);
    }
  }
}
