// More than 400 lines: all tests share one server and one cache, which they reset.
// Downloads the files of a model: they are cached, resumed after a broken connection, and used or cached only if
// correct.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { OnnxEmbedder } from '../../../dist/onnx.js';
import { writeModelFolder } from '../../onnx/model-folder.mjs';
import { refused } from '../support/fixtures.mjs';
import { filesOf, manifestOf, sha256Of, startModelServer } from '../support/model-server.mjs';

const MODEL = 'onnx/model.onnx';
const SMALL = { layers: 1, hidden: 16, heads: 2, intermediate: 16, positions: 40, maxTokens: 32, words: [] };
const TEXT = 'what is the speed of light';
/** Bytes after which connections break: in the middle of the model's file. */
const BROKEN_AT = 20_000;

let work;
let files;
let manifest;
let server;
let cache;
/** Vectors of the model loaded from the disk. */
let expected;

before(async () => {
  work = mkdtempSync(path.join(tmpdir(), 'signalbox-files-'));
  const folder = path.join(work, 'model');
  writeModelFolder(folder, { ...SMALL, precisions: ['fp32'] });
  files = filesOf(folder);
  manifest = manifestOf(files);
  assert.ok(files[MODEL].length > BROKEN_AT + 5000);
  server = await startModelServer(files);
  expected = await vectorOf(await OnnxEmbedder.load(folder, { dtype: 'fp32', threads: 1, cache: false }));
});
after(async () => {
  await server.close();
  rmSync(work, { recursive: true, force: true });
});
beforeEach(() => {
  server.reset();
  cache = path.join(mkdtempSync(path.join(work, 'cache-')), 'models');
});

function load(more = {}) {
  return OnnxEmbedder.load(server.url, { manifest, cache, dtype: 'fp32', threads: 1, ...more });
}

async function vectorOf(embedder) {
  const [{ vector }] = await embedder.embed([TEXT]);
  embedder.dispose();
  return vector;
}

const worksOnceMore = async (more) => assert.deepEqual(await vectorOf(await load(more)), expected);

/** Calls `action` as soon as this number of bytes of the model has been loaded. */
const atByte = (bytes, action) => (event) => {
  if (event.file === MODEL && event.status === 'progress' && event.loaded === bytes) action();
};

const kept = () => (existsSync(cache) ? readdirSync(cache) : []);
const partOf = () => path.join(cache, kept().find((name) => name.endsWith('.part')) ?? 'no part');

/** Starts a load and aborts it after BROKEN_AT bytes. */
async function beginOnly(more = {}) {
  const controller = new AbortController();
  server.behave(MODEL, { stopsAfter: BROKEN_AT });
  const onProgress = atByte(BROKEN_AT, () => controller.abort());
  await refused(load({ signal: controller.signal, onProgress, ...more }), 'aborted');
  server.reset();
}

describe('a model on a server', () => {
  it('returns the same vectors as from the disk', () => worksOnceMore());

  it('is requested once: the second load makes no request and needs no server', async () => {
    const mine = await startModelServer(files);
    const loadMine = () => OnnxEmbedder.load(mine.url, { manifest, cache, dtype: 'fp32', threads: 1 });
    (await loadMine()).dispose();
    const asked = mine.requests.length;
    assert.equal(new Set(mine.requests.map(({ file }) => file)).size, asked, 'each file is requested once');
    (await loadMine()).dispose();
    assert.equal(mine.requests.length, asked);
    await mine.close();
    assert.deepEqual(await vectorOf(await loadMine()), expected);
  });

  it('is requested each time without a cache', async () => {
    for (let i = 0; i < 2; ++i) await worksOnceMore({ cache: false });
    assert.deepEqual(server.rangesOf(MODEL), [undefined, undefined]);
  });

  it('may be loaded twice at once', async () => {
    const vectors = await Promise.all([load(), load(), load()].map(async (loading) => vectorOf(await loading)));
    assert.deepEqual(vectors, [expected, expected, expected]);
    assert.deepEqual(
      kept().filter((name) => name.includes('.')),
      [],
      'partial files are left',
    );
  });
});

