/** An embedder on the page's side, and a build in a worker that asks it for vectors. */
import { SignalboxError } from '../errors.js';
import { embeddingsFor } from '../routing/prompts.js';
import type { Embedder, EmbedderDetails, Embedding } from '../types.js';
import { answerCalls, type Port } from '../workers/answers.js';
import { Channel, type Control } from '../workers/channel.js';

type EmbedQuestion = { call: 'embed'; texts: readonly string[] };

/** What the worker is told of the embedder, and where it asks. */
export interface LentEmbedder {
  id: string;
  hash: string | undefined;
  dim: number;
  details: EmbedderDetails | undefined;
  port: MessagePort;
}

/**
 * The page's half. `onFailure` hears what the embedder throws, as it was thrown: an answer carries only code and message.
 * `close` aborts what it is asked at the moment: the worker may be gone, and cannot say so.
 */
export function lendEmbedder(
  embedder: Embedder,
  onFailure: (cause: unknown) => void,
): { lent: LentEmbedder; close(reason: unknown): void } {
  const { port1, port2 } = new MessageChannel();
  const ended = new AbortController();
  answerCalls(port1 as Port<({ id: number } & EmbedQuestion) | Control>, async (request) => {
    if (request.call === 'dispose') return null; // It is the caller's.
    const { texts } = request;
    try {
      const embeddings = await embedder.embed(texts, { signal: ended.signal });
      // Copies: a view into a large buffer would be cloned with all of it.
      return embeddingsFor(embeddings, texts.length, embedder.dim, embedder.dim).map((embedding) => ({
        ...embedding,
        vector: Float32Array.from(embedding.vector),
      }));
    } catch (cause) {
      onFailure(cause);
      throw cause;
    }
  });
  port1.start();
  const { id, hash, dim, details } = embedder;
  return {
    lent: { id, hash, dim, details, port: port2 },
    close: (reason) => {
      ended.abort(reason);
      port1.close();
    },
  };
}

/** The worker's half. It need not be closed: with the worker it ends. */
export function borrowEmbedder({ port, ...identity }: LentEmbedder): Embedder {
  const channel = new Channel<EmbedQuestion>(port, 'embedder', () => {
    throw new SignalboxError('internal', 'the embedder has no port');
  });
  port.start();
  return {
    ...identity,
    embed: (texts, { signal } = {}) => channel.ask<Embedding[]>({ call: 'embed', texts }, { signal }),
  };
}
