/** Chooses the score that counts as a sample's outcome, and maps it to 0..1. */
import { SignalboxError } from '../errors.js';
import { globMatcher } from '../importing/glob.js';

/** A value by dataset, given as a glob; the first match counts. */
export type PerDataset<T> = readonly { datasets: string; value: T }[];

export interface MetricOptions {
  /** The metric that counts; required if a dataset has scores of several. */
  metrics?: PerDataset<string> | undefined;
  /** Range of the metric, mapped to 0..1. Default: 0..1. */
  ranges?: PerDataset<readonly [low: number, high: number]> | undefined;
  /** The method's eta_d: scores above it, in their own range, count as correct. Without it, outcomes stay graded. */
  thresholds?: PerDataset<number> | undefined;
}

/** Description of a dataset's outcomes in the index. */
export interface DatasetMetric {
  metric: string;
  range: readonly [low: number, high: number];
  /** Null if the outcomes are the scores themselves. */
  threshold: number | null;
}

/** Tolerance for rounding in a source's arithmetic. */
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

/** The rule of one dataset; learns its metrics as scores arrive. */
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

  /** Returns whether scores of a metric count. If no metric is chosen, the first does, until there is a second one. */
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

  /** Returns the outcome of a score in 0..1; `undefined` if the score is out of range. */
  outcome(score: number): number | undefined {
    const [low, high] = this.range;
    const slack = RANGE_SLACK * (high - low);
    if (!(score >= low - slack && score <= high + slack)) return undefined;
    if (this.threshold !== undefined) return score > this.threshold ? 1 : 0;
    return Math.fround(Math.min(1, Math.max(0, (score - low) / (high - low))));
  }

  /** Returns the reason why the dataset's outcomes would be of several metrics; `undefined` if they are of one. */
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

/** The rules of all datasets. Errors: `invalid_argument` for an invalid range or threshold. */
export class MetricRules {
  readonly #metric: (dataset: string) => string | undefined;
  readonly #range: (dataset: string) => readonly [number, number] | undefined;
  readonly #threshold: (dataset: string) => number | undefined;

  constructor({ metrics, ranges, thresholds }: MetricOptions) {
    for (const { value } of ranges ?? []) {
      const [low, high] = value;
      if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
        throw new SignalboxError('invalid_argument', `got the range ${low} to ${high}, expected low < high`);
      }
    }
    for (const { value } of thresholds ?? []) {
      if (!Number.isFinite(value))
        throw new SignalboxError('invalid_argument', `got the threshold ${value}, expected a finite number`);
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
