// The table of prices: what a list of providers says, merged with what was known before.
import { ModelNames } from '../../dist/routing/names.js';

/** A larger change of a price is refused. */
export const MOST_CHANGE = 1.6;

/** Providers that make models, with the owner in OpenRouter's names. Their own prices go first. */
const VENDORS = {
  anthropic: 'anthropic',
  arcee: 'arcee-ai',
  cohere: 'cohere',
  deepseek: 'deepseek',
  google: 'google',
  minimax: 'minimax',
  mistral: 'mistralai',
  moonshotai: 'moonshotai',
  openai: 'openai',
  perplexity: 'perplexity',
  'x-ai': 'x-ai',
  zai: 'z-ai',
};
/** Prices that were converted from another currency: only for models that nobody lists in US dollars. */
const CONVERTED = { zhipuai: 'z-ai' };
const ROUTER = 'openrouter';
/** Hosts of models with open weights, in this order: only for models that neither their maker nor OpenRouter lists. */
const HOSTS = [
  ...['doubleword', 'baseten', 'novita', 'together', 'cloudflare', 'avian', 'arcee', 'ovhcloud'],
  ...['nebius', 'nscale', 'novita', 'together', 'sambanova', 'publicai', 'hyperbolic'].map((id) => `huggingface_${id}`),
  'quicksilverpro',
];
/** Owners as hosts write them, and as OpenRouter does. */
const OWNERS = {
  'deepseek-ai': 'deepseek',
  minimaxai: 'minimax',
  primeintellect: 'prime-intellect',
  'zai-org': 'z-ai',
};
/** Owners of models that a host lists by their bare name, by its beginning. */
const FAMILIES = {
  anthropic: ['claude'],
  cohere: ['command'],
  deepseek: ['deepseek'],
  google: ['gemini', 'gemma'],
  'meta-llama': ['llama-'],
  meta: ['muse'],
  microsoft: ['phi-'],
  mistralai: ['codestral', 'devstral', 'magistral', 'ministral', 'mistral', 'mixtral'],
  moonshotai: ['kimi'],
  openai: ['chatgpt', 'codex', 'gpt', 'o1', 'o3', 'o4'],
  qwen: ['qwen'],
  'x-ai': ['grok'],
  'z-ai': ['glm'],
};
const ownerOf = (model) =>
  Object.entries(FAMILIES).find(([, starts]) => starts.some((start) => model.startsWith(start)))?.[0];

/** Variants that are other offers than the model at its price. */
const VARIANT = /:(?:free|batch|nitro|floor|online|extended|exacto)$|\.ft-$|^ft:|-maas$/;
/** The weakest likeness by which a vendor's name is taken as OpenRouter's: an undated one. */
const MOST_GRADE = 6;

/** Returns the price that is valid on a day at any hour: the latest start. Prices of some hours are left out. */
function validOn(prices, day) {
  if (!Array.isArray(prices)) return { price: prices, others: false };
  let valid = prices.find(({ constraint }) => constraint === undefined)?.prices;
  let start = '';
  for (const { constraint, prices: later } of prices) {
    if (constraint?.type !== 'start_date' || constraint.start_date > day || constraint.start_date < start) continue;
    valid = later;
    start = constraint.start_date;
  }
  return { price: valid, others: prices.some(({ constraint }) => constraint?.type === 'time_of_date') };
}

const baseOf = (price) => (typeof price === 'object' && price !== null ? price.base : price);
const isTiered = (price) => typeof price === 'object' && price !== null;
const isPrice = (usd) => typeof usd === 'number' && Number.isFinite(usd) && usd >= 0;

function entryOf({ id, prices }, provider, list) {
  const { price, others } = validOn(prices, list.date);
  const [input, output, cacheRead] = [price?.input_mtok, price?.output_mtok, price?.cache_read_mtok].map(baseOf);
  if (!isPrice(input) || !isPrice(output) || (input === 0 && output === 0)) return undefined;
  const tiered = others || [price.input_mtok, price.output_mtok].some(isTiered);
  return {
    in: input,
    out: output,
    ...(isPrice(cacheRead) && { cacheRead }),
    ...(tiered && { tiered }),
    date: list.date,
    source: `genai-prices ${list.version} ${provider}:${id}`,
  };
}

/** Writes a vendor's name as OpenRouter would: `claude-opus-5-5` is `anthropic/claude-opus-5.5`. */
function nameOf(owner, id) {
  const undated = id.toLowerCase().replace(/-(?:20\d{6}|20\d\d-\d\d-\d\d|latest)$/, '');
  const dotted = owner === 'anthropic' ? undated.replace(/-(\d)-(\d)(?!\d)/, '-$1.$2').replace(/\.0$/, '') : undated;
  return `${owner}/${dotted}`;
}

