// Quantises weights in the formats of the tools that write quantised ONNX models.

/** Size of a block of MatMulNBits: the number of values of one column that share a scale. */
export const BLOCK = 32;

const INT4_ZERO = 8;

const [asFloat, asBits] = (() => {
  const floats = new Float32Array(1);
  return [floats, new Uint32Array(floats.buffer)];
})();

/** Shifts out `bits` low bits, rounding to nearest and half to even. */
function shiftRounded(value, bits) {
  const kept = value >>> bits;
  const lost = value & ((1 << bits) - 1);
  const half = 1 << (bits - 1);
  return lost > half || (lost === half && kept % 2 === 1) ? kept + 1 : kept;
}

/** Returns the bits of the float16 nearest to a finite number. */
export function float16Bits(value) {
  asFloat[0] = value;
  const sign = (asBits[0] >>> 16) & 0x8000;
  const exponent = ((asBits[0] >>> 23) & 0xff) - 127;
  const mantissa = asBits[0] & 0x7fffff;
  if (exponent < -25) return sign;
  // Below 2^-14 the exponent is fixed, and the leading one becomes part of the mantissa.
  if (exponent < -14) return sign | shiftRounded(mantissa | 0x800000, -exponent - 1);
  // A mantissa that rounds up to 2^10 carries into the exponent, as intended.
  const bits = ((exponent + 15) << 10) + shiftRounded(mantissa, 13);
  return sign | Math.min(bits, 0x7c00);
}

export const toFloat16 = (values) => Uint16Array.from(values, float16Bits);

/** Returns the number that float16 bits represent. */
export function fromFloat16Bits(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 0x3ff;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

export const fromFloat16 = (values) => Float32Array.from(values, fromFloat16Bits);

function largestOf(values, start, count, stride) {
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, Math.abs(values[start + i * stride]));
  return largest;
}

/** Quantises with one scale for the whole tensor and zero at 0: the numbers are `values` * `scale`. */
export function quantiseInt8(numbers) {
  const scale = Math.fround(largestOf(numbers, 0, numbers.length, 1) / 127) || 1;
  const values = new Int8Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) values[i] = Math.max(-127, Math.min(127, Math.round(numbers[i] / scale)));
  return { values, scale };
}

/**
 * Quantises a matrix [inputs, outputs] for MatMulNBits: for each output, blocks of 32 inputs in 16 bytes, the even
 * input in the low half, and a scale per block. A half-byte q represents (q - 8) * scale.
 */
export function quantiseInt4(numbers, inputs, outputs) {
  if (inputs % BLOCK !== 0) throw new Error(`q4: ${inputs} inputs do not make whole blocks of ${BLOCK}`);
  const blocks = inputs / BLOCK;
  const values = new Uint8Array((outputs * inputs) / 2);
  const scales = new Float32Array(outputs * blocks);
  for (let block = 0; block < outputs * blocks; block++) {
    const start = (block % blocks) * BLOCK * outputs + Math.floor(block / blocks);
    const scale = Math.fround(largestOf(numbers, start, BLOCK, outputs) / (INT4_ZERO - 1)) || 1;
    scales[block] = scale;
    for (let i = 0; i < BLOCK; i++) {
      const q = Math.max(0, Math.min(15, Math.round(numbers[start + i * outputs] / scale) + INT4_ZERO));
      values[(block * BLOCK + i) >> 1] |= q << (4 * (i % 2));
    }
  }
  return { values, scales };
}
