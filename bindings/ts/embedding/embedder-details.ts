/** What an index says of an embedder beside id and hash: the key `embedder` of its metadata (models/FORMAT.md). */

import { SignalboxError } from '../errors.js';
import { isObject } from '../files/fields.js';
import type { EmbedderDetails, EmbedderIdentity } from '../types.js';

const TEXTS = ['revision', 'tokenizerHash', 'prefix'] as const;

/** The details, if there are any that are understood; metadata is anyone's to write. */
export function detailsIn(metadata: unknown): EmbedderDetails | undefined {
  const said = isObject(metadata) ? metadata.embedder : undefined;
  if (!isObject(said)) return undefined;
  const { dtype, pooling, maxTokens } = said;
  if (typeof dtype !== 'string' || typeof pooling !== 'string' || typeof maxTokens !== 'number') return undefined;
  const texts = TEXTS.flatMap((key) => (typeof said[key] === 'string' ? [[key, said[key]] as const] : []));
  return { dtype, pooling, maxTokens, ...Object.fromEntries(texts) };
}

/**
 * What is written of an embedder: id and hash in a section of their own, the rest into the metadata.
 * Errors: `invalid_argument` for metadata that has no room for it.
 */
export function splitIdentity(
  embedder: EmbedderIdentity | undefined,
  metadata: unknown,
): { embedder: { id: string; hash?: string | undefined } | undefined; metadata: unknown } {
  // What is no embedder is the core's to refuse.
  if (!isObject(embedder)) return { embedder, metadata };
  const { id, hash, details } = embedder;
  if (details === undefined) return { embedder: { id, hash }, metadata };
  if (metadata !== undefined && metadata !== null && (!isObject(metadata) || 'embedder' in metadata)) {
    throw new SignalboxError('invalid_argument', "the metadata is not an object without the key 'embedder'");
  }
  const said = { ...metadata, embedder: details };
  if (detailsIn(said) === undefined) {
    throw new SignalboxError('invalid_argument', "the embedder's details need dtype, pooling and maxTokens");
  }
  return { embedder: { id, hash }, metadata: said };
}
