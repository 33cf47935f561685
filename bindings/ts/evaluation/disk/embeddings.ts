import path from 'node:path';
import { SignalboxError } from '../../errors.js';
import { type NpyFile, openNpy } from '../../files/disk/npy.js';
import type { Steps } from '../../steps.js';
import type { EvaluationData } from '../data.js';

/** Values to read at once: 4 MiB. */
const BLOCK_VALUES = 2 ** 20;

/** Opens a matrix with one row per row of the data file. Errors name the file. */
async function withMatrix<T>(file: string, data: EvaluationData, use: (matrix: NpyFile) => Promise<T>): Promise<T> {
  const name = path.basename(file);
  try {
    const matrix = await openNpy(file);
    try {
      if (matrix.count !== data.fileRows) {
        const got = `the .npy file has ${matrix.count} rows, the data has ${data.fileRows}`;
        throw new SignalboxError('dimension_mismatch', got);
      }
      return await use(matrix);
    } finally {
      await matrix.close();
    }
  } catch (cause) {
    if (!(cause instanceof SignalboxError) || cause.message.includes(name)) throw cause;
    throw new SignalboxError(cause.code, `${name}: ${cause.message}`, { cause });
  }
}

/** Calls back with blocks of rows, in order. */
async function eachBlock(matrix: NpyFile, use: (first: number, values: Float32Array) => void | Promise<void>) {
  const most = Math.max(1, Math.floor(BLOCK_VALUES / matrix.dim));
  for (let first = 0; first < matrix.count; first += most) {
    await use(first, await matrix.read(first, Math.min(most, matrix.count - first)));
  }
}

/**
 * Reads a whole matrix without keeping it. Errors: those of `openNpy`; `dimension_mismatch` if the rows are not those of
 * the data file, `non_finite`, `aborted`.
 */
export async function checkEmbeddings(file: string, data: EvaluationData, progress: Steps): Promise<void> {
  progress.begin(`checking ${path.basename(file)}`);
  await withMatrix(file, data, (matrix) => eachBlock(matrix, (first) => progress.update(first, matrix.count)));
}

/** Reads the vectors of the used rows: [rows, dim]. Errors: those of `checkEmbeddings`. */
export async function readEmbeddings(
  file: string,
  data: EvaluationData,
): Promise<{ vectors: Float32Array; dim: number }> {
  return withMatrix(file, data, async (matrix) => {
    const { dim } = matrix;
    const vectors = new Float32Array(data.sourceRows.length * dim);
    let row = 0;
    await eachBlock(matrix, (first, values) => {
      const end = first + values.length / dim;
      for (; row < data.sourceRows.length && (data.sourceRows[row] as number) < end; ++row) {
        const at = ((data.sourceRows[row] as number) - first) * dim;
        vectors.set(values.subarray(at, at + dim), row * dim);
      }
    });
    return { vectors, dim };
  });
}
