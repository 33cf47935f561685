// Downloads of ONNX models in Chromium and Firefox: cached, shared, resumed and checked; and the errors of those that fail.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OnnxEmbedder } from '../../dist/onnx.js';
import { expectNothingOpen } from '../package/support/fixtures.mjs';
import { BROWSERS, openBrowser } from './browsers.mjs';
import { buildPage, servePage, until } from './onnx-page.mjs';

const OPTIONS = { dtype: 'fp32', manifest: null };
const TEXT = 'What is the sum of all prime numbers below 100?';
const SMALL = '/small/onnx/model.onnx';
const LARGE = '/large/onnx/model.onnx';
/** Size in bytes of the pieces in which downloads are cached. */
const PIECE = 4 << 20;
const STOP = PIECE + 1_000_000;

let site;
/** The vector of the text by each folder's model, and its files. */
const inNode = {};

before(async () => {
  site = await buildPage();
  for (const name of ['small', 'large']) {
    const embedder = await OnnxEmbedder.load(path.join(site.folder, name), OPTIONS);
    const [{ vector }] = await embedder.embed([TEXT]);
    inNode[name] = { vector: Array.from(vector), manifest: embedder.manifest };
    embedder.dispose();
  }
});
after(() => site?.remove());
expectNothingOpen();

/** Returns, in the page, the vector of the text or the code of the error. The worker 'kept' lives as long as the page. */
async function vectorThere(place, text, { worker, ...options }) {
  const { attempt, OnnxEmbedder, plain } = globalThis;
  if (worker === 'kept') globalThis.kept ??= new Worker('/onnx-worker-entry.js', { type: 'module' });
  return attempt(async () => {
    const embedder = await OnnxEmbedder.load(place, {
      ...options,
      worker: worker === 'kept' ? globalThis.kept : worker,
    });
    const [{ vector }] = plain(await embedder.embed([text]));
    embedder.dispose();
    return vector;
  });
}

/** Starts a load in the page without waiting for it; `loading` is its result. */
function beginThere(place, options) {
  const { attempt, OnnxEmbedder } = globalThis;
  globalThis.controller = new AbortController();
  globalThis.loadedBytes = 0;
  const onProgress = ({ status, file, loaded }) => {
    if (status === 'progress' && file.endsWith('.onnx')) globalThis.loadedBytes = loaded;
  };
  const { signal } = globalThis.controller;
  globalThis.loading = attempt(async () => {
    globalThis.embedder = await OnnxEmbedder.load(place, { ...options, signal, onProgress });
  });
}

const sizeOf = (file) => statSync(path.join(site.folder, file)).size;
const hashOf = (name) => ({ manifest: inNode[name].manifest });

