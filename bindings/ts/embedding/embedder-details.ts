/** Reads and writes an embedder's details: the key `embedder` of an index's metadata (models/FORMAT.md). */

import { SignalboxError } from '../errors.js';
import { isObject } from '../files/fields.js';
import type { EmbedderDetails, EmbedderIdentity } from '../types.js';

const TEXTS = ['revision', 'tokenizerHash', 'prefix'] as const;

/** Returns the details in metadata, which is untrusted; `undefined` if they are missing or invalid. */
export function detailsIn(metadata: unknown): EmbedderDetails | undefined {
  const said = isObject(metadata) ? metadata.embedder : undefined;
  if (!isObject(said)) return undefined;
  const { dtype, pooling, maxTokens } = said;
  if (typeof dtype !== 'string' || typeof pooling !== 'string' || typeof maxTokens !== 'number') return undefined;
  const texts = TEXTS.flatMap((key) => (typeof said[key] === 'string' ? [[key, said[key]] as const] : []));
  return { dtype, pooling, maxTokens, ...Object.fromEntries(texts) };
}

/**
 * Splits an embedder's identity: id and hash go to a section of their own, the details into the metadata.
 * Errors: `invalid_argument` for metadata that cannot take them, and for incomplete details.
 */
export function splitIdentity(
  embedder: EmbedderIdentity | undefined,
  metadata: unknown,
): { embedder: { id: string; hash?: string | undefined } | undefined; metadata: unknown } {
  // The core refuses a value that is not an embedder.
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
