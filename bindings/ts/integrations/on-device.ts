/** Models on the device: the browser's own (`LanguageModel`), and those of WebLLM. */
import { aFlag, anything, aText, checkOptions, isPlainObject, type Keys, wrongKind } from '../options.js';
import type { Decision, RouteOptions } from '../types.js';
import type { Deciding } from './chooser.js';

/** States of a model, as the browser names them. */
export const AVAILABILITIES = ['available', 'downloading', 'downloadable', 'unavailable'] as const;
/** One of `AVAILABILITIES`. */
export type Availability = (typeof AVAILABILITIES)[number];

/** A model that runs on this device. */
export interface DeviceModel {
  /** Its name in the index. */
  name: string;
  runtime: 'browser' | 'web-llm';
  /** WebLLM's id. */
  id?: string | undefined;
  availability: Availability;
}

/** The used parts of the module `@mlc-ai/web-llm`. */
export interface WebLlm {
  hasModelInCache(id: string): Promise<boolean>;
}

/** Options of `deviceModels`. */
export interface DeviceModelsOptions {
  /** Name in the index of the browser's own model: benchmarks know it by no fixed name. Default: it is left out. */
  browser?: string | undefined;
  /** WebLLM's ids of models by their names in the index. Default: none. */
  webLlm?: Readonly<Record<string, string>> | undefined;
  /** The module `@mlc-ai/web-llm`, which knows what is downloaded. Without it all its models count as `downloadable`. */
  engine?: WebLlm | undefined;
}

const DEVICE_KEYS: Keys<DeviceModelsOptions> = { browser: aText, webLlm: anything, engine: anything };

interface Globals {
  LanguageModel?: { availability(): Promise<string> };
  navigator?: { gpu?: { requestAdapter(): Promise<unknown> } };
}

const isAvailability = (value: unknown): value is Availability =>
  (AVAILABILITIES as readonly unknown[]).includes(value);

async function browserState({ LanguageModel }: Globals): Promise<Availability> {
  const state = await LanguageModel?.availability().catch(() => undefined);
  return isAvailability(state) ? state : 'unavailable';
}

async function webLlmState(id: string, engine: WebLlm | undefined, hasGpu: boolean): Promise<Availability> {
  if (!hasGpu) return 'unavailable';
  const isHere = await engine?.hasModelInCache(id).catch(() => false);
  return isHere ? 'available' : 'downloadable';
}

/**
 * Returns the state of each model that could run on this device. WebLLM needs WebGPU. Never starts a download, and never
 * rejects for a runtime that fails: its models are then `unavailable`.
 *
 * @example
 * ```js
 * const device = await deviceModels({ browser: 'google/gemma-3n-e4b' });
 * ```
 */
export async function deviceModels(options: DeviceModelsOptions = {}): Promise<DeviceModel[]> {
  checkOptions(options, DEVICE_KEYS);
  const { browser, webLlm = {}, engine } = options;
  if (!isPlainObject(webLlm)) throw wrongKind(webLlm, 'webLlm', "an object of WebLLM's ids by name");
  const globals = globalThis as Globals;
  const adapter =
    Object.keys(webLlm).length === 0 ? null : await globals.navigator?.gpu?.requestAdapter().catch(() => null);
  const own =
    browser === undefined
      ? []
      : [{ name: browser, runtime: 'browser', availability: await browserState(globals) } as const];
  const others = Object.entries(webLlm).map(async ([name, id]) => ({
    name,
    runtime: 'web-llm' as const,
    id,
    availability: await webLlmState(id, engine, adapter != null),
  }));
  return [...own, ...(await Promise.all(others))];
}

/** Options of `routeWithDevice`. */
export interface DeviceRouteOptions extends RouteOptions {
  /** The result of `deviceModels`. */
  device: readonly DeviceModel[];
  /** Counts models that would have to be downloaded first, too. Default `false`. */
  download?: boolean | undefined;
}

/** A decision, and whether a model on the device is its pick. */
export interface DecisionWithDevice extends Decision {
  /** The pick, if it runs on the device. */
  device: DeviceModel | null;
}

/** The rest is the router's to check. */
const aDevice: Keys<Pick<DeviceRouteOptions, 'device' | 'download'>> = {
  device: (value, name) => {
    if (!Array.isArray(value)) throw wrongKind(value, name, 'the list that deviceModels returned');
  },
  download: aFlag,
};

/**
 * Routes with the models of the device as candidates at price 0. The device suffices if it is the pick: no other candidate
 * is predicted to be better by more than `prefer` gives up. A prompt that nothing in the benchmark is like, or that cannot
 * be read, never goes to the device on that ground. Models that the index does not know are left out.
 *
 * @example
 * ```js
 * const { device, model } = await routeWithDevice(router, prompt, { device: await deviceModels({ browser }), prefer: 5 });
 * const answer = device === null ? await ask(model, prompt) : await (await LanguageModel.create()).prompt(prompt);
 * ```
 */
export async function routeWithDevice(
  router: Deciding,
  prompt: string,
  { device, download, ...options }: DeviceRouteOptions,
): Promise<DecisionWithDevice> {
  checkOptions({ device, ...(download === undefined ? {} : { download }) }, aDevice);
  const usable = device.flatMap((model) => {
    const name = router.resolve(model.name);
    const isUsable = model.availability === 'available' || (download === true && model.availability !== 'unavailable');
    return name !== null && isUsable ? [{ ...model, name }] : [];
  });
  const names = usable.map(({ name }) => name);
  const free = Object.fromEntries(names.map((name) => [name, 0]));
  const { candidates } = options;
  const lists = Array.isArray(candidates)
    ? { allow: candidates as readonly string[] }
    : (candidates as { allow?: readonly string[]; deny?: readonly string[] } | undefined);
  const allow = lists?.allow && [...lists.allow, ...names];
  const wanted: RouteOptions = { ...options, prices: { ...options.prices, ...free } };
  if (lists !== undefined) wanted.candidates = { ...lists, ...(allow === undefined ? {} : { allow }) };
  const decision = await router.route(prompt, wanted);
  const pick = decision.fallback ? undefined : usable.find(({ name }) => name === decision.model);
  if (pick !== undefined || !names.includes(decision.model)) return { ...decision, device: pick ?? null };
  // The fallback is a model of the device: another candidate is better, if there is one.
  const others = { ...options, candidates: { ...lists, deny: [...(lists?.deny ?? []), ...names] } };
  try {
    return { ...(await router.route(prompt, others)), device: null };
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'no_candidate') throw error;
    return { ...decision, device: usable.find(({ name }) => name === decision.model) ?? null };
  }
}