/** Writes a host's name as OpenRouter would; undefined if its maker is not known. */
function hostedName(id) {
  const parts = id
    .toLowerCase()
    .replace(/-(?:fp8|nvfp4)$/, '')
    .split('/');
  const model = parts.pop();
  const owner = parts.pop() ?? ownerOf(model);
  return owner === undefined ? undefined : `${OWNERS[owner] ?? owner}/${model}`;
}

/** Returns the prices of a list of providers, by OpenRouter's names, and how many entries were skipped. */
export function listedPrices(providers, list) {
  const found = new Map();
  let skipped = 0;
  const routed = providers.find(({ id }) => id === ROUTER)?.models ?? [];
  const names = new ModelNames(
    routed.filter(({ id }) => id.includes('/') && !VARIANT.test(id)).map(({ id }) => ({ name: id })),
  );
  const add = (provider, nameIn) => {
    const { models = [] } = providers.find(({ id }) => id === provider) ?? {};
    // Without a fixed order, two dated versions of one model could take turns.
    for (const model of [...models].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const entry = VARIANT.test(model.id) ? undefined : entryOf(model, provider, list);
      if (entry === undefined) {
        skipped += 1;
        continue;
      }
      const name = nameIn(model.id);
      if (name !== undefined && !found.has(name)) found.set(name, entry);
    }
  };
  const addMaker = (provider, owner) =>
    add(provider, (id) => {
      if (id.includes('/')) return undefined; // A model of another maker, which this one hosts.
      const other = names.find(id);
      if (other !== null && !other.model.startsWith(`${owner}/`)) return undefined;
      const name = nameOf(owner, id);
      const known = names.find(name) ?? names.find(`${owner}/${id}`);
      return known !== null && known.grade <= MOST_GRADE ? known.model : name;
    });
  for (const [provider, owner] of Object.entries(VENDORS)) addMaker(provider, owner);
  add(ROUTER, (id) => {
    const owner = id.includes('/') ? undefined : ownerOf(id);
    return owner === undefined ? id : `${owner}/${id}`;
  });
  for (const [provider, owner] of Object.entries(CONVERTED)) addMaker(provider, owner);
  for (const provider of HOSTS) {
    const known = new ModelNames([...found.keys()].map((name) => ({ name })));
    add(provider, (id) => {
      const name = hostedName(id);
      return name === undefined || known.find(name) !== null || known.ambiguous(name).length > 0 ? undefined : name;
    });
  }
  return { models: Object.fromEntries(found), skipped };
}

/**
 * Returns the table with the models that only an older list has, `{ date, models: { [name]: { in, out, cache_read?, src } } }`,
 * with its date.
 */
export function withOlder(table, older) {
  const find = priceFinder(table);
  const added = Object.entries(older.models).flatMap(([name, price]) => {
    if (find(name) !== null) return [];
    const { in: input, out: output, cache_read: cacheRead, src: source } = price;
    return [[name, { in: input, out: output, ...(isPrice(cacheRead) && { cacheRead }), date: older.date, source }]];
  });
  return refreshed(table, Object.fromEntries(added), table.list);
}

/** Returns the table with new prices: models that are no longer listed stay as they were. */
export function refreshed(before, models, list) {
  const all = { ...before?.models, ...models };
  const sorted = Object.keys(all).sort();
  return {
    currency: 'USD',
    unit: 'per million tokens',
    list,
    models: Object.fromEntries(sorted.map((name) => [name, all[name]])),
  };
}

/** Returns the prices that moved by more than MOST_CHANGE. */
export function movesOf(before, after) {
  const moves = [];
  for (const [model, price] of Object.entries(after.models)) {
    const last = before?.models[model];
    if (last === undefined) continue;
    const words = ['in', 'out'].flatMap((side) => {
      const [from, to] = [last[side], price[side]];
      const isFar = from === 0 || to === 0 ? from !== to : Math.max(from / to, to / from) > MOST_CHANGE;
      return isFar ? [`${side} ${from} -> ${to}`] : [];
    });
    if (words.length > 0) moves.push({ model, words: `${words.join(', ')} (${last.source} -> ${price.source})` });
  }
  return moves;
}

/** Returns the text of the file: one model a line, so that a change reads well. */
export function writtenTable({ models, ...head }) {
  const lines = Object.entries(models).map(([name, entry]) => `    ${JSON.stringify(name)}: ${JSON.stringify(entry)}`);
  const start = JSON.stringify(head, null, 2).slice(0, -2);
  return `${start},\n  "models": {\n${lines.join(',\n')}\n  }\n}\n`;
}

/**
 * Returns a function that finds the price of a model by any of its names: `{ in, out, cacheRead?, tiered?, date, source }`,
 * or null. The price of `model:thinking` is that of `model`, if it has none of its own.
 */
export function priceFinder({ models }) {
  const names = new ModelNames(Object.keys(models).map((name) => ({ name })));
  return (model) => {
    const name = names.resolve(model) ?? names.resolve(model.replace(/:thinking$/, ''));
    return name === null ? null : models[name];
  };
}
