// Faults at the other end of a worker, and of callers: nothing hangs, nothing mixes answers up, nothing stays open.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { MessageChannel, Worker as Thread } from 'node:worker_threads';
import { buildInWorker } from '../../../dist/build.js';
import { answerPort, liveHandles, Router } from '../../../dist/index.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { dist, embedderFiles, expectNothingOpen, refused } from '../support/fixtures.mjs';
import { CODE, POEM, topicsIndex } from '../support/topics.mjs';

const VECTOR = Float32Array.from([1, 0, 0, 1, 0, 0, 0, 1]);

let index;
let other;
const threads = [];
const started = (thread) => {
  threads.push(thread);
  return thread;
};
const entry = (name) => started(new Thread(new URL(name, dist)));
/** A thread that answers by this function of the message and of `post`, given as source. */
const answering = (source) =>
  started(
    new Thread(
      `const port = require('node:worker_threads').parentPort;
       const answer = ${source};
       port.on('message', (message) => answer(message, (reply) => port.postMessage(reply)));`,
      { eval: true },
    ),
  );

before(async () => {
  index = await topicsIndex();
  other = await topicsIndex({ metadata: { name: 'other' } });
});
after(() => Promise.all(threads.map((thread) => thread.terminate())));
expectNothingOpen();

