// Opening, closing and aborting: nothing outlives its owner, and failures do not affect later calls.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { buildIndex } from '../../../dist/build.js';
import { liveHandles, Router, StaticEmbedder } from '../../../dist/index.js';
import { loadCore } from '../../../dist/wasm/core-module.js';
import {
  dist,
  embedderFiles,
  expectNothingOpen,
  randomFrom,
  randomPrompts,
  randomSpec,
  refused,
} from '../support/fixtures.mjs';
import { startServer } from '../support/http-server.mjs';

const options = { embedder: embedderFiles() };
const VECTOR = new Float32Array(8).fill(0.5);

before(async () => {
  options.index = await buildIndex(randomSpec({ rows: 300, codes: 'int8' }));
});
expectNothingOpen();

async function withRouter(use) {
  const router = await Router.load(options);
  try {
    return await use(router);
  } finally {
    router.dispose();
  }
}

describe('dispose', () => {
  it('closes everything once, even if it is called repeatedly', async () => {
    const router = await Router.load(options);
    const other = await Router.load(options);
    assert.equal(liveHandles(), 4, 'two indexes and two embedders');
    router.dispose();
    router.dispose();
    assert.equal(liveHandles(), 2);
    other[Symbol.dispose]();
    other[Symbol.dispose]();
    assert.equal(liveHandles(), 0);
  });

  it('makes every later call `disposed`', async () => {
    const router = await Router.load(options);
    router.dispose();
    await refused(router.route('a poem'), 'disposed', /the router was disposed/);
    await refused(router.routeTask(['a poem']), 'disposed');
    await refused(router.route(VECTOR), 'disposed');
    await refused(router.routeTask(VECTOR), 'disposed');
    assert.equal(router.info.rows, 300, 'information about the index stays readable');
  });

  it('during a route makes that route `disposed`', async () => {
    const router = await Router.load(options);
    const routes = [router.route('a poem'), router.routeTask(randomPrompts(randomFrom(1), 600))];
    router.dispose();
    for (const route of routes) await refused(route, 'disposed');
  });

  it('does not dispose of the embedder of the caller', async () => {
    const embedder = await StaticEmbedder.load(embedderFiles());
    const router = await Router.load({ ...options, embedder });
    router.dispose();
    assert.equal((await embedder.embed(['a poem'])).length, 1);
    assert.equal(liveHandles(), 1);
    embedder.dispose();
    embedder[Symbol.dispose]();
    await refused(embedder.embed(['a poem']), 'disposed', /the embedder was disposed/);
  });
});

describe('memory', () => {
  it('does not grow over 10 000 routes and 50 loads, after the first ones', async () => {
    const core = await loadCore(undefined, {});
    const prompts = randomPrompts(randomFrom(2), 20);
    const route = (router, count) =>
      Promise.all(Array.from({ length: count }, (_, i) => router.route(VECTOR, { k: 1 + (i % 30) })));
    const cycle = () => withRouter((router) => router.routeTask(prompts));
    await withRouter(async (router) => {
      await route(router, 200);
      for (let i = 0; i < 5; ++i) await cycle();
      const before = core.memoryBytes;
      for (let i = 0; i < 50; ++i) await route(router, 200);
      for (let i = 0; i < 50; ++i) await cycle();
      assert.equal(core.memoryBytes, before);
    });
  });

  it('does not grow over loads that fail', async () => {
    const core = await loadCore(undefined, {});
    const damaged = new Uint8Array(1 << 20).fill(1);
    const fail = () => refused(Router.load({ ...options, index: damaged }), 'bad_magic');
    await fail();
    const before = core.memoryBytes;
    for (let i = 0; i < 20; ++i) await fail();
    assert.equal(core.memoryBytes, before);
  });
});

