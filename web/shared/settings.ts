/** The user's settings: candidates, prices, and how much quality to give up for a lower price. All plain data. */
import type { IndexInfo, Price, RouteOptions } from 'signalbox';

export interface Settings {
  /** From 0, cheapest, to 100, best. */
  dial: number;
  /** Models that are not candidates. */
  excluded: readonly string[];
  /** Prices that replace the benchmark's. */
  prices: Readonly<Record<string, Price>>;
  /** Whether only models with a price are candidates. */
  pricedOnly: boolean;
}

export const DEFAULT_SETTINGS: Settings = { dial: 75, excluded: [], prices: {}, pricedOnly: false };

/** Returns the predicted correctness that may be given up for a lower price, 0..1: fine steps near "best", all at "cheapest". */
export const qualityBarOf = (dial: number) => (dial <= 0 ? 1 : 0.5 * ((100 - Math.min(dial, 100)) / 100) ** 2);

/** Describes a position of the dial, on screen and for screen readers. */
export function dialWords(dial: number): string {
  if (dial >= 100) return 'the best model at any price';
  if (dial <= 0) return 'the cheapest model, however weak';
  const points = 100 * qualityBarOf(dial);
  const given = points < 1 ? points.toFixed(1) : String(Math.round(points));
  return `at most ${given} ${given === '1' ? 'point' : 'points'} below the best`;
}

type Model = IndexInfo['models'][number];

/** Returns the model's price: the user's, or else the benchmark's. */
export function priceOf(model: Model, { prices }: Pick<Settings, 'prices'>): { in: number; out: number } | null {
  const set = Object.hasOwn(prices, model.name) ? prices[model.name] : undefined;
  if (set !== undefined) return typeof set === 'number' ? { in: set, out: set } : set;
  const { usdPerMTokIn: low, usdPerMTokOut: high } = model;
  return low === null || high === null ? null : { in: low, out: high };
}

export function isCandidate(model: Model, settings: Settings): boolean {
  if (settings.excluded.includes(model.name)) return false;
  return !settings.pricedOnly || priceOf(model, settings) !== null;
}

/** Converts the settings to options of the router. Settings outlive a benchmark: models that it lacks are left out. */
export function routeOptionsOf(settings: Settings, { models }: Pick<IndexInfo, 'models'>): RouteOptions {
  const denied = models.filter((model) => !isCandidate(model, settings)).map(({ name }) => name);
  const known = new Set(models.map(({ name }) => name));
  return {
    candidates: { deny: denied },
    prices: Object.fromEntries(Object.entries(settings.prices).filter(([name]) => known.has(name))),
    qualityBar: qualityBarOf(settings.dial),
  };
}
