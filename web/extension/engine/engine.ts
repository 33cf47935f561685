/** What routes: the router of one context (panel, offscreen document, Firefox's background), with a person's settings. */
import { type DecisionWithFeedback, type IndexInfo, type LoadOptions, routeWithFeedback } from 'signalbox';
import { LiveRouter } from '../../shared/live-router.js';
import { DEFAULT_SETTINGS, routeOptionsOf } from '../../shared/settings.js';
import { onFeedback } from '../stored/feedback.js';
import { readIndex } from '../stored/own-index.js';
import type { OwnIndex, Site, Stored } from '../stored/schema.js';
import { EmbeddedFeedback } from './feedback.js';

/** As good as any: nobody sees what is decided about it. */
const ANY_PROMPT = 'What is the answer to this question?';

export interface Answer {
  decision: DecisionWithFeedback;
  /** How many of the person's feedback counted. */
  counted: number;
  elapsedMs: number;
}

/** Its sentence transformer was not downloaded, or the browser dropped it: the settings offer it. */
class MissingEmbedder extends Error {
  constructor(model: string) {
    super(`this index needs the embedder ${model}, which is not on this device: the settings download it`);
  }
}

/** From this device only: a download is the person's to ask for. */
async function embedderOf({ model, dtype }: OwnIndex): Promise<LoadOptions['embedder']> {
  if (model === null) return undefined;
  const { OnnxEmbedder } = await import('signalbox/onnx');
  if (!(await OnnxEmbedder.isCached(model, { dtype }))) throw new MissingEmbedder(model);
  return () => OnnxEmbedder.load(model, { dtype });
}

/** An index of one's own is read for each worker anew. */
const loadOptions = (index: OwnIndex | null) => async (): Promise<LoadOptions> =>
  index === null ? {} : { index: await readIndex(index), embedder: await embedderOf(index) };

/** The names that a site has for models, as limits: where there is none every model is a candidate. */
function optionsOn(site: Site | undefined, settings: Stored['settings'], info: IndexInfo) {
  const options = routeOptionsOf(settings, info);
  const names = site?.names ?? {};
  if (Object.keys(names).length === 0) return options;
  const { deny = [] } = options.candidates as { deny?: readonly string[] };
  const unnamed = info.models.map(({ name }) => name).filter((name) => !Object.hasOwn(names, name));
  return { ...options, candidates: { deny: [...new Set([...deny, ...unnamed])] } };
}

export class Engine {
  #index: OwnIndex | null = null;
  #live: LiveRouter | undefined;
  #feedback = new EmbeddedFeedback();
  /** Somebody asked this router something. */
  #isUsed = false;

  constructor() {
    onFeedback(() => this.#feedback.forget());
  }

  /** What the index holds; `null`: the shipped one. Starts the router. Errors: those of `Router.load`, and of reading an index of one's own. */
  async info(index: OwnIndex | null): Promise<IndexInfo> {
    return this.#routerOf(index).info();
  }

  /** Has everything there by the time somebody asks: the router, the feedback, and code that ran before. Errors: those of `decide`. */
  async warm(index: OwnIndex | null): Promise<void> {
    await this.info(index);
    // A question that came meanwhile must not wait for this one.
    if (!this.#isUsed)
      await this.decide(ANY_PROMPT, { settings: { ...DEFAULT_SETTINGS, excluded: [], prices: {} }, index });
  }

  /** The model for a text. On a site that has names for models only those are candidates. Errors: those of `Router.load` and `Router.route`. */
  async decide(text: string, { settings, index }: Pick<Stored, 'settings' | 'index'>, site?: Site): Promise<Answer> {
    const live = this.#routerOf(index);
    this.#isUsed = true;
    const options = optionsOn(site, settings, await live.info());
    const start = performance.now();
    const feedback = await this.#feedback.of(live);
    const decision = await live.ask((router) => routeWithFeedback(router, text, feedback, options));
    return { decision, counted: decision.feedbackUsed, elapsedMs: performance.now() - start };
  }

  /** Ends the worker; the next question starts another one. */
  dispose(): void {
    this.#live?.dispose();
    this.#live = undefined;
    this.#feedback = new EmbeddedFeedback();
    this.#isUsed = false;
  }

  #routerOf(index: OwnIndex | null): LiveRouter {
    if (index?.id !== this.#index?.id) this.dispose();
    this.#index = index;
    this.#live ??= new LiveRouter(loadOptions(index));
    return this.#live;
  }
}
