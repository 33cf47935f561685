/** What an index says of an embedder beside id and hash: the key `embedder` of its metadata (models/FORMAT.md). */
import { SignalboxError } from './errors.js';
import type { EmbedderDetails } from './types.js';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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

/** Metadata with the details in it. Errors: `invalid_argument` for metadata that has no room for them. */
export function withDetails(metadata: unknown, details: EmbedderDetails | undefined): unknown {
  if (details === undefined) return metadata;
  if (metadata !== undefined && metadata !== null && (!isObject(metadata) || 'embedder' in metadata)) {
    throw new SignalboxError('invalid_argument', "the metadata is not an object without the key 'embedder'");
  }
  return { ...metadata, embedder: details };
}
