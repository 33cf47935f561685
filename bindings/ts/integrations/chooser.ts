/** Chooses a model for a call. A router that fails never costs an answer: the fallback model is asked, and the trace says why. */
import { ERROR_CODES, type ErrorCode, SignalboxError, throwIfAborted } from '../errors.js';
import { aCallback, aFlag, anything, aText, described, invalid, type Keys, nearestOf } from '../options.js';
import type { Conversation, Decision, RouteOptions, Routing } from '../types.js';

/** The part of a router that decides. */
export type Deciding = Pick<Routing, 'resolve' | 'route'>;

/** A router, the promise of one, or a function that loads one when the first call needs it. */
export type RouterSource = Deciding | Promise<Deciding> | (() => Deciding | Promise<Deciding>);

/** The options of a decision that an integration takes; the models are its own. */
export type DecisionOptions = Omit<RouteOptions, 'candidates' | 'neighbours' | 'signal'>;

/** Options that all integrations share, and defaults of the options of each decision. */
export interface ChooserOptions extends DecisionOptions {
  /** The model to ask if the router fails or knows none of the models; default: the first one. */
  fallback?: string | undefined;
  /** Asks the next model of the ranking if one fails before it has said anything. Default `false`. */
  failover?: boolean | undefined;
  /** The model that savings are counted against; default: the best single model. */
  baseline?: string | undefined;
  /** Called with each trace once a model answers, for a log. */
  onDecision?: ((trace: RoutingTrace) => void) | undefined;
}

/** A record of a call: plain data that survives JSON. Models have the caller's names. */
export interface RoutingTrace {
  /** The model that answers. */
  model: string;
  /** The router's pick; `null` if the router failed. */
  picked: string | null;
  /** As in `Decision`; `null` if the router failed. */
  confidence: number | null;
  chance: number | null;
  strength: Decision['strength'] | null;
  /** After a failover, begins with which models failed, and that prices and saving are those of the model that answers. */
  reason: string;
  fallbackReason: Decision['fallbackReason'];
  /** Prices are those of the model that answers; `null` if it is not in the ranking. */
  usdPerMTok: number | null;
  usdPerAnswer: number | null;
  /** Expected saving over an answer of the baseline, in US dollars; below 0 if the model that answers costs more. */
  savedUsd: number | null;
  /** The models that the index knows, best first. */
  ranking: string[];
  /** The models that were asked and failed, in order. */
  failed: { model: string; message: string }[];
  /** The models that the index does not know: only the fallback and the failover ask them. */
  unknown: string[];
  /** Why the router did not decide; absent if it did. */
  error?: { code: ErrorCode; message: string };
}

type Money = Pick<RoutingTrace, 'usdPerMTok' | 'usdPerAnswer' | 'savedUsd'>;

/** A choice: the models to ask, in order, and what is known before the first is asked. */
export interface Choice {
  order: string[];
  trace: RoutingTrace;
  /** Prices and savings of the ranking. */
  money: ReadonlyMap<string, Money>;
}

const NO_MONEY: Money = { usdPerMTok: null, usdPerAnswer: null, savedUsd: null };

const list = new Intl.ListFormat('en');

/** Returns the trace of an answer of another model than the one that was to be asked first. */
const afterFailover = ({ trace, money }: Choice, model: string, failed: RoutingTrace['failed']): RoutingTrace => ({
  ...trace,
  ...(money.get(model) ?? NO_MONEY),
  model,
  failed,
  reason: `${list.format(failed.map((one) => one.model))} failed, so ${model} answers: prices and saving are its own. ${trace.reason}`,
});

const isRouting = (value: unknown): value is Deciding =>
  typeof (value as Partial<Deciding> | null)?.route === 'function';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Returns the code of an error of this package, of whichever copy of it; `internal` for any other. */
function codeOf(error: unknown): ErrorCode {
  const { code } = (error ?? {}) as { code?: unknown };
  return ERROR_CODES.find((known) => known === code) ?? 'internal';
}

/** The router checks the options of decisions. */
export const CHOOSER_KEYS: Keys<ChooserOptions> = {
  fallback: aText,
  baseline: aText,
  failover: aFlag,
  onDecision: aCallback,
  policy: anything,
  k: anything,
  kappa: anything,
  threshold: anything,
  sigma: anything,
  eta: anything,
  maxCoveragePercentile: anything,
  prices: anything,
  maxUsdPerMTok: anything,
  maxUsdPerAnswer: anything,
  released: anything,
  makers: anything,
  openWeights: anything,
  needs: anything,
  conversation: anything,
  prefer: anything,
  costWeight: anything,
  corrections: anything,
};

/** Chooses among models whose names are the caller's, as `Routing.resolve` understands them. */
export class Chooser {
  readonly #source: RouterSource;
  readonly #names: readonly string[];
  readonly #fallback: string;
  readonly #baseline: string | undefined;
  readonly #failover: boolean;
  readonly #onDecision: ((trace: RoutingTrace) => void) | undefined;
  readonly #defaults: DecisionOptions;
  #router: Promise<Deciding> | undefined;

