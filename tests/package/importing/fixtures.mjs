// Shared by the tests of importers: files in memory, a sink that records, and archives of every kind.
import assert from 'node:assert/strict';
import { crc32, gzipSync } from 'node:zlib';
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { fileFromBytes, headOf } from '../../../dist/importing/input-file.js';

const bytesOf = (content) => {
  if (content instanceof Uint8Array) return new Uint8Array(content);
  return new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));
};

/** Returns files in the order of their paths; an object becomes JSON, and names ending in `.gz` are compressed. */
export function inputFiles(contents) {
  const files = Object.entries(contents).map(([path, content]) => {
    const bytes = bytesOf(content);
    return fileFromBytes(path, path.endsWith('.gz') ? new Uint8Array(gzipSync(bytes)) : bytes);
  });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export const lines = (...values) => values.map((value) => JSON.stringify(value)).join('\n');

/**
 * A sink that keeps everything: samples by number, scores with the keys of their samples, counts of dropped items, the
 * details of drops, and metrics of which less is better.
 */
export function recordingSink() {
  const numbers = new Map();
  const record = { samples: [], scores: [], dropped: {}, places: [], details: [], lower: [] };
  const sink = {
    sample(sample) {
      const key = JSON.stringify([sample.dataset, sample.key]);
      if (!numbers.has(key)) {
        numbers.set(key, record.samples.length);
        record.samples.push(sample);
      }
      return numbers.get(key);
    },
    score(sample, model, metric, value, place, answer) {
      const { dataset, key } = record.samples[sample];
      record.scores.push({ sample, dataset, key, model, metric, value, answer });
      record.places.push(place);
    },
    lowerIsBetter(dataset, metric) {
      const isScored = record.scores.some((score) => score.dataset === dataset && score.metric === metric);
      assert.ok(!isScored, 'directions are known before the first score');
      record.lower.push(`${dataset} ${metric}`);
    },
    scale(dataset, metric, worst, best) {
      record.scales ??= [];
      record.scales.push([dataset, metric, worst, best]);
    },
    answer(sample, model, text) {
      record.answers ??= [];
      record.answers.push({ sample, model, text });
    },
    drop(reason, place, detail = '') {
      record.dropped[reason] = (record.dropped[reason] ?? 0) + 1;
      record.details.push(`${reason} ${place.file}${detail}`);
      record.places.push(place);
    },
  };
  return { sink, record };
}

/** Reads files through an importer and returns the record of the sink. */
export async function imported(importer, contents, options = {}) {
  const { sink, record } = recordingSink();
  await importer.read(inputFiles(contents), { sink, ...options });
  return record;
}

/** Returns scores as short lines: `dataset/key model metric=value`. */
export const scoreLines = ({ scores }) =>
  scores.map(({ dataset, key, model, metric, value }) => `${dataset}/${key} ${model} ${metric}=${value}`).sort();

/** Returns the paths that an importer claims. */
export async function claimed(importer, contents) {
  const claims = await Promise.all(
    inputFiles(contents).map(async (file) => [file.path, importer.claims(file, await headOf(file))]),
  );
  return claims.filter(([, isClaimed]) => isClaimed).map(([path]) => path);
}

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** Single segment, four bytes of content size. */
const DESCRIPTOR = 0xa0;
const BLOCK_BYTES = 0x20000;

const u32 = (value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255];
const blockHeader = (size, type, isLast) => u32((size << 3) | (type << 1) | Number(isLast)).slice(0, 3);

/** Returns a zstd frame of raw blocks: larger than its content, but complete and valid. */
export function zstdRaw(content) {
  const bytes = bytesOf(content);
  const out = [...MAGIC, DESCRIPTOR, ...u32(bytes.length)];
  for (let at = 0; at === 0 || at < bytes.length; at += BLOCK_BYTES) {
    const block = bytes.subarray(at, at + BLOCK_BYTES);
    out.push(...blockHeader(block.length, 0, at + BLOCK_BYTES >= bytes.length), ...block);
  }
  return Uint8Array.from(out);
}

/** Returns a zstd frame of blocks that each repeat one byte: four bytes for 128 KiB. Its claimed size is true. */
export function zstdBomb(blocks) {
  const out = [...MAGIC, DESCRIPTOR, ...u32(blocks * BLOCK_BYTES)];
  for (let i = 0; i < blocks; ++i) out.push(...blockHeader(BLOCK_BYTES, 1, i === blocks - 1), 0x20);
  return Uint8Array.from(out);
}

const ZSTD_METHOD = 93;

/**
 * Returns a zip archive of `[name, content, method]`; the method is `deflate` by default. For zstd, content in bytes
 * must already be compressed; `claimedBytes` is then the size stated in the archive.
 */
export async function zip(...members) {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, content, method = 'deflate', claimedBytes] of members) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    if (method !== 'zstd') {
      await writer.add(name, new TextReader(text), { level: method === 'stored' ? 0 : 6 });
      continue;
    }
    const packed = content instanceof Uint8Array ? content : zstdRaw(text);
    const uncompressedSize = claimedBytes ?? bytesOf(text).length;
    const sum = crc32(bytesOf(text));
    const how = { passThrough: true, compressionMethod: ZSTD_METHOD, uncompressedSize, crc32: sum };
    await writer.add(name, new Uint8ArrayReader(packed), how);
  }
  return writer.close();
}

const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;

/** Returns the archive with another size for every member of this name, because headers may state any size. */
export function withClaimedSize(archive, name, size) {
  const bytes = archive.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 46 < bytes.length; ++at) {
    const magic = view.getUint32(at, true);
    if (magic !== ENTRY && magic !== LOCAL) continue;
    const [sizeAt, nameAt] = magic === ENTRY ? [24, 46] : [22, 30];
    const found = new TextDecoder().decode(bytes.subarray(at + nameAt, at + nameAt + name.length));
    if (found === name) view.setUint32(at + sizeAt, size, true);
  }
  return bytes;
}

/** Asserts that an import is refused with this code. */
export const refuses = (importer, contents, code, pattern) =>
  assert.rejects(imported(importer, contents), (error) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, pattern);
    return true;
  });
