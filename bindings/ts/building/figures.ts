/** Sums of the cost, tokens and cut-off answers of a model. */
import type { Answer } from '../importing/records.js';

/** Sums over a model's answers with a known figure. Whole numbers, so that sums over shards agree to the bit. */
export interface ModelFigures {
  nanoUsd: number;
  costs: number;
  tokensIn: number;
  tokensInCount: number;
  tokensOut: number;
  tokensOutCount: number;
  /** Answers that ended at a length limit, and answers of which the source says whether they did. */
  cutOff: number;
  cutOffCount: number;
}

export const NO_FIGURES: ModelFigures = {
  nanoUsd: 0,
  costs: 0,
  tokensIn: 0,
  tokensInCount: 0,
  tokensOut: 0,
  tokensOutCount: 0,
  cutOff: 0,
  cutOffCount: 0,
};

const NANO = 1e9;

export function addCutOff(to: ModelFigures, isCutOff: boolean): void {
  to.cutOff += Number(isCutOff);
  to.cutOffCount += 1;
}

/** Adds the figures of an answer; leaves out negative and absurdly large ones. */
export function addFigures(to: ModelFigures, { costUsd, tokensIn, tokensOut }: Answer = {}): void {
  if (costUsd !== undefined && costUsd >= 0 && costUsd < 1e6) {
    to.nanoUsd += Math.round(costUsd * NANO);
    to.costs += 1;
  }
  if (tokensIn !== undefined && tokensIn >= 0 && tokensIn < 1e9) {
    to.tokensIn += Math.round(tokensIn);
    to.tokensInCount += 1;
  }
  if (tokensOut !== undefined && tokensOut >= 0 && tokensOut < 1e9) {
    to.tokensOut += Math.round(tokensOut);
    to.tokensOutCount += 1;
  }
}
