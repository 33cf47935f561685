/** The user's wishes for a plan as typed, and their conversion for the planner. */
import type { Plan, PlanOptions, PriceList } from 'signalbox/build';
import { NO_RULES, settingsOf } from '../building/rules.js';

export type TargetKind = 'knee' | 'at-most' | 'max-loss' | 'save' | 'budget';

/** Wishes as typed; empty if not set. */
export interface Wishes {
  target: TargetKind;
  /** Points that may be lost. */
  atMost: string;
  /** Points that a promise is about. */
  maxLoss: string;
  /** Percent of the cost. */
  save: string;
  /** US dollars a month. */
  budget: string;
  /** Answers a month. */
  volume: string;
  /** The model to compare with; by default the best single model of the files. */
  baseline: string;
  /** The worst and the best score in the files, if they are not 0 and 1. */
  low: string;
  high: string;
  /** Whether names of families may have words of the prompts. */
  words: boolean;
  prices: PriceList | undefined;
}

export const NO_WISHES: Wishes = {
  target: 'knee',
  atMost: '1',
  maxLoss: '5',
  save: '30',
  budget: '',
  volume: '',
  baseline: '',
  low: '',
  high: '',
  words: true,
  prices: undefined,
};

/** Names what the target still lacks; `undefined` if it is complete. */
export function missingWords({ target, atMost, maxLoss, save, budget, volume }: Wishes): string | undefined {
  if (target === 'at-most' && atMost === '') return 'Enter the points that may be lost.';
  if (target === 'max-loss' && maxLoss === '') return 'Enter the points of the promise.';
  if (target === 'save' && save === '') return 'Enter the share of the cost to save.';
  if (target === 'budget' && (budget === '' || volume === '')) return 'Enter US dollars and answers a month.';
  return undefined;
}

type Asked = Pick<
  PlanOptions,
  'atMost' | 'maxLoss' | 'save' | 'budget' | 'volume' | 'baseline' | 'words' | 'prices' | 'ranges'
>;

/** Converts complete wishes. The fields accept only numbers; the planner checks their ranges. */
export function planOptionsOf(wishes: Wishes): Asked {
  const { target, atMost, maxLoss, save, budget, volume, baseline, low, high, words, prices } = wishes;
  const { ranges } = settingsOf({ ...NO_RULES, low, high });
  return {
    ...(target === 'at-most' ? { atMost: Number(atMost) } : {}),
    ...(target === 'max-loss' ? { maxLoss: { points: Number(maxLoss) } } : {}),
    ...(target === 'save' ? { save: Number(save) / 100 } : {}),
    ...(target === 'budget' ? { budget: Number(budget) } : {}),
    ...(volume === '' ? {} : { volume: Number(volume) }),
    ...(baseline === '' ? {} : { baseline }),
    ranges,
    words,
    prices,
  };
}

/** Returns the wishes that a plan was made for, as far as it says them. */
export function wishesOf({ target: { kind, value }, volume, baseline }: Plan): Wishes {
  const typed = value === null ? '' : `${kind === 'save' ? Number((100 * value).toFixed(6)) : value}`;
  const field = { 'at-most': 'atMost', 'max-loss': 'maxLoss', save: 'save', budget: 'budget' } as const;
  return {
    ...NO_WISHES,
    target: kind,
    ...(kind === 'knee' || typed === '' ? {} : { [field[kind]]: typed }),
    volume: volume === null ? '' : `${volume}`,
    baseline: baseline.given ? baseline.model : '',
  };
}