describe('threads of one process', () => {
  it('may load a model into one cache at once', async () => {
    const inThread = `const { parentPort, workerData: { module, url, options } } = require('node:worker_threads');
      import(module).then(({ OnnxEmbedder }) => OnnxEmbedder.load(url, options)).then(
        (embedder) => parentPort.postMessage(embedder.hash), (cause) => parentPort.postMessage(cause.message));`;
    const options = { manifest, cache, dtype: 'fp32', threads: 1 };
    const module = new URL('../../../dist/onnx.js', import.meta.url).href;
    const threads = [1, 2, 3].map(
      () => new Worker(inThread, { eval: true, workerData: { module, url: server.url, options } }),
    );
    const answers = await Promise.all(threads.map(async (thread) => (await once(thread, 'message'))[0]));
    await Promise.all(threads.map((thread) => thread.terminate()));
    assert.deepEqual(answers, Array(3).fill(`sha256:${sha256Of(files[MODEL])}`));
  });
});

describe('a connection that breaks', () => {
  for (const isCached of [true, false]) {
    it(`is followed by a request for the rest, ${isCached ? 'with' : 'without'} a cache`, async () => {
      server.behave(MODEL, { stopsAfter: BROKEN_AT, times: 1 });
      const onProgress = atByte(BROKEN_AT, () => server.cut());
      await worksOnceMore({ onProgress, ...(isCached ? {} : { cache: false }) });
      assert.deepEqual(server.rangesOf(MODEL), [undefined, `bytes=${BROKEN_AT}-`]);
    });
  }

  it('may break several times as long as bytes arrive', async () => {
    server.behave(MODEL, { stopsAfter: 5000, times: 5 });
    const cuts = Array.from({ length: 5 }, (_, i) => atByte(5000 * (i + 1), () => server.cut()));
    await worksOnceMore({ onProgress: (event) => cuts.forEach((cut) => void cut(event)) });
    const ranges = [5000, 10_000, 15_000, 20_000, 25_000].map((from) => `bytes=${from}-`);
    assert.deepEqual(server.rangesOf(MODEL), [undefined, ...ranges]);
  });

  it('too often ends the load, and the next load resumes', async () => {
    server.behave(MODEL, { stopsAfter: 1000 });
    const onProgress = ({ file, status }) => file === MODEL && status === 'progress' && server.cut();
    await refused(load({ onProgress }), 'network', /the connection broke; \d+ bytes are kept for the next attempt/);
    const tries = server.rangesOf(MODEL).length;
    const bytes = readFileSync(partOf()).length;
    assert.ok(tries > 1 && bytes > 0);
    assert.ok(files[MODEL].subarray(0, bytes).equals(readFileSync(partOf())));
    server.reset();
    await worksOnceMore();
    assert.deepEqual(server.rangesOf(MODEL), [`bytes=${bytes}-`]);
  });

  it('because of an abort lets the next load resume', async () => {
    await beginOnly();
    await worksOnceMore();
    assert.deepEqual(server.requests, [{ file: MODEL, range: `bytes=${BROKEN_AT}-` }]);
    assert.deepEqual(
      kept().filter((name) => name.includes('.')),
      [],
      'partial files are left',
    );
  });

  it('is followed by the whole file if the server does not support ranges', async () => {
    await beginOnly();
    server.behave(MODEL, { ignoresRange: true });
    await worksOnceMore();
    assert.deepEqual(server.rangesOf(MODEL), [`bytes=${BROKEN_AT}-`]);
  });

  it('is followed by the whole file if its ETag has changed', async () => {
    await beginOnly();
    writeFileSync(partOf(), 'x'.repeat(BROKEN_AT));
    server.behave(MODEL, { etag: '"another version"' });
    await worksOnceMore();
    assert.deepEqual(server.rangesOf(MODEL), [`bytes=${BROKEN_AT}-`, undefined]);
  });

  it('is followed by the whole file if the part is longer than the file', async () => {
    await beginOnly();
    writeFileSync(partOf(), 'x'.repeat(files[MODEL].length + 1));
    await worksOnceMore();
    assert.deepEqual(server.rangesOf(MODEL), [`bytes=${files[MODEL].length + 1}-`, undefined]);
  });

  it('before a new version under the same ETag is detected by the SHA-256', async () => {
    await beginOnly();
    writeFileSync(partOf(), 'x'.repeat(BROKEN_AT));
    await worksOnceMore();
    assert.deepEqual(server.rangesOf(MODEL), [`bytes=${BROKEN_AT}-`, undefined]);
  });

  it('leaves a part to the next process, unless its own process is running', async () => {
    await beginOnly();
    const belongTo = (pid) => {
      const part = partOf();
      for (const end of ['', '.etag']) renameSync(part + end, part.replace(/\.\d+-/, `.${pid}-`) + end);
    };
    // Every process has a parent that waits for it, so the parent of this one is running.
    belongTo(process.ppid);
    await worksOnceMore();
    assert.deepEqual(server.rangesOf(MODEL), [undefined]);
    assert.equal(readFileSync(partOf()).length, BROKEN_AT, 'it is unchanged');
    const whole = kept().find((name) => partOf().startsWith(`${path.join(cache, name)}.`));
    rmSync(path.join(cache, whole));
    const { pid } = spawnSync(process.execPath, ['--version']);
    belongTo(pid);
    server.reset();
    await worksOnceMore();
    assert.deepEqual(server.rangesOf(MODEL), [`bytes=${BROKEN_AT}-`]);
  });

  it('keeps the part if the server fails at the next try', async () => {
    for (const how of [
      { status: 503, body: Buffer.from('busy') },
      { body: Buffer.from('<html>'), headers: { 'content-type': 'text/html' } },
    ]) {
      await beginOnly();
      server.behave(MODEL, { ignoresRange: true, ...how });
      await refused(load(), 'network', /answered 503|HTML page/);
      server.reset();
      await worksOnceMore();
      assert.deepEqual(server.rangesOf(MODEL), [`bytes=${BROKEN_AT}-`]);
      rmSync(cache, { recursive: true });
    }
  });

  it('is followed by the whole file if versions cannot be distinguished', async () => {
    const trusting = { manifest: null };
    const controller = new AbortController();
    server.behave(MODEL, { stopsAfter: BROKEN_AT, etag: null });
    const onProgress = atByte(BROKEN_AT, () => controller.abort());
    await refused(load({ ...trusting, signal: controller.signal, onProgress }), 'aborted');
    // The same name and length, but another model.
    writeFileSync(partOf(), 'x'.repeat(BROKEN_AT));
    server.reset();
    server.behave(MODEL, { etag: null });
    await worksOnceMore(trusting);
  });
});

