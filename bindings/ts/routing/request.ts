/** Turns the options of a call into the request of the core: names are resolved, patterns and filters become lists. */
import { SignalboxError } from '../errors.js';
import { wellFormed } from '../files/text.js';
import { checkOptions, invalid, isPlainObject, type Keys } from '../options.js';
import type { CascadeOptions, Embedding, IndexInfo, ModelInfo, Needs, Price, RouteTaskOptions } from '../types.js';
import { exactJson } from '../wasm/exact-json.js';
import { excludedBy } from './filters.js';
import { ModelNames } from './names.js';
import { contextFor } from './prompt-tokens.js';

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

/** Checks options and returns them as the core takes them; `implied`: what the input needs. Errors: `invalid_argument`, `unknown_model`. */
export function requestJson<Options extends RouteTaskOptions | CascadeOptions>(
  options: Options,
  keys: Keys<Options>,
  info: Models,
  implied: Needs = {},
): string {
  checkOptions(options, keys);
  const all = options as RouteTaskOptions & CascadeOptions;
  const { signal: _signal, onProgress: _onProgress, answers: _answers, candidates, prices, models, ...more } = all;
  const { released, makers, openWeights, needs, conversation: _state, budgetUsd: _budget, ...rest } = more;
  const given = candidates ?? {};
  const { allow, deny }: Lists = Array.isArray(given) ? { allow: given } : (given as Lists);
  const [allowed, denied] = [allow, deny].map((list) => expanded(list ?? undefined, info));
  const isCandidate = (model: string) => allowed?.includes(model) !== false && denied?.includes(model) !== true;
  return exactJson({
    ...rest,
    candidates: allowed,
    deny: denied,
    models: expanded(models ?? undefined, info),
    excluded: excludedBy({ released, makers, openWeights, needs }, implied, info, isCandidate),
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

/** Adds the model that the caller of the core has decided on. */
export const withDecided = (json: string, model: string) =>
  `${json.slice(0, -1)}${json === '{}' ? '' : ','}"decided":${JSON.stringify(model)}}`;

/** Most tokens of a prompt that the core takes. */
const MOST_PROMPT_TOKENS = 1e9;

/**
 * Returns the request for an input, and what is known of the input beside it: inputs then share the request, which the core
 * reads once. What the core refuses joins the request, so that the error names it.
 */
export function requestOf(
  json: string,
  { promptTokens, distanceScale }: Pick<Embedding, 'promptTokens' | 'distanceScale'>,
): [json: string, facts: Pick<Embedding, 'promptTokens' | 'distanceScale'>] {
  if (promptTokens === undefined || promptTokens <= MOST_PROMPT_TOKENS) return [json, { promptTokens, distanceScale }];
  return [withNumber(json, 'promptTokens', promptTokens), { distanceScale }];
}

/** Returns the date and source of a model's price: the caller's price's own, or those of the index. */
export function originOf(
  model: string,
  { prices }: Pick<RouteTaskOptions, 'prices'>,
  info: Models,
): { date?: string | undefined; source?: string | undefined } {
  const given = Object.entries(prices ?? {});
  // Most calls set no price, and the names take milliseconds to make.
  const names = given.length > 0 ? namesOf(info) : undefined;
  const [, set] = given.find(([name]) => names?.resolve(name) === model) ?? [];
  if (set !== undefined) return typeof set === 'number' ? {} : { date: set.date, source: set.source };
  const { date, source } = info.models.find(({ name }) => name === model)?.record?.price ?? {};
  return { date, source };
}

/** Facts about an input that are known before the decision. */
export type InputFacts = Pick<Embedding, 'promptTokens' | 'conversation'>;

/** Returns what an input needs of a model, as far as its text and messages show it. */
export function needsOf({ promptTokens, conversation }: Partial<InputFacts>): Needs {
  return { ...conversation?.needs, ...(promptTokens !== undefined && { context: contextFor(promptTokens) }) };
}

/** Returns what any of several inputs needs. */
export function needsOfAll(inputs: readonly Partial<InputFacts>[]): Needs {
  const all = inputs.map(needsOf);
  return {
    context: all.reduce((most, { context }) => Math.max(most, context ?? 0), 0),
    modalities: [...new Set(all.flatMap(({ modalities }) => modalities ?? []))],
    tools: all.some(({ tools }) => tools === true),
  };
}

/** Returns whether a need of an input can exclude a model. */
const isBinding = ({ context, modalities, tools }: Needs, { models }: Models) =>
  tools === true ||
  (modalities != null && modalities.length > 0) ||
  models.some(({ record }) => record?.context !== undefined && record.context < (context ?? 0));

/**
 * Returns a function that makes the requests of inputs by what they need; inputs without special needs share one. Errors:
 * those of `requestJson`, at once.
 */
export function requestsOf<Options extends RouteTaskOptions | CascadeOptions>(
  options: Options,
  keys: Keys<Options>,
  info: Models,
): (implied: Needs) => string {
  const shared = requestJson(options, keys, info);
  return (implied) => (isBinding(implied, info) ? requestJson(options, keys, info, implied) : shared);
}
