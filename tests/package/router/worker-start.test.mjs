// Starting a worker: threads of Node, the handshake, wrong scripts, and calls that are given up before their turn.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { MessageChannel, Worker as Thread } from 'node:worker_threads';
import { buildInWorker, fileFromBytes } from '../../../dist/build.js';
import { startThread } from '../../../dist/files/platform-web.js';
import { Router } from '../../../dist/index.js';
import { OnnxEmbedder } from '../../../dist/onnx.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { answerCalls } from '../../../dist/workers/answers.js';
import { Channel } from '../../../dist/workers/channel.js';
import { dist, expectNothingOpen, refused } from '../support/fixtures.mjs';
import { CODE, POEM, topicsIndex } from '../support/topics.mjs';

expectNothingOpen();

const VECTOR = Float32Array.from([1, 0, 0, 1, 0, 0, 0, 1]);
const threads = [];
const started = (thread) => {
  threads.push(thread);
  return thread;
};
const threadOf = (script) => started(new Thread(script, { eval: true }));
const entry = (name) => started(new Thread(new URL(name, dist)));
after(() => Promise.all(threads.map((thread) => thread.terminate())));

describe('a thread of Node', () => {
  it('is started by default, decides like this thread, and ends with the router', async () => {
    const index = await topicsIndex();
    const direct = await Router.load({ index, embedder: null });
    const router = await WorkerRouter.load({ index, embedder: null });
    assert.deepEqual(router.info, direct.info);
    assert.deepEqual(await router.route(VECTOR), await direct.route(VECTOR));
    assert.deepEqual(await router.routeMany([VECTOR, VECTOR]), await direct.routeMany([VECTOR, VECTOR]));
    router.dispose();
    direct.dispose();
    await refused(router.route(VECTOR), 'disposed');
  });

  it('may be started by the caller, to whom it then belongs', async () => {
    const worker = entry('worker-entry.js');
    const index = await topicsIndex();
    for (const _ of [1, 2]) {
      const router = await WorkerRouter.load({ index, embedder: null, worker });
      assert.equal((await router.route(VECTOR)).ranking.length, 4);
      router.dispose();
    }
  });

  it('builds an index', async () => {
    const csv = new TextEncoder().encode('dataset,id,prompt,a,b\nd,1,one,1,0\nd,2,two,0,1\n');
    const { report } = await buildInWorker([new File([csv], 'results.csv')]);
    assert.equal(report.models.length, 2);
    assert.equal(fileFromBytes('results.csv', csv).path, 'results.csv');
  });
});

describe('a worker that cannot serve', () => {
  const load = (worker) => WorkerRouter.load({ worker, startTimeoutMs: 200 });

  it('because its script answers nothing is refused after a while', async () => {
    const worker = threadOf("require('node:worker_threads').parentPort.on('message', () => {})");
    await refused(load(worker), 'network', /did not answer within 200 ms: is its script signalbox\/worker-entry/);
  });

  it('because its script answers something else is refused after a while', async () => {
    const worker = threadOf(
      "const p = require('node:worker_threads').parentPort; p.on('message', (m) => p.postMessage(m && 'hi'))",
    );
    await refused(load(worker), 'network', /did not answer/);
  });

  it('because its script is empty is refused when it ends', () =>
    refused(
      WorkerRouter.load({ worker: threadOf('') }),
      'network',
      /it ended, or signalbox\/worker-entry could not be loaded/,
    ));

  it('because its script throws is refused with the reason', () =>
    refused(WorkerRouter.load({ worker: threadOf("throw new Error('no such module')") }), 'network', /no such module/));

  it('because its script serves something else is refused at once', async () => {
    const worker = entry('build-worker-entry.js');
    await refused(WorkerRouter.load({ worker }), 'network', /serves 'build', expected signalbox\/worker-entry/);
    await refused(buildInWorker([], { worker: entry('worker-entry.js') }), 'network', /serves 'router'/);
    const router = entry('worker-entry.js');
    await refused(OnnxEmbedder.load('./nowhere', { worker: router }), 'network', /serves 'router'/);
  });

  it('because the platform refuses to start one is refused with the cause', async () => {
    class Refusing {
      constructor() {
        throw new DOMException('blocked by the content security policy', 'SecurityError');
      }
    }
    globalThis.Worker = Refusing;
    try {
      for (const started of [
        () => WorkerRouter.load(),
        () => buildInWorker([]),
        () => OnnxEmbedder.load('./x', { worker: true }),
      ]) {
        const error = await refused(started(), 'network', /could not be started: .*blocked/);
        assert.equal(error.cause.name, 'SecurityError');
      }
    } finally {
      delete globalThis.Worker;
    }
  });

  it('any more, because it ended, fails the calls that wait', async () => {
    const worker = entry('worker-entry.js');
    const router = await WorkerRouter.load({ index: await topicsIndex(), embedder: null, worker });
    const routing = router.routeMany(Array.from({ length: 5000 }, () => VECTOR));
    await worker.terminate();
    await refused(routing, 'network', /it ended/);
    await refused(router.route(VECTOR), 'network');
    router.dispose();
  });
});

