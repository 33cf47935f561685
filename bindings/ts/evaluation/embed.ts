/** Vectors for the samples: made by an embedder, or read from a file. */

import type { Progress } from '../cli/progress.js';
import { SignalboxError } from '../errors.js';
import { readNpy } from '../files/npy.js';
import type { Embedder } from '../types.js';
import type { EvaluationData } from './data.js';

const BLOCK = 256;

/** [texts, dim] */
export async function embedAll(
  embedder: Embedder,
  texts: readonly string[],
  progress: Progress,
): Promise<Float32Array> {
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

/** The rows of a .npy matrix, which are those of the data file, for the rows that are used. */
export async function readEmbeddings(
  file: string,
  data: EvaluationData,
): Promise<{ vectors: Float32Array; dim: number }> {
  const { rows, dim, values } = await readNpy(file);
  if (rows !== data.fileRows) {
    throw new SignalboxError('dimension_mismatch', `the .npy file has ${rows} rows, the data has ${data.fileRows}`);
  }
  const vectors = new Float32Array(data.sourceRows.length * dim);
  for (const [row, source] of data.sourceRows.entries()) {
    vectors.set(values.subarray(source * dim, (source + 1) * dim), row * dim);
  }
  return { vectors, dim };
}
