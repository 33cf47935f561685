/** Prepares a source's vectors for an index: cut, of unit norm, in the order of the index. */
import { SignalboxError } from '../errors.js';
import { readSlots, type VectorSource } from './storage.js';

/**
 * Returns the first `dims` components of each row, scaled to unit norm (Matryoshka), row-major [rows, dims]. Zeros stay
 * zeros.
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

/** Unit vectors by slot. `isUnit`: the source's vectors already have unit norm, and must stay the same bit for bit. */
export class UnitVectors {
  readonly dim: number;
  readonly #source: VectorSource;
  readonly #isUnit: boolean;

  /** Errors: `invalid_argument` for more dimensions than the source has. */
  constructor(source: VectorSource, dims: number | undefined, isUnit = false) {
    if (dims !== undefined && !(Number.isInteger(dims) && dims >= 1 && dims <= source.dim)) {
      throw new SignalboxError('invalid_argument', `got ${dims} dimensions, expected 1 to ${source.dim}`);
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
