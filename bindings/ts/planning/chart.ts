/** The chart of a plan as data, for a terminal and for a page: settings, single models and their mixtures by cost. */
import { signedPoints } from './amounts.js';
import type { Bounded, Plan, PlanPoint } from './types.js';

/** Distances between the ticks of an axis. */
const MOST_STEPS = 6;
const STEPS = [1, 2, 2.5, 5, 10];
const MOST_DECIMALS = 20;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A place in the chart: US dollars per 1,000 answers, and points of correctness against the baseline. */
export interface ChartPoint {
  usd: number;
  points: number;
}

/** A setting of the rule, with its intervals. */
export interface ChartSetting {
  usd: Bounded;
  points: Bounded;
}

export interface ChartModel extends ChartPoint {
  model: string;
  /** A letter that stands for the model, unique among the first 26. */
  letter: string;
  isBaseline: boolean;
}

export interface Axis {
  low: number;
  high: number;
  ticks: { at: number; label: string }[];
}

export interface PlanChart {
  /** Name of what the points are of. */
  measure: 'right answers' | 'score';
  usd: Axis;
  points: Axis;
  /** By cost. */
  settings: ChartSetting[];
  proposed: ChartSetting;
  models: ChartModel[];
  /** Mixtures of single models, by cost. */
  mixtures: ChartPoint[];
}

/** Returns the least distance between ticks that is round and makes few of them. */
function stepOf(range: number): number {
  const rough = range / MOST_STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * (STEPS.find((step) => step * power >= rough * (1 - 1e-9)) ?? 10);
}

/** Returns the decimals that a round number above 0 has. */
function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals += 1) {
    const scaled = step * 10 ** decimals;
    if (scaled > 0.5 && Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return MOST_DECIMALS;
}

/** Returns the axis of values, of which 0 is one; `empty` is its range if all are 0. */
function axisOf(
  values: readonly number[],
  empty: readonly [low: number, high: number],
  label: (at: number, decimals: number) => string,
): Axis {
  const range = [Math.min(...values), Math.max(...values)] as const;
  const [low, high] = range[0] < range[1] ? range : empty;
  const step = stepOf(high - low);
  const decimals = decimalsOf(step);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return {
    low: first * step,
    high: last * step,
    ticks: ticks.map((at) => ({ at, label: label(at, decimals) })),
  };
}

const usdLabel = (at: number, decimals: number) => `$${at.toFixed(decimals)}`;

/** Returns the letter of the i-th model in charts. */
export const letterOf = (i: number): string => LETTERS[i] ?? '#';

const settingOf = ({ usdPer1000, points }: PlanPoint): ChartSetting[] =>
  usdPer1000 === null ? [] : [{ usd: usdPer1000, points }];

/** Returns the chart; `undefined` if no costs are known. */
export function planChart(plan: Plan): PlanChart | undefined {
  const { singles, mixtures, baseline } = plan;
  const [proposed] = settingOf(plan.proposed);
  const base = singles.find(({ model }) => model === baseline.model)?.right.value ?? baseline.right.value;
  if (proposed === undefined) return undefined;
  const settings = plan.curve.flatMap(settingOf).sort((a, b) => a.usd.value - b.usd.value);
  const models = singles.flatMap(({ model, points, usdPer1000: usd }, i) =>
    usd === null
      ? []
      : [{ model, usd, points: points.value, letter: letterOf(i), isBaseline: model === baseline.model }],
  );
  const mixed = mixtures
    .map(({ usdPer1000: usd, right }) => ({ usd, points: 100 * (right - base) }))
    .sort((a, b) => a.usd - b.usd);
  const places = [...settings, proposed].map(({ usd, points }) => ({ usd: usd.value, points: points.value }));
  const all: ChartPoint[] = [...places, ...models, ...mixed];
  return {
    measure: plan.graded ? 'score' : 'right answers',
    usd: axisOf([0, ...all.map(({ usd }) => usd)], [0, 1], usdLabel),
    points: axisOf(
      [
        0,
        ...[...settings, proposed].flatMap(({ points }) => [points.low, points.high]),
        ...all.map(({ points }) => points),
      ],
      [-1, 1],
      signedPoints,
    ),
    settings,
    proposed,
    models,
    mixtures: mixed,
  };
}
