/** The keys of the options of a plan, and checks of their values before anything is read. */

import { SETTINGS_KEYS } from '../building/option-keys.js';
import { anEmbedder, aSource, aWasmSource } from '../files/load-options.js';
import {
  aCallback,
  aCount,
  aFlag,
  aSignal,
  aText,
  type Check,
  checkOptions,
  invalid,
  type Keys,
  must,
  textsOf,
} from '../options.js';
import type { PlanArrays } from '../wasm/lab-plan.js';
import type { NextLabelsOptions } from './next-types.js';
import type { MaxLoss, Plan, PlanOptions, PlanSettings, PlanTarget } from './types.js';

/** More answers a month than anybody has. */
const MOST_VOLUME = 1e12;
const MOST_BUDGET = 1e12;
/** Limit of the lab for a cost in US dollars. */
const MOST_USD = 1e6;

const within = (low: number, high: number, expected: string): Check =>
  must((value) => typeof value === 'number' && value >= low && value <= high, expected);
const positive = (most: number, expected: string): Check =>
  must((value) => typeof value === 'number' && value > 0 && value <= most, expected);

const anIndex: Check = (value, name) => {
  if (value !== false) aSource(value, name);
};

const { maxRows: _, ...BUILD_SETTINGS } = SETTINGS_KEYS;

const MAX_LOSS_KEYS: Keys<MaxLoss> = {
  points: must(
    (value) => typeof value === 'number' && value >= 0 && value < 100,
    'percentage points from 0, below 100',
  ),
  delta: within(1e-6, 0.5, 'a chance from 0.000001 to 0.5, such as 0.05'),
  kind: must((value) => value === 'net' || value === 'worse', "'net' or 'worse'"),
  tolerance: within(0, 1, 'a difference of outcomes from 0 to 1'),
};

const aMaxLoss: Check = (value) => {
  checkOptions(value as MaxLoss, MAX_LOSS_KEYS, 'maxLoss');
  if ((value as MaxLoss).points === undefined) throw invalid('maxLoss has no points, expected percentage points');
};

const PLAN_SETTINGS_KEYS: Keys<PlanSettings> = {
  ...BUILD_SETTINGS,
  atMost: within(0, 100, 'percentage points from 0 to 100'),
  save: within(0, 1, 'a share from 0 to 1, such as 0.3 for 30%'),
  budget: positive(MOST_BUDGET, 'US dollars a month, more than 0'),
  maxLoss: aMaxLoss,
  volume: positive(MOST_VOLUME, 'answers a month, more than 0'),
  baseline: aText,
  seed: aCount,
  words: aFlag,
  index: anIndex,
};

export const PLAN_KEYS: Keys<PlanOptions> = {
  ...PLAN_SETTINGS_KEYS,
  embedder: anEmbedder,
  wasm: aWasmSource,
  labWasm: aWasmSource,
  signal: aSignal,
  onProgress: aCallback,
};

/** Accepts anything: files are checked when they are listed. */
const anyFiles: Check = () => {};

export const NEXT_KEYS: Keys<NextLabelsOptions> = {
  from: SETTINGS_KEYS.from,
  metrics: SETTINGS_KEYS.metrics,
  ranges: SETTINGS_KEYS.ranges,
  thresholds: SETTINGS_KEYS.thresholds,
  datasets: textsOf,
  models: textsOf,
  excludeDatasets: textsOf,
  excludeModels: textsOf,
  files: anyFiles,
  prompts: textsOf,
  chosen: aCount,
  seed: aCount,
  signal: aSignal,
  onProgress: aCallback,
};

const TARGETS: readonly (readonly [option: keyof PlanTarget, kind: Plan['target']['kind']])[] = [
  ['atMost', 'at-most'],
  ['save', 'save'],
  ['budget', 'budget'],
  ['maxLoss', 'max-loss'],
];

/** A plan's target, in the units of the options and of the lab. */
export interface ReadTarget {
  kind: Plan['target']['kind'];
  value: number | null;
  inLab: PlanArrays['spec']['target'];
}

/** Returns the target. Errors: `invalid_argument` for several, and for a budget without a volume. */
export function targetOf(settings: PlanSettings): ReadTarget {
  const given = TARGETS.filter(([option]) => settings[option] !== undefined);
  if (given.length > 1) {
    throw invalid(`got ${given.map(([option]) => option).join(' and ')}, expected at most one target`);
  }
  const [target] = given;
  if (target === undefined) return { kind: 'knee', value: null, inLab: { kind: 'knee' } };
  const [option, kind] = target;
  if (kind === 'max-loss') {
    const { points } = settings.maxLoss as MaxLoss;
    return { kind, value: points, inLab: { kind: 'at-most', value: points } };
  }
  const value = settings[option] as number;
  if (kind !== 'budget') return { kind, value, inLab: { kind, value } };
  if (settings.volume === undefined) throw invalid('got a budget without a volume, expected the answers a month, too');
  return { kind, value, inLab: { kind, value: Math.min(MOST_USD, value / settings.volume) } };
}

/**
 * Checks the settings of a plan, and returns its target. Errors: `invalid_argument` for unknown keys, values out of range,
 * and settings that contradict each other.
 */
export function checkPlanSettings(settings: PlanSettings): ReadTarget {
  checkOptions(settings, PLAN_SETTINGS_KEYS);
  if (settings.words === false && settings.texts) {
    throw invalid('got texts with words: false, expected one of them: texts are words of prompts');
  }
  return targetOf(settings);
}
