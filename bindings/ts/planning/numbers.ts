/** Turns the lab's numbers into a plan, with names for numbers. */

import type { LabBounded, LabPick, LabPoint, PlanNumbers } from '../wasm/lab-plan.js';
import type { ReadTarget } from './option-keys.js';
import type { Bounded, CostOrigin, Plan, PlanFamily, PlanNote, PlanPoint, PlanPromise, PlanShare } from './types.js';

/** Digits that a plan keeps of a number: more than any of them is known to. */
const DIGITS = 6;

const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

function boundedOf({ value, low, high }: LabBounded, factor = 1): Bounded {
  return { value: rounded(factor * value), low: rounded(factor * low), high: rounded(factor * high) };
}

const per1000 = (usd: number | null): number | null => (usd === null ? null : rounded(1000 * usd));

export interface PlanParts {
  numbers: PlanNumbers;
  models: readonly string[];
  origins: readonly CostOrigin[];
  /** In the order of the predictor. */
  families: readonly string[];
  familiesFrom: Plan['familiesFrom'];
  target: ReadTarget;
  isBaselineGiven: boolean;
  seed: number;
  volume: number | undefined;
  version: string;
  notes: PlanNote[];
  selection: Plan['selection'];
  promise: PlanPromise | null;
}

/** Reads numbers of models as names. */
class Reader {
  readonly #models: readonly string[];

  constructor(models: readonly string[]) {
    this.#models = models;
  }

  name(model: number): string {
    return this.#models[model] as string;
  }

  picks(picks: readonly LabPick[]): PlanShare[] {
    return picks.map(({ model, share }) => ({ model: this.name(model), share: rounded(share) }));
  }

  point({ answerValue, right, points, usd, saved, picks }: LabPoint): PlanPoint {
    return {
      answerValue: answerValue === null ? null : rounded(answerValue),
      right: boundedOf(right),
      points: boundedOf(points),
      usdPer1000: usd === null ? null : boundedOf(usd, 1000),
      saved: saved === null ? null : boundedOf(saved),
      picks: this.picks(picks),
    };
  }

  family(family: PlanNumbers['families'][number], name: string, rows: number): PlanFamily {
    return {
      name,
      rows: family.rows,
      share: rounded(family.rows / rows),
      best: this.name(family.best),
      pick: this.name(family.picks[0]?.model ?? family.best),
      picks: this.picks(family.picks),
      points: boundedOf(family.points),
      usdPer1000: per1000(family.usd),
      baselineUsdPer1000: per1000(family.baselineUsd),
      right: family.right.map(rounded),
      usd: family.modelUsd.map(per1000),
    };
  }
}

/** Returns the family with the lowest points below 0; `null` without one. */
function worstOf(families: readonly PlanFamily[]): PlanFamily | null {
  if (families.length < 2) return null;
  const worst = families.reduce((least, next) => (next.points.value < least.points.value ? next : least));
  return worst.points.value < 0 ? worst : null;
}

export function planOf({ numbers, models, origins, target, ...parts }: PlanParts): Plan {
  const read = new Reader(models);
  const { rows, baseline } = numbers;
  const alone = numbers.models[baseline] as PlanNumbers['models'][number];
  const families = numbers.families
    .map((family, f) => read.family(family, parts.families[f] as string, rows))
    .filter((family) => family.rows > 0)
    .sort((a, b) => b.rows - a.rows);
  return {
    format: 'signalbox-plan-1',
    version: parts.version,
    rows,
    groups: numbers.groups,
    selection: parts.selection,
    graded: numbers.graded,
    seed: parts.seed,
    models: numbers.models.map(({ measured, right, usd }, m) => ({
      name: read.name(m),
      measured,
      right: boundedOf(right),
      usdPer1000: per1000(usd?.value ?? null),
      costFrom: origins[m] as CostOrigin,
    })),
    baseline: {
      model: read.name(baseline),
      given: parts.isBaselineGiven,
      right: boundedOf(alone.right),
      usdPer1000: per1000(alone.usd?.value ?? null),
    },
    target: { kind: target.kind, value: target.value, reached: numbers.isReached },
    volume: parts.volume ?? null,
    predictor: numbers.predictor,
    familiesFrom: parts.familiesFrom,
    promise: parts.promise,
    proposed: read.point(numbers.proposed),
    curve: numbers.curve.map((point) => read.point(point)),
    singles: numbers.models.map(({ right, points, usd, saved }, m) => ({
      model: read.name(m),
      right: boundedOf(right),
      points: boundedOf(points),
      usdPer1000: per1000(usd?.value ?? null),
      saved: saved === null ? null : rounded(saved.value),
    })),
    mixtures: numbers.mixtures.map(({ first, second, share, right, usd }) => ({
      first: read.name(first),
      second: read.name(second),
      share: rounded(share),
      right: rounded(right),
      usdPer1000: rounded(1000 * usd),
    })),
    families,
    worst: worstOf(families),
    notes: parts.notes,
  };
}
