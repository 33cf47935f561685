// A module that stopped during a call (out of memory) is discarded: the next load uses a new one.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { flatten } from '../../../dist/building/build-index.js';
import { liveHandles, Router } from '../../../dist/index.js';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { expectNothingOpen, randomSpec, refused } from '../support/fixtures.mjs';
import { confinedWasm } from '../support/forgeries.mjs';

const { compile } = WebAssembly;
const tooLarge = randomSpec({ rows: 2000, dim: 256, models: 2 });

// The shared module itself has to stop, so the first module to be compiled gets little memory.
before(() => {
  const confined = confinedWasm('signalbox-lab.wasm');
  // Node compiles its own modules for fetch; these are left unchanged.
  WebAssembly.compile = (bytes) => compile(bytes.byteLength === confined.byteLength ? confined : bytes);
});
after(() => {
  WebAssembly.compile = compile;
});
expectNothingOpen();

it('a stopped module is no longer shared, and its open handles no longer count', async () => {
  const spec = randomSpec();
  const lab = await loadLab();
  const handle = lab.openEvaluation({ ...flatten(spec), inputs: Uint32Array.from(spec.tasks, (_, row) => row) });
  assert.equal(liveHandles(), 1);
  await refused(buildIndex(tooLarge), 'internal', /the core stopped/);
  assert.equal(liveHandles(), 0);

  WebAssembly.compile = compile;
  const fresh = await Router.load({ index: await buildIndex(spec), embedder: null });
  assert.equal((await fresh.route(Array(8).fill(1))).ranking.length, 4);
  fresh.dispose();
  assert.notEqual(await loadLab(), lab);
  assert.ok((await buildIndex({ ...tooLarge, codes: 'int4' })).length > 0, 'the new lab has all the memory it needs');
  assert.doesNotThrow(() => lab.closeEvaluation(handle));
});
