/** The router of one context (panel, offscreen document, Firefox's background), with the user's settings. */
import {
  type DecisionWithFeedback,
  type IndexInfo,
  type LoadOptions,
  languageOf,
  type RouteInput,
  type Routing,
  routeWithFeedback,
} from 'signalbox';
import { RouterHolder } from '../../shared/restarting-router.js';
import { DEFAULT_SETTINGS, routeOptionsOf } from '../../shared/settings.js';
import { onnxFor } from '../onnx.js';
import { onFeedback } from '../stored/feedback.js';
import { readIndex } from '../stored/own-index.js';
import type { OwnIndex, Site, Stored } from '../stored/schema.js';
import { EmbeddedFeedback } from './feedback.js';

/** An arbitrary prompt to warm up with. */
const ANY_PROMPT = 'What is the answer to this question?';

/** A site as a decision sees it. */
export interface SiteNow extends Site {
  /** Those of the names that are a list of the chat, which the user did not choose one by one. */
  listed?: Site['names'];
}

export interface Answer {
  decision: DecisionWithFeedback;
  /** Number of the user's ratings that were used. */
  counted: number;
  elapsedMs: number;
}

/** The index's sentence transformer was never downloaded, or the browser removed it. */
class MissingEmbedder extends Error {
  constructor(model: string) {
    super(`this index needs the embedder ${model}, which is not on this device; download it in the settings`);
  }
}

/** Loads the embedder from this device only: a download needs the user's consent. */
async function embedderOf({ model, dtype }: OwnIndex): Promise<LoadOptions['embedder']> {
  if (model === null) return undefined;
  const { OnnxEmbedder } = await onnxFor(model);
  if (!(await OnnxEmbedder.isCached(model, { dtype }))) throw new MissingEmbedder(model);
  return () => OnnxEmbedder.load(model, { dtype });
}

/** The table of other languages is for the built-in benchmark: an index of the user's own holds what its embedder read. */
const builtIn = (): LoadOptions => (LANGUAGES === null ? {} : { multilingual: chrome.runtime.getURL(LANGUAGES) });

/** Reads the user's own index again for each worker. */
const loadOptions = (index: OwnIndex | null) => async (): Promise<LoadOptions> =>
  index === null ? builtIn() : { index: await readIndex(index), embedder: await embedderOf(index) };

/**
 * Returns the input of a decision. A build for English does not guess from the few words that its embedder knows of another
 * language: such a prompt counts as unread.
 */
async function inputOf(text: string, index: OwnIndex | null, router: Routing): Promise<RouteInput> {
  if (LANGUAGES !== null || index !== null || (await languageOf(text)) === undefined) return text;
  const [read] = await router.embed([text]);
  return read === undefined ? text : { ...read, vector: new Float32Array(read.vector.length), unread: 'language' };
}

/**
 * Limits the candidates to the models that the site has a name for; an index of the user's own may call them otherwise. All
 * models are candidates if the site has no names, or if the index has none of the models of the chat's list. With a plan for
 * the site, prices do not count there.
 */
async function optionsOn(site: SiteNow | undefined, settings: Stored['settings'], router: Routing) {
  const { info } = router;
  const options = routeOptionsOf(site?.pays === 'plan' ? { ...settings, prefer: 'best' } : settings, info);
  const names = Object.keys(site?.names ?? {});
  if (names.length === 0) return options;
  const { deny = [] } = options.candidates as { deny?: readonly string[] };
  const all = info.models.map(({ name }) => name);
  const known = new Set(all);
  const foundIn = (some: readonly string[]) =>
    Promise.all(some.map((name) => (known.has(name) ? name : router.resolve(name))));
  const listed = Object.keys(site?.listed ?? {});
  if (listed.length > 0 && (await foundIn(listed)).every((found) => found === null)) return options;
  const named = new Set(await foundIn(names));
  return { ...options, candidates: { deny: [...new Set([...deny, ...all.filter((name) => !named.has(name))])] } };
}

export class Engine {
  #index: OwnIndex | null = null;
  #holder: RouterHolder | undefined;
  #feedback = new EmbeddedFeedback();
  /** Whether this router has been asked. */
  #isUsed = false;

  constructor() {
    onFeedback(() => this.#feedback.forget());
  }

  /**
   * Returns what the index holds (`null`: the built-in one), and starts the router. Errors: those of `Router.load`, and of
   * reading the user's own index.
   */
  async info(index: OwnIndex | null): Promise<IndexInfo> {
    return (await this.#holderOf(index).current()).info;
  }

  /**
   * Prepares for the first question: loads the router, embeds the feedback and runs the code once. Errors: those of
   * `decide`.
   */
  async warm(index: OwnIndex | null): Promise<void> {
    await this.info(index);
    // A question that has arrived meanwhile must not wait for this one.
    if (!this.#isUsed)
      await this.decide(ANY_PROMPT, { settings: { ...DEFAULT_SETTINGS, excluded: [], prices: {} }, index });
  }

  /** Returns the name in the index of the model that a text names; `null` if it names none, or several. */
  async resolve(name: string, index: OwnIndex | null): Promise<string | null> {
    return (await this.#holderOf(index).current()).resolve(name);
  }

  /** Picks the model for a text; see `optionsOn` for `site`. Errors: those of `Router.load` and `Router.route`. */
  async decide(text: string, { settings, index }: Pick<Stored, 'settings' | 'index'>, site?: SiteNow): Promise<Answer> {
    const holder = this.#holderOf(index);
    this.#isUsed = true;
    const router = await holder.current();
    const options = await optionsOn(site, settings, router);
    const start = performance.now();
    const feedback = await this.#feedback.with(router);
    const decision = await routeWithFeedback(router, await inputOf(text, index, router), feedback, options);
    return { decision, counted: decision.feedbackUsed, elapsedMs: performance.now() - start };
  }

  /** Ends the worker; the next question starts another one. */
  dispose(): void {
    this.#holder?.dispose();
    this.#holder = undefined;
    this.#feedback = new EmbeddedFeedback();
    this.#isUsed = false;
  }

  #holderOf(index: OwnIndex | null): RouterHolder {
    if (index?.id !== this.#index?.id) this.dispose();
    this.#index = index;
    this.#holder ??= new RouterHolder(loadOptions(index));
    return this.#holder;
  }
}
