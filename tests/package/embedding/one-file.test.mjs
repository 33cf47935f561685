// An embedder in one file: the three files of Model2Vec, byte for byte, whatever the file comes from.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { unpackEmbedder } from '../../../dist/embedding/embedder-files.js';
import { Router, StaticEmbedder } from '../../../dist/index.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { gzipped, joinEmbedder } from '../../../scripts/embedder-file.mjs';
import { dist, embedderFiles, jsonBytes, refused, root } from '../support/fixtures.mjs';

const files = embedderFiles();
const joined = joinEmbedder(files);
let folder;
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-one-file-'));
});
after(() => rmSync(folder, { recursive: true }));

async function identityOf(source) {
  const embedder = await StaticEmbedder.load(source);
  const [{ vector }] = await embedder.embed(['the square root of two']);
  embedder.dispose();
  return { id: embedder.id, hash: embedder.hash, vector };
}

describe('an embedder in one file', () => {
  it('is the three files, byte for byte', () => {
    const { tokenizer, model, config } = unpackEmbedder(joined);
    for (const [name, bytes] of Object.entries({ tokenizer, model, config })) {
      assert.deepEqual(Buffer.from(bytes), Buffer.from(files[name]), name);
    }
  });

  it('is the same embedder as the three files: id, hash and vectors', async () => {
    const expected = await identityOf(files);
    const place = path.join(folder, 'tiny.bin');
    writeFileSync(place, gzipped(joined));
    const sources = [joined, gzipped(joined), new Blob([joined]), new Response(joined), place];
    for (const source of sources) assert.deepEqual(await identityOf(source), expected);
  });

  it('ships: the files of models/embedder, and the hash that the index names', async () => {
    const shipped = await identityOf(fileURLToPath(new URL('models/embedder/embedder.bin', dist)));
    assert.deepEqual(await identityOf(path.join(root, 'models/embedder')), shipped);
    const router = await Router.load();
    router.dispose();
    assert.equal(router.info.embedder.hash, shipped.hash);
  });

  it('can be given to a router, also in a worker', async () => {
    const embedder = new Uint8Array(readFileSync(new URL('models/embedder/embedder.bin', dist)));
    const answers = [];
    for (const Each of [Router, WorkerRouter]) {
      const router = await Each.load({ embedder });
      answers.push((await router.route('What is two plus two?')).model);
      router.dispose();
    }
    assert.match(answers[0], /\//);
    assert.equal(answers[1], answers[0]);
  });

  const withHeader = (header, length = header.length) => {
    const bytes = new Uint8Array(8 + header.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
    bytes.set(header, 8);
    return bytes;
  };
  for (const [what, bytes, message] of [
    ['empty', new Uint8Array(), /it is an empty file/],
    ['a page', new TextEncoder().encode('<!doctype html><title>Not here</title>'), /it is an HTML/],
    ['cut inside its header', joined.subarray(0, 100), /its header is damaged/],
    ['of a length beyond all files', withHeader(jsonBytes({}), 2 ** 52), /its header is damaged/],
    ['of a header that is not JSON', withHeader(new Uint8Array(8)), /header is not JSON/],
    ['the table alone', files.model, /metadata has no text 'tokenizer.json'.* give the folder/],
    ['of metadata that are not texts', withHeader(jsonBytes({ __metadata__: { 'tokenizer.json': 7 } })), /no text/],
    ['cut inside its table', joined.subarray(0, -1), /'embeddings' does not fit into the file/],
  ]) {
    it(`${what} is refused`, () => refused(StaticEmbedder.load(bytes), 'bad_embedder', message));
  }
});
