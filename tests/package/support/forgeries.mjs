// Changed index files, with valid checksums, and changed wasm modules.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { dist } from './fixtures.mjs';

const HEADER_BYTES = 64;
const ENTRY_BYTES = 24;
const BODY_CRC = 28;
const HEADER_CRC = 60;

/** Offsets of the header's fields (models/FORMAT.md). */
export const FIELD = { major: 8, fileSize: 16, sections: 24, rows: 32, dim: 36, tasks: 44, codes: 48 };

const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Writes all checksums with an implementation of CRC-32 other than the core's. */
export function seal(bytes) {
  const view = viewOf(bytes);
  const isOld = view.getUint16(FIELD.major, true) === 1;
  const count = isOld ? 0 : view.getUint32(FIELD.sections, true);
  for (let i = 0; i < count; ++i) {
    const entry = HEADER_BYTES + i * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > bytes.length) break;
    const [offset, size] = [entry + 8, entry + 16].map((at) => Number(view.getBigUint64(at, true)));
    view.setUint32(entry + 4, crc32(bytes.subarray(offset, offset + size)), true);
  }
  const end = isOld ? bytes.length : HEADER_BYTES + count * ENTRY_BYTES;
  view.setUint32(BODY_CRC, crc32(bytes.subarray(HEADER_BYTES, end)), true);
  view.setUint32(HEADER_CRC, crc32(bytes.subarray(0, HEADER_CRC)), true);
  return bytes;
}

/** Returns a copy with a changed 32-bit field of the header. */
export function withField(bytes, offset, value) {
  const copy = bytes.slice();
  viewOf(copy).setUint32(offset, value, true);
  return seal(copy);
}

/** Returns a copy with a section changed in place. */
export function withSection(bytes, info, name, change) {
  const copy = bytes.slice();
  const { offsetBytes, sizeBytes } = info.sections.find((section) => section.name === name);
  change(copy.subarray(offsetBytes, offsetBytes + sizeBytes));
  return seal(copy);
}

/** Returns a copy in which section i has a kind that no reader knows, as if the section were missing. */
export function withoutSection(bytes, i) {
  const copy = bytes.slice();
  viewOf(copy).setUint32(HEADER_BYTES + i * ENTRY_BYTES, 0xffff, true);
  return seal(copy);
}

/** Returns one of the package's modules with its memory limited to the initial size, so that it runs out quickly. */
export function confinedWasm(file = 'signalbox.wasm') {
  const bytes = new Uint8Array(readFileSync(new URL(file, dist)));
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  for (;;) {
    const id = bytes[at++];
    const size = number();
    if (id === 5) break;
    at += size;
  }
  assert.equal(number(), 1, 'one memory');
  assert.equal(number(), 1, 'with a maximum');
  const pages = number();
  const end = bytes.subarray(at);
  const length = end.findIndex((byte) => byte < 0x80) + 1;
  // Writes the number in as many bytes as the maximum had.
  for (let i = 0; i < length; ++i) end[i] = ((pages >> (7 * i)) & 0x7f) | (i < length - 1 ? 0x80 : 0);
  return bytes;
}
