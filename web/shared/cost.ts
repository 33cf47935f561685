/** The unit in which a decision compares prices. */
import { type Decision, perThousandWords, type RankedModel } from 'signalbox';
import { priceWords } from './format.js';

export interface CostUnit {
  /** Heading of a column, and label of an axis. */
  column: string;
  axis: string;
  /** Returns a model's price in this unit; `null` if it is not known. */
  costOf(ranked: Pick<RankedModel, 'usdPerMTok' | 'usdPerAnswer'>): number | null;
  /** Formats a price. */
  words(usd: number): string;
}

const TOKENS: CostUnit = {
  column: 'Price per million tokens',
  axis: 'US dollars per million tokens',
  costOf: ({ usdPerMTok }) => usdPerMTok,
  words: priceWords,
};

const ANSWERS: CostUnit = {
  column: 'Price per 1,000 answers',
  axis: 'US dollars per 1,000 answers',
  costOf: ({ usdPerAnswer }) => (usdPerAnswer === null ? null : 1000 * usdPerAnswer),
  words: (usd) => perThousandWords(usd / 1000),
};

/** Returns the core's unit: answers, if their price is known of every candidate with a price, else tokens. */
export function costUnitOf(ranking: Decision['ranking']): CostUnit {
  const priced = ranking.filter(({ usdPerMTok }) => usdPerMTok !== null);
  return priced.length > 0 && priced.every(({ usdPerAnswer }) => usdPerAnswer !== null) ? ANSWERS : TOKENS;
}
