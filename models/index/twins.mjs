// Twins of the default index: the same rows, tasks, models and prices, with the vectors of a sentence transformer.
import { fileURLToPath } from 'node:url';
import { CachedEmbedder } from '../../dist/building/disk/embedding-cache.js';
import { loadEmbedder } from '../../dist/cli/embedder-option.js';
import { Progress } from '../../dist/cli/progress.js';
import { embedAll } from '../../dist/evaluation/embed.js';
import { openNpy } from '../../dist/files/disk/npy.js';

const CACHE = fileURLToPath(new URL('../../build/embeddings', import.meta.url));

/**
 * By name: the identity of the vectors, and what was chosen by measurement (the cards beside the indexes). The identity
 * has neither a hash nor the tokenizer's: any file of the model may make queries, whatever the type of its weights.
 */
export const TWINS = {
  minilm: {
    id: 'Xenova/all-MiniLM-L6-v2',
    details: { dtype: 'fp32', pooling: 'mean', maxTokens: 256 },
    codes: 'int4',
    votes: { temperature: 0.05, kindNorm: 1.25, kindCosine: 0.25 },
  },
  mpnet: {
    id: 'Xenova/all-mpnet-base-v2',
    details: { dtype: 'fp32', pooling: 'mean', maxTokens: 384 },
    codes: 'int4',
    votes: { temperature: 0.05, kindNorm: 1.4, kindCosine: 0.25 },
  },
};

/** Embeds the prompts with a model that must have the twin's settings. */
async function embed({ id, details }, prompts, place) {
  const loaded = await loadEmbedder(place ?? `onnx:${id}`);
  const embedder = new CachedEmbedder(loaded, CACHE);
  try {
    for (const key of ['pooling', 'maxTokens']) {
      const got = loaded.details?.[key];
      if (got !== details[key]) throw new Error(`the embedder has the ${key} ${got}, expected ${details[key]}`);
    }
    const progress = new Progress(process.stderr);
    progress.begin('embedding');
    const values = await embedAll(embedder, prompts, progress);
    progress.end();
    return { values, dim: loaded.dim, dtype: loaded.details.dtype };
  } finally {
    embedder.dispose();
  }
}

/** Reads the vectors of the prompts from a matrix. */
async function readMatrix({ details }, prompts, file) {
  const { count, dim, read, close } = await openNpy(file);
  try {
    if (count !== prompts.length) throw new Error(`${file} has ${count} rows, expected ${prompts.length}`);
    return { values: await read(0, count), dim, dtype: details.dtype };
  } finally {
    await close();
  }
}

/** Returns the vectors of a twin's rows, [prompts, dim], and the identity that its index names. */
export async function readTwinVectors(twin, prompts, { embedder: place, embeddings }) {
  const read = embeddings === undefined ? embed(twin, prompts, place) : readMatrix(twin, prompts, embeddings);
  const { values, dim, dtype } = await read;
  return { values, dim, embedder: { id: twin.id, details: { ...twin.details, dtype } } };
}
