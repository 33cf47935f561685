// Damaged files: if any byte is changed, cut or doubled, an importer continues, or returns an error with a code that
// names the file.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { detect } from '../../../dist/importing/detect.js';
import { fileFromBytes } from '../../../dist/importing/input-file.js';
import { SignalboxError } from '../../../dist/index.js';
import { randomFrom } from '../support/fixtures.mjs';
import { EXAMPLES, evaluation, sample } from './examples.mjs';
import { recordingSink } from './fixtures.mjs';

const SEED = 20;
const ROUNDS = 150;
const bytes = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

async function zip(members) {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, value] of Object.entries(members)) await writer.add(name, new Uint8ArrayReader(bytes(value)));
  return writer.close();
}

/** Sets or flips a byte, cuts the rest off, or doubles a piece. */
function damage(original, random) {
  const out = Buffer.from(original);
  const at = Math.floor(random() * out.length);
  const kind = Math.floor(4 * random());
  if (kind === 0) out[at] = Math.floor(256 * random());
  if (kind === 1) out[at] ^= 1 << Math.floor(8 * random());
  if (kind === 2) return out.subarray(0, at);
  if (kind === 3) return Buffer.concat([out.subarray(0, at), out.subarray(Math.floor(at / 2))]);
  return out;
}

async function survives(source, files, what) {
  const input = Object.entries(files).map(([name, content]) => fileFromBytes(name, new Uint8Array(content)));
  try {
    const { groups } = await detect(input, source);
    for (const { importer, files: claimed } of groups) await importer.read(claimed, { sink: recordingSink().sink });
  } catch (error) {
    assert.ok(error instanceof SignalboxError, `${what}: ${error.stack}`);
    assert.ok(['invalid_argument', 'truncated', 'size_overflow'].includes(error.code), `${what}: ${error.code}`);
  }
}

async function fuzz(source, contents) {
  const random = randomFrom(SEED);
  const names = Object.keys(contents);
  for (let round = 0; round < ROUNDS; ++round) {
    const victim = names[Math.floor(random() * names.length)];
    const damaged = Object.fromEntries(
      names.map((name) => [name, name === victim ? damage(contents[name], random) : contents[name]]),
    );
    await survives(source, damaged, `seed ${SEED}, round ${round}, ${victim}`);
  }
}

for (const [source, contents] of Object.entries(EXAMPLES)) {
  it(`damaged files of ${source} are read, or refused with a code`, () =>
    fuzz(source, Object.fromEntries(Object.entries(contents).map(([name, value]) => [name, bytes(value)]))));
}

it('damaged archives, gzip and Parquet are read, or refused with a code', async () => {
  const archive = await zip({ 'header.json': { eval: evaluation.eval }, 'samples/1_epoch_1.json': sample });
  await fuzz('inspect', { 'log.eval': archive });
  await fuzz('wide', { 'r.csv.gz': gzipSync(EXAMPLES.wide['r.csv']) });
  const column = (name, data, type) => ({ name, data, type });
  const columnData = [column('prompt', ['q', 'p'], 'STRING'), column('m', [1, 0], 'INT32')];
  await fuzz('wide', { 'r.parquet': Buffer.from(parquetWriteBuffer({ columnData })) });
});
