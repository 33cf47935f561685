/** The keys of the options of each call of a router. The core checks their values; here they must be what JSON can say. */
import {
  aCallback,
  aFlag,
  aList,
  anything,
  aSignal,
  aText,
  byModel,
  type Check,
  checkOptions,
  invalid,
  isPlainObject,
  type Keys,
  must,
  oneOf,
  orNull,
  textsOf,
  wrongKind,
} from '../options.js';

import {
  type CascadeOptions,
  type ConversationState,
  type EmbedOptions,
  MODALITIES,
  type Needs,
  type NextLabelsOptions,
  PREFERENCES,
  type RouteManyOptions,
  type RouteOptions,
  type RouteTaskOptions,
  type SamplesOptions,
  type TextsOptions,
} from '../types.js';

/** US dollars of the highest amounts. */
const MOST_USD = 1e9;

/** Percentage points that `prefer` may give up. */
const MOST_POINTS = 100;

const candidates: Check = (value) => {
  if (Array.isArray(value)) return;
  if (!isPlainObject(value)) throw wrongKind(value, 'candidates', 'a list of names or { allow, deny }');
  checkOptions(
    value as { allow?: unknown; deny?: unknown },
    { allow: orNull(aList), deny: orNull(aList) },
    'candidates',
  );
};

const aPriceNumber = must((value) => typeof value === 'number' && value >= 0, 'a number >= 0');

const aPreference = must(
  (value) =>
    value === null ||
    PREFERENCES.some((name) => name === value) ||
    (typeof value === 'number' && value >= 0 && value <= MOST_POINTS),
  `${PREFERENCES.join(', ')} or percentage points from 0 to ${MOST_POINTS}`,
);

const DATE = /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/;
const aDate = must((value) => typeof value === 'string' && DATE.test(value), 'a date YYYY-MM-DD, YYYY-MM or YYYY');

const aPeriod: Check = (value, name) => {
  if (!isPlainObject(value)) throw wrongKind(value, name, 'an object { from, to }');
  const period = value as { from?: unknown; to?: unknown };
  checkOptions(period, { from: orNull(aDate), to: orNull(aDate) }, name);
  const { from, to } = period as { from?: string | null; to?: string | null };
  if (from != null && to != null && from > to && !from.startsWith(to)) {
    throw invalid(`${name}: from is ${from}, expected a date not after ${to}`);
  }
};

/** Checks what an input needs. Errors: `invalid_argument`. */
export const checkNeeds: Check = (value, name) => {
  const keys: Keys<Needs> = {
    context: orNull(aTokenCount),
    modalities: orNull(textsOf),
    tools: orNull(aFlag),
    structuredOutput: orNull(aFlag),
  };
  checkOptions(value as Needs, keys, name);
  for (const kind of (value as Needs).modalities ?? []) oneOf(MODALITIES)(kind, `${name}.modalities`);
};

const aTokenCount = must((value) => Number.isSafeInteger(value) && Number(value) >= 0, 'a whole number from 0');
const anAmount = must((value) => typeof value === 'number' && value >= 0 && value <= MOST_USD, 'US dollars from 0');

/** Checks the state of a conversation. Errors: `invalid_argument`. */
const aConversationState: Check = (value, name) => {
  const keys: Keys<ConversationState> = {
    id: orNull(aText),
    model: aText,
    tokens: orNull(aTokenCount),
    cachedTokens: orNull(aTokenCount),
    failed: orNull(aFlag),
    midTask: orNull(aFlag),
    answerUsd: orNull(anAmount),
  };
  checkOptions(value as ConversationState, keys, name);
  aText((value as ConversationState).model, `${name}.model`);
};

const FILTER_KEYS = {
  released: orNull(aPeriod),
  makers: orNull(textsOf),
  openWeights: orNull(aFlag),
  needs: orNull(checkNeeds),
};

/** Checks what the core does not get of prices: their dates and sources. The core checks the numbers. */
const aPriceMap: Check = (value, name) => {
  byModel(value, name);
  for (const [model, price] of Object.entries(value as Record<string, unknown>)) {
    if (!isPlainObject(price)) continue;
    const keys = {
      in: anything,
      out: anything,
      cacheRead: orNull(aPriceNumber),
      date: orNull(aDate),
      source: orNull(aText),
    };
    checkOptions(price as Record<keyof typeof keys, unknown>, keys, `the price of ${model}`);
  }
};

export const ROUTE_KEYS: Keys<RouteOptions> = {
  candidates,
  policy: anything,
  k: anything,
  kappa: anything,
  threshold: anything,
  sigma: anything,
  eta: anything,
  maxCoveragePercentile: anything,
  prices: orNull(aPriceMap),
  maxUsdPerMTok: anything,
  ...FILTER_KEYS,
  maxUsdPerAnswer: anything,
  prefer: aPreference,
  costWeight: anything,
  conversation: orNull(aConversationState),
  corrections: orNull(byModel),
  neighbours: anything,
  signal: aSignal,
};

/** Refuses a state of one conversation for many inputs. */
const forOneInput: Check = (value, name) => {
  if (value !== null) throw invalid(`${name} is the state of one conversation, expected it in a call of route`);
};

export const ROUTE_MANY_KEYS: Keys<RouteManyOptions> = {
  ...ROUTE_KEYS,
  conversation: forOneInput,
  budgetUsd: orNull(anAmount),
  onProgress: aCallback,
};
export const ROUTE_TASK_KEYS: Keys<RouteTaskOptions> = {
  ...ROUTE_MANY_KEYS,
  budgetUsd: (value) => {
    if (value !== null)
      throw invalid('budgetUsd is for many answers of several models, expected it in a call of routeMany');
  },
  labels: orNull(aList),
  answers: orNull(aList),
};
export const NEXT_LABELS_KEYS: Keys<NextLabelsOptions> = {
  prompts: anything,
  answers: orNull(aList),
  labels: orNull(aList),
  candidates,
  seed: anything,
  signal: aSignal,
  onProgress: aCallback,
};
export const EMBED_KEYS: Keys<EmbedOptions> = { signal: aSignal, onProgress: aCallback };
export const TEXTS_KEYS: Keys<TextsOptions> = { signal: aSignal };
export const SAMPLES_KEYS: Keys<SamplesOptions> = {
  ids: aFlag,
  outcomes: aFlag,
  texts: aFlag,
  signal: aSignal,
};

export const CASCADE_KEYS: Keys<CascadeOptions> = {
  candidates,
  models: orNull(aList),
  maxSteps: anything,
  k: anything,
  kappa: anything,
  maxCoveragePercentile: anything,
  prices: orNull(aPriceMap),
  maxUsdPerMTok: anything,
  ...FILTER_KEYS,
  costWeight: anything,
  signal: aSignal,
};
