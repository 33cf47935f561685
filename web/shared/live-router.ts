/** A router that stays: a lost worker is replaced, and the question is asked once more. */
import { type IndexInfo, type LoadOptions, SignalboxError } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';

/** How long one answer may take before the worker counts as lost. A prompt takes some milliseconds. */
const PATIENCE_MS = 5000;

/** What a worker says that stopped; anything else would be said again by a new one. */
const LOST = new Set<string>(['internal', 'network', 'disposed']);

const isLost = (error: unknown) => error instanceof SignalboxError && LOST.has(error.code);

export class LiveRouter {
  readonly #options: LoadOptions | (() => Promise<LoadOptions>);
  /** The router that is used, or will be. */
  #entry: { loading: Promise<WorkerRouter>; router?: WorkerRouter } | undefined;
  #isDisposed = false;
  /** A load failed: the next one passes by the HTTP cache, which may hold what was damaged on its way. */
  #isDamaged = false;
  /** Questions under way that may take their time. */
  #long = 0;

  /**
   * Loads at once. Options as those of `Router.load`, or what finds them anew for each worker; sources must be such that
   * they can be read twice.
   */
  constructor(options: LoadOptions | (() => Promise<LoadOptions>)) {
    this.#options = options;
    this.#load();
  }

  /** What the index holds. Errors: those of `Router.load`. */
  async info(): Promise<IndexInfo> {
    return (await this.#current()).info;
  }

  /**
   * Asks the router. Where its worker is lost another one is loaded and asked again, once; a load that failed is tried
   * again with the next call.
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

  /** The same for what may take its time: a whole task. Meanwhile no other question runs out of patience. */
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

  /** Two questions may find out that the same one is lost. */
  #drop(lost: WorkerRouter): void {
    lost.dispose();
    if (this.#entry?.router === lost) this.#entry = undefined;
  }
}
