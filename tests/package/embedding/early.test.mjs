// An embedder that begins with the first rows of its table: the same vectors, and nothing wrong before the rest is there.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unpackEmbedder } from '../../../dist/embedding/embedder-files.js';
import { liveHandles, StaticEmbedder } from '../../../dist/index.js';
import { loadCore } from '../../../dist/wasm/core-module.js';
import { gzipped, joinEmbedder } from '../../../scripts/embedder-file.mjs';
import { embedderFiles, refused, WORDS } from '../support/fixtures.mjs';

const files = embedderFiles();
const [FREQUENT, RARE] = [WORDS[4], WORDS[30]];

/** Returns bits in base64 for the rows that a test passes. */
function bitsOf(isEarly, rows = WORDS.length) {
  const bits = Buffer.alloc(Math.ceil(rows / 8));
  for (let row = 0; row < rows; ++row) if (isEarly(row)) bits[row >> 3] |= 1 << (row & 7);
  return bits.toString('base64');
}
const EARLY = bitsOf((row) => row < 20);
const LATE_BYTES = (WORDS.length - 20) * 8 * 4;

/** Returns a response that ends when the test says so; `cut` bytes of the end are held back. */
function held(bytes, cut = LATE_BYTES) {
  let controller;
  const stream = new ReadableStream({
    start: (given) => {
      controller = given;
    },
  });
  const at = bytes.length - cut;
  controller.enqueue(new Uint8Array(bytes.subarray(0, at)));
  return {
    response: new Response(stream),
    end: (rest = bytes.subarray(at)) => {
      controller.enqueue(new Uint8Array(rest));
      controller.close();
    },
  };
}

const load = async (source, early = true) => StaticEmbedder.loadInto(await loadCore(undefined, {}), source, { early });

/** Returns whether a promise is settled after everything that is ready has had its turn. */
async function isSettled(promise) {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  for (let i = 0; i < 5; ++i) await new Promise(setImmediate);
  return settled;
}

