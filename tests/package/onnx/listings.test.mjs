// File lists of a hub, a manifest and a cache: how a load uses and reports them, and which ones it refuses.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { OnnxEmbedder } from '../../../dist/onnx.js';
import { writeModelFolder } from '../../onnx/model-folder.mjs';
import { refused } from '../support/fixtures.mjs';
import {
  COMMIT,
  filesOf,
  HUB_ID,
  listingOf,
  manifestOf,
  sha256Of,
  startModelServer,
} from '../support/model-server.mjs';

const MODEL = 'onnx/model.onnx';
const SMALL = { layers: 1, hidden: 16, heads: 2, intermediate: 16, positions: 40, maxTokens: 32, words: [] };
/** Files of the folder that a load reads. */
const SETTINGS = ['1_Pooling/config.json', 'config.json', 'modules.json', 'sentence_bert_config.json'];
const READ = [...SETTINGS, 'tokenizer.json', 'tokenizer_config.json', MODEL];

let work;
let files;
let manifest;
let server;
let cache;

before(async () => {
  work = mkdtempSync(path.join(tmpdir(), 'signalbox-listings-'));
  const folder = path.join(work, 'model');
  writeModelFolder(folder, { ...SMALL, precisions: ['fp32'] });
  files = filesOf(folder);
  manifest = manifestOf(files);
  server = await startModelServer(files);
});
after(async () => {
  await server.close();
  rmSync(work, { recursive: true, force: true });
});
beforeEach(() => {
  server.reset();
  cache = path.join(mkdtempSync(path.join(work, 'cache-')), 'models');
});

const optionsWith = (more) => ({ cache, dtype: 'fp32', threads: 1, ...more });
const load = (more) => OnnxEmbedder.load(server.url, optionsWith(more));
const loadFromHub = (more) => OnnxEmbedder.load(HUB_ID, optionsWith({ host: server.host, ...more }));
const json = (value) => ({ body: Buffer.from(JSON.stringify(value)) });
const askedFor = () => server.requests.map(({ file }) => file).sort();