describe('a file that is not the expected one', () => {
  /** Returns the model with its last byte, part of a weight, changed. */
  const changed = () => {
    const bytes = Buffer.from(files[MODEL]);
    bytes[bytes.length - 1] ^= 1;
    return bytes;
  };
  const nothingOfTheModel = async () => {
    assert.ok(!(await OnnxEmbedder.isCached(server.url, { manifest, cache, dtype: 'fp32' })));
    assert.ok(!existsSync(partOf()), partOf());
  };

  it('by its SHA-256 is refused and not cached', async () => {
    server.behave(MODEL, { body: changed() });
    const pattern = new RegExp(
      `model\\.onnx has the SHA-256 ${sha256Of(changed())}, expected ${sha256Of(files[MODEL])}`,
    );
    await refused(load(), 'bad_checksum', pattern);
    await nothingOfTheModel();
    server.reset();
    await worksOnceMore();
  });

  it('by its size is refused before its body is loaded', async () => {
    for (const length of [files[MODEL].length - 1, 3e6]) {
      server.behave(MODEL, { body: Buffer.alloc(length), stopsAfter: 0 });
      await refused(
        load(),
        'bad_checksum',
        new RegExp(`model\\.onnx has ${length} bytes, expected ${files[MODEL].length}`),
      );
      await nothingOfTheModel();
    }
  });

  it('but longer or shorter than stated is refused', async () => {
    for (const body of [Buffer.concat([files[MODEL], Buffer.from('x')]), files[MODEL].subarray(0, -1)]) {
      server.behave(MODEL, { body, isChunked: true });
      await refused(load(), body.length > files[MODEL].length ? 'bad_checksum' : 'network', /longer than|ended after/);
      server.reset();
      await worksOnceMore();
      rmSync(cache, { recursive: true });
    }
  });

  it('with a Content-Length that is too large ends the load', async () => {
    const { [MODEL]: model, ...others } = manifest.files;
    const unsized = { files: { ...others, [MODEL]: { sha256: model.sha256 } } };
    server.behave(MODEL, { claims: files[MODEL].length + 7, stopsAfter: files[MODEL].length });
    const onProgress = atByte(files[MODEL].length, () => server.cut());
    await refused(load({ manifest: unsized, onProgress }), 'network', /the connection broke/);
  });

  it('in the cache is loaded again', async () => {
    (await load()).dispose();
    for (const name of kept()) writeFileSync(path.join(cache, name), 'damaged');
    server.reset();
    await worksOnceMore();
    assert.equal(server.requests.length, kept().length);
    server.reset();
    await worksOnceMore();
    assert.deepEqual(server.requests, []);
  });
});

