/** Quality against price: the models worth their price, and the pick at each position of the dial. */
import type { Decision, RankedModel } from 'signalbox';
import { costUnitOf } from './cost.js';
import { DIAL, POINTS, type Prefer } from './settings.js';

/** A model with a price and a predicted quality. */
export interface PricedModel {
  model: string;
  /** Price in the decision's unit, >= 0: see `costUnitOf`. */
  usd: number;
  /** Predicted or measured share of correct answers, 0..1. */
  p: number;
  interval: readonly [low: number, high: number];
}

const cheaperFirst = (a: PricedModel, b: PricedModel) => a.usd - b.usd || b.p - a.p;

/** Returns the candidates that have a price, cheapest first; of equal prices the better one first. */
export function pricedModels({ ranking }: Pick<Decision, 'ranking'>): PricedModel[] {
  const unit = costUnitOf(ranking);
  return ranking
    .flatMap((ranked) => {
      const { model, pCorrect: p, interval } = ranked;
      const usd = unit.costOf(ranked);
      return usd === null || !Number.isFinite(p) ? [] : [{ model, usd, p, interval }];
    })
    .sort(cheaperFirst);
}

const isSame = (a: PricedModel, b: PricedModel) =>
  a.usd === b.usd && a.p === b.p && a.interval[0] === b.interval[0] && a.interval[1] === b.interval[1];

/**
 * Returns `next` with the objects of `last` for models that did not change, or `last` itself if none did. Each step of
 * the dial makes a new decision with the same predictions: sharing the objects avoids drawing them again.
 */
export function keepSame(last: readonly PricedModel[], next: readonly PricedModel[]): readonly PricedModel[] {
  const known = new Map(last.map((point) => [point.model, point]));
  const kept = next.map((point) => {
    const before = known.get(point.model);
    return before !== undefined && isSame(before, point) ? before : point;
  });
  return kept.length === last.length && kept.every((point, i) => point === last[i]) ? last : kept;
}

/** Returns the models that no other one beats by price or quality, cheapest first. Equal ones all stay. */
export function frontierOf(models: readonly PricedModel[]): PricedModel[] {
  const frontier: PricedModel[] = [];
  for (const next of [...models].sort(cheaperFirst)) {
    const last = frontier.at(-1);
    const isEqual = last?.p === next.p && last.usd === next.usd;
    if (last === undefined || next.p > last.p || isEqual) frontier.push(next);
  }
  return frontier;
}

/** Returns the best model of the frontier that costs no more than `model`. */
export const beats = (frontier: readonly PricedModel[], model: PricedModel) =>
  frontier.filter(({ usd }) => usd <= model.usd).at(-1);

/** Returns the model that the policy wants if prices do not count. */
export const wantedModel = ({ fallback, bestSingleModel, challenger }: Decision) =>
  fallback ? bestSingleModel : challenger;

/** A stretch of the dial, both ends included, over which the pick stays the same. */
export interface DialStop {
  model: string;
  /** Price in the decision's unit. */
  usd: number | null;
  p: number;
  from: Prefer;
  to: Prefer;
}

/** Returns the quality that the dial counts from: the wanted model's, or if that has no price the best priced one's. */
export function referenceOf(decision: Decision): number | undefined {
  const wanted = decision.ranking.find(({ model }) => model === wantedModel(decision));
  if (wanted === undefined || wanted.usdPerMTok !== null) return wanted?.pCorrect;
  const priced = decision.ranking.filter(({ usdPerMTok }) => usdPerMTok !== null).map(({ pCorrect }) => pCorrect);
  return Math.min(wanted.pCorrect, Math.max(...priced));
}

/** Applies the core's rule for the dial: the cheapest model within it; ties go to the better one, then the first. */
function pickWithin(points: number, reference: number, wanted: RankedModel, { ranking }: Pick<Decision, 'ranking'>) {
  if (points === 0) return wanted;
  const { costOf } = costUnitOf(ranking);
  let pick = wanted;
  for (const model of ranking) {
    const [usd, least] = [costOf(model), costOf(pick)];
    if (usd === null || model.pCorrect < reference - points / 100) continue;
    if (least === null || usd < least || (usd === least && model.pCorrect > pick.pCorrect)) pick = model;
  }
  return pick;
}

/** Returns the picks along the dial, from cheap to best. */
export function dialStops(decision: Decision): DialStop[] {
  const name = wantedModel(decision);
  const wanted = decision.ranking.find(({ model }) => model === name);
  const reference = referenceOf(decision);
  if (wanted === undefined || reference === undefined) return [];
  const { costOf } = costUnitOf(decision.ranking);
  const stops: DialStop[] = [];
  for (const prefer of DIAL) {
    const pick = pickWithin(POINTS[prefer], reference, wanted, decision);
    const { model, pCorrect: p } = pick;
    const last = stops.at(-1);
    if (last?.model === model) last.to = prefer;
    else stops.push({ model, usd: costOf(pick), p, from: prefer, to: prefer });
  }
  return stops;
}

/** Returns the index of the stretch that contains a position of the dial. */
export const stopAt = (stops: readonly DialStop[], prefer: Prefer) =>
  stops.findIndex(({ to }) => DIAL.indexOf(prefer) <= DIAL.indexOf(to));
