/** Chooses the score that counts as a sample's outcome, and maps it to 0..1. */
import { SignalboxError } from '../errors.js';
import { globMatcher } from '../importing/glob.js';

/** A value by dataset, given as a glob; the first match counts. */
export type PerDataset<T> = readonly { datasets: string; value: T }[];

/** Options that say which score of a sample counts, and how it becomes an outcome. */
export interface MetricOptions {
  /** The metric that counts; required if a dataset has scores of several. */
  metrics?: PerDataset<string> | undefined;
  /**
   * Range of the metric: the worst score, mapped to 0, and the best one, mapped to 1. The worst is the larger number if
   * less is better. Default: as the files say (`1,10` of MT-Bench; 1 and 0 if less is better), otherwise 0 and 1.
   */
  ranges?: PerDataset<readonly [worst: number, best: number]> | undefined;
  /** The method's eta_d: scores better than it, in their own range, count as correct. Without it, outcomes stay graded. */
  thresholds?: PerDataset<number> | undefined;
}

/** Description of a dataset's outcomes in the index. */
export interface DatasetMetric {
  metric: string;
  /** The scores that are mapped to 0 and to 1: `[1, 0]` if less is better. */
  range: readonly [worst: number, best: number];
  /** Null if the outcomes are the scores themselves. */
  threshold: number | null;
}

/** Tolerance for rounding in a source's arithmetic. */
const RANGE_SLACK = 1e-6;
const MOST_LISTED = 12;
/** Names of metrics in which less is better by convention. */
const LESS_IS_BETTER =
  /(^|[^a-z])(wer|cer|mer|ter|ppl|perplexity|(word_|byte_)?loss|bits_per_byte|mae|mse|rmse|error(_rate|s)?|brier(_score)?|ece|toxicity|harm(fulness)?|hallucinations?(_rate)?|(edit_|levenshtein_?)distance|levenshtein|latency|nll|attack_success_rate|refusal_rate)($|[^a-z])/i;

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
  readonly threshold: number | undefined;
  readonly #dataset: string;
  readonly #wanted: string | undefined;
  readonly #givenRange: readonly [number, number] | undefined;
  readonly #seen = new Set<string>();
  /** Metrics of which less is better, as the files say. */
  readonly #turned = new Set<string>();
  /** Ranges of metrics, as the files say. */
  readonly #scales = new Map<string, readonly [number, number]>();
  #chosen: string | undefined;
  #rival = false;

  constructor(
    dataset: string,
    wanted: string | undefined,
    range: readonly [number, number] | undefined,
    threshold: number | undefined,
  ) {
    this.#dataset = dataset;
    this.#wanted = wanted;
    this.#givenRange = range;
    this.threshold = threshold;
  }

  /** Notes that less is better in a metric. */
  turnRound(metric: string): void {
    this.#turned.add(metric);
  }

  /** Notes the range of a metric. */
  setScale(metric: string, range: readonly [number, number]): void {
    this.#scales.set(metric, range);
  }

  /** The scores that are mapped to 0 and to 1. A range that the user gave from low to high is turned if less is better. */
  get range(): readonly [worst: number, best: number] {
    const [worst, best] = this.#givenRange ?? this.#scales.get(this.#chosen ?? '') ?? [0, 1];
    return this.#turned.has(this.#chosen ?? '') && worst < best ? [best, worst] : [worst, best];
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
    const [worst, best] = this.range;
    const outcome = (score - worst) / (best - worst);
    if (!(outcome >= -RANGE_SLACK && outcome <= 1 + RANGE_SLACK)) return undefined;
    if (this.threshold !== undefined) return (best > worst ? score > this.threshold : score < this.threshold) ? 1 : 0;
    return Math.fround(Math.min(1, Math.max(0, outcome)));
  }

  /** Returns the reason why the dataset's outcomes would be of several metrics; `undefined` if they are of one. */
  conflict(): string | undefined {
    if (this.#rival) return `${this.#dataset}: ${names(this.#seen)}`;
    if (this.#wanted !== undefined && this.#chosen === undefined && this.#seen.size > 0) {
      return `${this.#dataset}: ${names(this.#seen)}, but not ${this.#wanted}`;
    }
    return undefined;
  }

  /** Returns the reason to ask whether less is better in the metric; `undefined` if that is known, or unlikely. */
  undirected(): string | undefined {
    const metric = this.#chosen;
    if (metric === undefined || this.#givenRange !== undefined || this.#turned.has(metric)) return undefined;
    if (!LESS_IS_BETTER.test(metric)) return undefined;
    const option = `--range ${this.#dataset}`;
    return `${this.#dataset}: in ${metric}, less may be better: if it is, use ${option}=1,0, otherwise ${option}=0,1`;
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
      const [worst, best] = value;
      if (!(Number.isFinite(worst) && Number.isFinite(best) && worst !== best)) {
        throw new SignalboxError(
          'invalid_argument',
          `got the range ${worst} to ${best}, expected two different numbers`,
        );
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
    return new DatasetRule(dataset, this.#metric(dataset), this.#range(dataset), this.#threshold(dataset));
  }
}
