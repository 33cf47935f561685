/** Paces the spending on a stream of answers: what a dollar must buy rises while too much is spent, and falls otherwise. */
import { aCount, checkOptions, invalid, isPlainObject, type Keys, must } from '../options.js';
import { type Offer, offersOf, type Ranked } from './budgets.js';

const aPositive = must((value) => typeof value === 'number' && value > 0 && value <= 1e9, 'a number above 0');

/** Options of a `Pacer`. */
export interface PacerOptions {
  /** US dollars that a window may cost. */
  usd: number;
  /** Answers that are expected in a window. */
  answers: number;
}

/** A model that a pacer picked, and the expected US dollars of its answer, which count as spent from now on. */
export interface PacedPick {
  model: string;
  usd: number;
}

/** Prices of a model's answers, expected and real. */
interface Costs {
  count: number;
  expected: number;
  real: number;
  /** The most that an answer has cost beyond what was expected. */
  excess: number;
}

const KEYS: Keys<PacerOptions> = { usd: aPositive, answers: aCount };

/** How fast the price of money follows the spending, in points of correctness for an answer that costs twice its share. */
const RATE = 0.02;
/** Shares of one answer that count at the most. */
const MOST_ABOVE = 10;
/** Answers as expected that each model begins with, before real prices correct the expected ones. */
const PRIOR_ANSWERS = 5;
/** Answers over which the rest of a window is spread at the least, so that its end does not jump. */
const LEAST_LEFT = 4;

/**
 * Picks models for a stream of prompts, so that a window (an hour, a day, a thousand answers) costs at most `usd` and
 * about all of it. Route with `prefer: 'best'`, and ask the model that `pick` returns.
 *
 * Expected prices never exceed the window's. Real ones can by what the dearest answer costs beyond all before it.
 *
 * @example
 * ```js
 * const pacer = new Pacer({ usd: 5, answers: 1000 });
 * const pick = pacer.pick(await router.route(prompt, { prefer: 'best' }));
 * if (pick !== null) pacer.spent(pick, 0.012);
 * // At midnight:
 * pacer.startWindow();
 * ```
 */
export class Pacer {
  readonly #usd: number;
  readonly #answers: number;
  readonly #pending = new WeakSet<PacedPick>();
  readonly #costs = new Map<string, Costs>();
  /** Correctness that an answer must bring for costing its share of the window. */
  #weight = 0;
  #spent = 0;
  #count = 0;

  /** Errors: `invalid_argument`. */
  constructor(options: PacerOptions) {
    checkOptions(options, KEYS);
    const { usd, answers } = options;
    aPositive(usd, 'usd');
    aCount(answers, 'answers');
    this.#usd = usd;
    this.#answers = answers;
  }

  /** US dollars that are left of this window. */
  get leftUsd(): number {
    return this.#usd - this.#spent;
  }

  /**
   * Begins the next window. What was learned of prices and prompts stays.
   *
   * @example
   * ```js
   * const pacer = new Pacer({ usd: 5, answers: 1000 });
   * pacer.pick(await router.route(prompt));
   * pacer.startWindow();
   * pacer.leftUsd;    // 5
   * ```
   */
  startWindow(): void {
    this.#spent = 0;
    this.#count = 0;
  }

  /**
   * Picks a model from the ranking of a decision. `null` if no candidate has a price, or none fits into what is left.
   * Errors: `invalid_argument` for anything but a decision.
   *
   * @example
   * ```js
   * const pacer = new Pacer({ usd: 5, answers: 1000 });
   * const pick = pacer.pick(await router.route(prompt, { prefer: 'best' }));
   * show(pick === null ? 'nothing is left' : pick.model);
   * ```
   */
  pick(decision: Ranked): PacedPick | null {
    if (!isPlainObject(decision) || !Array.isArray(decision.ranking)) throw invalid('expected a decision of a router');
    const offers = offersOf(decision).map((offer) => ({ ...offer, usd: offer.usd * this.#ratio(offer.model) }));
    const left = this.#usd - this.#spent;
    const answersLeft = Math.max(0, this.#answers - this.#count - 1);
    const least = offers.reduce((usd, offer) => Math.min(usd, offer.usd), Number.POSITIVE_INFINITY);
    const share = left / Math.max(LEAST_LEFT, answersLeft + 1);
    const utility = ({ usd, value }: Offer) => value - (share > 0 ? (this.#weight * usd) / share : 0);
    const fitsIn = (usd: number) => (offer: Offer) => offer.usd + (this.#costs.get(offer.model)?.excess ?? 0) <= usd;
    // The answers to come must be affordable with the cheapest model, if that is possible.
    const fitting = [left - least * answersLeft, left].map((usd) => offers.filter(fitsIn(usd)));
    const [first, ...others] = fitting.find(({ length }) => length > 0) ?? [];
    if (first === undefined) return null;
    const best = others.reduce((a, b) => (utility(b) > utility(a) ? b : a), first);
    this.#follow(share > 0 ? best.usd / share - 1 : 0);
    this.#spent += best.usd;
    this.#count += 1;
    const pick = { model: best.model, usd: best.usd };
    this.#pending.add(pick);
    return pick;
  }

  /**
   * Reports what an answer really cost, once for each pick. Errors: `invalid_argument`.
   *
   * @example
   * ```js
   * const pacer = new Pacer({ usd: 5, answers: 1000 });
   * const pick = pacer.pick(await router.route(prompt));
   * if (pick !== null) pacer.spent(pick, 0.01);
   * ```
   */
  spent(pick: PacedPick, usd: number): void {
    if (typeof usd !== 'number' || !(usd >= 0) || usd > 1e9) throw invalid(`usd is ${usd}, expected a number from 0`);
    if (!this.#pending.delete(pick)) throw invalid('expected a pick of this pacer that was not reported yet');
    this.#spent += usd - pick.usd;
    this.#follow(((usd - pick.usd) * this.#answers) / this.#usd);
    const costs = this.#costs.get(pick.model) ?? { count: 0, expected: 0, real: 0, excess: 0 };
    costs.count += 1;
    costs.expected += pick.usd / this.#ratio(pick.model);
    costs.real += usd;
    costs.excess = Math.max(costs.excess, usd - pick.usd);
    this.#costs.set(pick.model, costs);
  }

  /** Returns the factor from expected to real prices of a model. */
  #ratio(model: string): number {
    const { count, expected, real } = this.#costs.get(model) ?? { count: 0, expected: 0, real: 0 };
    const prior = count > 0 ? (PRIOR_ANSWERS * expected) / count : 0;
    return expected > 0 ? (real + prior) / (expected + prior) : 1;
  }

  /** Raises the price of money by what was spent above the share of an answer, in shares. */
  #follow(above: number): void {
    this.#weight = Math.max(0, this.#weight + RATE * Math.min(MOST_ABOVE, above));
  }
}