describe('a signal', () => {
  it('aborted in advance prevents every call, with its reason as the cause', async () => {
    const signal = AbortSignal.abort('changed my mind');
    const error = await refused(Router.load({ ...options, signal }), 'aborted');
    assert.equal(error.cause, 'changed my mind');
    await refused(buildIndex(randomSpec(), { signal }), 'aborted');
    await refused(StaticEmbedder.load(embedderFiles(), { signal }), 'aborted');
    await withRouter(async (router) => {
      await refused(router.route('a poem', { signal }), 'aborted');
      await refused(router.routeTask(['a poem'], { signal }), 'aborted');
      await refused(router.route(VECTOR, { signal }), 'aborted');
      await refused(router.routeTask(VECTOR, { signal }), 'aborted');
    });
  });

  it('aborts a load at any event, and nothing stays open', async () => {
    const events = [];
    await withRouterEvents((event) => events.push(event));
    for (let i = 0; i < events.length; ++i) {
      const controller = new AbortController();
      let seen = 0;
      const onProgress = () => {
        if (seen++ === i) controller.abort();
      };
      const loading = Router.load({ ...options, signal: controller.signal, onProgress });
      if (events[i].status === 'ready') {
        (await loading).dispose(); // Too late to abort: the load is complete.
        continue;
      }
      await refused(loading, 'aborted');
      assert.equal(liveHandles(), 0, `after event ${i}: ${JSON.stringify(events[i])}`);
    }
  });

  it('aborts a load that waits for a server or for a stalled response', async () => {
    const server = await startServer(() => ({ body: null }));
    try {
      const stalled = new Response(new ReadableStream());
      for (const index of [`${server.url}/index.sbx`, stalled]) {
        const controller = new AbortController();
        const loading = Router.load({ ...options, index, signal: controller.signal });
        await sleep(20);
        controller.abort();
        await refused(loading, 'aborted');
        assert.equal(liveHandles(), 0);
      }
    } finally {
      await server.close();
    }
  });

  it('that times out is reported as the cause', async () => {
    const stalled = new Response(new ReadableStream());
    const loading = Router.load({ ...options, index: stalled, signal: AbortSignal.timeout(10) });
    // The timeout signal does not keep Node alive, so a timer has to.
    const [{ cause }] = await Promise.all([refused(loading, 'aborted'), sleep(50)]);
    assert.equal(cause.name, 'TimeoutError');
  });

  it('aborts a task between two blocks of prompts', () =>
    withRouter(async (router) => {
      const controller = new AbortController();
      const seen = [];
      const onProgress = ({ done, total }) => {
        seen.push([done, total]);
        if (done > 256) controller.abort();
      };
      const prompts = randomPrompts(randomFrom(3), 1200);
      await refused(router.routeTask(prompts, { signal: controller.signal, onProgress }), 'aborted');
      assert.deepEqual(seen, [
        [256, 1200],
        [512, 1200],
      ]);
    }));

  it('aborts a route while the embedder of the caller is busy', async () => {
    const slow = { id: 'slow', dim: 8, embed: () => new Promise(() => {}) };
    const router = await Router.load({ index: options.index, embedder: slow });
    await Promise.all([refused(router.route('a poem', { signal: AbortSignal.timeout(10) }), 'aborted'), sleep(50)]);
    router.dispose();
  });

  it('has no listener left after a call', () =>
    withRouter(async (router) => {
      const { signal } = new AbortController();
      let listeners = 0;
      const { addEventListener: add, removeEventListener: remove } = signal;
      signal.addEventListener = (...args) => ++listeners && add.apply(signal, args);
      signal.removeEventListener = (...args) => listeners-- && remove.apply(signal, args);
      await router.routeTask(randomPrompts(randomFrom(4), 600), { signal });
      assert.equal(listeners, 0);
    }));
});

async function withRouterEvents(onProgress, more = {}) {
  const router = await Router.load({ ...options, ...more, onProgress });
  router.dispose();
}

