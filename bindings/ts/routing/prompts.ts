/** From prompts to vectors of an index: with its embedder, and no other. */
import { abortable, SignalboxError, throwIfAborted } from '../errors.js';
import type { Embedder, EmbedderDetails, Embedding, EmbedOptions, IndexInfo } from '../types.js';

/** Prompts that are embedded at a time; between two blocks a signal can be heard. */
const BLOCK = 256;

/** What two embedders must have in common beside their files; weights may be of two types. */
const COMPARED = ['pooling', 'maxTokens', 'prefix', 'tokenizerHash'] as const;

/** Whether this is an embedder already, and not a place to load one from. */
export function isEmbedder(value: unknown): value is Embedder {
  return typeof (value as Embedder | undefined)?.embed === 'function';
}

function refuse(got: string, expected: string): never {
  throw new SignalboxError('embedder_mismatch', `the embedder has ${got}, the index was built with ${expected}`);
}

function checkDetails(got: EmbedderDetails, expected: EmbedderDetails): void {
  for (const key of COMPARED) {
    const isUnknown = key === 'tokenizerHash' && (got[key] === undefined || expected[key] === undefined);
    if (!isUnknown && got[key] !== expected[key]) {
      refuse(`the ${key} ${JSON.stringify(got[key] ?? '')}`, JSON.stringify(expected[key] ?? ''));
    }
  }
}

/** Errors: `embedder_mismatch`. */
function checkEmbedder(embedder: Embedder, index: IndexInfo): void {
  const { id, hash, details } = index.embedder;
  // An index may hold the first dimensions only; of an embedder that it does not name nobody knows whether that makes sense.
  const isOtherDtype =
    details !== undefined && embedder.details !== undefined && details.dtype !== embedder.details.dtype;
  const isSameHash = hash === '' || isOtherDtype || (embedder.hash ?? hash) === hash;
  const isCut = id !== '' && id === embedder.id && isSameHash && embedder.dim > index.dim;
  if (id !== '' && embedder.id !== id) refuse(`the id '${embedder.id}'`, `'${id}'`);
  if (embedder.dim !== index.dim && !isCut) refuse(`${embedder.dim} dimensions`, `${index.dim}`);
  if (details !== undefined && embedder.details !== undefined) checkDetails(embedder.details, details);
  if (!isSameHash) refuse(`other files than expected (${embedder.hash}: another version, or damaged on the way)`, hash);
}

/** The embeddings, if there is one a text, of the embedder's dimensions: the core reads as many numbers as that. Of an
 * embedder with more dimensions than the index the first are taken (Matryoshka); the core does not need unit norm.
 * Errors: `dimension_mismatch`. */
export function embeddingsFor(embeddings: Embedding[], texts: number, embedderDim: number, dim: number): Embedding[] {
  if (!Array.isArray(embeddings) || embeddings.length !== texts || !embeddings.every(Boolean)) {
    const got = Array.isArray(embeddings) ? embeddings.filter(Boolean).length : typeof embeddings;
    throw new SignalboxError('dimension_mismatch', `the embedder gave ${got} embeddings for ${texts} texts`);
  }
  return embeddings.map(({ vector, tokens, truncated }) => {
    if (vector?.length !== embedderDim) {
      const got = vector?.length ?? 'no';
      throw new SignalboxError('dimension_mismatch', `the embedder gave ${got} dimensions, it says ${embedderDim}`);
    }
    return { vector: embedderDim > dim ? vector.slice(0, dim) : vector, tokens, truncated };
  });
}

export class Prompts {
  readonly #embedder: Embedder | undefined;
  readonly #index: IndexInfo;

  /** Without an embedder every prompt is refused. Errors: `embedder_mismatch`. */
  constructor(embedder: Embedder | undefined, index: IndexInfo) {
    if (embedder !== undefined) checkEmbedder(embedder, index);
    this.#embedder = embedder;
    this.#index = index;
  }

  /** Errors: `aborted`, `embedder_mismatch`, `dimension_mismatch`, and those of the embedder. */
  async embed(prompts: readonly string[], options: EmbedOptions): Promise<Embedding[]> {
    const embedder = this.#embedder;
    if (embedder === undefined) {
      const { id } = this.#index.embedder;
      throw new SignalboxError(
        'embedder_mismatch',
        id === ''
          ? 'the index names no embedder: load it with one, or route vectors'
          : `the index was built with the embedder '${id}': load it with that embedder, or route vectors`,
      );
    }
    const { signal, onProgress } = options;
    const out: Embedding[] = [];
    for (let first = 0; first < prompts.length; first += BLOCK) {
      throwIfAborted(signal);
      // A turn of the event loop: a page stays alive, and an abort is heard.
      if (first > 0) await new Promise((resolve) => setTimeout(resolve));
      const block = prompts.slice(first, first + BLOCK);
      const embeddings = await abortable(embedder.embed(block, { signal }), signal);
      out.push(...embeddingsFor(embeddings, block.length, embedder.dim, this.#index.dim));
      onProgress?.({ done: out.length, total: prompts.length });
    }
    throwIfAborted(signal);
    return out;
  }

  /** Like `embed`, for one. */
  async embedOne(prompt: string, signal: AbortSignal | undefined): Promise<Embedding> {
    const [embedding] = await this.embed([prompt], { signal });
    if (embedding === undefined) throw new SignalboxError('internal', 'the embedder gave no vector');
    return embedding;
  }
}

/** Errors: `invalid_argument`. */
export function checkPrompts(prompts: readonly string[]): void {
  if (!Array.isArray(prompts) || prompts.length === 0) {
    throw new SignalboxError('invalid_argument', 'expected a list of at least one prompt');
  }
}

/** What is said of all inputs of a task together. */
export const readOf = (embeddings: readonly Embedding[]) => ({
  tokens: embeddings.reduce((sum, { tokens }) => sum + tokens, 0),
  truncated: embeddings.some(({ truncated }) => truncated),
});
