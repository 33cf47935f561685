/** Says in a sentence if a switch to the suggested model is worth it. */
import type { Decision, RankedModel } from 'signalbox';
import { costUnitOf } from '../../shared/cost.js';
import { verdictOf } from '../engine/verdict.js';
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
 * Compares the pick with the model that the user has now, by the rule of the badge. Empty if there is nothing to compare.
 * With a plan, prices do not count.
 */
export function switchWords(
  decision: Pick<Decision, 'ranking' | 'model' | 'policy' | 'fallbackReason'>,
  current: string | null,
  pays: Site['pays'],
  nameOf: (model: string) => string,
): string {
  const { ranking, model, fallbackReason } = decision;
  const [to, from] = [model, current].map((name) => ranking.find((ranked) => ranked.model === name));
  if (to === undefined || from === undefined || fallbackReason === 'out_of_coverage' || fallbackReason === 'unread') {
    return '';
  }
  const [name, last] = [nameOf(to.model), nameOf(from.model)];
  if (to === from) return `You are already on it: stay with ${name}.`;
  const verdict = verdictOf(decision, current, pays === 'use');
  if (verdict === 'unmeasured') return `One of them has too few results to compare ${name} with ${last}.`;
  const quality = qualityWords(Math.round(100 * (to.pCorrect - from.pCorrect)));
  const price = pays === 'plan' ? '' : priceWords(decision, to, from);
  const words = price === '' ? quality : `${quality}, ${price}`;
  return verdict === 'stay' ? `Hardly worth a switch from ${last}: ${words}.` : `Instead of ${last}: ${words}.`;
}
