// Calls with many inputs work in blocks: an abort, progress and other questions get a turn between them.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Router } from '../../../dist/index.js';
import { WorkerRouter } from '../../../dist/worker.js';
import {
  embedderFiles,
  expectNothingOpen,
  randomFrom,
  randomPrompts,
  randomVectors,
  refused,
} from '../support/fixtures.mjs';
import { topicsIndex } from '../support/topics.mjs';

const PROMPTS = randomPrompts(randomFrom(11), 700);
let options;

before(async () => {
  options = { index: await topicsIndex(), embedder: embedderFiles() };
});
expectNothingOpen();

const load = () => Router.load(options);
/** An embedder on this side of a worker. */
const here = async () => {
  const router = await load();
  const { embedder } = router.info;
  return {
    id: embedder.id,
    hash: embedder.hash,
    dim: 8,
    embed: (texts) => router.embed(texts),
    dispose: () => router.dispose(),
  };
};

describe('a task in blocks', () => {
  it('is decided as by vectors, and as in a worker with its embedder on either side', async () => {
    const router = await load();
    const labels = [
      { index: 3, outcomes: { poet: 1, coder: 0 } },
      { index: 650, outcomes: { poet: 0 } },
    ];
    const [inWorker, besideWorker] = [
      await WorkerRouter.load(options),
      await WorkerRouter.load({ ...options, embedder: here }),
    ];
    for (const more of [{}, { labels }, { labels, policy: 's3' }]) {
      const decision = await router.routeTask(PROMPTS, more);
      assert.equal(decision.inputs, 700);
      const embeddings = await router.embed(PROMPTS);
      assert.deepEqual(await router.routeTask(embeddings, more), decision);
      const mixed = PROMPTS.map((prompt, i) => (i % 3 === 0 ? embeddings[i] : prompt));
      assert.deepEqual(await router.routeTask(mixed, more), decision);
      assert.deepEqual(await inWorker.routeTask(PROMPTS, more), decision);
      assert.deepEqual(await besideWorker.routeTask(PROMPTS, more), decision);
    }
    for (const one of [router, inWorker, besideWorker]) one.dispose();
  });

  it('can be aborted after everything was embedded, and after everything was scored', async () => {
    const router = await load();
    const labels = [{ index: 699, outcomes: { poet: 1 } }];
    for (const [when, more] of [
      [256, { labels }],
      [478, { labels }],
      [700, { labels }],
      [700, {}],
    ]) {
      const stop = new AbortController();
      const onProgress = ({ done }) => done === when && setTimeout(() => stop.abort());
      await refused(router.routeTask(PROMPTS, { ...more, signal: stop.signal, onProgress }), 'aborted');
    }
    const stop = new AbortController();
    const onProgress = ({ done }) => done === 700 && setTimeout(() => stop.abort());
    await refused(router.routeMany(PROMPTS, { signal: stop.signal, onProgress }), 'aborted');
    router.dispose();
  });

  it('reports progress of the whole, which only grows', async () => {
    const router = await WorkerRouter.load({ ...options, embedder: here });
    const local = await load();
    const labels = [{ index: 699, outcomes: { poet: 1 } }];
    for (const [of, call] of [
      [local, 'routeTask'],
      [local, 'routeMany'],
      [router, 'routeTask'],
      [router, 'routeMany'],
    ]) {
      const seen = [];
      const onProgress = ({ done, total }) => seen.push([done, total]);
      await of[call](PROMPTS, { onProgress, ...(call === 'routeTask' ? { labels } : {}) });
      assert.ok(seen.length >= 3, `${seen.length} reports`);
      assert.ok(
        seen.every(([done, total], i) => total === 700 && done > (seen[i - 1]?.[0] ?? 0)),
        JSON.stringify(seen),
      );
      assert.equal(seen.at(-1)[0], 700);
    }
    router.dispose();
    local.dispose();
  });

  it('lets a worker answer other questions in between', async () => {
    const router = await WorkerRouter.load(options);
    const order = [];
    const vectors = randomVectors(randomFrom(2), 20_000, 8);
    const task = router.routeTask(vectors).then(() => order.push('task'));
    const many = router.routeMany(vectors.subarray(0, 8000)).then(() => order.push('many'));
    await router.route('a poem').then(() => order.push('one'));
    await Promise.all([task, many]);
    assert.equal(order[0], 'one');
    router.dispose();
  });

  it('ends with its router', async () => {
    const router = await load();
    const onProgress = () => router.dispose();
    await refused(router.routeTask(PROMPTS, { onProgress }), 'disposed');
  });
});
