/** Finds the cost of each answer: in the file, from its tokens and a price, or from a price and typical lengths. */

import type { Collector } from '../building/collector.js';
import type { Figure, RowDetails } from '../building/row-details.js';
import type { CostOrigin } from './types.js';

/** Tokens of an answer if no answer of the file says more. */
export const TYPICAL_ANSWER = 400;
/** Tokens of a prompt without text. */
const TYPICAL_PROMPT = 200;
const MILLION = 1e6;

/** US dollars per million tokens. */
export interface TokenPrice {
  in: number;
  out: number;
}

export interface CostInput {
  details: RowDetails;
  /** The collector's row of each row. */
  order: ArrayLike<number>;
  /** The collector's number of each model. */
  models: readonly number[];
  /** [models] `undefined` if not known. */
  prices: readonly (TokenPrice | undefined)[];
  /** [rows] Tokens of the prompts by their length; NaN without text. */
  promptTokens: ArrayLike<number>;
}

export interface Costs {
  /** [rows, models] US dollars per answer, NaN if unknown. */
  usd: Float32Array;
  /** By model. */
  origins: CostOrigin[];
  /** Models of which every answer costs nothing. */
  free: boolean[];
}

/** Returns the collector's numbers of these models. */
export const numbersOf = (collector: Collector, models: readonly Collector['models'][number][]): number[] =>
  models.map((model) => collector.models.indexOf(model));

/** Mean of known values; NaN without any. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    if (Number.isNaN(value)) return;
    this.#sum += value;
    this.#count += 1;
  }

  get value(): number {
    return this.#count === 0 ? Number.NaN : this.#sum / this.#count;
  }
}

const known = (...values: number[]): number => values.find((value) => !Number.isNaN(value)) ?? Number.NaN;

/** Typical lengths of answers where a file does not state them. */
class Lengths {
  readonly #input: CostInput;
  readonly #ofModel: number[];
  readonly #ofAll: number;

  constructor(input: CostInput) {
    this.#input = input;
    const all = new Mean();
    this.#ofModel = input.models.map((_, m) => {
      const own = new Mean();
      for (let row = 0; row < input.order.length; ++row) {
        const tokens = this.figure(row, m, 'tokensOut');
        own.add(tokens);
        all.add(tokens);
      }
      return own.value;
    });
    this.#ofAll = all.value;
  }

  figure(row: number, model: number, figure: Figure): number {
    const { details, order, models } = this.#input;
    return details.figure(order[row] as number, models[model] as number, figure);
  }

  hasTokens(model: number): boolean {
    return !Number.isNaN(this.#ofModel[model] as number);
  }

  /** Returns the tokens of an answer: its own, the model's mean, that of other models on the prompt, that of the file. */
  answer(row: number, model: number): number {
    const own = known(this.figure(row, model, 'tokensOut'), this.#ofModel[model] as number);
    if (!Number.isNaN(own)) return own;
    const others = new Mean();
    for (let m = 0; m < this.#input.models.length; ++m) others.add(this.figure(row, m, 'tokensOut'));
    return known(others.value, this.#ofAll, TYPICAL_ANSWER);
  }

  prompt(row: number, model: number): number {
    return known(this.figure(row, model, 'tokensIn'), this.#input.promptTokens[row] ?? Number.NaN, TYPICAL_PROMPT);
  }
}

/**
 * Returns the cost of each answer. A model with costs in the file has those, and no others; a model without has its price
 * times the tokens of the file, or of typical lengths. Costs that are zero for all models count as not known.
 */
export function costsOf(input: CostInput): Costs {
  const { order, models, prices } = input;
  const rows = order.length;
  const lengths = new Lengths(input);
  const usd = new Float32Array(rows * models.length).fill(Number.NaN);
  const free = models.map(() => true);
  const origins = models.map((_, m): CostOrigin => {
    const price = prices[m];
    let inFile = 0;
    for (let row = 0; row < rows; ++row) inFile += Number(!Number.isNaN(lengths.figure(row, m, 'costUsd')));
    if (inFile === 0 && price === undefined) return 'unknown';
    for (let row = 0; row < rows; ++row) {
      const cost =
        inFile > 0 || price === undefined
          ? lengths.figure(row, m, 'costUsd')
          : (lengths.prompt(row, m) * price.in + lengths.answer(row, m) * price.out) / MILLION;
      usd[row * models.length + m] = cost;
      if (cost > 0) free[m] = false;
    }
    if (inFile > 0) return 'file';
    return lengths.hasTokens(m) ? 'tokens' : 'prices';
  });
  const isNothing = origins.every((origin, m) => origin === 'unknown' || free[m]);
  if (!isNothing) return { usd, origins, free: free.map((isFree, m) => isFree && origins[m] !== 'unknown') };
  const hadCosts = origins.some((origin) => origin !== 'unknown');
  return { usd: usd.fill(Number.NaN), origins: origins.map(() => 'unknown'), free: models.map(() => hadCosts) };
}
