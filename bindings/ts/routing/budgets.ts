/** Spends a budget on many answers: which model for which input, so that the most answers are expected to be right. */
import { SignalboxError, throwIfAborted } from '../errors.js';
import { invalid } from '../options.js';
import { turn } from '../steps.js';
import type { Decision, RouteManyOptions } from '../types.js';
import type { ReadInput } from './inputs.js';

/**
 * The part of a decision from which a budget is spent.
 *
 * @inline
 */
export type Ranked = Pick<Decision, 'model'> & {
  ranking: readonly Pick<Decision['ranking'][number], 'model' | 'pCorrect' | 'usdPerAnswer'>[];
};

/** A model at the price of its answer. */
export interface Offer {
  model: string;
  usd: number;
  /** Predicted correctness, at most that of the policy's choice: no model earns credit above it. */
  value: number;
}

/** Returns the candidates whose answers have a price, cheapest first. */
export function offersOf({ model, ranking }: Ranked): Offer[] {
  const most = ranking.find((ranked) => ranked.model === model)?.pCorrect ?? 1;
  const offers = ranking.flatMap(({ model: name, pCorrect, usdPerAnswer: usd }) =>
    usd === null ? [] : [{ model: name, usd, value: Math.min(pCorrect, most) }],
  );
  return offers.sort((a, b) => a.usd - b.usd || b.value - a.value);
}

const slope = (from: Offer, to: Offer) => (to.value - from.value) / (to.usd - from.usd);

/** Returns the offers that some price of money makes the best, cheapest first: each dollar more buys less than the one before. */
export function frontierOf(offers: readonly Offer[]): Offer[] {
  const kept: Offer[] = [];
  for (const offer of offers) {
    const [last] = kept.slice(-1);
    if (last !== undefined && offer.value <= last.value) continue;
    while (kept.length > 1 && slope(kept.at(-1) as Offer, offer) >= slope(kept.at(-2) as Offer, kept.at(-1) as Offer)) {
      kept.pop();
    }
    kept.push(offer);
  }
  return kept;
}

/** Keeps the sum below the budget whatever the order of addition. */
const ROUNDING = 1e-12;

/**
 * Returns the offer of each frontier for which a budget is spent best, to within one step: steps are taken in the order of
 * what a dollar buys, while they fit. `undefined` if the cheapest offers together cost more. Every frontier has an offer.
 */
export function spend(frontiers: readonly (readonly Offer[])[], budgetUsd: number): Offer[] | undefined {
  const most = budgetUsd * (1 - ROUNDING);
  const at = frontiers.map(() => 0);
  let spent = frontiers.reduce((sum, [cheapest]) => sum + (cheapest as Offer).usd, 0);
  if (spent > budgetUsd) return undefined;
  const steps = frontiers.flatMap((offers, input) =>
    offers.slice(1).map((to, i) => ({
      input,
      step: i + 1,
      usd: to.usd - (offers[i] as Offer).usd,
      worth: slope(offers[i] as Offer, to),
    })),
  );
  steps.sort((a, b) => b.worth - a.worth || a.input - b.input || a.step - b.step);
  for (const { input, step, usd } of steps) {
    if (at[input] !== step - 1 || spent + usd > most) continue;
    at[input] = step;
    spent += usd;
  }
  return frontiers.map((offers, input) => offers[at[input] as number] as Offer);
}

/** Refuses a dial beside a budget, which decides in its place. Errors: `invalid_argument`. */
export function checkBudget({ budgetUsd, prefer, costWeight }: RouteManyOptions): void {
  const dial = prefer != null ? 'prefer' : costWeight != null ? 'costWeight' : undefined;
  if (budgetUsd != null && dial !== undefined) throw invalid(`budgetUsd and ${dial} are given, expected one of them`);
}

/** Returns the model of each input within a budget. Errors: `no_candidate` if the budget or the prices do not allow it. */
export function modelsWithin(frontiers: readonly (readonly Offer[])[], budgetUsd: number): string[] {
  const without = frontiers.findIndex(({ length }) => length === 0);
  if (without >= 0) {
    const message = `budgetUsd needs the price of an answer, but no candidate has one for input ${without}`;
    throw new SignalboxError('no_candidate', message);
  }
  const chosen = spend(frontiers, budgetUsd);
  if (chosen !== undefined) return chosen.map(({ model }) => model);
  const least = frontiers.reduce((sum, [cheapest]) => sum + (cheapest as Offer).usd, 0);
  const message = `budgetUsd is ${budgetUsd}, but the cheapest candidates for ${frontiers.length} inputs cost ${Number(least.toPrecision(6))} US dollars`;
  throw new SignalboxError('no_candidate', message);
}

interface Deciding extends Pick<RouteManyOptions, 'signal' | 'onProgress'> {
  /** Decisions made at a time. */
  most: number;
  rank(read: ReadInput): Ranked;
  decide(read: ReadInput, model: string): Decision;
}

/**
 * Ranks all inputs, and then yields a decision for each by what the budget allows. Of a ranking, only the offers on its
 * frontier are kept. Errors: those of `modelsWithin`, `aborted`.
 */
export async function* decideWithin(
  { count, blocks }: { count: number; blocks: AsyncIterable<ReadInput[]> },
  budgetUsd: number,
  { most, rank, decide, signal, onProgress }: Deciding,
): AsyncGenerator<Decision> {
  const reads: ReadInput[] = [];
  const frontiers: Offer[][] = [];
  const pause = async (done: number) => {
    if (done % most !== 0 && done < 2 * count) return;
    onProgress?.({ done: Math.floor(done / 2), total: count });
    if (count > most) await turn();
    throwIfAborted(signal);
  };
  for await (const block of blocks) {
    for (const read of block) {
      frontiers.push(frontierOf(offersOf(rank(read))));
      await pause(reads.push(read));
    }
  }
  const models = modelsWithin(frontiers, budgetUsd);
  for (const [i, read] of reads.entries()) {
    const decision = decide(read, models[i] as string);
    await pause(count + i + 1);
    yield decision;
  }
}