describe('a model of the hub', () => {
  it('has the files of the list, at one commit', async () => {
    const embedder = await loadFromHub();
    assert.equal(embedder.id, HUB_ID);
    assert.equal(embedder.hash, `sha256:${sha256Of(files[MODEL])}`);
    assert.equal(embedder.details.revision, COMMIT);
    assert.deepEqual(askedFor(), [...READ, 'listing'].sort());
    embedder.dispose();
    server.reset();
    (await loadFromHub()).dispose();
    assert.deepEqual(server.requests, [], 'the list is in the cache too');
  });

  it('of sentence-transformers has the id of the repository with the same weights', async () => {
    const id = 'sentence-transformers/all-MiniLM-L6-v2';
    const own = await startModelServer(files, id);
    const embedder = await OnnxEmbedder.load(id, optionsWith({ host: own.host }));
    await own.close();
    assert.equal(embedder.id, 'Xenova/all-MiniLM-L6-v2');
    embedder.dispose();
  });

  it('is refused if a file differs from the list', async () => {
    const body = Buffer.from(files[MODEL]);
    body[body.length - 1] ^= 1;
    server.behave(MODEL, { body });
    await refused(loadFromHub(), 'bad_checksum', /SHA-256/);
    server.behave('config.json', { body: Buffer.from('{}') });
    await refused(loadFromHub({ cache: false }), 'bad_checksum', /config\.json has 2 bytes, expected \d+/);
  });

  it('without the file lists its files', async () => {
    const error = await refused(loadFromHub({ dtype: 'q4' }), 'bad_embedder', /has no onnx\/model_q4\.onnx: it has /);
    for (const file of Object.keys(files)) assert.ok(error.message.includes(file), file);
  });

  const LISTINGS = [
    ['not JSON', { body: Buffer.from('sorry') }, 'bad_embedder', /list of files of owner\/name is not JSON/],
    ['not text', { body: Buffer.from([0xff, 0xfe]) }, 'bad_embedder', /not JSON/],
    ['null', json(null), 'network', /without a commit and files: set a manifest/],
    ['a number', json(7), 'network', /without a commit/],
    ['an error', json({ error: 'Invalid username or password.' }), 'network', /without a commit/],
    ['no commit', json({ siblings: [] }), 'network', /without a commit/],
    ['a path instead of a commit', json({ sha: '../../../etc', siblings: [] }), 'network', /without a commit/],
    ['no files', json({ sha: COMMIT }), 'network', /without a commit/],
    ['files that are not a list', json({ sha: COMMIT, siblings: { length: 1 } }), 'network', /without a commit/],
    ['a page', { ...json({}), headers: { 'content-type': 'text/html' } }, 'network', /HTML page/],
    ['404', { status: 404 }, 'network', /answered 404/],
  ];
  for (const [what, how, code, pattern] of LISTINGS) {
    it(`is refused, but can be loaded later, if the list is ${what}`, async () => {
      server.behave('listing', how);
      await refused(loadFromHub(), code, pattern);
      server.reset();
      (await loadFromHub()).dispose();
    });
  }

  it('without any file is refused', async () => {
    server.behave('listing', json({ sha: COMMIT, siblings: [] }));
    await refused(loadFromHub(), 'bad_embedder', /^owner\/name has no \w+\.json/);
  });

  it('may have files with strange names and sizes beside its own', async () => {
    const listing = listingOf(files);
    const names = ['__proto__', 'constructor', '../../etc/passwd', '/etc/passwd', '', 7, null, { a: 1 }];
    listing.siblings.push(...names.map((rfilename) => ({ rfilename, size: 1 })), null, 3, 'x', [], {});
    listing.siblings.push({ rfilename: 'a', size: '7', lfs: 'x' }, { rfilename: 'b', size: -1, lfs: { sha256: 'no' } });
    server.behave('listing', { body: Buffer.from(`${JSON.stringify(listing)}\n`) });
    (await loadFromHub()).dispose();
    assert.deepEqual(askedFor(), [...READ, 'listing'].sort());
    assert.equal({}.size, undefined);
  });

  it('is refused if its size is invalid', async () => {
    for (const size of [-1, 0.5, 1e300]) {
      const listing = listingOf(files);
      for (const sibling of listing.siblings) if (sibling.rfilename === MODEL) sibling.size = size;
      server.behave('listing', json(listing));
      await refused(loadFromHub({ cache: false }), 'bad_checksum', /model\.onnx has \d+ bytes, expected/);
    }
  });
});

