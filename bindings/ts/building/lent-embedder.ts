/** Lends an embedder of the page to a build in a worker, which asks it for vectors. */
import { SignalboxError } from '../errors.js';
import { embeddingsFor } from '../routing/inputs.js';
import type { Embedder, EmbedderDetails, Embedding } from '../types.js';
import { answerCalls } from '../workers/answers.js';
import { Channel } from '../workers/channel.js';

type EmbedQuestion = { call: 'embed'; texts: readonly string[] };

/** Identity of the lent embedder, and the port at which the page answers for it. */
export interface LentEmbedder {
  id: string;
  hash: string | undefined;
  dim: number;
  details: EmbedderDetails | undefined;
  port: MessagePort;
}

/**
 * Serves the embedder at a port, on the page's side. `onFailure` receives what the embedder throws, as it was thrown: an
 * answer carries only code and message. `close` aborts what the embedder is doing, since the worker may be gone.
 */
export function lendEmbedder(
  embedder: Embedder,
  onFailure: (cause: unknown) => void,
): { lent: LentEmbedder; close(reason: unknown): void } {
  const { port1, port2 } = new MessageChannel();
  const ended = new AbortController();
  answerCalls<EmbedQuestion>(port1, 'embedder', async (request) => {
    if (request.call === 'dispose') return null; // The embedder belongs to the caller.
    const { texts } = request;
    try {
      const embeddings = await embedder.embed(texts, { signal: ended.signal });
      // Copies, because a view into a large buffer would be cloned with all of the buffer.
      return embeddingsFor(embeddings, texts.length, embedder.dim, embedder.dim).map((embedding) => ({
        ...embedding,
        vector: Float32Array.from(embedding.vector),
      }));
    } catch (cause) {
      onFailure(cause);
      throw cause;
    }
  });
  const { id, hash, dim, details } = embedder;
  return {
    lent: { id, hash, dim, details, port: port2 },
    close: (reason) => {
      ended.abort(reason);
      port1.close();
    },
  };
}

/** Makes an embedder of the port, on the worker's side. It ends with the worker. */
export function borrowEmbedder({ port, ...identity }: LentEmbedder): Embedder {
  const start = () => {
    throw new SignalboxError('internal', 'the embedder has no port');
  };
  const channel = new Channel<EmbedQuestion>({
    service: 'embedder',
    entry: "the page's embedder",
    worker: port,
    start,
    sharesLife: true,
  });
  return {
    ...identity,
    embed: (texts, { signal } = {}) => channel.ask<Embedding[]>({ call: 'embed', texts }, { signal }),
  };
}
