import type { Steps } from '../steps.js';
import type { Embedder } from '../types.js';

const BLOCK = 256;

/** Returns the vectors of texts: [texts, dim]. */
export async function embedAll(embedder: Embedder, texts: readonly string[], progress: Steps): Promise<Float32Array> {
  const { signal } = progress;
  const vectors = new Float32Array(texts.length * embedder.dim);
  for (let first = 0; first < texts.length; first += BLOCK) {
    const block = texts.slice(first, first + BLOCK);
    for (const [i, { vector }] of (await embedder.embed(block, { signal })).entries()) {
      vectors.set(vector, (first + i) * embedder.dim);
    }
    await progress.update(Math.min(first + BLOCK, texts.length), texts.length);
  }
  return vectors;
}
