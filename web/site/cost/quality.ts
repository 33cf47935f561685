/** How the chart and its table describe quality: as a chance, or as the distance to the best model. */
import { percent, range } from '../../shared/format.js';

export interface QualityWords {
  /** Heading of a column. */
  name: string;
  /** Label of the axis, and the values that have a tick. */
  axis: string;
  ticks: readonly number[];
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
  of: (p) => `${percent(p)} chance of being right`,
  tick: percent,
  interval: range,
};

/** Takes the predicted correctness of the best model, or null if predictions are chances. */
export function qualityWords(best: number | null): QualityWords {
  if (best === null) return CHANCES;
  const pointsBelow = (p: number) => Math.round(1000 * (best - p)) / 10;
  return {
    name: 'Points below the best',
    axis: 'points below the best',
    ticks: [0, 0.2, 0.4, 0.6, 0.8].map((below) => best - below).filter((p) => p >= 0),
    of: (p) => (pointsBelow(p) === 0 ? 'the best' : `${pointsBelow(p)} below the best`),
    tick: (p) => String(pointsBelow(p)),
    interval: undefined,
  };
}
