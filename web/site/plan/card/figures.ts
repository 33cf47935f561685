/** The figures of a plan that a card shows. They hold no words of prompts, unless the user wants the names of families. */
import { type Bounded, type Plan, type PlanPoint, type PlanShare, planSentences } from 'signalbox/build';

export interface CardFamily {
  name: string;
  share: number;
  pick: string;
}

export interface CardFigures {
  rows: number;
  /** Whether outcomes are grades in between right and wrong. */
  graded: boolean;
  baseline: { model: string; usdPer1000: number | null };
  picks: readonly PlanShare[];
  points: Bounded;
  usdPer1000: Bounded | null;
  saved: Bounded | null;
  /** US dollars per 1,000 answers and points of some settings, cheapest first. */
  curve: readonly (readonly [usd: number, points: number])[];
  /** Empty, unless the user wants them. */
  families: readonly CardFamily[];
}

export const MOST_PICKS = 8;
export const MOST_SETTINGS = 24;
export const MOST_FAMILIES = 5;

/** Rounds to seven digits: links stay short, and the sentences stay as they are. */
const short = (value: number) => Number(value.toPrecision(7));
/** Rounds what is only drawn. */
const coarse = (value: number) => Number(value.toPrecision(3));
const shortBounds = ({ value, low, high }: Bounded): Bounded => ({
  value: short(value),
  low: short(low),
  high: short(high),
});

function curveOf({ curve }: Plan): CardFigures['curve'] {
  const all = curve
    .flatMap(({ usdPer1000, points }) => (usdPer1000 === null ? [] : [[usdPer1000.value, points.value] as const]))
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const step = Math.max(1, (all.length - 1) / (MOST_SETTINGS - 1));
  const some = Array.from({ length: Math.min(all.length, MOST_SETTINGS) }, (_, i) => all[Math.round(i * step)]);
  return some.flatMap((setting) => (setting === undefined ? [] : [[coarse(setting[0]), coarse(setting[1])] as const]));
}

/** Takes the figures from a plan; `withWords` adds the names of its largest families, which are words of prompts. */
export function figuresOf(plan: Plan, withWords: boolean): CardFigures {
  const { rows, graded, baseline, proposed, families } = plan;
  const named = families.slice(0, MOST_FAMILIES);
  return {
    rows,
    graded,
    baseline: { model: baseline.model, usdPer1000: baseline.usdPer1000 && short(baseline.usdPer1000) },
    picks: proposed.picks.slice(0, MOST_PICKS).map(({ model, share }) => ({ model, share: short(share) })),
    points: shortBounds(proposed.points),
    usdPer1000: proposed.usdPer1000 && shortBounds(proposed.usdPer1000),
    saved: proposed.saved && shortBounds(proposed.saved),
    curve: curveOf(plan),
    families: withWords ? named.map(({ name, share, pick }) => ({ name, share: short(share), pick })) : [],
  };
}

/** Says the figures in the words of the package. */
export function headlineOf({ rows, graded, baseline, picks, points, usdPer1000, saved }: CardFigures): string {
  const right = { value: 0, low: 0, high: 0 };
  const proposed: PlanPoint = { answerValue: null, right, points, usdPer1000, saved, picks: [...picks] };
  return planSentences({
    format: 'signalbox-plan-1',
    version: '',
    rows,
    groups: rows,
    selection: { random: rows, chosen: 0 },
    graded,
    seed: 0,
    models: [],
    baseline: { ...baseline, given: true, right },
    target: { kind: 'knee', value: null, reached: true },
    volume: null,
    predictor: 'families',
    familiesFrom: 'found',
    promise: null,
    proposed,
    curve: [],
    singles: [],
    mixtures: [],
    families: [],
    worst: null,
    notes: [],
  }).headline;
}
