/** The file format of the tables: a JSON header with dtype, shape and place of each tensor, then the tensors' bytes. */

/** Writes tensors { name: { dtype, shape, bytes } } as one file; pads the header so that the tensors are aligned. */
export function writeSafetensors(tensors) {
  const header = {};
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.byteLength] };
    end += bytes.byteLength;
  }
  const text = JSON.stringify(header);
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([size, padded, ...Object.values(tensors).map(({ bytes }) => bytes)]);
}

export function readSafetensors(file) {
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, start));
  return Object.fromEntries(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [begin, end],
          },
        ]) => [name, { dtype, shape, bytes: file.subarray(start + begin, start + end) }],
      ),
  );
}

/** Converts to IEEE 754 binary16, to nearest, ties to even. Positive normal numbers only, which scales are. */
export function toHalf(value) {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
  const rounded = bits + 0xfff + ((bits >>> 13) & 1);
  const exponent = (rounded >>> 23) - 112;
  if (value <= 0 || exponent <= 0 || exponent >= 31) throw new RangeError(`${value} is not a normal positive half`);
  return (exponent << 10) | ((rounded >>> 13) & 0x3ff);
}

export function fromHalf(half) {
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  return exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
}
