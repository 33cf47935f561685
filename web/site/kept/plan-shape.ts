/** Checks a plan from this browser's storage: other pages of this host may write to it. */
import type { Plan } from 'signalbox/build';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const orNull =
  (is: Check): Check =>
  (value) =>
    value === null || is(value);
const listOf =
  (is: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(is);
const oneOf =
  (...values: unknown[]): Check =>
  (value) =>
    values.includes(value);

/** Checks the named parts of an object; it may have others. */
const withParts =
  (parts: Record<string, Check>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(parts).every(([name, is]) => is((value as Record<string, unknown>)[name]));

const isBounded = withParts({ value: isNumber, low: isNumber, high: isNumber });
const isPick = withParts({ model: isText, share: isNumber });
const isPoint = withParts({
  answerValue: orNull(isNumber),
  right: isBounded,
  points: isBounded,
  usdPer1000: orNull(isBounded),
  saved: orNull(isBounded),
  picks: (value) => listOf(isPick)(value) && (value as unknown[]).length > 0,
});
const isFamily = withParts({
  name: isText,
  rows: isNumber,
  share: isNumber,
  best: isText,
  pick: isText,
  picks: listOf(isPick),
  points: isBounded,
  usdPer1000: orNull(isNumber),
  baselineUsdPer1000: orNull(isNumber),
  right: listOf(isNumber),
  usd: listOf(orNull(isNumber)),
});
const isPromise = withParts({
  kind: oneOf('net', 'worse'),
  made: isFlag,
  ...Object.fromEntries(
    ['points', 'delta', 'tolerance', 'bound', 'hoeffdingBentkus', 'smallest', 'loss', 'ruleRows', 'leftOut'].map(
      (name) => [name, isNumber],
    ),
  ),
  passed: isNumber,
  settings: isNumber,
  neededRows: orNull(isNumber),
});

const isSomePlan = withParts({
  format: oneOf('signalbox-plan-1'),
  version: isText,
  rows: isNumber,
  groups: isNumber,
  selection: withParts({ random: isNumber, chosen: isNumber }),
  graded: isFlag,
  seed: isNumber,
  models: listOf(
    withParts({
      name: isText,
      measured: isNumber,
      right: isBounded,
      usdPer1000: orNull(isNumber),
      costFrom: oneOf('file', 'tokens', 'prices', 'unknown'),
    }),
  ),
  baseline: withParts({ model: isText, given: isFlag, right: isBounded, usdPer1000: orNull(isNumber) }),
  target: withParts({
    kind: oneOf('knee', 'at-most', 'save', 'budget', 'max-loss'),
    value: orNull(isNumber),
    reached: isFlag,
  }),
  volume: orNull(isNumber),
  predictor: oneOf('constant', 'families', 'families-and-linear'),
  familiesFrom: oneOf('dataset', 'found', 'one'),
  promise: orNull(isPromise),
  proposed: isPoint,
  curve: listOf(isPoint),
  singles: listOf(
    withParts({
      model: isText,
      right: isBounded,
      points: isBounded,
      usdPer1000: orNull(isNumber),
      saved: orNull(isNumber),
    }),
  ),
  mixtures: listOf(
    withParts({ first: isText, second: isText, share: isNumber, right: isNumber, usdPer1000: isNumber }),
  ),
  families: listOf(isFamily),
  worst: orNull(isFamily),
  notes: listOf(withParts({ code: isText, message: isText })),
});

export const isPlan = (value: unknown): value is Plan => isSomePlan(value);
