/** Reads large CSV files row by row, compressed or not. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SignalboxError, throwIfAborted } from '../../errors.js';
import { expansionGuard } from '../../importing/input-file.js';
import { CsvError, parse } from '../../vendor/csv-node.js';

const MOST_ROW_BYTES = 1 << 24;

export interface CsvRow {
  /** Number of the row, from 0. */
  number: number;
  cells: string[];
}

export interface CsvOptions {
  signal?: AbortSignal | undefined;
  onHeader(columns: string[]): void;
  onRow(row: CsvRow): void;
}

function toError(file: string, cause: unknown): SignalboxError {
  if (cause instanceof SignalboxError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (cause instanceof CsvError) return new SignalboxError('invalid_argument', `${file}: ${message}`, { cause });
  if (code === 'Z_BUF_ERROR') return new SignalboxError('truncated', `${file} ends early`, { cause });
  if (code?.startsWith('Z_')) return new SignalboxError('bad_magic', `${file} is not gzip: ${message}`, { cause });
  return new SignalboxError('network', `${file} could not be read: ${message}`, { cause });
}

/** Hashes bytes as they pass. */
function hashing(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

/** Passes bytes on, and their number so far to `check`. */
function counting(check: (bytes: number) => void): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.byteLength;
      try {
        check(total);
        done(null, chunk);
      } catch (cause) {
        done(cause as Error);
      }
    },
  });
}

/**
 * Streams a file, and decompresses it if its name ends in .gz. Returns the SHA-256 of the unchanged file.
 * Errors: `network`, `aborted`, `bad_magic`, `truncated`, `invalid_argument`; `size_overflow` for a file that decompresses to
 * far more than its size.
 */
export async function readCsv(file: string, { signal, onHeader, onRow }: CsvOptions): Promise<{ sha256: string }> {
  const name = path.basename(file);
  const hash = createHash('sha256');
  // The caller counts rows of a different length.
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MOST_ROW_BYTES,
  });
  // Without a size the stream fails, too.
  const size = await stat(file).then(
    (of) => of.size,
    () => 0,
  );
  const source = createReadStream(file);
  const guard = counting(expansionGuard(name, size));
  if (file.endsWith('.gz')) pipeline(source, hashing(hash), createGunzip(), guard, parser, () => undefined);
  else pipeline(source, hashing(hash), parser, () => undefined);
  let number = -1;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      if (number % 512 === 0) throwIfAborted(signal);
      if (number < 0) onHeader(cells);
      else onRow({ number, cells });
      number += 1;
    }
  } catch (cause) {
    throw toError(name, cause);
  } finally {
    source.destroy();
  }
  if (number < 0) throw new SignalboxError('invalid_argument', `${name} is empty`);
  return { sha256: hash.digest('hex') };
}

/** Returns the places of the named columns. Errors: `invalid_argument` for a missing or repeated column. */
export function columnsOf(file: string, header: readonly string[], names: readonly string[]): number[] {
  const places = new Map<string, number>();
  for (const [i, name] of header.entries()) {
    if (places.has(name)) throw new SignalboxError('invalid_argument', `${path.basename(file)}: two columns '${name}'`);
    places.set(name, i);
  }
  return names.map((name) => {
    const place = places.get(name);
    if (place !== undefined) return place;
    throw new SignalboxError('invalid_argument', `${path.basename(file)} has no column '${name}'`);
  });
}

/** Returns the number of a cell; NaN if empty, `undefined` if it is not a number. */
export function numberOf(cell: string | undefined): number | undefined {
  const text = cell?.trim() ?? '';
  if (text === '') return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