describe('a manifest', () => {
  it('of a load is accepted by the next load', async () => {
    const first = await load({ manifest: null });
    const read = Object.fromEntries(READ.map((file) => [file, manifest.files[file]]));
    assert.deepEqual({ ...first.manifest.files }, read);
    server.reset();
    const second = await load({ manifest: JSON.parse(JSON.stringify(first.manifest)), cache: false });
    assert.deepEqual(askedFor(), [...READ].sort(), 'no other file is requested');
    assert.deepEqual([second.id, second.hash, second.manifest], [first.id, first.hash, first.manifest]);
    first.dispose();
    second.dispose();
  });

  it('without a file lists its files', async () => {
    const { [MODEL]: _, ...others } = manifest.files;
    const names = Object.keys(others).sort().join(', ');
    const error = await refused(load({ manifest: { files: others } }), 'bad_embedder');
    assert.equal(error.message, `files has no ${MODEL}: it has ${names}`);
  });

  it('may say where a file lies, as after a bundler has moved it', async () => {
    const elsewhere = { ...manifest.files[MODEL], address: `${server.url}/${MODEL}` };
    const read = Object.fromEntries(READ.map((file) => [file, manifest.files[file]]));
    const moved = Object.fromEntries(
      Object.entries(read).map(([file, claim]) => [file, { ...claim, address: `${server.url}/${file}` }]),
    );
    const options = { dtype: 'fp32', threads: 1, cache: false, manifest: { files: moved } };
    const embedder = await OnnxEmbedder.load('http://127.0.0.1:1/nowhere', options);
    assert.deepEqual(askedFor(), [...READ].sort());
    assert.deepEqual({ ...embedder.manifest.files }, read);
    embedder.dispose();
    const wrong = { files: { ...moved, [MODEL]: { ...elsewhere, sha256: '0'.repeat(64) } } };
    await refused(OnnxEmbedder.load('http://127.0.0.1:1/nowhere', { ...options, manifest: wrong }), 'bad_checksum');
  });

  it('is required for a server, unless the server is trusted', async () => {
    await refused(load(), 'invalid_argument', /set a manifest, or null if you trust this server/);
    await refused(OnnxEmbedder.isCached(server.url, { cache }), 'invalid_argument');
    assert.deepEqual(server.requests, []);
    const first = await load({ manifest: null });
    assert.deepEqual(askedFor(), [...READ, 'config_sentence_transformers.json'].sort());
    server.reset();
    const second = await load({ manifest: null });
    assert.deepEqual(server.requests, [], 'missing files are not requested again');
    assert.deepEqual(second.manifest, first.manifest);
    for (const embedder of [first, second]) embedder.dispose();
  });

  it('that is null treats a page or a 404 as a missing file, but no other failure', async () => {
    const page = { body: Buffer.from('<html>'), headers: { 'content-type': 'text/html' } };
    for (const how of [page, { status: 404 }]) {
      server.behave('modules.json', how);
      const embedder = await load({ manifest: null, pooling: 'cls', cache: false });
      assert.equal(embedder.details.pooling, 'cls');
      embedder.dispose();
    }
    server.behave('modules.json', { status: 500 });
    await refused(load({ manifest: null, pooling: 'cls' }), 'network', /modules\.json answered 500/);
  });

  it('is refused in another form', async () => {
    const sha256 = 'ab'.repeat(32);
    const BAD = [
      [{}, /has no files/],
      [{ files: null }, /has no files/],
      [{ files: { 'config.json': {} } }, /sha256 of config\.json is not 64/],
      [{ files: { 'config.json': null } }, /not 64/],
      [{ files: { 'config.json': { sha256: `${sha256}0` } } }, /not 64/],
      [{ files: { 'config.json': { sha256: `sha256:${sha256}` } } }, /not 64/],
      [{ files: { '../x': { sha256 } } }, /'\.\.\/x' is not a path below the folder/],
      [{ files: { '/etc/passwd': { sha256 } } }, /not a path below/],
      [{ files: { 'a?b': { sha256 } } }, /not a path below/],
      [{ files: { 'config.json': { sha256, address: 'a/b' } } }, /address of config\.json is not an absolute one/],
      [{ files: { 'config.json': { sha256, address: 7 } } }, /not an absolute one/],
    ];
    for (const [bad, pattern] of BAD) await refused(load({ manifest: bad }), 'invalid_argument', pattern);
    await refused(load({ manifest, file: '../model.onnx' }), 'invalid_argument', /not a path below/);
    assert.deepEqual(server.requests, []);
  });
});

describe('a misleading folder', () => {
  it('is refused because of the path of its pooling', async () => {
    const type = (kind, at) => ({ type: `sentence_transformers.models.${kind}`, path: at });
    server.behave('modules.json', json([type('Transformer', ''), type('Pooling', '../../secret')]));
    await refused(load({ manifest: null }), 'bad_embedder', /not a path below the folder/);
    assert.ok(!askedFor().some((file) => file.includes('secret')));
  });

  it('is refused because of files that are not JSON objects', async () => {
    for (const file of ['config.json', 'tokenizer.json', 'sentence_bert_config.json', '1_Pooling/config.json']) {
      for (const body of ['[]', '7', 'null', '{', '']) {
        server.behave(file, { body: Buffer.from(body) });
        await refused(load({ manifest: null, cache: false }), 'bad_embedder', /not (a )?JSON/);
        server.reset();
      }
    }
  });
});