for (const kind of BROWSERS) {
  describe(kind, () => {
    let browser;
    let server;
    let pages;

    before(async () => {
      browser = await openBrowser(kind);
    });
    after(() => browser?.close());

    /** Runs a test on an origin of its own, so that its storage is its own, too. */
    const test = (name, action) =>
      it(name, async () => {
        server = await servePage(site.folder);
        pages = [];
        try {
          await action(await open());
        } finally {
          for (const page of pages) await page.close();
          await server.close();
        }
      });
    async function open() {
      const page = await browser.newPage(`${server.origin}/`);
      pages.push(page);
      return page;
    }
    async function leave(page) {
      pages.splice(pages.indexOf(page), 1);
      await page.close();
    }
    async function expectVector(page, name, options = {}) {
      const { value, ...error } = await page.evaluate(vectorThere, `/${name}`, TEXT, { ...OPTIONS, ...options });
      assert.deepEqual(error, {});
      const worst = Math.max(...value.map((x, i) => Math.abs(x - inNode[name].vector[i])));
      assert.ok(worst <= 1e-4, `off by ${worst}`);
    }
    async function expectRefusal(page, place, code, pattern, options = {}) {
      const got = await page.evaluate(vectorThere, place, TEXT, { ...OPTIONS, ...options });
      assert.equal(got.code, code, got.message);
      assert.match(got.message, pattern);
    }

    test('a second load, in another page, does not download the model, and needs no server', async (page) => {
      await expectVector(page, 'small', hashOf('small'));
      const before = server.of('/small').length;
      assert.equal(server.of(SMALL).length, 1);
      await leave(page);
      server.behaviour.gone = ['/small'];
      const other = await open();
      await expectVector(other, 'small', hashOf('small'));
      await expectVector(other, 'small', { ...hashOf('small'), worker: false });
      assert.equal(server.of('/small').length, before);
    });

    test('without a manifest a second load needs no server either, not even for absent files', async (page) => {
      await expectVector(page, 'small');
      assert.ok(server.of('/small').some(({ status }) => status === 404));
      const before = server.of('/small').length;
      server.behaviour.gone = ['/small'];
      await expectVector(page, 'small');
      assert.deepEqual(server.of('/small').slice(before), []);
    });

    test('without the cache every load downloads', async (page) => {
      await expectVector(page, 'small', { cache: false });
      await expectVector(page, 'small', { cache: false });
      assert.equal(server.of(SMALL).length, 2);
      assert.equal(await page.evaluate(() => globalThis.OnnxEmbedder.cacheSizeBytes()), 0);
    });

    test('the cache reports its size, and can be cleared', async (page) => {
      const ask = (options) =>
        page.evaluate(
          async (given) => {
            const { OnnxEmbedder } = globalThis;
            return [await OnnxEmbedder.isCached('/small', given), await OnnxEmbedder.cacheSizeBytes()];
          },
          { ...OPTIONS, ...options },
        );
      assert.deepEqual(await ask(), [false, 0]);
      await expectVector(page, 'small');
      const files = Object.values(inNode.small.manifest.files).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const [isCached, sizeBytes] = await ask();
      assert.equal(isCached, true);
      // The cache also remembers which file is absent.
      assert.ok(sizeBytes >= files && sizeBytes < files + 100, `${sizeBytes} bytes for files of ${files}`);
      assert.deepEqual(await ask({ dtype: 'q8' }), [false, sizeBytes]);
      await page.evaluate(() => globalThis.OnnxEmbedder.clearCache());
      assert.deepEqual(await ask(), [false, 0]);
      await expectVector(page, 'small');
      assert.equal(server.of(SMALL).length, 2);
    });

    test('an interrupted download resumes', async (page) => {
      server.behaviour.stop = { path: LARGE, bytes: STOP, end: 'cut' };
      await expectVector(page, 'large', hashOf('large'));
      const [first, second, ...more] = server.of(LARGE);
      assert.deepEqual([first.status, second.status, more.length], [200, 206, 0]);
      assert.match(second.range, /^bytes=\d+-$/);
    });

    for (const end of ['a page that is closed', 'a load that is aborted']) {
      test(`${end} during a download leaves a part from which the next load resumes`, async (page) => {
        server.behaviour.stop = { path: LARGE, bytes: STOP, end: 'hold' };
        await page.evaluate(beginThere, '/large', OPTIONS);
        await until(() => page.evaluate(() => globalThis.loadedBytes).then((bytes) => bytes >= STOP));
        if (end.startsWith('a page')) await leave(page);
        else {
          await page.evaluate(() => globalThis.controller.abort());
          assert.equal((await page.evaluate(() => globalThis.loading)).code, 'aborted');
        }
        await until(() => server.of(LARGE)[0].isClosed);
        await expectVector(await open(), 'large', hashOf('large'));
        const [, resumed, ...more] = server.of(LARGE);
        assert.deepEqual([resumed.status, more.length], [206, 0]);
        const from = Number(/^bytes=(\d+)-$/.exec(resumed.range)[1]);
        assert.ok(from >= PIECE && from <= STOP, `from ${from}`);
      });
    }

    test('two pages that load at the same time download once', async (page) => {
      server.behaviour.stop = { path: SMALL, bytes: 1000, end: 'hold' };
      const other = await open();
      await page.evaluate(beginThere, '/small', OPTIONS);
      await until(() => server.of(SMALL).length === 1);
      await other.evaluate(beginThere, '/small', OPTIONS);
      await until(() =>
        other.evaluate(async () => {
          const { pending } = await navigator.locks.query();
          return pending.some(({ name }) => name.endsWith('/small/onnx/model.onnx'));
        }),
      );
      server.release();
      for (const one of [page, other]) assert.deepEqual(await one.evaluate(() => globalThis.loading), {});
      assert.equal(server.of(SMALL).length, 1);
      await expectVector(other, 'small');
    });

    test('an aborted load ends its worker and its connection, and requests nothing more', async (page) => {
      server.behaviour.stop = { path: SMALL, bytes: 1000, end: 'hold' };
      await page.evaluate(beginThere, '/small', OPTIONS);
      await until(() => server.of(SMALL).length === 1);
      const asked = server.requests.length;
      await page.evaluate(() => globalThis.controller.abort());
      assert.equal((await page.evaluate(() => globalThis.loading)).code, 'aborted');
      assert.deepEqual(await page.evaluate(() => globalThis.workers), { started: 1, ended: 1 });
      await until(() => server.of(SMALL)[0].isClosed);
      assert.equal(server.requests.length, asked);
      await expectVector(page, 'small');
    });

    test('a file with another hash is refused, and not cached', async (page) => {
      const manifest = structuredClone(inNode.small.manifest);
      manifest.files['onnx/model.onnx'].sha256 = '0'.repeat(64);
      await expectRefusal(page, '/small', 'bad_checksum', /SHA-256/, { manifest });
      assert.equal(await page.evaluate((o) => globalThis.OnnxEmbedder.isCached('/small', o), OPTIONS), false);
      manifest.files['onnx/model.onnx'] = { ...inNode.small.manifest.files['onnx/model.onnx'], sizeBytes: 7 };
      await expectRefusal(page, '/small', 'bad_checksum', /bytes, expected 7/, { manifest });
    });

    test('an absent folder is refused, also if the server answers with a page', async (page) => {
      await expectRefusal(page, '/nowhere', 'network', /answered 404/);
      server.behaviour.missing = 'html';
      await expectRefusal(page, '/nowhere', 'network', /HTML page/);
      await expectVector(page, 'small');
    });

    for (const worker of [true, false]) {
      test(`a runtime that cannot be loaded ${worker ? 'in a worker' : 'in the page'} is a network error`, async (page) => {
        server.behaviour.gone = ['/ort-wasm'];
        await expectRefusal(page, '/small', 'network', /runtime/i, { worker });
        server.behaviour.missing = 'html';
        await expectRefusal(await open(), '/small', 'network', /runtime/i, { worker });
        server.behaviour.gone = [];
        await expectVector(worker ? page : await open(), 'small', { worker });
      });
    }

    test('a worker without its script is a network error', async (page) => {
      server.behaviour.gone = ['/onnx-worker-entry.js'];
      await expectRefusal(page, '/small', 'network', /worker of the embedder failed.*could not be loaded/);
    });

    test('without a network the error says so, and a cached model is loaded', async (page) => {
      const held = hashOf('small');
      // Firefox still reports that it is online when its driver disconnects it.
      const offline = kind === 'chromium' ? /offline/ : /offline|could not be fetched/;
      // The package does not cache the script and the .wasm; here they were loaded before.
      for (const worker of ['kept', false]) await expectVector(page, 'small', { ...held, worker });
      await browser.setOffline(true);
      try {
        const asked = server.requests.length;
        for (const worker of ['kept', false]) {
          await expectVector(page, 'small', { ...held, worker });
          await expectRefusal(page, '/large', 'network', offline, { ...hashOf('large'), worker });
        }
        assert.equal(server.requests.length, asked);
      } finally {
        await browser.setOffline(false);
      }
    });

    if (kind === 'chromium') {
      test('full storage is reported', async (page) => {
        const lift = await browser.limitStorage(server.origin, 1 << 20);
        try {
          await expectRefusal(page, '/large', 'quota_exceeded', /no room/, hashOf('large'));
          await expectVector(page, 'large', { ...hashOf('large'), cache: false });
        } finally {
          await lift();
        }
      });
    }

    it('the test file is longer than one piece', () => {
      assert.ok(sizeOf(LARGE) > STOP);
    });
  });
}
