/** Two speeds: a small embedder answers while a person types, a large one refines the answer when it is there. */
import { abortable, SignalboxError, throwIfAborted } from '../errors.js';
import type { Decision, IndexInfo, RouteOptions, RouteTaskOptions, TaskDecision } from '../types.js';

/** What `Router` and `WorkerRouter` have in common. */
export interface AnyRouter {
  readonly info: IndexInfo;
  route(prompt: string, options?: RouteOptions): Promise<Decision>;
  routeTask(prompts: readonly string[], options?: RouteTaskOptions): Promise<TaskDecision>;
  dispose(): void;
}

export interface RefiningOptions {
  /**
   * Where it is given, a second router that cannot be had, or fails, is reported here, and the first goes on alone.
   * Without it the failure is thrown, after the first router's answer.
   */
  onUnavailable?: ((error: SignalboxError) => void) | undefined;
}

/** An answer that says whose it is: `embedder` is the id, `refined` whether it is the second router's. */
export type Staged<D> = D & { refined: boolean };

const asError = (cause: unknown) =>
  cause instanceof SignalboxError ? cause : new SignalboxError('internal', String(cause), { cause });

/** Errors: `invalid_argument` where the two indexes are not of one benchmark. */
function checkSameBenchmark(fast: IndexInfo, refining: IndexInfo): void {
  const namesOf = (list: readonly { name: string }[]) => list.map(({ name }) => name).sort();
  for (const what of ['models', 'tasks'] as const) {
    const [names, others] = [namesOf(fast[what]), namesOf(refining[what])];
    const stranger = others.find((name) => !names.includes(name)) ?? names.find((name) => !others.includes(name));
    if (stranger !== undefined) {
      throw new SignalboxError(
        'invalid_argument',
        `the two indexes are of two benchmarks: only one of them has '${stranger}' among its ${what}`,
      );
    }
  }
}

/**
 * Two routers over indexes of one benchmark, one an embedder: the first answers at once, the second when it is loaded.
 *
 *     const router = new RefiningRouter(await WorkerRouter.load(), WorkerRouter.load({ index, embedder: () => OnnxEmbedder.load() }));
 *     for await (const decision of router.route(prompt, { signal })) show(decision);
 */
export class RefiningRouter {
  readonly #fast: AnyRouter;
  readonly #refining: Promise<AnyRouter>;
  readonly #onUnavailable: ((error: SignalboxError) => void) | undefined;
  #ready: AnyRouter | undefined;
  #failure: SignalboxError | undefined;
  #isReported = false;
  #isDisposed = false;

  /** Both routers are its own from then on. The second may still be loading. */
  constructor(fast: AnyRouter, refining: AnyRouter | Promise<AnyRouter>, options: RefiningOptions = {}) {
    this.#fast = fast;
    this.#onUnavailable = options.onUnavailable;
    this.#refining = this.#await(refining);
    this.#refining.catch(() => undefined); // Whoever routes hears of it.
  }

  /** Whether answers are refined already. */
  get isRefining(): boolean {
    return this.#ready !== undefined;
  }

  /** The first router's answer, then the second's. Errors: those of `Router.route`; those of the second's load. */
  route(prompt: string, options: RouteOptions = {}): AsyncGenerator<Staged<Decision>, void, undefined> {
    return this.#answers((router) => router.route(prompt, options), options.signal);
  }

  /** Like `route`, for all prompts of a task. */
  routeTask(
    prompts: readonly string[],
    options: RouteTaskOptions = {},
  ): AsyncGenerator<Staged<TaskDecision>, void, undefined> {
    return this.#answers((router) => router.routeTask(prompts, options), options.signal);
  }

  /** Disposes of both routers, of the second also when it comes later. Calling it again does nothing. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#fast.dispose();
    this.#ready?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #await(refining: AnyRouter | Promise<AnyRouter>): Promise<AnyRouter> {
    let router: AnyRouter | undefined;
    try {
      router = await refining;
      if (this.#isDisposed) throw new SignalboxError('disposed', 'the router was disposed');
      checkSameBenchmark(this.#fast.info, router.info);
      this.#ready = router;
      return router;
    } catch (cause) {
      router?.dispose();
      this.#failure = asError(cause);
      throw this.#failure;
    }
  }

  async *#answers<D>(
    ask: (router: AnyRouter) => Promise<D>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Staged<D>, void, undefined> {
    yield { ...(await ask(this.#fast)), refined: false };
    try {
      const router = await abortable(this.#refining, signal);
      const refined = await ask(router);
      yield { ...refined, refined: true };
    } catch (cause) {
      throwIfAborted(signal);
      if (this.#isDisposed || this.#onUnavailable === undefined) throw cause;
      this.#report(asError(cause));
    }
  }

  /** A load that failed is reported once, not with every answer. */
  #report(error: SignalboxError): void {
    if (error === this.#failure && this.#isReported) return;
    this.#isReported ||= error === this.#failure;
    this.#onUnavailable?.(error);
  }
}
