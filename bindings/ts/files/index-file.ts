/**
 * Reads parts of an index file; models/FORMAT.md has the layout. The core checks a whole file, checksums and ranges
 * included, when it opens it. This reader checks only what it relies on, in the same order and with the same codes.
 */
import { SignalboxError } from '../errors.js';
import { CODE_TYPES, type CodeType } from '../types.js';

const MAGIC = [0x89, 0x53, 0x42, 0x58, 0x0d, 0x0a, 0x1a, 0x0a];
const MAJOR_VERSION = 1;
const HEADER_BYTES = 64;
const ENTRY_BYTES = 24;
const MOST_SECTIONS = 64;
const ALIGNMENT_BYTES = 64;
const MOST_PLACE = 65535;

/** Kinds of section: entry i has the number i + 1 in the file. */
const SECTION_NAMES = [
  ...['metadata', 'model_names', 'task_names', 'sample_ids', 'embedder', 'routing', 'codes', 'scales', 'outcomes'],
  ...['measured', 'row_tasks', 'model_numbers', 'pair_u', 'pair_p', 'coverage', 'map'],
] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

export interface SectionExtent {
  offsetBytes: number;
  sizeBytes: number;
}

/** Contents of the header and the section table. */
export interface IndexLayout {
  formatVersion: [major: number, minor: number];
  codes: CodeType;
  rows: number;
  dim: number;
  models: number;
  tasks: number;
  graded: boolean;
  /** Some outcomes may be missing: the section `measured` tells which. */
  hasMissing: boolean;
  sections: ReadonlyMap<SectionName, SectionExtent>;
}

/** Bytes at the start of a file that hold the header and the largest section table. */
export const MOST_LAYOUT_BYTES = HEADER_BYTES + MOST_SECTIONS * ENTRY_BYTES;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function readSections(start: Uint8Array, count: number, fileBytes: number): Map<SectionName, SectionExtent> {
  const view = viewOf(start);
  const sections = new Map<SectionName, SectionExtent>();
  let end = HEADER_BYTES + count * ENTRY_BYTES;
  if (end > fileBytes) throw new SignalboxError('truncated', 'the section table ends after the file');
  for (let i = 0; i < count; ++i) {
    const at = HEADER_BYTES + i * ENTRY_BYTES;
    const name = SECTION_NAMES[view.getUint32(at, true) - 1];
    const offsetBytes = Number(view.getBigUint64(at + 8, true));
    const sizeBytes = Number(view.getBigUint64(at + 16, true));
    if (offsetBytes % ALIGNMENT_BYTES !== 0 || offsetBytes < end) {
      throw new SignalboxError('bad_section', `section ${i} is misaligned, out of order or overlaps the one before`);
    }
    end = offsetBytes + sizeBytes;
    if (end > fileBytes) throw new SignalboxError('truncated', `section ${i} ends after the file`);
    if (name === undefined) continue; // A newer minor version may add kinds.
    if (sections.has(name)) throw new SignalboxError('bad_section', `${name} occurs twice`);
    sections.set(name, { offsetBytes, sizeBytes });
  }
  return sections;
}

/**
 * Reads the header and the section table. `start` is the whole file of `fileBytes` bytes, or its first
 * `MOST_LAYOUT_BYTES`. Errors: `bad_magic`, `truncated`, `unsupported_version`, `bad_section`, `size_overflow`.
 */
export function readLayout(start: Uint8Array, fileBytes: number): IndexLayout {
  if (start.length === 0 || MAGIC.some((byte, i) => i < start.length && start[i] !== byte)) {
    throw new SignalboxError('bad_magic', 'the bytes are not a signalbox index: the magic number is missing');
  }
  if (start.length < HEADER_BYTES) {
    throw new SignalboxError('truncated', `got ${start.length} bytes, expected a header of ${HEADER_BYTES}`);
  }
  const view = viewOf(start);
  const uint32 = (at: number) => view.getUint32(at, true);
  const major = view.getUint16(8, true);
  if (major !== MAJOR_VERSION) {
    throw new SignalboxError(
      'unsupported_version',
      `the index has format version ${major}, this reader knows ${MAJOR_VERSION}`,
    );
  }
  if (uint32(12) !== HEADER_BYTES) throw new SignalboxError('bad_section', 'the header has an unknown size');
  const announced = Number(view.getBigUint64(16, true));
  if (announced !== fileBytes) {
    const code = announced > fileBytes ? 'truncated' : 'bad_section';
    throw new SignalboxError(code, `got ${fileBytes} bytes, the header announces ${announced}`);
  }
  const codes = CODE_TYPES[uint32(48) - 1];
  if (codes === undefined) {
    throw new SignalboxError('unsupported_version', `the code type ${uint32(48)} is not known`);
  }
  const count = uint32(24);
  if (count > MOST_SECTIONS) {
    throw new SignalboxError('size_overflow', `got ${count} sections, expected at most ${MOST_SECTIONS}`);
  }
  return {
    formatVersion: [major, view.getUint16(10, true)],
    codes,
    rows: uint32(32),
    dim: uint32(36),
    models: uint32(40),
    tasks: uint32(44),
    graded: (uint32(52) & 1) !== 0,
    hasMissing: (uint32(52) & 2) !== 0,
    sections: readSections(start, count, fileBytes),
  };
}

