import { SignalboxError } from '../../errors.js';
import { readNpy } from '../../files/disk/npy.js';
import type { EvaluationData } from '../data.js';

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
