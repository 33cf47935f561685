/** Says in a sentence if a switch to the suggested model is worth it. */
import type { Decision, RankedModel } from 'signalbox';
import { costUnitOf } from '../../shared/cost.js';
import type { Site } from '../stored/schema.js';

/** Smaller differences are not worth a word. */
const LEAST_SHARE = 0.02;

function qualityWords(points: number): string {
  if (points === 0) return 'about as good';
  const by = `${Math.abs(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`;
  return points > 0 ? `${by} better` : `${by} worse`;
}

function priceWords({ ranking }: Pick<Decision, 'ranking'>, to: RankedModel, from: RankedModel): string {
  const unit = costUnitOf(ranking);
  const [next, last] = [unit.costOf(to), unit.costOf(from)];
  if (next === null || last === null) return '';
  if (Math.abs(next - last) <= LEAST_SHARE * Math.max(next, last)) return 'at the same price';
  const by = unit.words(Number(Math.abs(next - last).toPrecision(2)));
  const per = unit.column.replace(/^Price /, '');
  return next < last ? `saves ${by} ${per}` : `costs ${by} more ${per}`;
}

/**
 * Compares the pick with the model that the user has now. Empty if there is nothing to compare. With a plan, prices do not
 * count.
 */
export function switchWords(
  decision: Pick<Decision, 'ranking' | 'model' | 'fallbackReason'>,
  current: string | null,
  pays: Site['pays'],
  nameOf: (model: string) => string,
): string {
  const { ranking, model, fallbackReason } = decision;
  const [to, from] = [model, current].map((name) => ranking.find((ranked) => ranked.model === name));
  if (to === undefined || from === undefined || fallbackReason === 'out_of_coverage' || fallbackReason === 'unread') {
    return '';
  }
  if (to === from) return `You are already on it: stay with ${nameOf(model)}.`;
  const quality = qualityWords(Math.round(100 * (to.pCorrect - from.pCorrect)));
  const price = pays === 'plan' ? '' : priceWords(decision, to, from);
  return `Instead of ${nameOf(from.model)}: ${quality}${price === '' ? '' : `, ${price}`}.`;
}
