// Reads the rows of an index of int4 or int8 codes as unit vectors.

/** Returns [rows, dim] from the file of an index with this `info`. */
export function vectorsOf(file, { rows, dim, codes, sections }) {
  if (codes !== 'int4' && codes !== 'int8') throw new Error(`rows in ${codes}: expected int4 or int8`);
  const at = (name) => file.subarray(sections.find((s) => s.name === name).offsetBytes);
  const [bytes, scales] = [at('codes'), at('scales')];
  const stride = Math.ceil((codes === 'int4' ? Math.ceil(dim / 2) : dim) / 16) * 16;
  const out = new Float32Array(rows * dim);
  for (let row = 0; row < rows; ++row) {
    const scale = scales.readFloatLE(4 * row);
    for (let i = 0; i < dim; ++i) {
      const code =
        codes === 'int8'
          ? bytes.readInt8(row * stride + i)
          : (bytes[row * stride + (i >> 1)] << (i % 2 ? 24 : 28)) >> 28;
      out[row * dim + i] = code * scale;
    }
  }
  return out;
}
