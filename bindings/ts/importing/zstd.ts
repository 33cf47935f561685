/** Decompresses zstd with fzstd. */

import { concatenate } from '../files/sources.js';
import { Decompress } from '../vendor/zstd.js';

const CHUNK_BYTES = 1 << 16;

/**
 * Decompresses piece by piece: `check` is called with the bytes so far, and throws if these are too many, before a bomb
 * expands fully. Errors: those of `check` and fzstd.
 */
export function unzstd(packed: Uint8Array, check: (unpackedBytes: number) => void): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  const stream = new Decompress((piece) => {
    total += piece.byteLength;
    check(total);
    pieces.push(piece.slice());
  });
  for (let at = 0; at < packed.byteLength; at += CHUNK_BYTES) {
    stream.push(packed.subarray(at, at + CHUNK_BYTES), at + CHUNK_BYTES >= packed.byteLength);
  }
  return concatenate(pieces);
}
