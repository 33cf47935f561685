// A core that stopped in the midst of a call (it ran out of memory) is given up: the next load gets a new one.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { buildIndex, liveHandles, Router } from '../../dist/index.js';
import { expectNothingOpen, randomSpec, refused } from './fixtures.mjs';
import { confinedWasm } from './forgeries.mjs';

const { compile } = WebAssembly;
const tooLarge = randomSpec({ rows: 2000, dim: 256, models: 2 });

// The shared module itself has to stop, so the first one that is compiled gets little memory.
before(() => {
  const confined = confinedWasm();
  // Node compiles modules of its own for its fetch: those are left alone.
  WebAssembly.compile = (bytes) => compile(bytes.byteLength === confined.byteLength ? confined : bytes);
});
after(() => {
  WebAssembly.compile = compile;
});
expectNothingOpen();

it('a stopped core is not shared any further, and what it had open no longer counts', async () => {
  const small = await buildIndex(randomSpec());
  const caught = await Router.load({ index: small, embedder: null });
  assert.equal(liveHandles(), 1);
  await refused(buildIndex(tooLarge), 'internal', /the core stopped/);
  assert.equal(liveHandles(), 0);

  WebAssembly.compile = compile;
  const fresh = await Router.load({ index: small, embedder: null });
  assert.equal((await fresh.routeVector(Array(8).fill(1))).ranking.length, 4);
  fresh.dispose();
  assert.ok((await buildIndex({ ...tooLarge, codes: 'int4' })).length > 0, 'the new core has all the memory it needs');
  assert.doesNotThrow(() => caught.dispose());
});
