/** How the chart and its table describe quality: as a chance, or as the distance to the best model. */
import { percent, range } from '../../shared/format.js';

export interface QualityWords {
  /** Heading of a column. */
  name: string;
  /** Label of the axis, and the values that have a tick. */
  axis: string;
  ticks: readonly number[];
  /** Ends of the axis. */
  range: [low: number, high: number];
  /** Describes a predicted correctness. */
  of: (p: number) => string;
  /** Formats a value of the axis. */
  tick: (p: number) => string;
  /** Describes an interval; `undefined` if intervals are not told. */
  interval: ((interval: readonly [number, number]) => string) | undefined;
}

const CHANCES: QualityWords = {
  name: 'Chance of being right',
  axis: 'chance of being right',
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
  range: [0, 1],
  of: (p) => `${percent(p)} chance of being right`,
  tick: percent,
  interval: range,
};

/** Steps between ticks, in points, and the largest distance that each suits. */
const STEPS: readonly (readonly [step: number, most: number])[] = [
  [2, 12],
  [5, 30],
  [10, 60],
  [20, 100],
];

/** Takes the predicted correctness of the best and of the weakest model, or null if predictions are chances. */
export function qualityWords(ends: { best: number; worst: number } | null): QualityWords {
  if (ends === null) return CHANCES;
  const { best, worst } = ends;
  const span = 100 * (best - worst);
  const [step] = STEPS.find(([, most]) => span <= most) ?? [20];
  const steps = Array.from({ length: Math.ceil(span / step) + 1 }, (_, i) => i * step);
  const pointsBelow = (p: number) => Math.round(1000 * (best - p)) / 10;
  return {
    name: 'Points below the best',
    axis: 'points below the best',
    ticks: steps.map((below) => best - below / 100),
    range: [best - (steps.at(-1) as number) / 100 - 0.004 * step, best + 0.004 * step],
    of: (p) => (pointsBelow(p) === 0 ? 'the best' : `${pointsBelow(p)} below the best`),
    tick: (p) => String(pointsBelow(p)),
    interval: undefined,
  };
}
