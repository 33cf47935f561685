/** Tables of token vectors: cuts to leading dimensions, and rows in few bits, each with its own scale. */
import { fromHalf, readSafetensors, toHalf, writeSafetensors } from './safetensors.mjs';

/** Shares of a row's largest value to try as the clipping point of four bits. */
const CLIPPING = Array.from({ length: 36 }, (_, i) => 0.3 + 0.02 * i);

/** Returns { rows, dim, values } with the first `dim` columns. */
export function firstDimensions(table, dim) {
  const values = new Float32Array(table.rows * dim);
  for (let row = 0; row < table.rows; ++row) {
    values.set(table.values.subarray(row * table.dim, row * table.dim + dim), row * dim);
  }
  return { rows: table.rows, dim, values };
}

function quantiseWithStep(row, step, limit, codes) {
  let error = 0;
  for (let i = 0; i < row.length; ++i) {
    const code = Math.max(-limit - 1, Math.min(limit, Math.round(row[i] / step)));
    codes[i] = code;
    error += (row[i] - code * step) ** 2;
  }
  return error;
}

/** Returns the step, a half-precision number, whose codes have the least squared error. */
function bestStep(row, limit) {
  let largest = 0;
  for (const value of row) largest = Math.max(largest, Math.abs(value));
  const smallestHalf = 2 ** -14;
  if (limit > 7) return fromHalf(toHalf(Math.max(smallestHalf, largest / limit)));
  const codes = new Int8Array(row.length);
  let best = { error: Number.POSITIVE_INFINITY, step: smallestHalf };
  for (const share of CLIPPING) {
    const step = fromHalf(toHalf(Math.max(smallestHalf, (share * largest) / (limit + 0.5))));
    const error = quantiseWithStep(row, step, limit, codes);
    if (error < best.error) best = { error, step };
  }
  return best.step;
}

/** Returns { rows, dim, codes, scales }: value = code * scale of its row; bits is 4 or 8. */
export function quantise(table, bits) {
  const limit = 2 ** (bits - 1) - 1;
  const codes = new Int8Array(table.values.length);
  const scales = new Float32Array(table.rows);
  for (let row = 0; row < table.rows; ++row) {
    const [from, to] = [row * table.dim, (row + 1) * table.dim];
    scales[row] = bestStep(table.values.subarray(from, to), limit);
    quantiseWithStep(table.values.subarray(from, to), scales[row], limit, codes.subarray(from, to));
  }
  return { rows: table.rows, dim: table.dim, bits, codes, scales };
}

export function dequantise({ rows, dim, codes, scales }) {
  const values = Float32Array.from(codes, (code, i) => code * scales[Math.floor(i / dim)]);
  return { rows, dim, values };
}

/** Writes quantised rows as model.safetensors: int4 is two codes per byte, the first in the low half. */
export function encodeModel({ rows, dim, bits, codes, scales }) {
  const weights = { dtype: 'F16', shape: [rows], bytes: Buffer.from(Uint16Array.from(scales, toHalf).buffer) };
  if (bits === 8) {
    return writeSafetensors({
      embeddings: { dtype: 'I8', shape: [rows, dim], bytes: Buffer.from(codes.buffer) },
      weights,
    });
  }
  const packed = Buffer.alloc(codes.length / 2);
  for (let i = 0; i < packed.length; ++i) packed[i] = (codes[2 * i] & 15) | ((codes[2 * i + 1] & 15) << 4);
  return writeSafetensors({ embeddings: { dtype: 'U8', shape: [rows, dim / 2], bytes: packed }, weights });
}

/** Reads the values of a model.safetensors that encodeModel wrote. */
export function decodeModel(file) {
  const { embeddings, weights } = readSafetensors(file);
  const scales = Float32Array.from({ length: weights.shape[0] }, (_, i) => fromHalf(weights.bytes.readUInt16LE(2 * i)));
  const rows = embeddings.shape[0];
  if (embeddings.dtype === 'I8') {
    return dequantise({
      rows,
      dim: embeddings.shape[1],
      codes: Int8Array.from(embeddings.bytes, (x) => (x << 24) >> 24),
      scales,
    });
  }
  const codes = new Int8Array(2 * embeddings.bytes.length);
  embeddings.bytes.forEach((byte, i) => {
    codes[2 * i] = (byte << 28) >> 28;
    codes[2 * i + 1] = (byte << 24) >> 28;
  });
  return dequantise({ rows, dim: 2 * embeddings.shape[1], codes, scales });
}
