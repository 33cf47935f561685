/** The keys of the options of each call of a router. The core checks their values; here they must be what JSON can say. */
import {
  aCallback,
  aFlag,
  aList,
  anything,
  aSignal,
  byModel,
  type Check,
  checkOptions,
  isPlainObject,
  type Keys,
  must,
  orNull,
  wrongKind,
} from '../options.js';

import {
  type CascadeOptions,
  type EmbedOptions,
  PREFERENCES,
  type RouteManyOptions,
  type RouteOptions,
  type RouteTaskOptions,
  type SamplesOptions,
  type TextsOptions,
} from '../types.js';

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

const aPreference = must(
  (value) =>
    value === null ||
    PREFERENCES.some((name) => name === value) ||
    (typeof value === 'number' && value >= 0 && value <= MOST_POINTS),
  `${PREFERENCES.join(', ')} or percentage points from 0 to ${MOST_POINTS}`,
);

export const ROUTE_KEYS: Keys<RouteOptions> = {
  candidates,
  policy: anything,
  k: anything,
  kappa: anything,
  threshold: anything,
  sigma: anything,
  eta: anything,
  maxCoveragePercentile: anything,
  prices: orNull(byModel),
  maxUsdPerMTok: anything,
  prefer: aPreference,
  costWeight: anything,
  corrections: orNull(byModel),
  neighbours: anything,
  signal: aSignal,
};

export const ROUTE_MANY_KEYS: Keys<RouteManyOptions> = { ...ROUTE_KEYS, onProgress: aCallback };
export const ROUTE_TASK_KEYS: Keys<RouteTaskOptions> = { ...ROUTE_MANY_KEYS, labels: orNull(aList) };
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
  prices: orNull(byModel),
  maxUsdPerMTok: anything,
  costWeight: anything,
  signal: aSignal,
};
