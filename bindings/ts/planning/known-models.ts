/** Asks an index that knows models of the files: for prices that the files lack, and for the prior of a plan. */

import { indexAddress } from '../assets.js';
import type { PriceList } from '../routing/price-list.js';
import { matchPrices } from '../routing/price-match.js';
import { Router } from '../routing/router.js';
import type { Steps } from '../steps.js';
import type { DatedPrice, EmbedderIdentity, Source, WasmSource } from '../types.js';

/** Rows that the prior is predicted for, spread over all: each takes some ten milliseconds. */
const PRIOR_ROWS = 48;

/** Returns the index to ask: the shipped one only if it is a file, as a fetch was not asked for. */
function indexToAsk(given: Source | false | undefined): Source | undefined {
  if (given !== undefined) return given === false ? undefined : given;
  const shipped = indexAddress();
  return shipped.protocol === 'file:' ? shipped : undefined;
}

/** The models that an index knows. Opens the index when it is needed; to be disposed. */
export class KnownModels {
  readonly #index: Source | undefined;
  readonly #wasm: WasmSource | undefined;
  readonly #signal: AbortSignal | undefined;
  #router: Router | undefined;

  constructor(index: Source | false | undefined, wasm: WasmSource | undefined, signal: AbortSignal | undefined) {
    this.#index = indexToAsk(index);
    this.#wasm = wasm;
    this.#signal = signal;
  }

  /** Returns the router of the index; `undefined` without an index. Errors: those of `Router.load`. */
  async #open(): Promise<Router | undefined> {
    if (this.#index === undefined) return undefined;
    const options = {
      index: this.#index,
      embedder: null,
      texts: false,
      wasm: this.#wasm,
      signal: this.#signal,
    } as const;
    this.#router ??= await Router.load(options);
    return this.#router;
  }

  dispose(): void {
    this.#router?.dispose();
    this.#router = undefined;
  }

  /**
   * Returns the prices of models, `undefined` if not known: those of a list, then those of the index for names that it means
   * with certainty. `needed` tells for which of them the index is asked. Errors: those of `matchPrices` and `Router.load`.
   */
  async pricesOf(
    models: readonly string[],
    needed: readonly boolean[],
    list: PriceList | undefined,
  ): Promise<(DatedPrice | undefined)[]> {
    const { prices = {} } = list === undefined ? {} : matchPrices(models, list);
    const listed = models.map((name) => (Object.hasOwn(prices, name) ? prices[name] : undefined));
    if (!models.some((_, m) => needed[m] && listed[m] === undefined)) return listed;
    const router = await this.#open();
    if (router === undefined) return listed;
    const known = new Map(router.info.models.map((model) => [model.name, model]));
    return listed.map((price, m) => {
      if (price !== undefined || !needed[m]) return price;
      const model = known.get(router.resolve(models[m] as string) ?? '');
      if (model === undefined || model.usdPerMTokIn === null || model.usdPerMTokOut === null) return undefined;
      const { date, source } = model.record?.price ?? {};
      return {
        in: model.usdPerMTokIn,
        out: model.usdPerMTokOut,
        ...(model.usdPerMTokCacheRead !== null && { cacheRead: model.usdPerMTokCacheRead }),
        ...(date !== undefined && { date }),
        ...(source !== undefined && { source }),
      };
    });
  }

  /**
   * Returns the correctness that the index predicts for some of the rows, [rows, models], NaN for other rows and for models
   * that it does not know; `undefined` if it knows fewer than two, or was built by another embedder. `vectors` are
   * [rows, dim].
   */
  async priorOf(
    models: readonly string[],
    vectors: Float32Array,
    dim: number,
    embedder: EmbedderIdentity,
    steps: Steps,
  ): Promise<Float32Array | undefined> {
    const router = await this.#open();
    if (router === undefined || embedder.hash === undefined) return undefined;
    const { info } = router;
    const names = models.map((name) => router.resolve(name));
    const allow = [...new Set(names.filter((name) => name !== null))];
    if (info.embedder.hash !== embedder.hash || info.dim !== dim || allow.length < 2) return undefined;
    const rows = vectors.length / dim;
    const count = Math.min(rows, PRIOR_ROWS);
    const prior = new Float32Array(rows * models.length).fill(Number.NaN);
    steps.begin('asking the index');
    for (let i = 0; i < count; ++i) {
      const row = Math.floor((i * rows) / count);
      const { ranking } = await router.route(vectors.slice(row * dim, (row + 1) * dim), { candidates: { allow } });
      const predicted = new Map(ranking.map(({ model, pCorrect }) => [model, pCorrect]));
      for (const [m, name] of names.entries()) {
        const correctness = name === null ? undefined : predicted.get(name);
        if (correctness !== undefined && correctness !== null) prior[row * models.length + m] = correctness;
      }
      await steps.update(i + 1, count);
    }
    return prior;
  }
}
