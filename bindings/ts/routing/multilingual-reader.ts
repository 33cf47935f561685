/** Makes the reader of other languages than English that the options of a router name. */

import { type LoadTable, MultilingualEmbedder } from '../embedding/multilingual-embedder.js';
import { StaticEmbedder } from '../embedding/static-embedder.js';
import type { Embedder, LoadOptions } from '../types.js';
import type { Core } from '../wasm/core-module.js';
import { makeEmbedder } from './inputs.js';

/** Most bytes of a file of a table of other languages. */
const MOST_TABLE_BYTES = 1 << 26;

/** Returns an embedder that reads other languages, too, with the table of the options, if they name one. */
export function multilingualReader(
  embedder: Embedder | undefined,
  { multilingual, onMultilingual, cache }: LoadOptions,
  core: Core,
): MultilingualEmbedder | undefined {
  if (multilingual === undefined || embedder === undefined) return undefined;
  const load: LoadTable = ({ signal, isDamaged }) => {
    if (typeof multilingual === 'function') return makeEmbedder(multilingual, signal);
    const reading = { signal, cache: isDamaged ? ('reload' as const) : cache, most: MOST_TABLE_BYTES };
    return StaticEmbedder.loadInto(core, multilingual, reading);
  };
  return new MultilingualEmbedder(embedder, load, onMultilingual);
}
