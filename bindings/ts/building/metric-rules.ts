/** Which score of a sample counts as its outcome, and how it becomes a number from 0 to 1. */
import { SignalboxError } from '../errors.js';
import { globMatcher } from '../importing/glob.js';

/** A value for all datasets, or by dataset (globs; the first that matches counts). */
export type PerDataset<T> = readonly { datasets: string; value: T }[];

export interface MetricOptions {
  /** Which metric counts; needed wherever a dataset was scored by more than one. */
  metrics?: PerDataset<string> | undefined;
  /** The metric's range, mapped onto 0..1. Default 0..1. */
  ranges?: PerDataset<readonly [low: number, high: number]> | undefined;
  /** eta_d of the method: right where the score, in its own range, is more than this; else outcomes stay graded. */
  thresholds?: PerDataset<number> | undefined;
}

/** What the index says of a dataset. */
export interface DatasetMetric {
  metric: string;
  range: readonly [low: number, high: number];
  /** Null: outcomes are the scores themselves. */
  threshold: number | null;
}

/** Rounding of a source's own arithmetic, not a score outside its range. */
const RANGE_SLACK = 1e-6;
const MOST_LISTED = 12;

function finder<T>(rules: PerDataset<T> | undefined): (dataset: string) => T | undefined {
  const matchers = (rules ?? []).map(({ datasets, value }) => ({ matches: globMatcher([datasets]), value }));
  return (dataset) => matchers.find(({ matches }) => matches(dataset))?.value;
}

const names = (metrics: Iterable<string>) => {
  const all = [...metrics].sort();
  const more = all.length > MOST_LISTED ? `, and ${all.length - MOST_LISTED} more` : '';
  return all.slice(0, MOST_LISTED).join(', ') + more;
};

/** The rule of one dataset, as scores come in. */
export class DatasetRule {
  readonly #dataset: string;
  readonly #wanted: string | undefined;
  readonly #seen = new Set<string>();
  readonly range: readonly [number, number];
  readonly threshold: number | undefined;
  #chosen: string | undefined;
  #rival = false;

  constructor(dataset: string, wanted: string | undefined, range: readonly [number, number], threshold?: number) {
    this.#dataset = dataset;
    this.#wanted = wanted;
    this.range = range;
    this.threshold = threshold;
  }

  /** Whether a score by this metric counts. Without a wish the first metric does, until there is a second one. */
  accepts(metric: string): boolean {
    if (metric === this.#chosen) return true;
    this.#seen.add(metric);
    if (this.#wanted !== undefined && metric !== this.#wanted && !metric.startsWith(`${this.#wanted},`)) return false;
    if (this.#chosen !== undefined) {
      this.#rival = true;
      return false;
    }
    this.#chosen = metric;
    return true;
  }

  /** The outcome of a score: 0..1, or undefined for one outside the range. */
  outcome(score: number): number | undefined {
    const [low, high] = this.range;
    const slack = RANGE_SLACK * (high - low);
    if (!(score >= low - slack && score <= high + slack)) return undefined;
    if (this.threshold !== undefined) return score > this.threshold ? 1 : 0;
    return Math.fround(Math.min(1, Math.max(0, (score - low) / (high - low))));
  }

  /** Why the dataset's outcomes would not be of one kind; undefined where they are. */
  conflict(): string | undefined {
    if (this.#rival) return `${this.#dataset}: ${names(this.#seen)}`;
    if (this.#wanted !== undefined && this.#chosen === undefined && this.#seen.size > 0) {
      return `${this.#dataset}: ${names(this.#seen)}, but not ${this.#wanted}`;
    }
    return undefined;
  }

  get described(): DatasetMetric {
    return { metric: this.#chosen ?? this.#wanted ?? '', range: this.range, threshold: this.threshold ?? null };
  }
}

/** All rules. Errors: `invalid_argument` for a range or threshold that is none. */
export class MetricRules {
  readonly #metric: (dataset: string) => string | undefined;
  readonly #range: (dataset: string) => readonly [number, number] | undefined;
  readonly #threshold: (dataset: string) => number | undefined;

  constructor({ metrics, ranges, thresholds }: MetricOptions) {
    for (const { value } of ranges ?? []) {
      const [low, high] = value;
      if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
        throw new SignalboxError('invalid_argument', `the range ${low} to ${high} is none: expected low < high`);
      }
    }
    for (const { value } of thresholds ?? []) {
      if (!Number.isFinite(value)) throw new SignalboxError('invalid_argument', `${value} is not a threshold`);
    }
    this.#metric = finder(metrics);
    this.#range = finder(ranges);
    this.#threshold = finder(thresholds);
  }

  for(dataset: string): DatasetRule {
    const range = this.#range(dataset) ?? [0, 1];
    return new DatasetRule(dataset, this.#metric(dataset), range, this.#threshold(dataset));
  }
}
