// Reads damaged files of one kind in a thread, and reports the outcome of each round.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { buildIndex } from '../../../dist/build.js';
import { readShards } from '../../../dist/building/disk/shards.js';
import { fileFromBytes } from '../../../dist/importing/input-file.js';
import { readParquetTable } from '../../../dist/importing/parquet.js';
import { readZip } from '../../../dist/importing/zip.js';
import { SignalboxError } from '../../../dist/index.js';
import { randomFrom } from './fixtures.mjs';
import { seal } from './forgeries.mjs';
import { shardSpec } from './hostile-files.mjs';

const { kind, seed, rounds } = workerData;
const ROWS = 300;
const column = (name, type, of, more) => ({ name, type, data: Array.from({ length: ROWS }, (_, i) => of(i)), ...more });

const scratch = mkdtempSync(path.join(tmpdir(), 'signalbox-mutants-'));

const parquetOf = (codec) =>
  parquetWriteBuffer({
    columnData: [
      column('prompt', 'STRING', (i) => `question ${i % 70}`),
      column('right', 'BOOLEAN', (i) => i % 3 === 0),
      column('grade', 'DOUBLE', (i) => (i % 5 === 0 ? undefined : i / 7), { nullable: true }),
      column('same', 'INT32', () => 1),
    ],
    codec,
    rowGroupSize: 100,
  });

async function archive() {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  const text = new TextEncoder().encode('a line of a log\n'.repeat(50));
  for (const level of [0, 6]) await writer.add(`samples/${level}.json`, new Uint8ArrayReader(text), { level });
  return writer.close();
}

const readTable = (bytes) =>
  readParquetTable(fileFromBytes('x.parquet', bytes), { onColumns: () => {}, onRow: () => {} }, {});

/** The file, and how a damaged copy is read. */
const KINDS = {
  parquet: { make: () => parquetOf('UNCOMPRESSED'), read: readTable },
  'parquet (snappy)': { make: () => parquetOf('SNAPPY'), read: readTable },
  zip: {
    make: archive,
    read: (bytes) =>
      readZip(
        fileFromBytes('x.zip', bytes),
        () => true,
        () => {},
      ),
  },
  // With good checksums, which would refuse everything.
  shard: {
    make: () => buildIndex(shardSpec()),
    read: async (bytes) => {
      const file = path.join(scratch, 'x.sbx');
      writeFileSync(file, bytes.length < 64 ? bytes : seal(bytes));
      await (await readShards([file])).close();
    },
  },
};

/** Sets or flips a byte, writes a large number, cuts the rest off, or doubles a piece. */
function damage(original, random) {
  const out = Uint8Array.from(original);
  const below = (limit) => Math.floor(limit * random());
  const at = below(out.length - 8);
  const way = below(5);
  if (way === 0) out[at] = below(256);
  if (way === 1) out[at] ^= 1 << below(8);
  if (way === 2) out.fill(255, at, at + 1 + below(8));
  if (way === 3) return out.slice(0, at);
  if (way === 4) return Uint8Array.from([...out.subarray(0, at), ...out.subarray(below(at + 1))]);
  return out;
}

const random = randomFrom(seed);
const { make, read } = KINDS[kind];
const original = new Uint8Array(await make());
await read(Uint8Array.from(original));
for (let round = 0; round < rounds; ++round) {
  parentPort.postMessage({ round });
  try {
    await read(damage(original, random));
  } catch (error) {
    const code = error instanceof SignalboxError ? error.code : undefined;
    parentPort.postMessage({ round, code, stack: error.stack });
  }
}
rmSync(scratch, { recursive: true });