describe('a call', () => {
  const channels = [];
  after(() => {
    for (const port of channels) port.close();
  });

  it('that is aborted before its turn is not computed', async () => {
    const { port1, port2 } = new MessageChannel();
    channels.push(port1, port2);
    const computed = [];
    answerCalls(port2, 'router', async ({ input }) => {
      computed.push(input);
      return input;
    });
    const channel = new Channel({ service: 'router', entry: 'signalbox/worker-entry', worker: port1 });
    const stops = Array.from({ length: 20 }, () => new AbortController());
    const calls = stops.map(({ signal }, input) => channel.ask({ call: 'route', input }, { signal }));
    const kept = [3, 11];
    for (const [i, stop] of stops.entries()) if (!kept.includes(i)) stop.abort('typed on');
    const settled = await Promise.allSettled(calls);
    assert.deepEqual(
      settled.flatMap(({ value }, i) => (value === i ? [i] : [])),
      kept,
    );
    assert.deepEqual(computed, kept);
    for (const { reason } of settled.filter(({ status }) => status === 'rejected')) {
      assert.equal(reason.name, 'AbortError');
      assert.equal(reason.code, 'aborted');
      assert.equal(reason.cause, 'typed on');
    }
  });

  it('is answered in the order of asking, and several at a time', async () => {
    const { port1, port2 } = new MessageChannel();
    channels.push(port1, port2);
    const order = [];
    let release;
    const gate = new Promise((resolve) => {
      release = resolve;
    });
    answerCalls(port2, 'router', async ({ input }) => {
      order.push(input);
      if (input === 'slow') await gate;
      return input;
    });
    const channel = new Channel({ service: 'router', entry: 'signalbox/worker-entry', worker: port1 });
    const slow = channel.ask({ call: 'route', input: 'slow' });
    assert.equal(await channel.ask({ call: 'route', input: 'quick' }), 'quick');
    release();
    assert.equal(await slow, 'slow');
    assert.deepEqual(order, ['slow', 'quick']);
  });
});

it('several inputs are routed each on its own, whatever they are', async () => {
  const router = await Router.load();
  const prompts = [POEM, CODE, POEM];
  const [embedding] = await router.embed([CODE]);
  const expected = [];
  for (const prompt of prompts) expected.push(await router.route(prompt));
  assert.deepEqual(await router.routeMany(prompts), expected);
  assert.deepEqual(await router.routeMany([POEM, embedding, POEM]), expected);
  const [, byVector] = await router.routeMany([POEM, embedding.vector]);
  assert.deepEqual(byVector, await router.route(embedding.vector));
  // Only the text tells how much there is to read, which is paid for.
  const unpriced = ({ ranking }) => ranking.map(({ usdPerAnswer: _, ...ranked }) => ranked);
  assert.deepEqual(unpriced(byVector), unpriced(expected[1]));
  assert.deepEqual(await router.routeMany([]), []);
  const events = [];
  const many = Array.from({ length: 130 }, () => embedding);
  const all = await router.routeMany(many, {
    neighbours: 0,
    onProgress: ({ done, total }) => events.push([done, total]),
  });
  assert.equal(all.length, 130);
  assert.deepEqual(events, [
    [64, 130],
    [128, 130],
    [130, 130],
  ]);
  const stop = new AbortController();
  await refused(router.routeMany(many, { signal: stop.signal, onProgress: () => stop.abort() }), 'aborted');
  for (const [input, message] of [
    [[POEM, 3], /input 1 is 3, expected a prompt, \{ messages \}, a vector or an embedding/],
    [[POEM, null], /input 1 is null/],
    ['a prompt', /expected a list of inputs/],
  ]) {
    await refused(router.routeMany(input), 'invalid_argument', message);
  }
  router.dispose();
});

it('where there are neither workers nor threads none is started', () => {
  assert.throws(() => startThread('worker-entry.js'), {
    code: 'invalid_argument',
    message: /no workers/,
  });
});
