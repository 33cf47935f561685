// Loads indexes and embedders from every kind of source, and checks that they belong together.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { Router, StaticEmbedder } from '../../../dist/index.js';
import { dist, embedderFiles, expectNothingOpen, refused } from '../support/fixtures.mjs';
import { startServer } from '../support/http-server.mjs';
import { POEM, topicsIndex } from '../support/topics.mjs';

let index;
let folder;

before(async () => {
  index = await topicsIndex();
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-loading-'));
  writeFileSync(path.join(folder, 'index.sbx'), index);
  const { tokenizer, model, config } = embedderFiles();
  writeFileSync(path.join(folder, 'tokenizer.json'), tokenizer);
  writeFileSync(path.join(folder, 'model.safetensors'), model);
  writeFileSync(path.join(folder, 'config.json'), config);
});
after(() => rmSync(folder, { recursive: true, force: true }));
expectNothingOpen();

async function poemModel(options) {
  const router = await Router.load(options);
  try {
    return (await router.route(POEM)).model;
  } finally {
    router.dispose();
  }
}

describe('an embedder', () => {
  const load = (embedder, more) => poemModel({ index, embedder, ...more });

  it('with the id of the index routes its prompts', async () => {
    assert.equal(await load(embedderFiles()), 'poet');
  });

  it('with another id is refused', () =>
    refused(load(embedderFiles({ id: 'other' })), 'embedder_mismatch', /the id 'other'.*built with 'tiny'/));

  it('with other files under the same id is refused', () =>
    refused(load(embedderFiles({ seed: 8 })), 'embedder_mismatch', /other files than expected \(sha256:.*sha256:/));

  it('of another width is refused', () =>
    refused(load(embedderFiles({ dim: 16 })), 'embedder_mismatch', /16 dimensions.*with 8/));

  it('needs no matching id if the index names no embedder', async () => {
    const nameless = await topicsIndex({ embedder: undefined });
    assert.equal(await load(embedderFiles({ id: 'other' }), { index: nameless }), 'poet');
  });

  it('may be an object of the caller, without a known hash', async () => {
    const inner = await StaticEmbedder.load(embedderFiles());
    const embedder = { id: 'tiny', dim: 8, embed: (texts, options) => inner.embed(texts, options) };
    assert.equal(await load(embedder), 'poet');
    await refused(load({ ...embedder, id: 'mine' }), 'embedder_mismatch');
    await refused(load({ ...embedder, hash: 'sha256:00' }), 'embedder_mismatch');
    inner.dispose();
  });

  it('that returns too few or invalid vectors is refused before the core reads them', async () => {
    const one = { vector: new Float32Array(8).fill(1), tokens: 1, truncated: false };
    for (const answer of [[], null, [null], [one, one]]) {
      await refused(load({ id: 'tiny', dim: 8, embed: async () => answer }), 'dimension_mismatch', /1 texts/);
    }
    const short = { ...one, vector: new Float32Array(7) };
    await refused(load({ id: 'tiny', dim: 8, embed: async () => [short] }), 'dimension_mismatch', /7 dimensions/);
  });

  it('with more dimensions than the index provides the first ones if the rest of it matches', async () => {
    const index = await topicsIndex();
    const inner = await StaticEmbedder.load(embedderFiles());
    const wide = async (texts) =>
      (await inner.embed(texts)).map((one) => ({ ...one, vector: Float32Array.of(...one.vector, 1), text: 'kept' }));
    const router = await Router.load({ index, embedder: { id: 'tiny', dim: 9, embed: wide } });
    const [{ wordShare, ...embedding }] = await inner.embed([POEM]);
    assert.equal(wordShare, 1);
    const [{ promptTokens, ...embedded }] = await router.embed([POEM]);
    assert.deepEqual(embedded, embedding);
    assert.ok(promptTokens > 0);
    router.dispose();
    inner.dispose();
  });

  it('that fails passes on its own error', async () => {
    const embed = () => Promise.reject(new RangeError('my own'));
    await assert.rejects(load({ id: 'tiny', dim: 8, embed }), { name: 'RangeError', message: 'my own' });
  });

  it('of another kind is refused', async () => {
    for (const embedder of [7, {}, true]) await refused(load(embedder), 'invalid_argument');
  });
});

describe('an index', () => {
  it('without its embedder routes vectors, and names the embedder for prompts', async () => {
    for (const embedder of [null, undefined]) {
      const router = await Router.load({ index, embedder });
      assert.equal((await router.route(Array(8).fill(1))).tokens, null);
      await refused(router.route(POEM), 'embedder_mismatch', /built with the embedder 'tiny': load it with that/);
      await refused(router.routeTask([POEM]), 'embedder_mismatch');
      router.dispose();
    }
  });

  it('without an embedder reports this', async () => {
    const router = await Router.load({ index: await topicsIndex({ embedder: undefined }), embedder: null });
    await refused(router.route(POEM), 'embedder_mismatch', /names no embedder/);
    router.dispose();
  });

  it('may be bytes, buffer, Blob, Response, path or address', async () => {
    const file = path.join(folder, 'index.sbx');
    const sources = [index, index.buffer, new Blob([index]), new Response(index), file, pathToFileURL(file)];
    for (const source of [...sources, String(pathToFileURL(file)), path.relative(process.cwd(), file)]) {
      assert.equal(await poemModel({ index: source, embedder: embedderFiles() }), 'poet');
    }
  });

  it('may be a view into a larger buffer', async () => {
    const larger = new Uint8Array(index.length + 100);
    larger.set(index, 37);
    assert.equal(await poemModel({ index: larger.subarray(37, 37 + index.length), embedder: embedderFiles() }), 'poet');
  });

  it('may come over HTTP, with a length, without one, and compressed', async () => {
    const answers = {
      '/length': { headers: { 'content-length': index.length }, body: index },
      '/chunked': { headers: { 'transfer-encoding': 'chunked' }, body: index },
      '/brotli': { headers: { 'content-encoding': 'br' }, body: brotliCompressSync(index) },
    };
    const server = await startServer((address) => answers[address]);
    try {
      for (const address of Object.keys(answers)) {
        assert.equal(await poemModel({ index: server.url + address, embedder: embedderFiles() }), 'poet', address);
      }
    } finally {
      await server.close();
    }
  });

  it('and its embedder may be folders, with or without a slash', async () => {
    for (const embedder of [folder, `${folder}/`, pathToFileURL(folder), pathToFileURL(`${folder}/`)]) {
      assert.equal(await poemModel({ index, embedder }), 'poet');
    }
  });

  it('describes its content, and is independent of later changes to its source', async () => {
    const router = await Router.load({ index, embedder: null });
    const { info } = router;
    assert.equal(info.rows, 160);
    assert.equal(info.dim, 8);
    assert.equal(info.sizeBytes, index.length);
    assert.deepEqual(info.formatVersion, [2, 0]);
    assert.equal(info.embedder.id, 'tiny');
    assert.match(info.embedder.hash, /^sha256:[0-9a-f]{64}$/);
    assert.equal(info.bestSingleModel, 'generalist');
    assert.deepEqual(info.metadata, { name: 'topics' });
    router.dispose();
  });
});

describe('the module', () => {
  it('may be bytes, path, address or compiled', async () => {
    const address = new URL('signalbox.wasm', dist);
    const bytes = new Uint8Array(readFileSync(address));
    for (const wasm of [bytes, bytes.buffer, address, address.href, await WebAssembly.compile(bytes)]) {
      assert.equal(await poemModel({ index, embedder: embedderFiles(), wasm }), 'poet');
    }
  });
});
