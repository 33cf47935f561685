/** What a person sets: candidates, prices, and how much quality a lower price is worth. All of it is plain data. */
import type { IndexInfo, Price, RouteOptions } from 'signalbox';

export interface Settings {
  /** 0 cheapest .. 100 best. */
  dial: number;
  /** Models that are no candidates. */
  excluded: readonly string[];
  /** Prices that replace those of the benchmark. */
  prices: Readonly<Record<string, Price>>;
  /** Whether only models with a price are candidates. */
  pricedOnly: boolean;
}

export const DEFAULT_SETTINGS: Settings = { dial: 75, excluded: [], prices: {}, pricedOnly: false };

/** Predicted correctness that is given up for a lower price, 0..1: fine steps near "best", everything at "cheapest". */
export const qualityBarOf = (dial: number) => (dial <= 0 ? 1 : 0.5 * ((100 - Math.min(dial, 100)) / 100) ** 2);

/** What the dial means, for eyes and screen readers. */
export function dialWords(dial: number): string {
  if (dial >= 100) return 'the best, whatever it costs';
  if (dial <= 0) return 'the cheapest, whatever it knows';
  const points = 100 * qualityBarOf(dial);
  const given = points < 1 ? points.toFixed(1) : String(Math.round(points));
  return `gives up at most ${given} ${given === '1' ? 'point' : 'points'} for a lower price`;
}

type Model = IndexInfo['models'][number];

/** The model's price, with what the person set. */
export function priceOf(model: Model, { prices }: Pick<Settings, 'prices'>): { in: number; out: number } | null {
  const set = Object.hasOwn(prices, model.name) ? prices[model.name] : undefined;
  if (set !== undefined) return typeof set === 'number' ? { in: set, out: set } : set;
  const { usdPerMTokIn: low, usdPerMTokOut: high } = model;
  return low === null || high === null ? null : { in: low, out: high };
}

/** One number: input and output tokens blended 3 : 1, as the router does. */
export const blendedPrice = (price: { in: number; out: number } | null) =>
  price === null ? null : (3 * price.in + price.out) / 4;

export function isCandidate(model: Model, settings: Settings): boolean {
  if (settings.excluded.includes(model.name)) return false;
  return !settings.pricedOnly || priceOf(model, settings) !== null;
}

/** The settings as the router takes them. What names no model of this index is left out: settings outlive a benchmark. */
export function routeOptionsOf(settings: Settings, { models }: Pick<IndexInfo, 'models'>): RouteOptions {
  const denied = models.filter((model) => !isCandidate(model, settings)).map(({ name }) => name);
  const known = new Set(models.map(({ name }) => name));
  return {
    candidates: { deny: denied },
    prices: Object.fromEntries(Object.entries(settings.prices).filter(([name]) => known.has(name))),
    qualityBar: qualityBarOf(settings.dial),
  };
}