describe('an embedder whose frequent words come first', () => {
  it('is the three files, byte for byte, whatever the order', () => {
    for (const isEarly of [() => true, () => false, (row) => row % 3 === 1]) {
      const { tokenizer, model, config } = unpackEmbedder(joinEmbedder(files, bitsOf(isEarly)));
      for (const [name, bytes] of Object.entries({ tokenizer, model, config })) {
        assert.deepEqual(Buffer.from(bytes), Buffer.from(files[name]), name);
      }
    }
  });

  it('reads frequent words before the rest is there, and others then, as an embedder that is whole', async () => {
    const whole = await StaticEmbedder.load(files);
    const expected = await whole.embed([FREQUENT, RARE]);
    const { response, end } = held(joinEmbedder(files, EARLY));
    const embedder = await load(response);
    assert.deepEqual({ id: embedder.id, hash: embedder.hash }, { id: whole.id, hash: whole.hash });
    assert.deepEqual(await embedder.embed([FREQUENT]), expected.slice(0, 1));
    const rare = embedder.embed([RARE]);
    assert.equal(await isSettled(rare), false);
    end();
    assert.deepEqual(await rare, expected.slice(1));
    assert.deepEqual(await embedder.embed([FREQUENT, RARE]), expected);
    embedder.dispose();
    whole.dispose();
    assert.equal(liveHandles(), 0);
  });

  it('waits for all of it unless asked, and for a stream that is compressed', async () => {
    const { response, end } = held(joinEmbedder(files, EARLY));
    const loading = load(response, false);
    assert.equal(await isSettled(loading), false);
    end();
    const whole = await loading;
    const packed = await load(gzipped(joinEmbedder(files, EARLY)));
    assert.deepEqual(await packed.embed([FREQUENT, RARE]), await whole.embed([FREQUENT, RARE]));
    packed.dispose();
    whole.dispose();
  });

  it('fails with every question once the rest is damaged or missing', async () => {
    const bytes = joinEmbedder(files, EARLY);
    const broken = Buffer.from(bytes.subarray(-LATE_BYTES));
    broken[5] ^= 1;
    for (const [rest, code] of [
      [broken, 'bad_checksum'],
      [broken.subarray(1), 'bad_embedder'],
    ]) {
      const { response, end } = held(bytes);
      const embedder = await load(response);
      const rare = refused(embedder.embed([RARE]), code, /embedder/);
      end(rest);
      await rare;
      await refused(embedder.embed([FREQUENT]), code, /embedder/);
      embedder.dispose();
    }
    assert.equal(liveHandles(), 0);
  });

  it('refuses first rows that are damaged, before any text is read', async () => {
    const bytes = joinEmbedder(files, EARLY);
    bytes[bytes.length - LATE_BYTES - 3] ^= 1;
    const { response } = held(bytes);
    await refused(load(response), 'bad_checksum', /first rows have the hash sha256:\w+, expected sha256:/);
  });

  it('ends what it reads when it is disposed of, or its load is aborted', async () => {
    const { response } = held(joinEmbedder(files, EARLY));
    const embedder = await load(response);
    const rare = refused(embedder.embed([RARE]), 'disposed', /disposed/);
    embedder.dispose();
    await rare;
    const unfinished = held(joinEmbedder(files, EARLY), LATE_BYTES + 50);
    const controller = new AbortController();
    const core = await loadCore(undefined, {});
    const options = { early: true, signal: controller.signal };
    const aborted = refused(StaticEmbedder.loadInto(core, unfinished.response, options), 'aborted', /aborted/);
    controller.abort();
    await aborted;
    assert.equal(liveHandles(), 0);
  });

  it('tells its state until it is disposed of, and survives a listener that throws', async () => {
    const bytes = joinEmbedder(files, EARLY);
    const told = [];
    const onEarly = (state) => {
      told.push(state);
      throw new Error('of the listener');
    };
    const core = await loadCore(undefined, {});
    const whole = held(bytes);
    const embedder = await StaticEmbedder.loadInto(core, whole.response, { early: true, onEarly });
    whole.end();
    await embedder.embed([RARE]);
    assert.deepEqual(told, ['loading', 'loaded']);
    embedder.dispose();
    const part = await StaticEmbedder.loadInto(core, held(bytes).response, { early: true, onEarly });
    const rare = refused(part.embed([RARE]), 'disposed', /disposed/);
    part.dispose();
    await rare;
    assert.deepEqual(told, ['loading', 'loaded', 'loading']);
    assert.equal(liveHandles(), 0);
  });

  it('refuses an order that does not fit its table', async () => {
    const file = joinEmbedder(files, EARLY);
    const size = Number(file.readBigUInt64LE());
    const header = JSON.parse(file.toString('utf8', 8, 8 + size));
    const withMetadata = (changes) => {
      const text = Buffer.from(JSON.stringify({ ...header, __metadata__: { ...header.__metadata__, ...changes } }));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      return Buffer.concat([length, text, file.subarray(8 + size)]);
    };
    const model = JSON.parse(header.__metadata__.header);
    const extent = (changes) => ({ header: JSON.stringify({ embeddings: { ...model.embeddings, ...changes } }) });
    for (const [changes, pattern] of [
      [{ early: bitsOf(() => true, 8) }, /bytes of bits for \d+ rows/],
      [{ early: '*' }, /base64/],
      [{ early: 7 }, /not a text/],
      [extent({ data_offsets: [0, 2 ** 40] }), /extent of the table/],
      [extent({ data_offsets: [8, 4] }), /extent of the table/],
      [extent({ shape: [7, 8] }), /unequal size/],
      [extent({ shape: 'x' }), /extent of the table/],
      [{ header: JSON.stringify({ ...model, mapping: model.embeddings }) }, /mapping/],
      [{ header: '[]' }, /extent of the table/],
      [{ early: bitsOf((row) => row < 21) }, /first rows have the hash/],
    ]) {
      const code = pattern.source.includes('hash') ? 'bad_checksum' : 'bad_embedder';
      await refused(load(withMetadata(changes)), code, pattern);
    }
    await refused(load(file.subarray(0, -LATE_BYTES - 1)), 'bad_embedder', /\d+ bytes, expected \d+/);
  });
});
