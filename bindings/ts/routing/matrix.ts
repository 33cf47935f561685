/** Copies vectors of inputs into a matrix for the core. */
import { SignalboxError } from '../errors.js';
import { described } from '../options.js';
import type { ReadInput } from './inputs.js';

/** Copies the vectors into one matrix [count, dim]; `first`: number of the first, for messages. Errors: `dimension_mismatch`. */
export function matrixOf(inputs: readonly ReadInput[], dim: number, first = 0): Float32Array {
  const flat = new Float32Array(inputs.length * dim);
  for (const [i, { vector }] of inputs.entries()) {
    if (typeof vector !== 'object' || vector === null || vector.length !== dim) {
      const got = vector?.length ?? typeof vector;
      throw new SignalboxError(
        'dimension_mismatch',
        `vector ${first + i} has ${got} dimensions, the index needs ${dim}`,
      );
    }
    // Float32Array would turn null and texts into numbers.
    const values: ArrayLike<unknown> = ArrayBuffer.isView(vector) ? [vector[0]] : vector;
    for (let at = 0; at < values.length; ++at) {
      if (typeof values[at] === 'number') continue;
      const got = described(values[at]);
      throw new SignalboxError('non_finite', `vector ${first + i} holds ${got} at ${at}, expected numbers`);
    }
    flat.set(vector, i * dim);
  }
  return flat;
}