/** Waits for the other side to close what it opened. */
async function settled(expected) {
  while (liveHandles() !== expected) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('conversations that share a worker', () => {
  it('have a router each, and get their own answers', async () => {
    const worker = entry('worker-entry.js');
    const [a, b] = await Promise.all([
      WorkerRouter.load({ worker, index, embedder: null }),
      WorkerRouter.load({ worker, index: other, embedder: null }),
    ]);
    assert.equal(a.info.metadata.name, 'topics');
    assert.equal(b.info.metadata.name, 'other');
    const [many, one] = await Promise.all([a.routeMany([VECTOR, VECTOR, VECTOR]), b.route(VECTOR, { neighbours: 1 })]);
    assert.equal(many.length, 3);
    assert.equal(one.neighbours.length, 1);
    a.dispose();
    assert.equal((await b.route(VECTOR, { neighbours: 2 })).neighbours.length, 2, 'it outlives the other');
    b.dispose();
  });

  it('do not hear of a load that was aborted before', async () => {
    const worker = entry('worker-entry.js');
    for (let turns = 0; turns < 12; turns += 1) {
      const stop = new AbortController();
      const first = WorkerRouter.load({ worker, signal: stop.signal }).then(
        (router) => router.dispose(),
        ({ code }) => assert.equal(code, 'aborted'),
      );
      for (let i = 0; i < turns; i += 1) await new Promise((resolve) => setImmediate(resolve));
      stop.abort();
      const router = await WorkerRouter.load({ worker, index: other, embedder: null });
      assert.equal(router.info.metadata.name, 'other');
      assert.equal((await router.route(VECTOR)).ranking.length, 4);
      router.dispose();
      await first;
    }
  });

  it('end with their port', async () => {
    const { port1, port2 } = new MessageChannel();
    answerPort(port2);
    const open = liveHandles();
    const router = await WorkerRouter.load({ worker: port1, index: index.slice(), embedder: null });
    assert.equal(liveHandles(), open + 1);
    port1.close();
    await settled(open);
    await refused(router.route(VECTOR), 'network');
    router.dispose();
    await refused(router.route(VECTOR), 'disposed');
  });
});

describe('a worker that answers wrongly', () => {
  const load = (source, more) => WorkerRouter.load({ worker: answering(source), ...more });
  const HELLO = "if (m.call === 'hello') return post({ id: m.id, value: 'router' });";

  it('to the greeting is refused', () =>
    refused(
      load("(m, post) => m.call === 'hello' && post({ id: m.id, error: { code: 'internal', message: 'no' } })"),
      'network',
      /failed: no/,
    ));

  it('with a malformed error is refused', async () => {
    for (const error of ['null', '5', '{}']) {
      await refused(load(`(m, post) => { ${HELLO} post({ id: m.id, error: ${error} }); }`), 'internal');
    }
  });

  it('with anything but an index is refused', async () => {
    for (const value of ['null', '5', '{}']) {
      await refused(load(`(m, post) => { ${HELLO} post({ id: m.id, value: ${value} }); }`), 'network', /its index/);
    }
  });

  it('is not one that serves at once', async () => {
    for (const worker of [{}, 5, 'x', true, []])
      await refused(WorkerRouter.load({ worker }), 'invalid_argument', /worker is/);
    for (const startTimeoutMs of [Number.NaN, -1, 'soon']) {
      await refused(WorkerRouter.load({ startTimeoutMs }), 'invalid_argument', /startTimeoutMs is/);
    }
    const router = await WorkerRouter.load({ index, embedder: null, startTimeoutMs: Number.POSITIVE_INFINITY });
    router.dispose();
  });
});

it('a port ignores messages that are not questions', async () => {
  const { port1, port2 } = new MessageChannel();
  answerPort(port2);
  for (const message of [null, 5, 's', {}, { call: 'route' }]) port1.postMessage(message);
  const router = await WorkerRouter.load({ worker: port1, index: index.slice(), embedder: null });
  assert.equal((await router.route(VECTOR)).ranking.length, 4);
  const open = liveHandles();
  router.dispose();
  await settled(open - 1);
  port1.close();
});

describe('a caller', () => {
  it('whose progress callback throws gets that error, and no other call does', async () => {
    const router = await WorkerRouter.load({ index, embedder: null });
    const thrown = new RangeError('my own');
    const onProgress = () => {
      throw thrown;
    };
    await assert.rejects(router.routeMany([VECTOR], { onProgress }), (error) => error === thrown);
    assert.equal((await router.routeMany([VECTOR])).length, 1);
    router.dispose();
    await assert.rejects(WorkerRouter.load({ index, onProgress }), (error) => error === thrown);
  });

  it('may change its list, and is not asked for more than it gave', async () => {
    const router = await Router.load({ index, embedder: embedderFiles() });
    const expected = await router.routeMany([POEM, CODE]);
    const list = [POEM, CODE];
    const routing = router.routeMany(list);
    list[0] = CODE;
    list.push('more');
    assert.deepEqual(await routing, expected);
    router.dispose();
  });

  it('who aborts or disposes while an embedder is awaited does not wait for it', async () => {
    const never = new Promise(() => {});
    for (const Kind of [Router, WorkerRouter]) {
      const stop = new AbortController();
      const loading = Kind.load({ index: index.slice(), embedder: () => never, signal: stop.signal });
      setImmediate(() => stop.abort());
      await refused(loading, 'aborted');
      const embedder = { id: 'tiny', dim: 8, embed: () => never };
      const router = await Kind.load({ index: await topicsIndex({ embedder: undefined }), embedder });
      const routing = router.route(POEM);
      await Promise.resolve();
      router.dispose();
      await refused(routing, 'disposed');
    }
  });

  it('is told of a wrong signal, embedding or list', async () => {
    const router = await Router.load({ index, embedder: null });
    const inWorker = await WorkerRouter.load({ index, embedder: null });
    for (const routing of [router, inWorker]) {
      await refused(routing.route(VECTOR, { signal: {} }), 'invalid_argument', /signal is an object/);
      assert.equal((await routing.route(VECTOR, { signal: null })).ranking.length, 4);
      for (const tokens of ['abc', -5, Number.NaN, 1.5]) {
        await refused(routing.route({ vector: VECTOR, tokens }), 'invalid_argument', /not an embedding/);
      }
      await refused(routing.routeMany(null), 'invalid_argument');
      await refused(routing.routeTask(undefined), 'invalid_argument');
    }
    router.dispose();
    inWorker.dispose();
  });

  it('whose embedder throws something odd gets an error from a build', async () => {
    const csv = new File(['dataset,id,prompt,a,b\nd,1,one,1,0\nd,2,two,0,1\n'], 'results.csv');
    for (const thrown of [Object.create(null), { message: () => 'a function' }]) {
      const embedder = { id: 'odd', dim: 2, embed: () => Promise.reject(thrown) };
      await assert.rejects(buildInWorker([csv], { embedder }), (error) => error === thrown);
    }
  });

  it('who disposes of every router leaves nothing that keeps the process alive', () => {
    const script = `
      import { WorkerRouter } from ${JSON.stringify(new URL('worker.js', dist).href)};
      const router = await WorkerRouter.load({ worker: null });
      router.dispose();
      router.dispose();`;
    const limits = { encoding: 'utf8', timeout: 120_000 };
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], limits);
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });
});
