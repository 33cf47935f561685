/** The user's settings: candidates, prices, and how much quality to give up for a lower price. All plain data. */
import type { IndexInfo, Price, RouteOptions } from 'signalbox';

/** The positions of the dial, and the points of predicted correctness that each gives up for a lower price. */
export const DIAL = ['cheap', 'balanced', 'best'] as const;
export type Prefer = (typeof DIAL)[number];
export const POINTS: Readonly<Record<Prefer, number>> = { cheap: 5, balanced: 2, best: 0 };

export interface Settings {
  /** The position of the dial. */
  prefer: Prefer;
  /** Models that are not candidates. */
  excluded: readonly string[];
  /** Prices that replace the benchmark's. */
  prices: Readonly<Record<string, Price>>;
  /** Whether only models with a price are candidates. */
  pricedOnly: boolean;
}

export const DEFAULT_SETTINGS: Settings = { prefer: 'balanced', excluded: [], prices: {}, pricedOnly: false };

/** Describes a position of the dial, on screen and for screen readers. */
export function dialWords(prefer: Prefer): string {
  if (prefer === 'best') return 'the best model at any price';
  return `the cheapest model within ${POINTS[prefer]} points of the best`;
}

/** Returns the position for one of earlier versions, from 0 (cheapest) to 100 (best). */
export function preferOfDial(dial: number): Prefer {
  if (dial >= 100) return 'best';
  return dial >= 50 ? 'balanced' : 'cheap';
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
    prefer: settings.prefer,
    neighbours: 5,
  };
}
