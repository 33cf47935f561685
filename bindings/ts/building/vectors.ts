/** From the vectors of a source to those of an index: cut, of unit norm, in the order of the index. */
import { SignalboxError } from '../errors.js';
import { readSlots, type VectorSource } from './storage.js';

/**
 * The first `dims` components of every row, scaled to unit norm (Matryoshka); zeros stay zeros. Row-major [rows, dims].
 */
export function cutToUnit(vectors: Float32Array, dim: number, dims: number): Float32Array {
  const rows = vectors.length / dim;
  const out = new Float32Array(rows * dims);
  for (let row = 0; row < rows; ++row) {
    let squared = 0;
    for (let i = 0; i < dims; ++i) squared += (vectors[row * dim + i] as number) ** 2;
    if (squared === 0) continue;
    const inverse = 1 / Math.sqrt(squared);
    for (let i = 0; i < dims; ++i) out[row * dims + i] = (vectors[row * dim + i] as number) * inverse;
  }
  return out;
}

/** Unit vectors by slot. `isUnit`: they are so already, and of this length, and must stay bit for bit what they are. */
export class UnitVectors {
  readonly dim: number;
  readonly #source: VectorSource;
  readonly #isUnit: boolean;

  /** Errors: `invalid_argument` for more dimensions than there are. */
  constructor(source: VectorSource, dims: number | undefined, isUnit = false) {
    if (dims !== undefined && !(Number.isInteger(dims) && dims >= 1 && dims <= source.dim)) {
      throw new SignalboxError('invalid_argument', `${dims} dimensions, expected 1 to ${source.dim}`);
    }
    this.dim = dims ?? source.dim;
    this.#source = source;
    this.#isUnit = isUnit;
  }

  async at(slots: ArrayLike<number>): Promise<Float32Array> {
    const vectors = await readSlots(this.#source, slots);
    if (this.#isUnit && this.dim === this.#source.dim) return vectors;
    return cutToUnit(vectors, this.#source.dim, this.dim);
  }
}
