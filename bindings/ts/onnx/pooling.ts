/** Combines the vectors of a text's tokens into one of unit norm. */
import { errorFrom } from '../errors.js';
import type { Pooling } from './options.js';

/** The model's output for a batch, row-major [texts, tokens, dim]. */
export interface HiddenStates {
  values: ArrayLike<number>;
  tokens: number;
  dim: number;
}

function poolMean(out: Float64Array, { values, dim }: HiddenStates, first: number, length: number): void {
  for (let t = 0; t < length; ++t) {
    const at = (first + t) * dim;
    for (let i = 0; i < dim; ++i) out[i] = (out[i] as number) + (values[at + i] as number);
  }
  // No division by the number of tokens: normalisation would undo it.
}

function poolMax(out: Float64Array, { values, dim }: HiddenStates, first: number, length: number): void {
  out.fill(Number.NEGATIVE_INFINITY);
  for (let t = 0; t < length; ++t) {
    const at = (first + t) * dim;
    for (let i = 0; i < dim; ++i) out[i] = Math.max(out[i] as number, values[at + i] as number);
  }
}

function poolCls(out: Float64Array, { values, dim }: HiddenStates, first: number): void {
  for (let i = 0; i < dim; ++i) out[i] = values[first * dim + i] as number;
}

const POOL = { mean: poolMean, max: poolMax, cls: poolCls };

/** A vector with a smaller norm counts as zero. */
const LEAST_NORM = 1e-12;

/**
 * Pools the `length` tokens of text `row`, without padding; sums in float64.
 * Errors: `non_finite` if the model returned NaN or infinity.
 */
export function poolText(states: HiddenStates, row: number, length: number, pooling: Pooling): Float32Array {
  const sums = new Float64Array(states.dim);
  POOL[pooling](sums, states, row * states.tokens, length);
  const norm = Math.sqrt(sums.reduce((sum, x) => sum + x * x, 0));
  if (!Number.isFinite(norm)) throw errorFrom('non_finite', 'the model returned NaN or infinity for a text');
  return norm < LEAST_NORM ? new Float32Array(states.dim) : Float32Array.from(sums, (x) => x / norm);
}

/** Converts IEEE 754 binary16 to numbers. */
export function fromHalves(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) return sign * 2 ** -24 * fraction;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * 2 ** (exponent - 25) * (1024 + fraction);
  });
}