describe('a file that cannot be loaded', () => {
  it('because it is missing is named', async () => {
    for (const status of [404, 500, 403]) {
      server.behave(MODEL, { status });
      await refused(load(), 'network', new RegExp(`^${server.url}/onnx/model\\.onnx answered ${status}$`));
    }
  });

  it('because a page replaces it has its own message', async () => {
    server.behave(MODEL, {
      body: Buffer.from('<!doctype html>'),
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
    await refused(load(), 'network', /model\.onnx is an HTML page, expected a file/);
  });

  it('because no server answers has its own message', async () => {
    const gone = await startModelServer({});
    await gone.close();
    const loading = OnnxEmbedder.load(gone.url, { manifest, cache, dtype: 'fp32' });
    await refused(loading, 'network', /could not be fetched/);
  });

  it('because the cache cannot be written has its own message', async () => {
    mkdirSync(path.dirname(cache), { recursive: true });
    writeFileSync(cache, 'a file, not a folder');
    await refused(load(), 'network', /the cache .* cannot be used/);
    assert.equal(readFileSync(cache, 'utf8'), 'a file, not a folder');
    await worksOnceMore({ cache: false });
  });

  it('leaves out the default cache if it cannot be written, with a warning', async () => {
    writeFileSync(`${cache}-home`, 'a file, not a folder');
    const before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = `${cache}-home`;
    try {
      const warned = once(process, 'warning');
      await worksOnceMore({ cache: true });
      assert.match((await warned)[0].message, /the cache .* cannot be used: not a directory: the model is not kept/);
    } finally {
      if (before === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = before;
    }
  });

  it('leaves no connection open', async () => {
    // More than the buffers of a connection hold, so that a body that is neither read nor cancelled remains.
    const body = Buffer.alloc(16 << 20);
    const html = { 'content-type': 'text/html' };
    for (const how of [{ body }, { body, status: 404 }, { body, headers: html }, { body, isChunked: true }]) {
      server.behave(MODEL, how);
      await refused(load(), how.status === 404 || how.headers ? 'network' : 'bad_checksum');
      // It closes in a moment, or never: the deadline only ends a failing test.
      for (let i = 0; i < 100 && server.unfinished() > 0; ++i) await wait(20);
      const { body: _, ...rest } = how;
      assert.equal(server.unfinished(), 0, JSON.stringify(rest));
      server.reset();
      rmSync(cache, { recursive: true });
    }
  });
});

describe('an aborted load', () => {
  // The timeout only ends a load that hangs.
  it('ends at any event, and the next load works', { timeout: 120_000 }, async () => {
    const events = [];
    (await load({ onProgress: (event) => events.push(event) })).dispose();
    assert.equal(events.pop().status, 'ready');
    for (const [i, { status, file }] of events.entries()) {
      rmSync(cache, { recursive: true });
      const controller = new AbortController();
      let seen = 0;
      const onProgress = () => seen++ === i && controller.abort('enough');
      const error = await refused(load({ signal: controller.signal, onProgress }), 'aborted');
      assert.equal(error.cause, 'enough', `at event ${i}, ${status} of ${file}`);
      await worksOnceMore();
    }
  });

  it('makes no request if it is aborted before its start', async () => {
    await refused(load({ signal: AbortSignal.abort() }), 'aborted');
    assert.deepEqual([server.requests, kept()], [[], []]);
  });
});