describe('progress', () => {
  it('reports each file from initiate to done, in order, then ready', async () => {
    const { tokenizer, model, config } = embedderFiles();
    const bodies = {
      '/signalbox.wasm': readFileSync(new URL('signalbox.wasm', dist)),
      '/index.sbx': options.index,
      '/tiny/tokenizer.json': tokenizer,
      '/tiny/model.safetensors': model,
      '/tiny/config.json': config,
    };
    const server = await startServer((path) => ({
      body: bodies[path],
      headers: { 'content-length': bodies[path].byteLength },
    }));
    const events = [];
    try {
      const sources = { index: `${server.url}/index.sbx?v=1`, embedder: `${server.url}/tiny` };
      await withRouterEvents((event) => events.push(event), { ...sources, wasm: `${server.url}/signalbox.wasm` });
    } finally {
      await server.close();
    }
    assert.deepEqual(events.pop(), { status: 'ready' });
    const isTotal = ({ status }) => status === 'progress_total';
    const totals = events.filter(isTotal);
    const bytes = Object.values(bodies).reduce((sum, { byteLength }) => sum + byteLength, 0);
    const whole = { status: 'progress_total', name: 'signalbox', progress: 100, loaded: bytes, total: bytes };
    assert.deepEqual(totals.at(-1), whole);
    const loaded = totals.map((total) => total.loaded);
    assert.deepEqual(
      loaded,
      loaded.toSorted((a, b) => a - b),
    );
    const files = [...new Set(events.filter((event) => !isTotal(event)).map(({ file }) => file))];
    assert.deepEqual(files, ['signalbox.wasm', 'index.sbx', 'tokenizer.json', 'model.safetensors', 'config.json']);
    for (const file of files) {
      const own = events.filter((event) => event.file === file);
      const statuses = own.map(({ status }) => status).join(' ');
      assert.match(statuses, /^initiate download( progress)+ done$/, file);
      const steps = own.filter(({ status }) => status === 'progress');
      const { progress, loaded, total } = steps.at(-1);
      assert.equal(progress, 100, file);
      assert.equal(loaded, total, file);
      assert.deepEqual(
        steps.map((step) => step.loaded),
        steps.map((step) => step.loaded).sort((a, b) => a - b),
      );
    }
  });

  it('knows the total of the files that ship before any of them has come, also from a host that does not tell it', async () => {
    const server = await startServer((name) => ({
      body: gzipSync(readFileSync(new URL(name.slice(1), dist))),
      headers: { 'content-encoding': 'gzip' },
    }));
    const totals = [];
    const onProgress = (event) => event.status === 'progress_total' && totals.push(event);
    try {
      (await Router.load({ assets: server.url, onProgress })).dispose();
    } finally {
      await server.close();
    }
    const names = ['signalbox.wasm', 'models/index/index.sbx', 'models/embedder/embedder.bin'];
    const bytes = names.reduce((sum, name) => sum + statSync(new URL(name, dist)).size, 0);
    assert.ok(totals.length > 3);
    assert.deepEqual([...new Set(totals.map(({ total }) => total))], [bytes]);
    assert.equal(totals.at(-1).loaded, bytes);
  });

  it('does not wait for a module that another router has loaded', async () => {
    const first = await Router.load();
    const totals = [];
    const onProgress = (event) => event.status === 'progress_total' && totals.push(event);
    (await Router.load({ onProgress })).dispose();
    first.dispose();
    const { loaded, total, progress } = totals.at(-1);
    assert.deepEqual([loaded, progress], [total, 100]);
  });

  it('of a task counts prompts', () =>
    withRouter(async (router) => {
      const seen = [];
      await router.routeTask(randomPrompts(randomFrom(5), 300), { onProgress: (event) => seen.push(event) });
      assert.deepEqual(seen, [
        { done: 256, total: 300 },
        { done: 300, total: 300 },
      ]);
    }));
});

describe('the module', () => {
  it('is shared by all routers without a wasm of their own', async () => {
    const [first, second] = await Promise.all([loadCore(undefined, {}), loadCore(undefined, {})]);
    assert.equal(first, second);
    const own = await Router.load({ ...options, wasm: new URL('signalbox.wasm', dist) });
    const { memoryBytes } = first;
    assert.equal(liveHandles(), 2, 'handles of other modules count too');
    assert.equal(first.liveHandles(), 0);
    assert.equal(first.memoryBytes, memoryBytes);
    own.dispose();
  });

  it('is not affected by failed or aborted loads', async () => {
    await refused(Router.load({ ...options, index: '/nowhere/index.sbx' }), 'network');
    await refused(Router.load({ ...options, embedder: '/nowhere' }), 'network');
    await refused(Router.load({ ...options, wasm: new Uint8Array(4) }), 'bad_wasm');
    assert.equal(liveHandles(), 0);
    const decision = await withRouter((router) => router.route('write a poem about the sea'));
    assert.equal(decision.ranking.length, 4);
  });
});