  /** Errors: `invalid_argument` for something other than a router, no models, and a fallback that is not one of them. */
  constructor(source: RouterSource, names: readonly string[], options: ChooserOptions) {
    const isPromise = typeof (source as Partial<Promise<Deciding>> | null)?.then === 'function';
    if (!isRouting(source) && !isPromise && typeof source !== 'function') {
      throw invalid(`router is ${described(source)}, expected a router, its promise, or a function that loads one`);
    }
    const [first] = names;
    if (first === undefined) throw invalid('models is empty, expected at least one model');
    const { fallback = first, failover = false, onDecision, ...defaults } = options;
    if (!names.includes(fallback)) {
      throw invalid(
        `fallback is '${fallback}'${nearestOf(fallback, names) || ','} expected one of ${names.join(', ')}`,
      );
    }
    this.#source = source;
    this.#names = names;
    this.#fallback = fallback;
    this.#failover = failover;
    this.#onDecision = onDecision;
    this.#defaults = defaults;
  }

  /** Loads the router once; after a failure the next call tries again. */
  #load(): Promise<Deciding> {
    const source = this.#source;
    this.#router ??= Promise.resolve(typeof source === 'function' ? source() : source);
    const loading = this.#router;
    loading.catch(() => {
      if (this.#router === loading && typeof source === 'function') this.#router = undefined;
    });
    return loading;
  }

  /** Rejects with `aborted` only. */
  async choose(
    input: string | Conversation,
    options: DecisionOptions = {},
    signal?: AbortSignal | null | undefined,
  ): Promise<Choice> {
    throwIfAborted(signal ?? undefined);
    const unknown: string[] = [];
    try {
      const router = await this.#load();
      const callers = new Map<string, string>();
      for (const name of this.#names) {
        const known = router.resolve(name);
        if (known === null || callers.has(known)) unknown.push(name);
        else callers.set(known, name);
      }
      if (callers.size === 0)
        throw new SignalboxError('unknown_model', `the index knows none of ${unknown.join(', ')}`);
      const candidates = [...callers.keys()];
      const decided = await router.route(input, {
        ...this.#defaults,
        ...options,
        candidates,
        neighbours: 0,
        signal: signal ?? undefined,
      });
      return this.#chosen(decided, callers, unknown);
    } catch (error) {
      throwIfAborted(signal ?? undefined);
      return this.#afterError(error, unknown);
    }
  }

  #chosen(decision: Decision, callers: ReadonlyMap<string, string>, unknown: string[]): Choice {
    const nameOf = (model: string) => callers.get(model) as string;
    const picked = nameOf(decision.model);
    const ranking = decision.ranking.map(({ model }) => nameOf(model));
    const { confidence, chance, strength, reason, fallbackReason, price } = decision;
    const { usdPerMTok, usdPerAnswer } = price;
    const baseline = this.#baseline ?? nameOf(decision.bestSingleModel);
    const costs = decision.ranking.find(({ model }) => nameOf(model) === baseline)?.usdPerAnswer ?? null;
    const saved = (usd: number | null) => (costs === null || usd === null ? null : costs - usd);
    const money = decision.ranking.map(({ model, usdPerMTok, usdPerAnswer }): [string, Money] => [
      nameOf(model),
      { usdPerMTok, usdPerAnswer, savedUsd: saved(usdPerAnswer) },
    ]);
    return {
      money: new Map(money),
      order: this.#orderOf([picked, ...ranking, this.#fallback]),
      trace: {
        model: picked,
        picked,
        confidence,
        chance,
        strength,
        reason,
        fallbackReason,
        usdPerMTok,
        usdPerAnswer,
        savedUsd: saved(usdPerAnswer),
        ranking,
        failed: [],
        unknown,
      },
    };
  }

  #afterError(error: unknown, unknown: string[]): Choice {
    return {
      money: new Map(),
      order: this.#orderOf([this.#fallback, ...this.#names]),
      trace: {
        model: this.#fallback,
        picked: null,
        confidence: null,
        chance: null,
        strength: null,
        reason: 'The router could not decide, so the fallback model was asked.',
        fallbackReason: null,
        usdPerMTok: null,
        usdPerAnswer: null,
        savedUsd: null,
        ranking: [],
        failed: [],
        unknown,
        error: { code: codeOf(error), message: messageOf(error) },
      },
    };
  }

  #orderOf(names: readonly string[]): string[] {
    const order = [...new Set(names)];
    return this.#failover ? order : order.slice(0, 1);
  }

  /**
   * Asks the models of a choice, one after the other, until one answers; `ask` rejects, or throws, for one that fails. If
   * all fail, rejects with what the first one said, as a call without a router would. An abort ends it at once.
   */
  async ask<Answer>(
    choice: Choice,
    ask: (model: string) => PromiseLike<Answer>,
    signal?: AbortSignal | null | undefined,
  ): Promise<{ answer: Answer; trace: RoutingTrace }> {
    const failed: RoutingTrace['failed'] = [];
    const errors: unknown[] = [];
    for (const model of choice.order) {
      let answer: Answer;
      try {
        answer = await ask(model);
      } catch (error) {
        if (signal?.aborted) throw error;
        failed.push({ model, message: messageOf(error) });
        errors.push(error);
        continue;
      }
      const complete = failed.length === 0 ? { ...choice.trace, model, failed } : afterFailover(choice, model, failed);
      this.#onDecision?.(complete);
      return { answer, trace: complete };
    }
    throw errors[0];
  }
}
