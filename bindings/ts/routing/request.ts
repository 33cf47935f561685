/** Turns the options of a call into the request of the core: names are resolved, patterns and filters become lists. */
import { SignalboxError } from '../errors.js';
import { wellFormed } from '../files/text.js';
import { checkOptions, invalid, isPlainObject, type Keys } from '../options.js';
import type { CascadeOptions, ExclusionReason, IndexInfo, ModelInfo, Price, RouteTaskOptions } from '../types.js';
import { exactJson } from '../wasm/exact-json.js';
import { ModelNames, makerOf } from './names.js';

type Models = Pick<IndexInfo, 'models'>;

/** Longer names are cut in messages. */
const MOST_SHOWN = 100;

const known = /* @__PURE__ */ new WeakMap<readonly ModelInfo[], ModelNames>();

/** Returns the names of an index's models, with their aliases. */
export function namesOf({ models }: Models): ModelNames {
  let names = known.get(models);
  if (names === undefined) {
    names = new ModelNames(
      models.map(({ name, record }) => ({ name, aliases: record?.aliases, huggingFaceId: record?.huggingFaceId })),
    );
    known.set(models, names);
  }
  return names;
}

function unknownModel(name: string, what: string, names: ModelNames): SignalboxError {
  const ambiguous = names.ambiguous(name);
  const near = ambiguous.length > 0 ? ambiguous.slice(0, 4) : names.nearest(name);
  const quoted = near.map((model) => `'${model}'`);
  const last = quoted.pop();
  const list = quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
  const shown = wellFormed(name.length > MOST_SHOWN ? `${name.slice(0, MOST_SHOWN)}...` : name);
  return new SignalboxError(
    'unknown_model',
    `${what} '${shown}'${last === undefined ? '' : `, did you mean ${list}?`}`,
  );
}

/** Returns the model that a name means. Errors: `unknown_model`, with the nearest names. */
export function modelOf(name: string, names: ModelNames): string {
  const model = names.resolve(name) ?? names.resolve(wellFormed(name));
  if (model !== null) return model;
  const what = names.ambiguous(name).length > 0 ? 'several models of the index may be' : 'the index has no model';
  throw unknownModel(name, what, names);
}

/** Returns the models that a pattern such as `anthropic/*` matches, in the index's order. Errors: `unknown_model`. */
function modelsMatching(pattern: string, { models }: Models, names: ModelNames): string[] {
  const parts = pattern.toLowerCase().split('*');
  const matches = (name: string) => {
    const [start = '', ...rest] = parts;
    if (!name.startsWith(start)) return false;
    let at = start.length;
    for (const [i, part] of rest.entries()) {
      const isLast = i === rest.length - 1;
      const found = isLast ? name.length - part.length : name.indexOf(part, at);
      if (found < at || !name.startsWith(part, found)) return false;
      at = found + part.length;
    }
    return true;
  };
  const found = models.filter(({ name }) => matches(name.toLowerCase())).map(({ name }) => name);
  if (found.length === 0) throw unknownModel(pattern, 'no model of the index matches', names);
  return found;
}

/** Returns the models of a list of names and patterns. Values that are not texts are left to the core, which refuses them. */
function expanded(list: readonly unknown[] | undefined, info: Models): unknown[] | undefined {
  return list?.flatMap((item) => {
    if (typeof item !== 'string') return [item];
    const names = namesOf(info);
    if (!item.includes('*') || names.resolve(item) !== null) return [modelOf(item, names)];
    return modelsMatching(item, info, names);
  });
}

/** Compares two dates by the parts that both have. */
function isBefore(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length) < b.slice(0, length);
}

const DISPLAY = /[^a-z0-9]+/g;
/** Writes a maker in one way: as the part of names before the slash. */
const plainMaker = (maker: string) => (makerOf(`${maker.trim().replace(/\s+/g, '-')}/`) ?? '').replace(DISPLAY, '');

/** Returns a model's maker under all its names: that of its record, and that of its own name. */
function makersOf({ name, record }: ModelInfo): string[] {
  return [record?.maker, makerOf(name)].flatMap((maker) => (maker === undefined ? [] : [plainMaker(maker)]));
}

type Filters = { [Key in 'released' | 'makers' | 'openWeights']: RouteTaskOptions[Key] | undefined };

/** Returns why a model does not pass the filters, if it does not. */
function reasonOf(
  model: ModelInfo,
  filters: Filters,
  makers: readonly string[] | undefined,
): ExclusionReason | undefined {
  const { released, openWeights } = filters;
  const { record } = model;
  if (released != null && (released.from ?? released.to) != null) {
    const day = record?.released;
    if (day === undefined) return 'unknown_released';
    if (released.from != null && isBefore(day, released.from)) return 'released_outside';
    if (released.to != null && isBefore(released.to, day)) return 'released_outside';
  }
  if (makers !== undefined) {
    const own = makersOf(model);
    if (own.length === 0) return 'unknown_maker';
    if (!own.some((maker) => makers.includes(maker))) return 'other_maker';
  }
  if (openWeights != null) {
    if (record?.openWeights === undefined) return 'unknown_open_weights';
    if (record.openWeights !== openWeights) return 'other_weights';
  }
  return undefined;
}

