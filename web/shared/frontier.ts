/** Quality against price: which models are worth their price, and which one each place of the dial picks. */
import type { Decision } from 'signalbox';
import { qualityBarOf } from './settings.js';

/** A model with a price, and what is predicted of it. */
export interface PricedModel {
  model: string;
  /** Blended; >= 0. */
  usdPerMTok: number;
  /** Predicted (or measured) share of right answers, 0..1. */
  p: number;
  interval: readonly [low: number, high: number];
}

const cheaperFirst = (a: PricedModel, b: PricedModel) => a.usdPerMTok - b.usdPerMTok || b.p - a.p;

/** The candidates that have a price, cheapest first, the better of two with the same price first. */
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
 * The same list as `next`, of the objects of `last` where nothing changed; `last` itself where nothing did at all. The
 * dial makes a new decision with each step and changes no prediction: what is drawn of these is not drawn anew.
 */
export function keepSame(last: readonly PricedModel[], next: readonly PricedModel[]): readonly PricedModel[] {
  const known = new Map(last.map((point) => [point.model, point]));
  const kept = next.map((point) => {
    const before = known.get(point.model);
    return before !== undefined && isSame(before, point) ? before : point;
  });
  return kept.length === last.length && kept.every((point, i) => point === last[i]) ? last : kept;
}

/** Those that nothing beats: no other one is cheaper and as good, or better for the same price. Cheapest first; equals all stay. */
export function frontierOf(models: readonly PricedModel[]): PricedModel[] {
  const frontier: PricedModel[] = [];
  for (const next of [...models].sort(cheaperFirst)) {
    const last = frontier.at(-1);
    const isEqual = last?.p === next.p && last.usdPerMTok === next.usdPerMTok;
    if (last === undefined || next.p > last.p || isEqual) frontier.push(next);
  }
  return frontier;
}

/** The best one that costs no more. */
export const beats = (frontier: readonly PricedModel[], model: PricedModel) =>
  frontier.filter(({ usdPerMTok }) => usdPerMTok <= model.usdPerMTok).at(-1);

/** What the policy wants where prices do not count. */
export const wantedModel = ({ fallback, bestSingleModel, challenger }: Decision) =>
  fallback ? bestSingleModel : challenger;

/** A stretch of the dial, both ends included, on which one model is the pick. */
export interface DialStop {
  model: string;
  usdPerMTok: number | null;
  p: number;
  from: number;
  to: number;
}

/** The rule of the core's quality bar: the cheapest model within it, of equally cheap ones the best, then the first. */
function pickWithin(bar: number, wanted: Decision['ranking'][number], ranking: Decision['ranking']) {
  const least = wanted.pCorrect - bar;
  let pick = wanted;
  for (const model of ranking) {
    if (model.usdPerMTok === null || model.pCorrect < least) continue;
    const isCheaper = pick.usdPerMTok === null || model.usdPerMTok < pick.usdPerMTok;
    if (isCheaper || (model.usdPerMTok === pick.usdPerMTok && model.pCorrect > pick.pCorrect)) pick = model;
  }
  return pick;
}

/** The dial from cheapest to best as the picks along it; always at least one where there is a decision. */
export function dialStops(decision: Decision): DialStop[] {
  const name = wantedModel(decision);
  const wanted = decision.ranking.find(({ model }) => model === name);
  if (wanted === undefined) return [];
  const stops: DialStop[] = [];
  for (let dial = 0; dial <= 100; dial += 1) {
    const { model, usdPerMTok, pCorrect } = pickWithin(qualityBarOf(dial), wanted, decision.ranking);
    const last = stops.at(-1);
    if (last?.model === model) last.to = dial;
    else stops.push({ model, usdPerMTok, p: pCorrect, from: dial, to: dial });
  }
  return stops;
}

/** Which stretch a place of the dial is in. */
export const stopAt = (stops: readonly DialStop[], dial: number) => stops.findIndex(({ to }) => dial <= to);
