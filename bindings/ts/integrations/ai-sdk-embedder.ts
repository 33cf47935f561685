/** An embedding model of the AI SDK as an embedder of a router. */
import { SignalboxError } from '../errors.js';
import { aCount, aText, checkOptions, described, invalid } from '../options.js';
import type { Embedder, Embedding } from '../types.js';

/** The used parts of an `EmbeddingModelV3` or `EmbeddingModelV4`. */
export interface EmbeddingModel {
  readonly provider: string;
  readonly modelId: string;
  readonly maxEmbeddingsPerCall: PromiseLike<number | undefined> | number | undefined;
  doEmbed(options: never): PromiseLike<{ embeddings: readonly (readonly number[])[] }>;
}

/** Options of `embedderFrom`. */
export interface EmbeddingModelOptions {
  /** Numbers per embedding. */
  dim: number;
  /** Name in the index; default: the model's id. */
  id?: string | undefined;
}

type DoEmbed = (options: { values: string[]; abortSignal: AbortSignal | undefined }) => PromiseLike<{
  embeddings: readonly (readonly number[])[];
}>;

/** A call of models that name no limit. */
const MOST_VALUES = 96;

const WORD = /[\p{L}\p{N}]+/gu;

/** Returns the vector with unit norm. Errors: `dimension_mismatch`, `non_finite`. */
function unit(values: readonly number[] | undefined, dim: number, name: string): Float32Array {
  if (values?.length !== dim) {
    throw new SignalboxError('dimension_mismatch', `${name} gave ${values?.length ?? 'no'} numbers, expected ${dim}`);
  }
  const norm = Math.hypot(...values);
  if (!Number.isFinite(norm)) throw new SignalboxError('non_finite', `${name} gave a vector that is not finite`);
  return Float32Array.from(values, (value) => (norm === 0 ? 0 : value / norm));
}

/**
 * Returns an embedder that asks an embedding model of the AI SDK, for an index that was built with the same one. Prompts
 * then leave the device. `Embedding.tokens` counts words, since providers do not count per text. Blank texts are not sent.
 *
 * @example
 * ```ts
 * const embedder = embedderFrom(openai.embeddingModel('text-embedding-3-small'), { dim: 1536 });
 * const router = await Router.load({ index: 'mine.sbx', embedder });
 * ```
 */
export function embedderFrom(model: EmbeddingModel, options: EmbeddingModelOptions): Embedder {
  if (typeof model?.doEmbed !== 'function') {
    throw invalid(`model is ${described(model)}, expected an embedding model of the AI SDK`);
  }
  checkOptions(options, { dim: aCount, id: aText });
  const { dim, id = model.modelId } = options;
  const name = `${model.provider} ${model.modelId}`;
  const ask = (values: string[], abortSignal: AbortSignal | undefined) =>
    (model.doEmbed as DoEmbed).call(model, { values, abortSignal });

  return {
    id,
    dim,
    embed: async (texts, { signal } = {}) => {
      const most = (await model.maxEmbeddingsPerCall) ?? MOST_VALUES;
      const asked = texts.filter((text) => text.trim() !== '');
      const vectors: Float32Array[] = [];
      for (let i = 0; i < asked.length; i += most) {
        const values = asked.slice(i, i + most);
        const { embeddings } = await ask(values, signal);
        vectors.push(...values.map((_, j) => unit(embeddings[j], dim, name)));
      }
      return texts.map((text): Embedding => {
        const isBlank = text.trim() === '';
        const vector = isBlank ? new Float32Array(dim) : (vectors.shift() as Float32Array);
        return { vector, tokens: text.match(WORD)?.length ?? 0, truncated: false };
      });
    },
  };
}
