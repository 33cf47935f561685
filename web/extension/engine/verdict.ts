/** How a pick compares with the model that the user is on. */
import type { Decision, RankedModel } from 'signalbox';
import type { Verdict } from '../messages.js';

/** Least lead in predicted correctness that is worth switching for: below that, the order of models is mostly chance. */
const BETTER = 0.02;
/** Largest lag at which a model counts as equally good. */
const AS_GOOD = 0.01;
/** Least number of measured tasks of a model: the scores of others are mostly estimates from the models' average. */
const MEASURED = 20;
/** Largest share of the price at which a model counts as cheaper. */
const CHEAPER = 0.8;

function isCheaper(pick: RankedModel, now: RankedModel): boolean {
  const ofAnswers = [pick.usdPerAnswer, now.usdPerAnswer] as const;
  const [price, other] = ofAnswers.includes(null) ? [pick.usdPerMTok, now.usdPerMTok] : ofAnswers;
  return price !== null && other !== null && price <= CHEAPER * other;
}

/** `hasPrices`: whether each answer costs the user something. */
export function verdictOf(
  { model, ranking, policy }: Pick<Decision, 'model' | 'ranking' | 'policy'>,
  current: string | null,
  hasPrices: boolean,
): Exclude<Verdict, 'unsure'> {
  const now = ranking.find((ranked) => ranked.model === current);
  const pick = ranking.find((ranked) => ranked.model === model);
  if (now === undefined || pick === undefined) return 'unknown';
  if (model === current) return 'stay';
  // The votes of other policies are neighbours, which all models have in common.
  if (policy === 'families' && Math.min(now.votes, pick.votes) < MEASURED) return 'unmeasured';
  const lead = pick.pCorrect - now.pCorrect;
  if (lead >= BETTER) return 'better';
  if (hasPrices && lead >= -AS_GOOD && isCheaper(pick, now)) return 'cheaper';
  return 'stay';
}
