// WorkerRouter with the worker's own code at the other end of a message channel: both the page's side and the worker's.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { answerPort, liveHandles, Router, routeWithFeedback, StaticEmbedder } from '../../../dist/index.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { dist, embedderFiles, expectNothingOpen, refused } from '../support/fixtures.mjs';
import { CODE, POEM, topicsIndex } from '../support/topics.mjs';

let index;
let direct;
let openByDirect;

/** Node ports in the shape of a worker: listeners receive events, and the ports are closed at the end. */
const ports = [];
function startWorker() {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  answerPort(port2);
  return Object.assign(port1, { terminate: () => port1.close() });
}

const load = (more = {}) =>
  WorkerRouter.load({ index: index.slice(), embedder: embedderFiles(), worker: startWorker(), ...more });

/** Waits, for a limited number of turns, until the worker has received the message and closed its router. */
async function settled(expected = 0) {
  for (let turn = 0; turn < 200 && liveHandles() !== expected; ++turn) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

before(async () => {
  index = await topicsIndex();
  direct = await Router.load({ index, embedder: embedderFiles() });
  openByDirect = liveHandles();
});
after(async () => {
  direct.dispose();
  await settled();
  for (const port of ports) port.close();
});
expectNothingOpen();

describe('a router in a worker', () => {
  it('decides like a router in this thread, by all four methods', async () => {
    const router = await load();
    const vector = Float32Array.from([1, 0, 0, 1, 0, 0, 0, 1]);
    assert.deepEqual(router.info, direct.info);
    assert.deepEqual(await router.route(POEM, { neighbours: 2 }), await direct.route(POEM, { neighbours: 2 }));
    const labels = [{ index: 0, outcomes: { poet: false, coder: true } }];
    const task = await router.routeTask([POEM, CODE], { labels });
    assert.deepEqual(task, await direct.routeTask([POEM, CODE], { labels }));
    assert.deepEqual(await router.route(vector), await direct.route(vector));
    assert.deepEqual(await router.routeTask([vector, vector]), await direct.routeTask([vector, vector]));
    router.dispose();
  });

  it('adapts to ratings like a router in this thread', async () => {
    const router = await load();
    const [{ vector }] = await direct.embed([POEM]);
    const judgements = Array.from({ length: 30 }, () => ({ vector, outcomes: { poet: 0, generalist: 1 } }));
    const decision = await routeWithFeedback(router, POEM, judgements);
    assert.equal(decision.feedbackUsed, 30);
    assert.deepEqual(decision, await routeWithFeedback(direct, POEM, judgements));
    router.dispose();
  });

  it('returns the vectors of its decisions, from either side', async () => {
    const embedder = await StaticEmbedder.load(embedderFiles());
    const prompts = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? POEM : CODE));
    const expected = await direct.embed(prompts);
    for (const more of [{}, { embedder }]) {
      const router = await load(more);
      const events = [];
      assert.deepEqual(await router.embed(prompts, { onProgress: ({ done }) => events.push(done) }), expected);
      assert.deepEqual(events, [256, 300]);
      const { tokens: _, ...byPrompt } = await router.route(POEM);
      const { tokens: none, ...byVector } = await router.route(expected[0].vector);
      assert.equal(none, null);
      assert.deepEqual(byVector, byPrompt);
      await refused(router.embed([]), 'invalid_argument', /at least one prompt/);
      const stop = new AbortController();
      const embedding = router.embed(prompts, { signal: stop.signal, onProgress: () => stop.abort() });
      await refused(embedding, 'aborted');
      router.dispose();
      if (more.embedder === undefined) await refused(router.embed(prompts), 'disposed');
    }
    embedder.dispose();
    const without = await load({ embedder: null });
    await refused(without.embed([POEM]), 'embedder_mismatch', /load it with that embedder/);
    without.dispose();
  });

  it('keeps the codes and messages of errors', async () => {
    const router = await load();
    const there = await refused(router.route(POEM, { candidates: ['nobody'] }), 'unknown_model', /nobody/);
    const here = await refused(direct.route(POEM, { candidates: ['nobody'] }), 'unknown_model');
    assert.equal(there.message, here.message);
    await refused(router.route(3), 'invalid_argument');
    assert.equal((await router.route(POEM)).model, 'poet', 'it still works');
    router.dispose();
    await refused(load({ index: new Uint8Array([1, 2, 3]) }), 'bad_magic');
  });

  it('reports the progress of loading, and of a task', async () => {
    const events = [];
    const router = await load({ onProgress: (event) => events.push(event.status) });
    assert.equal(events[0], 'initiate');
    assert.equal(events.at(-1), 'ready');
    const blocks = [];
    const prompts = Array.from({ length: 300 }, () => POEM);
    await router.routeTask(prompts, { onProgress: ({ done, total }) => blocks.push([done, total]) });
    assert.deepEqual(blocks, [
      [256, 300],
      [300, 300],
    ]);
    router.dispose();
  });

  it('stops a call if the signal is aborted, and continues to work', async () => {
    const router = await load();
    await refused(router.route(POEM, { signal: AbortSignal.abort() }), 'aborted');
    const controller = new AbortController();
    const routing = router.routeTask(
      Array.from({ length: 2000 }, () => POEM),
      { signal: controller.signal, onProgress: () => controller.abort('enough') },
    );
    assert.equal((await refused(routing, 'aborted')).cause, 'enough');
    assert.equal((await router.route(CODE)).model, 'coder');
    router.dispose();
  });

  it('refuses calls after dispose, including those in progress', async () => {
    const router = await load();
    const routing = router.route(POEM);
    router.dispose();
    router.dispose();
    await refused(routing, 'disposed');
    await refused(router.route(POEM), 'disposed');
  });

  it('can be loaded from sources that cannot be cloned: a response, and in Node a path', async () => {
    const wasm = fileURLToPath(new URL('signalbox.wasm', dist));
    for (const more of [{ index: new Response(index) }, { wasm }, { wasm: pathToFileURL(wasm) }]) {
      const router = await load(more);
      assert.equal((await router.route(POEM)).model, 'poet');
      router.dispose();
    }
    const page = new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
    await refused(load({ index: page }), 'network', /HTML page, expected a file/);
    await refused(load({ index: new Response('', { status: 404 }) }), 'network', /answered 404/);
    await refused(load({ wasm: '/nowhere/signalbox.wasm' }), 'network', /could not be read/);
  });

  it('leaves nothing open if its load is aborted at any event', async () => {
    const statuses = [];
    (await load({ onProgress: ({ status }) => statuses.push(status) })).dispose();
    await settled(openByDirect);
    for (const [i, status] of statuses.entries()) {
      const controller = new AbortController();
      let seen = 0;
      const onProgress = () => seen++ === i && controller.abort();
      const loading = load({ signal: controller.signal, onProgress });
      await refused(loading, 'aborted');
      await settled(openByDirect);
      assert.equal(liveHandles(), openByDirect, `after event ${i}, ${status}`);
    }
  });

  it('keeps an embedder object in this thread, and refuses a wrong one', async () => {
    const embedder = await StaticEmbedder.load(embedderFiles());
    const router = await load({ embedder });
    assert.deepEqual(await router.route(POEM), await direct.route(POEM));
    assert.deepEqual(await router.routeTask([POEM, CODE]), await direct.routeTask([POEM, CODE]));
    assert.deepEqual(
      await router.cascade(POEM, { models: ['poet'] }),
      await direct.cascade(POEM, { models: ['poet'] }),
    );
    await refused(router.routeTask([]), 'invalid_argument');
    router.dispose();
    assert.equal((await embedder.embed([POEM])).length, 1, 'the caller still owns it');
    embedder.dispose();
    const stranger = { id: 'mine', dim: 8, embed: async () => [] };
    await refused(load({ embedder: stranger }), 'embedder_mismatch', /the id 'mine'/);
  });

  it('disposes of an embedder that was made for it, even if it does not fit the index', async () => {
    let open = 0;
    const made = (dim) => () => {
      ++open;
      return { id: 'tiny', dim, embed: async () => [], dispose: () => void --open };
    };
    const router = await load({ index: await topicsIndex({ embedder: undefined }), embedder: made(8) });
    assert.equal(open, 1);
    router.dispose();
    assert.equal(open, 0);
    await refused(load({ embedder: made(7) }), 'embedder_mismatch', /7 dimensions/);
    await refused(Router.load({ index, embedder: made(7) }), 'embedder_mismatch', /7 dimensions/);
    assert.equal(open, 0);
  });
});
