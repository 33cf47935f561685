// The samples of an index are returned as they were built, from a router in this thread and from one in a worker.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { buildIndex } from '../../../dist/build.js';
import { flatten } from '../../../dist/building/build-index.js';
import { answerPort, Router } from '../../../dist/index.js';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { expectNothingOpen, randomSpec, refused } from '../support/fixtures.mjs';

/** Nine models: one more than fits into a byte of outcomes. */
const specOf = (more = {}) => randomSpec({ rows: 61, models: 9, tasks: 3, ...more });
const IDS = Array.from({ length: 61 }, (_, row) => ['', `\uFEFFrow ${row}`, `Zeile ${row} ü 😀`][row % 3]);

async function samplesOf(index, options) {
  const router = await Router.load({ index, embedder: null });
  try {
    return { info: router.info, samples: await router.samples(options) };
  } finally {
    router.dispose();
  }
}

/** Returns a shard of two rows: an index without a map. */
async function withoutMap() {
  const lab = await loadLab();
  const rows = { embeddings: Float32Array.of(1, 0, 0, 1), dim: 2, tasks: ['a', 'b'], models: ['m'], outcomes: [1, 0] };
  const { specJson, rowTasks, embeddings, outcomes } = flatten({ ...rows, codes: 'float32' });
  const build = lab.openBuild(JSON.stringify({ ...JSON.parse(specJson), shard: true }), rowTasks);
  build.put(Uint32Array.of(0, 1), embeddings, outcomes);
  build.step(1);
  const bytes = Buffer.concat(build.finish().pieces);
  build.close();
  return bytes;
}

describe('the samples of an index', () => {
  for (const [what, more] of [
    ['binary, all measured', {}],
    ['binary, some not measured', { missing: 0.3 }],
    ['graded', { graded: true, codes: 'int4' }],
    ['graded, some not measured', { graded: true, missing: 0.3, codes: 'binary' }],
  ]) {
    it(`are those it was built from: ${what}`, async () => {
      const spec = specOf(more);
      const { info, samples } = await samplesOf(await buildIndex({ ...spec, sampleIds: IDS }));
      assert.deepEqual(samples.outcomes, spec.outcomes);
      assert.deepEqual(
        Array.from(samples.tasks, (task) => info.tasks[task].name),
        spec.tasks,
      );
      assert.deepEqual(samples.ids, IDS);
      assert.equal(samples.map.length, 2 * 61);
      assert.ok(samples.map.every((x) => x >= 0 && x <= 1));
      assert.equal(Math.max(...samples.map) - Math.min(...samples.map), 1, 'one axis has the full length');
    });
  }

  it('have no ids and no map if the index has none', async () => {
    assert.equal((await samplesOf(await buildIndex(specOf()))).samples.ids, null);
    const { samples } = await samplesOf(await withoutMap());
    assert.equal(samples.map, null);
    assert.deepEqual([...samples.outcomes], [1, 0]);
  });

  it('have places near those of similar samples', async () => {
    const spec = specOf({ rows: 120, tasks: 4 });
    for (const [i, task] of spec.tasks.entries()) spec.embeddings[8 * i + Number(task.at(-1))] += 20;
    const { samples } = await samplesOf(await buildIndex(spec));
    const distance = (a, b) =>
      Math.hypot(samples.map[2 * a] - samples.map[2 * b], samples.map[2 * a + 1] - samples.map[2 * b + 1]);
    for (let row = 0; row < 120; ++row) {
      const others = Array.from({ length: 120 }, (_, other) => other).filter((other) => other !== row);
      const nearest = others.reduce((best, other) => (distance(row, other) < distance(row, best) ? other : best));
      assert.equal(spec.tasks[nearest], spec.tasks[row], `row ${row}`);
    }
  });

  it('omit parts that are not requested', async () => {
    const index = await buildIndex({ ...specOf(), sampleIds: IDS });
    const { samples } = await samplesOf(index, { ids: false, outcomes: false });
    assert.equal(samples.ids, null);
    assert.equal(samples.outcomes.length, 0);
    assert.equal(samples.tasks.length, 61);
    assert.deepEqual((await samplesOf(index, { ids: true, outcomes: undefined })).samples.ids, IDS);
  });

  it('are copies: changes to them affect neither decisions nor later copies', async () => {
    const router = await Router.load({ index: await buildIndex(specOf()), embedder: null });
    const before = await router.route(Array(8).fill(1));
    const samples = await router.samples();
    const [first] = samples.outcomes;
    for (const array of [samples.tasks, samples.map, samples.outcomes]) array.fill(7);
    assert.deepEqual(await router.route(Array(8).fill(1)), before);
    assert.equal((await router.samples()).outcomes[0], first);
    router.dispose();
  });

  it('are refused after dispose, for an aborted signal, and for unknown options', async () => {
    const router = await Router.load({ index: await buildIndex(specOf()), embedder: null });
    await refused(router.samples({ signal: AbortSignal.abort() }), 'aborted');
    await refused(router.samples({ maps: true }), 'invalid_argument', /'maps' is not known/);
    await refused(router.samples({ ids: 1 }), 'invalid_argument', /ids is 1, expected true or false/);
    router.dispose();
    await refused(router.samples(), 'disposed');
  });

  it('are the same from a worker, and their arrays are moved', async () => {
    const { port1, port2 } = new MessageChannel();
    const moved = [];
    const post = port2.postMessage.bind(port2);
    port2.postMessage = (message, transfer = []) => {
      moved.push(...transfer);
      post(message, transfer);
    };
    answerPort(port2);
    for (const port of [port1, port2]) port.start();
    const index = await buildIndex({ ...specOf({ missing: 0.2 }), sampleIds: IDS });
    const router = await WorkerRouter.load({ index: index.slice(), embedder: null, worker: port1 });
    try {
      const { samples } = await samplesOf(index);
      assert.deepEqual(await router.samples(), samples);
      assert.equal(moved.length, 3);
      assert.ok(moved.every((buffer) => buffer.byteLength === 0));
      assert.equal((await router.samples({ outcomes: false })).outcomes.length, 0);
      await refused(router.samples({ maps: true }), 'invalid_argument', /'maps'/);
      await refused(router.samples({ signal: AbortSignal.abort() }), 'aborted');
    } finally {
      router.dispose();
    }
    await refused(router.samples(), 'disposed');
    await new Promise((resolve) => setTimeout(resolve, 50)); // The worker closes its index when the message arrives.
    for (const port of [port1, port2]) port.close();
  });
});

expectNothingOpen();
