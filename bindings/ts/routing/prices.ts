/** Reads prices from third-party lists: OpenRouter's models, LiteLLM's map. */
import { SignalboxError } from '../errors.js';
import { type Fields, field, isObject, numberField, textField } from '../files/fields.js';
import { type Check, described, textsOf, wrongKind } from '../options.js';

export interface ModelPrice {
  usdPerMTokIn: number;
  usdPerMTokOut: number;
}

export interface MatchedPrices {
  prices: Map<string, ModelPrice>;
  /** Models of the benchmark without a price in the list. */
  unmatched: string[];
}

const PER_MILLION = 1e6;
/** Higher than any real price: the list must be in another unit. */
const MOST_USD_PER_MTOK = 1e5;

/** Dollars a token as dollars per million, to the twelve digits that survive the multiplication. */
const toMillion = (usd: number) => Number((usd * PER_MILLION).toPrecision(12));

function priceOf(input: number | undefined, output: number | undefined): ModelPrice | undefined {
  // OpenRouter's -1 stands for a price that depends on what its own router picks.
  if (input === undefined || output === undefined || input < 0 || output < 0) return undefined;
  const price = { usdPerMTokIn: toMillion(input), usdPerMTokOut: toMillion(output) };
  return Math.max(price.usdPerMTokIn, price.usdPerMTokOut) > MOST_USD_PER_MTOK ? undefined : price;
}

/** OpenRouter's `GET /api/v1/models`: prices as text, in dollars a token. */
function readOpenRouter(list: readonly unknown[]): [string, ModelPrice][] {
  return list.flatMap((entry) => {
    const id = textField(entry, 'id');
    const price = priceOf(numberField(entry, 'pricing', 'prompt'), numberField(entry, 'pricing', 'completion'));
    return id === undefined || price === undefined ? [] : [[id, price] as [string, ModelPrice]];
  });
}

/** LiteLLM's map: a model's name with dollars a token as numbers. */
function readLiteLlm(map: Fields): [string, ModelPrice][] {
  return Object.keys(map).flatMap((name) => {
    const price = priceOf(
      numberField(map, name, 'input_cost_per_token'),
      numberField(map, name, 'output_cost_per_token'),
    );
    return price === undefined ? [] : [[name, price] as [string, ModelPrice]];
  });
}

/** Errors: `invalid_argument` for what is neither list, or has no price. */
export function readPriceList(json: unknown): [string, ModelPrice][] {
  const data = field(json, 'data');
  const found = Array.isArray(data) ? readOpenRouter(data) : isObject(json) ? readLiteLlm(json) : [];
  if (found.length > 0) return found;
  throw new SignalboxError(
    'invalid_argument',
    "no prices: expected a response from OpenRouter's /api/v1/models, or LiteLLM's price map",
  );
}

/** Accepts a list of names with their prices. */
export const aPriceList: Check = (value, name) => {
  if (!Array.isArray(value) && !(value instanceof Map)) {
    throw wrongKind(value, name, 'a list of [model, { usdPerMTokIn, usdPerMTokOut }]: see readPriceList');
  }
  for (const entry of value as Iterable<unknown>) {
    const [model, price] = Array.isArray(entry) ? entry : [];
    const { usdPerMTokIn, usdPerMTokOut } = (price ?? {}) as Partial<ModelPrice>;
    const isPrice = [usdPerMTokIn, usdPerMTokOut].every((usd) => typeof usd === 'number' && usd >= 0);
    if (typeof model === 'string' && isPrice) continue;
    const which = typeof model === 'string' ? `the price of ${model}` : `an entry, ${described(entry)},`;
    throw new SignalboxError(
      'invalid_argument',
      `${name}: ${which} is not [model, { usdPerMTokIn, usdPerMTokOut }] with numbers >= 0`,
    );
  }
};

/**
 * The prices of these models, by name without regard to case: the whole name first, then what follows its last slash, as long as
 * all entries of that ending agree.
 */
export function matchPrices(models: readonly string[], list: readonly [string, ModelPrice][]): MatchedPrices {
  textsOf(models, 'models');
  aPriceList(list, 'the price list');
  const whole = new Map<string, ModelPrice>();
  const endings = new Map<string, ModelPrice | null>();
  const endingOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);
  for (const [name, price] of list) {
    const lower = name.toLowerCase();
    if (!whole.has(lower)) whole.set(lower, price);
    const ending = endingOf(lower);
    const other = endings.get(ending);
    const agrees =
      other === undefined ||
      (other?.usdPerMTokIn === price.usdPerMTokIn && other.usdPerMTokOut === price.usdPerMTokOut);
    endings.set(ending, agrees ? price : null);
  }
  const prices = new Map<string, ModelPrice>();
  const unmatched: string[] = [];
  for (const model of models) {
    const lower = model.toLowerCase();
    const price = whole.get(lower) ?? endings.get(endingOf(lower));
    if (price === undefined || price === null) unmatched.push(model);
    else prices.set(model, price);
  }
  return { prices, unmatched };
}
