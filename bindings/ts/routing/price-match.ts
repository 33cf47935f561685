/** Finds the prices of an index's models in a price list, whatever names the list has for them. */
import { isObject } from '../files/fields.js';
import { type Check, described, invalid, must, wrongKind } from '../options.js';
import type { DatedPrice, ModelInfo } from '../types.js';
import { ModelNames, makerOf, type NamedModel } from './names.js';
import type { ListedPrice, PriceList } from './price-list.js';

/** Prices of models by the names of an index; see `matchPrices`. */
export interface MatchedPrices {
  /** By the index's names, as the option `prices` takes them. */
  prices: Record<string, DatedPrice>;
  /** Models without a price in the list. */
  unmatched: string[];
  /** How many prices of the list are of other models. */
  ignored: number;
  /** Day of the list, YYYY-MM-DD. */
  date: string | null;
}

const isPrice = (value: unknown) => typeof value === 'number' && value >= 0 && Number.isFinite(value);

/** Accepts what `readPriceList` returns. */
export const aPriceList: Check = (value, name) => {
  const expected = 'the result of readPriceList: { prices: [{ name, in, out }] }';
  if (!isObject(value) || !Array.isArray(value.prices)) throw wrongKind(value, name, expected);
  for (const entry of value.prices as unknown[]) {
    if (isObject(entry) && typeof entry.name === 'string' && isPrice(entry.in) && isPrice(entry.out)) continue;
    const which = isObject(entry) && typeof entry.name === 'string' ? `the price of ${entry.name}` : described(entry);
    throw invalid(`${name}: ${which} is not { name, in, out } with numbers >= 0`);
  }
};

const modelsOf = must(
  (value) => Array.isArray(value) && value.every((model) => typeof (model?.name ?? model) === 'string'),
  'a list of names, or of models as info.models has them',
);

/** A price of the list that may be a model's, and how good a source it is; lower is better. */
interface Candidate {
  price: ListedPrice;
  rank: number;
  grade: number;
}

/** Ranks who asks a price: the maker, then OpenRouter, then other hosts. */
function rankOf(price: ListedPrice, model: string): number {
  if (price.provider === undefined || makerOf(`${price.provider}/`) === makerOf(model)) return 0;
  return price.provider === 'openrouter' ? 1 : 2;
}

/** Returns the best of a model's prices; `undefined` if equally good ones differ, and nobody says who asks them. */
function bestOf(candidates: readonly Candidate[]): ListedPrice | undefined {
  const order = (a: Candidate, b: Candidate) => a.rank - b.rank || a.grade - b.grade;
  const [first, ...others] = [...candidates].sort(order);
  if (first === undefined) return undefined;
  const equals = others.filter((other) => order(first, other) === 0);
  const differs = equals.some(({ price }) => price.in !== first.price.in || price.out !== first.price.out);
  if (!differs) return first.price;
  if ([first, ...equals].some(({ price }) => price.provider === undefined)) return undefined;
  // Hosts differ in price, and users can choose the cheapest one.
  const cost = ({ price }: Candidate) => 3 * price.in + price.out;
  return equals.reduce((least, next) => (cost(next) < cost(least) ? next : least), first).price;
}

/** Names a third-party list and its provider. */
function sourceOf(kind: PriceList['kind'], provider: string | undefined): string | undefined {
  if (kind === 'plain' || kind === 'CSV') return undefined;
  return provider === undefined ? kind : `${kind} (${provider})`;
}

/**
 * Returns the prices of these models: the maker's own before OpenRouter's before other hosts', and a faithful name
 * before a loose one (see `Router.resolve`). A model `x:thinking` without a price of its own has that of `x`.
 * Errors: `invalid_argument`.
 *
 * @example
 * ```js
 * const list = readPriceList({ 'openai/gpt-5.4': { in: 2.5, out: 15 } });
 * const { prices, unmatched } = matchPrices(router.info.models, list);
 * console.log(Object.keys(prices).length, unmatched.length);
 * ```
 */
export function matchPrices(models: readonly (string | ModelInfo)[], list: PriceList): MatchedPrices {
  modelsOf(models, 'models');
  aPriceList(list, 'the price list');
  const known = models.map((model): NamedModel => {
    if (typeof model === 'string') return { name: model };
    const { aliases, huggingFaceId } = model.record ?? {};
    return { name: model.name, aliases, huggingFaceId };
  });
  const names = new ModelNames(known);
  const found = new Map<string, Candidate[]>();
  let ignored = 0;
  for (const price of list.prices) {
    const asked = [price.name, price.huggingFaceId].flatMap((name) => (name === undefined ? [] : [names.find(name)]));
    const [best] = asked.filter((one) => one !== null).sort((a, b) => a.grade - b.grade);
    if (best === undefined) {
      ignored += 1;
      continue;
    }
    const candidate = { price, rank: rankOf(price, best.model), grade: best.grade };
    found.set(best.model, [...(found.get(best.model) ?? []), candidate]);
  }
  const date = list.date ?? null;
  const prices: Record<string, DatedPrice> = {};
  const unmatched: string[] = [];
  for (const { name } of known) {
    const price = bestOf(found.get(name) ?? []) ?? bestOf(found.get(name.replace(/:thinking$/, '')) ?? []);
    if (price === undefined) {
      unmatched.push(name);
      continue;
    }
    const { in: input, out, cacheRead } = price;
    const source = price.source ?? sourceOf(list.kind, price.provider);
    const day = price.date ?? date;
    const entry: DatedPrice = {
      in: input,
      out,
      ...(cacheRead !== undefined && { cacheRead }),
      ...(day !== null && { date: day }),
      ...(source !== undefined && { source }),
    };
    Object.defineProperty(prices, name, { value: entry, enumerable: true, configurable: true, writable: true });
  }
  return { prices, unmatched, ignored, date };
}