/** Bytes of a matrix of bits [rows, width]: each row starts on a byte of its own. */
const bitRowBytes = (width: number) => Math.ceil(width / 8);

/** Bytes from one row of float32 codes to the next. */
export const float32Stride = (dim: number) => Math.ceil((4 * dim) / 16) * 16;

/** Decodes a string table. Errors: `bad_section`, `bad_metadata`. */
export function decodeStrings(section: Uint8Array, count: number): string[] {
  const headBytes = 4 * (count + 1);
  if (section.length < headBytes) throw new SignalboxError('bad_section', 'a string table is too small');
  const offsets = new Uint32Array(section.slice(0, headBytes).buffer);
  const text = section.subarray(headBytes);
  if (offsets[0] !== 0 || offsets[count] !== text.length || offsets.some((at, i) => at < (offsets[i - 1] ?? 0))) {
    throw new SignalboxError('bad_section', 'a string table has offsets that are out of order');
  }
  // A byte order mark at the start of a string is part of it.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return Array.from({ length: count }, (_, i) => decoder.decode(text.subarray(offsets[i], offsets[i + 1])));
  } catch (cause) {
    throw new SignalboxError('bad_metadata', 'a string table is not UTF-8', { cause });
  }
}

/**
 * Decodes outcomes [rows, models] from bits or grades; NaN where the bits of `measured` are 0. Errors: `bad_section`
 * if a section has another size.
 */
export function decodeOutcomes(
  { rows, models, graded }: Pick<IndexLayout, 'rows' | 'models' | 'graded'>,
  outcomes: Uint8Array,
  measured: Uint8Array | undefined,
): Float32Array {
  const stride = bitRowBytes(models);
  const sizeBytes = graded ? 4 * rows * models : rows * stride;
  if (outcomes.length !== sizeBytes || (measured !== undefined && measured.length !== rows * stride)) {
    throw new SignalboxError('bad_section', `outcomes or measured do not have the bytes of ${rows} rows`);
  }
  const isSet = (bits: Uint8Array, row: number, model: number) =>
    ((bits[row * stride + (model >> 3)] as number) >> (model & 7)) & 1;
  const out = graded ? new Float32Array(outcomes.slice().buffer) : new Float32Array(rows * models);
  for (let row = 0, at = 0; row < rows; ++row) {
    for (let model = 0; model < models; ++model, ++at) {
      if (measured !== undefined && isSet(measured, row, model) === 0) out[at] = Number.NaN;
      else if (!graded) out[at] = isSet(outcomes, row, model);
    }
  }
  return out;
}

/** Decodes the task of each row. */
export const decodeRowTasks = (section: Uint8Array) => new Uint16Array(section.slice().buffer);

/** Decodes the map [rows, 2], both axes 0..1. */
export const decodeMap = (section: Uint8Array) =>
  Float32Array.from(new Uint16Array(section.slice().buffer), (place) => place / MOST_PLACE);

/** Decodes rows of float32 codes as vectors [rows, dim], without their padding. Errors: `bad_section`. */
export function decodeFloat32Rows(codes: Uint8Array, dim: number): Float32Array {
  const stride = float32Stride(dim);
  const rows = codes.length / stride;
  if (!Number.isInteger(rows)) throw new SignalboxError('bad_section', 'the codes end within a row');
  const padded = new Float32Array(codes.slice().buffer);
  const out = new Float32Array(rows * dim);
  for (let row = 0; row < rows; ++row) {
    out.set(padded.subarray((row * stride) / 4, (row * stride) / 4 + dim), row * dim);
  }
  return out;
}
