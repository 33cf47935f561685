/** Reads NumPy matrices (.npy): float32, little-endian, C order. The file is untrusted until every size is checked. */
import { open } from 'node:fs/promises';
import { endianness } from 'node:os';
import { SignalboxError } from '../../errors.js';
import { diskError } from './errors.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Far more than a header needs: about a hundred bytes. */
const MOST_HEADER_BYTES = 65536;
const MOST_VALUES = 2 ** 30;

function refuse(message: string, code: 'bad_magic' | 'unsupported_version' | 'truncated' | 'bad_section'): never {
  throw new SignalboxError(code, `not a usable .npy file: ${message}`);
}

/** Returns the bounds of the header's text. */
function headerBounds(bytes: Uint8Array): [start: number, end: number] {
  if (bytes.length < 10) refuse(`it has ${bytes.length} bytes`, 'truncated');
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) refuse('it does not begin with \\x93NUMPY', 'bad_magic');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = view.getUint8(6);
  if (major < 1 || major > 3) refuse(`version ${major}, expected 1 to 3`, 'unsupported_version');
  if (major > 1 && bytes.length < 12) refuse(`it has ${bytes.length} bytes`, 'truncated');
  const start = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MOST_HEADER_BYTES) refuse(`a header of ${length} bytes`, 'bad_section');
  if (start + length > bytes.length) refuse('it ends in the header', 'truncated');
  return [start, start + length];
}

/** Parses the three entries of the dictionary; refuses text that NumPy does not write. */
function parseHeader(header: string): [rows: number, dim: number] {
  const entry = (pattern: RegExp, what: string) => {
    const found = pattern.exec(header);
    if (found === null) refuse(`no ${what} in the header`, 'bad_section');
    return found;
  };
  const descr = entry(/'descr':\s*'([^']*)'/, "'descr'")[1] as string;
  if (descr !== '<f4') refuse(`values of type '${descr}', expected '<f4' (float32, little-endian)`, 'bad_section');
  const isFortran = entry(/'fortran_order':\s*(True|False)/, "'fortran_order'")[1] === 'True';
  if (isFortran) refuse('Fortran order, expected C order', 'bad_section');
  const shape = (entry(/'shape':\s*\(([^)]*)\)/, "'shape'")[1] as string).split(',').map((part) => part.trim());
  if (shape.at(-1) === '') shape.pop();
  if (shape.length !== 2 || !shape.every((part) => /^\d{1,15}$/.test(part))) {
    refuse(`the shape (${shape.join(', ')}), expected two numbers`, 'bad_section');
  }
  return [Number(shape[0]), Number(shape[1])];
}

/** Returns the place of the data and the matrix's shape. */
function parseStart(bytes: Uint8Array): { dataAt: number; rows: number; dim: number } {
  const [start, end] = headerBounds(bytes);
  const [rows, dim] = parseHeader(new TextDecoder('latin1').decode(bytes.subarray(start, end)));
  if (rows * dim > MOST_VALUES) {
    throw new SignalboxError('size_overflow', `a matrix of ${rows} x ${dim} values, expected at most ${MOST_VALUES}`);
  }
  if (rows === 0 || dim === 0) refuse(`the shape (${rows}, ${dim}) is empty`, 'bad_section');
  return { dataAt: end, rows, dim };
}

function checkSize(rows: number, dim: number, found: number): void {
  const expected = 4 * rows * dim;
  if (found < expected) refuse(`${found} bytes of values, (${rows}, ${dim}) needs ${expected}`, 'truncated');
  if (found > expected) refuse(`${found} bytes of values, (${rows}, ${dim}) has ${expected}`, 'bad_section');
}

/** Converts bytes to values in the machine's byte order; `first` is the number of the first row. */
function toValues(data: Uint8Array<ArrayBuffer>, dim: number, first: number): Float32Array {
  let values = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  if (endianness() === 'BE') {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    values = Float32Array.from({ length: values.length }, (_, i) => view.getFloat32(4 * i, true));
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new SignalboxError(
      'non_finite',
      `row ${first + Math.floor(bad / dim)} of the .npy file holds ${values[bad]}`,
    );
  }
  return values;
}

/** An open matrix, whose rows are read on demand. */
export interface NpyFile {
  /** Number of rows. */
  count: number;
  dim: number;
  /** Reads rows from `first` on, row-major [count, dim]. Errors: `truncated`, `non_finite`. */
  read(first: number, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens a matrix. Nothing is allocated until the file's size matches the shape.
 * Errors: `network`; `bad_magic`, `unsupported_version`, `truncated`, `bad_section`, `size_overflow`.
 */
export async function openNpy(path: string): Promise<NpyFile> {
  const file = await open(path).catch((cause: Error) => {
    throw diskError(`${path} could not be read`, cause);
  });
  try {
    const { size } = await file.stat();
    const start = new Uint8Array(Math.min(size, MOST_HEADER_BYTES + 12));
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    const { dataAt, rows, dim } = parseStart(start.subarray(0, bytesRead));
    checkSize(rows, dim, size - dataAt);
    const read = async (first: number, count: number) => {
      const data = new Uint8Array(4 * count * dim);
      for (let done = 0; done < data.length; ) {
        const { bytesRead: more } = await file.read(data, done, data.length - done, dataAt + 4 * first * dim + done);
        if (more === 0) refuse('it shrank while it was read', 'truncated');
        done += more;
      }
      return toValues(data, dim, first);
    };
    return { count: rows, dim, read, close: () => file.close() };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}
