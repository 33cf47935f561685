/** A person's judgements of answers adapt the decisions on prompts like those. docs/policy.md says what it is worth. */
import { SignalboxError, throwIfAborted } from '../errors.js';
import type { Decision, RouteOptions } from '../types.js';
import type { Router } from './router.js';

/** What it needs of a router: a `Router` or a `WorkerRouter`. */
export type AdaptableRouter = Pick<Router, 'info' | 'embed' | 'routeVector'>;

/** A prompt whose answers a person judged. */
export interface Judgement {
  /** Of the router's own embedder, by `embed`. */
  readonly vector: ArrayLike<number>;
  /** Outcomes by model, as those of labels. Models that the index lacks do not count. */
  readonly outcomes: Readonly<Record<string, number | boolean>>;
}

export interface AdaptOptions extends RouteOptions {
  /** Cosine to the prompt from which a judgement counts, -1..1. The default of .2 was chosen with the shipped embedder. */
  similarity?: number;
}

/** A decision, and what the judgements did to it. */
export interface AdaptedDecision extends Decision {
  /** How many judgements counted. */
  judged: number;
  /** The model without them. */
  unadapted: string;
  /** What they did, in a sentence: the last one of `reason`. Empty where none counted. */
  judgedReason: string;
}

/** How often a model was right beyond what was predicted. */
export interface Surprise {
  model: string;
  /** Outcome - predicted correctness. */
  value: number;
}

/** @internal */
export const ADAPTING = {
  /** Cosine from which a judged prompt counts. */
  similarity: 0.2,
  /** So many judgements at most, the nearest ones. */
  most: 50,
  /** Judgements of one model that the benchmark is worth as a forecast of it on this person's prompts. */
  priorLabels: 60,
};

/** @internal What surprises say of each model: their mean, shrunk to what so few are worth. */
export function correctionsOf(surprises: readonly Surprise[], { priorLabels } = ADAPTING): Record<string, number> {
  const totals = new Map<string, { count: number; sum: number }>();
  for (const { model, value } of surprises) {
    const { count, sum } = totals.get(model) ?? { count: 0, sum: 0 };
    totals.set(model, { count: count + 1, sum: sum + value });
  }
  return Object.fromEntries([...totals].map(([model, { count, sum }]) => [model, sum / (count + priorLabels)]));
}

/** Outcomes as surprises, of the models for which there is a prediction. */
function surprisesOf(outcomes: Judgement['outcomes'], predicted: ReadonlyMap<string, number>): Surprise[] {
  return Object.entries(outcomes).flatMap(([model, outcome]) => {
    const expected = predicted.get(model);
    return expected === undefined ? [] : [{ model, value: Number(outcome) - expected }];
  });
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < a.length; ++i) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

/** NaN where one of them is zero, as that of a text without a known word. */
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

function check(judgements: readonly Judgement[], dim: number): void {
  if (!Array.isArray(judgements)) {
    throw new SignalboxError('invalid_argument', `judgements is ${typeof judgements}, expected a list`);
  }
  for (const [i, { vector, outcomes }] of (judgements as readonly Judgement[]).entries()) {
    if (vector?.length !== dim) {
      const got = vector?.length ?? typeof vector;
      throw new SignalboxError('dimension_mismatch', `judgement ${i} has ${got} dimensions, the index needs ${dim}`);
    }
    if (typeof outcomes !== 'object' || outcomes === null) {
      const message = `judgement ${i}: outcomes is ${String(outcomes)}, expected outcomes by model`;
      throw new SignalboxError('invalid_argument', message);
    }
    for (const [model, outcome] of Object.entries(outcomes)) {
      if (typeof outcome === 'boolean' || (typeof outcome === 'number' && outcome >= 0 && outcome <= 1)) continue;
      const message = `judgement ${i}: the outcome of ${model} is ${String(outcome)}, expected a boolean or 0..1`;
      throw new SignalboxError('invalid_argument', message);
    }
  }
}

type Predictions = Promise<ReadonlyMap<string, number>>;

/** What the benchmark alone predicts for a judged prompt never changes: by router, judgement and policy. */
const remembered = new WeakMap<object, WeakMap<Judgement, Map<string, Predictions>>>();

