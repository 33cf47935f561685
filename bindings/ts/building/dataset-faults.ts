/** Counts the scores of a dataset that cannot be used, and decides whether they are more than a stray few. */
import type { DatasetMetric } from './metric-rules.js';

/** Share of a dataset's scores or samples that may be unusable; one always may. */
const TOLERATED_SHARE = 0.01;

export class DatasetFaults {
  /** Cells with an outcome, contradicted ones included. */
  outcomes = 0;
  /** Cells on which the files contradict each other. */
  conflicts = 0;
  #outOfRange = 0;
  #low = Number.POSITIVE_INFINITY;
  #high = Number.NEGATIVE_INFINITY;
  /** By metric, because text counts only in the metric that is chosen in the end. */
  readonly #texts = new Map<string, { count: number; example: string }>();
  /** Samples, and samples without a prompt. */
  samples = 0;
  withoutPrompt = 0;
  /** Times that another prompt came under an id that may only count rows. */
  otherPrompts = 0;

  takeOutOfRange(score: number): void {
    this.#outOfRange += 1;
    this.#low = Math.min(this.#low, score);
    this.#high = Math.max(this.#high, score);
  }

  /** Takes text that stands in place of a score. */
  takeText(metric: string, text: unknown): void {
    const texts = this.#texts.get(metric);
    if (texts === undefined) this.#texts.set(metric, { count: 1, example: String(text).slice(0, 40) });
    else texts.count += 1;
  }

  /**
   * Returns the reasons to refuse the dataset, each with the number of scores, an example and the option that helps;
   * empty if no more than a stray few are unusable.
   */
  reasons(dataset: string, { metric, range }: DatasetMetric): string[] {
    const texts = this.#texts.get(metric) ?? { count: 0, example: '' };
    const scores = this.outcomes + this.#outOfRange + texts.count;
    const reasons: string[] = [];
    if (isMany(this.#outOfRange, scores)) {
      const seen = this.#low === this.#high ? `${this.#low}` : `${this.#low} to ${this.#high}`;
      reasons.push(
        `${this.#outOfRange} of ${scores} scores are outside the range ${range.join(' to ')} (${seen}): name the range of the metric with --range ${dataset}=worst,best`,
      );
    }
    if (isMany(texts.count, scores)) {
      reasons.push(
        `${texts.count} of ${scores} scores are not numbers ('${texts.example}'): correct the files, or choose another metric with --metric ${dataset}=name`,
      );
    }
    if (isMany(this.conflicts, this.outcomes)) {
      reasons.push(
        `${this.conflicts} of ${this.outcomes} scores contradict another score of the same model on the same sample, and nothing in the files tells the two apart: give the models or datasets different names, or leave files out`,
      );
    }
    if (isMany(this.withoutPrompt, this.samples)) {
      reasons.push(
        `${this.withoutPrompt} of ${this.samples} samples have no prompt: add the prompts, or leave the dataset out with --exclude-datasets ${dataset}`,
      );
    }
    if (isMany(this.otherPrompts, this.samples)) {
      reasons.push(
        `${this.otherPrompts} times, a row has another prompt under an id of one of ${this.samples} samples: if the ids only count rows, leave the column out, and the prompt joins them; if they are names, write each question in one way`,
      );
    }
    return reasons.map((reason) => `${dataset}: ${reason}`);
  }
}

const isMany = (count: number, of: number) => count > Math.max(1, TOLERATED_SHARE * of);
