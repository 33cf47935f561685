/**
 * Reads parts of an index file; models/FORMAT.md has the layout. The core checks a whole file when it opens it:
 * checksums, text and ranges. `readLayout` checks places and sizes again, in the same order and with the same codes;
 * the decoders rely on these checks.
 */
import { SignalboxError } from '../errors.js';
import { CODE_TYPES, type CodeType } from '../types.js';

const MAGIC = [0x89, 0x53, 0x42, 0x58, 0x0d, 0x0a, 0x1a, 0x0a];
const MAJOR_VERSION = 1;
const HEADER_BYTES = 64;
const ENTRY_BYTES = 24;
const MOST_SECTIONS = 64;
const ALIGNMENT_BYTES = 64;
const MOST_DIMENSIONS = 8192;
const MOST_NAMES = 65535;
const MOST_TASK_MEANS = 4_194_304;
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

/** Bytes of the header and the largest section table: 64 + 64 * 24, written out so that bundlers drop it where unused. */
export const MOST_LAYOUT_BYTES = 1600;

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

/** Bytes of a row of a matrix of bits [rows, width]: each row starts on a byte of its own. */
const bitRowBytes = (width: number) => Math.ceil(width / 8);

/** Bytes from one row of codes to the next. */
export function rowStride(codes: CodeType, dim: number): number {
  const rowBytes = { float32: 4 * dim, int8: dim, int4: Math.ceil(dim / 2), binary: Math.ceil(dim / 8) }[codes];
  return Math.ceil(rowBytes / 16) * 16;
}

function checkCounts({ rows, dim, models, tasks }: Omit<IndexLayout, 'sections'>): void {
  const counts = `${rows} rows, ${dim} dimensions, ${models} models and ${tasks} tasks`;
  if (dim > MOST_DIMENSIONS || models > MOST_NAMES || tasks > MOST_NAMES) {
    throw new SignalboxError('size_overflow', `got ${counts}, which exceeds the limits of the format`);
  }
  if (Math.min(rows, dim, models, tasks) === 0) {
    throw new SignalboxError('bad_section', `got ${counts}, expected at least one of each`);
  }
  if (tasks > rows || tasks * models > MOST_TASK_MEANS) {
    throw new SignalboxError(
      'size_overflow',
      `got ${counts}, expected at most one task per row and ${MOST_TASK_MEANS} task means`,
    );
  }
}

/** Refuses a section whose size does not follow from the header. */
function checkSizes({ sections, rows, models, graded, hasMissing, codes, dim }: IndexLayout): void {
  const bits = rows * bitRowBytes(models);
  const expected: Partial<Record<SectionName, number>> = {
    codes: rows * rowStride(codes, dim),
    outcomes: graded ? 4 * rows * models : bits,
    ...(hasMissing && { measured: bits }),
    row_tasks: 2 * rows,
    map: 4 * rows,
  };
  for (const [name, { sizeBytes }] of sections) {
    const size = expected[name];
    if (size !== undefined && size !== sizeBytes) {
      throw new SignalboxError('bad_section', `${name} has ${sizeBytes} bytes, expected ${size}`);
    }
  }
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
    throw new SignalboxError(code, `got ${fileBytes} bytes, the header states ${announced}`);
  }
  const codes = CODE_TYPES[uint32(48) - 1];
  if (codes === undefined) {
    throw new SignalboxError('unsupported_version', `the code type ${uint32(48)} is not known`);
  }
  const count = uint32(24);
  if (count > MOST_SECTIONS) {
    throw new SignalboxError('size_overflow', `got ${count} sections, expected at most ${MOST_SECTIONS}`);
  }
  const header = {
    formatVersion: [major, view.getUint16(10, true)] as [number, number],
    codes,
    rows: uint32(32),
    dim: uint32(36),
    models: uint32(40),
    tasks: uint32(44),
    graded: (uint32(52) & 1) !== 0,
    hasMissing: (uint32(52) & 2) !== 0,
  };
  checkCounts(header);
  const layout = { ...header, sections: readSections(start, count, fileBytes) };
  checkSizes(layout);
  return layout;
}

/** Decodes a string table. */
export function decodeStrings(section: Uint8Array, count: number): string[] {
  const headBytes = 4 * (count + 1);
  const offsets = new Uint32Array(section.slice(0, headBytes).buffer);
  const text = section.subarray(headBytes);
  // A byte order mark at the start of a string is part of it.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return Array.from({ length: count }, (_, i) => decoder.decode(text.subarray(offsets[i], offsets[i + 1])));
}

/** Decodes outcomes [rows, models] from bits or grades; NaN if the bit of `measured` is 0. */
export function decodeOutcomes(
  { rows, models, graded }: Pick<IndexLayout, 'rows' | 'models' | 'graded'>,
  outcomes: Uint8Array,
  measured: Uint8Array | undefined,
): Float32Array {
  const stride = bitRowBytes(models);
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

/** Decodes whole rows of float32 codes as vectors [rows, dim], without their padding. */
export function decodeFloat32Rows(codes: Uint8Array, dim: number): Float32Array {
  const stride = rowStride('float32', dim) / 4;
  const padded = new Float32Array(codes.slice().buffer);
  const rows = padded.length / stride;
  const out = new Float32Array(rows * dim);
  for (let row = 0; row < rows; ++row) {
    out.set(padded.subarray(row * stride, row * stride + dim), row * dim);
  }
  return out;
}
