// The router of the site and the extension: workers that fail, end or fall silent are replaced, in front of real routers.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it, mock } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { answerPort, Router, SignalboxError } from '../../dist/index.js';
import { joinEmbedder } from '../../scripts/embedder-file.mjs';
import { embedderFiles, root, WORDS } from './support/fixtures.mjs';
import { tableFiles } from './support/languages.mjs';
import { CODE, POEM, topicsIndex } from './support/topics.mjs';

const PATIENCE_MS = 5000;
const GERMAN = 'Schreibe ein Gedicht über den Herbst';
/** The modules that share their errors with this test. */
const PACKAGE = { signalbox: 'dist/index.js', 'signalbox/worker': 'dist/worker.js' };

async function importShared(folder) {
  const outfile = path.join(folder, 'module.mjs');
  const external = ({ path: name }) => ({ path: pathToFileURL(path.join(root, PACKAGE[name])).href, external: true });
  await build({
    entryPoints: [path.join(root, 'web/shared/restarting-router.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    plugins: [{ name: 'package', setup: (bundle) => bundle.onResolve({ filter: /^signalbox/ }, external) }],
  });
  return import(pathToFileURL(outfile).href);
}

describe('a restarting router', () => {
  let folder;
  let RouterHolder;
  let holder;
  let index;
  let direct;
  /** The workers of the current test, in the order in which they were started. */
  const workers = [];

  /**
   * A port in the shape of a worker. `silence()` makes it swallow messages; `swallowed` settles when it does.
   * `holdFrom(state)` keeps back what it says after this state of its table, until `release()`; `held` settles when the next
   * message is kept back.
   */
  function startWorker() {
    const { port1, port2 } = new MessageChannel();
    answerPort(port2);
    let isSilent = false;
    let swallow;
    let heldFrom;
    let hold;
    const kept = [];
    const worker = {
      held: new Promise((resolve) => {
        hold = resolve;
      }),
      holdFrom: (state) => {
        heldFrom = state;
      },
      release: () => {
        heldFrom = undefined;
        for (const deliver of kept.splice(0)) deliver();
      },
      swallowed: new Promise((resolve) => {
        swallow = resolve;
      }),
      silence: () => {
        isSilent = true;
      },
      end: () => port1.close(),
      postMessage: (message, transfer) => {
        if (message.call === 'load') worker.cache = message.options.cache;
        if (isSilent) swallow(message);
        else port1.postMessage(message, transfer);
      },
      on: (name, listener) => {
        let isHolding = false;
        port1.on(name, (message) => {
          isHolding &&= heldFrom !== undefined;
          if (isHolding) {
            kept.push(() => listener(message));
            hold();
            return;
          }
          isHolding = heldFrom !== undefined && message?.progress?.multilingual === heldFrom;
          listener(message);
        });
      },
      off: (name, listener) => port1.off(name, listener),
    };
    workers.push(worker);
    return worker;
  }
  const options = async () => ({ index: index.slice(), embedder: embedderFiles(), worker: startWorker() });
  const hold = (sources) => {
    holder = new RouterHolder(sources);
    return holder.current();
  };

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'signalbox-restarting-'));
    ({ RouterHolder } = await importShared(folder));
    index = await topicsIndex();
    direct = await Router.load({ index, embedder: embedderFiles() });
  });
  afterEach(() => {
    mock.timers.reset();
    holder.dispose();
    for (const worker of workers.splice(0)) worker.end();
  });
  after(() => {
    direct.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers like the router in it', async () => {
    const router = await hold(options);
    assert.deepEqual(router.info, direct.info);
    assert.deepEqual(await router.route(POEM), await direct.route(POEM));
    assert.deepEqual(await router.routeMany([POEM, CODE]), await direct.routeMany([POEM, CODE]));
    assert.deepEqual(await router.routeTask([POEM, CODE]), await direct.routeTask([POEM, CODE]));
    assert.deepEqual(await router.embed([POEM, CODE]), await direct.embed([POEM, CODE]));
    assert.deepEqual(await router.samples(), await direct.samples());
    const plan = await router.cascade(POEM);
    assert.deepEqual(plan, await direct.cascade(POEM));
    assert.deepEqual(router.next(plan, { correct: true }), direct.next(plan, { correct: true }));
    assert.equal(workers.length, 1);
    router.dispose();
  });

  it('replaces a worker that has ended, once for all questions', async () => {
    const router = await hold(options);
    workers[0].end();
    const decisions = await Promise.all([POEM, CODE].map((prompt) => router.route(prompt)));
    assert.deepEqual(
      decisions.map(({ model }) => model),
      ['poet', 'coder'],
    );
    assert.equal(workers.length, 2);
    router.dispose();
  });

  it('replaces a worker that does not answer in time', async () => {
    const router = await hold(options);
    for (const ask of [() => router.route(POEM), () => router.cascade(POEM), () => router.embed([POEM])]) {
      const lost = workers.at(-1);
      lost.silence();
      mock.timers.enable({ apis: ['setTimeout'] });
      const answer = ask();
      await lost.swallowed;
      mock.timers.tick(PATIENCE_MS);
      await answer;
      mock.timers.reset();
    }
    assert.equal(workers.length, 4);
    router.dispose();
  });

  it('waits without a limit while a long question is in progress, and does not repeat that one', async () => {
    const router = await hold(options);
    for (const ask of [
      () => router.routeTask([POEM, CODE]),
      () => router.routeMany([POEM, CODE]),
      () => router.embed([POEM, CODE]),
    ]) {
      const lost = workers.at(-1);
      lost.silence();
      mock.timers.enable({ apis: ['setTimeout'] });
      const long = ask();
      await lost.swallowed;
      const short = router.route(POEM);
      // Its timer starts once it has the worker.
      for (let turn = 0; turn < 10; ++turn) await undefined;
      const count = workers.length;
      mock.timers.tick(10 * PATIENCE_MS);
      await new Promise(setImmediate);
      assert.equal(workers.length, count);
      mock.timers.reset();
      lost.end();
      await assert.rejects(long, { code: 'network' });
      assert.equal((await short).model, 'poet');
      assert.equal(workers.length, count + 1);
    }
    router.dispose();
  });

  it('waits without a limit while the table of other languages loads, and with one afterwards', async () => {
    const multilingual = await tableFiles();
    const router = await hold(async () => ({ multilingual, worker: startWorker() }));
    const [worker] = workers;
    worker.holdFrom('loading');
    mock.timers.enable({ apis: ['setTimeout'] });
    const german = router.route(GERMAN);
    await worker.held;
    const english = router.route(POEM);
    for (let turn = 0; turn < 10; ++turn) await undefined;
    for (let times = 0; times < 10; ++times) mock.timers.tick(PATIENCE_MS);
    await new Promise(setImmediate);
    assert.equal(workers.length, 1);
    worker.release();
    assert.equal((await german).language, 'de');
    assert.equal((await english).language, null);
    assert.equal(workers.length, 1);
    worker.silence();
    const answer = router.route(GERMAN);
    await worker.swallowed;
    mock.timers.tick(PATIENCE_MS);
    // A timer of the next worker's start would be mocked, too.
    mock.timers.reset();
    assert.equal((await answer).language, 'de');
    assert.equal(workers.length, 2);
    router.dispose();
  });

  it('waits without a limit for the rest of an early embedder, and loads it past the cache if that is damaged', async () => {
    const bytes = joinEmbedder(embedderFiles(), Buffer.alloc(Math.ceil(WORDS.length / 8)).toString('base64'));
    const rowBytes = 8 * 4;
    const at = bytes.length - rowBytes * WORDS.length;
    const damaged = Buffer.from(bytes.subarray(at));
    damaged[0] ^= 1;
    const asked = [];
    const server = createServer((_, response) => {
      response.write(asked.length === 0 ? bytes.subarray(0, at) : bytes);
      if (asked.push(response) > 1) response.end();
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const embedder = `http://127.0.0.1:${server.address().port}/embedder.bin`;
    try {
      const router = await hold(async () => ({ ...(await options()), embedder, early: true }));
      mock.timers.enable({ apis: ['setTimeout'] });
      const poem = router.route(POEM);
      for (let turn = 0; turn < 10; ++turn) await undefined;
      for (let times = 0; times < 10; ++times) mock.timers.tick(PATIENCE_MS);
      await new Promise(setImmediate);
      assert.equal(workers.length, 1);
      mock.timers.reset();
      asked[0].end(damaged);
      assert.equal((await poem).model, 'poet');
      assert.deepEqual(
        workers.map(({ cache }) => cache),
        [undefined, 'reload'],
      );
      router.dispose();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('has its whole patience after the table was loaded or failed to', async () => {
    const sound = await tableFiles();
    for (const [state, multilingual] of [
      ['loaded', sound],
      ['failed', { ...sound, model: Uint8Array.of(1) }],
    ]) {
      const router = await hold(async () => ({ multilingual, worker: startWorker() }));
      const worker = workers.at(-1);
      const count = workers.length;
      worker.holdFrom(state);
      mock.timers.enable({ apis: ['setTimeout'] });
      const german = router.route(GERMAN);
      await worker.held;
      // The state arrived within this time, so that it is not the end.
      mock.timers.tick(PATIENCE_MS);
      await new Promise(setImmediate);
      assert.equal(workers.length, count);
      mock.timers.tick(PATIENCE_MS);
      mock.timers.reset();
      assert.equal((await german).language, state === 'loaded' ? 'de' : null);
      assert.equal(workers.length, count + 1);
      router.dispose();
    }
  });

  it('asks a new worker after a long question lost one', async () => {
    const router = await hold(options);
    workers[0].end();
    await assert.rejects(router.routeTask([POEM, CODE]), { code: 'network' });
    assert.equal((await router.routeTask([POEM, CODE])).inputs, 2);
    assert.equal(workers.length, 2);
    router.dispose();
  });

  it('asks only once more, and repeats no other error', async () => {
    const router = await hold(options);
    await assert.rejects(router.route(POEM, { candidates: { allow: ['nobody'] } }), SignalboxError);
    assert.equal(workers.length, 1);
    workers[0].end();
    const failing = router.route(POEM);
    // The next worker ends as soon as there is one.
    while (workers.length < 2) await new Promise(setImmediate);
    workers[1].end();
    await assert.rejects(failing, { code: 'network' });
    assert.equal(workers.length, 2);
    assert.equal((await router.route(POEM)).model, 'poet');
    router.dispose();
  });

  it('bypasses the cache after a load that failed', async () => {
    let isBroken = false;
    const sources = async () => ({ ...(await options()), ...(isBroken && { index: Uint8Array.of(1, 2, 3) }) });
    const router = await hold(sources);
    const end = () => workers.at(-1).end();
    end();
    await router.route(POEM);
    isBroken = true;
    end();
    await assert.rejects(router.route(POEM), SignalboxError);
    isBroken = false;
    await router.route(POEM);
    assert.deepEqual(
      workers.map(({ cache }) => cache),
      [undefined, undefined, undefined, 'reload'],
    );
    router.dispose();
  });

  it('rejects every question after it was disposed of', async () => {
    const router = await hold(options);
    const open = router.route(POEM);
    router.dispose();
    router.dispose();
    await assert.rejects(open, { code: 'disposed' });
    await assert.rejects(router.route(POEM), { code: 'disposed' });
    await assert.rejects(holder.current(), { code: 'disposed' });
    assert.equal(workers.length, 1);
  });

  it('is held from the first load on, and loaded again after a failure', async () => {
    let isBroken = true;
    const sources = async () => ({ ...(await options()), ...(isBroken && { index: Uint8Array.of(1, 2, 3) }) });
    await assert.rejects(hold(sources), SignalboxError);
    await assert.rejects(holder.current(), SignalboxError);
    isBroken = false;
    const router = await holder.current();
    assert.equal(await holder.current(), router);
    assert.equal((await router.route(POEM)).model, 'poet');
    assert.deepEqual(
      workers.map(({ cache }) => cache),
      [undefined, 'reload', 'reload'],
    );
    holder.dispose();
    await assert.rejects(holder.current(), { code: 'disposed' });
    await assert.rejects(router.route(POEM), { code: 'disposed' });
  });

  it('is disposed of if its holder was disposed of while it loaded', async () => {
    const loading = hold(options);
    holder.dispose();
    const router = await loading;
    await assert.rejects(router.route(POEM), { code: 'disposed' });
  });
});
