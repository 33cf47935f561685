/**
 * Reads lists of prices in the shapes that exist: OpenRouter's and Vercel's models, models.dev, LiteLLM's map,
 * genai-prices, the project's own table, a plain object, and CSV.
 */
import { type Fields, field, isObject, numberField, textField } from '../files/fields.js';
import { checkOptions, described, invalid, type Keys, must } from '../options.js';
import { dayOf } from './days.js';
import { csvPrices } from './price-csv.js';

/** One price of a list, by the list's own name of the model. */
export interface ListedPrice {
  name: string;
  /** US dollars per million tokens; of several tiers the lowest, without batches and free variants. */
  in: number;
  out: number;
  cacheRead?: number | undefined;
  /** `true` if long prompts or some hours cost more. */
  tiered?: true | undefined;
  /** Day of the price, YYYY-MM-DD, if the list states one for it. */
  date?: string | undefined;
  /** Provider that asks this price, if the list names it. */
  provider?: string | undefined;
  /** Source of the price, if the list states one. */
  source?: string | undefined;
  huggingFaceId?: string | undefined;
}

/** The shapes that are told apart. */
export type PriceListKind = 'OpenRouter' | 'models.dev' | 'LiteLLM' | 'genai-prices' | 'plain' | 'CSV';

/** A price list as `readPriceList` returns it. */
export interface PriceList {
  kind: PriceListKind;
  /** Day of the list, YYYY-MM-DD: its own, or else `asOf`; `null` if neither is known. */
  date: string | null;
  prices: ListedPrice[];
  /** Entries without a usable price: free variants, batches, prices that depend, other units, audio and images. */
  ignored: number;
}

/** Options of `readPriceList`. */
export interface PriceListOptions {
  /** Day on which the list was fetched, for lists that have no date: YYYY-MM-DD or a Date. */
  asOf?: string | Date | undefined;
}

/** Prices of a real model, in US dollars per million tokens, lie between these. */
const LEAST_USD = 1e-3;
const MOST_USD = 1e4;
/** Larger lists are refused: the largest real one has some 4,000 entries. */
const MOST_ENTRIES = 50_000;
const MOST_CHARACTERS = 1 << 26;
const MOST_SOURCE = 200;
const PER_MILLION = 1e6;

/** Offers other than the model at its usual price. */
const OTHER_OFFER = /:(?:free|batch|nitro|floor|online|extended|exacto)$/;

/** Multiplies to the twelve digits that survive it. */
const scaled = (usd: number, by: number) => Number((usd * by).toPrecision(12));

const OPTIONS: Keys<PriceListOptions> = {
  asOf: must((value) => dayOf(value) !== undefined, 'a Date or a text YYYY-MM-DD'),
};

/** Prices as a list has them. */
export type RawPrice = { name: string | undefined } & {
  [Key in keyof Omit<ListedPrice, 'name'>]?: ListedPrice[Key] | undefined;
};

/** Result of a reader of one shape. */
export interface RawList {
  kind: PriceListKind;
  entries: RawPrice[];
  /** Factor from the list's unit to US dollars per million tokens. */
  unit: number;
  date?: string | undefined;
  /** `true` if 0 is a price, as for a user's own model; in lists of third parties it is a trial. */
  hasFree?: boolean | undefined;
}

const entriesOf = (of: unknown): [string, unknown][] => (isObject(of) ? Object.entries(of) : []);

/** OpenRouter's `GET /api/v1/models`: texts in dollars a token. Vercel's AI Gateway has the same shape with other names. */
function readOpenRouter(json: unknown): RawList | undefined {
  const list = [json, field(json, 'data'), field(json, 'models')].find(Array.isArray);
  if (list === undefined || !list.some((entry: unknown) => isObject(field(entry, 'pricing')))) return undefined;
  const entries = list.map((entry: unknown) => ({
    name: textField(entry, 'id'),
    in: numberField(entry, 'pricing', 'prompt') ?? numberField(entry, 'pricing', 'input'),
    out: numberField(entry, 'pricing', 'completion') ?? numberField(entry, 'pricing', 'output'),
    cacheRead: numberField(entry, 'pricing', 'input_cache_read') ?? numberField(entry, 'pricing', 'cachedInputTokens'),
    huggingFaceId: textField(entry, 'hugging_face_id'),
    tiered: field(entry, 'pricing', 'overrides') === undefined ? undefined : (true as const),
  }));
  return { kind: 'OpenRouter', entries, unit: PER_MILLION };
}

