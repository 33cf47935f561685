import { SignalboxError } from '../../errors.js';
import { readNpy } from '../../files/disk/npy.js';
import type { EvaluationData } from '../data.js';

/** Reads the vectors of the used rows from a .npy matrix with one row per row of the data file. */
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
