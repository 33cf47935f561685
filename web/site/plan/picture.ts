/** The points of a plan in its chart, and their places: US dollars per 1,000 answers, and points against the baseline. */
import type { Bounded, Plan, PlanPoint } from 'signalbox/build';

export interface Place {
  usd: number;
  points: number;
}

/** A setting with a cost. */
export interface Setting {
  point: PlanPoint;
  usd: Bounded;
  points: Bounded;
}

export interface Single extends Place {
  model: string;
  isBaseline: boolean;
  /** Whether the mixtures use it. */
  isMixed: boolean;
}

export interface Picture {
  /** The settings that differ, cheapest first. */
  settings: readonly Setting[];
  proposed: Setting;
  singles: readonly Single[];
  /** Models that are far dearer or far worse than all that matters. */
  farOff: readonly Single[];
  /** Mixtures of single models, cheapest first. */
  mixtures: readonly Place[];
  /** Ends of the axes. */
  mostUsd: number;
  points: readonly [low: number, high: number];
}

const settingOf = (point: PlanPoint): Setting[] =>
  point.usdPer1000 === null ? [] : [{ point, usd: point.usdPer1000, points: point.points }];

const isSame = (a: Setting, b: Setting | undefined) =>
  a.usd.value === b?.usd.value && a.points.value === b.points.value;

/** A model this many times dearer than the dearest setting, or this many points worse than the worst, would squeeze the rest. */
const FAR_DEARER = 1.6;
const FAR_WORSE = 6;

/** Returns the picture of a plan; `undefined` if costs are not known. */
export function pictureOf(plan: Plan): Picture | undefined {
  const [proposed] = settingOf(plan.proposed);
  const settings = plan.curve
    .flatMap(settingOf)
    .sort((a, b) => a.usd.value - b.usd.value || a.points.value - b.points.value)
    .filter((setting, i, all) => !isSame(setting, all[i - 1]));
  if (proposed === undefined || settings.length === 0) return undefined;
  const single = plan.singles.find(({ model }) => model === plan.baseline.model);
  const base = single?.right.value ?? plan.baseline.right.value;
  const mixtures = plan.mixtures
    .map(({ usdPer1000: usd, right }) => ({ usd, points: 100 * (right - base) }))
    .sort((a, b) => a.usd - b.usd || a.points - b.points);
  const isMixed = new Set(plan.mixtures.flatMap(({ first, second }) => [first, second]));
  const singles = plan.singles.flatMap(({ model, usdPer1000: usd, points }): Single[] => {
    if (usd === null) return [];
    const isBaseline = model === plan.baseline.model;
    return [{ model, usd, points: points.value, isBaseline, isMixed: isMixed.has(model) }];
  });
  const kept = [...settings, proposed].map(({ usd, points }) => ({ usd: usd.value, points: points.value }));
  const central = [...kept, ...mixtures, ...singles.filter(({ isBaseline }) => isBaseline)];
  const dearest = Math.max(...central.map(({ usd }) => usd));
  const worst = Math.min(...central.map(({ points }) => points));
  const isNear = ({ usd, points }: Place) => usd <= FAR_DEARER * dearest && points >= worst - FAR_WORSE;
  const near = singles.filter(isNear);
  const bounds = [...settings, proposed].flatMap(({ points: { low, high } }) => [low, high]);
  const heights = [0, ...bounds, ...[...central, ...near].map(({ points }) => points)];
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const margin = 0.04 * (high - low) || 1;
  return {
    settings,
    proposed,
    singles: near,
    farOff: singles.filter((other) => !isNear(other)),
    mixtures,
    mostUsd: 1.06 * Math.max(...[...central, ...near].map(({ usd }) => usd)) || 1,
    points: [low - margin, high + margin],
  };
}

/** Returns the position of the setting that is nearest to another by cost, then by correctness. */
export function nearestSetting(settings: readonly Setting[], { usd, points }: Setting): number {
  const distance = (other: Setting) =>
    Math.abs(other.usd.value - usd.value) + 1e-6 * Math.abs(other.points.value - points.value);
  return settings.reduce((best, other, i) => (distance(other) < distance(settings[best] as Setting) ? i : best), 0);
}
