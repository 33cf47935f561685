/** Quality against price: the models worth their price, and the pick at each position of the dial. */
import type { Decision } from 'signalbox';
import { DIAL, POINTS, type Prefer } from './settings.js';

/** A model with a price and a predicted quality. */
export interface PricedModel {
  model: string;
  /** Blended price, >= 0. */
  usdPerMTok: number;
  /** Predicted or measured share of correct answers, 0..1. */
  p: number;
  interval: readonly [low: number, high: number];
}

const cheaperFirst = (a: PricedModel, b: PricedModel) => a.usdPerMTok - b.usdPerMTok || b.p - a.p;

/** Returns the candidates that have a price, cheapest first; of equal prices the better one first. */
export function pricedModels({ ranking }: Pick<Decision, 'ranking'>): PricedModel[] {
  return ranking
    .flatMap(({ model, usdPerMTok, pCorrect: p, interval }) =>
      usdPerMTok === null || !Number.isFinite(p) ? [] : [{ model, usdPerMTok, p, interval }],
    )
    .sort(cheaperFirst);
}

const isSame = (a: PricedModel, b: PricedModel) =>
  a.usdPerMTok === b.usdPerMTok && a.p === b.p && a.interval[0] === b.interval[0] && a.interval[1] === b.interval[1];

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
    const isEqual = last?.p === next.p && last.usdPerMTok === next.usdPerMTok;
    if (last === undefined || next.p > last.p || isEqual) frontier.push(next);
  }
  return frontier;
}

/** Returns the best model of the frontier that costs no more than `model`. */
export const beats = (frontier: readonly PricedModel[], model: PricedModel) =>
  frontier.filter(({ usdPerMTok }) => usdPerMTok <= model.usdPerMTok).at(-1);

/** Returns the model that the policy wants if prices do not count. */
export const wantedModel = ({ fallback, bestSingleModel, challenger }: Decision) =>
  fallback ? bestSingleModel : challenger;

/** A stretch of the dial, both ends included, over which the pick stays the same. */
export interface DialStop {
  model: string;
  usdPerMTok: number | null;
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
function pickWithin(
  points: number,
  reference: number,
  wanted: Decision['ranking'][number],
  ranking: Decision['ranking'],
) {
  if (points === 0) return wanted;
  let pick = wanted;
  for (const model of ranking) {
    if (model.usdPerMTok === null || model.pCorrect < reference - points / 100) continue;
    const isCheaper = pick.usdPerMTok === null || model.usdPerMTok < pick.usdPerMTok;
    if (isCheaper || (model.usdPerMTok === pick.usdPerMTok && model.pCorrect > pick.pCorrect)) pick = model;
  }
  return pick;
}

/** Returns the picks along the dial, from cheap to best. */
export function dialStops(decision: Decision): DialStop[] {
  const name = wantedModel(decision);
  const wanted = decision.ranking.find(({ model }) => model === name);
  const reference = referenceOf(decision);
  if (wanted === undefined || reference === undefined) return [];
  const stops: DialStop[] = [];
  for (const prefer of DIAL) {
    const { model, usdPerMTok, pCorrect } = pickWithin(POINTS[prefer], reference, wanted, decision.ranking);
    const last = stops.at(-1);
    if (last?.model === model) last.to = prefer;
    else stops.push({ model, usdPerMTok, p: pCorrect, from: prefer, to: prefer });
  }
  return stops;
}

/** Returns the index of the stretch that contains a position of the dial. */
export const stopAt = (stops: readonly DialStop[], prefer: Prefer) =>
  stops.findIndex(({ to }) => DIAL.indexOf(prefer) <= DIAL.indexOf(to));
