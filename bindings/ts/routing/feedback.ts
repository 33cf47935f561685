/** Routes with a user's feedback: ratings of answers adjust the decisions on similar prompts (docs/policy.md). */
import { SignalboxError, throwIfAborted } from '../errors.js';
import { anything, checkOptions, isPlainObject, type Keys, wrongKind } from '../options.js';
import type { Decision, Embedding, RouteInput, RouteOptions, Routing } from '../types.js';
import { embeddedBy } from './inputs.js';
import { ROUTE_KEYS } from './option-keys.js';
import { taskLabel, withReasons } from './words.js';

/** A prompt whose answers the user rated. */
export interface Feedback {
  /** Vector of the prompt from the router's own embedder; see `Routing.embed`. */
  readonly vector: ArrayLike<number>;
  /** Outcomes by model, as in labels. Models that the index does not contain are ignored. */
  readonly outcomes: Readonly<Record<string, number | boolean>>;
}

/** Options of `routeWithFeedback`. */
export interface FeedbackOptions extends RouteOptions {
  /** Minimum cosine similarity to the prompt, -1..1. The default of .2 was chosen with the shipped embedder. */
  similarity?: number | undefined;
}

const FEEDBACK_KEYS: Keys<FeedbackOptions> = { ...ROUTE_KEYS, similarity: anything };

/** A decision and the effect of the feedback on it, which `reasons.feedback` describes. */
export interface DecisionWithFeedback extends Decision {
  /** Number of feedback entries used. */
  feedbackUsed: number;
  /** The pick without the feedback. */
  modelWithoutFeedback: string;
}

/** The difference between an outcome and its prediction. */
export interface Surprise {
  model: string;
  /** Outcome minus predicted correctness. */
  value: number;
}

/** @internal */
export const FEEDBACK_CONSTANTS = {
  /** Minimum cosine similarity. */
  similarity: 0.2,
  /** Maximum number of entries used (nearest first). */
  most: 50,
  /** Prior strength of the benchmark, in ratings per model. */
  priorLabels: 60,
};

/** @internal Returns the correction of each model: the mean of its surprises, shrunk by the prior. */
export function correctionsOf(
  surprises: readonly Surprise[],
  { priorLabels } = FEEDBACK_CONSTANTS,
): Record<string, number> {
  const totals = new Map<string, { count: number; sum: number }>();
  for (const { model, value } of surprises) {
    const { count, sum } = totals.get(model) ?? { count: 0, sum: 0 };
    totals.set(model, { count: count + 1, sum: sum + value });
  }
  return Object.fromEntries([...totals].map(([model, { count, sum }]) => [model, sum / (count + priorLabels)]));
}

