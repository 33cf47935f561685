// What a caller's callback throws comes out of the call unchanged.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wasmAddress } from '../../../dist/assets.js';
import { buildFromFiles, buildIndex, buildInWorker, fileFromBytes } from '../../../dist/build.js';
import { RefiningRouter, Router, StaticEmbedder } from '../../../dist/index.js';
import { Core } from '../../../dist/wasm/core-module.js';
import createModule from '../../../dist/wasm/signalbox-glue.mjs';
import { WASM_FILE } from '../../../dist/wasm/signalbox-hash.mjs';
import { WasmLoader } from '../../../dist/wasm/wasm-module.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { embedderFiles, expectNothingOpen, randomSpec } from '../support/fixtures.mjs';
import { POEM, topicsIndex } from '../support/topics.mjs';

expectNothingOpen();

const own = new TypeError('a defect of the page');
const thrower = (isTime) => (event) => {
  if (isTime(event)) throw own;
};
const isOwn = (call) =>
  assert.rejects(
    async () => call(),
    (error) => error === own,
  );
const CSV = 'prompt,dataset,a,b\nwrite a poem,poems,1,0\nsort a list,code,0,1\n';
const bytes = (text) => new TextEncoder().encode(text);

describe('an error of onProgress comes out unchanged', () => {
  for (const status of ['initiate', 'download', 'progress', 'done']) {
    it(`of loading, at "${status}"`, async () => {
      const index = await buildIndex(randomSpec());
      const onProgress = thrower((event) => event.status === status);
      await isOwn(() => Router.load({ index, embedder: null, onProgress }));
      await isOwn(() => Router.load({ index, embedder: embedderFiles(), onProgress }));
      await isOwn(() => StaticEmbedder.load(embedderFiles(), { onProgress }));
      await isOwn(() => WorkerRouter.load({ index, embedder: null, onProgress }));
    });
  }

  it('of a loaded router, at "ready"', async () => {
    const index = await buildIndex(randomSpec());
    await isOwn(() => Router.load({ index, embedder: null, onProgress: thrower(({ status }) => status === 'ready') }));
  });

  it('of decisions and embeddings', async () => {
    const router = await Router.load({ index: await topicsIndex(), embedder: embedderFiles() });
    const onProgress = thrower(() => true);
    await isOwn(() => router.routeMany([POEM], { onProgress }));
    await isOwn(() => router.routeTask([POEM], { onProgress }));
    await isOwn(() => router.embed([POEM], { onProgress }));
    router.dispose();
  });

  it('of a build, whatever is read at that time', async () => {
    const seen = [];
    const embedder = await StaticEmbedder.load(embedderFiles());
    const files = [fileFromBytes('rows.csv', bytes(CSV))];
    await buildFromFiles(files, { embedder, onProgress: ({ step, total }) => seen.push(`${step} ${total > 0}`) });
    assert.ok(seen.length > 4);
    for (const moment of new Set(seen)) {
      const onProgress = thrower(({ step, total }) => `${step} ${total > 0}` === moment);
      await isOwn(() => buildFromFiles(files, { embedder, onProgress }));
    }
    await isOwn(() => buildInWorker([new File([CSV], 'rows.csv')], { embedder, onProgress: thrower(() => true) }));
    embedder.dispose();
  });
});

it('an error of onProgress does not fail another load that waits for the same module', async () => {
  const loader = new WasmLoader(createModule, Core, wasmAddress, WASM_FILE);
  const failing = loader.load(undefined, { onProgress: thrower(() => true) });
  const waiting = loader.load(undefined, {});
  await isOwn(() => failing);
  assert.equal((await waiting).liveHandles(), 0);
});

it('an error of onUnavailable comes out unchanged', async () => {
  const router = await Router.load({ index: await topicsIndex(), embedder: embedderFiles() });
  const refining = new RefiningRouter(router, Promise.reject(new Error('no second one')), {
    onUnavailable: thrower(() => true),
  });
  const answers = refining.route(POEM);
  assert.equal((await answers.next()).value.refined, false);
  await isOwn(() => answers.next());
  refining.dispose();
});