describe('progress', () => {
  it('has the shape of transformers.js', async () => {
    server.behave(MODEL, { stopsAfter: 9000, times: 2 });
    const events = [];
    const onProgress = (event) => {
      events.push(event);
      if (event.file === MODEL && [9000, 18_000].includes(event.loaded)) server.cut();
    };
    (await load({ manifest, onProgress })).dispose();
    assert.deepEqual(events.pop(), { status: 'ready' });
    assert.deepEqual([...new Set(events.map(({ file }) => file))].sort(), [...READ].sort());
    for (const file of READ) {
      const own = events.filter((event) => event.file === file);
      const progress = own.slice(2, -1);
      const named = (status) => ({ status, name: 'files', file });
      assert.deepEqual([own[0], own[1], own.at(-1)], ['initiate', 'download', 'done'].map(named));
      const total = files[file].length;
      assert.ok(progress.length >= (file === MODEL ? 3 : 1));
      for (const [i, event] of progress.entries()) {
        const { loaded } = event;
        assert.deepEqual(event, { ...named('progress'), progress: (100 * loaded) / total, loaded, total });
        assert.ok(loaded > (progress[i - 1]?.loaded ?? 0));
      }
      assert.deepEqual([progress.at(-1).progress, progress.at(-1).loaded], [100, total]);
    }
  });

  it('of cached files has the same shape', async () => {
    (await load({ manifest })).dispose();
    const statuses = {};
    const onProgress = ({ file = '', status }) => {
      statuses[file] = [...(statuses[file] ?? []), status];
    };
    (await load({ manifest, onProgress })).dispose();
    for (const file of READ) assert.deepEqual(statuses[file], ['initiate', 'download', 'progress', 'done'], file);
    assert.deepEqual(statuses[''], ['ready']);
  });
});

describe('the cache', () => {
  it('reports whether it has a model', async () => {
    const options = { manifest, cache, dtype: 'fp32' };
    const hub = { host: server.host, cache, dtype: 'fp32' };
    const isCached = () =>
      Promise.all([OnnxEmbedder.isCached(server.url, options), OnnxEmbedder.isCached(HUB_ID, hub)]);
    assert.deepEqual(await isCached(), [false, false]);
    (await load({ manifest })).dispose();
    assert.deepEqual(await isCached(), [true, false]);
    (await loadFromHub()).dispose();
    server.reset();
    assert.deepEqual(await isCached(), [true, true]);
    assert.equal(await OnnxEmbedder.isCached(server.url, { ...options, dtype: 'q8' }), false);
    assert.equal(await OnnxEmbedder.isCached(server.url, { ...options, cache: false }), false);
    assert.deepEqual(server.requests, [], 'no request is made');
  });

  it('reports its size with partial files, and clears only its own files', async () => {
    assert.equal(await OnnxEmbedder.cacheSizeBytes(cache), 0);
    await OnnxEmbedder.clearCache(cache);
    mkdirSync(path.join(cache, 'photos'), { recursive: true });
    const mine = ['letter.txt', 'photos/cat.jpg', 'a'.repeat(39), 'model.onnx', 'x.1-1.part', '.hidden'];
    for (const file of mine) writeFileSync(path.join(cache, file), 'mine');
    const controller = new AbortController();
    server.behave(MODEL, { stopsAfter: 9000 });
    const onProgress = ({ file, loaded }) => file === MODEL && loaded === 9000 && controller.abort();
    await refused(load({ manifest, signal: controller.signal, onProgress }), 'aborted');
    const own = readdirSync(cache).filter((name) => /^[0-9a-f]{40}/.test(name));
    assert.ok(own.some((name) => name.endsWith('.part')));
    const sizes = own.map((name) => statSync(path.join(cache, name)).size);
    const size = await OnnxEmbedder.cacheSizeBytes(cache);
    assert.equal(
      size,
      sizes.reduce((sum, bytes) => sum + bytes, 0),
    );
    assert.ok(size > 9000);
    await OnnxEmbedder.clearCache(cache);
    assert.deepEqual(readdirSync(cache, { recursive: true }).sort(), [...mine, 'photos'].sort());
    assert.equal(await OnnxEmbedder.cacheSizeBytes(cache), 0);
    assert.equal(await OnnxEmbedder.cacheSizeBytes(false), 0);
  });
});