/** Returns the surprises of the outcomes for which a prediction exists. */
function surprisesOf(outcomes: Feedback['outcomes'], predicted: ReadonlyMap<string, number>): Surprise[] {
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

/** NaN if one of the vectors is zero, as for a text without a known token. */
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

function check(feedback: readonly Feedback[], dim: number): void {
  if (!Array.isArray(feedback)) throw wrongKind(feedback, 'feedback', 'a list');
  for (const [i, entry] of (feedback as readonly Feedback[]).entries()) {
    if (typeof entry !== 'object' || entry === null) {
      throw wrongKind(entry, `feedback ${i}`, '{ vector, outcomes }');
    }
    const { vector, outcomes } = entry;
    if (vector?.length !== dim) {
      const got = vector?.length ?? typeof vector;
      throw new SignalboxError('dimension_mismatch', `feedback ${i} has ${got} dimensions, the index needs ${dim}`);
    }
    if (!isPlainObject(outcomes)) throw wrongKind(outcomes, `feedback ${i}: outcomes`, 'outcomes by model');
    for (const [model, outcome] of Object.entries(outcomes)) {
      if (typeof outcome === 'boolean' || (typeof outcome === 'number' && outcome >= 0 && outcome <= 1)) continue;
      const message = `feedback ${i}: the outcome of ${model} is ${String(outcome)}, expected a boolean or 0..1`;
      throw new SignalboxError('invalid_argument', message);
    }
  }
}

type Predictions = Promise<ReadonlyMap<string, number>>;

/** Caches the benchmark's predictions for a rated prompt, which never change, by router, entry and policy. */
const remembered = new WeakMap<Routing, WeakMap<Feedback, Map<string, Predictions>>>();

function predict(router: Routing, entry: Feedback, policy: RouteOptions['policy']): Predictions {
  const ofRouter = remembered.get(router) ?? new WeakMap<Feedback, Map<string, Predictions>>();
  remembered.set(router, ofRouter);
  const ofEntry = ofRouter.get(entry) ?? new Map<string, Predictions>();
  ofRouter.set(entry, ofEntry);
  const key = policy ?? '';
  const found = ofEntry.get(key);
  if (found !== undefined) return found;
  const asked = router
    .route(entry.vector, { neighbours: 0, ...(policy === undefined ? {} : { policy }) })
    .then(({ ranking }) => new Map(ranking.map(({ model, pCorrect }) => [model, pCorrect])));
  ofEntry.set(key, asked);
  asked.catch(() => ofEntry.delete(key));
  return asked;
}

/** Returns the entries similar enough to be used, nearest first. */
function nearest(vector: ArrayLike<number>, feedback: readonly Feedback[], similarity: number): Feedback[] {
  return feedback
    .map((entry) => ({ entry, near: cosine(vector, entry.vector) }))
    .filter(({ near }) => near >= similarity)
    .sort((a, b) => b.near - a.near)
    .slice(0, FEEDBACK_CONSTANTS.most)
    .map(({ entry }) => entry);
}

/** Adds the corrections to those that the options already have. */
function joined(own: Readonly<Record<string, number>>, given: RouteOptions['corrections'] = {}) {
  const sum = (model: string) => Math.min(1, Math.max(-1, (own[model] ?? 0) + (given[model] ?? 0)));
  return Object.fromEntries(Object.keys({ ...given, ...own }).map((model) => [model, sum(model)]));
}

const vectorOf = (input: ArrayLike<number> | Embedding) =>
  typeof input === 'object' && input !== null && 'vector' in input ? input.vector : input;

/**
 * Routes like `router.route`, adjusted by feedback on similar prompts: each rated model is corrected by how
 * much more or less often it was right than predicted. Without such feedback the decision is that of `route`. Keep the feedback
 * objects between calls: the predictions for each are computed once per object.
 * Errors: those of `route`; `dimension_mismatch` for vectors from another embedder; `invalid_argument`.
 *
 * @example
 * ```js
 * const [{ vector }] = await router.embed([prompt]);
 * const feedback = [{ vector, outcomes: { 'openai/gpt-5.4': false } }];
 * const { model, feedbackUsed } = await routeWithFeedback(router, prompt, feedback);
 * ```
 */
export async function routeWithFeedback(
  router: Routing,
  input: RouteInput,
  feedback: readonly Feedback[],
  options: FeedbackOptions = {},
): Promise<DecisionWithFeedback> {
  checkOptions(options, FEEDBACK_KEYS);
  const { similarity = FEEDBACK_CONSTANTS.similarity, ...plain } = options;
  if (typeof similarity !== 'number' || !(similarity >= -1 && similarity <= 1)) {
    throw wrongKind(similarity, 'similarity', '-1..1');
  }
  check(feedback, router.info.dim);
  const { policy, signal } = plain;
  const read = await embeddedBy(router, input, signal);
  const asked = nearest(vectorOf(read), feedback, similarity).map(async (entry) => {
    return surprisesOf(entry.outcomes, await predict(router, entry, policy));
  });
  const used = (await Promise.all(asked)).filter((surprises) => surprises.length > 0);
  throwIfAborted(signal);
  if (used.length === 0) {
    const decision = await router.route(read, plain);
    return { ...decision, feedbackUsed: 0, modelWithoutFeedback: decision.model };
  }
  const corrections = joined(correctionsOf(used.flat()), plain.corrections);
  const [decision, { model: modelWithoutFeedback }] = await Promise.all([
    router.route(read, { ...plain, corrections }),
    router.route(read, { ...plain, neighbours: 0 }),
  ]);
  const feedbackUsed = used.length;
  const explained = withReasons(decision, {
    feedback: { ratings: feedbackUsed, without: modelWithoutFeedback },
    taskLabel: (task) => taskLabel(router.info, task),
  });
  return { ...explained, feedbackUsed, modelWithoutFeedback };
}
