/**
 * Decodes sections of an index file; models/FORMAT.md has the layout. The core checks a whole file when it opens it, and
 * `IndexInfo.sections` has the places. The decoders rely on these checks.
 */
import type { IndexInfo } from '../types.js';

const MOST_PLACE = 65535;

/** The sections that the package decodes. */
export type SectionName =
  | 'sample_ids'
  | 'codes'
  | 'outcomes'
  | 'packed_outcomes'
  | 'measured'
  | 'row_tasks'
  | 'map'
  | 'texts';

/** Returns the place of a section; `undefined` if the index does not have it. */
export const findSection = ({ sections }: IndexInfo, wanted: SectionName) =>
  sections.find(({ name }) => name === wanted);

/** Bytes from one row of float32 codes to the next. */
export const float32Stride = (dim: number) => Math.ceil((4 * dim) / 16) * 16;

/** Decodes a string table. */
export function decodeStrings(section: Uint8Array, count: number): string[] {
  const headBytes = 4 * (count + 1);
  const offsets = new Uint32Array(section.slice(0, headBytes).buffer);
  const text = section.subarray(headBytes);
  // A byte order mark at the start of a string is part of it.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return Array.from({ length: count }, (_, i) => decoder.decode(text.subarray(offsets[i], offsets[i + 1])));
}

/** Decodes one entry of a string table. */
export function decodeStringAt(section: Uint8Array, count: number, i: number): string {
  const offsets = new DataView(section.buffer, section.byteOffset, 4 * (count + 1));
  const text = section.subarray(4 * (count + 1));
  const bytes = text.slice(offsets.getUint32(4 * i, true), offsets.getUint32(4 * (i + 1), true));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

const isSet = (bits: Uint8Array, start: number, i: number) => ((bits[start + (i >> 3)] as number) >> (i & 7)) & 1;

/**
 * Returns the sections that hold the outcomes of an index. A file may have a mask although nothing is missing; unless its
 * outcomes are packed, it is then ignored.
 */
export function outcomeSections(info: IndexInfo): { outcomes: SectionName; measured?: SectionName } {
  if (findSection(info, 'packed_outcomes')) return { outcomes: 'packed_outcomes', measured: 'measured' };
  return info.missingOutcomes === 0 ? { outcomes: 'outcomes' } : { outcomes: 'outcomes', measured: 'measured' };
}

/** Decodes the outcomes [rows, models] of an index from these sections; NaN if an outcome was not measured. */
export function decodeOutcomes(info: IndexInfo, outcomes: Uint8Array, measured: Uint8Array | undefined): Float32Array {
  const isPacked = measured !== undefined && outcomeSections(info).outcomes === 'packed_outcomes';
  return isPacked ? decodePacked(info, outcomes, measured) : decodeAll(info, outcomes, measured);
}

/** Decodes outcomes of the measured pairs. */
function decodePacked(
  { rows, models: { length: models }, graded }: IndexInfo,
  packed: Uint8Array,
  measured: Uint8Array,
): Float32Array {
  const stride = Math.ceil(models / 8);
  const headBytes = 4 * (rows + 1);
  const offsets = new Uint32Array(packed.slice(0, headBytes).buffer);
  const values = packed.subarray(headBytes);
  const grades = graded ? new Float32Array(values.slice().buffer) : undefined;
  const out = new Float32Array(rows * models).fill(Number.NaN);
  for (let row = 0; row < rows; ++row) {
    const start = offsets[row] as number;
    for (let model = 0, place = 0; model < models; ++model) {
      if (isSet(measured, row * stride, model) === 0) continue;
      out[row * models + model] =
        grades === undefined ? isSet(values, start, place) : (grades[start / 4 + place] as number);
      place += 1;
    }
  }
  return out;
}

/** Decodes outcomes from bits or grades; NaN if the bit of `measured` is 0. */
function decodeAll(
  { rows, models: { length: models }, graded }: IndexInfo,
  outcomes: Uint8Array,
  measured: Uint8Array | undefined,
): Float32Array {
  const stride = Math.ceil(models / 8); // Each row of bits starts on a byte of its own.
  const out = graded ? new Float32Array(outcomes.slice().buffer) : new Float32Array(rows * models);
  for (let row = 0, at = 0; row < rows; ++row) {
    for (let model = 0; model < models; ++model, ++at) {
      if (measured !== undefined && isSet(measured, row * stride, model) === 0) out[at] = Number.NaN;
      else if (!graded) out[at] = isSet(outcomes, row * stride, model);
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
  const stride = float32Stride(dim) / 4;
  const padded = new Float32Array(codes.slice().buffer);
  const rows = padded.length / stride;
  const out = new Float32Array(rows * dim);
  for (let row = 0; row < rows; ++row) {
    out.set(padded.subarray(row * stride, row * stride + dim), row * dim);
  }
  return out;
}