/** models.dev's `api.json`: models by provider, numbers in dollars a million. */
function readModelsDev(json: unknown): RawList | undefined {
  const providers = entriesOf(json).filter(([, provider]) => isObject(field(provider, 'models')));
  const entries = providers.flatMap(([provider, of]) =>
    entriesOf(field(of, 'models')).map(([id, model]) => ({
      name: textField(model, 'id') ?? id,
      in: numberField(model, 'cost', 'input'),
      out: numberField(model, 'cost', 'output'),
      cacheRead: numberField(model, 'cost', 'cache_read'),
      tiered: Array.isArray(field(model, 'cost', 'tiers')) ? (true as const) : undefined,
      provider,
    })),
  );
  if (!entries.some((entry) => entry.in !== undefined)) return undefined;
  return { kind: 'models.dev', entries, unit: 1 };
}

/** LiteLLM's map: a model's name with dollars a token as numbers. */
function readLiteLlm(json: unknown): RawList | undefined {
  const priced = entriesOf(json).filter(([, model]) => field(model, 'input_cost_per_token') !== undefined);
  if (priced.length === 0) return undefined;
  const entries = priced
    .filter(([name]) => name !== 'sample_spec')
    .map(([name, model]) => {
      const isText = ['chat', 'completion', 'responses', undefined].includes(textField(model, 'mode'));
      return {
        name: isText ? name : undefined,
        in: numberField(model, 'input_cost_per_token'),
        out: numberField(model, 'output_cost_per_token'),
        cacheRead: numberField(model, 'cache_read_input_token_cost'),
        tiered: Object.keys(model as Fields).some((key) => /_above_\d+k_tokens$/.test(key))
          ? (true as const)
          : undefined,
        provider: textField(model, 'litellm_provider'),
      };
    });
  return { kind: 'LiteLLM', entries, unit: PER_MILLION };
}

/** A price of genai-prices: a number, or tiers with the price of the lowest as `base`. */
const baseOf = (price: Fields | undefined, key: string) => numberField(price, key) ?? numberField(price, key, 'base');

/** Returns the price that holds all day, of the latest start that is not after the list's own day. */
function currentPrice(prices: unknown, day: string | undefined): Fields | undefined {
  if (!Array.isArray(prices)) return isObject(prices) ? prices : undefined;
  let latest: { start: string; price: Fields | undefined } | undefined;
  for (const conditional of prices) {
    const price = field(conditional, 'prices');
    const constraint = field(conditional, 'constraint');
    const start = textField(constraint, 'start_date') ?? '';
    const isTimed = isObject(constraint) && start === '';
    if (isTimed || !isObject(price) || (day !== undefined && start > day)) continue;
    if (latest === undefined || start >= latest.start) latest = { start, price };
  }
  return latest?.price;
}

/** The data of genai-prices: a list of providers, in dollars a million. */
function readGenaiPrices(json: unknown, asOf: string | undefined): RawList | undefined {
  if (!Array.isArray(json) || !json.some((provider) => Array.isArray(field(provider, 'models')))) return undefined;
  const entries = json.flatMap((provider) => {
    const models = field(provider, 'models');
    return (Array.isArray(models) ? models : []).map((model: unknown) => {
      const date = dayOf(field(model, 'prices_checked'));
      const price = currentPrice(field(model, 'prices'), date ?? asOf);
      const isTiered = isObject(price) && ['input_mtok', 'output_mtok'].some((key) => isObject(price[key]));
      return {
        name: textField(model, 'id'),
        in: baseOf(price, 'input_mtok'),
        out: baseOf(price, 'output_mtok'),
        cacheRead: baseOf(price, 'cache_read_mtok'),
        tiered: isTiered ? (true as const) : undefined,
        date,
        provider: textField(provider, 'id'),
      };
    });
  });
  return { kind: 'genai-prices', entries, unit: 1 };
}

/** `{ model: { in, out } }` or `{ model: usd }`, perhaps as `models` beside a date: the project's own table is one. */
function readPlain(json: unknown): RawList | undefined {
  const models = isObject(field(json, 'models')) ? field(json, 'models') : json;
  const entries = entriesOf(models).flatMap(([name, price]) => {
    const of = (...keys: string[]) => keys.map((key) => numberField(price, key)).find((usd) => usd !== undefined);
    const one = typeof price === 'number' ? price : undefined;
    const [low, high] = [one ?? of('in', 'usdPerMTokIn'), one ?? of('out', 'usdPerMTokOut')];
    if (low === undefined && high === undefined) return [];
    const cacheRead = of('cacheRead', 'cache_read', 'usdPerMTokCacheRead');
    const tiered = field(price, 'tiered') === true ? (true as const) : undefined;
    const source = textField(price, 'source')?.slice(0, MOST_SOURCE);
    return [{ name, in: low, out: high, cacheRead, tiered, date: dayOf(field(price, 'date')), source }];
  });
  if (entries.length === 0) return undefined;
  const date = dayOf(field(json, 'date')) ?? dayOf(field(json, 'list', 'date'));
  return { kind: 'plain', entries, unit: 1, date, hasFree: true };
}

const isPrice = (usd: number | undefined): usd is number => usd !== undefined && usd >= 0;
const isInRange = (usd: number) => usd === 0 || (usd >= LEAST_USD && usd <= MOST_USD);

