/** A router that survives the loss of its worker: the worker is replaced, and the question asked once more. */
import { type IndexInfo, type LoadOptions, SignalboxError } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';

/** Time for one answer before the worker counts as lost. A prompt takes a few milliseconds. */
const PATIENCE_MS = 5000;

/** Codes that mean the worker is lost. A new worker would only repeat any other error. */
const LOST = new Set<string>(['internal', 'network', 'disposed']);

const isLost = (error: unknown) => error instanceof SignalboxError && LOST.has(error.code);

export class LiveRouter {
  readonly #options: LoadOptions | (() => Promise<LoadOptions>);
  /** The current router, or the one that is loading. */
  #entry: { loading: Promise<WorkerRouter>; router?: WorkerRouter } | undefined;
  #isDisposed = false;
  /** A load failed: the next one bypasses the HTTP cache, which may hold a damaged file. */
  #isDamaged = false;
  /** Number of long questions in progress. */
  #long = 0;

  /**
   * Starts loading. `options` are those of `Router.load`, or a function that returns them for each new worker; sources
   * must be readable more than once.
   */
  constructor(options: LoadOptions | (() => Promise<LoadOptions>)) {
    this.#options = options;
    this.#load();
  }

  /** Returns what the index holds. Errors: those of `Router.load`. */
  async info(): Promise<IndexInfo> {
    return (await this.#current()).info;
  }

  /**
   * Asks the router. If its worker is lost, loads another one and asks again, once. The next call retries a load that
   * failed.
   */
  async ask<T>(question: (router: WorkerRouter) => Promise<T>): Promise<T> {
    const router = await this.#current();
    try {
      return await this.#answer(question(router));
    } catch (error) {
      if (this.#isDisposed || !isLost(error)) throw error;
      this.#drop(router);
      return this.#answer(question(await this.#current()));
    }
  }

  /** Like `ask`, for long questions such as a whole task. No other question times out meanwhile. */
  async askAtLength<T>(question: (router: WorkerRouter) => Promise<T>): Promise<T> {
    const router = await this.#current();
    this.#long += 1;
    try {
      return await question(router);
    } finally {
      this.#long -= 1;
    }
  }

  /** Ends the worker. Calling it again does nothing. */
  dispose(): void {
    this.#isDisposed = true;
    this.#entry?.loading.then((router) => router.dispose()).catch(() => undefined);
    this.#entry = undefined;
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
    if (this.#isDisposed) throw new SignalboxError('disposed', 'the router was disposed');
    return (this.#entry ?? this.#load()).loading;
  }

  async #open(isDamaged: boolean): Promise<WorkerRouter> {
    const options = typeof this.#options === 'function' ? await this.#options() : this.#options;
    return WorkerRouter.load({ ...options, cache: isDamaged ? 'reload' : 'default' });
  }

  #load() {
    const entry: { loading: Promise<WorkerRouter>; router?: WorkerRouter } = {
      loading: this.#open(this.#isDamaged),
    };
    this.#entry = entry;
    entry.loading.then(
      (router) => {
        entry.router = router;
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
