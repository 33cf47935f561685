/** Routes at two speeds: a small embedder answers while the user types, a large one refines the answer once loaded. */
import { abortable, SignalboxError, throwIfAborted } from '../errors.js';
import { aCallback, checkOptions, type Keys, wrongKind } from '../options.js';
import type {
  Decision,
  IndexInfo,
  NextLabels,
  NextLabelsOptions,
  RouteOptions,
  RouteTaskOptions,
  Routing,
  TaskDecision,
} from '../types.js';
import { ROUTE_KEYS, ROUTE_TASK_KEYS } from './option-keys.js';

/** Options of a `RefiningRouter`. */
export interface RefiningOptions {
  /**
   * Called if the second router fails to load or to answer; the first router then goes on alone. Without this callback
   * the failure is thrown, after the first router's answer.
   */
  onUnavailable?: ((error: SignalboxError) => void) | undefined;
}

/** A decision of one of the two routers; `refined` if the second made it. */
export type Staged<D> = D & { refined: boolean };

const REFINING_KEYS: Keys<RefiningOptions> = { onUnavailable: aCallback };

const asError = (cause: unknown) =>
  cause instanceof SignalboxError ? cause : new SignalboxError('internal', String(cause), { cause });

/** Errors: `invalid_argument` if the two indexes were not built from the same benchmark. */
function checkSameBenchmark(fast: IndexInfo, refining: IndexInfo): void {
  const namesOf = (list: readonly { name: string }[]) => list.map(({ name }) => name).sort();
  for (const what of ['models', 'tasks'] as const) {
    const [names, others] = [namesOf(fast[what]), namesOf(refining[what])];
    const stranger = others.find((name) => !names.includes(name)) ?? names.find((name) => !others.includes(name));
    if (stranger !== undefined) {
      throw new SignalboxError(
        'invalid_argument',
        `the indexes were built from different benchmarks: only one of them has '${stranger}' among its ${what}`,
      );
    }
  }
}

/**
 * Two routers over indexes of the same benchmark, with an embedder each: the first answers at once, the second once it is
 * loaded.
 *
 * @example
 * ```ts
 * const second = WorkerRouter.load({ index: 'index-mpnet.sbx', embedder: () => OnnxEmbedder.load() });
 * const router = new RefiningRouter(await WorkerRouter.load(), second);
 * for await (const decision of router.route(prompt, { signal })) show(decision);
 * ```
 */
export class RefiningRouter {
  readonly #fast: Routing;
  readonly #refining: Promise<Routing>;
  readonly #onUnavailable: ((error: SignalboxError) => void) | undefined;
  #ready: Routing | undefined;
  #failure: SignalboxError | undefined;
  #isReported = false;
  #isDisposed = false;

  /** Takes ownership of both routers; the second may still be loading. */
  constructor(fast: Routing, refining: Routing | Promise<Routing>, options: RefiningOptions = {}) {
    checkOptions(options, REFINING_KEYS);
    if (typeof fast?.route !== 'function') {
      throw wrongKind(fast, 'the first router', 'a loaded router');
    }
    this.#fast = fast;
    this.#onUnavailable = options.onUnavailable;
    this.#refining = this.#await(refining);
    this.#refining.catch(() => undefined); // Reported when a call needs it.
  }

  /** `true` once the second router is loaded. */
  get isRefining(): boolean {
    return this.#ready !== undefined;
  }

  /**
   * Yields the first router's decision, then the second's. Errors: those of `Routing.route` and of the second's load.
   *
   * @example
   * ```js
   * const both = new RefiningRouter(await WorkerRouter.load(), Router.load());
   * for await (const { model, refined } of both.route('Prove that sqrt(2) is irrational')) show(model, refined);
   * both.dispose();
   * ```
   */
  route(prompt: string, options: RouteOptions = {}): AsyncGenerator<Staged<Decision>, void, undefined> {
    return this.#answers((router) => router.route(prompt, options), options, ROUTE_KEYS);
  }

  /**
   * Routes all prompts of a task like `route`.
   *
   * @example
   * ```js
   * const both = new RefiningRouter(await WorkerRouter.load(), Router.load());
   * for await (const { model } of both.routeTask(prompts)) show(model);
   * both.dispose();
   * ```
   */
  routeTask(
    prompts: readonly string[],
    options: RouteTaskOptions = {},
  ): AsyncGenerator<Staged<TaskDecision>, void, undefined> {
    return this.#answers((router) => router.routeTask(prompts, options), options, ROUTE_TASK_KEYS);
  }

  /**
   * Chooses prompts to grade next, as `Routing.nextLabels`, by the second router if it is loaded, else by the first.
   *
   * @example
   * ```js
   * const both = new RefiningRouter(await WorkerRouter.load(), Router.load());
   * const { rows } = await both.nextLabels(2, { prompts });
   * both.dispose();
   * ```
   */
  async nextLabels(n: number, options: NextLabelsOptions): Promise<NextLabels> {
    return (this.#ready ?? this.#fast).nextLabels(n, options);
  }

  /**
   * Disposes of both routers, including the second if it loads later. Calling it again has no effect.
   *
   * @example
   * ```js
   * const both = new RefiningRouter(await WorkerRouter.load(), Router.load());
   * both.dispose();
   * ```
   */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#fast.dispose();
    this.#ready?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #await(refining: Routing | Promise<Routing>): Promise<Routing> {
    let router: Routing | undefined;
    try {
      router = await refining;
      if (typeof router?.route !== 'function') {
        throw wrongKind(router, 'the second router', 'a router');
      }
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

  async *#answers<D, Options extends RouteOptions>(
    ask: (router: Routing) => Promise<D>,
    options: Options,
    keys: Keys<Options>,
  ): AsyncGenerator<Staged<D>, void, undefined> {
    checkOptions(options, keys);
    const { signal } = options;
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

  /** Reports a failed load once, not with every answer. */
  #report(error: SignalboxError): void {
    if (error === this.#failure && this.#isReported) return;
    this.#isReported ||= error === this.#failure;
    this.#onUnavailable?.(error);
  }
}