/** Refuses a list most of whose prices are out of range: its unit is not the one of its shape. */
function checkUnit(kind: PriceListKind, prices: readonly ListedPrice[]): void {
  const low = prices.filter((price) => Math.max(price.in, price.out) < LEAST_USD && price.in + price.out > 0);
  const high = prices.filter((price) => Math.max(price.in, price.out) > MOST_USD);
  for (const [wrong, unit] of [
    [low, 'per token'],
    [
      high,
      kind === 'OpenRouter' || kind === 'LiteLLM'
        ? 'per million tokens, in a list of prices per token'
        : 'in cents or less',
    ],
  ] as const) {
    const [first] = wrong;
    if (first === undefined || 2 * wrong.length <= prices.length) continue;
    throw invalid(
      `prices: '${first.name.slice(0, 80)}' would cost $${first.in} per million tokens, which looks like US dollars ${unit}; ` +
        `expected ${LEAST_USD} to ${MOST_USD} US dollars per million tokens`,
    );
  }
}

function usable({ kind, entries, unit, hasFree = false }: RawList): ListedPrice[] {
  const all = entries.flatMap((raw): ListedPrice[] => {
    const { name = '', in: input, out, cacheRead, ...rest } = raw;
    if (name === '' || OTHER_OFFER.test(name) || !isPrice(input) || !isPrice(out)) return [];
    if (!hasFree && input === 0 && out === 0) return [];
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    return [
      {
        name,
        in: scaled(input, unit),
        out: scaled(out, unit),
        ...(isPrice(cacheRead) && { cacheRead: scaled(cacheRead, unit) }),
        ...given,
      },
    ];
  });
  checkUnit(kind, all);
  return all.filter((price) => isInRange(price.in) && isInRange(price.out));
}

/** Returns the prices with each name and provider once. Errors: two prices of one name in a list of the user's own. */
function onceEach(kind: PriceListKind, prices: readonly ListedPrice[]): ListedPrice[] {
  const found = new Map<string, ListedPrice>();
  for (const price of prices) {
    const key = JSON.stringify([price.name, price.provider]);
    const before = found.get(key);
    if (before === undefined) found.set(key, price);
    else if (kind === 'CSV' && (before.in !== price.in || before.out !== price.out)) {
      const [a, b] = [before, price].map((of) => `${of.in} / ${of.out}`);
      throw invalid(`prices: '${price.name.slice(0, 80)}' has two prices, ${a} and ${b}`);
    }
  }
  return [...found.values()];
}

function parsed(list: unknown): unknown {
  if (typeof list !== 'string') return list;
  if (list.length > MOST_CHARACTERS) {
    throw invalid(`the price list has ${list.length} characters, expected at most ${MOST_CHARACTERS}`);
  }
  if (!/^\s*[[{]/.test(list)) return list;
  try {
    return JSON.parse(list);
  } catch (cause) {
    throw invalid(`the price list is not JSON: ${(cause as Error).message}`, cause);
  }
}

/**
 * Reads a price list: an object, or its text (JSON or CSV). OpenRouter's `/api/v1/models`, models.dev's `api.json`,
 * LiteLLM's map, the data of genai-prices, `{ model: { in, out } }` and CSV are told apart by their shape.
 * Errors: `invalid_argument` for other shapes, lists without a price, and prices in another unit.
 *
 * @example
 * ```ts
 * const response = await fetch('https://openrouter.ai/api/v1/models');
 * const { prices } = matchPrices(router.info.models, readPriceList(await response.json(), { asOf: new Date() }));
 * const decision = await router.route(prompt, { prices });
 * ```
 */
export function readPriceList(list: unknown, options: PriceListOptions = {}): PriceList {
  checkOptions(options, OPTIONS);
  const asOf = dayOf(options.asOf);
  const json = parsed(list);
  const raw =
    typeof json === 'string'
      ? csvPrices(json)
      : (readOpenRouter(json) ??
        readGenaiPrices(json, asOf) ??
        readModelsDev(json) ??
        readLiteLlm(json) ??
        readPlain(json));
  if (raw === undefined) {
    throw invalid(
      `no prices in ${described(list)}: expected a response from OpenRouter's /api/v1/models, models.dev's api.json, ` +
        "LiteLLM's map, the data of genai-prices, { model: { in, out } } or CSV with the columns model, in, out",
    );
  }
  if (raw.entries.length > MOST_ENTRIES) {
    throw invalid(`the price list has ${raw.entries.length} entries, expected at most ${MOST_ENTRIES}`);
  }
  const prices = onceEach(raw.kind, usable(raw));
  if (prices.length === 0) throw invalid(`no prices: none of ${raw.entries.length} entries has a usable price`);
  return { kind: raw.kind, date: raw.date ?? asOf ?? null, prices, ignored: raw.entries.length - prices.length };
}