function predict(router: AdaptableRouter, judgement: Judgement, policy: RouteOptions['policy']): Predictions {
  const ofRouter = remembered.get(router) ?? new WeakMap<Judgement, Map<string, Predictions>>();
  remembered.set(router, ofRouter);
  const ofJudgement = ofRouter.get(judgement) ?? new Map<string, Predictions>();
  ofRouter.set(judgement, ofJudgement);
  const key = policy ?? '';
  const found = ofJudgement.get(key);
  if (found !== undefined) return found;
  const asked = router
    .routeVector(judgement.vector, { neighbours: 0, ...(policy === undefined ? {} : { policy }) })
    .then(({ ranking }) => new Map(ranking.map(({ model, pCorrect }) => [model, pCorrect])));
  ofJudgement.set(key, asked);
  asked.catch(() => ofJudgement.delete(key));
  return asked;
}

/** The judgements that count, nearest first. */
function nearest(vector: ArrayLike<number>, judgements: readonly Judgement[], similarity: number): Judgement[] {
  return judgements
    .map((judgement) => ({ judgement, near: cosine(vector, judgement.vector) }))
    .filter(({ near }) => near >= similarity)
    .sort((a, b) => b.near - a.near)
    .slice(0, ADAPTING.most)
    .map(({ judgement }) => judgement);
}

function judgedReasonOf(model: string, unadapted: string, judged: number): string {
  const which = judged === 1 ? 'Your judgement of a prompt' : `Your ${judged} judgements of prompts`;
  const verb = judged === 1 ? 'does' : 'do';
  const effect = model === unadapted ? `${verb} not change it` : `changed it from ${unadapted}`;
  return `${which} like this one ${effect}.`;
}

/** The models' corrections, and those that the options already have. */
function joined(own: Readonly<Record<string, number>>, given: RouteOptions['corrections'] = {}) {
  const sum = (model: string) => Math.min(1, Math.max(-1, (own[model] ?? 0) + (given[model] ?? 0)));
  return Object.fromEntries(Object.keys({ ...given, ...own }).map((model) => [model, sum(model)]));
}

/**
 * Like `route`, adapted to a person: judgements of prompts that resemble this one correct what the benchmark predicts of
 * the judged models, as far as they were right more or less often than predicted. Without such judgements the decision is
 * that of `route`. Keep the objects of judgements between calls: what is predicted for each is computed once an object.
 * Errors: those of `route`; `dimension_mismatch` for vectors of another embedder; `invalid_argument`.
 */
export async function routeAdapted(
  router: AdaptableRouter,
  prompt: string,
  judgements: readonly Judgement[],
  options: AdaptOptions = {},
): Promise<AdaptedDecision> {
  const { similarity = ADAPTING.similarity, ...plain } = options;
  if (typeof similarity !== 'number' || !(similarity >= -1 && similarity <= 1)) {
    throw new SignalboxError('invalid_argument', `similarity is ${String(similarity)}, expected -1..1`);
  }
  check(judgements, router.info.dim);
  const { policy, signal } = plain;
  const [embedding] = await router.embed([prompt], { signal });
  if (embedding === undefined) throw new SignalboxError('internal', 'the embedder gave no vector');
  const { vector, ...read } = embedding;
  const asked = nearest(vector, judgements, similarity).map(async (judgement) => {
    return surprisesOf(judgement.outcomes, await predict(router, judgement, policy));
  });
  const counted = (await Promise.all(asked)).filter((surprises) => surprises.length > 0);
  throwIfAborted(signal);
  if (counted.length === 0) {
    const decision = await router.routeVector(vector, plain);
    return { ...decision, ...read, judged: 0, unadapted: decision.model, judgedReason: '' };
  }
  const corrections = joined(correctionsOf(counted.flat()), plain.corrections);
  const [decision, { model: unadapted }] = await Promise.all([
    router.routeVector(vector, { ...plain, corrections }),
    router.routeVector(vector, { ...plain, neighbours: 0 }),
  ]);
  const judged = counted.length;
  const judgedReason = judgedReasonOf(decision.model, unadapted, judged);
  return { ...decision, ...read, reason: `${decision.reason} ${judgedReason}`, judged, unadapted, judgedReason };
}
