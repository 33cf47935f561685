import { CachedEmbedder } from '../building/disk/embedding-cache.js';
import { cacheFolder } from '../files/disk/cache-folder.js';
import { reasonOf } from '../files/disk/errors.js';
import { printable } from '../files/printable.js';
import type { Embedder } from '../types.js';
import type { Command } from '../vendor/commander-node.js';
import type { Progress } from './progress.js';

/** Keeps vectors in the cache. A default folder that cannot be used is left out; a named one must work. */
export function withCache(inner: Embedder, cache: string | false | undefined, progress: Progress): Embedder {
  if (cache === false) return inner;
  if (typeof cache === 'string') return new CachedEmbedder(inner, cache);
  const note = (reason: string) => progress.note(printable(`vectors are not kept: ${reason}`));
  try {
    return new CachedEmbedder(inner, cacheFolder('embeddings'), note);
  } catch (cause) {
    note(reasonOf(cause)); // This user has no home.
    return inner;
  }
}

/** Adds `--cache` and `--no-cache`. */
export function withCacheOptions(command: Command): Command {
  return command
    .option('--cache <folder>', "folder that keeps vectors between runs (default: in the user's cache folder)")
    .option('--no-cache', 'do not reuse or keep vectors');
}