/** Errors: `invalid_argument` for a maker of no model. */
function checkMakers(makers: readonly string[], { models }: Models): string[] {
  const all = new Set(models.flatMap(makersOf));
  return makers.map((maker) => {
    const plain = plainMaker(maker);
    if (all.has(plain)) return plain;
    const some = [...new Set(models.flatMap(({ name }) => makerOf(name) ?? []))].sort().slice(0, 20);
    throw invalid(
      `makers: no model of the index is by '${maker.slice(0, MOST_SHOWN)}', expected some of ${some.join(', ')}`,
    );
  });
}

/** Returns the models that the filters exclude, by reason. */
function excludedBy(filters: Filters, info: Models): Partial<Record<ExclusionReason, string[]>> | undefined {
  const { released, makers, openWeights } = filters;
  if (released == null && makers == null && openWeights == null) return undefined;
  const wanted = makers == null ? undefined : checkMakers(makers, info);
  const excluded: Partial<Record<ExclusionReason, string[]>> = {};
  for (const model of info.models) {
    const reason = reasonOf(model, filters, wanted);
    if (reason === undefined) continue;
    const models = excluded[reason] ?? [];
    models.push(model.name);
    excluded[reason] = models;
  }
  return excluded;
}

/** Returns prices by the index's names, without what only decisions report. Errors: `unknown_model`, two for one model. */
function plainPrices(prices: Readonly<Record<string, Price>>, info: Models): [string, unknown][] {
  const found = new Map<string, string>();
  return Object.entries(prices).map(([name, price]) => {
    const model = modelOf(name, namesOf(info));
    const other = found.get(model);
    if (other !== undefined) throw invalid(`prices: '${other}' and '${name}' are the same model`);
    found.set(model, name);
    if (typeof price === 'number' || !isPlainObject(price)) return [model, price];
    const { date: _date, source: _source, cacheRead: _cacheRead, ...rest } = price;
    return [model, rest];
  });
}

type Lists = { allow?: readonly string[]; deny?: readonly string[] };

/** Checks options and returns them as the core takes them. Errors: `invalid_argument`, `unknown_model`. */
export function requestJson<Options extends RouteTaskOptions | CascadeOptions>(
  options: Options,
  keys: Keys<Options>,
  info: Models,
): string {
  checkOptions(options, keys);
  const all = options as RouteTaskOptions & CascadeOptions;
  const { signal: _signal, onProgress: _onProgress, answers: _answers, candidates, prices, models, ...more } = all;
  const { released, makers, openWeights, ...rest } = more;
  const given = candidates ?? {};
  const { allow, deny }: Lists = Array.isArray(given) ? { allow: given } : (given as Lists);
  return exactJson({
    ...rest,
    candidates: expanded(allow ?? undefined, info),
    deny: expanded(deny ?? undefined, info),
    models: expanded(models ?? undefined, info),
    excluded: excludedBy({ released, makers, openWeights }, info),
    prices: prices == null ? undefined : Object.fromEntries(plainPrices(prices, info)),
  });
}

/** Samples by whose tasks the chance of a pick is judged where the policy does not weigh tasks. */
export const CHANCE_NEIGHBOURS = 5;

/** Returns the options with as many neighbours as the chance needs: those that nobody asked for are left out afterwards. */
export function withChance<Options extends RouteTaskOptions>(options: Options): Options {
  const { policy, neighbours = 0 } = options ?? {};
  const weighsTasks = policy === undefined || policy === 'signalbox' || policy === 'families';
  // Any other value is the core's to refuse.
  const isFewer = Number.isInteger(neighbours) && neighbours >= 0 && neighbours < CHANCE_NEIGHBOURS;
  return weighsTasks || !isFewer ? options : { ...options, neighbours: CHANCE_NEIGHBOURS };
}

/** Adds a fact about the input to a request, if it is known. */
export const withNumber = (json: string, key: 'promptTokens' | 'distanceScale', value: number | undefined) =>
  value === undefined ? json : `${json.slice(0, -1)}${json === '{}' ? '' : ','}"${key}":${value}}`;

/** Returns the date and source of a model's price: the caller's price's own, or those of the index. */
export function originOf(
  model: string,
  { prices }: Pick<RouteTaskOptions, 'prices'>,
  info: Models,
): { date?: string | undefined; source?: string | undefined } {
  const names = namesOf(info);
  const [, set] = Object.entries(prices ?? {}).find(([name]) => names.resolve(name) === model) ?? [];
  if (set !== undefined) return typeof set === 'number' ? {} : { date: set.date, source: set.source };
  const { date, source } = info.models.find(({ name }) => name === model)?.record?.price ?? {};
  return { date, source };
}
